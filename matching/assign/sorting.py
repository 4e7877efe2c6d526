"""Many pairs put in the order of person and shift by counting, in time linear in their number."""

from __future__ import annotations

import numpy as np

from matching.assign.compiled import compiled
from matching.assign.times import Narrow


@compiled("int32[::1](int32[::1], int32[::1], int64)")
def by_count(keys: Narrow, before: Narrow, count: int) -> Narrow:
    """The positions `before` (empty: all, as they come) in the order of keys[position], a number below count;
    equal keys are left as they are."""
    first = np.zeros(count + 1, np.int64)
    for key in keys:
        first[key + 1] += 1
    for key in range(count):
        first[key + 1] += first[key]
    order = np.empty(len(keys), np.int32)
    for at in range(len(keys)):
        position = before[at] if len(before) > 0 else at
        key = keys[position]
        order[first[key]] = position
        first[key] += 1
    return order


def in_order(people: int, shifts: int, person: Narrow, shift: Narrow) -> Narrow:
    """The order of pairs by person, then shift."""
    order = np.zeros(0, np.int32)
    if len(shift) > 1 and (shift[1:] < shift[:-1]).any():
        order = by_count(shift, order, shifts)
    return by_count(person, order, people)
