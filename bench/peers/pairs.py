"""Pairs of names: logic-v2 and Egnatia on the pairs of the repository."""

import csv
import itertools
import json
import sys
import time

from cells import Failed, run

# The default of logic-v2; Egnatia is asked with its own.
THRESHOLD = 0.7


def figures(scored):
    found = sum(1 for truth, score in scored if truth and score >= THRESHOLD)
    false = sum(1 for truth, score in scored if not truth and score >= THRESHOLD)
    missed = sum(1 for truth, score in scored if truth and score < THRESHOLD)
    return {
        "pairs": len(scored),
        "precision": found / max(found + false, 1),
        "recall": found / max(found + missed, 1),
        "f1": 2 * found / max(2 * found + false + missed, 1),
    }


def logic_v2(file):
    """In a process of its own: what it has read once stays in its caches."""
    out, _, _ = run([sys.executable, "pairs.py", str(file)], 300)
    return json.loads(out)


def egnatia(binary, file):
    out, _, _ = run([binary, "--json", "eval", "pairs", str(file)], 300)
    said = json.loads(out)
    names = ("pairs", "precision", "recall", "f1", "pairs_per_second")
    return {name: said[name] for name in names}


def measure(binary, files, repeats):
    """Both engines on every file, by turns; of each the run of the median speed."""
    rows = []
    for file in files:
        runs = {"nomenklatura logic-v2": [], "Egnatia": []}
        for _ in range(repeats):
            for engine, ask in (
                ("nomenklatura logic-v2", lambda: logic_v2(file)),
                ("Egnatia", lambda: egnatia(binary, file)),
            ):
                try:
                    runs[engine].append(ask())
                except Failed as failed:
                    print(f"{engine}, {file.name}: {failed}", file=sys.stderr)
        for engine, done in runs.items():
            done.sort(key=lambda one: one["pairs_per_second"])
            if done:
                rows.append({"engine": engine, "file": file.name, **done[len(done) // 2]})
    return rows


def read(file):
    """Two entities, each a schema and properties, and whether they are one: of CSV or JSON lines."""
    with open(file, encoding="utf-8", newline="") as lines:
        if file.endswith(".jsonl"):
            for pair in map(json.loads, lines):
                left, right = ((pair[side]["schema"], pair[side]["properties"]) for side in ("left", "right"))
                yield left, right, pair["is_match"]
            return
        for row in csv.DictReader(lines):
            schema = row["schema"] or "LegalEntity"
            left, right = ((schema, {"name": [row[name]]}) for name in ("name1", "name2"))
            yield left, right, row["is_match"].lower() in ("true", "1")


def main(file):
    from followthemoney import Dataset, StatementEntity
    from nomenklatura.matching import LogicV2, ScoringConfig

    dataset = Dataset.make({"name": "pairs", "title": "pairs"})
    config = ScoringConfig.defaults()

    ids = itertools.count()

    def entity(schema, properties):
        # Each has an id of its own: by it logic-v2 remembers what it made of an entity.
        data = {"id": f"entity-{next(ids)}", "schema": schema, "properties": properties}
        return StatementEntity.from_data(dataset, data, cleaned=False)

    rows = list(read(file))
    # Once for what is read at first use; not measured.
    for schema in sorted({left[0] for left, _, _ in rows}):
        left = entity(schema, {"name": ["Xaver Yzeqar"]})
        right = entity(schema, {"name": ["Ксавер Изекар"]})
        LogicV2.compare(left, right, config)
    pairs = [(entity(*left), entity(*right), truth) for left, right, truth in rows]
    started = time.process_time()
    scored = [(truth, LogicV2.compare(left, right, config).score) for left, right, truth in pairs]
    seconds = time.process_time() - started
    json.dump({**figures(scored), "pairs_per_second": len(pairs) / max(seconds, 1e-9)}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
