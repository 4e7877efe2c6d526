"""Evidence packs on a real database: whose they are, that they only grow, and what erasing leaves."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any, get_args

import pypdf
import pytest
import segno

from service.alarms import ports as alarms
from service.alarms.rules import Leaving
from service.cases import proofs as cases
from service.cases.ways import all_kinds, all_ways, charges
from service.context import Context
from service.errors import Missing, Refused
from service.evidence import usecases
from service.evidence.printing import pdf_of
from service.evidence.repository import work
from service.evidence.usecases import namings
from service.evidence.views import PackView
from service.i18n import LANGUAGES, catalogue
from service.pay import usecases as pay
from service.proof import Fact, Side
from service.referrals import proofs as referrals
from service.uow import Uow
from service.verifying.packs import verify_pack
from tests.builders.attendance import Scene, a_scene, at, officer_caller, rows, worker_caller
from tests.builders.city import an_officer
from tests.builders.papers import NEVER, whole_terms
from tests.usecases.test_pay import agreed

REASON = "wage_claim"


async def a_worked_seat(ctx: Context, **more: Any) -> Scene:
    """A seat with its hours agreed by both and its pay due."""
    scene = await a_scene(ctx, **more)
    await agreed(ctx, scene, scene.engagement)
    return scene


def keys_of(ctx: Context) -> dict[str, Any]:
    return {"keys": [key.told() for key in ctx.signer.public_keys()]}


async def pack_of(ctx: Context, scene: Scene) -> PackView:
    return await usecases.get_pack(ctx, scene.engagement.id, by=scene.as_worker)


async def test_a_pack_tells_the_story_and_holds(ctx: Context) -> None:
    """Terms, seat, arrival, hours of both sides and pay are in it; every hash and the signature stand."""
    scene = await a_worked_seat(ctx)
    pack = await pack_of(ctx, scene)
    what = [entry["what"] for entry in pack.entries]
    for told in ("party.employer", "party.worker", "application.create", "engagement.start", "attendance.check_in",
                 "timesheet.agree", "pay_record.fall_due", "message.told"):  # fmt: skip
        assert told in what, told
    due = next(entry for entry in pack.entries if entry["what"] == "pay_record.fall_due")
    assert due["facts"]["due_fen"] == 10_000
    assert verify_pack(pack.file, keys_of(ctx)) == []


async def test_names_stand_in_it_as_commitments_only(ctx: Context) -> None:
    """The worker's own file opens name and phone; the chain, the row and an officer's file hold neither."""
    scene = await a_worked_seat(ctx)
    pack = await pack_of(ctx, scene)
    async with ctx.uow() as uow:
        person = await uow.people.get(scene.worker.id)
        name, phone = uow.people.name_of(person), uow.people.phone_of(person)
    assert {"name", "phone"} <= {opening["field"] for opening in pack.openings}
    core = json.dumps([pack.entries, pack.header], ensure_ascii=False)
    assert str(name) in pack.file.decode()
    assert str(name) not in core
    assert str(phone) not in core
    officer = officer_caller((await an_officer(ctx)).id, "310000")
    seen = await usecases.get_pack(ctx, scene.engagement.id, by=officer, reason=REASON)
    assert seen.openings == []
    assert seen.entries == pack.entries
    assert verify_pack(seen.file, keys_of(ctx)) == []


async def test_the_same_head_is_the_same_bytes(ctx: Context) -> None:
    """Asked for again, later, the file does not change while nothing has happened."""
    scene = await a_worked_seat(ctx)
    first = await pack_of(ctx, scene)
    async with ctx.uow() as uow:
        later = await uow.now() + timedelta(days=1)
    await at(ctx, later)
    again = await pack_of(ctx, scene)
    assert again.file == first.file
    assert pdf_of(again, "zh-CN", namings(ctx)) == pdf_of(first, "zh-CN", namings(ctx))


async def test_a_later_pack_begins_with_the_former_one(ctx: Context) -> None:
    """What happens afterwards stands behind; nothing before it is another."""
    scene = await a_worked_seat(ctx)
    former = await pack_of(ctx, scene)
    (record,) = await rows(ctx, "select id from pay_records where engagement_id = :id", id=scene.engagement.id)
    await pay.pay_record(ctx, record["id"], amount_fen=10_000, means="wechat", paid_at=None, by=scene.as_member)
    later = await pack_of(ctx, scene)
    assert later.entries[: former.count] == former.entries
    assert later.count > former.count
    assert later.id != former.id
    assert verify_pack(later.file, keys_of(ctx)) == []
    assert verify_pack(former.file, keys_of(ctx)) == []


async def test_whose_pack_it_is(ctx: Context) -> None:
    """Each side gets its own, staff of the place with a reason, and nobody else anything."""
    scene, other = await a_worked_seat(ctx), await a_scene(ctx)
    seat = scene.engagement.id
    theirs = await usecases.get_pack(ctx, seat, by=scene.as_member)
    assert theirs.side == "employer"
    assert "id_number" not in {opening["field"] for opening in theirs.openings}
    for stranger in (other.as_worker, other.as_member, worker_caller(other.worker.id)):
        with pytest.raises(Missing):
            await usecases.get_pack(ctx, seat, by=stranger)
    with pytest.raises(Missing):
        await usecases.get_pack(ctx, seat, by=scene.as_member, side="worker")
    near, far = officer_caller((await an_officer(ctx)).id, "310000"), officer_caller(scene.worker.id, "330200")
    with pytest.raises(Missing):
        await usecases.get_pack(ctx, seat, by=far, reason=REASON)
    with pytest.raises(Refused, match="evidence_reason_needed"):
        await usecases.get_pack(ctx, seat, by=near)
    await usecases.get_pack(ctx, seat, by=near, reason=REASON, side="employer")
    (looked,) = await rows(ctx, "select purpose from unmaskings where 'evidence' = \"column\"")
    assert looked["purpose"] == REASON


async def test_erasing_a_person_leaves_every_pack_whole(ctx: Context) -> None:
    """Once the person's key is gone, or was asked to be forgotten, no value is left and old files still verify."""
    scene = await a_worked_seat(ctx)
    before = await pack_of(ctx, scene)
    worker = scene.worker.id
    fresh = ctx.vault.new_data_key()
    await rows(ctx, "update persons set data_key = :key where id = :id returning 1", key=fresh, id=worker)
    after = await pack_of(ctx, scene)
    assert {"name", "phone"} <= {opening["field"] for opening in before.openings}
    assert after.openings == []
    assert after.entries == before.entries
    assert verify_pack(after.file, keys_of(ctx)) == []
    assert verify_pack(before.file, keys_of(ctx)) == []
    async with ctx.uow() as uow:
        await ctx.wiring.ports["evidence.forget"](uow, worker)
    assert await rows(ctx, "select 1 from evidence_openings where person_id = :id", id=worker) == []
    assert (await pack_of(ctx, scene)).head == before.head


async def test_another_feature_tells_its_part(ctx: Context) -> None:
    """A source that a feature registers comes in by itself, for the side that may see it."""

    async def incidents(uow: Uow, seat: Any, side: Side) -> list[Fact]:
        now = await uow.now()
        own = [Fact("incident:1", now, "worker", "incident.report", {"injury": True})]
        return own if side == "worker" else []

    ports = dict(ctx.wiring.ports) | {"evidence.sources.incidents": incidents}
    ours = replace(ctx, wiring=replace(ctx.wiring, ports=ports))
    scene = await a_worked_seat(ctx)
    assert "incident.report" in {entry["what"] for entry in (await pack_of(ours, scene)).entries}
    theirs = await usecases.get_pack(ours, scene.engagement.id, by=scene.as_member)
    assert "incident.report" not in {entry["what"] for entry in theirs.entries}


async def test_two_who_ask_at_once_get_one_chain(ctx: Context) -> None:
    """Eight requests at a new head make one pack, all the same."""
    import asyncio

    scene = await a_worked_seat(ctx)
    packs = await asyncio.gather(*(pack_of(ctx, scene) for _ in range(8)))
    assert len({pack.file for pack in packs}) == 1
    assert len(await rows(ctx, "select 1 from evidence_packs where side = 'worker'")) == 1


async def test_the_paper_says_it_in_chinese_with_the_hash_as_qr(ctx: Context) -> None:
    """The PDF opens, its text is Chinese, names the worker, and its QR is the one of pack and head."""
    scene = await a_worked_seat(ctx)
    pack = await pack_of(ctx, scene)
    reader = pypdf.PdfReader(BytesIO(pdf_of(pack, "zh-CN", namings(ctx))))
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    for words in ("用工凭证", "应付报酬", "100.00", "到岗", pack.head, str(pack.id)):
        assert words in text, words
    async with ctx.uow() as uow:
        assert str(uow.people.name_of(await uow.people.get(scene.worker.id))) in text
    drawn = reader.pages[-1].get_contents()
    assert drawn is not None
    dark = sum(map(sum, segno.make(pack.qr, error="m", micro=False).matrix))
    assert drawn.get_data().count(b" re f") == dark
    english = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf_of(pack, "en", namings(ctx)))).pages)
    assert "Pay due" in english


async def test_the_paper_holds_nothing_of_machines(ctx: Context) -> None:
    """Terms with every field, times, states, messages: no dict, instant, template code, None or point."""
    scene = await a_worked_seat(ctx, posting={"terms": whole_terms()})
    pack = await pack_of(ctx, scene)
    hashes = (pack.head, str(pack.id), pack.key_id, pack.signature["value"], str(scene.engagement.id),
              str(pack.header["terms_hash"]))  # fmt: skip
    for language in ("zh-CN", "en"):
        pages = pypdf.PdfReader(BytesIO(pdf_of(pack, language, namings(ctx)))).pages
        text = "".join(page.extract_text() for page in pages)
        flat = text.replace("\n", "")
        for known in (*hashes, "service.verifying", str(pack.header["service"])):
            flat = flat.replace(known.replace("\n", ""), "")
        for what in ("a value of Python", "an instant of machines", "a point"):
            assert not NEVER[what].findall(flat), (what, NEVER[what].findall(flat))
        assert not re.findall(r"(?:timesheet|pay|attendance|engagement|message)[.][a-z_]+", flat), flat
        assert "by_employer" not in flat
    chinese = "".join(
        page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf_of(pack, "zh-CN", namings(ctx)))).pages
    )
    for words in ("25 元/小时", "2026年11月23日 17:00", "健康证", "工时已定"):
        assert words in chinese.replace("\n", ""), words


async def test_a_households_door_cannot_be_guessed_from_a_pack(ctx: Context) -> None:
    """Name, words and hash of a household's terms stand in the chain as commitments only, in the header not at all."""
    scene = await a_worked_seat(ctx)
    await rows(
        ctx, "update employers set kind = 'household' where id = :id returning 1", id=scene.engagement.employer_id
    )
    pack = await pack_of(ctx, scene)
    assert pack.header["terms_hash"] is None
    assert scene.engagement.terms_hash not in json.dumps([pack.header, pack.entries])
    party = next(entry for entry in pack.entries if entry["what"] == "party.employer")
    assert set(party["facts"]["name"]) == {"commitment"}
    assert pack.opened(party["seq"], "name")
    assert verify_pack(pack.file, keys_of(ctx)) == []


TOLD = (
    *referrals.REFERRAL, *referrals.TALK, *referrals.SLIP, *cases.COLUMNS, *cases.WORDS, *cases.HANDOVER,
    *cases.APPEAL, *alarms.TOLD, *work.APPLICATION, *work.SEAT, *work.HOURS, *work.PAY,
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_and_every_code_of_a_case_has_words(language: str) -> None:
    """No column's name stands on the paper; kinds, charges and ways of cases, and how one left, are said by names."""
    said = catalogue(language)
    assert [name for name in TOLD if f"evidence.fact.{name}" not in said] == []
    codes = {"kind": [row.code for row in all_kinds()], "charge": charges(), "way": [row.code for row in all_ways()]}
    unnamed = [
        code for name, known in codes.items() for code in known
        if cases.name_in_case("case.open", name, code, language) in (None, code)
    ]  # fmt: skip
    assert unnamed == []
    assert [how for how in get_args(Leaving) if f"evidence.value.left_as.{how}" not in said] == []
