"""What a posting probably breaks though it meets no pattern of a rule: weights learnt from labelled texts.

Every character of what a posting tells and every pair of neighbours weighs for or against a breach; the sum over the
root of their number is the logit of the chance (logistic regression over counts scaled by their log-odds: Wang and
Manning, "Baselines and Bigrams", ACL 2012). Of the rules in force the one whose own weights sum up highest is named,
and the clause that weighs most is marked. A person looks; nothing is stopped for its
chance alone. `learning.py` makes them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from service.guard.grams import BITS, grams

WEIGHTS = Path(__file__).with_name("learned.npz")
_CLAUSE = re.compile(r"[^|,]+")
_FARTHEST = 700.0  # beyond this a logit is as good as endless
_LEAST = 2  # characters of a clause that is marked


@dataclass(frozen=True, eq=False)
class Learned:
    """Weights of the buckets for any breach; of the rules `codes`, a row of `heads` for each bucket that `rows` knows.

    Shapes: weights (2**BITS,), rows (2**BITS,) with -1 for unknown ones, heads (known, codes), biases (codes,).
    """

    weights: npt.NDArray[np.float32]
    bias: float
    codes: tuple[str, ...]
    rows: npt.NDArray[np.int32]
    heads: npt.NDArray[np.float32]
    biases: npt.NDArray[np.float32]
    learnt_from: str

    def chance(self, text: str) -> float:
        """How probable a breach is in a folded text, in [0, 1]; 0 for an empty one."""
        return self.chance_of(grams(text)) if text else 0.0

    def chance_of(self, found: npt.NDArray[np.uint32]) -> float:
        """The same of the grams of a text that is not empty."""
        weights = self.weights[found]
        logit = float(weights.sum(dtype=np.float64)) / math.sqrt(len(weights)) + self.bias
        return 1 / (1 + math.exp(-max(-_FARTHEST, min(_FARTHEST, logit))))

    def chances(self, found: npt.NDArray[np.uint32], size: int, spans: Sequence[tuple[int, int]]) -> list[float]:
        """The same of each piece [start, end) of a text of a size by its grams; none of them is empty."""
        weights_of = self.weights[found]
        alone, in_pairs = (_summed(each) for each in (weights_of[:size], weights_of[size:]))
        starts, ends = np.array(spans).T
        weights = alone[ends] - alone[starts] + in_pairs[ends - 1] - in_pairs[starts]
        logits = weights / np.sqrt(2 * (ends - starts) - 1) + self.bias
        each: list[float] = (1 / (1 + np.exp(-np.clip(logits, -_FARTHEST, _FARTHEST)))).tolist()
        return each

    def likeliest(self, text: str, among: Collection[str]) -> str | None:
        """The rule of these that a folded text most probably breaks; None where none of them was learnt."""
        found = grams(text)
        known = self.rows[found]
        each = self.heads[known[known >= 0]].sum(axis=0) / math.sqrt(len(found)) + self.biases
        ranked = sorted(zip(each.tolist(), self.codes, strict=True), reverse=True)
        return next((code for _, code in ranked if code in among), None)

    def clause(self, text: str) -> tuple[int, int]:
        """[start, end) of the clause of a folded text that weighs most for a breach."""
        clauses = [each.span() for each in _CLAUSE.finditer(text) if len(each[0]) >= _LEAST] or [(0, len(text))]
        return max(clauses, key=lambda span: float(self.weights[grams(text[slice(*span)])].sum()))


def _summed(weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """The sums of the first none, one, two and more."""
    made = np.zeros(len(weights) + 1)
    np.cumsum(weights, out=made[1:])
    return made


@cache
def shipped_weights() -> Learned:
    """The weights that come with the service."""
    with np.load(WEIGHTS, allow_pickle=False) as kept:
        weights = np.zeros(1 << BITS, dtype=np.float32)
        weights[kept["at"]] = kept["weights"]
        rows = np.full(1 << BITS, -1, dtype=np.int32)
        rows[kept["known"]] = np.arange(len(kept["known"]), dtype=np.int32)
        return Learned(
            weights=weights,
            bias=float(kept["bias"]),
            codes=tuple(map(str, kept["codes"])),
            rows=rows,
            heads=kept["heads"].astype(np.float32) * kept["scales"],
            biases=kept["biases"],
            learnt_from=str(kept["learnt_from"]),
        )
