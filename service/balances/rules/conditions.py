"""The conditions that a surplus may need and a shortage may offer: a data file, checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from service.errors import Refused
from service.policies.typed import DataRefused, build, read

FILE = "conditions.yaml"
GIVEN, ASKED = "given", "asked"
# Which kind of conditions each list of a balance holds.
LISTS: Mapping[str, str] = {"needs": GIVEN, "wishes": GIVEN, "offers": GIVEN, "accepts": ASKED, "asks": ASKED}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `reach`: where it is offered nobody lives too far away."""

    code: str
    kind: str
    zh: str
    en: str
    reach: bool = False


@cache
def conditions() -> Mapping[str, Condition]:
    """Every condition by its code, in the order of the file. Raises DataRefused."""
    raw = read("service.balances", FILE)["conditions"]
    rows = [build(Condition, each, FILE, f"conditions[{at}]") for at, each in enumerate(raw)]
    if len({row.code for row in rows}) < len(rows):
        raise DataRefused(FILE, "conditions", "a code stands there twice")
    if not {row.kind for row in rows} <= {GIVEN, ASKED}:
        raise DataRefused(FILE, "conditions", "a condition is given or asked")
    return {row.code: row for row in rows}


def check_conditions(name: str, codes: Sequence[str]) -> list[str]:
    """Each once, sorted. Raises Refused `condition_unknown` with those that this list may hold."""
    kind, known = LISTS[name], conditions()
    for index, code in enumerate(codes):
        if code not in known or known[code].kind != kind:
            fit = [row.code for row in known.values() if row.kind == kind]
            raise Refused("condition_unknown", field=f"/{name}/{index}", expected=", ".join(fit))
    return sorted(set(codes))


def reaches(offers: Sequence[str]) -> bool:
    """Whether the borrower brings people or houses them."""
    return any(conditions()[code].reach for code in offers if code in conditions())
