"""What is printed and handed on as evidence: plain words, nothing of machines."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx2

from service.attendance import usecases as attendance
from service.attendance.usecases.arrival import Proof
from service.attendance.usecases.timesheets import Figures
from service.context import Context
from tests.builders import cases, city
from tests.builders.attendance import Scene, a_scene, at
from tests.builders.papers import check_paper, whole_terms, words_of
from tests.usecases.test_pay import agreed

Client = httpx2.AsyncClient


async def extract(client: Client, scene: Scene, who: dict[str, str], language: str) -> str:
    answer = await client.get(
        f"/print/engagements/{scene.engagement.id}/extract", headers=who, params={"lang": language}
    )
    assert answer.status_code == 200, answer.text
    return words_of(answer.text)


async def test_the_printed_extract_is_in_words(ctx: Context, client: Client) -> None:
    """Of a worked seat with its terms, check-ins, hours, pay and messages: no dict, instant, code or point."""
    scene = await a_scene(ctx, posting={"terms": whole_terms()})
    await agreed(ctx, scene, scene.engagement)
    who = await city.as_worker(ctx, scene.worker)
    document = (await client.get(f"/v1/engagements/{scene.engagement.id}/extract", headers=who)).json()
    assert "sentences" not in document
    (seat,) = document["seats"]
    assert all(seat[part] for part in ("check_ins", "hours", "pay", "messages"))
    known = (seat["terms_hash"], document["hash"], "SHA-256", *(each["name"] for each in document["employers"]))
    for language in ("zh-CN", "en"):
        check_paper(await extract(client, scene, who, language), language, known=known)
    said = await extract(client, scene, who, "zh-CN")
    for words in ("25 元/小时", "上海市徐汇区 漕溪北路18号", "健康证", "工时已定，应付您 100 元", "工钱 · 应付 100 元",
                  "到岗", "双方确认4 小时"):  # fmt: skip
        assert words in said, (words, said)


async def test_hours_that_nobody_agreed_are_said_so(ctx: Context, client: Client) -> None:
    """Minutes as minutes, and not as hours that stand."""
    scene = await a_scene(ctx)
    who = await city.as_worker(ctx, scene.worker)
    await at(ctx, scene.engagement.starts_at)
    await attendance.check_in(ctx, scene.engagement.id, proof=Proof(), by=scene.as_member)
    await at(ctx, scene.engagement.starts_at + timedelta(minutes=10))
    await attendance.propose_timesheet(
        ctx,
        scene.engagement.id,
        figures=Figures(scene.engagement.starts_at, scene.engagement.starts_at + timedelta(minutes=10), 0),
        reason=None,
        on_behalf=None,
        by=scene.as_member,
    )
    said = await extract(client, scene, who, "zh-CN")
    assert "2026年11月23日 17:00–17:10 · 计酬 10 分钟 · 双方尚未确认（用工方已提出）" in said
    assert "工时 11月23日 17:00 到 11月23日 17:10，共 10 分钟，对吗？" in said
    assert "到岗 · 用工方点到" in said


async def test_the_sheet_of_a_case_is_in_words(ctx: Context, client: Client) -> None:
    """The number in groups, days and the time as people say them, what is missing said."""
    them = await cases.sides(ctx)
    case = await cases.complain(
        client, them.who, kind="false_posting", noun="posting", subject_id=str(them.seat.posting_id)
    )
    await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.officer)
    await cases.move(client, them.officer, case, "hand-over", way="market_report")
    for language in ("zh-CN", "en"):
        answer = await client.get(
            f"/print/cases/{case['id']}/hand-over", headers=them.officer, params={"lang": language}
        )
        assert answer.status_code == 200, answer.text
        sheet = words_of(answer.text)
        check_paper(sheet, language, known=(case["number"], "False information"))
        assert "+86" not in sheet
        assert not re.search(r"[0-9]{11}", sheet)
    assert "未随附证据说明" in words_of(
        (await client.get(f"/print/cases/{case['id']}/hand-over", headers=them.officer)).text
    )
