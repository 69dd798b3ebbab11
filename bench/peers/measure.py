"""The whole comparison: makes corpora, runs every engine on each, writes tables and plots."""

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cells
import pairs
import tables
import worker
from cells import EGNATIA, INDEX_ALONE, Failed
from machine import machine

ROOT = Path(__file__).resolve().parents[2]
PAIRS = sorted((ROOT / "crates/matching/tests/data/pairs").glob("*.csv"))


def arguments():
    parser = argparse.ArgumentParser(prog="bench/peers/run", description=__doc__)
    parser.add_argument("--egnatia", required=True, help="release build of egnatia")
    parser.add_argument("--corpus", required=True, help="release build of egnatia-corpus")
    parser.add_argument("--sizes", default="10000,100000,1000000", help="persons, by commas")
    parser.add_argument("--engines", default="all", help="modules in engines, egnatia, by commas")
    parser.add_argument("--seconds", type=float, default=60, help="of asking, for each cell")
    parser.add_argument("--build-seconds-max", type=float, default=900, help="for each cell")
    parser.add_argument("--repeats", type=int, default=3, help="rounds, all engines by turns")
    parser.add_argument("--repeat-up-to", type=int, default=100_000, help="larger sizes run once")
    parser.add_argument("--queries", type=int, default=50, help="of each of the 22 categories")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lists", default=os.environ.get("EGNATIA_LISTS"), help="words of names")
    parser.add_argument("--work", type=Path, required=True, help="folder for corpora and results")
    parser.add_argument("--docs", type=Path, help="folder in which the plots are written too")
    parser.add_argument("--parts", default="search,pairs", help="what is measured, by commas")
    parser.add_argument("--keep", action="store_true", help="do not remove the corpora")
    parser.add_argument("--merge", type=Path, help="earlier results.json; its cells are kept")
    found = parser.parse_args()
    for name in ("egnatia", "corpus"):
        binary = Path(getattr(found, name)).resolve()
        if not binary.is_file():
            parser.error(f"--{name}: there is no `{binary.name}` there")
        setattr(found, name, str(binary))
    found.parts = found.parts.split(",")
    found.sizes = [int(size) for size in found.sizes.split(",")]
    wanted = [*worker.ENGINES, "egnatia", "egnatia_index"]
    found.engines = wanted if found.engines == "all" else found.engines.split(",")
    return found


def write_corpus(size, settings):
    folder = settings.work / f"corpus-{size}"
    command = [settings.corpus, "write", "--persons", str(size), "--out", folder]
    command += ["--queries", str(settings.queries), "--seed", str(settings.seed)]
    if settings.lists:
        command += ["--lists", settings.lists]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=1800)
    return folder


def ask(engine, folder, settings, guesses):
    if engine == "egnatia":
        return cells.egnatia(folder, settings, guesses.get("egnatia"))
    if engine == "egnatia_index":
        return cells.egnatia_index(folder, settings)
    return cells.peer(engine, folder, settings)


def label(engine):
    own = {"egnatia": EGNATIA, "egnatia_index": INDEX_ALONE}
    return own.get(engine) or __import__(f"engines.{engine}", fromlist=["Engine"]).Engine.name


def measure_size(size, settings, guesses):
    folder = write_corpus(size, settings)
    rounds = settings.repeats if size <= settings.repeat_up_to else 1
    done = {engine: [] for engine in settings.engines}
    wrong = {}
    try:
        for number in range(rounds):
            for engine in settings.engines:
                if engine in wrong:
                    continue
                load = os.getloadavg()[0]
                try:
                    cell = ask(engine, folder, settings, guesses)
                except Failed as failed:
                    wrong[engine] = str(failed)
                    print(f"{size} {engine}: {failed}", file=sys.stderr)
                    continue
                cell["load_before"] = load
                done[engine].append(cell)
                print(
                    f"{size} round {number + 1} {engine}: recall {cell['recall']:.3f}, "
                    f"{cell['queries_per_second']:.0f}/s of {cell['queries']}, "
                    f"{cell['build_seconds']:.1f} s to build, {cell['resident_mb']:.0f} MB",
                    file=sys.stderr,
                )
    finally:
        if not settings.keep:
            shutil.rmtree(folder, ignore_errors=True)
    rows = []
    for engine in settings.engines:
        row = {"persons": size, "engine": label(engine)}
        if done[engine]:
            row |= cells.medians(done[engine])
        else:
            row["not_measured"] = wrong.get(engine, "unknown")
        rows.append(row)
    if done.get("egnatia"):
        slowest = min(cell["queries_per_second"] for cell in done["egnatia"])
        # The next corpus may be larger: a query of it may take as many times longer.
        guesses["egnatia"] = slowest / 10
    return rows


def main():
    settings = arguments()
    settings.work = settings.work.resolve()
    settings.work.mkdir(parents=True, exist_ok=True)
    earlier = json.loads(settings.merge.read_text()) if settings.merge else {}
    result = {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "seed": settings.seed,
        "queries_per_category": settings.queries,
        "seconds_per_cell": settings.seconds,
        "pairs": earlier.get("pairs", []),
        "search": earlier.get("search", []),
    }
    if "pairs" in settings.parts:
        result["pairs"] = pairs.measure(settings.egnatia, PAIRS, settings.repeats)
    guesses = {}
    for size in settings.sizes if "search" in settings.parts else []:
        rows = measure_size(size, settings, guesses)
        again = {(row["persons"], row["engine"]) for row in rows}
        kept = [row for row in result["search"] if (row["persons"], row["engine"]) not in again]
        result["search"] = kept + rows
        # After every size: a run that is stopped has written what it measured.
        tables.write(result, settings.work, settings.docs)
    tables.write(result, settings.work, settings.docs)
    print((settings.work / "results.md").read_text())


if __name__ == "__main__":
    main()
