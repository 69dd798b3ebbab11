"""One engine, one corpus: builds, asks, and writes what it measured. A process of its own, so that
memory is that of one engine."""

import argparse
import importlib
import json
import signal
import sys
import time
from pathlib import Path

from corpus import queries

ENGINES = ["nomenklatura_logic", "tantivy_trigram", "rapidfuzz_token_set", "pg_trgm"]


def resident_kib():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return None


def stop(_signal, _frame):
    raise SystemExit("stopped: out of time")


def answers(engine, batch):
    """Of each query the candidates, and the seconds that it took."""
    if hasattr(engine, "search_batch"):
        return engine.search_batch(batch)
    given = []
    for name, birth in batch:
        before = time.perf_counter()
        candidates = engine.search(name, birth)
        given.append((candidates, time.perf_counter() - before))
    return given


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--queries", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--folder", required=True)
    arguments = parser.parse_args()
    # So that a server that was started is stopped too.
    signal.signal(signal.SIGTERM, stop)
    engine = importlib.import_module(f"engines.{arguments.engine}").Engine()
    asked = list(queries(arguments.queries))
    started = time.perf_counter()
    try:
        engine.build(arguments.corpus, arguments.folder)
        build_seconds = time.perf_counter() - started
        own = getattr(engine, "resident_kib", resident_kib)
        resident = own()
        # Once for what is read at first use; not measured.
        answers(engine, [("Xaver Yzeqar", "1901-01-01")])
        seconds, found = [], []
        cpu_seconds = getattr(engine, "cpu_seconds", time.process_time)
        begun, begun_cpu = time.perf_counter(), cpu_seconds()
        step = getattr(engine, "batch", 1)
        for at in range(0, len(asked), step):
            # On a busy machine the clock runs on while the processor is with others.
            busy = cpu_seconds() - begun_cpu
            if busy > arguments.seconds or time.perf_counter() - begun > 3 * arguments.seconds:
                break
            batch = [(name, birth) for name, birth, _, _ in asked[at : at + step]]
            for candidates, took in answers(engine, batch):
                seconds.append(took)
                found.append([[id, score] for id, score in candidates])
        took_cpu = cpu_seconds() - begun_cpu
        report = {
            "version": engine.version(),
            "options": engine.options,
            "threshold": engine.scores_are_calibrated_at,
            "build_seconds": build_seconds,
            "resident_kib": max(resident, own()),
            "seconds": seconds,
            "cpu_seconds": took_cpu,
            "found": found,
        }
    finally:
        engine.close()
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
