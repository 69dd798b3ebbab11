"""tantivy: trigrams of names in plain letters, ranked by BM25; a birth date counts as one more term."""

from importlib.metadata import version

import tantivy

from corpus import persons, plain

# Chosen, not tuned. 1 is the weight of a trigram.
DATE_BOOST = 3.0


class Engine:
    name = "tantivy trigram"
    scores_are_calibrated_at = None
    options = (
        "one document a name, names in plain Latin letters (ICU), ngram tokenizer 3 to 3, in memory, "
        f"one writer thread; any trigram, BM25, birth date as a term of weight {DATE_BOOST:g}"
    )

    def version(self):
        return f"tantivy (Python) {version('tantivy')}"

    def build(self, corpus, folder):
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        schema.add_text_field("name", stored=False, tokenizer_name="trigram", index_option="freq")
        schema.add_text_field("birth", stored=False, tokenizer_name="raw", index_option="basic")
        self.schema = schema.build()
        self.index = tantivy.Index(self.schema)
        trigram = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(3, 3, False)).build()
        self.index.register_tokenizer("trigram", trigram)
        writer = self.index.writer(heap_size=256 * 1024 * 1024, num_threads=1)
        for id, names, birth in persons(corpus):
            for name in {plain(name) for name in names}:
                document = tantivy.Document(id=id, name=name)
                if birth is not None:
                    document.add_text("birth", birth)
                writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def search(self, name, birth):
        text = plain(name)
        should = tantivy.Occur.Should
        terms = {text[at : at + 3] for at in range(len(text) - 2)}
        clauses = [
            (should, tantivy.Query.term_query(self.schema, "name", term)) for term in sorted(terms)
        ]
        if birth is not None:
            date = tantivy.Query.term_query(self.schema, "birth", birth)
            clauses.append((should, tantivy.Query.boost_query(date, DATE_BOOST)))
        found = self.searcher.search(tantivy.Query.boolean_query(clauses), limit=30)
        best = {}
        for score, address in found.hits:
            id = self.searcher.doc(address)["id"][0]
            best.setdefault(id, score)
        return list(best.items())[:10]

    def close(self):
        pass
