"""Postings over HTTP: made, shown, changed, reviewed; who sees what; what bad input answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.postings.rules import terms_hash
from tests import clock
from tests.builders import city
from tests.builders.postings import HALL, XUHUI, a_body, made, next_week, offered

Client = httpx2.AsyncClient
Headers = dict[str, str]


async def an_owner(ctx: Context, **employer: Any) -> Headers:
    """Headers of the owner of a new employer."""
    row = await city.an_employer(ctx, **employer)
    return await city.as_member(ctx, await city.a_member(ctx, row))


async def an_officer(ctx: Context, **more: Any) -> Headers:
    return await city.as_staff(ctx, await city.an_officer(ctx, **more))


async def post(client: Client, posting: dict[str, Any], verb: str, headers: Headers, **body: Any) -> httpx2.Response:
    return await client.post(f"/v1/postings/{posting['id']}/{verb}", json=body or None, headers=headers)


async def test_five_fields_make_a_posting_that_is_live_at_once(ctx: Context, client: Client) -> None:
    """A verified employer in Shanghai offers a shift; everybody reads it, its defaults and its seats."""
    headers = await an_owner(ctx)
    posting = await offered(client, headers)
    assert (posting["state"], posting["terms_version"]) == ("published", 1)
    assert "/pay/settlement" in posting["defaulted"]
    seen = await client.get(f"/v1/postings/{posting['id']}")
    assert (seen.status_code, seen.headers["etag"]) == (200, '"2"')
    shift_ids = posting.pop("shift_ids")
    assert seen.json() == posting | {"own": None}
    shifts = (await client.get(f"/v1/postings/{posting['id']}/shifts")).json()["items"]
    assert [shift["id"] for shift in shifts] == shift_ids
    assert [(shift["headcount"], shift["free_seats"]) for shift in shifts] == [(2, 2)]


async def test_reading_answers_the_declared_shape(ctx: Context, client: Client) -> None:
    """The two reads that leave as bytes hold exactly the fields that the contract declares."""
    from service.postings.schemas.going import PostingOut, SearchOut

    posting = await offered(client, await an_owner(ctx))
    one = (await client.get(f"/v1/postings/{posting['id']}")).json()
    many = (await client.get("/v1/postings", params={"lon": HALL[0], "lat": HALL[1]})).json()
    assert set(one) == set(PostingOut.model_fields)
    PostingOut.model_validate(one)
    assert len(SearchOut.model_validate(many).items) == 1
    assert set(many["items"][0]) == set(SearchOut.model_validate(many).items[0].model_dump())


async def test_an_unverified_employer_goes_through_review(ctx: Context, client: Client) -> None:
    """Submitted with a stated time; nobody outside sees it before an officer's yes."""
    headers, officer = await an_owner(ctx, verified=False), await an_officer(ctx)
    posting = await offered(client, headers)
    assert posting["state"] == "submitted"
    assert posting["own"]["review_due_at"] is not None
    assert (await client.get(f"/v1/postings/{posting['id']}")).status_code == 404
    assert (await client.get(f"/v1/postings/{posting['id']}", headers=headers)).status_code == 200
    queue = (await client.get("/v1/postings/review?mine=true", headers=officer)).json()["items"]
    assert [item["id"] for item in queue] == [posting["id"]]
    answer = await post(client, posting, "publish", officer)
    assert (answer.status_code, answer.json()["state"]) == (200, "published")
    assert (await client.get(f"/v1/postings/{posting['id']}")).status_code == 200


async def test_a_rejected_posting_is_corrected_and_offered_again(ctx: Context, client: Client) -> None:
    """Coded reasons; back to a draft; changed; again in review."""
    headers, officer = await an_owner(ctx, verified=False), await an_officer(ctx)
    posting = await offered(client, headers)
    assert (await post(client, posting, "reject", officer, reasons=["nonsense"])).status_code == 422
    rejected = await post(client, posting, "reject", officer, reasons=["C13_false_information", "incomplete"])
    assert rejected.json()["state"] == "rejected"
    assert (await post(client, posting, "reopen", headers)).json()["state"] == "draft"
    present = (await client.get(f"/v1/postings/{posting['id']}", headers=headers)).json()
    changed = await client.patch(
        f"/v1/postings/{posting['id']}",
        json={"title": "晚市洗碗"},
        headers=headers | {"if-match": f'"{present["version"]}"'},
    )
    assert changed.json()["title"] == "晚市洗碗"
    again = await post(client, posting, "submit", headers)
    assert (again.json()["state"], again.json()["terms_version"]) == ("submitted", 2)


async def test_officers_act_in_their_region_only(ctx: Context, client: Client) -> None:
    """A posting of another city is not there for an officer, in the queue and by its id."""
    posting = await offered(client, await an_owner(ctx, verified=False))
    stranger = await an_officer(ctx, regions=("330200",))
    assert (await client.get("/v1/postings/review", headers=stranger)).json()["items"] == []
    for verb, body in (("publish", {}), ("reject", {"reasons": ["incomplete"]})):
        assert (await post(client, posting, verb, stranger, **body)).status_code == 404
    assert (await client.get(f"/v1/postings/{posting['id']}", headers=stranger)).status_code == 404


async def test_an_officer_posts_on_behalf(ctx: Context, client: Client) -> None:
    """For an employer of the region that is named; the way it came in is kept."""
    officer, employer = await an_officer(ctx), await city.an_employer(ctx)
    assert (await client.post("/v1/postings", json=a_body(), headers=officer)).status_code == 422
    posting = await offered(client, officer, employer_id=str(employer.id))
    assert (posting["state"], posting["own"]["channel"]) == ("published", "officer")


async def test_foreign_and_missing_look_the_same(ctx: Context, client: Client) -> None:
    """Another employer's draft and an id that never was answer one body to every operation."""
    draft = await made(client, await an_owner(ctx))
    stranger = await an_owner(ctx)
    missing = {"id": "0192f0c1-7d1f-7000-8000-000000000000"}
    for verb, body in (("submit", {}), ("pause", {}), ("withdraw", {"reason": "other"}), ("copy", {})):
        answers = [await post(client, posting, verb, stranger, **body) for posting in (draft, missing)]
        assert [answer.status_code for answer in answers] == [404, 404], verb
        bodies = [{k: v for k, v in answer.json().items() if k != "request_id"} for answer in answers]
        assert bodies[0] == bodies[1]


async def test_roles_without_the_operation_answer_403(ctx: Context, client: Client) -> None:
    """Workers do not post, members do not review, clerks do not post."""
    employer = await city.an_employer(ctx)
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    clerk = await city.as_member(ctx, await city.a_member(ctx, employer, role="clerk"))
    owner = await city.as_member(ctx, await city.a_member(ctx, employer))
    posting = await offered(client, owner)
    assert (await client.post("/v1/postings", json=a_body(), headers=worker)).status_code == 403
    assert (await client.post("/v1/postings", json=a_body(), headers=clerk)).status_code == 403
    assert (await post(client, posting, "publish", owner)).status_code == 403
    assert (await client.post("/v1/postings", json=a_body())).status_code == 401


async def test_private_postings_are_shown_to_nobody_else(ctx: Context, client: Client) -> None:
    """A hire by sight: not in the search, not by its id; its employer and its officers see it, and change nothing."""
    employer = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, employer))
    row = await city.a_posting(ctx, employer, private=True, channel="sight")
    shift = await city.a_shift(ctx, row)
    worker, other = await city.a_worker(ctx), await city.a_worker(ctx)
    await city.an_engagement(ctx, worker, shift, row)
    paths = [f"/v1/postings/{row.id}", f"/v1/postings/{row.id}/shifts", f"/v1/shifts/{shift.id}"]
    for who, status in (
        ({}, 404),
        (await city.as_worker(ctx, other), 404),
        (await an_owner(ctx), 404),
        (await city.as_worker(ctx, worker), 200),
        (owner, 200),
        (await an_officer(ctx), 200),
    ):
        assert [(await client.get(path, headers=who)).status_code for path in paths] == [status] * 3
    assert (await client.get("/v1/postings")).json()["items"] == []
    near = await client.get("/v1/postings", params={"lon": HALL[0], "lat": HALL[1]})
    assert near.json()["items"] == []
    assert (await client.post(f"/v1/postings/{row.id}/pause", headers=owner)).json()["code"] == "posting_private"


async def test_who_waits_is_told_for_what_and_what_can_be_done(ctx: Context, client: Client) -> None:
    """A clean posting of a household nobody has verified: why it waits; a change is refused with its own moves."""
    employer = await city.an_employer(ctx, kind="household", state="applied", credit_code=None)
    headers = await city.as_member(ctx, await city.a_member(ctx, employer))
    posting = await offered(client, headers)
    assert (posting["state"], [each["code"] for each in posting["own"]["waits_for"]]) == (
        "submitted", ["employer_not_verified"],
    )  # fmt: skip
    assert "核验" in posting["own"]["waits_for"][0]["message"]
    refused = await client.patch(
        f"/v1/postings/{posting['id']}", json={"title": "别的"},
        headers=headers | {"if-match": f'"{posting["version"]}"'},
    )  # fmt: skip
    assert (refused.status_code, refused.json()["facts"]["possible"]) == (409, ["recall", "withdraw"])
    assert "驳回" not in refused.json()["detail"]


async def test_a_households_door_is_not_public(ctx: Context, client: Client) -> None:
    """The public sees 张**, coarse points and a hash of what it may read; who has a seat sees the addresses."""
    employer = await city.an_employer(ctx, kind="household", name="张三丰", credit_code=None)
    owner = await city.as_member(ctx, await city.a_member(ctx, employer))
    fetched = {
        "point": {"type": "Point", "coordinates": [121.43678, 31.19432]},
        "address": "梅花弄7号",
        "leaves_at": "16:00",
    }
    posting = await offered(client, owner, pickup=fetched)
    path = f"/v1/postings/{posting['id']}"
    public = (await client.get(path)).json()
    assert public["employer"]["name"] == "张**"
    assert (public["place"]["address"], public["place"]["approximate"]) == (None, True)
    assert (public["pickup"]["address"], public["pickup"]["point"]["coordinates"]) == (None, [121.44, 31.19])
    terms = await client.get(f"{path}/terms")
    assert not [word for word in ("某路", "梅花", "121.4", "31.1") if word in terms.text]
    assert terms.json()["terms_hash"] == public["terms_hash"] == terms_hash(terms.json()["terms"])
    assert "张三丰" not in (await client.get("/v1/postings")).text
    async with ctx.uow() as uow:
        row = await uow.postings.get(posting["id"])
        shift = (await uow.shifts.of_posting(row.id, since=None, after=None, limit=1))[0]
    asked, worker = await city.a_worker(ctx), await city.a_worker(ctx)
    unsaid = {"state": "held", "worker_accepted_at": None, "confirm_by": shift.starts_at}
    held = await city.an_engagement(ctx, asked, shift, row, **unsaid)
    seat = await city.an_engagement(ctx, worker, shift, row)
    headers = await city.as_worker(ctx, asked)
    shown = await client.get(f"/v1/engagements/{held.id}/terms", headers=headers)
    assert (shown.json()["terms_hash"], shown.json()["terms"]) == (terms.json()["terms_hash"], terms.json()["terms"])
    assert (await client.get(path, headers=headers)).json()["pickup"]["address"] is None
    assert (await client.get(f"/v1/engagements/{held.id}", headers=headers)).json()["address"] is None
    headers = await city.as_worker(ctx, worker)
    seated = (await client.get(path, headers=headers)).json()
    assert (seated["place"]["address"], seated["pickup"]["address"], seated["own"]) == ("某路3号", "梅花弄7号", None)
    assert (await client.get(f"/v1/engagements/{seat.id}", headers=headers)).json()["address"] == "某路3号"
    agreed = (await client.get(f"/v1/engagements/{seat.id}/terms", headers=headers)).json()
    assert agreed["terms_hash"] == seated["terms_hash"] == terms_hash(agreed["terms"]) != public["terms_hash"]


async def test_changes_need_the_seen_version(ctx: Context, client: Client) -> None:
    """428 without If-Match, 412 with an old one, 200 with the present one and a new ETag."""
    headers = await an_owner(ctx)
    draft = await made(client, headers)
    path, body = f"/v1/postings/{draft['id']}", {"headcount": 3}
    assert (await client.patch(path, json=body, headers=headers)).status_code == 428
    assert (await client.patch(path, json=body, headers=headers | {"if-match": '"9"'})).status_code == 412
    changed = await client.patch(path, json=body, headers=headers | {"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"], changed.json()["headcount"]) == (200, '"2"', 3)


async def test_a_patch_clears_with_null_back_to_the_default(ctx: Context, client: Client) -> None:
    """Null takes the default again; what a posting needs cannot be cleared; pay changes member by member."""
    headers = await an_owner(ctx)
    draft = await made(client, headers, title="晚市", break_minutes=20)
    path, match = f"/v1/postings/{draft['id']}", {"if-match": '"1"'}
    refused = await client.patch(path, json={"trade": None, "pay": {"unit": None}}, headers=headers | match)
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/trade", "/pay/unit"}
    cleared = await client.patch(path, json={"title": None, "pay": {"amount_fen": 2700}}, headers=headers | match)
    assert cleared.json()["title"] == "洗碗工"
    assert "/title" in cleared.json()["defaulted"]
    assert (cleared.json()["pay"]["amount_fen"], cleared.json()["pay"]["unit"]) == (2700, "hour")
    assert cleared.json()["break_minutes"] == 20


async def test_every_write_answers_the_same_twice(ctx: Context, client: Client) -> None:
    """With an Idempotency-Key a posting is made once and the answer is the same byte for byte."""
    headers = await an_owner(ctx) | {"idempotency-key": "posting-key-1"}
    answers = [await client.post("/v1/postings", json=a_body(submit=True), headers=headers) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert answers[0].headers["location"] == f"/v1/postings/{answers[0].json()['id']}"
    sentence = {"text": "今晚5点到10点半洗碗两个25一小时管饭"}
    drafts = [await client.post("/v1/postings/drafts/from-sentence", json=sentence, headers=headers) for _ in range(2)]
    assert [draft.status_code for draft in drafts] == [200, 200]


def at(path: str, value: Any) -> dict[str, Any]:
    """A body with one member replaced; `path` by slashes."""
    body = a_body()
    inner: Any = body
    *parents, last = path.strip("/").split("/")
    for name in parents:
        inner = inner.setdefault(name, {})
    inner[last] = value
    return body


SOON = (clock.now() + timedelta(days=2)).replace(microsecond=0)
BAD = [
    ("/headcount", 0), ("/headcount", 1_000_000), ("/headcount", 2**63), ("/headcount", True), ("/headcount", "2"),
    ("/headcount", 2.0), ("/headcount", None), ("/headcount", 501),
    ("/pay/amount_fen", 0), ("/pay/amount_fen", -1), ("/pay/amount_fen", 10**9), ("/pay/amount_fen", 0.004),
    ("/pay/amount_fen", 100_001), ("/pay/unit", "yuan"), ("/pay/currency", "USD"),
    ("/time/starts_at", "2026-11-21T17:00:00"), ("/time/starts_at", "2026-11-21"), ("/time/starts_at", 1763700000),
    ("/time/starts_at", "9999-12-31T23:59:59-12:00"), ("/time/starts_at", "2026-02-30T10:00:00+08:00"),
    ("/time/starts_at", "2020-01-01T00:00:00Z"), ("/time/ends_at", "2020-01-01T00:00:00Z"),
    ("/place/point", {"type": "Point", "coordinates": [31.19, 121.43]}),
    ("/place/point", {"type": "Point", "coordinates": [0, 0]}),
    ("/place/point", {"type": "Point", "coordinates": [-0.0, -0.0]}),
    ("/place/point", {"type": "Point", "coordinates": ["121.4", "31.2"]}),
    ("/place/point", {"type": "Point", "coordinates": [121.4]}),
    ("/place/point", {"type": "Point", "coordinates": [121.4, 31.2], "datum": "mars"}),
    ("/place/district_code", "12345"), ("/place/district_code", "310199"), ("/place/city_code", "000000"),
    ("/place/site_id", "not-an-id"), ("/place/address", "路" * 201),
    ("/title", "\u200b\u200b"), ("/title", "　　"), ("/title", ""), ("/title", "洗碗\u202e"), ("/title", "洗\u200b碗"),
    ("/title", "洗碗\u0000"), ("/title", "洗" * 101), ("/title", 5), ("/description", "a\u0007b"),
    ("/trade", "no_such_trade"), ("/trade", "x" * 65), ("/job_kind", "shared_labour"), ("/min_age", 15),
    ("/break_minutes", 181), ("/break_minutes", -1), ("/unknown", 1), ("/pay/unknown", 1), ("/certificates", ["x"]),
    ("/conditions/meals", "feast"), ("/conditions/bring", ["elephant"]), ("/pay/most_fen", 1),
    ("/pay/tiers", [{"from_minutes": 10, "rate_fen": 1}, {"from_minutes": 10, "rate_fen": 2}]),
    ("/valid_until", "2020-01-01T00:00:00Z"), ("/submit", "yes"), ("/employer_id", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("pointer", "value"), BAD, ids=[f"{n}{pointer}" for n, (pointer, _) in enumerate(BAD)])
async def test_bad_input_names_the_field_and_stores_nothing(
    ctx: Context, client: Client, pointer: str, value: Any
) -> None:
    """422 with the pointer of the field (or of something in it); no echo, no posting."""
    headers = await an_owner(ctx)
    answer = await client.post("/v1/postings", json=at(pointer, value), headers=headers)
    assert answer.status_code == 422, answer.text
    found = [error["pointer"] for error in answer.json()["errors"]]
    wanted = "/time/ends_at" if pointer == "/time/starts_at" and "/time/ends_at" in found else pointer
    assert any(name.startswith(wanted) for name in found), found
    assert (await client.get("/v1/postings/mine", headers=headers)).json()["items"] == []


@pytest.mark.parametrize("raw", [b'{"headcount": NaN}', b'{"a": 1, "a": 2}', b'{"title": "\\ud800"}', b"[", b"\xff"])
async def test_broken_bytes_are_400(ctx: Context, client: Client, raw: bytes) -> None:
    """What is no JSON of ours is not read at all."""
    headers = await an_owner(ctx) | {"content-type": "application/json"}
    assert (await client.post("/v1/postings", content=raw, headers=headers)).status_code == 400


async def test_missing_fields_are_the_five(ctx: Context, client: Client) -> None:
    """An empty body lists exactly what a posting needs."""
    answer = await client.post("/v1/postings", json={}, headers=await an_owner(ctx))
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/trade", "/headcount", "/time", "/place", "/pay"}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (
            {"pay": {}, "time": {}, "place": {}, "headcount": 0},
            {"/headcount", "/time", "/place", "/pay/amount_fen", "/pay/unit"},
        ),
        (
            {"pay": {"unit": "hour"}, "time": {"starts_at": "2026-11-21T17:00:00+08:00"}, "place": {"address": "x"}},
            {"/time/ends_at", "/place", "/pay/amount_fen"},
        ),
    ],
)
async def test_empty_pay_time_and_place_are_told_in_one_answer(
    ctx: Context, client: Client, given: dict[str, Any], wrong: set[str]
) -> None:
    """What an object as a whole lacks stands beside the single fields: nobody has to ask twice."""
    answer = await client.post("/v1/postings", json=a_body() | given, headers=await an_owner(ctx))
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == wrong


async def test_a_sentence_fills_a_draft(ctx: Context, client: Client) -> None:
    """Which words gave what, what is missing; an only site is the place; the draft can be sent as it is."""
    employer = await city.an_employer(ctx, address="某路1号", district_code=XUHUI)
    headers = await city.as_member(ctx, await city.a_member(ctx, employer))
    body = {"text": "明晚5点到10点半洗碗两个25一小时管饭"}
    draft = (await client.post("/v1/postings/drafts/from-sentence", json=body, headers=headers)).json()
    assert (draft["missing"], draft["problems"]) == ([], [])
    assert "place" in draft["assumed"]
    assert {"trade", "headcount", "pay", "meals", "hours"} <= {span["field"] for span in draft["spans"]}
    sent = await client.post("/v1/postings", json=draft["posting"] | {"submit": True}, headers=headers)
    assert (sent.status_code, sent.json()["state"]) == (201, "published"), sent.text
    gaps = await client.post("/v1/postings/drafts/from-sentence", json={"text": "洗碗"}, headers=await an_owner(ctx))
    assert set(gaps.json()["missing"]) == {"/headcount", "/time", "/place", "/pay"}
    long = await client.post("/v1/postings/drafts/from-sentence", json={"text": "洗" * 501}, headers=headers)
    assert long.status_code == 422


@pytest.mark.parametrize(
    ("said", "rule", "words"),
    [("明晚5点到10点半洗碗两个25一小时管饭，先交押金200", "C01", "押金"), ("包夜陪酒", "C21", "陪酒")],
)
async def test_unlawful_words_of_a_sentence_are_warned_of_and_kept(
    ctx: Context, client: Client, said: str, rule: str, words: str
) -> None:
    """Also where a field is missing: which words, by which rule, on what basis; sent in they stop the posting."""
    employer = await city.an_employer(ctx, address="某路1号", district_code=XUHUI)
    headers = await city.as_member(ctx, await city.a_member(ctx, employer))
    draft = (await client.post("/v1/postings/drafts/from-sentence", json={"text": said}, headers=headers)).json()
    hits = [each["facts"] for each in draft["warnings"] if each["pointer"] == "/description"]
    kept = draft["posting"]["description"]
    assert any(hit["rule"] == rule and words in hit["words"] and hit["basis"] for hit in hits), hits
    assert all(kept[hit["start"] : hit["end"]] == hit["words"] for hit in hits)
    if not draft["missing"]:
        sent = await client.post("/v1/postings", json=draft["posting"] | {"submit": True}, headers=headers)
        assert (sent.status_code, sent.json()["code"]) == (422, "posting_blocked")


async def test_what_no_field_takes_of_a_sentence_is_its_description(ctx: Context, client: Client) -> None:
    """Nothing that was said is lost; a sentence that is all fields has no description."""
    headers, path = await an_owner(ctx), "/v1/postings/drafts/from-sentence"
    for said, kept in (("洗碗两个，后厨有空调，带雨鞋", "后厨有空调；带雨鞋"), ("洗碗两个25一小时管饭", None)):
        draft = (await client.post(path, json={"text": said}, headers=headers)).json()
        assert (draft["posting"].get("description"), draft["warnings"]) == (kept, [])


async def test_a_sentence_that_is_not_understood_gets_a_hint(ctx: Context, client: Client) -> None:
    """In the caller's language: what is missing, and how to say it; an English sentence is read."""
    headers = await an_owner(ctx)
    path = "/v1/postings/drafts/from-sentence"
    for language, words in (("en", "which work, how many people"), ("zh-CN", "做什么活、要几个人")):
        unclear = await client.post(path, json={"text": "hello there"}, headers=headers | {"accept-language": language})
        assert unclear.status_code == 200
        assert words in unclear.json()["hint"]
    said = {"text": "two dishwashers tomorrow night 5 to 10:30, 25 an hour, meals"}
    clear = (await client.post(path, json=said, headers=headers)).json()
    assert (clear["posting"]["trade"], clear["posting"]["headcount"]) == ("dishwashing", 2)
    assert clear["hint"] is None or "/place" in " ".join(clear["missing"])


async def test_copy_and_rebook(ctx: Context, client: Client) -> None:
    """A copy is a draft at the same hours; a rebooking is offered at once on the named day."""
    headers = await an_owner(ctx)
    posting = await offered(client, headers, title="晚市")
    copied = (await post(client, posting, "copy", headers)).json()
    assert (copied["state"], copied["title"], copied["time"]) == ("draft", "晚市", posting["time"])
    day = (next_week() + timedelta(days=3)).date().isoformat()
    booked = (await post(client, posting, "rebook", headers, day=day)).json()
    assert booked["state"] == "published"
    assert booked["time"]["shifts"][0]["starts_at"].startswith(day)
    past = await post(client, posting, "rebook", headers, day="2020-01-01")
    assert past.json()["errors"][0]["code"] == "starts_in_the_past"


async def test_the_employers_own_list_has_every_state(ctx: Context, client: Client) -> None:
    """Newest first, in pages, by state; of nobody else."""
    headers = await an_owner(ctx)
    drafts = [(await made(client, headers))["id"] for _ in range(3)]
    live = (await offered(client, headers))["id"]
    await offered(client, await an_owner(ctx))
    first = (await client.get("/v1/postings/mine?limit=2", headers=headers)).json()
    rest = (await client.get(f"/v1/postings/mine?limit=2&cursor={first['next_cursor']}", headers=headers)).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == [live, *reversed(drafts)]
    assert rest["next_cursor"] is None
    only = (await client.get("/v1/postings/mine?state=published", headers=headers)).json()["items"]
    assert [item["id"] for item in only] == [live]
    assert (await client.get("/v1/postings/mine?state=lost", headers=headers)).status_code == 422


async def test_terms_are_kept_word_for_word(ctx: Context, client: Client) -> None:
    """Each version's words and hash can be read; a version that never was cannot."""
    headers = await an_owner(ctx)
    posting = await offered(client, headers)
    raised = await client.patch(
        f"/v1/postings/{posting['id']}", json={"pay": {"amount_fen": 3000}}, headers=headers | {"if-match": '"2"'}
    )
    assert (raised.json()["state"], raised.json()["terms_version"]) == ("published", 2)
    path = f"/v1/postings/{posting['id']}/terms"
    first = (await client.get(f"{path}?terms_version=1")).json()
    second = (await client.get(path)).json()
    assert (first["terms"]["pay"]["amount_fen"], second["terms"]["pay"]["amount_fen"]) == (2600, 3000)
    assert (first["terms_hash"], second["terms_hash"]) == (posting["terms_hash"], raised.json()["terms_hash"])
    assert (await client.get(f"{path}?terms_version=3")).status_code == 404


async def test_a_suspended_employer_may_stop_and_appeal_but_not_offer(ctx: Context, client: Client) -> None:
    """It sees and withdraws what it has, appeals, and offers nothing new."""
    employer = await city.an_employer(ctx)
    headers = await city.as_member(ctx, await city.a_member(ctx, employer))
    live, draft = await offered(client, headers), await made(client, headers)
    down = await offered(client, headers)
    await post(client, down, "take-down", await an_officer(ctx), reason="other")
    async with ctx.uow() as uow:
        (await uow.postings.employer(employer.id)).state = "suspended"
    assert len((await client.get("/v1/postings/mine", headers=headers)).json()["items"]) == 3
    assert (await post(client, live, "withdraw", headers, reason="not_needed")).status_code == 200
    assert (await post(client, down, "appeals", headers, words="证照已经办好")).status_code == 201
    for verb, posting in (("submit", draft), ("copy", draft)):
        answer = await post(client, posting, verb, headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "employer_may_not_post")


async def test_clerks_look_and_do_not_touch(ctx: Context, client: Client) -> None:
    """A clerk reads the employer's own list; every change is 403."""
    employer = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, employer))
    clerk = await city.as_member(ctx, await city.a_member(ctx, employer, role="clerk"))
    posting = await offered(client, owner)
    assert len((await client.get("/v1/postings/mine", headers=clerk)).json()["items"]) == 1
    assert (await post(client, posting, "pause", clerk)).status_code == 403
