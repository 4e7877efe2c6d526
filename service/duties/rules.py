"""Who is told of something that happens at a place: who is on duty there, else who else answers for it, in turn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from service.errors import Conflict, Refused
from service.reference.rules import city_of, region_prefix

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Officer:
    """An active account of the service: what it is, and for which regions it answers."""

    id: UUID
    role: str
    regions: Collection[str]

    def serves(self, place: str) -> bool:
        """Whether a place lies in the regions; an administrator answers for every place."""
        return self.role == ADMIN or any(place.startswith(region_prefix(region)) for region in self.regions)


def levels_of(code: str) -> tuple[str, ...]:
    """The region itself, then the city and the province around it."""
    return tuple(dict.fromkeys((code, city_of(code), f"{code[:2]}0000")))


def in_turn(officers: Iterable[Officer], day: date) -> list[UUID]:
    """Another order each day, the same on one day wherever it is asked: nobody is the first for ever."""
    return sorted({each.id for each in officers}, key=lambda one: sha256(f"{day}:{one}".encode()).digest())


def told_at(
    level: str, duties: Sequence[tuple[str, Officer]], active: Sequence[Officer], *, day: date, most: int
) -> list[UUID]:
    """At most so many: those on duty now (`duties`, by region) at exactly this region, else around it; where the roster
    has nobody, the officers of the narrowest region that has any; where there are none, administrators."""
    levels = levels_of(level)
    on_duty = [[one for region, one in duties if region == each and one.serves(each)] for each in levels]
    in_charge = [[one for one in active if one.role != ADMIN and each in one.regions] for each in levels]
    found = next(filter(None, (*on_duty, *in_charge)), None)
    return in_turn(found, day)[:most] if found is not None else admins_of(level, active, day=day, most=most)


def admins_of(level: str, active: Sequence[Officer], *, day: date, most: int) -> list[UUID]:
    """At most so many administrators: those whose regions hold the place, or who have none; else any."""
    every = [one for one in active if one.role == ADMIN]
    near = [
        one for one in every if not one.regions or any(level.startswith(region_prefix(each)) for each in one.regions)
    ]
    return in_turn(near or every, day)[:most]


def check_times(starts_at: datetime, ends_at: datetime, now: datetime, longest: timedelta) -> None:
    """Raises Refused `duty_times`, `duty_past`, `duty_too_long`."""
    if ends_at <= starts_at:
        raise Refused("duty_times", field="/ends_at")
    if ends_at <= now:
        raise Refused("duty_past", field="/ends_at")
    if ends_at - starts_at > longest:
        raise Refused("duty_too_long", field="/ends_at", most=longest.days)


def check_removable(ends_at: datetime, now: datetime) -> None:
    """Raises Conflict `duty_over`: who was on duty stays to be read."""
    if ends_at <= now:
        raise Conflict("duty_over")
