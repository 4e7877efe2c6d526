"""What the other side of a case can find of it, at every door (INV-38); questions to it; charges without an account;
the ledger extract; appeals against marks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from service.context import Context
from service.jobs.due import run_all_due
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at, set_time, value_of
from tests.builders.cases import Headers, Sides, arrears, complain, inbox, move, read, sides
from tests.contract.bodies import Operation, content, operations

Client = httpx2.AsyncClient
NAME = "欧阳暮雪"


async def shielded_case(ctx: Context, client: Client) -> tuple[Sides, dict[str, Any]]:
    """Somebody who has never had to do with the employer but by looking at a posting complains of a deposit."""
    them = await sides(ctx, name="王小明")
    witness = await city.a_worker(ctx, name=NAME, phone="+8613977778888")
    who = await city.as_worker(ctx, witness)
    case = await complain(
        client, who, kind="fee_or_deposit", noun="posting", subject_id=str(them.seat.posting_id), charge="deposit",
        claimed_fen=20_000, words="要先交二百块押金",
    )  # fmt: skip
    them.worker, them.who = witness, who
    return them, case


ENDS_THE_SESSION = {"close_current_session", "close_all_sessions"}


async def every_answer(
    client: Client, document: Any, them: Sides, ids: dict[str, str], who: Headers, *, reads: bool
) -> list[tuple[Operation, httpx2.Response]]:
    """What every operation (or every read) answers to a caller who names every id that there is."""
    found = []
    for operation in operations(document):
        if operation.id in ENDS_THE_SESSION or (reads and operation.method != "GET"):
            continue
        path = operation.path.format_map({name: ids.get(name, "other") for name in operation.names})
        sent = content(document, operation, "member", them.worker.id)
        headers = who | {"idempotency-key": f"key-{uuid4()}", "if-match": '"1"'}
        params = operation.needed_query("member")
        answer = await client.request(operation.method, path, params=params, headers=headers, **sent)
        found.append((operation, answer))
    return found


async def test_the_other_side_finds_nothing_at_any_door(ctx: Context, client: Client, app: Any) -> None:
    """Every operation as owner, every read as clerk, with the ids of the case and all around it: no id, number, name or
    word of it, and for the case itself what is answered for one that is not there."""
    them, case = await shielded_case(ctx, client)
    await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.officer)
    await move(client, them.officer, case, "ask-other-side", question="charges_taken")
    await move(client, them.officer, case, "hand-over", way="labour_inspection", reference="A-1177")
    await run_all_due(ctx)
    asked = (await client.get("/v1/case-questions", headers=them.owner)).json()["items"][0]
    ids = {
        "case_id": case["id"], "deadline_id": case["deadlines"][0]["id"], "employer_id": str(them.employer.id),
        "posting_id": str(them.seat.posting_id), "shift_id": str(them.seat.shift_id),
        "engagement_id": str(them.seat.id), "question_id": asked["id"], "decision_appeal_id": case["id"],
        "member_id": str(uuid4()), "session_id": str(uuid4()),
    }  # fmt: skip
    secrets = [case["number"], str(them.worker.id), NAME, "13977778888", "二百块押金", "A-1177"]
    for who, reads in ((them.clerk, True), (them.owner, False)):
        answers = await every_answer(client, app.openapi(), them, ids, who, reads=reads)
        leaks = [
            (operation.id, secret)
            for operation, answer in answers
            for secret in secrets
            if secret in answer.text or secret in str(dict(answer.headers))
        ]
        assert not leaks
        of_case = [answer for operation, answer in answers if "case_id" in operation.names]
        assert len(of_case) >= (2 if reads else 20)
        assert {answer.status_code for answer in of_case} <= {403, 404}
        assert (await client.get("/v1/me", headers=who)).status_code == 200  # it was still somebody who asked
        for path in (f"/v1/cases/{case['id']}", f"/v1/decision-appeals/{case['id']}"):
            ours = await client.get(path, headers=who)
            other = await client.get(path.replace(case["id"], str(uuid4())), headers=who)
            assert {**ours.json(), "request_id": 0} == {**other.json(), "request_id": 0}


async def test_no_event_message_or_line_of_the_log_names_who_is_shielded(ctx: Context, client: Client) -> None:
    """What the employer is told, what its receivers are sent, and what the log keeps of the case."""
    them, case = await shielded_case(ctx, client)
    await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.officer)
    await move(client, them.officer, case, "ask-other-side", question="charges_taken")
    await run_all_due(ctx)
    worker = str(them.worker.id)
    for table in ("transitions", "messages", "webhook_deliveries", "due_work"):
        rows = [str(row) for row in await rows_of(ctx, f"select * from {table}")]
        about = [row for row in rows if case["id"] in row]
        if table == "messages":
            about = [row for row in rows if str(them.employer.id) in row]
        assert not [row for row in about if worker in row or NAME in row], table
    assert await value_of(ctx, "select count(*) from webhook_deliveries") == 0
    told = " ".join(await inbox(client, them.owner))
    assert "询问用工情况" in told
    assert case["number"] not in told


async def test_the_other_side_answers_a_question_that_says_nothing(ctx: Context, client: Client) -> None:
    """One neutral question; the answer is the officer's, and nothing else of it moves."""
    them, case = await shielded_case(ctx, client)
    await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.officer)
    await move(client, them.officer, case, "ask-other-side", question="charges_taken")
    again = await move(client, them.officer, case, "ask-other-side", ok=False, question="charges_taken")
    assert (again.status_code, again.json()["code"]) == (409, "case_question_open")
    listed = (await client.get("/v1/case-questions", headers=them.owner)).json()["items"]
    assert [(each["question"], each["state"]) for each in listed] == [("charges_taken", "asked")]
    assert set(listed[0]) == {
        "id", "version", "state", "question", "asked_at", "answer_by", "answer", "words", "answered_at",
    }  # fmt: skip
    path = f"/v1/case-questions/{listed[0]['id']}/answer"
    body = {"answer": "will_correct", "words": "已经退了"}
    assert (await client.post(path, json=body, headers=them.clerk)).status_code == 403
    assert (await client.post(path, json=body, headers=(await sides(ctx)).owner)).status_code == 404
    assert (await client.post(path, json=body, headers=them.owner)).json()["state"] == "answered"
    assert (await client.post(path, json=body, headers=them.owner)).status_code == 409
    seen = await read(client, them.officer, case)
    assert [(each["answer"], each["words"]) for each in seen["questions"]] == [("will_correct", "已经退了")]
    assert (await read(client, them.who, case))["questions"] is None


async def test_the_sheet_names_nobody_who_is_shielded(ctx: Context, client: Client) -> None:
    """The outside body gets number, kind and words; of an open case also name and phone, and that leaves a line."""
    them, case = await shielded_case(ctx, client)
    none = await client.get(f"/print/cases/{case['id']}/hand-over", headers=them.officer)
    assert none.status_code == 409
    await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.officer)
    await move(client, them.officer, case, "hand-over", way="market_report", reference="12315-77")
    sheet = await client.get(f"/print/cases/{case['id']}/hand-over", headers=them.officer)
    assert (sheet.status_code, sheet.headers["cache-control"]) == (200, "no-store")
    assert all(word in sheet.text for word in ("12315-77", case["number"], "身份保密", "二百块押金"))
    assert NAME not in sheet.text
    assert (await client.get(f"/print/cases/{case['id']}/hand-over", headers=them.owner)).status_code == 403
    opened = await complain(
        client, them.who, kind="false_posting", noun="posting", subject_id=str(them.seat.posting_id)
    )
    await client.post(f"/v1/cases/{opened['id']}/triage", json={}, headers=them.officer)
    await move(client, them.officer, opened, "hand-over", way="market_report")
    shown = await client.get(f"/print/cases/{opened['id']}/hand-over", params={"lang": "en"}, headers=them.officer)
    assert NAME in shown.text
    assert "Hand-over of a complaint" in shown.text
    lines = "select count(*) from unmaskings where person_id = :id and purpose = 'case_hand_over'"
    assert await value_of(ctx, lines, id=them.worker.id) == 2


async def test_a_charge_is_reported_without_an_account(ctx: Context, client: Client) -> None:
    """No name; the receipt opens it again, a number that was left is opened by an officer with a line in the file."""
    them = await sides(ctx)
    body = {
        "kind": "stall_charge", "city_code": "320700", "charge": "disguised", "claimed_fen": 30_000,
        "against": "某某夜市管理处", "words": "说是卫生费", "contact": "13500001111",
    }  # fmt: skip
    taken = await client.post("/v1/charges", json=body)
    assert taken.status_code == 201, taken.text
    made = taken.json()
    assert any("变相收费" in each["text"] for each in made["help"])
    receipt = made["receipt"]
    assert (await client.post("/v1/charges/look-up", json={"receipt": receipt.lower()})).json()["number"] == made[
        "number"
    ]
    assert (await client.post("/v1/charges/look-up", json={"receipt": made["number"]})).status_code == 404
    assert (await client.get("/v1/cases", headers=them.officer)).json()["items"] == []
    local = await city.as_staff(ctx, await city.an_officer(ctx, regions=("320700",)))
    found = (await client.get("/v1/cases", headers=local)).json()["items"][0]
    seen = await read(client, local, found)
    assert (seen["contact_left"], seen["complainant_id"], seen["against_words"]) == (True, None, "某某夜市管理处")
    assert "13500001111" not in str(seen)
    opened = await client.post(f"/v1/cases/{found['id']}/open-contact", headers=local)
    assert opened.json() == {"phone": "+8613500001111", "verified": False}
    assert [each["facts"] for each in (await read(client, local, found))["notes"]] == [{"opened": "contact"}]
    asked = await client.post(f"/v1/cases/{found['id']}/triage", json={}, headers=local)
    assert asked.status_code == 200
    assert (await move(client, local, found, "ask", ok=False, words="在哪？")).json()["code"] == "case_nobody_to_ask"
    private = await client.post("/v1/charges", json=body | {"kind": "wage_arrears"})
    assert (private.status_code, private.json()["code"]) == (422, "case_not_public")
    half = await client.post("/v1/charges", json=body | {"code": "123456"})
    assert (half.status_code, half.json()["code"]) == (422, "case_contact_code")


async def test_reports_from_one_address_are_limited(ctx: Context, client: Client) -> None:
    """By the hour, with the time when there is room again."""
    body = {"kind": "illegal_agency", "city_code": "310100", "charge": "agency"}
    codes = [(await client.post("/v1/charges", json=body)).status_code for _ in range(6)]
    assert codes == [201] * 5 + [429]


async def test_a_number_that_was_left_is_forgotten(ctx: Context, client: Client) -> None:
    """When the policy's days are over after the end."""
    from service.cases.purging import purge_cases

    local = await city.an_officer(ctx)
    who = await city.as_staff(ctx, local)
    body = {"kind": "illegal_agency", "city_code": "310100", "charge": "agency", "contact": "13500001111"}
    await client.post("/v1/charges", json=body)
    found = (await client.get("/v1/cases", headers=who)).json()["items"][0]
    await client.post(f"/v1/cases/{found['id']}/triage", json={}, headers=who)
    await move(client, who, found, "decline", reason="no_facts")
    left = "select count(*) from cases where contact_sealed is not null"
    await purge_cases(ctx)
    assert await value_of(ctx, left) == 1
    await set_time(ctx, await city.now_of(ctx) + timedelta(days=181))
    await purge_cases(ctx)
    assert await value_of(ctx, left) == 0


async def test_the_extract_holds_the_ledger_and_leaves_no_trace(ctx: Context, client: Client) -> None:
    """Terms, times, hours and pay of a seat, for the worker and the officer of the case; the employer never learns."""
    now = await city.now_of(ctx)
    them = await sides(ctx, state="on_duty", started_at=now)
    left = await client.post(
        f"/v1/engagements/{them.seat.id}/check-out", json={"method": "employer"}, headers=them.owner
    )
    before = await value_of(ctx, "select count(*) from transitions where noun <> 'case'")
    messages = await value_of(ctx, "select count(*) from messages")
    own = await client.get(f"/v1/engagements/{them.seat.id}/extract", headers=them.who)
    assert own.status_code == 200, own.text
    made = own.json()
    assert (made["worker_name"], len(made["seats"]), len(made["hash"])) == (NAME, 1, 64)
    seat = made["seats"][0]
    assert (seat["terms"]["title"], seat["terms_version"], seat["id"]) == ("晚市洗碗", 1, str(them.seat.id))
    if left.status_code == 200:
        assert [each["kind"] for each in seat["check_ins"]] == ["check_out"]
    all_of_them = await client.get("/v1/extracts", params={"employer_id": str(them.employer.id)}, headers=them.who)
    assert all_of_them.json()["totals"]["seats"] == 1
    page = await client.get(f"/print/engagements/{them.seat.id}/extract", headers=them.who)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert NAME in page.text
    assert await value_of(ctx, "select count(*) from transitions where noun <> 'case'") == before
    assert await value_of(ctx, "select count(*) from messages") == messages
    for who, status in ((them.owner, 403), ((await sides(ctx)).who, 404), (them.officer, 403)):
        assert (await client.get(f"/v1/engagements/{them.seat.id}/extract", headers=who)).status_code == status
    case = await arrears(client, them)
    for who in (them.who, them.officer):
        of_case = await client.get(f"/v1/cases/{case['id']}/extract", headers=who)
        assert of_case.json()["seats"][0]["id"] == str(them.seat.id)
    printed = await client.get(f"/print/cases/{case['id']}/extract", headers=them.officer)
    assert printed.status_code == 200
    opened = "select count(*) from unmaskings where person_id = :id and purpose = 'case_extract'"
    assert await value_of(ctx, opened, id=them.worker.id) == 2
    wrong = await client.get(
        "/v1/extracts", params={"employer_id": str(them.employer.id), "since": "2020-01-01"}, headers=them.who
    )
    assert wrong.json()["code"] == "case_period"


# -- appeals against what platforms decide ---------------------------------------------------------------


async def marked(ctx: Context, client: Client, by: str = "owner") -> tuple[Sides, dict[str, Any]]:
    """An absence that somebody marked and that counts, and the worker's appeal."""
    them = await sides(ctx)
    await set_time(ctx, them.seat.starts_at + timedelta(hours=1))
    marked = await client.post(f"/v1/engagements/{them.seat.id}/mark-absent", headers=getattr(them, by))
    assert marked.status_code == 200, marked.text
    await run_due_at(ctx, them.seat.starts_at + timedelta(hours=26))
    counted = await value_of(ctx, "select reliability from workers where id = :id", id=them.worker.id)
    assert [(each["kind"], each["excused"]) for each in counted] == [("no_show", False)]
    case = await complain(
        client, them.who, kind="platform_decision", noun="engagement", subject_id=str(them.seat.id), words="我到了"
    )
    return them, case


async def appeal(client: Client, who: Headers, case: dict[str, Any], verb: str, **body: Any) -> httpx2.Response:
    path = f"/v1/decision-appeals/{case['decision_appeal_id']}/{verb}"
    return await client.post(path, json=body, headers=who)


async def test_an_overturned_mark_counts_no_longer(ctx: Context, client: Client) -> None:
    """Filed, answered by who marked it, reviewed and decided by an officer; both sides are told, the case is closed."""
    them, case = await marked(ctx, client)
    listed = (await client.get("/v1/decision-appeals", headers=them.owner)).json()["items"]
    assert [(each["against"], each["words"], each["case_id"]) for each in listed] == [("absence", "我到了", None)]
    early = await appeal(client, them.officer, case, "review", finding="看了录像")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    assert (await appeal(client, them.clerk, case, "answer", answer="stands")).status_code == 403
    assert (await appeal(client, them.owner, case, "answer", answer="stands", words="没看到人")).json()[
        "state"
    ] == "answered"
    assert (await appeal(client, them.officer, case, "review", finding="看了录像")).json()["state"] == "reviewed"
    wrong = await appeal(client, them.officer, case, "decide", outcome="overturn", reason="colour")
    assert wrong.json()["code"] == "reason_unknown"
    done = await appeal(client, them.officer, case, "decide", outcome="overturn", reason="shown_present")
    assert (done.status_code, done.json()["state"]) == (200, "overturned")
    assert await value_of(ctx, "select reliability from workers where id = :id", id=them.worker.id) == []
    assert await value_of(ctx, "select state from engagements where id = :id", id=them.seat.id) == "cancelled"
    seen = await read(client, them.who, case)
    assert (seen["state"], seen["result"]) == ("closed", "overturned")
    assert {each["state"] for each in seen["deadlines"]} <= {"met", "missed"}
    for who in (them.who, them.owner):
        assert [text for text in await inbox(client, who) if "撤销" in text]
    for verb, sent in (("ask", {"words": "哪里？"}), ("accept", {})):
        assert (await move(client, them.officer, case, verb, ok=False, **sent)).status_code == 409
    closed = await move(client, them.who, case, "reopen", ok=False, reason="result_wrong")
    assert closed.json()["code"] == "case_by_appeal"


async def test_an_upheld_mark_stands(ctx: Context, client: Client) -> None:
    """After its time the appeal goes on without the word of who decided."""
    them, case = await marked(ctx, client)
    await run_due_at(ctx, await city.now_of(ctx) + timedelta(days=6))
    assert (await appeal(client, them.officer, case, "review", finding="两边都问过")).status_code == 200
    done = await appeal(client, them.officer, case, "decide", outcome="uphold", reason="nothing_shown")
    assert done.json()["state"] == "upheld"
    assert await value_of(ctx, "select state from engagements where id = :id", id=them.seat.id) == "no_show"
    assert (await read(client, them.who, case))["result"] == "upheld"


async def test_the_first_decider_is_not_the_reviewer(ctx: Context, client: Client) -> None:
    """An officer who marked the absence may say why, and nothing more; the database says so too."""
    them, case = await marked(ctx, client, by="officer")
    own = await appeal(client, them.officer, case, "review", finding="我再看看")
    assert (own.status_code, own.json()["code"]) == (409, "case_own_decision")
    assert (await appeal(client, them.second, case, "answer", answer="stands")).status_code == 404
    assert (await appeal(client, them.officer, case, "answer", answer="stands")).status_code == 200
    assert (await appeal(client, them.second, case, "review", finding="重新看过")).status_code == 200
    with pytest.raises(Exception, match="another_person"):
        async with ctx.database.sessions() as session, session.begin():
            from sqlalchemy import text

            await session.execute(text("update decision_appeals set reviewed_by = barred[1]"))


async def test_a_mark_taken_back_elsewhere_ends_its_appeal(ctx: Context, client: Client) -> None:
    """The employer mends its own mark: nothing is left to decide."""
    them, case = await marked(ctx, client)
    mended = await client.post(
        f"/v1/engagements/{them.seat.id}/repair-absence", json={"outcome": "excused", "reason": "worker_right"},
        headers=them.owner,
    )  # fmt: skip
    assert mended.status_code == 200, mended.text
    seen = await read(client, them.who, case)
    assert (seen["state"], seen["result"]) == ("closed", "corrected")
    gone = await client.get(f"/v1/decision-appeals/{case['decision_appeal_id']}", headers=them.who)
    assert gone.json()["state"] == "mended"


async def test_what_was_not_decided_is_not_appealed(ctx: Context, client: Client) -> None:
    """No mark, no appeal; a removal has its own door; an outside platform's decision is reviewed like one of ours."""
    them = await sides(ctx)
    seat = {"kind": "platform_decision", "noun": "engagement", "subject_id": str(them.seat.id)}
    none = await complain(client, them.who, ok=False, **seat)
    assert (none.status_code, none.json()["code"]) == (409, "decision_not_there")
    door = await complain(client, them.who, ok=False, **(seat | {"noun": "posting"}))
    assert (door.status_code, door.json()["code"]) == (409, "case_other_door")
    said = {"kind": "platform_decision", "noun": "employer", "subject_id": str(them.employer.id)}
    hidden = await complain(client, them.who, ok=False, shielded=True, **said)
    assert (hidden.status_code, hidden.json()["code"]) == (422, "case_decider_hears")
    note = await complain(client, them.who, ok=False, words="加微信 abc12345", **said)
    assert (note.status_code, note.json()["code"]) == (422, "words_contact")
    stranger = await city.as_worker(ctx, await city.a_worker(ctx))
    assert (await complain(client, stranger, ok=False, words="封了我的号", **said)).status_code == 404
    outside = await complain(
        client,
        them.who,
        kind="platform_decision",
        noun="employer",
        subject_id=str(them.employer.id),
        words="封了我的号",
    )
    assert (await appeal(client, them.owner, outside, "answer", answer="mistaken")).status_code == 200
    assert (await appeal(client, them.officer, outside, "review", finding="平台承认有误")).status_code == 200
    done = await appeal(client, them.officer, outside, "decide", outcome="overturn", reason="decided_wrongly")
    assert done.json()["state"] == "overturned"
