"""Serial numbers of weapons, whole and with two unknown places, beside PostgreSQL, in one run."""

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

from engines.pg_trgm import SETTINGS, Server
from machine import machine

WHOLE = "SELECT weapon FROM serials WHERE folded = %s"
MASKED = "SELECT weapon FROM serials WHERE folded LIKE %s LIMIT 20"


def arguments():
    parser = argparse.ArgumentParser(prog="bench/peers/serials", description=__doc__)
    parser.add_argument("--corpus", required=True, help="release build of egnatia-corpus")
    parser.add_argument("--weapons", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=100_000, help="whole numbers")
    parser.add_argument("--masked", type=int, default=1_000, help="numbers with unknown places")
    parser.add_argument("--seconds", type=float, default=60, help="at most, for each question to PostgreSQL")
    parser.add_argument("--work", type=Path, required=True, help="folder for data and results")
    return parser.parse_args()


def folded(number):
    return "".join(place for place in number if place.isalnum())


def lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")


def ask(connection, query, values, seconds):
    """Milliseconds of each question, as long as there is time."""
    times = []
    end = time.monotonic() + seconds
    for value in values:
        started = time.monotonic()
        connection.execute(query, (value,), prepare=True).fetchall()
        times.append((time.monotonic() - started) * 1_000)
        if time.monotonic() > end:
            break
    return sorted(times)


def of_postgresql(found, folder):
    server = Server(folder)
    try:
        connection = server.connect()
        execute = connection.execute
        version = execute("SELECT version()").fetchone()[0].split(" on ")[0]
        started = time.monotonic()
        execute("CREATE EXTENSION pg_trgm")
        execute("CREATE TABLE serials (weapon bigint, folded text)")
        with connection.cursor().copy("COPY serials FROM STDIN") as copy:
            for weapon, number in enumerate(lines(folder / "serials.txt")):
                copy.write_row((weapon, folded(number)))
        execute("CREATE INDEX ON serials (folded)")
        execute("CREATE INDEX ON serials USING gin (folded gin_trgm_ops)")
        execute("VACUUM ANALYZE serials")
        built = time.monotonic() - started
        whole = ask(connection, WHOLE, map(folded, lines(folder / "whole.txt")), found.seconds)
        masks = [line.split("\t")[0].replace("?", "_") for line in lines(folder / "masked.txt")]
        masked = ask(connection, MASKED, masks, found.seconds)
        return {
            "version": version,
            "build_seconds": built,
            "whole_per_second": len(whole) / (sum(whole) / 1_000),
            "masked_asked": len(masked),
            "masked_p50_ms": statistics.median(masked),
            "masked_p99_ms": masked[(len(masked) - 1) * 99 // 100],
        }
    finally:
        server.stop()


def main():
    found = arguments()
    folder = found.work / "serials"
    folder.mkdir(parents=True, exist_ok=True)
    command = [found.corpus, "serials", "--out", folder]
    for name in ("weapons", "questions", "masked"):
        command += [f"--{name}", str(getattr(found, name))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    egnatia = json.loads(done.stdout)
    postgresql = of_postgresql(found, folder)
    result = {"machine": machine(), "egnatia": egnatia, "postgresql": postgresql, "settings": SETTINGS}
    (folder / "results.json").write_text(json.dumps(result, indent=2))
    print(f"| {found.weapons:,} weapons | Egnatia | {postgresql['version']}, btree and pg_trgm |")
    print("|---|---|---|")
    print(f"| whole numbers a second | {egnatia['whole']['per_second']:,.0f} | {postgresql['whole_per_second']:,.0f} |")
    masked = egnatia["masked"]
    print(
        f"| two places unknown, p50, p99 | {masked['p50_ms']:.1f} ms, {masked['p99_ms']:.1f} ms "
        f"| {postgresql['masked_p50_ms']:.1f} ms, {postgresql['masked_p99_ms']:.1f} ms |"
    )
    print(f"| to build | {egnatia['build_seconds']:.0f} s | {postgresql['build_seconds']:.0f} s |")


if __name__ == "__main__":
    main()
