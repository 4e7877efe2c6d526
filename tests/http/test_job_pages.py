"""Pages of postings: what they show, what they hide, how they leave, and what crawlers find."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

import httpx2
import pytest
from extruct.jsonld import JsonLdExtractor
from lxml import etree, html

from service.context import Context
from service.http.html.routing import PageRoute, is_carried
from service.jobpages import cuts, usecases
from service.jobpages.repository import JobPagesRepository, Part
from service.postings.lifecycle import POSTING
from tests import clock
from tests.builders import city
from tests.builders.contact_requests import a_supply
from tests.pages.job_posting_check import advice, breaches

Client = httpx2.AsyncClient
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
NINGBO = {"city_code": "330200", "district_code": "330203"}


@pytest.fixture(autouse=True)
def _not_cut_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds the sitemap as another one's was cut."""
    monkeypatch.setattr(cuts, "_KEPT", WeakKeyDictionary())


async def a_job(ctx: Context, **more: Any) -> Any:
    """A public posting with one shift to come."""
    row = await city.a_posting(ctx, await city.an_employer(ctx), **more)
    await city.a_shift(ctx, row)
    return row


async def seen(client: Client, path: str, status: int = 200, **more: Any) -> httpx2.Response:
    answer = await client.get(path, **more)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return answer


def data_in(page: str) -> list[dict[str, Any]]:
    """JSON-LD as a parser that is not ours finds it."""
    return list(JsonLdExtractor().extract(page))


async def test_a_posting_has_a_page_with_valid_data(ctx: Context, client: Client) -> None:
    """Title, pay and place for people, and JobPosting data within the documented rules."""
    row = await a_job(ctx)
    page = await seen(client, f"/jobs/{row.id}")
    [data] = data_in(page.text)
    assert breaches(data) == []
    assert advice(data) == []
    assert data["title"] == row.title
    assert data["url"].endswith(f"/jobs/{row.id}")
    assert data["baseSalary"]["value"] == {"@type": "QuantitativeValue", "value": 25, "unitText": "HOUR"}
    assert datetime.fromisoformat(data["validThrough"]) == row.valid_until.replace(microsecond=0)
    text = html.fromstring(page.text).text_content()
    assert all(words in text for words in (row.title, "25 元/小时", "上海市徐汇区", "某路2号", f"编号 {row.number}"))
    [main] = html.fromstring(page.text).xpath("//main")
    assert str(row.id) not in main.text_content()


@pytest.mark.parametrize(
    ("query", "header", "language", "pay"),
    [
        ("", "", "zh-CN", "25 元/小时"),
        ("", "en", "en", "25 yuan an hour"),
        ("?lang=zh-CN", "en", "zh-CN", "25 元/小时"),
        ("?lang=en", "", "en", "25 yuan an hour"),
        ("?lang=zh", "en", "zh-CN", "25 元/小时"),
        ("?lang=fr", "", "zh-CN", "25 元/小时"),
    ],
)
async def test_pages_speak_the_readers_language(
    ctx: Context, client: Client, query: str, header: str, language: str, pay: str
) -> None:
    """Chinese first; English by the browser's wish or by name, and links keep what was named."""
    row = await a_job(ctx)
    page = await seen(client, f"/jobs/{row.id}{query}", headers={"accept-language": header})
    assert f'<html lang="{language}">' in page.text
    assert pay in page.text
    named = query.removeprefix("?lang=") in {"zh-CN", "zh", "en"}
    assert ("/jobs?lang=" in page.text) == named


async def test_what_is_posted_is_shown_as_text(ctx: Context, client: Client) -> None:
    """Markup and script in every free field are text in the page, and end neither the data nor the page."""
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>]]>&lt;"
    row = await a_job(ctx, title=evil, description=f"{evil}\n{evil}", address=evil, pay_note=evil)
    for path in (f"/jobs/{row.id}", "/jobs"):
        page = (await seen(client, path)).text
        found = html.fromstring(page)
        assert [each.get("type") for each in found.iter("script")] in (["application/ld+json"], [])
        assert not list(found.iter("img"))
        assert not [each for each in found.iter() if any(name.startswith("on") for name in each.attrib)]
        assert evil in found.text_content()
    [data] = data_in((await seen(client, f"/jobs/{row.id}")).text)
    assert data["title"] == evil
    assert breaches(data) == []


async def test_pages_take_nothing_from_elsewhere(ctx: Context, client: Client) -> None:
    """No script runs, no other host is asked, nothing is styled inline; the style sheet is there and is kept."""
    row = await a_job(ctx)
    for path in ("/", "/jobs", f"/jobs/{row.id}"):
        page = await seen(client, path)
        assert "script-src" not in page.headers["content-security-policy"]
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        found = html.fromstring(page.text)
        loaded = found.xpath("//link[@rel='stylesheet']/@href | //img/@src | //iframe/@src | //script/@src")
        assert loaded
        assert all(re.fullmatch(r"/site\.css\?v=[0-9a-f]{12}", each) for each in loaded)
        assert not found.xpath("//*[@style]")
    sheet = await client.get(loaded[0])
    assert sheet.headers["content-type"].startswith("text/css")
    assert "immutable" in sheet.headers["cache-control"]
    assert "immutable" not in (await client.get("/site.css?v=other")).headers["cache-control"]
    assert "url(" not in sheet.text
    assert "@import" not in sheet.text


async def test_a_household_is_shown_without_its_name_and_door(ctx: Context, client: Client) -> None:
    """The masked name alone, the district and no street or point, for people and in the data."""
    home = await city.an_employer(ctx, kind="household", name="欧阳明月", name_folded="欧阳明月", credit_code=None)
    row = await city.a_posting(ctx, home, address="某弄9号501室")
    page = (await seen(client, f"/jobs/{row.id}")).text
    [data] = data_in(page)
    assert data["hiringOrganization"] == {"@type": "Organization", "name": "欧**"}
    assert data["jobLocation"].keys() == {"@type", "address"}
    assert "streetAddress" not in data["jobLocation"]["address"]
    assert not any(secret in page for secret in ("欧阳", "明月", "某弄", "501室", str(row.lon), str(row.lat)))


@pytest.mark.parametrize("state", ["expired", "withdrawn", "taken_down", "paused", "submitted", "final"])
async def test_what_is_public_no_longer_is_gone(ctx: Context, client: Client, state: str) -> None:
    """410 with a plain page: no data, no word of the posting, not to be kept."""
    closed = {} if state in {"paused", "submitted"} else {"closed_at": clock.now()}
    row = await a_job(ctx, state=state, title="看不见的活", **closed)
    page = await seen(client, f"/jobs/{row.id}", 410)
    assert data_in(page.text) == []
    assert "看不见的活" not in page.text
    assert 'name="robots" content="noindex"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert str(row.id) not in (await seen(client, "/jobs")).text


async def test_what_never_was_public_is_not_there(ctx: Context, client: Client) -> None:
    """Drafts, hires by sight, unknown and impossible numbers: one and the same 404."""
    employer = await city.an_employer(ctx)
    draft = await city.a_posting(ctx, employer, state="draft", published_at=None)
    private = await city.a_posting(ctx, employer, private=True)
    pages = [await seen(client, f"/jobs/{each}", 404) for each in (draft.id, private.id, uuid4(), "x")]
    hidden = re.compile(r'href="/jobs/[^"]*lang')
    assert len({hidden.sub("", page.text) for page in pages}) == 1


async def test_a_filled_posting_is_shown_and_not_offered(ctx: Context, client: Client) -> None:
    """The page says so and carries neither data nor a place in list and sitemap."""
    row = await a_job(ctx, state="filled")
    page = (await seen(client, f"/jobs/{row.id}")).text
    assert data_in(page) == []
    assert "已经招满" in page
    assert str(row.id) not in (await seen(client, "/jobs")).text
    assert str(row.id) not in (await client.get("/sitemaps/1.xml")).text


async def test_a_merged_posting_leads_to_the_one_that_stayed(ctx: Context, client: Client) -> None:
    """Over several merges, in the reader's language; when that one ends it is gone as any other."""
    last = await a_job(ctx)
    closed = {"state": "merged", "closed_at": last.published_at}
    employer = await city.an_employer(ctx)
    middle = await city.a_posting(ctx, employer, **closed, merged_into=last.id)
    first = await city.a_posting(ctx, employer, **closed, merged_into=middle.id)
    answer = await client.get(f"/jobs/{first.id}?lang=en", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, f"/jobs/{last.id}?lang=en")
    async with ctx.uow() as uow:
        row = await uow.postings.lock(last.id)
        now = await uow.now()
        await uow.move(row, POSTING, "withdraw", by=city.SYSTEM, at=now, closed_at=now)
    await seen(client, f"/jobs/{first.id}", 410)


async def test_a_number_leads_to_its_page(ctx: Context, client: Client) -> None:
    """Of both sides, from one row of numbers that begins with six figures; what never was public has none."""
    job = await a_job(ctx)
    wish = await a_supply(ctx, await city.a_worker(ctx))
    draft = await city.a_posting(ctx, await city.an_employer(ctx), state="draft", published_at=None)
    assert 100_001 <= job.number < wish.number < draft.number
    for row, path in ((job, f"/jobs/{job.id}"), (wish, f"/supply/{wish.id}")):
        answer = await client.get(f"/n/{row.number}?lang=en", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (301, f"{path}?lang=en")
        assert str(row.number) in (await seen(client, path)).text
    for number in (draft.number, draft.number + 99, "x", 0, 10**20):
        await seen(client, f"/n/{number}", 404)
    listed = (await client.get("/v1/listings")).json()["items"]
    assert {each["number"] for each in listed} == {job.number, wish.number}


async def test_a_page_says_how_many_are_still_wanted(ctx: Context, client: Client) -> None:
    """Three in all of whom one seat is taken: two more; the same words as in a list."""
    row = await city.a_posting(ctx, await city.an_employer(ctx), headcount=3)
    await city.a_shift(ctx, row, headcount=3, taken=1)
    assert "3 人、还要 2 人" in (await seen(client, f"/jobs/{row.id}")).text
    assert "2 still wanted" in (await seen(client, f"/jobs/{row.id}?lang=en")).text


async def test_an_unchanged_page_is_not_sent_again(ctx: Context, client: Client) -> None:
    """ETag and 304; HEAD as GET; a change is seen at once."""
    row = await a_job(ctx)
    path = f"/jobs/{row.id}"
    first = await seen(client, path)
    assert first.headers["cache-control"] == "public, no-cache"
    again = await client.get(path, headers={"if-none-match": f'"x", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    head = await client.head(path)
    assert (head.status_code, head.headers["etag"]) == (200, first.headers["etag"])
    async with ctx.uow() as uow:
        changed = await uow.postings.get(row.id)
        await uow.edit(changed, by=city.SYSTEM, at=await uow.now(), title="早市洗碗")
    assert "早市洗碗" in (await seen(client, path, headers={"if-none-match": first.headers["etag"]})).text


async def test_the_list_can_be_walked_to_its_end(ctx: Context, client: Client) -> None:
    """Newest first over all cities, by plain links; each open posting once, by region too."""
    here = [await a_job(ctx, title=f"活{n}") for n in range(23)]
    there = await a_job(ctx, **NINGBO)
    order = [str(row.id) for row in [there, *reversed(here)]]

    async def walk(path: str) -> list[str]:
        found, pages = [], 0
        while path:
            page = html.fromstring((await seen(client, path)).text)
            found += [href.removeprefix("/jobs/") for href in page.xpath("//ul[@class='jobs']//a/@href")]
            path = next(iter(page.xpath("//a[@rel='next']/@href")), "")
            pages += 1
            assert pages < 9
        return found

    assert await walk("/jobs") == order
    assert await walk("/jobs?region=330000") == await walk("/jobs?region=330203") == [str(there.id)]
    assert await walk("/jobs?region=310100") == order[1:]
    assert await walk("/jobs?region=310106") == []
    shown = html.fromstring((await seen(client, "/jobs")).text).xpath("//ul[@class='places']//a/@href")
    assert shown == ["/jobs?region=310100", "/jobs?region=330200"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/jobs?region=999999", 422),
        ("/jobs?region=%3Cscript%3E", 422),
        ("/jobs?regoin=310100", 422),
        ("/jobs?region=310100&region=330200", 422),
        ("/jobs?cursor=%FF", 400),
        ("/jobs?cursor=abc.def", 400),
        ("/sitemaps/9.xml", 404),
        ("/sitemaps/x.xml", 404),
        ("/sitemaps/99999999999999999999999.xml", 404),
        ("/jobs?utm_source=x&spm=a.b", 200),
        ("/jobs?from=timeline", 200),
        ("/jobs?from=timeline&from=groupmessage&isappinstalled=0", 200),
    ],
)
async def test_what_cannot_be_answered_is_a_page_too(client: Client, path: str, status: int) -> None:
    """Refusals say why in plain words and where to go on; what others hang on a link is passed over."""
    page = html.fromstring((await seen(client, path, status)).text)
    assert "/jobs" in page.xpath("//a/@href")
    assert not page.xpath("//script")


SHARED = (
    "from=singlemessage&isappinstalled=0",
    "nsukey=a%2Fb&scene=1&clicktime=1&enterid=1",
    "sharer_shareinfo=a&share_token=b&utm_medium=c&spm=d",
)


@pytest.mark.parametrize("hung_on", SHARED)
async def test_a_page_that_is_sent_on_opens_as_it_was(ctx: Context, client: Client, hung_on: str) -> None:
    """The same bytes and the same mark as the page itself; the API goes on refusing what it does not know."""
    job = await a_job(ctx)
    for path in (f"/jobs/{job.id}", "/jobs?region=310100", "/"):
        alone, shared = [await seen(client, each) for each in (path, f"{path}{'&' if '?' in path else '?'}{hung_on}")]
        assert (shared.content, shared.headers["etag"]) == (alone.content, alone.headers["etag"])
    refused = await client.get(f"/v1/listings?{hung_on}")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "query_unknown")


def test_no_parameter_of_a_page_is_passed_over(app: Any) -> None:
    """What a page asks for is no name that others hang on a link."""
    pages = [route for route in app.routes if isinstance(route, PageRoute)]
    assert pages
    assert not [name for route in pages for name in route._query_names if is_carried(name)]


async def test_an_address_of_nothing_is_a_page_for_people_and_a_problem_for_programs(client: Client) -> None:
    """A browser gets a way back in its language; whoever asks for no page, or under /v1, gets RFC 9457."""
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    lost = await client.get("/jbos", headers=browser)
    assert (lost.status_code, lost.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert 'href="/jobs' in lost.text
    assert "content-security-policy" in lost.headers
    english = await client.get("/jbos", headers=browser | {"accept-language": "en"})
    assert english.headers["content-language"] == "en"
    for path, headers in (("/jbos", {"accept": "*/*"}), ("/v1/jbos", browser)):
        program = await client.get(path, headers=headers)
        assert (program.status_code, program.json()["code"]) == (404, "not_found")
        assert program.headers["content-type"] == "application/problem+json"
    assert (await client.post("/jbos", headers=browser)).headers["content-type"] == "application/problem+json"


async def test_the_sitemap_names_every_open_posting_once(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Index and parts keep to the protocol; lastmod is the last change; a removal moves no other address."""
    monkeypatch.setattr(usecases, "PART_SIZE", 3)
    monkeypatch.setattr(cuts, "KEPT_SECONDS", 0)
    rows = [await a_job(ctx) for _ in range(7)]
    await city.a_posting(ctx, await city.an_employer(ctx), private=True)
    before = await sitemap(client)
    told = {f"/jobs/{row.id}": row.updated_at.replace(microsecond=0) for row in rows}
    listed = {path: at for part in before.values() for path, at in part.items() if path != "/jobs"}
    assert listed == told
    assert [len(part) for part in before.values()] == [4, 3, 1]
    async with ctx.uow() as uow:
        gone = await uow.postings.get(rows[1].id)
        now = await uow.now()
        await uow.move(gone, POSTING, "withdraw", by=city.SYSTEM, at=now, closed_at=now)
    after = await sitemap(client)
    before["/sitemaps/1.xml"].pop(f"/jobs/{rows[1].id}")
    assert after == before


async def test_the_sitemap_is_cut_once_for_all_who_ask(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cutting reads everything that ever was public; parts are asked for by their ids. What is published between two
    cuts is found at once, and no part grows over its size."""
    monkeypatch.setattr(usecases, "PART_SIZE", 3)
    for _ in range(4):
        await a_job(ctx)
    asked: list[int] = []
    plain = JobPagesRepository.parts

    async def counted(self: JobPagesRepository, size: int) -> list[Part]:
        asked.append(size)
        return await plain(self, size)

    monkeypatch.setattr(JobPagesRepository, "parts", counted)
    await asyncio.gather(*(client.get("/sitemap.xml") for _ in range(5)), *(sitemap(client) for _ in range(5)))
    assert asked == [3]
    later = [await a_job(ctx) for _ in range(3)]
    first, last = [(await client.get(f"/sitemaps/{number}.xml")).text for number in (1, 2)]
    assert (first.count("<url>"), last.count("<url>")) == (4, 3)
    assert [str(row.id) in last for row in later] == [True, True, False]
    assert asked == [3]


async def sitemap(client: Client) -> dict[str, dict[str, datetime | None]]:
    """Every part with its addresses and their last changes; the index's own lastmod is the latest of its part."""
    index = etree.fromstring((await client.get("/sitemap.xml")).content)
    assert etree.QName(index).localname == "sitemapindex"
    found = {}
    for entry in index.iterfind("s:sitemap", SPACE):
        path = "/" + entry.findtext("s:loc", namespaces=SPACE).split("/", 3)[3]
        answer = await client.get(path)
        assert answer.headers["content-type"] == "application/xml"
        part = etree.fromstring(answer.content)
        assert etree.QName(part).localname == "urlset"
        found[path] = {
            "/" + url.findtext("s:loc", namespaces=SPACE).split("/", 3)[3]: instant(url)
            for url in part.iterfind("s:url", SPACE)
        }
        changes = [at for at in found[path].values() if at]
        assert not changes or instant(entry) >= max(changes)
    return found


def instant(entry: Any) -> Any:
    written = entry.findtext("s:lastmod", namespaces=SPACE)
    return datetime.fromisoformat(written) if written else None


async def test_an_empty_market_has_a_sitemap_too(client: Client) -> None:
    """The protocol wants one entry at least: the list of jobs."""
    assert await sitemap(client) == {"/sitemaps/1.xml": {"/jobs": None}}


async def test_robots_are_told_where_the_map_is(client: Client) -> None:
    """Pages are open to them, the API is not."""
    text = (await client.get("/robots.txt")).text
    assert "Disallow: /v1/\n" in text
    assert re.search(r"^Sitemap: http\S+/sitemap\.xml$", text, re.MULTILINE)
    assert "Disallow: /jobs" not in text


def test_a_part_holds_what_the_protocol_allows() -> None:
    """With the list of jobs a part has 50,000 addresses at most."""
    assert usecases.PART_SIZE + 1 <= 50_000
