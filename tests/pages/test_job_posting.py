"""JobPosting data from any public posting: within the documented rules, and honest about what has no unit there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.http.html import words
from service.http.html.rendering import data_block
from service.i18n import LANGUAGES
from service.jobpages.rules import EMPLOYMENT, UNITS, is_open, job_posting
from service.jobpages.showing import Teller, named
from service.jobpages.usecases import JobView
from service.postings.tables import JOB_KINDS, PAY_UNITS, SETTLEMENTS, WORK_MODES
from service.reliability.rules import payment_shown
from tests.pages.job_posting_check import RULES, advice, breaches

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40).filter(str.strip)

TOO_FEW = payment_shown(None, "zh-CN")
PAID = {"jobs": st.just(30), "on_time": st.integers(0, 30), "same_day": st.just(0)}
RECORDS = st.none() | st.fixed_dictionaries(PAID)


def a_view(**more: Any) -> dict[str, Any]:
    """The public view of a posting in Chengdu."""
    view: dict[str, Any] = {
        "id": UUID(int=7),
        "state": "published",
        "title": "晚市洗碗",
        "description": "后厨洗碗，管一餐。\n穿防滑鞋。",
        "trade": "dishwashing",
        "job_kind": "day_labour",
        "work_mode": "on_site",
        "headcount": 2,
        "conditions": {"meals": "one_meal", "lodging": "none", "travel": None, "bring": ["non_slip_shoes"]},
        "certificates": ["health_certificate"],
        "adult_only": False,
        "min_age": None,
        "valid_until": NOW + timedelta(days=3),
        "published_at": NOW,
        "injury": "受了伤：由用工方负责。没有买保险。",
        "employer": {"name": "某某餐饮", "kind": "enterprise", "verified": True, "payment_record": TOO_FEW},
        "place": {
            "city_code": "510100",
            "district_code": "510107",
            "address": "某路2号",
            "point": {"type": "Point", "coordinates": (104.04, 30.64)},
            "approximate": False,
        },
        "pay": {
            "amount_fen": 2500, "most_fen": None, "currency": "CNY", "unit": "hour", "unit_label": None,
            "settlement": "daily", "note": None,
        },
        "time": {"pattern": None},
    }  # fmt: skip
    return view | more


def data_of(view: dict[str, Any], language: str = "zh-CN") -> dict[str, Any]:
    """JSON-LD as it stands in the page."""
    job = JobView(view, [(NOW, NOW + timedelta(hours=5), 1)], NOW)
    naming = named(job, Teller(language).lines(job), "https://example.org/jobs/7", language)
    made: dict[str, Any] = json.loads(data_block(job_posting(view, naming)))
    return made


@st.composite
def views(draw: st.DrawFn) -> dict[str, Any]:
    """Any posting that can be public."""
    least = draw(st.integers(1, 10**8))
    point = st.none() | st.just({"type": "Point", "coordinates": (121.5, 31.2)})
    slot = {"start": "17:30", "end": "22:00"}
    pattern = {"slots": draw(st.lists(st.just(slot), max_size=2)), "weekdays": draw(st.none() | st.just([0, 4]))}
    return a_view(
        title=draw(TEXT),
        description=draw(st.none() | TEXT),
        job_kind=draw(st.sampled_from(JOB_KINDS)),
        work_mode=draw(st.sampled_from(WORK_MODES)),
        headcount=draw(st.integers(1, 10_000)),
        employer={
            "name": draw(TEXT),
            "kind": "household",
            "verified": draw(st.booleans()),
            "payment_record": payment_shown(draw(RECORDS), "zh-CN"),
        },
        place={
            "city_code": draw(st.sampled_from(["510100", "310100", "632700"])),
            "district_code": draw(st.sampled_from([None, "310106", "999999"])),
            "address": draw(st.none() | TEXT),
            "point": draw(point),
            "approximate": draw(st.booleans()),
        },
        pay={
            "amount_fen": least,
            "most_fen": draw(st.none() | st.integers(least, 10**8)),
            "currency": "CNY",
            "unit": draw(st.sampled_from(PAY_UNITS)),
            "unit_label": draw(st.none() | TEXT),
            "settlement": draw(st.sampled_from(SETTLEMENTS)),
            "note": draw(st.none() | TEXT),
        },
        time={"pattern": draw(st.none() | st.just(pattern))},
    )


@given(view=views(), language=st.sampled_from(LANGUAGES))
def test_every_posting_keeps_to_the_documented_rules(view: dict[str, Any], language: str) -> None:
    """Required properties, expected types, value domains and what holds between them, whatever is posted."""
    data = data_of(view, language)
    assert breaches(data) == []
    assert advice(data) == []


@given(view=views())
def test_nothing_is_said_that_the_posting_does_not_say(view: dict[str, Any]) -> None:
    """Title, amounts, headcount and street are the posting's own; an approximate point is not given out."""
    data = data_of(view)
    assert data["title"] == view["title"]
    assert data["totalJobOpenings"] == view["headcount"]
    location = data.get("jobLocation", {})
    assert location.get("address", {}).get("streetAddress") == (view["place"]["address"] if location else None)
    assert "geo" not in location or not view["place"]["approximate"]
    if "baseSalary" in data:
        value = data["baseSalary"]["value"]
        least, most = view["pay"]["amount_fen"], view["pay"]["most_fen"] or view["pay"]["amount_fen"]
        said = (value.get("value", value.get("minValue")), value.get("value", value.get("maxValue")))
        assert tuple(round(each * 100) for each in said) == (least, most)
        assert value["unitText"] == UNITS[view["pay"]["unit"]]


@pytest.mark.parametrize("unit", [unit for unit in PAY_UNITS if unit not in UNITS])
def test_task_pay_has_no_invented_unit(unit: str) -> None:
    """Pay by the piece, order, shift, area or job is told in the description and not as a salary of hours or days."""
    view = a_view()
    view["pay"] |= {"unit": unit, "amount_fen": 150}
    data = data_of(view)
    assert "baseSalary" not in data
    assert words.said_pay(view["pay"], "zh-CN") in data["description"]


def test_each_kind_of_job_has_an_employment_type() -> None:
    """No kind is forgotten when kinds are added."""
    assert EMPLOYMENT.keys() == set(JOB_KINDS)


@pytest.mark.parametrize(
    ("mode", "kind", "name"),
    [("remote", "Country", "中国"), ("home_based", "City", "中国四川省成都市")],
)
def test_work_from_afar_has_no_place(mode: str, kind: str, name: str) -> None:
    """Remote work names where applicants may live, and no address."""
    data = data_of(a_view(work_mode=mode))
    assert data["jobLocationType"] == "TELECOMMUTE"
    assert data["applicantLocationRequirements"] == {"@type": kind, "name": name}
    assert "jobLocation" not in data


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": ""}, "title: required"),
        ({"datePosted": "yesterday"}, "datePosted"),
        ({"employmentType": "DAY_LABOUR"}, "employmentType"),
        ({"hiringOrganization": {"@type": "Person", "name": "x"}}, "hiringOrganization"),
        ({"jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress"}}}, "addressCountry"),
        ({"description": "<script>x</script>"}, "description"),
        ({"description": "<p>open"}, "description"),
        ({"validThrough": "2020-01-01T00:00:00+08:00"}, "validThrough"),
        ({"directApply": "no"}, "directApply"),
        ({"salary": 3}, "salary"),
        (
            {"baseSalary": {"@type": "MonetaryAmount", "currency": "CNY",
                            "value": {"@type": "QuantitativeValue", "value": 3, "unitText": "PIECE"}}},
            "unitText",
        ),
    ],
)  # fmt: skip
def test_the_check_finds_breaches(change: dict[str, Any], told: str) -> None:
    """The rules of the fixture can fail: each planted breach is named."""
    assert any(told in breach for breach in breaches(data_of(a_view()) | change))
    assert breaches(data_of(a_view())) == []
    assert "description" in RULES["types"]["JobPosting"]


@pytest.mark.parametrize(
    ("state", "days", "open_now"), [("published", 1, True), ("filled", 1, False), ("published", 0, False)]
)
def test_filled_and_lapsed_postings_are_not_offered(state: str, days: int, open_now: bool) -> None:
    """Only what one can still apply to is offered to search engines."""
    view = a_view(state=state, valid_until=NOW + timedelta(days=days))
    assert is_open(view, NOW) is open_now
