"""`python -m service.guard.learning FILE`: the weights of `learned.py` from labelled texts.

A head is learnt for each rule with at least LEAST_TEXTS texts, among the texts that break some rule: it says which one.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse
from scipy.special import expit

from service.guard.folding import fold
from service.guard.grams import grams
from service.guard.guessing import LEAST_TOLD
from service.guard.learned import WEIGHTS
from service.guard.reporting import labelled

LEAST_TEXTS = 8  # of a rule, for a head of its own
LEAST_SEEN = 2  # texts that hold a bucket which says which rule is broken
PRIOR = 0.5  # texts of either kind that every bucket is taken to have been in
SOFTNESS = 30.0  # the greater, the closer to the texts; chosen on texts of other writers
FOLDS = 5
_STEPS = 300
_SMALL = 1e-3  # a weight below this is none

Array = npt.NDArray[np.float64]


def digest(file: Path) -> str:
    """What the weights record of the texts that they were learnt from."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def learn(rows: Sequence[Mapping[str, Any]]) -> dict[str, npt.NDArray[Any]]:
    """The arrays of `learned.npz` from texts with `text` and `labels` (codes of rules, none for a clean one)."""
    rows = _telling(rows)
    counts, seen = _counts([_told(row) for row in rows])
    breaking = np.array([bool(row["labels"]) for row in rows])
    weights, bias = _fitted(counts, breaking)
    codes = sorted({code for row in rows for code in row["labels"]})
    marks = {code: np.array([code in row["labels"] for row in rows])[breaking] for code in codes}
    codes = [code for code in codes if marks[code].sum() >= LEAST_TEXTS]
    known = np.asarray((counts[breaking] > 0).sum(axis=0)).ravel() >= LEAST_SEEN
    fitted = [_fitted(counts[breaking][:, known], marks[code]) for code in codes]
    heads = np.stack([head for head, _ in fitted], axis=1)
    scales = np.abs(heads).max(axis=0) / 127
    kept = np.abs(weights) > _SMALL
    return {
        "at": seen[kept].astype(np.int32),
        "weights": weights[kept].astype(np.float16),
        "bias": np.array(bias),
        "codes": np.array(codes),
        "known": seen[known].astype(np.int32),
        "heads": np.round(heads / scales).astype(np.int8),
        "scales": scales.astype(np.float32),
        "biases": np.array([each for _, each in fitted], dtype=np.float32),
    }


def tried(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Lines: of breaking and of clean texts, each judged by what the other FOLDS - 1 parts taught, the share above some
    chances."""
    rows = _telling(rows)
    counts, _ = _counts([_told(row) for row in rows])
    breaking = np.array([bool(row["labels"]) for row in rows])
    part = np.random.default_rng(0).integers(0, FOLDS, len(rows))
    logits = np.zeros(len(rows))
    for number in range(FOLDS):
        weights, bias = _fitted(counts[part != number], breaking[part != number])
        logits[part == number] = counts[part == number] @ weights + bias
    for chance in (0.5, 0.6, 0.7, 0.8):
        above = logits > np.log(chance / (1 - chance))
        yield (
            f"chance above {chance}: {above[breaking].mean():.1%} of {breaking.sum()} breaking texts, "
            f"{above[~breaking].mean():.1%} of {(~breaking).sum()} clean ones"
        )


def main(file: Path) -> None:
    """Print what is learnt is worth on texts kept from it, and write the weights with the file's digest."""
    rows = labelled(file)
    for line in tried(rows):
        sys.stdout.write(f"{line}\n")
    np.savez_compressed(WEIGHTS, allow_pickle=False, learnt_from=np.array(digest(file)), **learn(rows))


def _telling(rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return [row for row in rows if len(_told(row)) >= LEAST_TOLD]


def _told(row: Mapping[str, Any]) -> str:
    return fold(row["text"]).text


def _counts(texts: Sequence[str]) -> tuple[sparse.csr_matrix, npt.NDArray[np.uint32]]:
    """Counts over the root of their sum, a row for each text and a column for each bucket seen; the buckets."""
    buckets, values, ends = [], [], [0]
    for text in texts:
        found = grams(text)
        each, counts = np.unique(found, return_counts=True)
        buckets.append(each)
        values.append(counts / np.sqrt(len(found)))
        ends.append(ends[-1] + len(each))
    seen, columns = np.unique(np.concatenate(buckets), return_inverse=True)
    shape = (len(texts), len(seen))
    return sparse.csr_matrix((np.concatenate(values), columns, np.array(ends)), shape=shape), seen


def _fitted(counts: sparse.csr_matrix, marked: npt.NDArray[np.bool_]) -> tuple[Array, float]:
    """Weights of the columns and a bias that tell marked rows from the others, either kind counting the same."""
    odds = _log_odds(counts, marked)
    scaled = sparse.csr_matrix(counts @ sparse.diags(odds))
    turned = sparse.csr_matrix(scaled.T)
    signs = np.where(marked, 1.0, -1.0)
    share = marked.mean()
    balance = np.where(marked, 0.5 / share, 0.5 / (1 - share))

    def loss(at: Array) -> tuple[float, Array]:
        weights, bias = at[:-1], at[-1]
        margins = signs * (scaled @ weights + bias)
        slope = -balance * signs * expit(-margins)
        value = float((balance * np.logaddexp(0, -margins)).sum() + weights @ weights / (2 * SOFTNESS))
        return value, np.append(turned @ slope + weights / SOFTNESS, slope.sum())

    start = np.zeros(counts.shape[1] + 1)
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return odds * found.x[:-1], float(found.x[-1])


def _log_odds(counts: sparse.csr_matrix, marked: npt.NDArray[np.bool_]) -> Array:
    """How much oftener a bucket is in marked rows than in others, as a logarithm."""
    held = counts > 0
    for_it = PRIOR + np.asarray(held[marked].sum(axis=0)).ravel()
    against = PRIOR + np.asarray(held[~marked].sum(axis=0)).ravel()
    found: Array = np.log((for_it / for_it.sum()) / (against / against.sum()))
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
