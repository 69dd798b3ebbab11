"""One cell of the table: one engine on one corpus, in a process of its own, bounded in time."""

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from corpus import queries

HERE = Path(__file__).resolve().parent
EGNATIA = "Egnatia"
INDEX_ALONE = "Egnatia (index alone)"


class Failed(Exception):
    """Why a cell was not measured."""


def run(command, limit):
    """Runs a command; gives what it printed, its seconds, and the most memory that it held, in KiB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=HERE
    )
    try:
        # The pipes are read by `communicate`; memory is read between.
        peak = 0
        while True:
            try:
                out, err = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                peak = max(peak, most_resident_kib(process.pid))
                if time.perf_counter() - started > limit:
                    raise Failed(f"not done in {limit:.0f} s") from None
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.communicate(timeout=90)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
    if process.returncode != 0:
        last = err.strip().splitlines()[-1:] or ["no message"]
        raise Failed(f"exit code {process.returncode}: {last[0][:200]}")
    return out, time.perf_counter() - started, peak


def most_resident_kib(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def percentile_ms(seconds, percent):
    """The nearest rank, as `egnatia eval search` has it."""
    ordered = sorted(seconds)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(rank, 1) - 1] * 1000


def recall(gold, found):
    first = {id for id, _ in found[:10]}
    return len(first.intersection(gold)) / min(len(gold), 10)


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def outcome(report, asked):
    """Figures of a report of a worker, by the definitions of `egnatia eval search`."""
    answered = list(zip(asked, report["found"]))
    known = [(query, found) for query, found in answered if query[2]]
    by_category = {}
    for (_, birth, gold, category), found in known:
        by_category.setdefault(category, []).append(recall(gold, found))
    threshold = report.get("threshold")
    outsiders = [found for (_, _, gold, _), found in answered if not gold]
    alerting = None
    if threshold is not None:
        alerting = mean(any(score >= threshold for _, score in found) for found in outsiders)
    seconds = report["seconds"]
    return {
        "queries": len(seconds),
        "recall": mean(recall(query[2], found) for query, found in known),
        "categories": {name: mean(values) for name, values in sorted(by_category.items())},
        "outsiders_alerting": alerting,
        "queries_per_second": len(seconds) / max(sum(seconds), 1e-9),
        "queries_per_cpu_second": (
            len(seconds) / max(report["cpu_seconds"], 1e-9) if report.get("cpu_seconds") else None
        ),
        "p50_ms": percentile_ms(seconds, 50),
        "p99_ms": percentile_ms(seconds, 99),
        "build_seconds": report["build_seconds"],
        "resident_mb": report["resident_kib"] / 1024,
    }


def peer(module, folder, settings):
    """A peer, through its worker."""
    command = [sys.executable, "worker.py", module, "--corpus", folder / "corpus.ftm.json"]
    command += ["--queries", folder / "queries.jsonl", "--seconds", str(settings.seconds)]
    command += ["--folder", folder]
    out, _, _ = run(command, settings.build_seconds_max + 3 * settings.seconds + 60)
    report = json.loads(out)
    figures = outcome(report, list(queries(folder / "queries.jsonl")))
    return {"version": report["version"], "options": report["options"], **figures}


def egnatia(folder, settings, guess):
    """`egnatia eval search`. It asks every query that it is given, so that it is given as many as
    `guess` queries a second fit into the time."""
    asked = (folder / "queries.jsonl").read_text().splitlines(keepends=True)
    fits = max(220, int(guess * settings.seconds)) if guess else len(asked)
    part = folder / "queries-egnatia.jsonl"
    part.write_text("".join(asked[:fits]))
    command = [settings.egnatia, "--json", "eval", "search"]
    command += ["--corpus", folder / "corpus.ftm.json", "--queries", part]
    out, wall, peak = run(command, settings.build_seconds_max + 4 * settings.seconds)
    said = json.loads(out)
    asking = said["queries"] / said["queries_per_second"]
    outsiders = said["queries_without_gold"]
    return {
        "version": version(settings.egnatia),
        "options": "`egnatia eval search` with the defaults of the node; alert from 0.6 on",
        "queries": said["queries"],
        "recall": said["recall_at_10"],
        "categories": {
            name: category["recall_at_10"] for name, category in said["categories"].items()
        },
        "outsiders_alerting": said["queries_without_gold_alerting"] / max(outsiders, 1),
        "queries_per_second": said["queries_per_second"],
        # It does not say which part of its processor time was that of asking.
        "queries_per_cpu_second": None,
        "p50_ms": said["p50_ms"],
        "p99_ms": said["p99_ms"],
        "build_seconds": wall - asking,
        "resident_mb": peak / 1024,
    }


def egnatia_index(folder, settings):
    """The matching index without the reader of lists, whose files may have 1 GiB at most."""
    command = [settings.corpus, "search", "--corpus", folder / "corpus.ftm.json"]
    command += ["--queries", folder / "queries.jsonl"]
    command += ["--seconds-max", str(max(1, int(settings.seconds)))]
    out, _, _ = run(command, settings.build_seconds_max + 4 * settings.seconds)
    report = json.loads(out)
    report["threshold"] = 0.6
    figures = outcome(report, list(queries(folder / "queries.jsonl")))
    options = "`egnatia-corpus search`; time to build without reading the file"
    return {"version": version(settings.egnatia), "options": options, **figures}


def version(binary):
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=30)
    return said.stdout.strip()


def medians(runs):
    """One cell of several runs: the median of each number."""
    first = runs[0]
    joined = {"runs": len(runs), "version": first["version"], "options": first["options"]}
    for key, value in first.items():
        if key == "categories":
            joined[key] = {
                name: median(run[key][name] for run in runs if name in run[key]) for name in value
            }
        elif isinstance(value, (int, float)):
            joined[key] = median(run[key] for run in runs if run.get(key) is not None)
        else:
            joined.setdefault(key, value)
    rates = [run["queries_per_second"] for run in runs]
    joined["queries_per_second_range"] = [min(rates), max(rates)]
    return joined
