"""Card, word, calendar, history and export over HTTP."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

from icalendar import Calendar

from service.actor import SYSTEM
from service.engagements.lifecycle import ENGAGEMENT
from service.engagements.tables import EngagementRow
from tests.builders.city import (
    a_member,
    a_posting,
    a_shift,
    a_worker,
    an_employer,
    an_engagement,
    an_officer,
    as_member,
    as_staff,
    as_worker,
)
from tests.builders.workers import NOON, everything_stored, stand_at, worked_hours


async def test_a_card_says_who_it_is_and_nothing_else(client, ctx, urls):
    """A page with a QR and a masked name; found in any spelling; the next card voids it; only a hash is kept."""
    worker = await a_worker(ctx, name="欧阳铁柱")
    me = await as_worker(ctx, worker)
    member = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    card = (await client.post("/v1/workers/me/card", json={"size": "a6"}, headers=me)).json()
    assert len(card["code"]) == 26
    assert "<svg" in card["page"]
    assert "105mm 148mm" in card["page"]
    assert "欧**" in card["page"]
    assert "欧阳铁柱" not in card["page"]
    assert str(worker.id) not in card["page"]
    written = " ".join(card["code"][at : at + 4] for at in range(0, 26, 4)).lower()
    met = await client.post("/v1/workers/identify", json={"code": written}, headers=member)
    assert met.json() == {
        "worker_id": str(worker.id), "name_masked": "欧**", "introducible": True, "means": "card",
    }  # fmt: skip
    assert card["code"] not in await everything_stored(urls[1])
    fresh = (await client.post("/v1/workers/me/card", json={}, headers=me)).json()
    assert (await client.post("/v1/workers/identify", json={"code": card["code"]}, headers=member)).status_code == 404
    assert (await client.post("/v1/workers/identify", json={"code": fresh["code"]}, headers=member)).status_code == 200
    await client.delete("/v1/workers/me/card", headers=me)
    assert (await client.post("/v1/workers/identify", json={"code": fresh["code"]}, headers=member)).status_code == 404


async def test_a_word_ends_after_its_minutes_or_with_the_next(client, ctx):
    """Six digits for ten minutes; a new one voids it."""
    await stand_at(ctx)
    worker = await a_worker(ctx)
    me = await as_worker(ctx, worker)
    member = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    first = (await client.post("/v1/workers/me/word", headers=me)).json()
    assert len(first["word"]) == 6
    assert datetime.fromisoformat(first["expires_at"]) == NOON + timedelta(minutes=10)
    second = (await client.post("/v1/workers/me/word", headers=me)).json()
    assert (await client.post("/v1/workers/identify", json={"word": first["word"]}, headers=member)).status_code in {
        404,
        200 if first["word"] == second["word"] else 404,
    }
    met = await client.post("/v1/workers/identify", json={"word": second["word"]}, headers=member)
    assert met.json()["worker_id"] == str(worker.id)
    await stand_at(ctx, NOON + timedelta(minutes=10))
    assert (await client.post("/v1/workers/identify", json={"word": second["word"]}, headers=member)).status_code == 404


async def test_wrong_words_are_counted_for_the_caller(client, ctx):
    """Ten wrong ones in ten minutes pause this caller, nobody else, and not for ever."""
    await stand_at(ctx)
    me = await as_worker(ctx, await a_worker(ctx))
    word = (await client.post("/v1/workers/me/word", headers=me)).json()["word"]
    member = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    other = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    wrong = {"word": f"{(int(word) + 1) % 1_000_000:06d}"}
    for _ in range(10):
        assert (await client.post("/v1/workers/identify", json=wrong, headers=member)).status_code == 404
    paused = await client.post("/v1/workers/identify", json={"word": word}, headers=member)
    assert (paused.status_code, paused.json()["code"]) == (429, "codes_paused")
    assert 0 < int(paused.headers["retry-after"]) <= 600
    assert (await client.post("/v1/workers/identify", json={"word": word}, headers=other)).status_code == 200
    await stand_at(ctx, NOON + timedelta(minutes=10))
    word = (await client.post("/v1/workers/me/word", headers=me)).json()["word"]
    assert (await client.post("/v1/workers/identify", json={"word": word}, headers=member)).status_code == 200


async def test_the_calendar_follows_the_seat(client, ctx):
    """Same UID, a higher SEQUENCE, CANCELLED after the call-off; revoked and wrong addresses are 404."""
    await stand_at(ctx)
    worker, employer = await a_worker(ctx), await an_employer(ctx)
    posting = await a_posting(ctx, employer)
    shift = await a_shift(ctx, posting, starts=datetime(2026, 11, 20, 14, tzinfo=UTC), hours=8)
    engagement = await an_engagement(ctx, worker, shift, posting)
    me = await as_worker(ctx, worker)
    url = (await client.post("/v1/workers/me/calendar", headers=me)).json()["url"]
    path = url[url.index("/v1/") :]
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    assert b"BEGIN:VTIMEZONE" in answer.content
    assert b"DTSTART;TZID=Asia/Shanghai:20261120T220000" in answer.content
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{engagement.id}@linggong", 1, "CONFIRMED")
    assert event["DTEND"].dt == datetime(2026, 11, 20, 22, tzinfo=UTC)
    async with ctx.uow() as uow:
        row = await uow.session.get(EngagementRow, engagement.id)
        await uow.move(row, ENGAGEMENT, "cancel", by=SYSTEM, at=await uow.now(), cancelled_by="worker")
    event = Calendar.from_ical((await client.get(path)).content).walk("VEVENT")[0]
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{engagement.id}@linggong", 2, "CANCELLED")
    assert (await client.get(path.replace(".ics", "x.ics"))).status_code == 404
    assert (await client.delete("/v1/workers/me/calendar", headers=me)).status_code == 204
    assert (await client.get(path)).status_code == 404


async def test_history_and_export_join_hours_and_pay(client, ctx):
    """Newest first, each once over pages; JSON and CSV say the same; a dangerous cell is defused."""
    await stand_at(ctx)
    worker = await a_worker(ctx)
    employer = await an_employer(ctx, name="=HYPERLINK(1)", name_folded="x")
    posting = await a_posting(ctx, employer, title="晚市洗碗")
    for day in range(3):
        starts = NOON - timedelta(days=10 - day)
        shift = await a_shift(ctx, posting, starts=starts, hours=4)
        engagement = await an_engagement(ctx, worker, shift, posting, state="completed")
        await worked_hours(ctx, engagement, minutes=240, due_fen=10_005, received=day > 0)
    me = await as_worker(ctx, worker)
    first = (await client.get("/v1/workers/me/history", params={"limit": "2"}, headers=me)).json()
    rest = (
        await client.get("/v1/workers/me/history", params={"limit": "2", "cursor": first["next_cursor"]}, headers=me)
    ).json()
    rows = first["items"] + rest["items"]
    assert rest["next_cursor"] is None
    assert len({row["engagement_id"] for row in rows}) == 3
    assert [row["starts_at"] for row in rows] == sorted((row["starts_at"] for row in rows), reverse=True)
    assert rows[0]["minutes"] == 240
    assert rows[0]["pay"][0]["received_fen"] == 10_005
    whole = (await client.get("/v1/workers/me/export", headers=me)).json()
    assert (whole["complete"], whole["minutes"], whole["received_fen"]) == (True, 720, 20_010)
    assert whole["records"] == rows
    table = await client.get("/v1/workers/me/export", params={"format": "csv"}, headers=me)
    assert table.headers["content-type"].startswith("text/csv")
    assert table.content.startswith(b'\xef\xbb\xbf"')
    lines = list(csv.reader(StringIO(table.content.decode("utf-8-sig"))))
    assert lines[0][0] == "日期"
    assert lines[1][5] == "'=HYPERLINK(1)"
    assert lines[1][10:13] == ["100.05", "100.05", "现金"]
    day = rows[-1]["starts_at"][:10]
    narrow = await client.get("/v1/workers/me/export", params={"from": day, "until": day}, headers=me)
    assert len(narrow.json()["records"]) == 1
    wrong = await client.get("/v1/workers/me/export", params={"from": "2026-02-02", "until": "2026-02-01"}, headers=me)
    assert wrong.json()["code"] == "days_reversed"


async def test_an_officer_sees_the_history_of_the_own_regions_only(client, ctx):
    """What somebody did in another city stays with that city."""
    await stand_at(ctx)
    worker, employer = await a_worker(ctx), await an_employer(ctx)
    for number, city in enumerate(("310100", "330200")):
        posting = await a_posting(ctx, employer, city_code=city)
        shift = await a_shift(ctx, posting, starts=NOON - timedelta(days=number + 1))
        await an_engagement(ctx, worker, shift, posting, state="completed")
    officer = await as_staff(ctx, await an_officer(ctx, regions=("310000",)))
    seen = (await client.get(f"/v1/workers/{worker.id}/history", headers=officer)).json()["items"]
    assert len(seen) == 1
