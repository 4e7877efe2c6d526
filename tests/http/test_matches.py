"""Rankings over HTTP: equal to the documented score read by hand, each side sees what is its own, all in words."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from matching import minute_of
from service.actor import SYSTEM
from service.context import Context
from service.i18n import catalogue
from tests.builders.applications import set_time
from tests.builders.city import (
    HALL,
    a_member,
    a_posting,
    a_shift,
    a_worker,
    an_employer,
    an_officer,
    as_member,
    as_staff,
    as_worker,
    now_of,
)
from tests.builders.matches import Story, a_story, apply_for, block, book, cell
from tests.matching import reading

FADE = 365  # policies/matching.yaml
LANGUAGES = {"accept-language": "en"}


async def answer(client: httpx2.AsyncClient, path: str, headers: dict[str, str], status: int = 200) -> Any:
    response = await client.get(path, headers=headers)
    assert response.status_code == status, response.text
    return response.json()


async def as_the_officer(ctx: Context) -> dict[str, str]:
    return await as_staff(ctx, await an_officer(ctx))


@pytest.fixture
def dated(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The brute-force reading, reckoning with the rules that an answer prints instead of the README's figures."""

    def use(rules: dict[str, Any]) -> None:
        weights = {name: Fraction(weight, 1_000_000) for name, weight in rules["weights"].items()}
        monkeypatch.setattr(reading, "PRODUCT_WEIGHTS", weights)
        fresh = rules["fresh_minutes"]

        def freshness(look: reading.Look) -> int:
            if look.shift.published_at is None:
                return 0
            age = max(0, look.now - look.shift.published_at)
            return reading.millionths(Fraction(max(0, fresh - age), fresh))

        monkeypatch.setattr(reading.Look, "freshness", freshness)

    return use


def expected(story: Story, shift_id: UUID, now: int) -> tuple[list[tuple[str, dict[str, int]]], dict[str, int]]:
    """The list by hand; whoever is beyond his own reach counts for that alone, as the contract says."""
    people = (replace(one, home=cell(one.home), here=cell(one.here)) for one in story.workers.values())
    pairs = [(worker, story.shifts[shift_id]) for worker in people]
    listed, _ = reading.read_ranking(pairs, now, bench=False, side="worker")
    excluded: dict[str, int] = {}
    for worker, shift in pairs:
        look = reading.Look(worker, shift, now, bench=False)
        codes = look.refusals()
        certainly_far = "out_of_reach" in codes and look.metres > reading.limit(worker, shift) + 10
        for code in {"out_of_reach"} if certainly_far else codes:
            excluded[code] = excluded.get(code, 0) + 1
    return [(str(worker_id), points) for worker_id, points in listed], excluded


def points(match: dict[str, Any]) -> dict[str, int]:
    parts = {part["name"]: part["points"] for part in match["score"]["parts"]}
    assert match["score"]["total"] == sum(parts.values())
    return parts


@pytest.mark.parametrize("seed", range(4))
async def test_candidates_equal_the_reading(ctx: Context, client: httpx2.AsyncClient, dated: Any, seed: int) -> None:
    """Same people in the same order, the same points in every part, the same counts of exclusions."""
    await set_time(ctx, await now_of(ctx))  # points fade by the minute
    story = await a_story(ctx, seed, fade=FADE)
    officer = await as_the_officer(ctx)
    for shift_id in story.shifts:
        found = await answer(client, f"/v1/shifts/{shift_id}/candidates?limit=100&excluded=true", officer)
        dated(found["rules"])
        assert found["rules"]["reliability_fade_days"] == FADE
        listed, excluded = expected(story, shift_id, minute_of(story.now))
        assert [(match["worker_id"], points(match)) for match in found["matches"]] == listed
        assert {each["code"]: each["count"] for each in found["excluded"]} == excluded
        assert found["considered"] == len(story.workers)
        assert found["refused"] == len(story.workers) - len(listed)


@pytest.mark.parametrize("seed", range(2))
async def test_recommendations_equal_the_reading(
    ctx: Context, client: httpx2.AsyncClient, dated: Any, seed: int
) -> None:
    """The other direction: every worker's own list of the shifts on offer."""
    await set_time(ctx, await now_of(ctx))  # points fade by the minute
    story = await a_story(ctx, seed + 50, fade=FADE)
    offered = [shift for shift in story.shifts.values() if shift.is_open]
    for worker in list(story.workers.values())[:5]:
        headers = await as_worker(ctx, worker)  # type: ignore[arg-type]
        found = await answer(client, "/v1/workers/me/recommendations?limit=100", headers)
        dated(found["rules"])
        pairs = [(worker, shift) for shift in offered]
        listed, _ = reading.read_ranking(pairs, minute_of(story.now), bench=False, side="shift")
        mine = [(match["shift"]["id"], points(match)) for match in found["matches"]]
        assert mine == [(str(shift_id), made) for shift_id, made in listed]
        assert found["considered"] == len(offered)


async def test_an_employers_record_orders_what_is_recommended_and_explains_itself(
    ctx: Context, client: httpx2.AsyncClient
) -> None:
    """By a bounded part of the score, in words; the list by way and time does not know it; a later mark counts."""
    now = await now_of(ctx)
    await set_time(ctx, now)
    worker = await a_worker(ctx)
    shifts = []
    for _ in range(2):
        employer = await an_employer(ctx)
        posting = await a_posting(ctx, employer)
        shifts.append((await a_shift(ctx, posting), employer))
    (first, late_payer), (second, _) = shifts
    marks = [{"kind": "unpaid", "excused": False, "at": now.isoformat()}]
    async with ctx.uow() as uow:
        row = await uow.employers.lock(late_payer.id)
        await uow.edit(row, by=SYSTEM, at=now, action="reliability", reliability=marks)
    me = await as_worker(ctx, worker)
    path = "/v1/workers/me/recommendations?limit=10"
    found = (await answer(client, path, me | LANGUAGES))["matches"]
    assert [each["shift"]["id"] for each in found] == [str(second.id), str(first.id)]
    parts = [next(part for part in each["score"]["parts"] if part["name"] == "employer") for each in found]
    assert [part["points"] for part in parts] == [2_400_000, 1_713_000]
    assert [part["reason"] for part in parts] == ["no_history", "history"]
    assert parts[1]["text"] == "By the employer's recent record: pay in time, work as agreed."
    neutral = (await answer(client, path + "&personalised=false", me))["matches"]
    assert [each["shift"]["id"] for each in neutral] == [str(first.id), str(second.id)]


async def test_sex_and_region_of_origin_change_nothing(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Swapping everybody's sex, and where they are registered, leaves the answer byte for byte."""
    story = await a_story(ctx, 7, fade=FADE)
    officer = await as_the_officer(ctx)
    shift_id = next(iter(story.shifts))
    path = f"/v1/shifts/{shift_id}/candidates?limit=100&excluded=true"
    before = await answer(client, path, officer)
    async with ctx.uow() as uow:
        await uow.session.execute(
            text("update persons set sex = case sex when 'male' then 'female' else 'male' end, city_code = '330200'")
        )
        await uow.session.execute(text("update workers set city_code = '330200', district_code = '330203'"))
    after = await answer(client, path, officer)
    assert _timeless(before) == _timeless(after)


def _timeless(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "at"}


async def test_not_personalised_is_by_distance_and_time_alone(ctx: Context, client: httpx2.AsyncClient) -> None:
    """No score, nearest first, in both directions."""
    story = await a_story(ctx, 11, fade=FADE)
    officer = await as_the_officer(ctx)
    for shift_id in story.shifts:
        found = await answer(client, f"/v1/shifts/{shift_id}/candidates?personalised=false", officer)
        metres = [math.inf if match["distance_m"] is None else match["distance_m"] for match in found["matches"]]
        assert metres == sorted(metres)
        assert all(match["score"] is None for match in found["matches"])
        assert found["personalised"] is False


async def test_an_employer_sees_coarse_ways_and_nothing_of_the_workers_own(
    ctx: Context, client: httpx2.AsyncClient
) -> None:
    """Bookings, times and the worker's block hide behind one code; the way begins in the middle of a cell."""
    employer = await an_employer(ctx)
    owner = await as_member(ctx, await a_member(ctx, employer))
    posting = await a_posting(ctx, employer)
    shift = await a_shift(ctx, posting)
    story = Story({}, {}, [employer], {}, {}, shift.starts_at)
    near = await a_worker(ctx, at=(HALL[0], HALL[1] + 0.01234), name="王小明")
    busy = await a_worker(ctx)
    shy = await a_worker(ctx)
    unwanted = await a_worker(ctx)
    await book(ctx, story, _value(busy), shift.starts_at)
    await block(ctx, employer.id, shy.id, "worker")
    await block(ctx, employer.id, unwanted.id, "employer")
    found = await answer(client, f"/v1/shifts/{shift.id}/candidates?excluded=true", owner)
    assert [(match["name"], match["distance_m"]) for match in found["matches"]] == [("王**", 1376)]
    assert found["matches"][0]["worker_id"] == str(near.id)
    assert (found["excluded"], found["refused"]) == ([], 0)  # in steps of five
    missed = {match["worker_id"]: match for match in found["not_matched"]}
    for hidden in (busy, shy):
        assert [(each["code"], each["facts"]) for each in missed[str(hidden.id)]["refusals"]] == [("not_available", {})]
        assert missed[str(hidden.id)]["score"] is None
    assert missed[str(unwanted.id)]["refusals"][0]["facts"] == {"by_employer": True}
    one = await answer(client, f"/v1/shifts/{shift.id}/candidates/{busy.id}", owner)
    assert (one["eligible"], one["score"], one["name"]) == (False, None, "张*")
    assert [each["code"] for each in one["refusals"]] == ["not_available"]
    fair = await answer(client, f"/v1/shifts/{shift.id}/candidates/{near.id}", owner)
    assert fair["eligible"]
    distance = next(part for part in fair["score"]["parts"] if part["name"] == "distance")
    assert distance["value"] == 1_000_000 - 100 * 376


def _value(row: Any) -> Any:
    from matching import Worker

    return Worker(id=row.id)


async def test_an_officer_sees_the_reasons_but_no_side_learns_of_the_others_block(
    ctx: Context, client: httpx2.AsyncClient
) -> None:
    """The officer gets codes and facts; the worker who was blocked reads what anybody reads of such a shift."""
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer)
    shift = await a_shift(ctx, posting)
    worker = await a_worker(ctx)
    me = await as_worker(ctx, worker)
    before = await answer(client, f"/v1/shifts/{shift.id}/fit", me)
    await block(ctx, employer.id, worker.id, "employer")
    officer = await as_the_officer(ctx)
    seen = await answer(client, f"/v1/shifts/{shift.id}/candidates/{worker.id}", officer)
    assert [(each["code"], each["facts"]) for each in seen["refusals"]] == [("blocked_pair", {})]
    mine = await answer(client, f"/v1/shifts/{shift.id}/fit", me)
    assert mine | {"at": before["at"]} == before
    assert mine["eligible"]
    listed = await answer(client, "/v1/workers/me/recommendations?excluded=true", me)
    assert (listed["matches"], listed["excluded"]) == ([], [])
    blocked = await client.put(f"/v1/workers/{worker.id}/blocks/{employer.id}", json={}, headers=me)
    assert blocked.status_code == 200, blocked.text
    own = await answer(client, f"/v1/shifts/{shift.id}/fit", me)
    assert [each["code"] for each in own["refusals"]] == ["blocked_pair"]


@pytest.mark.parametrize("state", ["taken_down", "appealed", "final", "expired", "withdrawn"])
async def test_nobody_is_looked_for_when_a_posting_has_ended(
    ctx: Context, client: httpx2.AsyncClient, state: str
) -> None:
    """Neither the list nor one person nor the outlook; the officer of the place still looks."""
    employer = await an_employer(ctx)
    owner = await as_member(ctx, await a_member(ctx, employer))
    shift = await a_shift(ctx, await a_posting(ctx, employer, state=state))
    worker = await a_worker(ctx)
    path = f"/v1/shifts/{shift.id}/candidates"
    for each in (path, f"{path}?excluded=true", f"{path}?among=applicants", f"{path}/{worker.id}"):
        refused = await client.get(each, headers=owner)
        assert (refused.status_code, refused.json()["code"]) == (409, "posting_closed")
    assert (await client.get(path, headers=await as_the_officer(ctx))).status_code == 200


async def test_why_not_me_names_facts_and_the_smallest_change(ctx: Context, client: httpx2.AsyncClient) -> None:
    """A worker reads every refusal with its facts, a sentence, and what would turn it, in the language asked for."""
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer, certificates=["health_certificate"])
    shift = await a_shift(ctx, posting, hours=4)
    worker = await a_worker(ctx, at=(HALL[0], HALL[1] + 0.2), certificates=(), weekly=None)
    headers = await as_worker(ctx, worker)
    found = await answer(client, f"/v1/shifts/{shift.id}/fit", headers | LANGUAGES)
    by_code = {each["code"]: each for each in found["refusals"]}
    assert set(by_code) == {"certificates", "out_of_reach", "not_free"}
    assert by_code["certificates"]["text"] == "Papers: missing Health certificate."
    assert by_code["out_of_reach"]["facts"]["distance_m"] == found["distance_m"]
    assert by_code["out_of_reach"]["remedy"]["code"] == "widen_reach"
    assert by_code["not_free"]["remedy"]["facts"]["minutes"] == 144
    chinese = await answer(client, f"/v1/shifts/{shift.id}/fit", headers)
    assert any("健康证" in each["text"] for each in chinese["refusals"])


async def test_only_those_who_decide_and_their_officers_may_look(ctx: Context, client: httpx2.AsyncClient) -> None:
    """A clerk lacks the role; another employer, another region and a missing shift all look the same."""
    employer, other = await an_employer(ctx), await an_employer(ctx)
    shift = await a_shift(ctx, await a_posting(ctx, employer))
    worker = await a_worker(ctx)
    path = f"/v1/shifts/{shift.id}/candidates"
    clerk = await as_member(ctx, await a_member(ctx, employer, role="clerk"))
    assert (await answer(client, path, clerk, 403))["code"] == "role_lacks_operation"
    stranger = await as_member(ctx, await a_member(ctx, other))
    far = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    owner = await as_member(ctx, await a_member(ctx, employer))
    missing = f"/v1/shifts/{UUID(int=1)}/candidates"
    bodies = [
        await answer(client, path, stranger, 404),
        await answer(client, path, far, 404),
        await answer(client, missing, owner, 404),
        await answer(client, f"{path}/{UUID(int=2)}", owner, 404),
        await answer(client, f"{path}/{worker.id}", stranger, 404),
    ]
    assert len({(body["code"], body["title"], body["detail"]) for body in bodies}) == 1
    assert (await client.get(path, headers=await as_worker(ctx, worker))).status_code == 403
    assert (await client.get(path)).status_code == 401
    assert (await client.get(f"{path}?limit=0", headers=owner)).status_code == 422
    assert (await client.get(f"{path}?limit=101", headers=owner)).status_code == 422
    assert (await client.get(f"{path}?colour=red", headers=owner)).status_code == 422


async def test_drafts_and_private_hires_are_nobody_elses_business(ctx: Context, client: httpx2.AsyncClient) -> None:
    """A worker cannot ask about work that was never shown, and it is not recommended."""
    employer = await an_employer(ctx)
    headers = await as_worker(ctx, await a_worker(ctx))
    for fields in ({"state": "draft", "published_at": None}, {"private": True}):
        shift = await a_shift(ctx, await a_posting(ctx, employer, **fields))
        await answer(client, f"/v1/shifts/{shift.id}/fit", headers, 404)
    assert (await answer(client, "/v1/workers/me/recommendations", headers))["considered"] == 0


async def test_applicants_are_ranked_on_request(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Who has applied is left out of the search for others and ranked among the applicants."""
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer)
    shift = await a_shift(ctx, posting)
    story = Story({}, {}, [employer], {shift.id: posting}, {shift.id: shift}, shift.starts_at)
    applied, other = await a_worker(ctx), await a_worker(ctx)
    await apply_for(ctx, story, applied.id, shift.id)
    owner = await as_member(ctx, await a_member(ctx, employer))
    path = f"/v1/shifts/{shift.id}/candidates"
    everybody = await answer(client, f"{path}?excluded=true", owner)
    assert [match["worker_id"] for match in everybody["matches"]] == [str(other.id)]
    assert [each["refusals"][0]["code"] for each in everybody["not_matched"]] == ["already_applied"]
    applicants = await answer(client, f"{path}?among=applicants", owner)
    assert [match["worker_id"] for match in applicants["matches"]] == [str(applied.id)]
    assert "without:already_applied" in applicants["rules"]["label"]


async def test_an_application_for_one_day_leaves_the_other_days_open(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Of two occurrences the one applied for is not offered again, the other is."""
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer)
    first = await a_shift(ctx, posting)
    second = await a_shift(ctx, posting, starts=first.starts_at.replace(hour=3))
    story = Story({}, {}, [employer], {first.id: posting}, {first.id: first}, first.starts_at)
    worker = await a_worker(ctx)
    await apply_for(ctx, story, worker.id, first.id)
    headers = await as_worker(ctx, worker)
    found = await answer(client, "/v1/workers/me/recommendations?excluded=true", headers)
    assert [match["shift"]["id"] for match in found["matches"]] == [str(second.id)]
    assert [(each["code"], each["count"]) for each in found["excluded"]] == [("already_applied", 1)]


async def test_a_household_keeps_its_name_and_address(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Before both have accepted a household is offered without them."""
    home = await an_employer(ctx, kind="household", credit_code=None, name="李家")
    await a_shift(ctx, await a_posting(ctx, home, address="某弄3号"))
    found = await answer(client, "/v1/workers/me/recommendations", await as_worker(ctx, await a_worker(ctx)))
    shift = found["matches"][0]["shift"]
    assert (shift["employer_name"], shift["address"]) == (None, None)


async def test_every_exclusion_of_an_answer_has_words_in_both_languages(
    ctx: Context, client: httpx2.AsyncClient
) -> None:
    """No code of an answer is shown as a bare code, and no fact is left out of its sentence."""
    officer = await as_the_officer(ctx)
    story = await a_story(ctx, 21, people=14, fade=FADE)
    for language in ("zh-CN", "en"):
        known = catalogue(language)
        headers = officer | {"accept-language": language}
        for shift_id in story.shifts:
            found = await answer(client, f"/v1/shifts/{shift_id}/candidates?excluded=true&limit=100", headers)
            assert all(each["label"] == known[f"match.code.{each['code']}"] for each in found["excluded"])
            for match in (*found["matches"], *found["not_matched"]):
                texts = [each["text"] for each in match["refusals"]]
                texts += [each["remedy"]["text"] for each in match["refusals"] if each["remedy"]]
                texts += [part["text"] for part in match["score"]["parts"]]
                assert all(each and "…" not in each and not each.startswith("match.") for each in texts), texts
