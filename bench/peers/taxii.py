"""TAXII 2.1 servers with one empty collection, and clients that write to it and read from it."""

import base64
import http.client
import json
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode

TAXII = "application/taxii+json;version=2.1"
BODY_BYTES_MAX = 10_000_000
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 10
ANSWER_SECONDS_MAX = 60
SCRIPTS = Path(sys.executable).parent


class Failed(Exception):
    pass


class Server:
    """Is prepared once, empty. Each `with` copies that and starts it under gunicorn on a free port of
    the loopback address, and stops it at the end."""

    def __init__(self, work, page):
        self.page = page
        self.environment = dict(os.environ)
        self.process = None
        self.empty = work / f"{self.package}-empty"
        self.folder = work / self.package
        shutil.rmtree(self.empty, ignore_errors=True)
        self.empty.mkdir(parents=True)
        self.prepare()

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.empty, self.folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [SCRIPTS / "gunicorn", self.application, "--bind", f"127.0.0.1:{self.port}"]
        command += ["--workers", "1", "--threads", "4", "--no-control-socket"]
        command += ["--timeout", "600", "--graceful-timeout", "1"]
        with open(self.folder / "log.txt", "w") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait(self):
        until = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < until and self.process.poll() is None:
            try:
                status, _ = Client(self, time.monotonic() + 5).ask("GET", self.objects)
            except OSError:
                time.sleep(0.1)
                continue
            if status == 200:
                return
            raise Failed(f"{self.name} answers {status}")
        raise Failed(f"{self.name} did not start: {(self.folder / 'log.txt').read_text()[-2000:]}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


# Release 0.9.3 answers 500 to every object that it has taken in, for the number of the job is no JSON
# (issue 243 of OpenTAXII, corrected after that release). This is the correction.
OPENTAXII_SERVED = """
import functools, json, types
from opentaxii.taxii2 import http
http.json = types.SimpleNamespace(dumps=functools.partial(json.dumps, default=str))
from opentaxii.http import app
"""


class OpenTaxii(Server):
    """Keeps objects in SQLite. Who asks is known by a bearer token."""

    name = "OpenTAXII"
    package = "opentaxii"
    application = "served:app"
    storage = "SQLite"

    def prepare(self):
        config = {
            "domain": "127.0.0.1",
            "auth_api": {
                "class": "opentaxii.auth.sqldb.SQLDatabaseAPI",
                "parameters": {
                    "db_connection": "sqlite:///accounts.db",
                    "create_tables": True,
                    "secret": secrets.token_hex(32),
                },
            },
            "taxii1": None,
            "taxii2": {
                "persistence_api": {
                    "class": "opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI",
                    "parameters": {
                        "db_connection": "sqlite:///objects.db",
                        "create_tables": True,
                        # Seconds that one writer waits for another, in the place of five.
                        "connect_args": {"timeout": 60},
                    },
                },
                "max_content_length": BODY_BYTES_MAX,
                "title": "Measured",
            },
            "logging": {"opentaxii": "warning", "root": "warning"},
        }
        # JSON is YAML.
        (self.empty / "config.yml").write_text(json.dumps(config))
        (self.empty / "served.py").write_text(OPENTAXII_SERVED)
        self.environment["OPENTAXII_CONFIG"] = "config.yml"
        said = self.command("create-account", "--username", "measure", "--password", "measure")
        self.authorization = "Bearer " + said.split("token:")[1].split()[0]
        # `create-account --admin` makes no administrator.
        self.command("update-account", "--username", "measure", "--field", "admin", "--value", "yes")
        self.command("add-api-root", "--title", "Measured", "--default")
        with sqlite3.connect(self.empty / "objects.db") as database:
            (root,) = database.execute("select id from opentaxii_api_root").fetchone()
        root = str(uuid.UUID(root))
        self.command("add-collection", "--rootid", root, "--title", "Measured", "--alias", "measured")
        self.objects = f"/taxii2/{root}/collections/measured/objects/"

    def command(self, name, *arguments):
        done = subprocess.run(
            [SCRIPTS / f"opentaxii-{name}", *arguments],
            env=self.environment,
            cwd=self.empty,
            capture_output=True,
            text=True,
            timeout=START_SECONDS_MAX,
        )
        if done.returncode != 0:
            raise Failed(f"opentaxii-{name}: {done.stderr[-2000:]}")
        return done.stdout


class Medallion(Server):
    """Keeps objects in the memory of its one process. Who asks is known by name and password."""

    name = "medallion"
    package = "medallion"
    application = "medallion:load_app('config.json')"
    storage = "memory"
    collection = "7f2c1d8e-94a5-4b0c-8e3f-d16a5b20c947"

    def prepare(self):
        collection = {
            "id": self.collection,
            "title": "Measured",
            "can_read": True,
            "can_write": True,
            "media_types": ["application/stix+json;version=2.1"],
            "objects": [],
            "manifest": [],
        }
        root = {
            "information": {
                "title": "Measured",
                "versions": [TAXII],
                "max_content_length": BODY_BYTES_MAX,
            },
            "status": [],
            "collections": [collection],
        }
        data = {"/discovery": {"title": "Measured", "api_roots": ["/measured/"]}, "measured": root}
        (self.empty / "data.json").write_text(json.dumps(data))
        password = secrets.token_hex(16)
        config = {
            "users": {"measure": password},
            "taxii": {"max_page_size": self.page},
            "backend": {
                "module": "medallion.backends.memory_backend",
                "module_class": "MemoryBackend",
                "filename": str(self.empty / "data.json"),
                # Seconds that the rest of a paged answer is kept.
                "session_timeout": 600,
            },
        }
        (self.empty / "config.json").write_text(json.dumps(config))
        self.authorization = "Basic " + base64.b64encode(f"measure:{password}".encode()).decode()
        self.objects = f"/measured/collections/{self.collection}/objects/"


SERVERS = [OpenTaxii, Medallion]


class Client:
    """One connection, kept open where the server does. No answer after `until` is waited for."""

    def __init__(self, server, until):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port)
        self.headers = {"Accept": TAXII, "Authorization": server.authorization}
        self.until = until

    def ask(self, method, path, body=None):
        left = max(0.01, self.until - time.monotonic())
        self.connection.timeout = left
        if self.connection.sock:
            self.connection.sock.settimeout(left)
        headers = self.headers | ({"Content-Type": TAXII} if body else {})
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def indicator(number, size):
    """An indicator of `size` bytes on an address that is kept for documentation."""
    made = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid4()}",
        "created": "2026-11-25T08:00:00.000Z",
        "modified": "2026-11-25T08:00:00.000Z",
        "name": f"Invented {number}",
        "indicator_types": ["malicious-activity"],
        "pattern": f"[url:value = 'https://invented-{number}.example/{secrets.token_hex(16)}']",
        "pattern_type": "stix",
        "valid_from": "2026-11-25T08:00:00Z",
        "description": "",
    }
    missing = max(0, size - len(json.dumps(made)))
    made["description"] = secrets.token_hex(missing // 2 + 1)[:missing]
    return made


def write(server, objects, batch, clients, seconds):
    """Clients that send at the same time. Returns how many objects were taken in, and in what time."""
    starts = range(0, len(objects), batch)
    batches = [objects[start : start + batch] for start in starts]
    waiting = iter([(len(some), json.dumps({"objects": some}).encode()) for some in batches])
    lock = threading.Lock()
    until = time.monotonic() + seconds

    def send(count):
        # What was sent is waited for: it may be taken in, and would be missing from the count.
        client = Client(server, until + ANSWER_SECONDS_MAX)
        while time.monotonic() < until:
            with lock:
                size, body = next(waiting, (0, None))
            if body is None:
                return
            status, answer = client.ask("POST", server.objects, body)
            if status != 202 or json.loads(answer)["success_count"] != size:
                raise Failed(f"{server.name} answers {status}: {answer[:300]!r}")
            count(size)

    return together(send, server, clients)


def read(server, expected, clients, seconds):
    """Clients that each read everything, page by page, at the same time. Returns how many objects they
    got together, and in what time. A page that does not come within the time is not counted."""
    until = time.monotonic() + seconds

    def receive(count):
        client = Client(server, until)
        seen = set()
        following = {}
        while time.monotonic() < until:
            query = urlencode({"limit": server.page} | following)
            try:
                status, answer = client.ask("GET", f"{server.objects}?{query}")
            except TimeoutError:
                return
            if status != 200:
                raise Failed(f"{server.name} answers {status}: {answer[:300]!r}")
            page = json.loads(answer)
            found = {one["id"] for one in page.get("objects", [])}
            count(len(found - seen))
            seen |= found
            if not page.get("more"):
                if len(seen) != expected:
                    raise Failed(f"{server.name} gave {len(seen)} of {expected} objects")
                return
            following = {"next": page["next"]}

    return together(receive, server, clients)


def together(work, server, clients):
    """Runs `work` in as many threads, which end by themselves, and adds up what they count."""
    counts, wrong = [], []

    def run():
        try:
            work(counts.append)
        except (Failed, OSError, http.client.HTTPException, ValueError, KeyError) as error:
            wrong.append(error)

    threads = [threading.Thread(target=run) for _ in range(clients)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passed = time.monotonic() - started
    if wrong:
        raise Failed(f"{server.name}: {wrong[0]}")
    return sum(counts), passed
