"""From hits to named entries: one per entry, best first, with a confidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from matching.names.entry import Named
from matching.names.hits import Hit

if TYPE_CHECKING:
    from matching.names.forms import Forms

_CLOSE, _DOUBT = 0.03, 0.05
_RANK = 0.02
_TRUSTED, _LONGER, _MOST_LONGER = 0.74, 0.05, 0.20


def finish(forms: Forms, hits: Iterable[Hit], k: int, floor: int) -> list[Named]:
    """The at most `k` best entries from `floor` permille on; a near rival of a merely similar word costs trust."""
    best: dict[int, Hit] = {}
    for hit in hits:
        known = best.get(hit.entry)
        if known is None or hit.score > known.score:
            best[hit.entry] = hit
    standing = max((hit for hit in best.values() if hit.how == "contained"), key=lambda hit: hit.score, default=None)
    worth = {hit.entry: _value(forms, hit, standing) for hit in best.values()}
    ordered = sorted(best.values(), key=lambda hit: (-worth[hit.entry], forms.entries[hit.entry].rank, hit.at))
    if len(ordered) > 1 and ordered[0].how == "similar":
        first, second = ordered[:2]
        if worth[first.entry] - worth[second.entry] < _CLOSE:
            ordered[0] = first._replace(score=first.score - _DOUBT)
    return [named for hit in ordered[:k] if (named := _named(forms, hit)).confidence >= floor]


def best_entries(forms: Forms, hits: Iterable[Hit], floor: int) -> list[Named]:
    """Every entry from `floor` on, once, in the order of the text."""
    found: dict[int, Named] = {}
    for hit in hits:
        named = _named(forms, hit)
        known = found.get(hit.entry)
        if named.confidence >= floor and (known is None or known.confidence < named.confidence):
            found[hit.entry] = named
    return list(found.values())


def _value(forms: Forms, hit: Hit, standing: Hit | None) -> float:
    """What entries are ordered by: a trusted similar word says more the longer it is than the one that stands there."""
    longer = 0.0
    if standing is not None and hit.how == "similar" and hit.score >= _TRUSTED:
        longer = min(_LONGER * max(0, len(hit.word) - len(standing.word)), _MOST_LONGER)
    return hit.score + longer - _RANK * forms.entries[hit.entry].rank


def _named(forms: Forms, hit: Hit) -> Named:
    return Named(forms.entries[hit.entry], round(1000 * min(1.0, hit.score)), hit.word, hit.how)
