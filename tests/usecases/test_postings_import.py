"""Postings of a source: the same checks as a form, known by the source's own id."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from service.actor import Actor
from service.context import Context
from service.postings.usecases.importing import Upserted, upsert_from_source
from tests.builders import city
from tests.builders.postings import HALL, XUHUI
from tests.usecases.test_postings import check_log, frozen, keys_of, state_of

__all__ = ["frozen"]
IMPORTER = Actor("integrator", None, "import")


def row(**more: Any) -> dict[str, Any]:
    """A mapped row: a lunch shift on weekdays in a shop in Xuhui."""
    made: dict[str, Any] = {
        "title": "前厅服务员",
        "trade": "waiter",
        "headcount": 2,
        "city_code": "310100",
        "district_code": XUHUI,
        "address": "某商场B1",
        "lon": HALL[0],
        "lat": HALL[1],
        "datum": "gcj02",
        "pay": {"amount_fen": 2600, "unit": "hour"},
        "pay_tiers": [{"from_minutes": 2400, "amount_fen": 2800}],
        "pay_memo": "满40小时后28元",
        "slots": [{"start": "10:30", "end": "13:30", "weekdays": None}],
        "weekdays": [0, 1, 2, 3, 4],
        "min_days_per_week": 3,
        "max_days_per_week": 5,
        "min_minutes_per_day": 180,
        "flexible_window": None,
        "settlement": None,
        "meals": "none",
        "lodging": None,
        "min_age": 18,
        "max_age": 50,
    }
    return made | more


async def put(ctx: Context, employer_id: UUID, source_id: str = "1", **more: Any) -> Upserted:
    async with ctx.uow() as uow:
        return await upsert_from_source(
            uow, employer_id=employer_id, source="sample", source_id=source_id, fields=row(**more), by=IMPORTER
        )


async def test_accepted_unchanged_updated(frozen: Context) -> None:
    """First accepted and live, the same again unchanged, other pay updated: one posting throughout."""
    employer = await city.an_employer(frozen)
    first = await put(frozen, employer.id)
    assert (first.outcome, first.state, first.errors) == ("accepted", "published", ())
    again = await put(frozen, employer.id)
    assert (again.outcome, again.posting_id) == ("unchanged", first.posting_id)
    more = await put(frozen, employer.id, pay={"amount_fen": 2700, "unit": "hour"})
    assert (more.outcome, more.posting_id, more.state) == ("updated", first.posting_id, "published")
    async with frozen.uow() as uow:
        stored = await uow.postings.get(UUID(str(first.posting_id)))
        assert (stored.pay_fen, stored.terms_version, stored.channel) == (2700, 2, "import")
        assert stored.pay_tiers == [{"from_minutes": 2400, "rate_fen": 2800}]
        assert stored.sent_datum == "gcj02"
        assert stored.lon != HALL[0]
        assert stored.pattern is not None
        assert stored.pattern["kind"] == "single"
    assert len(await keys_of(frozen, UUID(str(first.posting_id)))) > 30
    await check_log(frozen)


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"headcount": 999_999}, "/headcount", "headcount_over_limit"),
        ({"trade": None}, "/trade", "field_missing"),
        ({"pay": {"amount_fen": None, "unit": "hour"}}, "/pay/amount_fen", "field_missing"),
        ({"pay": {"amount_fen": 3, "unit": "hour"}}, "/pay/amount_fen", "pay_out_of_range"),
        ({"lon": 31.2, "lat": 121.4}, "/place/point", "point_swapped"),
        ({"dated": {"start": "2020-01-01T09:00:00+08:00", "end": "2020-01-01T12:00:00+08:00"}}, "/time/starts_at",
         "starts_in_the_past"),
        ({"slots": [{"start": "09:00", "end": "09:00", "weekdays": None}]}, "/time", "slot_empty"),
    ],
)  # fmt: skip
async def test_a_refused_row_says_why_and_writes_nothing(
    frozen: Context, more: dict[str, Any], pointer: str, code: str
) -> None:
    """By field and code; the good row beside it in the same transaction stays."""
    employer = await city.an_employer(frozen)
    async with frozen.uow() as uow:
        bad, good = [
            await upsert_from_source(
                uow, employer_id=employer.id, source="sample", source_id=name, fields=fields, by=IMPORTER
            )
            for name, fields in (("bad", row(**more)), ("good", row()))
        ]
    assert (bad.outcome, bad.posting_id, good.outcome) == ("refused", None, "accepted")
    assert (pointer, code) in [(error.pointer, error.code) for error in bad.errors]
    async with frozen.uow() as uow:
        assert await uow.postings.find_source("sample", "bad") is None


async def test_a_row_without_hours_or_point_is_still_a_posting(frozen: Context) -> None:
    """Hours to be agreed, the district's centre for the place: accepted, and it says so."""
    employer = await city.an_employer(frozen)
    made = await put(frozen, employer.id, slots=[], weekdays=None, lon=None, lat=None, datum=None)
    assert made.outcome == "accepted"
    assert {warning["code"] for warning in made.warnings} >= {"days_to_be_agreed"}
    async with frozen.uow() as uow:
        stored = await uow.postings.get(UUID(str(made.posting_id)))
        assert (stored.approximate, stored.claimable) == (True, False)


async def test_a_review_in_the_way_is_not_lost(frozen: Context) -> None:
    """A submitted posting that comes again with other content is offered anew; a withdrawn one is over."""
    from service.postings.usecases.deciding import withdraw_posting
    from tests.usecases.test_postings import a_caller

    by = await a_caller(frozen, verified=False)
    employer_id = UUID(str(by.employer_id))
    first = await put(frozen, employer_id)
    assert first.state == "submitted"
    more = await put(frozen, employer_id, title="服务员")
    assert (more.outcome, more.state) == ("updated", "submitted")
    posting_id = UUID(str(first.posting_id))
    await withdraw_posting(frozen, posting_id, by=by, reason="other")
    same = await put(frozen, employer_id, title="服务员")
    other = await put(frozen, employer_id, title="传菜员")
    assert (same.outcome, other.outcome) == ("unchanged", "refused")
    assert [error.code for error in other.errors] == ["posting_over"]
    assert await state_of(frozen, posting_id) == "withdrawn"
    await check_log(frozen)


async def test_source_ids_belong_to_one_employer(frozen: Context) -> None:
    """Another employer's row with the same id is refused and learns nothing of the posting."""
    one, two = await city.an_employer(frozen), await city.an_employer(frozen)
    await put(frozen, one.id)
    other = await put(frozen, two.id, title="别家")
    assert (other.outcome, other.posting_id) == ("refused", None)
    assert [error.code for error in other.errors] == ["source_id_taken"]


async def test_people_in_a_shift_are_not_moved_by_an_import(frozen: Context) -> None:
    """A row that moves a staffed shift is refused, and the posting stays as it was."""
    employer = await city.an_employer(frozen)
    first = await put(frozen, employer.id)
    posting_id = UUID(str(first.posting_id))
    async with frozen.uow() as uow:
        shift = (await uow.shifts.lock_open(posting_id))[0]
        await uow.shifts.take(shift, now=await uow.now())
    moved = await put(frozen, employer.id, slots=[{"start": "17:00", "end": "20:00", "weekdays": None}])
    assert (moved.outcome, [error.code for error in moved.errors]) == ("refused", ["shifts_have_people"])
    async with frozen.uow() as uow:
        stored = await uow.postings.get(posting_id)
        assert stored.pattern is not None
        assert stored.pattern["slots"][0]["start"] == "10:30"
    await check_log(frozen)


async def test_a_row_in_anothers_name_and_a_posing_one_wait_for_an_officer(frozen: Context) -> None:
    """Though the employer is verified and every rule about words is kept; when the name goes, the row is shown."""
    employer = await city.an_employer(frozen)
    other = await put(frozen, employer.id, other_employer=True, title="河畔店 洗碗工")
    assert (other.outcome, other.state) == ("accepted", "submitted")
    assert [each["code"] for each in other.warnings if each["pointer"] == "/title"] == ["other_employer"]
    posing = await put(frozen, employer.id, source_id="2", title="市人社局官方 洗碗工")
    assert (posing.state, [each["code"] for each in posing.warnings if each["pointer"] == "/title"]) == (
        "submitted",
        ["words_pose"],
    )
    own = await put(frozen, employer.id, title="洗碗工")
    assert (own.outcome, own.state) == ("updated", "published")
