"""Agreements over HTTP: signing by code and on paper, declining, reading, printing, checking."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO

import httpx2
import pypdf
from sqlalchemy import text

from service.context import Context
from tests.builders.agreeing import PHONES, the_sides
from tests.builders.agreements import GIVEN, PIXEL, added
from tests.builders.attendance import START, at, rows
from tests.builders.city import a_member, a_worker, an_officer, as_member, as_staff, as_worker
from tests.builders.people import sent_code

Client = httpx2.AsyncClient


async def test_both_sign_by_code_and_each_gets_a_copy(client: Client, ctx: Context) -> None:
    """One signature leaves it drawn, the second signs it; both are told; hash, text, PDF and check agree."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    first = await sides.sign(shown, "owner")
    assert (first.status_code, first.json()["state"]) == (200, "drawn")
    again = await client.post(f"/v1/agreements/{shown['agreement']['id']}/signature-codes", headers=sides.owner)
    assert (again.status_code, again.json()["code"]) == (409, "agreement_signed_already")
    last = await sides.sign(shown, "worker")
    assert (last.status_code, last.json()["state"]) == (200, "signed")
    assert [(each["role"], each["how"], each["signed"]) for each in last.json()["signatures"]] == [
        ("employer", "code", True), ("worker", "code", True),
    ]  # fmt: skip
    for who in (sides.worker, sides.owner):
        told = [each["text"] for each in (await client.get("/v1/messages", headers=who)).json()["items"]]
        assert any("各方都已签好" in text for text in told)
        mine = (await client.get("/v1/agreements", headers=who)).json()["items"]
        assert [each["id"] for each in mine] == [shown["agreement"]["id"]]
    whole = (await sides.get(shown, sides.worker)).json()
    assert hashlib.sha256(whole["text"].encode()).hexdigest() == shown["agreement"]["hash"]
    own = shown["agreement"]["hash"]
    for body in ({"text": whole["text"]}, {"hash": own}, {"hash": own.upper()}):
        verdict = (await client.post("/v1/agreements/verify", json=body)).json()
        assert (verdict["known"], verdict["live"], verdict["state"]) == (True, True, "signed")
        assert "张三" not in str(verdict)
    forged = whole["text"].replace("25 元", "20 元")
    assert forged != whole["text"]
    assert not (await client.post("/v1/agreements/verify", json={"text": forged})).json()["known"]
    both = await client.post("/v1/agreements/verify", json={"text": forged, "hash": "0" * 64})
    assert both.json()["code"] == "agreement_hash_or_text"
    short = (await client.post("/v1/agreements/verify", json={"hash": "abc"})).json()["errors"][0]
    assert (short["pointer"], short["code"]) == ("/hash", "text_unlike")
    assert "9f86d081" in short["message"]
    paper = await sides.get(shown, sides.worker, "/pdf")
    assert paper.headers["content-type"] == "application/pdf"
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(paper.content)).pages]
    assert all(shown["agreement"]["hash"] in page and "第1版" in page for page in pages)
    text = "".join(pages)
    assert text.count("已签，本人手机验证码") == 2
    late = await client.post(
        f"/v1/agreements/{shown['agreement']['id']}/decline", json={"reason": "other"}, headers=sides.worker
    )
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_what_differs_is_shown_and_accepted_before_signing(client: Client, ctx: Context) -> None:
    """The agreement pays later than the posting: before and after in the summary; no signature without it."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn(settlement="half_month")
    assert shown["agreement"]["differs"] == ["pay_day"]
    page = (await sides.get(shown, sides.worker, "/summary")).json()
    assert ("日结" in page["differences"][0]["before"], "半月结" in page["differences"][0]["after"]) == (True, True)
    assert any("半月结" in line for line in page["lines"])
    assert page["text"] == "\n".join(page["lines"])
    refused = await sides.sign(shown, "worker", differs_accepted=[])
    assert (refused.status_code, refused.json()["code"]) == (422, "agreement_differs_unread")
    assert refused.json()["facts"]["terms"] == ["pay_day"]
    await at(ctx, START.replace(hour=10))
    unread = await sides.sign(shown, "worker", summary_read=False)
    assert (unread.status_code, unread.json()["code"]) == (422, "agreement_summary_unread")
    await at(ctx, START.replace(hour=11))
    assert (await sides.sign(shown, "worker")).status_code == 200


async def test_signing_with_another_hash_code_or_hand_is_refused(client: Client, ctx: Context) -> None:
    """An old hash, a wrong code, a code of another agreement or person, a clerk, a stranger, an officer."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    changed = await sides.sign(shown, "worker", hash="0" * 64)
    assert (changed.status_code, changed.json()["code"]) == (409, "agreement_changed")
    where = f"/v1/agreements/{shown['agreement']['id']}"
    await at(ctx, START.replace(hour=10))
    asked = await client.post(f"{where}/signature-codes", headers=sides.worker)
    code = await sent_code(client, PHONES["worker"])
    wrong = "".join("1" if digit == "0" else "0" for digit in code)
    body = {"hash": shown["agreement"]["hash"], "summary_read": True, "challenge_id": asked.json()["challenge_id"]}
    answer = await client.post(f"{where}/sign", json=body | {"code": wrong}, headers=sides.worker)
    assert (answer.status_code, answer.json()["code"]) == (401, "code_wrong")
    borrowed = await client.post(f"{where}/sign", json=body | {"code": code}, headers=sides.owner)
    assert (borrowed.status_code, borrowed.json()["code"]) == (401, "code_wrong")
    clerk = await as_member(ctx, await a_member(ctx, sides.scene.employer, role="clerk"))
    stranger = await as_worker(ctx, await a_worker(ctx))
    for who, status in ((clerk, 403), (stranger, 404), (sides.officer, 403)):
        assert (await client.post(f"{where}/sign", json=body | {"code": code}, headers=who)).status_code == status
    newer = (await sides.draw()).json()
    foreign = f"/v1/agreements/{newer['agreement']['id']}/sign"
    other = await client.post(
        foreign, json=body | {"hash": newer["agreement"]["hash"], "code": code}, headers=sides.worker
    )
    assert (other.status_code, other.json()["code"]) == (401, "code_wrong")
    signed = await rows(ctx, "select count(*) as n from signatures where signed_at is not null")
    assert signed == [{"n": 0}]


async def test_a_new_version_takes_the_place_of_the_old_one(client: Client, ctx: Context) -> None:
    """The signature under the old one counts no more; the old one is known as superseded."""
    sides = await the_sides(ctx, client)
    old = await sides.drawn()
    assert (await sides.sign(old, "owner")).status_code == 200
    new = (await sides.draw(rest="每周休一天")).json()
    assert (new["agreement"]["edition"], new["agreement"]["supersedes_id"]) == (2, old["agreement"]["id"])
    assert [each["signed"] for each in new["agreement"]["signatures"]] == [False, False]
    verdict = (await client.post("/v1/agreements/verify", json={"hash": old["agreement"]["hash"]})).json()
    assert (verdict["known"], verdict["live"], verdict["state"]) == (True, False, "superseded")
    late = await client.post(f"/v1/agreements/{old['agreement']['id']}/signature-codes", headers=sides.worker)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_the_owner_who_works_signs_once(client: Client, ctx: Context) -> None:
    """One person is never two parties: who owns the firm draws no agreement for an own seat."""
    sides = await the_sides(ctx, client)
    own_member = await a_member(ctx, sides.scene.employer)
    async with ctx.uow() as uow:
        row = await uow.members.get(sides.scene.employer.id, own_member.id)
        row.person_id = sides.scene.worker.id
    await sides.decide()
    mine = await as_member(ctx, row)
    where = f"/v1/engagements/{sides.scene.engagement.id}/agreements"
    refused = await client.post(where, json={"facts": added("written_agreement")}, headers=mine)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_seat")
    shown = (await sides.draw()).json()
    assert (await sides.sign(shown, "worker")).status_code == 200
    body = {"hash": shown["agreement"]["hash"], "summary_read": True, "picture": PIXEL}
    twice = await client.post(f"/v1/agreements/{shown['agreement']['id']}/sign-on-paper", json=body, headers=mine)
    assert (twice.status_code, twice.json()["code"]) == (409, "agreement_same_person")


async def test_paper_is_taken_at_the_counter_with_the_workers_yes(client: Client, ctx: Context) -> None:
    """Without the yes, or of what is no picture, nothing; with it the picture is kept sealed, and its hash shown."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    where = f"/v1/agreements/{shown['agreement']['id']}/sign-on-paper"
    body = {"hash": shown["agreement"]["hash"], "summary_read": True, "picture": PIXEL}
    no_yes = await client.post(where, json=body, headers=sides.officer)
    assert (no_yes.status_code, no_yes.json()["code"]) == (422, "on_behalf_needed")
    bad = await client.post(f"{where}?on_behalf=at_counter", json=body | {"picture": "a" * 40}, headers=sides.officer)
    assert (bad.status_code, bad.json()["code"]) == (422, "picture_unreadable")
    assert (await client.post(where, json=body, headers=sides.worker)).status_code == 403
    far = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    assert (await client.post(f"{where}?on_behalf=at_counter", json=body, headers=far)).status_code == 404
    taken = await client.post(f"{where}?on_behalf=at_counter", json=body, headers=sides.officer)
    assert taken.status_code == 200, taken.text
    last = await client.post(where, json=body, headers=sides.owner)
    assert last.json()["state"] == "signed"
    kept = await rows(ctx, "select how, picture_hash, picture_sealed, taken_by is null as own from signatures")
    assert {each["how"] for each in kept} == {"paper"}
    assert all(b"PNG" not in bytes(each["picture_sealed"]) and len(each["picture_hash"]) == 64 for each in kept)
    assert sorted(each["own"] for each in kept) == [False, True]
    for who, status in ((sides.worker, 200), (sides.owner, 200), (far, 404), (sides.officer, 422)):
        picture = await sides.get(shown, who, "/picture")
        assert picture.status_code == status
    opened = await sides.get(shown, sides.officer, "/picture?role=employer&reason=complaint")
    assert (opened.headers["content-type"], opened.content) == ("image/png", base64.b64decode(PIXEL))
    signer = await rows(ctx, "select signer_id from signatures where role = 'worker'")
    assert signer == [{"signer_id": sides.scene.worker.id}]


async def test_a_picture_is_of_one_paper_and_a_firms_wants_a_code(client: Client, ctx: Context) -> None:
    """The same picture under the next version is refused; a firm's owner whose last code is old shows a new one
    first."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    body = {"summary_read": True, "picture": PIXEL}
    where = f"/v1/agreements/{shown['agreement']['id']}/sign-on-paper?on_behalf=at_counter"
    taken = await client.post(where, json=body | {"hash": shown["agreement"]["hash"]}, headers=sides.officer)
    assert taken.status_code == 200, taken.text
    new = (await sides.draw(rest="每周休一天")).json()
    where = f"/v1/agreements/{new['agreement']['id']}/sign-on-paper"
    again = await client.post(
        f"{where}?on_behalf=at_counter", json=body | {"hash": new["agreement"]["hash"]}, headers=sides.officer
    )
    assert (again.status_code, again.json()["code"]) == (409, "picture_used")
    async with ctx.uow() as uow:
        await uow.session.execute(text("update sessions set fresh_factor_at = fresh_factor_at - interval '1 hour'"))
    old = await client.post(where, json=body | {"hash": new["agreement"]["hash"]}, headers=sides.owner)
    assert (old.status_code, old.json()["code"]) == (403, "step_up_needed")


async def test_who_declines_gives_a_reason_or_none(client: Client, ctx: Context) -> None:
    """A code of the list; the other side hears; it is over, and another can be drawn."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    where = f"/v1/agreements/{shown['agreement']['id']}/decline"
    odd = await client.post(where, json={"reason": "weather"}, headers=sides.worker)
    assert (odd.status_code, odd.json()["code"]) == (422, "reason_unknown")
    answer = await client.post(where, json={"reason": "injury_not_covered"}, headers=sides.worker)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["agreement"]["state"], answer.json()["agreement"]["close_reason"]) == (
        "declined", "injury_not_covered",
    )  # fmt: skip
    told = [each["text"] for each in (await client.get("/v1/messages", headers=sides.owner)).json()["items"]]
    assert any("有一方不同意" in text for text in told)
    again = (await sides.draw()).json()
    assert again["agreement"]["edition"] == 2
    silent = await client.post(f"/v1/agreements/{again['agreement']['id']}/decline", json={}, headers=sides.owner)
    assert silent.json()["agreement"]["state"] == "declined"


async def test_only_its_parties_and_officers_with_a_reason_read_it(client: Client, ctx: Context) -> None:
    """Others find nothing; the worker reads on record who looked; lists hold no name."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    stranger = await as_worker(ctx, await a_worker(ctx))
    for part in ("", "/summary", "/pdf"):
        assert (await sides.get(shown, sides.worker, part)).status_code == 200
        assert (await sides.get(shown, sides.owner, part)).status_code == 200
        assert (await sides.get(shown, stranger, part)).status_code == 404
        assert (await sides.get(shown, {}, part)).status_code == 401
        refused = await sides.get(shown, sides.officer, part)
        assert (refused.status_code, refused.json()["code"]) == (422, "agreement_reason_needed")
        assert (await sides.get(shown, sides.officer, f"{part}?reason=injury")).status_code == 200
        unknown = await sides.get(shown, sides.officer, f"{part}?reason=nonsense")
        assert (unknown.status_code, unknown.json()["code"]) == (422, "reason_unknown")
    seen = (await client.get("/v1/me/unmaskings", headers=sides.worker)).json()["items"]
    assert [(each["field"], each["purpose"]) for each in seen] == [("agreement", "injury")] * 3
    listed = await client.get("/v1/agreements", headers=sides.officer)
    assert [each["id"] for each in listed.json()["items"]] == [shown["agreement"]["id"]]
    assert "张三" not in listed.text
    assert (await client.get("/v1/agreements", headers=stranger)).json()["items"] == []
    narrowed = await client.get("/v1/agreements?state=signed", headers=sides.worker)
    assert narrowed.json()["items"] == []


async def test_an_identity_number_is_covered_until_all_have_signed(client: Client, ctx: Context) -> None:
    """The worker reads the own number; the employer only when both have signed, and that it did is on record."""
    sides = await the_sides(ctx, client)
    number = GIVEN["worker_id_number"]
    async with ctx.uow() as uow:
        person = await uow.people.get(sides.scene.worker.id)
        person.id_number_sealed = ctx.vault.seal_for(person.data_key, person.id.bytes, "id_number", number)
    assert (await sides.decide()).status_code == 201
    facts = {name: text for name, text in added("written_agreement").items() if name != "worker_id_number"}
    where = f"/v1/engagements/{sides.scene.engagement.id}/agreements"
    shown = (await client.post(where, json={"facts": facts}, headers=sides.owner)).json()
    assert shown["covered"]
    assert shown["text"] is None
    assert number not in str(shown)
    assert number in (await sides.get(shown, sides.worker)).text
    assert (await sides.sign(shown, "owner")).status_code == 200
    assert number not in (await sides.get(shown, sides.owner)).text
    assert (await sides.sign(shown, "worker")).status_code == 200
    whole = (await sides.get(shown, sides.owner)).json()
    assert number in whole["text"]
    assert hashlib.sha256(whole["text"].encode()).hexdigest() == shown["agreement"]["hash"]
    seen = (await client.get("/v1/me/unmaskings", headers=sides.worker)).json()["items"]
    assert ("id_number", "agreement") in {(each["field"], each["purpose"]) for each in seen}
