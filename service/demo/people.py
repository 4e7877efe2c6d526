"""The people of the story: invented, new at every performance, so that it can be played again and again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from service.demo.stage import Actor
from service.identity_numbers import SYNTHETIC_REGION, synthetic_credit_code, synthetic_resident_id
from service.testing.people import WORKER_PREFIX

SEEDED_NUMBERS = 20_000_000  # the numbers below belong to seeded cities
BIRTHS = (date(1970, 1, 1), 30 * 365)
CREDIT_CODES = (8_000_000, 1_800_000)  # from here on, so many


def new_phone() -> str:
    """A mobile number, in E.164, of a range for data cards, where hardly anybody telephones."""
    return f"{WORKER_PREFIX}{SEEDED_NUMBERS + secrets.randbelow(10**8 - SEEDED_NUMBERS):08d}"


def new_id_number() -> str:
    """A resident identity number with a right check digit, of a region that does not exist; always an adult's."""
    first, days = BIRTHS
    return synthetic_resident_id(
        SYNTHETIC_REGION, first + timedelta(days=secrets.randbelow(days)), secrets.randbelow(1000)
    )


def new_credit_code() -> str:
    """A credit code with a right check character that no registry has issued."""
    first, count = CREDIT_CODES
    return synthetic_credit_code(first + secrets.randbelow(count))


@dataclass(slots=True)
class Worker:
    """A worker of the story; `actor` has no phone where the officer acts for him."""

    actor: Actor
    name: str
    id: str = ""


@dataclass(slots=True)
class Shop:
    """The hot-pot owner's side: the boss as a person and as a member, and what he has put up."""

    owner: Actor
    boss: Actor
    employer_id: str = ""
    site_id: str = ""
    posting: dict[str, Any] = field(default_factory=dict)
    shift: dict[str, Any] = field(default_factory=dict)
