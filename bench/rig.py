"""Runs and measures programs for bench/run, and ends whatever it started."""
import atexit
import os
import signal
import socket
import subprocess
import threading
import time

_started = []  # servers, ended in reverse order
_running = None  # the program being measured


def say(text):
    print(text, flush=True)


class Skip(Exception):
    """Something that a measurement needs is not there; the text says what."""


class Wrong(Exception):
    """A program failed or gave a wrong answer: its time means nothing."""


class Sample:
    """One measurement in ms; rss in MB."""

    def __init__(self, wall, cpu=None, rss=None):
        self.wall, self.cpu, self.rss = wall, cpu, rss


def _end(process, how=signal.SIGTERM):
    if process.poll() is not None:
        return
    try:
        process.send_signal(how)
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    except ProcessLookupError:
        pass


@atexit.register
def end_all():
    if _running is not None and _running.returncode is None:
        _end(_running, signal.SIGKILL)
    while _started:
        _end(*_started.pop())


def on_signals():
    def stop(number, _frame):
        raise SystemExit(128 + number)

    for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(s, stop)


def start(command, how=signal.SIGTERM, **options):
    """A server; it is ended at the end at the latest."""
    process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, **options)
    _started.append((process, how))
    return process


def stop(process):
    for pair in list(_started):
        if pair[0] is process:
            _started.remove(pair)
            _end(*pair)


def run(command, out=None, err=None, stdin=None, cwd=None, env=None, limit=300, ok=(0,)):
    """Runs a program to its end: a Sample of the whole process, CPU and peak memory from wait4.
    Output goes to files, so that reading it is not part of the time."""
    global _running
    command = [str(c) for c in command]
    files = [open(stdin or os.devnull, "rb"), open(out or os.devnull, "wb"), open(err or os.devnull, "wb")]
    try:
        t = time.monotonic()
        p = _running = subprocess.Popen(command, stdin=files[0], stdout=files[1], stderr=files[2], cwd=cwd, env=env)
        late = threading.Timer(limit, p.kill)
        late.start()
        try:
            _, status, usage = os.wait4(p.pid, 0)
            wall = time.monotonic() - t
            p.returncode = os.waitstatus_to_exitcode(status)
        finally:
            late.cancel()
        _running = None
    finally:
        for f in files:
            f.close()
    if p.returncode not in ok:
        tail = read_tail(err) or read_tail(out)
        raise Wrong(f"{os.path.basename(command[0])} ended with {p.returncode}" + (f": {tail}" if tail else ""))
    return Sample(wall * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3, usage.ru_maxrss / 1024)


def run_until(command, wanted, limit=300, **options):
    """Runs a program until it prints a line that starts with `wanted`, then ends it: the lines so far."""
    global _running
    p = _running = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL, text=True, **options)
    late = threading.Timer(limit, p.kill)
    late.start()
    lines = []
    try:
        for line in p.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith(wanted):
                break
    finally:
        late.cancel()
        _end(p, signal.SIGKILL)
        p.stdout.close()
        _running = None
    if not lines or not lines[-1].startswith(wanted):
        raise Wrong(f"{os.path.basename(str(command[0]))} ended before its line '{wanted}'")
    return lines


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def read_tail(path):
    if not path or not os.path.exists(path):
        return ""
    with open(path, "rb") as f:
        f.seek(max(0, os.path.getsize(path) - 300))
        return f.read().decode("utf-8", "replace").strip().replace("\n", " | ")


def same_files(a, b, lines=None, skip=0):
    """Byte by byte without holding either in memory; only the first `lines`, after leaving out `skip`."""
    with open(a, "rb") as x, open(b, "rb") as y:
        for _ in range(skip):
            x.readline(), y.readline()
        if lines is not None:
            return all(x.readline() == y.readline() for _ in range(lines))
        while True:
            p, q = x.read(1 << 16), y.read(1 << 16)
            if p != q:
                return False
            if not p:
                return True


def cpu_of(pid):
    """CPU ms of a running process and its direct children, all threads."""
    total, tick = 0.0, os.sysconf("SC_CLK_TCK")
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                f = read(f"/proc/{entry}/stat").rpartition(")")[2].split()
            except OSError:
                continue
            if int(entry) == pid or int(f[1]) == pid:
                total += (int(f[11]) + int(f[12])) / tick * 1e3
    return total


def rss_of(pid):
    for line in read(f"/proc/{pid}/status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
