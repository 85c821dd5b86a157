"""A server of files for the tests of `rekap mirror`, honest or not.

    python3 mirror_server.py DIR MODE LOG

Serves DIR on a free port of loopback, ranges included, and prints its address. MODE is a JSON file that is read
anew for each request: a list of [pattern, {what}] (fnmatch on the path without its first slash); the first that
matches is done:
  flip: N      the byte at N has its lowest bit changed
  cut: N       says the whole length, closes after N bytes
  short: N     says and sends N bytes only
  endless      sends without end
  status: C    answers C; retry: S (Retry-After)
  to: URL      answers 302
  file: PATH   that file in place of this one
  body: TEXT   that text
  slow: MS     waits so long before each kilobyte
  norange      does not know ranges
  times: N     only the first N times, then as if it were not there
LOG gets one line a request: path, range or -, status, bytes of the body sent."""
import fnmatch
import http.server
import json
import os
import sys
import time

root, mode_file, log_file = sys.argv[1:4]
done = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def rule(self, path):
        try:
            with open(mode_file, encoding="utf-8") as f:
                rules = json.load(f)
        except FileNotFoundError:
            rules = []
        for i, (pattern, what) in enumerate(rules):
            if not fnmatch.fnmatch(path, pattern):
                continue
            key = (i, pattern, json.dumps(what, sort_keys=True))
            done[key] = done.get(key, 0) + 1
            if "times" not in what or done[key] <= what["times"]:
                return what
        return {}

    def note(self, path, status, sent):
        with open(log_file, "a", encoding="utf-8") as f:
            f.write(f"{path} {self.headers.get('Range', '-')} {status} {sent}\n")

    def simple(self, path, status, *headers):
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.note(path, status, 0)

    def endless(self, path):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        sent = 0
        try:
            while True:
                self.wfile.write(piece)
                sent += 65536
        except OSError:
            self.note(path, 200, sent)
            self.close_connection = True

    def do_GET(self):
        path = self.path.lstrip("/").split("?")[0]
        what = self.rule(path)
        if "status" in what:
            retry = [("Retry-After", str(what["retry"]))] if "retry" in what else []
            return self.simple(path, what["status"], *retry)
        if "to" in what:
            return self.simple(path, 302, ("Location", what["to"]))
        if "endless" in what:
            return self.endless(path)
        if "body" in what:
            body = what["body"].encode()
        else:
            try:
                with open(os.path.join(root, what.get("file", path)), "rb") as f:
                    body = f.read()
            except OSError:
                return self.simple(path, 404)
        if "flip" in what:
            i = what["flip"] % len(body)
            body = body[:i] + bytes([body[i] ^ 1]) + body[i + 1:]
        status, whole, start = 200, len(body), 0
        if self.headers.get("Range", "").startswith("bytes=") and "norange" not in what:
            start = int(self.headers["Range"][6:].split("-")[0])
            if start >= whole:
                return self.simple(path, 416, ("Content-Range", f"bytes */{whole}"))
            status, body = 206, body[start:]
        length = len(body)
        if "short" in what:
            body = body[:what["short"]]
            length = len(body)
        if "cut" in what:
            body = body[:what["cut"]]
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
        self.send_header("Content-Length", str(length))
        self.end_headers()
        sent = 0
        try:
            for i in range(0, len(body), 1024):
                if "slow" in what:
                    time.sleep(what["slow"] / 1000)
                self.wfile.write(body[i:i + 1024])
                sent += len(body[i:i + 1024])
        except OSError:
            self.close_connection = True
        if len(body) < length:
            self.close_connection = True
        self.note(path, status, sent)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
