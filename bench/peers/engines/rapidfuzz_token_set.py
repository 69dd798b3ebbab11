"""RapidFuzz: token_set_ratio of the query and every name in plain letters."""

from importlib.metadata import version

from rapidfuzz import fuzz, process

from corpus import persons, plain

# Chosen, not tuned.
DATE_BONUS = 5.0


class Engine:
    name = "RapidFuzz token_set"
    scores_are_calibrated_at = None
    options = (
        "process.extract with token_set_ratio over all names in plain Latin letters (ICU), one "
        f"thread, the best 100; ties by ratio; the same birth date adds {DATE_BONUS:g} of 100"
    )

    def version(self):
        return f"RapidFuzz {version('rapidfuzz')}"

    def build(self, corpus, folder):
        self.names, self.owners = [], []
        for id, names, birth in persons(corpus):
            for name in {plain(name) for name in names}:
                self.names.append(name)
                self.owners.append((id, birth))

    def search(self, name, birth):
        text = plain(name)
        found = process.extract(text, self.names, scorer=fuzz.token_set_ratio, limit=100)
        scored = []
        for other, score, place in found:
            id, born = self.owners[place]
            bonus = DATE_BONUS if birth is not None and birth == born else 0.0
            scored.append((score + bonus, fuzz.ratio(text, other), id))
        scored.sort(key=lambda one: (-one[0], -one[1]))
        best = {}
        for score, _, id in scored:
            best.setdefault(id, score)
        return list(best.items())[:10]

    def close(self):
        pass
