"""The forms most like a query by weighted characters, pairs and sounds: a sparse TF-IDF product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FREQUENT, _FEW = 0.03, 50
Found = list[tuple[NDArray[np.int64], NDArray[np.float64]]]


def grams(text: str, sound: str) -> list[str]:
    """Characters and pairs of a text and of its sound; a sound symbol is never a written character."""
    found = [*text, *map("".join, pairwise(text))]
    if sound != text:
        found += sound
        found += map("".join, pairwise(sound))
    return found


class Shortlist:
    """Forms as unit vectors over their grams, rarer grams weighing more."""

    def __init__(self, forms: Sequence[tuple[str, str]]) -> None:
        from scipy.sparse import csr_matrix  # only where an index is built

        counted = [Counter(grams(text, sound)) for text, sound in forms]
        frequency = Counter(gram for each in counted for gram in each)
        most = max(_FEW, len(forms) * _FREQUENT)
        telling = [gram for gram, count in frequency.items() if count <= most]
        self.vocabulary = {gram: at for at, gram in enumerate(telling)}
        total = len(forms) + 1
        self._weight = [log(total / (frequency[gram] + 0.5)) for gram in telling]
        self._frequent = frozenset(frequency) - frozenset(telling)
        self._unseen = log(total)
        rows = [self._row(each) for each in counted]
        matrix = csr_matrix(_triple(rows), shape=(len(rows), len(self.vocabulary)))
        self._columns: Any = matrix.T.tocsr()
        self._width = len(self.vocabulary)

    def _row(self, counted: Iterable[str]) -> tuple[list[int], list[float]]:
        """Indices and weights of a unit vector; grams that no form has still make it longer."""
        vocabulary, weight = self.vocabulary, self._weight
        at = [vocabulary[gram] for gram in counted if gram in vocabulary]
        values = [weight[each] for each in at]
        return at, values

    def nearest(self, queries: Sequence[tuple[str, str]], count: int) -> Found:
        """For each query the up to `count` forms of highest cosine, and the cosines."""
        from scipy.sparse import csr_matrix

        rows = []
        for text, sound in queries:
            parts = set(grams(text, sound))
            at, values = self._row(parts)
            unseen = len(parts) - len(at) - len(parts & self._frequent)
            length = sqrt(sum(v * v for v in values) + unseen * self._unseen**2 / 2)
            rows.append((at, [v / length for v in values] if length else values))
        product = csr_matrix(_plain_triple(rows), shape=(len(rows), self._width)) @ self._columns
        return [_largest(product, row, count) for row in range(len(rows))]


def _largest(product: Any, row: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    start, end = product.indptr[row], product.indptr[row + 1]
    data, indices = product.data[start:end], product.indices[start:end]
    if end - start > count:
        kept = np.argpartition(data, end - start - count)[end - start - count :]
        return indices[kept].astype(np.int64), data[kept]
    return indices.astype(np.int64), data


def _triple(rows: Sequence[tuple[list[int], list[float]]]) -> tuple[Any, Any, Any]:
    """Unit rows as data, indices and row starts."""
    unit = []
    for at, values in rows:
        length = sqrt(sum(v * v for v in values)) or 1.0
        unit.append((at, [v / length for v in values]))
    return _plain_triple(unit)


def _plain_triple(rows: Sequence[tuple[list[int], list[float]]]) -> tuple[Any, Any, Any]:
    data = np.fromiter((v for _, values in rows for v in values), dtype=np.float64)
    indices = np.fromiter((i for at, _ in rows for i in at), dtype=np.int32)
    starts = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum([len(at) for at, _ in rows], out=starts[1:])
    return data, indices, starts
