#!/usr/bin/env python3
"""Receivers of deliveries for tests, on loopback: real servers, and broken ones.

    receivers.py sftp DIR [ROOM]   OpenSSH's sshd with SFTP; files in DIR/got (ROOM bytes of space: needs root)
    receivers.py smtp DIR          Exim; mails in DIR/got/new
    receivers.py s3 DIR            OpenStack Swift with s3api (verifies signatures)
    receivers.py http DIR [tls]    takes PUT and POST, checks digest and signature; files in DIR/got
    receivers.py odd-smtp DIR      an SMTP server that misbehaves as DIR/mode says; mails in DIR/got/N.eml
    receivers.py proxy DIR PORT    hands on to PORT as DIR/mode says: pass, cut N, stall N (bytes of the client), drip N (a second)

Writes DIR/ready.json (port, and what a client needs) and stays until it is ended; what it started ends with it.
Exit 77 with a line that says why: the server is not installed, or this system does not allow it."""
import base64
import ctypes
import hashlib
import http.server
import json
import os
import re
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time

HERE = os.environ.get("REKAP_RECEIVER", "127.0.0.1")  # another address: scripts/residency-netns
libc = ctypes.CDLL(None, use_errno=True)


def skip(why):
    print(f"receivers: {why}", flush=True)
    sys.exit(77)


def need(*programs):
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    for p in programs:
        if not shutil.which(p, path=path):
            skip(f"{p} is not installed (scripts/deps deliver installs it)")
    os.environ["PATH"] = path


def free_port(n=1):
    """A port with n - 1 free ones after it; another process may take it: who binds it notices."""
    for _ in range(50):
        held = []
        try:
            first = socket.socket()
            first.bind((HERE, 0))
            held.append(first)
            for i in range(1, n):
                s = socket.socket()
                held.append(s)
                s.bind((HERE, first.getsockname()[1] + i))
            return first.getsockname()[1]
        except OSError:
            continue
        finally:
            for s in held:
                s.close()
    skip("no free ports")


def ready(where, **facts):
    path = os.path.join(where, "ready.json")
    with open(path + ".tmp", "w", encoding="utf-8") as f:
        json.dump(dict(facts, pid=os.getpid()), f)
    os.rename(path + ".tmp", path)


children = []


def start(command, log):
    """A child that the kernel ends when we end, however that happens (a setuid one: end_all)."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                             preexec_fn=lambda: libc.prctl(1, signal.SIGKILL))
    children.append(child)
    return child


def end_all(*_):
    for child in children:
        child.kill()
    os._exit(0)


def wait_for(port, child, what, seconds=30):
    for _ in range(seconds * 10):
        if child.poll() is not None:
            skip(f"{what} does not run here (see its log)")
        with socket.socket() as s:
            s.settimeout(1)
            if s.connect_ex((HERE, port)) == 0:
                return
        time.sleep(0.1)
    skip(f"{what} does not answer")


def mode(where):
    try:
        with open(os.path.join(where, "mode"), encoding="utf-8") as f:
            return f.read().split()
    except FileNotFoundError:
        return ["pass"]


# ---- SFTP ----

def small_room(path, room):
    """A file system of its own for path, seen by us and our children only; gone when we are."""
    if libc.unshare(0x00020000) != 0 or libc.mount(b"none", b"/", None, 0x44000, None) != 0 or \
            libc.mount(b"tmpfs", path.encode(), b"tmpfs", 0, f"size={room}".encode()) != 0:
        skip("no file system of limited size can be made here (needs root)")


def sftp(where, room=None):
    need("sshd", "ssh-keygen")
    got = os.path.join(where, "got")
    os.makedirs(got, exist_ok=True)
    if room:
        small_room(got, int(room))
    for name in ("host", "client", "other"):
        path = os.path.join(where, name)
        if not os.path.exists(path):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "uji", "-f", path], check=True)
    shutil.copy(os.path.join(where, "client.pub"), os.path.join(where, "authorized"))
    if os.getuid() == 0:
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
    port = free_port()
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    with open(os.path.join(where, "sshd_config"), "w", encoding="utf-8") as f:
        f.write(f"""Port {port}
ListenAddress {HERE}
HostKey {where}/host
AuthorizedKeysFile {where}/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication yes
PermitRootLogin prohibit-password
MaxStartups 100
Subsystem sftp internal-sftp
""")
    with open(os.path.join(where, "sshd.log"), "ab") as log:
        child = start([shutil.which("sshd"), "-D", "-e", "-f", os.path.join(where, "sshd_config")], log)
    wait_for(port, child, "sshd")
    with open(os.path.join(where, "host.pub"), encoding="utf-8") as f:
        host_key = " ".join(f.read().split()[:2])
    with open(os.path.join(where, "known_hosts"), "w", encoding="utf-8") as f:
        f.write(f"[{HERE}]:{port} {host_key}\n")
    ready(where, port=port, user=user, host_key=host_key, root=f"/proc/{os.getpid()}/root{got}")
    child.wait()


# ---- SMTP: Exim ----

def smtp(where):
    need("exim4")
    got, spool, logs = (os.path.join(where, d) for d in ("got", "spool", "log"))
    for d in (got, spool, logs):
        os.makedirs(d, exist_ok=True)
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    if os.getuid() == 0:  # Exim hands mail out as no root
        user = "Debian-exim"
        for d in (got, spool, logs):
            shutil.chown(d, user, user)
        os.chmod(where, 0o755)
        os.chmod(os.path.dirname(where), 0o711)  # a scratch directory that is ours alone
    port = free_port()
    config = os.path.join(where, "exim.conf")
    with open(config, "w", encoding="utf-8") as f:
        f.write(f"""primary_hostname = uji.example
keep_environment =
spool_directory = {spool}
log_file_path = {logs}/%slog
pid_file_path = {where}/exim.pid
daemon_smtp_ports = {port}
local_interfaces = {HERE}
exim_user = {user}
exim_group = {user}
acl_smtp_rcpt = rcpt
acl_smtp_data = data
message_size_limit = 30M
tls_advertise_hosts =
begin acl
rcpt:
  accept authenticated = *
  deny message = login first
data:
  accept
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = {got}
  maildir_format
  user = {user}
  group = {user}
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{rekap}}}}{{eq{{$auth3}}{{rahasia}}}}}}}}
  server_set_id = $auth2
""")
    with open(os.path.join(where, "exim.log"), "ab") as log:
        child = start([shutil.which("exim4"), "-C", config, "-bdf"], log)
    wait_for(port, child, "exim4")
    ready(where, port=port, user="rekap", password="rahasia")
    child.wait()


# ---- S3: Swift ----

SWIFT_PIPE = "catch_errors gatekeeper proxy-logging cache listing_formats s3api tempauth copy slo dlo proxy-logging proxy-server"


def swift_config(where, port):
    etc = os.path.join(where, "etc")
    os.makedirs(etc, exist_ok=True)
    os.makedirs(os.path.join(where, "srv", "d1"), exist_ok=True)
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    with open(os.path.join(etc, "swift.conf"), "w", encoding="utf-8") as f:
        f.write("[swift-hash]\nswift_hash_path_prefix = uji\nswift_hash_path_suffix = uji\n"
                "[storage-policy:0]\nname = satu\ndefault = yes\n")
    for i, kind in enumerate(("account", "container", "object"), 1):
        with open(os.path.join(etc, f"{kind}-server.conf"), "w", encoding="utf-8") as f:
            f.write(f"[DEFAULT]\ndevices = {where}/srv\nmount_check = false\nbind_ip = {HERE}\nbind_port = {port + i}\n"
                    f"workers = 0\nuser = {user}\nswift_dir = {etc}\nrecon_cache_path = {where}/cache\n"
                    f"disable_fallocate = true\n[pipeline:main]\npipeline = {kind}-server\n"
                    f"[app:{kind}-server]\nuse = egg:swift#{kind}\n")
        for args in (["create", "6", "1", "1"], ["add", f"r1z1-{HERE}:{port + i}/d1", "1"], ["rebalance"]):
            subprocess.run(["swift-ring-builder", f"{kind}.builder", *args], cwd=etc, check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    filters = "".join(f"[filter:{n}]\nuse = egg:swift#{e}\n" for n, e in (
        ("catch_errors", "catch_errors"), ("gatekeeper", "gatekeeper"), ("proxy-logging", "proxy_logging"),
        ("listing_formats", "listing_formats"), ("copy", "copy"), ("slo", "slo"), ("dlo", "dlo")))
    with open(os.path.join(etc, "proxy-server.conf"), "w", encoding="utf-8") as f:
        f.write(f"[DEFAULT]\nbind_ip = {HERE}\nbind_port = {port}\nworkers = 0\nuser = {user}\nswift_dir = {etc}\n"
                f"[pipeline:main]\npipeline = {SWIFT_PIPE}\n[app:proxy-server]\nuse = egg:swift#proxy\n"
                f"account_autocreate = true\n{filters}[filter:cache]\nuse = egg:swift#memcache\n"
                f"memcache_servers = {HERE}:{port + 4}\n[filter:s3api]\nuse = egg:swift#s3api\n"
                "s3_acl = no\ndns_compliant_bucket_names = no\nlocation = us-east-1\n"
                "[filter:tempauth]\nuse = egg:swift#tempauth\nuser_uji_rekap = rahasia .admin\n")


def s3(where):
    need("swift-proxy-server", "swift-account-server", "swift-container-server", "swift-object-server",
         "swift-ring-builder", "memcached")
    port = free_port(5)
    os.makedirs(os.path.join(where, "cache"), exist_ok=True)
    swift_config(where, port)
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    with open(os.path.join(where, "swift.log"), "ab") as log:
        start(["memcached", "-l", HERE, "-p", str(port + 4), "-u", user, "-m", "16"], log)
        for kind in ("account", "container", "object"):
            start([f"swift-{kind}-server", f"{where}/etc/{kind}-server.conf"], log)
        proxy = start(["swift-proxy-server", f"{where}/etc/proxy-server.conf"], log)
    for i in range(4):
        wait_for(port + i, proxy, "swift", 150)
    ready(where, port=port, user="uji:rekap", password="rahasia", region="us-east-1", bucket="kiriman")
    proxy.wait()


# ---- HTTP ----

def signature_fits(handler, digest_header):
    """As docs/format/kirim.md says; the key is DIR/key, a verifier key of the log's family."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    with open(os.path.join(handler.server.where, "key"), encoding="utf-8") as f:
        name, key_id, key = f.read().strip().split("+", 2)
    given = handler.headers["Signature-Input"]
    m = re.fullmatch(r'rekap=(\("@method" "@path" "content-digest"\);created=(\d+);keyid="([^"]*)";alg="ed25519")', given)
    if not m or m.group(3) != f"{name}+{key_id}" or abs(int(m.group(2)) - time.time()) > 300:
        return False
    base = f'"@method": {handler.command}\n"@path": {handler.path}\n"content-digest": {digest_header}\n' \
           f'"@signature-params": {m.group(1)}'
    sig = re.fullmatch(r"rekap=:([A-Za-z0-9+/=]+):", handler.headers["Signature"])
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(
            base64.b64decode(sig.group(1)), base.encode())
        return True
    except Exception:  # whatever is wrong with it, it does not fit
        return False


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, code, text=b""):
        self.send_response(code)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def note(self, code, **more):
        with self.server.lock, open(os.path.join(self.server.where, "requests.log"), "a", encoding="utf-8") as f:
            f.write(json.dumps(dict(method=self.command, path=self.path, code=code, **more)) + "\n")

    def take(self):
        what = mode(self.server.where)
        if what[0] == "status":
            self.close_connection = True
            self.note(int(what[1]))
            return self.answer(int(what[1]), b"as told")
        if what[0] == "silent":
            time.sleep(120)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if what[0] == "drop":  # everything came, no answer goes
            self.note(0)
            self.close_connection = True
            return self.connection.shutdown(socket.SHUT_RDWR)
        want = "Basic " + base64.b64encode(b"rekap:rahasia").decode()
        if "Authorization" in self.headers and self.headers["Authorization"] != want:
            self.note(401)
            return self.answer(401)
        digest = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
        if self.headers["Content-Digest"] != digest or not signature_fits(self, digest):
            self.note(403)
            return self.answer(403, b"digest or signature")
        path = os.path.join(self.server.where, "got", self.path.strip("/"))
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path + ".tmp", "wb") as f:
                f.write(body)
            os.rename(path + ".tmp", path)
        except OSError:
            return self.answer(507)
        self.note(201, bytes=len(body), sha256=hashlib.sha256(body).hexdigest(),
                  once=self.headers["Idempotency-Key"])
        return self.answer(201)

    do_PUT = do_POST = take


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # cut connections are what is tested


def http_server(where, tls=None):
    try:
        import cryptography  # noqa: F401
    except ImportError:
        skip("python3-cryptography is not installed (scripts/deps deliver installs it)")
    os.makedirs(os.path.join(where, "got"), exist_ok=True)
    server = Server((HERE, 0), Receiver)
    server.where, server.lock = where, threading.Lock()
    if tls:
        need("openssl")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{where}/tls.key",
                        "-out", f"{where}/tls.crt", "-days", "2", "-subj", "/CN=localhost", "-addext",
                        f"subjectAltName=IP:{HERE}"], check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{where}/tls.crt", f"{where}/tls.key")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    ready(where, port=server.server_address[1], user="rekap", password="rahasia")
    server.serve_forever()


# ---- SMTP that misbehaves ----

class Odd(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def data(self, what):
        """False: the connection is to be closed."""
        self.say("354 go on")
        lines, size = [], 0
        while True:
            line = self.rfile.readline()
            if not line:
                return False
            size += len(line)
            if what[0] == "cut" and size > int(what[1]):
                return False
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        if what[0] == "no-answer":
            return False
        if what[0] == "late":
            time.sleep(120)
        if what[0] == "code":
            self.say(f"{what[1]} as told")
            return True
        with self.server.lock:
            n = len(os.listdir(os.path.join(self.server.where, "got")))
            path = os.path.join(self.server.where, "got", f"{n}.eml")
            with open(path, "wb") as f:
                f.write(b"".join(lines))
                f.flush()
                os.fsync(f.fileno())
        self.say("250 kept")
        return what[0] != "drop"

    def handle(self):
        what = mode(self.server.where)
        if what[0] == "silent":
            time.sleep(120)
        self.say("220 aneh.example")
        while True:
            word = self.rfile.readline().strip().upper()
            if not word or word.startswith(b"QUIT"):
                return
            if word.startswith(b"DATA"):
                if not self.data(what):
                    return
            elif word.startswith(b"RCPT") and what[0] == "rcpt":
                self.say(f"{what[1]} as told")
            else:
                self.say("250 aneh.example")


class OddServer(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


def odd_smtp(where):
    os.makedirs(os.path.join(where, "got"), exist_ok=True)
    server = OddServer((HERE, 0), Odd)
    server.where, server.lock = where, threading.Lock()
    ready(where, port=server.server_address[1])
    server.serve_forever()


# ---- a proxy that cuts and stalls ----

class Between(socketserver.BaseRequestHandler):
    def back(self, far):
        try:
            while data := far.recv(65536):
                self.request.sendall(data)
        except OSError:
            pass

    def handle(self):
        what = mode(self.server.where)
        limit = int(what[1]) if what[0] in ("cut", "stall") else None
        with socket.create_connection((HERE, self.server.to)) as far:
            threading.Thread(target=self.back, args=(far,), daemon=True).start()
            seen = 0
            while data := self.request.recv(int(what[1]) // 10 if what[0] == "drip" else 65536 if limit is None else max(1, min(65536, limit - seen + 1))):
                seen += len(data)
                if limit is not None and seen > limit:
                    if what[0] == "stall":
                        time.sleep(120)
                    far.shutdown(socket.SHUT_RDWR)
                    self.request.shutdown(socket.SHUT_RDWR)
                    return
                far.sendall(data)
                if what[0] == "drip":
                    time.sleep(0.1)
            far.shutdown(socket.SHUT_WR)
            time.sleep(0.2)


def proxy(where, to):
    server = OddServer((HERE, 0), Between)
    server.where, server.to = where, int(to)
    ready(where, port=server.server_address[1])
    server.serve_forever()


def main():
    kinds = {"sftp": sftp, "smtp": smtp, "s3": s3, "http": http_server, "odd-smtp": odd_smtp, "proxy": proxy}
    if len(sys.argv) < 3 or sys.argv[1] not in kinds:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    where = os.path.abspath(sys.argv[2])
    os.makedirs(where, exist_ok=True)
    libc.prctl(1, signal.SIGKILL)  # whoever started us is gone: so are we
    signal.signal(signal.SIGTERM, end_all)
    kinds[sys.argv[1]](where, *sys.argv[3:])


main()
