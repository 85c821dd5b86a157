#!/usr/bin/env python3
"""rekap kirim against kill -9 and failing files.

    kirim_crash.py kill REKAP N [SEED]     kills it N times at random moments while it delivers to an HTTP server, a mail
                                           server and (where sshd is installed) by SFTP
    kirim_crash.py faults REKAP LIBRARY    makes every write, flush and rename on its own files fail once, each in turn
                                           (LIBRARY = tests/crash/failing.c, preloaded)

After each kill, what the log says was brought is there, whole; and nothing of it is brought again afterwards. In the end
every receiver has exactly the release, nothing else. A mail may come twice only when the run ended between the server's 250
and the line in the log; these are counted."""
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
SIZES = [0, 1, 70, 3000, 40000, 250000, 900000]


def fail(text):
    print(f"FAILED: {text}", flush=True)
    sys.exit(1)


def write(path, data, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    os.chmod(path, mode)


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Receiver:
    def __init__(self, kind, where):
        self.where = where
        self.child = subprocess.Popen([sys.executable, f"{ROOT}/tests/receivers.py", kind, where], stdout=subprocess.PIPE)
        for _ in range(600):
            if os.path.exists(f"{where}/ready.json"):
                break
            if self.child.poll() is not None:
                raise RuntimeError(self.child.stdout.read().decode().strip())
            time.sleep(0.05)
        with open(f"{where}/ready.json", encoding="utf-8") as f:
            self.facts = json.load(f)

    def stop(self):
        self.child.terminate()
        self.child.wait()


class World:
    """A synthetic release, receivers, destinations."""

    def __init__(self, rekap, rng, here):
        self.rekap, self.rng, self.here = rekap, rng, here
        self.files = {}
        self.state = f"{here}/p/kirim"
        self.web, self.box = Receiver("http", f"{here}/web"), Receiver("odd-smtp", f"{here}/box")
        try:
            self.ssh = Receiver("sftp", f"{here}/ssh")
        except RuntimeError as why:
            print(f"without SFTP: {why}")
            self.ssh = None
        self.release(5)
        self.destinations()

    def release(self, size):
        out = f"{self.here}/out/rilis-{size}"
        lists = {}
        for i in range(20):
            name = f"kontes{i % 3}/{['tps', 'rekap', 'temuan', 'banding', 'perubahan'][i % 5]}.csv" if i < 15 else f"berkas-{i}"
            data = self.rng.randbytes(SIZES[i % len(SIZES)])
            write(f"{out}/{name}", data)
            self.files[f"rilis-{size}/{name}"] = data
            lists.setdefault(hashlib.sha256(name.encode()).digest()[0], {})[name] = hashlib.sha256(data).hexdigest()
        for key, names in lists.items():
            text = "".join(f"{h}  {n}\n" for n, h in sorted(names.items()))
            write(f"{out}/manifest/{key:02x}", text)
            self.files[f"rilis-{size}/manifest/{key:02x}"] = text.encode()
        write(f"{out}/manifest/index", "daftar\n")
        self.files[f"rilis-{size}/manifest/index"] = b"daftar\n"
        note = json.dumps({"format": "rekap-rilis-1", "pemilu": "uji", "rilis": f"rilis-{size}", "ukuran": size, "entri": size,
                           "waktu": "2023-11-15 05:13:20", "zona": "WIB", "detik": 1700000000,
                           "manifes": hashlib.sha256(b"daftar\n").hexdigest()})
        write(f"{self.here}/out/rilis-{size}.json", note)
        self.files["terbaru.json"] = note.encode()

    def destinations(self):
        done = subprocess.run([self.rekap, "kunci", "buat", "--peran", "kirim", "--berkas", f"{self.here}/kirim.key"],
                              capture_output=True, check=True, text=True)
        write(f"{self.web.where}/key", done.stdout)
        to = [{"alias": "web", "ke": "a", "protokol": "put", "url": f"http://127.0.0.1:{self.web.facts['port']}/m",
               "tanda_tangan": f"{self.here}/kirim.key", "isi": ["semua"]},
              {"alias": "surat", "ke": "a", "protokol": "smtp", "url": f"smtp://127.0.0.1:{self.box.facts['port']}",
               "dari": "a@uji.example", "kepada": "b@uji.example", "maks_lampiran": 300000}]
        if self.ssh:
            to.append({"alias": "ssh", "ke": "a", "protokol": "sftp", "isi": ["semua"],
                       "url": f"sftp://127.0.0.1:{self.ssh.facts['port']}{self.ssh.where}/got", "pengguna": self.ssh.facts["user"],
                       "kunci": f"{self.ssh.where}/client", "kunci_host": f"{self.ssh.where}/known_hosts"})
        self.to = json.dumps({"format": "rekap-tujuan-1", "jeda": 0, "percobaan": 100, "tujuan": to})
        write(f"{self.here}/reg/langganan.jsonl", json.dumps({"format": "rekap-langganan-1", "no": "P-1", "apa": "hasil", "ke": "a",
                                                              "tiap": "hari", "mulai": "2024-01-01"}) + "\n")

    def fresh(self):
        shutil.rmtree(self.state, ignore_errors=True)
        write(f"{self.state}/tujuan.json", self.to, 0o600)
        for r in (self.web, self.box, self.ssh):
            if r:
                shutil.rmtree(f"{r.where}/got", ignore_errors=True)
                os.makedirs(f"{r.where}/got")
        write(f"{self.web.where}/requests.log", "")

    def run(self, **more):
        return subprocess.Popen([self.rekap, "kirim", f"{self.here}/out", "--ppid", f"{self.here}/reg", "--tujuan",
                                 f"{self.state}/tujuan.json", "--sekali"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)

    def lines(self):
        """The log's whole lines."""
        try:
            text = read(f"{self.state}/kirim.jsonl")
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text.split(b"\n")[:-1]]

    def brought(self):
        return {(k["alias"], k["berkas"]) for k in self.lines() if k["peristiwa"] == "berkas"}

    def puts(self):
        return [json.loads(line)["path"][3:] for line in read(f"{self.web.where}/requests.log").decode().splitlines()
                if json.loads(line)["code"] == 201]

    def mails(self):
        got = f"{self.box.where}/got"
        return [re.search(rb"^Message-ID: (.*)\r$", read(f"{got}/{n}"), re.M).group(1) for n in sorted(os.listdir(got))]

    def place(self, alias, name):
        return f"{self.web.where}/got/m/{name}" if alias == "web" else f"{self.ssh.where}/got/{name}"

    def check_brought(self):
        """What the log says is there; what is left lying here is for the owner only."""
        queue = f"{self.state}/antrean"
        if os.path.exists(queue) and os.listdir(queue) and os.stat(queue).st_mode & 0o77:
            fail("others may read the queue, which holds addresses")
        for alias, name in self.brought():
            if alias == "surat":
                if not self.mails():
                    fail("the log has a mail that is not there")
                continue
            want = self.files.get(name)
            if want is not None and read(self.place(alias, name)) != want:
                fail(f"{alias}: {name} is in the log and not there as it should be")

    def check_all(self):
        for alias in ["web"] + (["ssh"] if self.ssh else []):
            root = self.place(alias, "")
            have = {os.path.relpath(os.path.join(d, n), root) for d, _, names in os.walk(root) for n in names}
            want = set(self.files) | {"rilis-5.hasil.kiriman.json"}
            if have != want:
                fail(f"{alias}: too many {sorted(have - want)}, missing {sorted(want - have)}")
            for name, data in self.files.items():
                if read(self.place(alias, name)) != data:
                    fail(f"{alias}: {name} came changed")
        if len(set(self.mails())) != 1:
            fail(f"mails: {self.mails()}")
        began = [k["alias"] for k in self.lines() if k["peristiwa"] == "mulai"]
        done = [k["alias"] for k in self.lines() if k["peristiwa"] == "selesai"]
        if len(began) != len(set(began)) or sorted(done) != sorted(began):
            fail(f"the log begins {began} and ends {done}")

    def stop(self):
        for r in (self.web, self.box, self.ssh):
            if r:
                r.stop()


def kill(w, n):
    w.fresh()
    start = time.monotonic()
    p = w.run()
    out = p.communicate()[0]
    usual = time.monotonic() - start
    if p.returncode != 0:
        fail(out.decode())
    w.check_all()
    kills = episodes = again = twice = torn = 0
    while kills < n:
        w.fresh()
        episodes += 1
        while True:
            before, puts, mails = w.brought(), len(w.puts()), len(w.mails())
            p = w.run()
            time.sleep(w.rng.uniform(0, usual * 1.1))
            p.send_signal(signal.SIGKILL)
            ended = p.wait() >= 0  # it was done before the kill
            p.stdout.close()
            time.sleep(0.02)  # what was on its way arrives
            kills += not ended
            torn += not read(f"{w.state}/kirim.jsonl").endswith(b"\n") if os.path.exists(f"{w.state}/kirim.jsonl") and \
                os.path.getsize(f"{w.state}/kirim.jsonl") else 0
            w.check_brought()
            for name in w.puts()[puts:]:
                if ("web", name) in before:
                    fail(f"{name} was brought again after the log had it")
            if len(w.mails()) > mails and ("surat", "rilis-5.eml") in before:
                fail("the mail was sent again after the log had it")
            if ended:
                break
        w.check_all()
        again += len(w.puts()) - len(set(w.puts()))
        twice += len(w.mails()) - 1
    print(f"kill: {kills} kills in {episodes} deliveries of {len(w.files) + 1} files to {3 if w.ssh else 2} receivers: nothing lost, "
          f"nothing brought again after its line; {again} files were brought once more before it, {twice} mails "
          f"(the stated moment), {torn} lines cut off")


def faults(w, library):
    twice = refused = at = tried = 0
    while True:
        at += 1
        if at > 1000:
            fail("no end of calls")
        w.fresh()
        env = dict(os.environ, LD_PRELOAD=library, REKAP_FAULT_DIR=w.state, REKAP_FAULT_AT=str(at), REKAP_FAULT_NOW="1",
                   REKAP_FAULT_ERRNO=str(28 if at % 2 else 5))
        p = w.run(env=env)
        out = p.communicate()[0].decode()
        if p.returncode not in (0, 1, 3):
            fail(f"call {at}: exit {p.returncode}: {out}")
        said = "cannot" in out or "could not" in out or "berkas-lokal" in out
        if p.returncode and not said:
            fail(f"call {at}: exit {p.returncode} without a reason: {out}")
        refused += p.returncode != 0
        w.check_brought()
        p = w.run()
        out2 = p.communicate()[0].decode()
        if p.returncode != 0:
            fail(f"call {at}: the next run: {out2}\nfirst: {out}")
        w.check_all()
        more = len(w.mails()) - 1
        if more and ("kirim.jsonl" not in out or more > 1):
            fail(f"call {at}: the mail came {more + 1} times: {out}")
        twice += more
        tried += 1
        if "failing: not reached" in out:
            tried -= 1  # this one did not come
            break
        at += int(os.environ.get("REKAP_FAULT_STEP", "1")) - 1
    print(f"faults: of {at - 1} calls {tried} failed in turn, {refused} runs ended with a reason, the next brought everything; "
          f"{twice} mails came twice (their line could not be written)")


def main():
    rekap = os.path.realpath(sys.argv[2])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else int(os.environ.get("REKAP_SEED", time.time_ns() % 1000000))
    print(f"seed {seed}", flush=True)
    here = tempfile.mkdtemp(prefix="rekap-kirim-")
    w = None
    try:
        w = World(rekap, random.Random(seed), here)
        if sys.argv[1] == "kill":
            kill(w, int(sys.argv[3]))
        else:
            faults(w, os.path.realpath(sys.argv[3]))
    finally:
        if w:
            w.stop()
        shutil.rmtree(here, ignore_errors=True)


main()
