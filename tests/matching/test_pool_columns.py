"""People from columns with ragged weeks, papers and wishes are the people that the values make."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from matching import PRODUCT, Certificate, InvalidInput, WeekWindow, Worker
from matching.pool import Papers, WorkerPool
from matching.pool.layout import FAR_OFF

from .markets import a_market, market_worker
from .pool_cases import POLICIES, check


def some_people(seed: int, count: int = 60) -> list[Worker]:
    """People of a market without what columns do not tell."""
    chance = Random(seed)
    return [
        replace(
            market_worker(chance, number),
            here=None,
            exceptions=(),
            waiting=None,
            blocked_employers=frozenset(),
            live_postings=frozenset(),
            engaged_shifts=frozenset(),
            part_time_days=(),
            bookings=(),
            priority=False,
        )
        for number in range(count)
    ]


def columns_of(people: list[Worker]) -> dict[str, Any]:
    """The same people by column."""
    kinds = list(dict.fromkeys((claim.code, claim.name) for worker in people for claim in worker.skills))
    weeks: list[tuple[WeekWindow, ...] | None] = list(dict.fromkeys(worker.weekly for worker in people))
    units = [worker.pay_wish.unit for worker in people if worker.pay_wish]
    claims = [claim for worker in people for claim in worker.skills]
    papers = [paper for worker in people for paper in worker.certificates]
    names = list(dict.fromkeys(paper.kind for paper in papers))
    wishes = [worker.pay_wish for worker in people]
    points = [worker.point for worker in people]

    def ptr(sizes: list[int]) -> Any:
        return np.append(0, np.cumsum(np.array(sizes, np.int64)))

    def begins(paper: Certificate) -> int:
        return -FAR_OFF if paper.valid_from is None else paper.valid_from.toordinal()

    def ends(paper: Certificate) -> int:
        return FAR_OFF if paper.valid_until is None else paper.valid_until.toordinal()

    def day(value: Any) -> int:
        return 2**31 - 1 if value is None else int(value.toordinal())

    return {
        "ids": np.frombuffer(b"".join(worker.id.bytes for worker in people), np.uint8).reshape(-1, 16),  # type: ignore[union-attr]
        "lat_e6": np.array([point.lat_e6 if point else 0 for point in points], np.int32),
        "lon_e6": np.array([point.lon_e6 if point else 0 for point in points], np.int32),
        "placed": np.array([point is not None for point in points]),
        "radius_m": np.array([worker.radius_m for worker in people], np.int32),
        "reliability": np.array([-1 if w.reliability is None else w.reliability for w in people], np.int16),
        "introducible_from": np.array([day(worker.introducible_from) for worker in people], np.int32),
        "adult_from": np.array([day(worker.adult_from) for worker in people], np.int32),
        "week": np.array([weeks.index(worker.weekly) for worker in people], np.int64),
        "weeks": weeks,
        "claim_ptr": ptr([len(worker.skills) for worker in people]),
        "claim_kind": np.array([kinds.index((claim.code, claim.name)) for claim in claims], np.int32),
        "claim_level": np.array([-1 if claim.level is None else claim.level for claim in claims], np.int32),
        "claim_verified": np.array([claim.verified for claim in claims]),
        "kinds": kinds,
        "booking_ptr": np.zeros(len(people) + 1, np.int64),
        "booking_start": np.zeros(0, np.int64),
        "booking_end": np.zeros(0, np.int64),
        "wish_fen": np.array([wish.fen if wish else 0 for wish in wishes], np.int64),
        "wish_unit": np.array([units.index(wish.unit) if wish else 0 for wish in wishes], np.int32),
        "units": units,
        "papers": Papers(
            kinds=names,
            ptr=ptr([len(worker.certificates) for worker in people]),
            kind=np.array([names.index(paper.kind) for paper in papers], np.int64),
            begins=np.array([begins(paper) for paper in papers], np.int64),
            ends=np.array([ends(paper) for paper in papers], np.int64),
            verified=np.array([paper.verified for paper in papers]),
        ),
    }


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_columns_rank_as_values_do(seed: int, compiled: bool) -> None:
    """Every list of every shift under three policies, with counts and refusals, before and after changes."""
    people = some_people(seed)
    pool = WorkerPool.from_columns(**columns_of(people), compiled=compiled)
    _, shifts = a_market(seed)
    for policy in ("product", "pay and priority", "strict time"):
        for shift in shifts[:6]:
            check(pool, people, shift, POLICIES[policy], 20)
    values = WorkerPool.from_workers(people)
    assert all(pool.worker(each.id) == values.worker(each.id) for each in people)
    people[0] = replace(people[0], certificates=(*people[0].certificates, Certificate("forklift", verified=True)))
    pool.change(people[0])
    pool.remove(people[1].id)
    for shift in shifts[:6]:
        check(pool, [people[0], *people[2:]], shift, PRODUCT, 20)
    assert any(worker.certificates for worker in people)
    assert any(window.start % 60 for worker in people for window in worker.weekly or ())


WRONG = {
    "an unknown week": (lambda c: c.update(week=c["week"] + len(c["weeks"])), "week", "out_of_range"),
    "hours and weeks": (lambda c: c.update(hours=np.zeros((60, 3), np.uint64)), "hours", "duplicate_id"),
    "neither": (lambda c: c.update(week=None), "hours", "empty"),
    "a wish without its unit": (lambda c: c.update(wish_unit=None), "pay_wish", "empty"),
    "an unknown unit": (lambda c: c.update(wish_unit=c["wish_unit"] + 10_000), "pay_wish.unit", "out_of_range"),
    "an unknown paper": (
        lambda c: c.update(papers=replace(c["papers"], kind=c["papers"].kind + 10_000)),
        "certificate.kind",
        "out_of_range",
    ),
    "papers of another city": (
        lambda c: c.update(papers=replace(c["papers"], ptr=c["papers"].ptr[1:])),
        "paper_ptr",
        "wrong_length",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_columns_that_cannot_be_are_refused(name: str) -> None:
    """Each with its field and code, and no pool is made."""
    spoil, field, code = WRONG[name]
    columns = columns_of(some_people(3))
    spoil(columns)
    with pytest.raises(InvalidInput) as refused:
        WorkerPool.from_columns(**columns)
    assert (refused.value.field, refused.value.code) == (field, code)
