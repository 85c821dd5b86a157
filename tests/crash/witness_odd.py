"""Odd and slow senders against rekap-witness: witness_odd.py PROGRAM DIR (made anew). Requests with two
lengths, none, too long, wrong methods are refused with the right status; whoever trickles a body,
a head, or nothing at all is cut after 15 s."""
import re
import socket
import subprocess
import sys
import time

program, where = sys.argv[1:]
subprocess.run([program, "init", where, "--name", "a/b"], check=True, stdout=subprocess.DEVNULL)
witness = subprocess.Popen([program, "serve", where, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True)
port = int(re.search(r":(\d+)$", witness.stdout.readline().strip()).group(1))
POST = b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n"


def connect():
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def odd():
    for sent, want in [
            (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
            (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", b"400"),
            (POST + b"Content-Length: -1\r\n\r\n", b"400"),
            (POST + b"Content-Length: 99999999999999999999\r\n\r\n", b"413"),
            (POST + b"Content-Length: 135169\r\n\r\n", b"413"),
            (POST + b"\r\n", b"400"),
            (b"PUT /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", b"405"),
            (b"GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", b"404"),
            (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20000 + b"\r\n\r\n", b"431")]:
        s = connect()
        s.sendall(sent)
        got = s.recv(4096)
        assert got[9:12] == want, (sent[:80], got[:80])
        s.close()


def is_cut(s, trickle):
    s.settimeout(0.1)
    try:
        if trickle:
            s.send(b"x")
        return s.recv(100) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def slow():
    body, head, silent = connect(), connect(), connect()
    body.sendall(POST + b"Content-Length: 1000\r\n\r\n")
    head.sendall(b"POST /add-")
    left, began = [(body, True), (head, True), (silent, False)], time.monotonic()
    while left and time.monotonic() - began < 30:
        left = [x for x in left if not is_cut(*x)]
        time.sleep(0.5)
    took = time.monotonic() - began
    assert not left and took > 10, (len(left), took)


try:
    odd()
    slow()
finally:
    witness.kill()
