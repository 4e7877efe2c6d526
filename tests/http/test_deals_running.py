"""A deal as it goes on: made longer, ended earlier, somebody hurt, who hears of what and what is open to whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx2

from service.actor import SYSTEM
from service.context import Context
from service.deals.reviews import look_at
from service.deals.rules.facts import BORROWER_DECLARES
from service.employers.lifecycle import EMPLOYER
from tests.builders import city
from tests.builders.applications import breaches, value_of
from tests.builders.deals import a_deal, two_firms
from tests.builders.lendings import DAY, of, on, paper_of, papers_of, sign_by_code
from tests.builders.settlements import goes_to, legs_of, money

Client = httpx2.AsyncClient


# -- longer, injuries ---------------------------------------------------------------------------------


async def test_a_later_day_is_answered_as_it_was_read(ctx: Context, client: Client) -> None:
    """One proposal at a time; an answer to an older version is refused; a firm takes its own back."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    path = f"/deals/{deal['id']}/longer"
    first = await firms.send("POST", path, "borrower", {"last_day": str(firms.today + timedelta(days=30))})
    again = await firms.send("POST", path, "borrower", {"last_day": str(firms.today + timedelta(days=60))}, status=409)
    other = await firms.send("POST", path, "lender", {"last_day": str(firms.today + timedelta(days=60))}, status=409)
    assert (again["code"], other["code"]) == ("longer_proposed", "longer_proposed")
    await firms.longer(deal, "borrower", "decline")
    assert (await firms.read(deal))["longer_until"] is None
    await firms.send("POST", path, "borrower", {"last_day": str(firms.today + timedelta(days=90))})
    stale = await firms.send("POST", f"{path}/agree", "lender", status=412, if_match=f'"{first["version"]}"')
    assert stale["code"] == "version_stale"


async def test_the_persons_word_on_an_injury_corrects_a_firms(ctx: Context, client: Client) -> None:
    """A firm's other date is refused once somebody has spoken; the person's stands, and the lender hears it again."""
    firms = await two_firms(ctx, client)
    await firms.signed()
    await on(firms, 7)
    await on(firms, 9)
    lent = await of(firms)
    day = (firms.today + 8 * DAY).isoformat()
    path = f"/lent/{lent['id']}/injury"
    await firms.send("POST", path, "borrower", {"at": f"{day}T09:00:00+08:00"})
    assert (await firms.send("POST", path, "lender", {"at": f"{day}T10:00:00+08:00"}, status=409))[
        "code"
    ] == "injury_said"
    for hour in (11, 10):
        await firms.send("POST", path, "borrower", {"at": f"{day}T{hour}:00:00+08:00"})  # its own word
    said = await firms.send("POST", path, "person0", {"at": f"{day}T12:00:00+08:00"})
    assert said["injured_at"].startswith(f"{day}T12")
    assert (await firms.send("POST", path, "borrower", {"at": f"{day}T09:00:00+08:00"}, status=409))[
        "code"
    ] == "injury_said"


async def test_who_is_hurt_once_more_is_hurt_twice(ctx: Context, client: Client) -> None:
    """The first injury stays in sight, the lender hears of each; said again it is the same, and ten are enough."""
    firms = await two_firms(ctx, client)
    await firms.signed()
    await on(firms, 7)
    await on(firms, 9)
    lent = await of(firms)
    day, path = firms.today + 8 * DAY, f"/lent/{lent['id']}/injury"
    one, two = f"{day}T09:00:00+08:00", f"{day}T15:00:00+08:00"
    first = await firms.send("POST", path, "borrower", {"at": one, "another": True})
    assert (first["injured_at"], first["injured_before"]) == (one, [])
    for who in ("lender", "borrower"):  # a firm may say so though the other has said the first
        second = await firms.send("POST", path, who, {"at": two, "another": True})
        assert (second["injured_at"], second["injured_before"]) == (two, [one])
    assert (await firms.send("POST", path, "person0", {"at": one}))["injured_at"] == two
    told = [each["template"] for each in (await firms.send("GET", "/messages", "lender"))["items"]]
    assert told.count("lent.injured") == 2
    corrected = await firms.send("POST", path, "person0", {"at": f"{day}T15:30:00+08:00"})
    assert (corrected["injured_at"], corrected["injured_before"]) == (f"{day}T15:30:00+08:00", [one])
    hurt = f"{path}?on_behalf=at_counter"
    for minute in range(8):
        await firms.send("POST", hurt, "officer", {"at": f"{day}T16:{minute:02d}:00+08:00", "another": True})
    refused = await firms.send("POST", hurt, "officer", {"at": f"{day}T16:30:00+08:00", "another": True}, status=409)
    assert refused["code"] == "injuries_enough"
    extract = await firms.send("GET", f"/lent/{lent['id']}/evidence", "person0")
    assert sum("injured_at" in each["facts"] for each in extract["entries"]) == 11


async def test_an_injurys_time_is_not_changed_without_end(ctx: Context, client: Client) -> None:
    """Three times a day by those concerned, for everybody is told of each; an officer may put it right all the same."""
    firms = await two_firms(ctx, client)
    await firms.signed()
    await on(firms, 7)
    await on(firms, 9)
    day, path = (firms.today + 8 * DAY).isoformat(), f"/lent/{(await of(firms))['id']}/injury"
    answers = [
        (await firms.client.post(
            f"/v1{path}", json={"at": f"{day}T{hour:02d}:00:00+08:00"}, headers=firms.headers["borrower"]
        )).status_code
        for hour in range(9, 14)
    ]  # fmt: skip
    assert answers == [200, 200, 200, 200, 429]
    await firms.send("POST", f"{path}?on_behalf=at_counter", "officer", {"at": f"{day}T12:30:00+08:00"})


async def test_paid_again_after_a_no_is_looked_at(ctx: Context, client: Client) -> None:
    """The lender says that nothing has come, the borrower pays once more: both payments are on record, and as together
    they are more than was due an officer looks."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    await on(firms, 9)
    await firms.send("POST", f"/deals/{deal['id']}/return", "lender", {"reason": "own_work_again"})
    for days in (41, 62):  # the month after is there, and the days to pay are over, whatever day it is today
        await goes_to(firms, firms.today + days * DAY)
    leg = next(each for each in await legs_of(firms, "borrower") if each["state"] == "overdue")
    paid = {"amount_fen": leg["due_fen"], "paid_on": str(firms.today + 61 * DAY)}
    path = f"/settlement-legs/{leg['id']}"
    await money(firms, "POST", f"{path}/pay", "borrower", paid)
    await money(firms, "POST", f"{path}/object", "lender", {"reason": "not_received"})
    assert (await firms.read(deal))["review"] is None
    again = await money(firms, "POST", f"{path}/pay", "borrower", paid)
    assert (again["paid_fen"], again["said_fen"]) == (leg["due_fen"], 2 * leg["due_fen"])
    looked = await firms.read(deal)
    assert (looked["review"], looked["review_signs"]) == ("open", ["paid_above"])


async def test_costs_of_what_was_really_worked_are_looked_at(ctx: Context, client: Client) -> None:
    """A lodging paid once was usual for a month as planned; sent back after a day it is more than the wage."""
    firms = await two_firms(ctx, client)
    costs = [{"kind": "lodging", "unit": "once", "fen": 50_000}]
    deal = await firms.signed(costs=costs)
    assert deal["review"] is None
    await on(firms, 7)
    await firms.send("POST", f"/deals/{deal['id']}/return", "borrower", {"reason": "work_over"})
    await goes_to(firms, firms.today + 12 * DAY)
    looked = await firms.read(deal)
    assert (looked["review"], looked["review_signs"]) == ("open", ["costs_above"])


async def test_an_agency_reads_neither_signs_nor_findings(ctx: Context, client: Client) -> None:
    """What an officer looks at is between the firms and the officer."""
    firms = await two_firms(ctx, client)
    agency = await city.an_employer(ctx, kind="hr_agency", licence_number="沪人服证字2026第000001号")
    firms.headers["agency"] = await city.as_member(ctx, await city.a_member(ctx, agency))
    deal = await a_deal(
        ctx, firms.lender, firms.borrower, proposed_by="broker", broker_id=agency.id, state="firms_agreed",
        review="open", review_signs=["long_term"],
    )  # fmt: skip
    seen = await firms.send("GET", f"/deals/{deal.id}", "agency")
    assert (seen["review"], seen["review_signs"], seen["people"]) == ("open", [], {})
    assert (await firms.send("GET", f"/deals/{deal.id}", "lender"))["review_signs"] == ["long_term"]
    await firms.send("GET", f"/deals/{deal.id}/guidance", "agency", status=404)
    await firms.send("GET", f"/deals/{deal.id}/guidance", "lender")


async def test_each_reads_the_own_moves(ctx: Context, client: Client) -> None:
    """A proposal is taken back by who has made it, answered by the other; somebody asked is taken off by the lender."""
    firms = await two_firms(ctx, client)
    made = await firms.propose()
    assert made["possible"] == ["cancel", "change"]
    assert set((await firms.read(made, "borrower"))["possible"]) == {"agree", "decline", "change"}
    mark = f'"{made["version"]}"'
    body = {"declares": list(BORROWER_DECLARES)}
    deal = await firms.send("POST", f"/deals/{made['id']}/agree", "borrower", body, if_match=mark)
    assert (await firms.read(deal))["possible"] == ["cancel", "people"]
    lent = await firms.ask(deal)
    assert lent["possible"] == ["drop"]
    assert (await of(firms))["possible"] == ["open", "refuse"]
    await firms.send("POST", f"/lent/{lent['id']}/open", "person0")
    await firms.sign("lent", lent["id"])
    assert (await of(firms))["possible"] == ["refuse"]
    assert (await of(firms))["pay_fen"] == deal["pay_fen"]
    assert (await firms.read(deal))["possible"] == ["cancel", "people", "list"]
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    await firms.sign("deal", deal["id"])
    await on(firms, 7)
    assert (await firms.read(deal))["possible"][-1] == "people"
    until = str(firms.today + 30 * DAY)
    await firms.send("POST", f"/deals/{deal['id']}/longer", "lender", {"last_day": until})
    for who, answers in (("lender", ["longer/decline"]), ("borrower", ["longer/agree", "longer/decline"])):
        found = (await firms.read(deal, who))["possible"]
        assert [each for each in found if each.startswith("longer")] == answers


async def test_who_is_sent_back_with_notice_works_until_then(ctx: Context, client: Client) -> None:
    """The day comes nearer, everybody hears it, and on the day after it is over; a day that is past, or no nearer, is
    refused."""
    firms = await two_firms(ctx, client)
    await firms.signed()
    await on(firms, 7)
    lent = await of(firms)
    path, day = f"/lent/{lent['id']}/end", firms.today + 10 * DAY
    for wrong in (firms.today, date.fromisoformat(lent["last_day"])):
        body = {"reason": "own_work_again", "last_day": str(wrong)}
        assert (await firms.send("POST", path, "borrower", body, status=422))["code"] == "notice_day"
    body = {"reason": "own_work_again", "last_day": str(day)}
    told = await firms.send("POST", path, "borrower", body)
    assert (told["state"], told["last_day"]) == ("working", str(day))
    for who, template in (("person0", "lent.ends_on"), ("lender", "lent.sent_back_on")):
        assert template in [each["template"] for each in (await firms.send("GET", "/messages", who))["items"]]
    await on(firms, 11)
    after = await of(firms)
    assert (after["state"], after["left_on"], after["end_reason"]) == ("returning", str(day), "own_work_again")


async def test_a_deal_ends_with_notice(ctx: Context, client: Client) -> None:
    """Whoever is there works until the day that is said, who was to come does not, and on the day after it is over."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.signed()
    await on(firms, 7)
    await firms.come(deal, 1, first_day=str(firms.today + 9 * DAY))
    path, day = f"/deals/{deal['id']}/return", firms.today + 11 * DAY
    for wrong in (firms.today, date.fromisoformat(deal["last_day"])):
        body = {"reason": "own_work_again", "last_day": str(wrong)}
        assert (await firms.send("POST", path, "lender", body, status=422))["code"] == "notice_day"
    told = await firms.send("POST", path, "lender", {"reason": "own_work_again", "last_day": str(day)})
    assert (told["state"], told["last_day"], told["people"]) == ("running", str(day), {"working": 1, "dropped": 1})
    for who, template in (
        ("person0", "lent.ends_on"),
        ("person1", "lent.cancelled"),
        ("borrower", "deal.returning_on"),
    ):
        assert template in [each["template"] for each in (await firms.send("GET", "/messages", who))["items"]]
    await on(firms, 12)
    assert (await firms.read(deal))["state"] == "returning"
    assert (await of(firms))["left_on"] == str(day)
    assert await breaches(ctx) == []


async def test_notice_meets_a_later_day_that_nobody_has_signed(ctx: Context, client: Client) -> None:
    """The papers of the later day fall: what lies before everybody is the nearer one, and nobody stays beyond it; for
    whom that is no later day nothing is left to sign."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.signed(2)
    await on(firms, 7)
    path = f"/deals/{deal['id']}"
    await firms.send("POST", f"{path}/longer", "lender", {"last_day": str(firms.today + 60 * DAY)})
    await firms.longer(deal, "borrower")
    old = await paper_of(firms, await of(firms), "person0")
    near, nearer = firms.today + 40 * DAY, firms.today + 20 * DAY
    body = {"reason": "own_work_again", "last_day": str(near)}
    assert (await firms.send("POST", f"{path}/return", "lender", body))["last_day"] == str(near)
    assert await papers_of(firms, 0) == ["drawn", "superseded", "signed"]
    assert (await firms.send("GET", f"/agreements/{old['agreement']['id']}", "person0"))["agreement"][
        "state"
    ] == "superseded"
    for noun, who in (("deal", "lender"), ("lent", "person0")):
        about = deal["id"] if noun == "deal" else (await of(firms))["id"]
        new = (await firms.send("GET", f"/agreements?subject_id={about}", who))["items"][0]
        text = (await firms.send("GET", f"/agreements/{new['id']}", who))["text"]
        assert f"{near.year}年{near.month}月{near.day}日" in text
        await firms.sign(noun, about)
    assert [(await of(firms, at))["last_day"] for at in (0, 1)] == [str(near), str(nearer)]
    body = {"reason": "own_work_again", "last_day": str(nearer)}
    await firms.send("POST", f"{path}/return", "borrower", body)
    assert [((await of(firms, at))["last_day"], (await of(firms, at))["longer_until"]) for at in (0, 1)] == [
        (str(nearer), None), (str(nearer), None),
    ]  # fmt: skip
    assert await papers_of(firms, 1) == ["void", "superseded", "signed"]
    assert "lent.longer_over" in [
        each["template"] for each in (await firms.send("GET", "/messages", "person1"))["items"]
    ]
    await on(firms, 21)
    assert (await firms.read(deal))["state"] == "returning"
    assert await breaches(ctx) == []


async def test_who_leaves_is_replaced_from_the_next_day_on(ctx: Context, client: Client) -> None:
    """Somebody else is asked as soon as the last day is said, not before, and begins on the day after; the place of who
    has gone is free before the lender has taken the person back."""
    firms = await two_firms(ctx, client, people=3)
    deal = await firms.signed(headcount=1)
    await on(firms, 7)
    gone = await of(firms)
    assert "people" not in (await firms.read(deal))["possible"]
    assert (await firms.ask(deal, 1, status=409))["code"] == "deal_full"
    assert (await firms.ask(deal, 1, status=422, replaces_id=gone["id"]))["code"] == "replaces_unknown"
    last = date.fromisoformat((await firms.send("POST", f"/lent/{gone['id']}/refuse", "person0", {}))["last_day"])
    assert "people" in (await firms.read(deal))["possible"]
    assert (await firms.ask(deal, 1, status=409))["code"] == "deal_full"
    lent = await firms.come(deal, 1, replaces_id=gone["id"])
    assert (lent["state"], lent["first_day"], lent["replaces_id"]) == ("consented", str(last + DAY), gone["id"])
    assert (await firms.ask(deal, 2, status=409, first_day=str(last + DAY)))["code"] == "deal_full"
    await on(firms, (last - firms.today).days + 1)
    assert [(await of(firms, at))["state"] for at in (0, 1)] == ["returning", "working"]
    notice = {"reason": "unfit", "last_day": str(last + 3 * DAY)}
    await firms.send("POST", f"/lent/{lent['id']}/end", "borrower", notice)
    assert (await firms.ask(deal, 2, replaces_id=lent["id"]))["first_day"] == str(last + 4 * DAY)
    assert (await firms.read(deal))["people"] == {"returning": 1, "working": 1, "asked": 1}
    assert await breaches(ctx) == []


async def test_notice_is_taken_back_by_both_firms_and_the_person(ctx: Context, client: Client) -> None:
    """With a later day agreed whoever was to go at the deal's end is asked, and stays by the own signature; who has
    notice of the own goes."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.signed(2)
    await on(firms, 7)
    path, own, end, later = f"/deals/{deal['id']}", *(firms.today + at * DAY for at in (9, 12, 20))
    body = {"reason": "unfit", "last_day": str(own)}
    await firms.send("POST", f"/lent/{(await of(firms, 1))['id']}/end", "borrower", body)
    await firms.send("POST", f"{path}/return", "lender", {"reason": "own_work_again", "last_day": str(end)})
    await firms.send("POST", f"{path}/longer", "borrower", {"last_day": str(later)})
    await firms.longer(deal, "lender")
    assert [(await of(firms, at))["longer_until"] for at in (0, 1)] == [str(later), None]
    staying = (await of(firms))["id"]
    assert (await firms.ask(deal, 0, status=422, replaces_id=staying))["code"] == "replaces_unknown"
    await firms.sign("lent", staying)
    stays = await of(firms)
    assert (stays["last_day"], stays["end_reason"]) == (str(later), None)
    await on(firms, 13)
    assert [(await of(firms, at))["state"] for at in (0, 1)] == ["working", "returning"]
    assert await breaches(ctx) == []


async def test_a_declined_agreement_of_a_later_day_is_drawn_anew(ctx: Context, client: Client) -> None:
    """It is told as lacking, and the lender draws it again; what it extends is what was signed, however often a later
    day was agreed."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    assert (await firms.read(deal))["signed_until"] == deal["last_day"]

    async def paper() -> Any:
        found = (await firms.send("GET", f"/agreements?subject_id={deal['id']}", "lender"))["items"][0]
        return await firms.send("GET", f"/agreements/{found['id']}", "lender")

    async def stands() -> str:
        listed = await firms.send("GET", f"/deals/{deal['id']}/guidance", "officer")
        return str(next(each for each in listed["items"] if each["code"] == "firms_signed")["stands"])

    for days in (30, 40):
        until = firms.today + days * DAY
        await firms.send("POST", f"/deals/{deal['id']}/longer", "lender", {"last_day": str(until)})
        await firms.longer(deal, "borrower")
    signed = date.fromisoformat(deal["last_day"])
    drawn = await paper()
    said = f"由{signed.year}年{signed.month}月{signed.day}日延至{until.year}年{until.month}月{until.day}日"
    assert said in drawn["text"]
    assert "list" not in (await firms.read(deal))["possible"]
    await firms.send("POST", f"/agreements/{drawn['agreement']['id']}/decline", "borrower", {})
    assert await stands() == "lacking"
    assert "list" in (await firms.read(deal))["possible"]
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    assert await stands() == "lacking"
    assert said in (await paper())["text"]
    await firms.sign("deal", deal["id"])
    assert (await stands(), (await firms.read(deal))["signed_until"]) == ("in_order", str(until))
    refused = await firms.send("POST", f"/deals/{deal['id']}/list", "lender", status=409)
    assert refused["code"] == "deal_not_open"


async def test_a_post_that_demands_a_certificate_is_told_of(ctx: Context, client: Client) -> None:
    """Who has said yes and has no valid one on record hears of it, the firms too, and the guidance lacks it; with one
    on record for all the days nobody hears anything."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.agreed(trade="electrician", work="配电柜检修")
    lent = await firms.come(deal, 0)
    for who, template in (("person0", "lent.papers_person"), ("lender", "lent.papers"), ("borrower", "lent.papers")):
        told = [each for each in (await firms.send("GET", "/messages", who))["items"] if each["template"] == template]
        assert len(told) == 1, who
        assert "_" not in told[0]["text"]
    listed = (await firms.send("GET", f"/deals/{deal['id']}/guidance", "officer"))["items"]
    assert next(each["stands"] for each in listed if each["code"] == "papers_held") == "lacking"
    assert lent["state"] == "consented"
    other = await firms.agreed(trade="dishwashing")
    await firms.come(other, 1)
    listed = (await firms.send("GET", f"/deals/{other['id']}/guidance", "officer"))["items"]
    assert next(each["stands"] for each in listed if each["code"] == "papers_held") == "in_order"
    assert "lent.papers_person" not in [
        each["template"] for each in (await firms.send("GET", "/messages", "person1"))["items"]
    ]


async def test_the_firms_sign_that_it_lasts_longer(ctx: Context, client: Client) -> None:
    """With the yes to a later day a new agreement lies before both, until then the old one holds and the guidance says
    that something is to be signed; a deal that has not come about waits for no officer."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    until = firms.today + 30 * DAY
    await firms.send("POST", f"/deals/{deal['id']}/longer", "lender", {"last_day": str(until)})
    await firms.longer(deal, "borrower")

    async def papers() -> list[str]:
        found = (await firms.send("GET", f"/agreements?subject_id={deal['id']}", "lender"))["items"]
        return [each["state"] for each in found]

    async def found(item: str) -> str:
        listed = await firms.send("GET", f"/deals/{deal['id']}/guidance", "officer")
        return str(next(each for each in listed["items"] if each["code"] == item)["stands"])

    assert await papers() == ["drawn", "signed"]
    assert await found("firms_signed") != "in_order"
    new = (await firms.send("GET", f"/agreements?subject_id={deal['id']}", "lender"))["items"][0]
    text = (await firms.send("GET", f"/agreements/{new['id']}", "lender"))["text"]
    assert f"{until.year}年{until.month}月{until.day}日" in text
    await firms.sign("deal", deal["id"])
    assert await papers() == ["signed", "superseded"]
    assert await found("firms_signed") == "in_order"
    assert (await firms.read(deal))["state"] == "extended"
    other = await firms.agreed(first_day=str(firms.today + 9 * DAY), last_day=str(firms.today + 250 * DAY))
    assert other["review"] == "open"
    waiting = [each["id"] for each in (await firms.send("GET", "/deals?review=open", "officer"))["items"]]
    assert waiting == [other["id"]]
    await firms.send("POST", f"/deals/{other['id']}/cancel", "lender", {"reason": "other"})
    assert (await firms.send("GET", "/deals?review=open", "officer"))["items"] == []


async def test_without_both_signatures_to_a_later_day_everybody_goes_back(ctx: Context, client: Client) -> None:
    """Two days before, both firms are reminded; then everybody goes back, also who would have stayed, and it is over on
    the day that both have signed. Where they sign in time it goes on, and nobody is reminded."""
    firms = await two_firms(ctx, client, people=2)
    late, good = await firms.signed(), await firms.agreed()
    await firms.come(good, 1)
    await firms.send("POST", f"/deals/{good['id']}/list", "lender")
    await firms.sign("deal", good["id"])
    await on(firms, 7)
    until = str(firms.today + 40 * DAY)
    for at, deal in enumerate((late, good)):
        await firms.send("POST", f"/deals/{deal['id']}/longer", "lender", {"last_day": until})
        await firms.longer(deal, "borrower")
        await firms.sign("lent", (await of(firms, at))["id"])
    await firms.sign("deal", good["id"])
    assert [(await of(firms, at))["last_day"] for at in (0, 1)] == [until, until]
    for days, reminded in ((18, 0), (19, 1), (21, 1)):
        await on(firms, days)
        for who in ("lender", "borrower"):
            told = [each for each in (await firms.send("GET", "/messages", who))["items"]
                    if each["template"] == "deal.longer_unsigned"]  # fmt: skip
            assert [str(late["number"]) in each["text"] for each in told] == [True] * reminded, days
    over = await firms.read(late)
    assert (over["state"], over["signed_until"]) == ("returning", late["last_day"])
    listed = (await firms.send("GET", f"/deals/{late['id']}/guidance", "officer"))["items"]
    assert next(each["stands"] for each in listed if each["code"] == "firms_signed") == "in_order"
    gone = await of(firms)
    assert (gone["state"], gone["end_reason"]) == ("returning", "longer_unsigned")
    assert await value_of(ctx, f"select left_on from lent where id = '{gone['id']}'") == date.fromisoformat(
        late["last_day"]
    )
    assert ((await firms.read(good))["state"], (await of(firms, 1))["state"]) == ("extended", "working")
    span = f"since={firms.today}&until={firms.today + 21 * DAY}"
    assert (await firms.send("GET", f"/lendings/figures?region=310000&{span}", "officer"))["ended_early"] == 0
    notice = {"reason": "unfit", "last_day": str(firms.today + 23 * DAY)}
    await firms.send("POST", f"/lent/{(await of(firms, 1))['id']}/end", "borrower", notice)
    await on(firms, 24)
    span = f"since={firms.today}&until={firms.today + 24 * DAY}"
    assert (await firms.send("GET", f"/lendings/figures?region=310000&{span}", "officer"))["ended_early"] == 1
    assert await breaches(ctx) == []


async def test_who_leaves_and_until_when_is_told_to_all_three(ctx: Context, client: Client) -> None:
    """Both firms read the last day, without a reason or a name; the person reads that it is recorded; a second no, or
    a look at what was answered, is told as what it is."""
    firms = await two_firms(ctx, client)
    await firms.signed()
    await on(firms, 7)
    lent = await of(firms)
    gone = await firms.send("POST", f"/lent/{lent['id']}/refuse", "person0", {"reason": "family"})
    assert (gone["state"], gone["last_day"]) == ("working", str(firms.today + 10 * DAY))
    said = (firms.today + 10 * DAY).strftime("%-m月%-d日")
    for who, words in (("lender", "要退出"), ("borrower", "要退出"), ("person0", "已登记：您在")):
        texts = [each["text"] for each in (await firms.send("GET", "/messages", who))["items"]]
        (text,) = [each for each in texts if words in each and said in each]
        assert "走不开" not in text
    again = await firms.send("POST", f"/lent/{lent['id']}/open", "person0", status=409)
    assert again["code"] == "wrong_state"


async def test_firms_hear_that_an_officer_looks_first(ctx: Context, client: Client) -> None:
    """At the yes, and again where it is opened under way; what is barred or cleared they hear anyway."""
    firms = await two_firms(ctx, client)
    await firms.agreed(own_staff=4)
    for who in ("lender", "borrower"):
        texts = [each["text"] for each in (await firms.send("GET", "/messages", who))["items"]]
        assert len([each for each in texts if "先由工作人员核查" in each]) == 1


async def test_what_is_over_is_not_barred(ctx: Context, client: Client) -> None:
    """Looked at after its end, a deal can be found in order and no more: there is nothing left to stop."""
    firms = await two_firms(ctx, client)
    row = await a_deal(ctx, firms.lender, firms.borrower, state="settled")
    async with ctx.uow() as uow:
        await look_at(uow, await uow.deals.get(row.id, lock=True), ("paid_above",), by=SYSTEM)
    deal = await firms.read({"id": row.id}, "officer")
    path, seen = f"/deals/{row.id}/review", f'"{deal["version"]}"'
    body = {"outcome": "barred", "note": "钱没有退"}
    assert (await firms.send("POST", path, "officer", body, status=409, if_match=seen))["code"] == "deal_not_open"
    cleared = await firms.send("POST", path, "officer", body | {"outcome": "cleared"}, if_match=seen)
    assert (cleared["review"], cleared["state"]) == ("cleared", "settled")


async def test_a_later_day_is_looked_at_when_it_is_proposed(ctx: Context, client: Client) -> None:
    """Longer than a deal may last is refused to who proposes it; what stands against a later day is read before it is
    answered."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    path = f"/deals/{deal['id']}/longer"
    far = await firms.send("POST", path, "borrower", {"last_day": str(firms.today + 900 * DAY)}, status=422)
    assert far["code"] == "term_too_long"
    await firms.send("POST", path, "borrower", {"last_day": str(firms.today + 60 * DAY)})
    assert (await firms.read(deal))["stands_against"] == []
    async with ctx.uow() as uow:
        await look_at(uow, await uow.deals.get(UUID(deal["id"]), lock=True), ("long_term",), by=SYSTEM)
    assert (await firms.read(deal))["stands_against"] == ["deal_under_review"]
    assert (await firms.read(deal, "officer"))["possible"] == ["review", "breach"]


async def test_a_leave_outlasts_an_older_signature(ctx: Context, client: Client) -> None:
    """The person signs for longer, then wants no more of it: the firms' signatures come too late, and who leaves is not
    asked to stay."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.signed(2)
    await on(firms, 7)
    path, until = f"/deals/{deal['id']}/longer", firms.today + timedelta(days=60)
    await firms.send("POST", path, "borrower", {"last_day": str(until)})
    await firms.longer(deal, "lender")
    paper = await paper_of(firms, await of(firms), "person0")
    await sign_by_code(firms, paper, "person0", firms.phones[0])
    left = await firms.send("POST", f"/lent/{(await of(firms))['id']}/refuse", "person0", {})
    assert (left["longer_until"], left["last_day"]) == (None, str(firms.today + 10 * DAY))
    assert (await paper_of(firms, left, "person0"))["agreement"]["state"] == "void"
    await firms.send("POST", path, "borrower", {"last_day": str(until + DAY)})
    await firms.longer(deal, "lender")
    assert [(await of(firms, at))["longer_until"] for at in (0, 1)] == [None, str(until + DAY)]
    await goes_to(firms, firms.today + 11 * DAY)
    assert (await of(firms))["state"] == "returning"
    assert await breaches(ctx) == []


async def test_each_persons_message_arrives(ctx: Context, client: Client) -> None:
    """Two are hurt, one of them later than was first said: the lender hears three times what it has to do."""
    firms = await two_firms(ctx, client, people=2)
    await firms.signed(2)
    await on(firms, 7)
    await on(firms, 9)
    day = (firms.today + 8 * DAY).isoformat()
    for at, hour in ((0, "09"), (1, "10"), (1, "11")):
        path = f"/lent/{(await of(firms, at))['id']}/injury"
        await firms.send("POST", path, f"person{at}", {"at": f"{day}T{hour}:00:00+08:00"})
    told = [each["text"] for each in (await firms.send("GET", "/messages", "lender"))["items"]]
    assert sum("有职工受伤" in each for each in told) == 3


async def test_an_injury_is_of_the_days_there(ctx: Context, client: Client) -> None:
    """What happened after the person went home is no injury of the lending."""
    firms = await two_firms(ctx, client)
    await firms.signed()
    await on(firms, 7)
    await firms.send("POST", f"/lent/{(await of(firms))['id']}/end", "borrower", {"reason": "work_over"})
    await on(firms, 12)
    at = f"{(firms.today + 10 * DAY).isoformat()}T09:00:00+08:00"
    refused = await firms.send("POST", f"/lent/{(await of(firms))['id']}/injury", "lender", {"at": at}, status=422)
    assert refused["code"] == "injury_time"


async def test_a_deal_ends_when_the_last_one_says_no(ctx: Context, client: Client) -> None:
    """The only worker has gone back, somebody more was asked and refuses: it does not run on with nobody there; both
    firms hear it."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.signed()
    await on(firms, 7)
    await firms.ask(deal, 1)
    await firms.send("POST", f"/lent/{(await of(firms))['id']}/end", "borrower", {"reason": "work_over"})
    assert (await firms.read(deal))["state"] == "running"
    await firms.send("POST", f"/lent/{(await of(firms, 1))['id']}/refuse", "person1", {})
    assert (await firms.read(deal))["state"] == "returning"
    for who in ("lender", "borrower"):
        told = [each["text"] for each in (await firms.send("GET", "/messages", who))["items"]]
        assert any("工作都已结束" in each for each in told)
    assert await breaches(ctx) == []


async def test_a_restricted_firm_asks_nobody(ctx: Context, client: Client) -> None:
    """Its standing is asked at each step, not at the first and the last only."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    lent = await firms.ask(deal)
    async with ctx.uow() as uow:
        row = await uow.employers.lock(firms.lender.id)
        await uow.move(row, EMPLOYER, "restrict", by=SYSTEM, at=await uow.now(), reason="complaints")
    assert (await firms.ask(deal, 1, status=409))["code"] == "lender_not_in_order"
    assert (await firms.send("POST", f"/lent/{lent['id']}/open", "person0", status=409))[
        "code"
    ] == "lender_not_in_order"


async def test_what_is_barred_stays_barred(ctx: Context, client: Client) -> None:
    """Another sign comes up afterwards: it is on record, and the officer's word and note stand."""
    firms = await two_firms(ctx, client)
    deal = await a_deal(
        ctx, firms.lender, firms.borrower, state="firms_agreed", review="barred", review_signs=["long_term"],
        review_note="像派遣", reviewed_by=firms.who["officer"][1].id,
    )  # fmt: skip
    async with ctx.uow() as uow:
        await look_at(uow, await uow.deals.get(deal.id, lock=True), ("paid_above",), by=SYSTEM)
    seen = await firms.read({"id": str(deal.id)})
    assert (seen["review"], seen["review_note"]) == ("barred", "像派遣")
    assert seen["review_signs"] == ["long_term", "paid_above"]


async def test_a_part_that_came_is_confirmed_as_a_part(ctx: Context, client: Client) -> None:
    """Half is said to be paid; «received» without an amount means that half, and the rest stays due."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    await on(firms, 9)
    await firms.send("POST", f"/deals/{deal['id']}/return", "lender", {"reason": "own_work_again"})
    await goes_to(firms, firms.today + 13 * DAY)
    leg = next(each for each in await legs_of(firms, "lender") if each["kind"] == "wage")
    half = {"amount_fen": leg["due_fen"] // 2, "paid_on": str(firms.today + 13 * DAY)}
    await money(firms, "POST", f"/settlement-legs/{leg['id']}/pay", "lender", half)
    told = await money(firms, "POST", f"/settlement-legs/{leg['id']}/confirm", "person0", {})
    assert (told["state"], told["received_fen"]) == ("due", leg["due_fen"] // 2)
    assert told["owed_fen"] == leg["due_fen"] - leg["due_fen"] // 2


async def test_a_place_is_said_once(ctx: Context, client: Client) -> None:
    """An address that begins with its district does not have it twice in the paper."""
    firms = await two_firms(ctx, client)
    said = {}
    for address in ("徐汇区漕溪路1号", "上海市徐汇区漕溪路1号", "漕溪路1号"):
        deal = await firms.agreed(address=address)
        await firms.come(deal)
        paper = await paper_of(firms, await of(firms), "person0")
        said[address] = next(line for line in paper["summary"] if "漕溪路" in line)
        await firms.send("POST", f"/deals/{deal['id']}/cancel", "lender", {"reason": "other"})
    assert len(set(said.values())) == 1, said
    assert "上海市徐汇区漕溪路1号" in said["漕溪路1号"]
