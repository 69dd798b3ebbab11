"""Corpora and queries, as the files hold them."""

import functools
import json

from normality import ascii_text


def persons(file):
    """Every entity of a corpus: id, names, birth date or None."""
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            entity = json.loads(line)
            properties = entity["properties"]
            names = properties["name"] + properties.get("alias", [])
            yield entity["id"], names, properties.get("birthDate", [None])[0]


def queries(file):
    """Every query: name, birth date or None, gold ids, category."""
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            query = json.loads(line)
            properties = query["query"]["properties"]
            birth = properties.get("birthDate", [None])[0]
            yield properties["name"][0], birth, query["gold"], query["category"]


@functools.lru_cache(maxsize=200_000)
def _plain_word(word):
    return (ascii_text(word) or "").lower()


def plain(name):
    """A name in small Latin letters, whatever its script: what engines without scripts are given."""
    if name.isascii():
        return name.lower()
    return " ".join(_plain_word(word) for word in name.split())
