"""Entries whose words look or sound like a piece of text: a shortlist, then blended RapidFuzz ratios."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.names.hits import Hit
from matching.names.scan import Kind
from matching.names.shortlist import Shortlist

if TYPE_CHECKING:
    from matching.names.forms import Forms

_SHORTLIST = 12
_KEPT = 6
_CHUNK = 2048
_COSINE, _WRITTEN, _HEARD = 0.34, 0.33, 0.33
_CORE = 0.97
_LEAST = 0.45
_SHORT = 0.12
_MIXED = (0.86, 0.93)
_APART, _GAP = 0.77, 5


class Similar:
    """Finds words that are written or heard nearly like a text."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._words = np.array([form.word for form in forms.forms], dtype=object)
        self._cores = np.array([form.core for form in forms.forms], dtype=object)
        self._sounds = np.array([form.sound for form in forms.forms], dtype=object)
        self._entries = np.array([form.entry for form in forms.forms], dtype=np.int64)
        self._mixed: dict[str, list[int]] = {}
        for at, form in enumerate(forms.forms):
            if len(form.word) > 2:
                self._mixed.setdefault("".join(sorted(form.word)), []).append(at)
        self._shortlist = Shortlist([(form.word, form.sound) for form in forms.forms])

    def to(self, texts: Sequence[str]) -> list[list[Hit]]:
        """For each piece the likeliest entries, best first."""
        found: list[list[Hit]] = []
        for start in range(0, len(texts), _CHUNK):
            found += self._chunk(texts[start : start + _CHUNK])
        return found

    def _chunk(self, texts: Sequence[str]) -> list[list[Hit]]:
        asked = [(at, query) for at, text in enumerate(texts) for query in self._queries(text)]
        found: list[list[Hit]] = [[] for _ in texts]
        if not asked:
            return found
        queries = [(query, self._forms.sound(query)) for _, query in asked]
        near = self._shortlist.nearest(queries, _SHORTLIST)
        sizes = [len(at) for at, _ in near]
        forms = np.concatenate([at for at, _ in near])
        scores = self._scores(queries, sizes, forms, np.concatenate([cosine for _, cosine in near]))
        start = 0
        for (at, query), size in zip(asked, sizes, strict=True):
            found[at] += self._best(query, forms[start : start + size], scores[start : start + size])
            start += size
        return found

    def _queries(self, text: str) -> list[str]:
        """The piece as it stands and without noise words, where something is left to compare."""
        bare = self._bare(text)
        return [query for query in dict.fromkeys((text, bare)) if len(query) > 1 and not query.isascii()]

    def _bare(self, text: str) -> str:
        tokens = [t for t in self._forms.lexicon.read(text) if t.kind is Kind.NOISE and t.end - t.start > 1]
        for token in reversed(tokens):
            text = text[: token.start] + text[token.end :]
        return text

    def _scores(self, queries: Sequence[tuple[str, str]], sizes: Sequence[int], forms: Any, cosine: Any) -> Any:
        from rapidfuzz import fuzz, process

        def repeated(values: Sequence[str]) -> list[str]:
            return [value for value, size in zip(values, sizes, strict=True) for _ in range(size)]

        written = repeated([text for text, _ in queries])
        cores = repeated([self._forms.core(text) for text, _ in queries])
        heard = repeated([sound for _, sound in queries])
        whole = process.cpdist(written, self._words[forms], scorer=fuzz.ratio)
        core = process.cpdist(cores, self._cores[forms], scorer=fuzz.ratio)
        sound = process.cpdist(heard, self._sounds[forms], scorer=fuzz.ratio)
        shape = np.maximum(whole, _CORE * core) / 100.0
        return _COSINE * cosine + _WRITTEN * shape + _HEARD * (sound / 100.0)

    def _best(self, query: str, forms: Any, scores: Any) -> list[Hit]:
        penalty = _SHORT if len(query) == 2 else 0.0
        hits = [self._hit(form, _MIXED[len(query) > 3]) for form in self._mixed.get("".join(sorted(query)), ())]
        hits += [self._hit(int(form), _APART) for form in forms if _stands_apart(str(self._words[form]), query)]
        for at in np.argsort(-scores, kind="stable")[:_KEPT]:
            score = float(scores[at]) - penalty
            if score >= _LEAST:
                hits.append(self._hit(int(forms[at]), score))
        return hits

    def _hit(self, form: int, score: float) -> Hit:
        return Hit(int(self._entries[form]), score, str(self._words[form]), "similar", 0)


def _stands_apart(word: str, text: str) -> bool:
    """Whether a word of three characters or more stands in a text in order, with a few others in between."""
    if len(word) < 3 or len(text) <= len(word) or word in text:
        return False
    start = text.find(word[0])
    at = start
    for character in word[1:]:
        at = text.find(character, at + 1)
        if at < 0:
            return False
    return start >= 0 and at - start < len(word) + _GAP
