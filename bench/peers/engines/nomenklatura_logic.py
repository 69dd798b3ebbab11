"""nomenklatura: its blocker finds candidates, logic-v2 scores them, as its matching of one dataset
against another does."""

import json
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from followthemoney import Dataset, StatementEntity
from nomenklatura.blocker import Index
from nomenklatura.matching import LogicV2, ScoringConfig

DATASET = Dataset.make({"name": "corpus", "title": "corpus"})
QUERIES = Dataset.make({"name": "queries", "title": "queries"})


class Lines:
    """What the blocker needs of a store. Its own store takes several times the memory."""

    def __init__(self):
        self.lines = {}

    def entity(self, id):
        return StatementEntity.from_data(DATASET, json.loads(self.lines[id]))

    def entities(self, include_schemata=None):
        for id in self.lines:
            yield self.entity(id)


class Engine:
    name = "nomenklatura blocker + logic-v2"
    scores_are_calibrated_at = 0.7
    # Its blocker is made for batches: each one rewrites tables and empties caches.
    batch = 50
    options = (
        f"blocker with its defaults (75 candidates, bucket of 60), {batch} queries at a time, of "
        "which a query's time has an equal share; logic-v2 with its default configuration, alert "
        "from 0.7 on; one thread"
    )

    def version(self):
        return f"nomenklatura {version('nomenklatura')}, rigour {version('rigour')}"

    def build(self, corpus, folder):
        self.lines = Lines()
        with open(corpus, "rb") as lines:
            for line in lines:
                self.lines.lines[json.loads(line)["id"]] = line
        self.folder = tempfile.TemporaryDirectory(dir=folder)
        self.index = Index(self.lines, Path(self.folder.name))
        self.index.con.execute("SET threads TO 1")
        self.index.build()
        self.config = ScoringConfig.defaults()
        self.asked = 0

    def search_batch(self, batch):
        """Of each query the ten best candidates, and the seconds that it took."""
        started = time.perf_counter()
        queries = {}
        for name, birth in batch:
            self.asked += 1
            id = f"query-{self.asked}"
            properties = {"name": [name]}
            if birth is not None:
                properties["birthDate"] = [birth]
            data = {"id": id, "schema": "Person", "properties": properties}
            queries[id] = StatementEntity.from_data(QUERIES, data)
        blocked = {id.id: found for id, found in self.index.match_entities(queries.values())}
        share = (time.perf_counter() - started) / len(batch)
        answers = []
        for id, query in queries.items():
            started = time.perf_counter()
            scored = []
            for candidate, _ in blocked.get(id, []):
                entity = self.lines.entity(candidate.id)
                score = LogicV2.compare(query, entity, self.config).score
                scored.append((candidate.id, score))
            # Stable: candidates of the same score keep the order of the blocker.
            scored.sort(key=lambda one: -one[1])
            answers.append((scored[:10], share + time.perf_counter() - started))
        return answers

    def close(self):
        self.index.close()
        self.folder.cleanup()
