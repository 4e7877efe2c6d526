"""Where a household lives: no public word of a posting moves when only its door does."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from service.feed.bodies import posting_body
from service.http.html.rendering import data_block
from service.i18n import LANGUAGES
from service.jobpages.rules import job_posting
from service.jobpages.showing import Teller, named
from service.jobpages.usecases import JobView
from service.listings.rules.listing import posting_listing
from service.postings.rules import check_posting, terms_hash, terms_of, without_door
from service.postings.usecases.ground import stored_columns
from service.postings.views import brief_view, full_view
from tests.rules.test_postings_checking import NOW, START, asked, ground

HOME: Any = SimpleNamespace(kind="household", name="欧阳明月")
FIRM: Any = SimpleNamespace(kind="enterprise", name="某某餐饮")
STREETS = st.text("幸福路梅花弄0123456789号室", min_size=1, max_size=30)
DISTRICT = "310104"


@st.composite
def doors(draw: st.DrawFn) -> dict[str, Any]:
    """A street, an exact point and a pickup place, all anywhere in the same square kilometre."""
    near = st.floats(-0.004, 0.004, allow_nan=False)
    place, pickup = ({"lon": 121.43 + draw(near), "lat": 31.19 + draw(near)} for _ in range(2))
    fetched = {"point": pickup, "address": draw(STREETS), "leaves_at": "16:00", "seats": 3}
    where = {"address": draw(STREETS), "district_code": DISTRICT, "point": place | {"sent_datum": "wgs84"}}
    return asked(place=where, pickup=fetched)


def columns(asked_for: dict[str, Any], employer: Any) -> dict[str, Any]:
    """The row of a posting that was asked for and published."""
    checked = check_posting(asked_for, ground())
    assert checked.errors == ()
    unsaid = dict.fromkeys(("source", "source_id", "closed_at", "distance_m", "meals", "payment_record"))
    free = {"starts_at": START, "ends_at": START + timedelta(hours=5), "free": 2}
    who = {"employer_id": UUID(int=8), "employer_name": employer.name, "employer_kind": employer.kind}
    now = {"published_at": NOW, "created_at": NOW, "updated_at": NOW}
    row = {
        "id": UUID(int=7),
        "number": 100_001,
        "version": 2,
        "state": "published",
        "terms_version": 1,
        "employer_state": "applied",
    }
    return unsaid | free | who | now | row | stored_columns(checked, employer)


def everything_public(row: dict[str, Any]) -> list[Any]:
    """Detail, list, terms, feed, search, and page with its data, in both languages."""
    shown = full_view(row, seen_by="public", language="en")
    made: list[Any] = [shown, brief_view(row, "en"), without_door(terms_of(row)), posting_body(row)]
    made.append(posting_listing(SimpleNamespace(**row), row["employer_kind"], row["employer_name"]))
    job = JobView(shown, [(START, START + timedelta(hours=5), 2)], NOW)
    for language in LANGUAGES:
        lines = Teller(language).lines(job)
        made += [lines, data_block(job_posting(shown, named(job, lines, "https://example.org/jobs/7", language)))]
    return made


@given(doors(), doors())
def test_two_doors_of_a_household_look_the_same(one: dict[str, Any], two: dict[str, Any]) -> None:
    """Whoever tries every address of a district against what is public learns nothing: not by a hash either."""
    assert everything_public(columns(one, HOME)) == everything_public(columns(two, HOME))


@given(doors())
def test_the_words_agreed_on_hold_the_door(one: dict[str, Any]) -> None:
    """Both sides' terms name it, and their hash is another one than the public's; a firm's is the public's."""
    home, firm = columns(one, HOME), columns(one, FIRM)
    assert terms_of(home)["place"]["address"] == one["place"]["address"]
    assert terms_of(home)["place"]["pickup"]["address"] == one["pickup"]["address"]
    assert home["terms_hash"] == terms_hash(terms_of(home))
    public = full_view(home, seen_by="public", language="en")
    assert public["terms_hash"] == posting_body(home)["terms_hash"] == terms_hash(without_door(terms_of(home)))
    assert public["terms_hash"] != home["terms_hash"]
    assert full_view(home, seen_by="seated", language="en")["terms_hash"] == home["terms_hash"]
    assert full_view(firm, seen_by="public", language="en")["terms_hash"] == firm["terms_hash"]


@given(doors())
def test_a_households_points_are_stored_to_a_kilometre(one: dict[str, Any]) -> None:
    """What rankings and cursors read leads to no door, the pickup's neither; a firm's points are as it sent them."""
    home, firm = columns(one, HOME), columns(one, FIRM)
    assert (home["lon"], home["lat"], home["pickup"]["lon"], home["pickup"]["lat"]) == (121.43, 31.19, 121.43, 31.19)
    assert (firm["pickup"]["lon"], firm["pickup"]["lat"]) == (
        one["pickup"]["point"]["lon"],
        one["pickup"]["point"]["lat"],
    )


def test_how_far_from_the_city_it_is_is_for_its_author() -> None:
    """The warning measures from the exact point: a circle on the map for whoever reads it."""
    far = asked(
        place={
            "address": "某村",
            "district_code": DISTRICT,
            "point": {"lon": 119.4, "lat": 31.2, "sent_datum": "wgs84"},
        }
    )
    row = columns(far, HOME)
    assert [each["code"] for each in row["warnings"]] == ["point_far_from_city"]
    assert full_view(row | {"site_id": None}, seen_by="public", language="en")["warnings"] == []
