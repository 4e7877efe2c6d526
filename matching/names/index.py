"""The name index: built once from entries, asked for the best names of a text or the skills in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matching.errors import InvalidInput, check_integer
from matching.names.entry import Named, NameEntry, Wording
from matching.names.folding import fold, letters, pieces
from matching.names.forms import Forms
from matching.names.hits import Hit, hits_in, hits_of, placed, whole_word
from matching.names.ranking import best_entries, finish

FLOOR = 700
"""Least confidence, in permille, of a name that is given at all; see README.md on how it was set."""
_SURE = 0.97
_SKILL_FLOOR = 0.82
_MOST_TEXT = 500


class NameIndex:
    """Names texts with entries; never changes after it is built, so any number of threads may ask it."""

    def __init__(self, entries: Iterable[NameEntry], wording: Wording | None = None) -> None:
        """Raises InvalidInput duplicate_id for an id given twice, empty for an entry without a name."""
        self.entries = tuple(entries)
        ids = {entry.id for entry in self.entries}
        if len(ids) != len(self.entries):
            raise InvalidInput("entries", "duplicate_id")
        if not all(entry.id and entry.name for entry in self.entries):
            raise InvalidInput("entries", "empty")
        self._forms = Forms(self.entries, wording or Wording())
        from matching.names.similar import Similar  # NumPy and SciPy only for those who build an index

        self._similar = Similar(self._forms)

    def name(self, text: str, k: int = 5, *, floor: int = FLOOR) -> list[Named]:
        """The at most `k` entries a title may mean, best first; an empty list means unknown.

        Entries below `floor` (permille) are left out. Raises InvalidInput for a `k` below 0.
        """
        return self.names([text], k, floor=floor)[0]

    def names(self, texts: Sequence[str], k: int = 5, *, floor: int = FLOOR) -> list[list[Named]]:
        """`name` for many texts at once, several times faster than one by one."""
        check_integer("k", k, 0, 2**31)
        check_integer("floor", floor, 0, 1000)
        read = [self._pieces(text) for text in texts]
        found = [
            whole_word(self._forms, text[:_MOST_TEXT]) or hits_of(self._forms, each)
            for text, each in zip(texts, read, strict=True)
        ]
        asked = [
            (at, order, piece)
            for at, (parts, hits) in enumerate(zip(read, found, strict=True))
            if max((hit.score for hit in hits), default=0.0) < _SURE
            for order, piece in enumerate(parts)
            if not self._forms.all_known(piece)
        ]
        for at, order, piece in asked:
            if (usual := self._forms.rewritten(piece)) != piece:
                found[at] += placed(hits_in(self._forms, usual), order, found[at])
        alike = self._similar.to([piece for _, _, piece in asked])
        for (at, order, _), similar in zip(asked, alike, strict=True):
            found[at] += placed(similar, order, found[at])
        for at, text in enumerate(texts):
            if not read[at] or letters(fold(text, self._forms.variants)):
                found[at] += self._spelled(text)
        return [finish(self._forms, hits, k, floor) for hits in found]

    def skills_in(self, sentence: str, *, floor: int = FLOOR) -> list[Named]:
        """Every skill a sentence names, in its order, each once; nothing for a sentence that names none.

        A skill that is taken back («not …») is left out; words of daily life count only beside a skill or alone.
        """
        check_integer("floor", floor, 0, 1000)
        parts = self._pieces(sentence)
        found = whole_word(self._forms, sentence[:_MOST_TEXT])
        if found:
            return best_entries(self._forms, found, floor)
        for piece in parts:
            hits = hits_in(self._forms, piece, telling=True)
            found += hits or [hit for hit in self._similar.to([piece])[0] if hit.score >= _SKILL_FLOOR][:1]
        found += self._spelled(sentence)
        return best_entries(self._forms, found, floor)

    def _pieces(self, text: str) -> list[str]:
        return pieces(fold(text[:_MOST_TEXT], self._forms.variants))

    def _spelled(self, text: str) -> list[Hit]:
        spelled = letters(fold(text[:_MOST_TEXT], self._forms.variants))
        return self._forms.spelled(spelled) if spelled else []
