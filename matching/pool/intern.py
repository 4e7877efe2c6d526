"""Small numbers for what repeats: kinds of claim, papers, units of pay; and how near each kind is to a need."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import numpy as np

from matching.extras import PER_HOUR, WHOLE_SHIFT
from matching.model import SkillClaim, SkillNeed
from matching.policy import SkillRules
from matching.pool.compiled import Array
from matching.pool.layout import NEAR_MASK, NO_LEVEL, SAME
from matching.skill import level_of, nearness

ClaimKey = tuple[str | None, str]
STRANGER = -1


def claim_class(claim: SkillClaim) -> int:
    """Level and proof in four bits."""
    return (NO_LEVEL if claim.level is None else claim.level) << 1 | int(claim.verified)


class Kinds:
    """Every distinct (code, name) that somebody claims, numbered as it is first seen."""

    def __init__(self, keys: Iterable[ClaimKey] = ()) -> None:
        self.keys: list[ClaimKey] = list(keys)
        self._numbers = {key: number for number, key in enumerate(self.keys)}

    def __len__(self) -> int:
        return len(self.keys)

    def number(self, claim: SkillClaim) -> int:
        key = (claim.code, claim.name)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.keys)
            self.keys.append(key)
        return found

    def claim(self, packed: int) -> SkillClaim:
        """The claim that was packed as kind, level and proof."""
        code, name = self.keys[packed >> 4]
        level = packed >> 1 & 7
        return SkillClaim(code, name, None if level == NO_LEVEL else level, bool(packed & 1))

    def near(self, need: SkillNeed, rules: SkillRules, first: int = 0) -> Array:
        """Nearness (and identity) of every kind from `first` on to one need, by the oracle's own functions."""
        found = np.zeros(len(self.keys) - first, np.int16)
        for place, (code, name) in enumerate(self.keys[first:]):
            found[place] = near_one(SkillClaim(code, name), need, rules)
        return found


def near_one(claim: SkillClaim, need: SkillNeed, rules: SkillRules) -> int:
    """Permille of nearness, with the bit SAME for the very skill."""
    same = SAME if level_of((claim,), need) is not None else 0
    return min(nearness(claim, need, rules)[0], NEAR_MASK) | same


class Words:
    """Texts as numbers; the units that pay can be compared across come first, in the kernels' order."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self.texts: list[str] = ["", *known]
        self._numbers = {text: number for number, text in enumerate(self.texts) if number}
        self._lock = threading.Lock()  # a pool of people and one of shifts, each with its writer, share the texts

    def number(self, text: str, *, grow: bool = True) -> int:
        """The text's number; STRANGER when it is new and must stay so."""
        found = self._numbers.get(text)
        if found is not None:
            return found
        if not grow:
            return STRANGER
        with self._lock:
            found = self._numbers.get(text)
            if found is None:
                found = len(self.texts)
                self.texts.append(text)
                self._numbers[text] = found  # known to others once it can be read back
            return found


def units() -> Words:
    return Words((PER_HOUR, *WHOLE_SHIFT))
