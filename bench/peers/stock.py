"""Movements of stock beside the plain way on PostgreSQL, durable both, in one run.

The plain way: a table of balances, a table of movements, and for each movement a transaction that locks
the two balances (SELECT ... FOR UPDATE, in the order of their ids), changes them, and adds a row. The
balance at a past moment is the sum of all movements up to it, with an index on account, goods and time.
There is no audit log, no hash and no second signature in it: Egnatia does more with each movement.
"""

import argparse
import json
import statistics
import subprocess
import threading
import time
from pathlib import Path

from engines.pg_trgm import SETTINGS, Server
from machine import machine

RACKS = 400
PIECES = 1_000_000
SCHEMA = """
CREATE TABLE balances (account bigint, goods bigint, quantity bigint NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (account, goods));
CREATE TABLE movements (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    source bigint NOT NULL, target bigint NOT NULL, goods bigint NOT NULL, quantity bigint NOT NULL);
CREATE INDEX ON movements (goods, source, at);
CREATE INDEX ON movements (goods, target, at);
"""
LOCK = (
    "SELECT quantity FROM balances WHERE goods = %s AND account IN (%s, %s) "
    "ORDER BY account FOR UPDATE"
)
LESS = "UPDATE balances SET quantity = quantity - 1 WHERE account = %s AND goods = %s"
MORE = "UPDATE balances SET quantity = quantity + 1 WHERE account = %s AND goods = %s"
ADD = "INSERT INTO movements (source, target, goods, quantity) VALUES (%s, %s, %s, 1)"
PAST = (
    "SELECT COALESCE((SELECT sum(quantity) FROM movements WHERE goods = %s AND target = %s AND at <= %s), 0)"
    " - COALESCE((SELECT sum(quantity) FROM movements WHERE goods = %s AND source = %s AND at <= %s), 0)"
)


def arguments():
    parser = argparse.ArgumentParser(prog="bench/peers/stock", description=__doc__.splitlines()[0])
    parser.add_argument("--example", required=True, help="release build of the example stock_throughput")
    parser.add_argument("--movements", type=int, default=0, help="in the books before it is measured")
    parser.add_argument("--seconds", type=float, default=20, help="of each part on PostgreSQL")
    parser.add_argument("--work", type=Path, required=True, help="folder for data and results")
    return parser.parse_args()


def move(connection, number):
    rack = number % RACKS + 1
    source, target = (rack, 0) if number // RACKS % 2 == 0 else (0, rack)
    connection.execute(LOCK, (rack, source, target), prepare=True)
    connection.execute(LESS, (source, rack), prepare=True)
    connection.execute(MORE, (target, rack), prepare=True)
    connection.execute(ADD, (source, target, rack), prepare=True)


def rate(server, clients, size, seconds):
    """Movements a second of so many clients with transactions of so many movements."""
    counts = [0] * clients
    end = time.monotonic() + seconds

    def work(client):
        connection = server.connect()
        number = client * 37
        while time.monotonic() < end:
            with connection.transaction():
                # In the order of the racks, so that no two wait for each other.
                for rack in sorted(range(size), key=lambda step: (number + step) % RACKS):
                    move(connection, number + rack)
            number += size
            counts[client] += size
        connection.close()

    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - started)


def of_postgresql(found):
    # Durable, as Egnatia is.
    durable = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "max_connections": "64"}
    saved = dict(SETTINGS)
    SETTINGS.update(durable)
    server = Server(found.work / "stock")
    try:
        connection = server.connect()
        execute = connection.execute
        version = execute("SELECT version()").fetchone()[0].split(" on ")[0]
        execute(SCHEMA)
        execute(
            "INSERT INTO balances SELECT a, g, %s FROM generate_series(1, %s) g, LATERAL (VALUES (0), (g)) v (a)",
            (PIECES, RACKS),
        )
        if found.movements:
            execute(
                "INSERT INTO movements (at, source, target, goods, quantity) SELECT now() - "
                "(%s - n) * interval '1 millisecond', CASE WHEN n / %s %% 2 = 0 THEN n %% %s + 1 ELSE 0 END, "
                "CASE WHEN n / %s %% 2 = 0 THEN 0 ELSE n %% %s + 1 END, n %% %s + 1, 1 "
                "FROM generate_series(0, %s - 1) n",
                (found.movements, RACKS, RACKS, RACKS, RACKS, RACKS, found.movements),
            )
        execute("VACUUM ANALYZE movements")
        batches = rate(server, 8, 100, found.seconds)
        single = rate(server, 32, 1, found.seconds)
        first, last = execute("SELECT min(at), max(at) FROM movements").fetchone()
        times = []
        end = time.monotonic() + found.seconds
        for number in range(2_000):
            rack = number * 7 % RACKS + 1
            at = first + (last - first) * (number % 20) / 20
            started = time.monotonic()
            execute(PAST, (rack, rack, at, rack, rack, at), prepare=True).fetchone()
            times.append((time.monotonic() - started) * 1_000)
            if time.monotonic() > end:
                break
        times.sort()
        return {
            "version": version,
            "movements": execute("SELECT count(*) FROM movements").fetchone()[0],
            "batches_per_second": batches,
            "single_per_second": single,
            "past_p50_ms": statistics.median(times),
            "past_p99_ms": times[(len(times) - 1) * 99 // 100],
            "settings": dict(SETTINGS),
        }
    finally:
        server.stop()
        SETTINGS.clear()
        SETTINGS.update(saved)


def main():
    found = arguments()
    folder = found.work / "stock"
    folder.mkdir(parents=True, exist_ok=True)
    command = [Path(found.example).resolve(), "--json", "--movements", str(found.movements)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder)
    egnatia = json.loads(done.stdout)
    postgresql = of_postgresql(found)
    result = {"machine": machine(), "egnatia": egnatia, "postgresql": postgresql}
    (folder / "results.json").write_text(json.dumps(result, indent=2))
    print(f"| {found.movements:,} movements before | Egnatia on SQLite | {postgresql['version']}, one row lock per balance |")
    print("|---|---|---|")
    for key, name in (("batches", "8 clients, batches of 100"), ("single", "32 clients, single")):
        ours, theirs = egnatia[f"{key}_per_second"], postgresql[f"{key}_per_second"]
        print(f"| {name}, a second | {ours:,.0f} | {theirs:,.0f} |")
    past = [f"{side['past_p50_ms']:.2f} ms, {side['past_p99_ms']:.2f} ms" for side in (egnatia, postgresql)]
    print(f"| balance at a past moment, p50, p99 | {past[0]} | {past[1]} |")


if __name__ == "__main__":
    main()
