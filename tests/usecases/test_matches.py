"""Rankings from rows: the cheap filter changes nothing, the dated policy is followed, every code has its words."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from dataclasses import fields
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from matching import (
    PRODUCT,
    Change,
    Code,
    Point,
    Ranking,
    Refusal,
    Weights,
    extras,
    haversine_metres,
    rank,
    score,
    skill,
)
from service.actor import SYSTEM
from service.context import Context
from service.http.caller import Caller
from service.i18n import LANGUAGES, catalogue
from service.matches import usecases
from service.matches.folding import fold_name
from service.matches.inputs import applying, meeting_place, shift_of, worker_of
from service.matches.policy import matching_policy, part_time_limits
from service.matches.rules import NOT_AVAILABLE, see, shown_refusals
from service.matches.sentences import reason_sentence, refusal_sentence, remedy_sentence
from service.policies import shipped
from service.venues.tables import VenueRow
from service.workers.tables import WaitingRow
from tests.builders.city import HALL, SHANGHAI, a_posting, a_shift, a_venue, a_worker, an_employer
from tests.matching.builders import NOW
from tests.matching.markets import a_market

OFFICER = Caller(role="officer", account_id=UUID(int=9), regions=("310000",))
HALL_POINT = Point.of(HALL[1], HALL[0])


async def over_everyone(ctx: Context, shift_id: UUID) -> Ranking:
    """The ranking without any filter before it: every active worker, wherever."""
    async with ctx.uow() as uow:
        now = await uow.now()
        row = await uow.matches.shift(shift_id)
        assert row is not None
        people = await uow.matches.people(row, None, now, in_cells=True)
    policies = ctx.policies.at(now, SHANGHAI)
    policy, limits = matching_policy(policies), part_time_limits(policies.hours)
    shift = shift_of(row, people.belongings, limits, policy.reliability, now)
    workers = [applying(worker_of(each, people.belongings, policy, now, 0), shift) for each in people.rows]
    return rank(shift, workers, policy, 100, now=now, with_refusals=True)


async def people_at_the_edge(ctx: Context, chance: Random) -> None:
    """Homes within a few metres of the radius, far away, unknown; some wait elsewhere today."""
    venue = await a_venue(ctx)
    for number in range(18):
        radius = chance.choice([1_000, 5_000, 10_000])
        metres = radius + chance.choice([-3, -1, 0, 1, 3, 40_000])
        turned = chance.choice([0.0, 1.0])
        step = metres / 111_195
        at = (HALL[0] + turned * step / 0.8556, HALL[1] + (1 - turned) * step)
        worker = await a_worker(ctx, at=None if number % 6 == 5 else at, radius_m=radius)
        if number % 4 == 3:
            await waits(ctx, worker.id, venue, own_point=number % 8 == 3)


async def waits(ctx: Context, worker_id: UUID, venue: VenueRow, *, own_point: bool) -> None:
    async with ctx.uow() as uow:
        row = WaitingRow(worker_id=worker_id, state="waiting", until=await uow.now() + timedelta(hours=5))
        if own_point:
            row.lon, row.lat = HALL[0] + 0.01, HALL[1]
        else:
            row.venue_id = venue.id
        await uow.add(row, by=SYSTEM)


@pytest.mark.parametrize("job", ["plain", "narrow", "picked_up", "remote", "somewhere"])
async def test_the_filter_before_the_ranking_changes_nothing(ctx: Context, job: str) -> None:
    """Same people, same order, same numbers as ranking everyone; the far ones are counted as out of reach."""
    employer = await an_employer(ctx)
    fields_of = {
        "plain": {},
        "narrow": {"radius_limit_m": 5_000},
        "picked_up": {"lon": 118.0, "lat": 30.0, "pickup": {"lon": HALL[0], "lat": HALL[1], "leaves_at": "05:00"}},
        "remote": {"work_mode": "remote"},
        "somewhere": {"lon": None, "lat": None},
    }[job]
    posting = await a_posting(ctx, employer, **fields_of)
    shift = await a_shift(ctx, posting)
    await people_at_the_edge(ctx, Random(job))
    whole = await over_everyone(ctx, shift.id)
    found = await usecases.rank_candidates(
        ctx, shift.id, limit=100, personalised=True, among="everybody", excluded=True, by=OFFICER
    )
    assert found.excluded is not None
    assert [match.worker_id for match in found.matches] == [match.worker_id for match in whole.matches]
    assert [match.seen.score for match in found.matches] == [match.score for match in whole.matches]
    assert (found.considered, found.refused) == (whole.considered, whole.refused)
    assert found.excluded.get("out_of_reach", 0) == whole.excluded.get(Code.OUT_OF_REACH, 0)
    assert found.matches
    if job in ("plain", "narrow", "picked_up"):
        assert 0 < found.excluded["out_of_reach"] < found.considered
        async with ctx.uow() as uow:
            row = await uow.matches.shift(shift.id)
            assert row is not None
            loaded = await uow.matches.people(row, meeting_place(row), await uow.now())
        assert loaded.farther > 0, "a filter that filters nobody would prove nothing"


async def test_a_ranking_asks_the_database_a_fixed_number_of_questions(ctx: Context) -> None:
    """The number of statements does not grow with the people (no query per person)."""
    from sqlalchemy import event

    employer = await an_employer(ctx)
    shift = await a_shift(ctx, await a_posting(ctx, employer))
    counts = []
    for _ in range(2):
        for _ in range(3):
            await a_worker(ctx)
        seen: list[str] = []
        engine = ctx.database.engine.sync_engine

        def note(_c: object, _cur: object, statement: str, *_: object, into: list[str] = seen) -> None:
            if "FROM reference_rows" not in statement:  # asked again by the clock, every two seconds
                into.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        await usecases.rank_candidates(
            ctx, shift.id, limit=100, personalised=True, among="everybody", excluded=True, by=OFFICER
        )
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert 0 < counts[0] == counts[1] <= 13


async def test_resting_people_are_not_candidates(ctx: Context) -> None:
    """Who has put the profile to rest is not looked at, and the same question again gives the same answer."""
    shift = await a_shift(ctx, await a_posting(ctx, await an_employer(ctx)))
    await a_worker(ctx, state="resting")
    awake = await a_worker(ctx)
    asked = {"limit": 5, "personalised": True, "among": "everybody", "excluded": False, "by": OFFICER}
    found = await usecases.rank_candidates(ctx, shift.id, **asked)  # type: ignore[arg-type]
    assert [match.worker_id for match in found.matches] == [awake.id]
    assert found.considered == 1


# -- policy -------------------------------------------------------------------------------------------


def test_the_dated_policy_is_followed() -> None:
    """A weight or a floor changed for one city from a day on is in the rules of that city from that day."""
    book = shipped().with_value(
        "matching", "skill_weight_permille", 300, valid_from=date(2026, 12, 1), jurisdiction="330200"
    )
    before = matching_policy(book.at(date(2026, 11, 30), "330200"))
    after = matching_policy(book.at(date(2026, 12, 1), "330200"))
    assert (before.weights.skill, after.weights.skill) == (45_000_000, 30_000_000)
    assert matching_policy(book.at(date(2026, 12, 1), "310100")).weights.skill == 45_000_000
    assert len({before.label, after.label}) == 2
    assert after.label == "product@2026-12-01+330200"


def test_the_shipped_policy_is_the_documented_product_where_both_say_something() -> None:
    """Base weights, knots, floor and skill steps equal matching/README.md; the priority stays within five points."""
    policy = matching_policy(shipped().at(date(2026, 11, 20), "310100"))
    for name in ("skill", "distance", "schedule", "pay", "freshness", "priority"):
        assert getattr(policy.weights, name) == getattr(PRODUCT.weights, name), name
    assert (policy.distance, policy.schedule_floor, policy.skill) == (
        PRODUCT.distance,
        PRODUCT.schedule_floor,
        PRODUCT.skill,
    )
    assert policy.gates == PRODUCT.gates
    assert policy.weights.priority <= 5_000_000


# -- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("洗碗工", "洗碗"),
        ("厨师", "厨师"),
        ("電焊工", "电焊"),
        ("ＡＢｃ", "abc"),
        ("二手车", "2手车"),
        ("2手車", "2手车"),
        ("服務員", "服务"),
        ("保 洁", "保洁"),
        ("工", "工"),
    ],
)
def test_names_are_folded_before_they_are_compared(written: str, folded: str) -> None:
    """Width, traditional forms, case, digits, blanks and one ending go; short names stay whole."""
    assert fold_name(written) == folded


# -- who sees what ------------------------------------------------------------------------------------


def test_what_each_side_sees_of_random_markets() -> None:
    """Employers see no code of the worker's own, nobody the other's block, and refused stays refused."""
    from matching import explain

    hidden = {"under_age", "adults_only", "not_free", "booked"}
    for seed in range(60):
        workers, shifts = a_market(seed)
        for worker in workers:
            match = explain(worker, shifts[0], PRODUCT, now=NOW)
            for viewer in ("employer", "worker", "officer"):
                shown = shown_refusals(match.refusals, viewer)  # type: ignore[arg-type]
                assert bool(shown) == bool(match.refusals)
                assert len({each.code for each in shown}) == len(shown)
                other = {"employer": "by_worker", "worker": "by_employer"}.get(viewer)
                assert all(other not in each.facts for each in shown)
                if viewer == "employer":
                    assert not {each.code for each in shown} & hidden
                    seen = see(match, viewer)
                    assert (seen.score is None) == any(each.code == NOT_AVAILABLE for each in shown)


# -- words --------------------------------------------------------------------------------------------


def reasons_in_code() -> set[tuple[str, str]]:
    """(factor, reason) pairs that the library's measuring functions name, and those that markets reach."""
    found: set[tuple[str, str]] = set()
    owners = {"skill_measure": "skill", "mean_worth": "skill", "_mean_level": "skill", "tree_nearness": "skill"}
    owners |= {"nearness": "skill", "pay_measure": "pay", "freshness_measure": "freshness"}
    owners |= {"priority_measure": "priority", "distance_measure": "distance", "schedule_measure": "schedule"}
    owners |= {"reliability_measure": "reliability", "spare_measure": "spare_before"}
    for module in (score, extras, skill):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.FunctionDef) and node.name in owners:
                for call in ast.walk(node):
                    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Measure":
                        said = [n.value for n in ast.walk(call.args[1]) if isinstance(n, ast.Constant)]
                        found |= {(owners[node.name], reason) for reason in said if isinstance(reason, str)}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_change_and_factor_has_words(language: str) -> None:
    """Refusals, remedies, factors and reasons are all in the catalogue of both languages."""
    known = catalogue(language)
    for code in (*Code, NOT_AVAILABLE):
        assert f"match.code.{code}" in known
        assert f"match.refusal.{code}" in known
    for change in Change:
        assert any(key == f"match.remedy.{change}" or key.startswith(f"match.remedy.{change}.") for key in known)
    for each in fields(Weights):
        assert f"match.part.{each.name}" in known
    reasons = reasons_in_code()
    assert len(reasons) > 15
    for factor, reason in reasons:
        assert f"match.reason.{factor}.{reason}" in known
    for nearness in ("exact", "small_group", "middle_group", "similar_name", "none"):
        assert f"match.reason.skill.{nearness}" in known


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_random_markets_are_whole(language: str) -> None:
    """Every refusal, remedy and part of many markets reads as a sentence without a gap; every code is met."""
    from matching import explain

    met: Counter[str] = Counter()
    for seed in range(80):
        workers, shifts = a_market(seed)
        for worker in workers:
            for shift in shifts:
                match = explain(worker, shift, PRODUCT, now=NOW)
                sentences = [reason_sentence(part, language) for part in match.score.parts]
                for shown in shown_refusals(match.refusals, "worker"):
                    met[shown.code] += 1
                    sentences.append(refusal_sentence(shown, language))
                    if shown.remedy:
                        met[shown.remedy.code] += 1
                        sentences.append(remedy_sentence(shown.remedy, language))
                assert all("…" not in each and "match." not in each for each in sentences), sentences
    assert set(Code) - {Code.SKILLS, Code.PART_TIME_DAY} <= set(met)
    assert set(Change) - {Change.RAISE_SKILLS} <= set(met)


def test_a_skill_that_is_missing_is_named() -> None:
    """The one gate that the product leaves open has its sentence all the same."""
    missing = (("4-10-01-06", "", 2), ("", "擦玻璃", 0))
    shown = shown_refusals([Refusal(Code.SKILLS, {"missing": missing})], "worker")[0]
    assert "擦玻璃" in refusal_sentence(shown, "zh-CN")


def test_the_slack_of_the_filter_covers_the_rounding() -> None:
    """SQL's great circle on full degrees and the named formula on millionths differ by far less than the slack."""
    from math import asin, cos, radians, sin, sqrt

    from service.matches.statements import SLACK_M

    chance, worst = Random(3), 0.0
    for _ in range(3_000):
        lat, lon = HALL[1] + chance.uniform(-2, 2), HALL[0] + chance.uniform(-2, 2)
        h = sin(radians(lat - HALL[1]) / 2) ** 2
        h += cos(radians(lat)) * cos(radians(HALL[1])) * sin(radians(lon - HALL[0]) / 2) ** 2
        floats = 2 * 6371008.7714 * asin(min(1, sqrt(h)))
        worst = max(worst, abs(floats - haversine_metres(Point.of(lat, lon), HALL_POINT)))
    assert worst * 2 < SLACK_M
