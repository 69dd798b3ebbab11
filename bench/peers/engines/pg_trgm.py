"""PostgreSQL: a GIN index of trigrams of names in plain letters, ranked by similarity."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from corpus import persons, plain

# Chosen, not tuned.
DATE_BONUS = 0.2
SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "1GB",
    "maintenance_work_mem": "1GB",
    "work_mem": "64MB",
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "8GB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "random_page_cost": "1.1",
}
QUERY = """
SELECT id, similarity(name, %(name)s) + CASE WHEN birth = %(birth)s THEN %(bonus)s ELSE 0 END AS score
FROM names WHERE name %% %(name)s ORDER BY score DESC LIMIT 30
"""


def program(name):
    found = shutil.which(name)
    if found:
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not versions:
        raise RuntimeError(f"PostgreSQL's `{name}` is not installed")
    return str(versions[-1])


class Server:
    """A server of its own: a folder, a socket in it, and the process that is stopped at the end."""

    def __init__(self, folder):
        # A short path: a socket's path has at most 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="peers-pg-"))
        self.data = self.folder / "data"
        # PostgreSQL refuses to run as root.
        self.account = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        quiet = {"stdout": subprocess.DEVNULL, "cwd": self.folder, **self.account}
        initdb = [program("initdb"), "-D", self.data, "-A", "trust", "-U", "peers", "-N"]
        initdb += ["-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run(initdb, check=True, timeout=120, **quiet)
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value.strip(chr(39))}")]
        log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            [program("postgres"), "-D", self.data, "-k", self.folder, *options],
            stderr=log,
            **quiet,
        )

    def connect(self):
        limit = time.monotonic() + 30
        while True:
            try:
                return psycopg.connect(
                    host=str(self.folder), user="peers", dbname="postgres", autocommit=True
                )
            except psycopg.OperationalError:
                if time.monotonic() > limit or self.process.poll() is not None:
                    raise
                time.sleep(0.1)

    def resident_kib(self):
        """Shared memory counted once: the proportional sizes of the server's processes."""
        processes = [self.process.pid]
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        processes += [int(child) for child in children.split()]
        total = 0
        for process in processes:
            try:
                rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
            except OSError:
                continue
            total += sum(
                int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")
            )
        return total

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Engine:
    name = "pg_trgm GIN"
    scores_are_calibrated_at = None
    options = (
        "one row a name, names in plain Latin letters (ICU), GIN with gin_trgm_ops, `%` with the "
        f"default similarity 0.3, order by similarity, the same birth date adds {DATE_BONUS:g}; "
        + ", ".join(f"{name}={value}" for name, value in SETTINGS.items() if value != "''")
    )

    def version(self):
        return self.server_version

    def build(self, corpus, folder):
        self.server = Server(folder)
        try:
            self.connection = self.server.connect()
        except BaseException:
            self.server.stop()
            raise
        execute = self.connection.execute
        self.server_version = execute("SELECT version()").fetchone()[0].split(" on ")[0]
        execute("CREATE EXTENSION pg_trgm")
        execute("CREATE TABLE names (id text, name text, birth text)")
        with self.connection.cursor().copy("COPY names FROM STDIN") as copy:
            for id, names, birth in persons(corpus):
                for name in {plain(name) for name in names}:
                    copy.write_row((id, name, birth))
        execute("CREATE INDEX ON names USING gin (name gin_trgm_ops)")
        execute("VACUUM ANALYZE names")

    def search(self, name, birth):
        values = {"name": plain(name), "birth": birth, "bonus": DATE_BONUS}
        best = {}
        for id, score in self.connection.execute(QUERY, values, prepare=True):
            best.setdefault(id, float(score))
        return list(best.items())[:10]

    def resident_kib(self):
        return self.server.resident_kib()

    def cpu_seconds(self):
        """Of the server's process alone; its client's are left out."""
        stat = Path(f"/proc/{self.connection.info.backend_pid}/schedstat").read_text()
        return int(stat.split()[0]) / 1e9

    def close(self):
        self.connection.close()
        self.server.stop()
