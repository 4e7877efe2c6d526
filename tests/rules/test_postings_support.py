"""Who pays for a job, what it is for, whom public support is meant for; and that seasonal work has an end."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.policies import shipped
from service.postings.rules import asked_of, check_posting
from tests.rules.test_postings_checking import NOW, asked, check, errors_of, ground

SLOTS = {"slots": [{"start": "08:00", "end": "16:00", "weekdays": None}], "weekdays": [0, 1, 2, 3, 4]}


def pattern(**more: Any) -> dict[str, Any]:
    return {"pattern": SLOTS | more}


def test_nothing_said_is_the_employers_own_money_and_nobody_first() -> None:
    """The employer pays, no trait, no group; that the money is the employer's is named as a default."""
    columns = check().columns
    assert (columns["funding"], columns["traits"], columns["priority_groups"]) == ("employer", [], [])
    assert "/funding" in columns["defaulted"]


def test_codes_are_kept_once_in_their_order_and_survive_being_asked_again() -> None:
    """What was said comes back word for word, so that a change of one field leaves it alone."""
    said = {
        "funding": "government_purchase",
        "traits": ["community_service", "barrier_free", "community_service"],
        "priority_groups": ["low_income", "graduates"],
    }
    columns = check(**said).columns
    again = asked_of(columns | {"site_id": None})
    assert again["funding"] == "government_purchase"
    assert again["traits"] == ["community_service", "barrier_free"]
    assert again["priority_groups"] == ["low_income", "graduates"]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"funding": "lottery"}, "/funding"),
        ({"traits": ["barrier_free", "shiny"]}, "/traits/1"),
        ({"priority_groups": ["men"]}, "/priority_groups/0"),
    ],
)
def test_an_unknown_code_is_refused_where_it_stands_with_the_known_ones(said: dict[str, Any], pointer: str) -> None:
    """The error names the very entry and lists what would do."""
    (error,) = check(**said).errors
    assert (error.pointer, error.code) == (pointer, "code_unknown")
    assert error.facts["expected"]


def test_practice_in_several_places_names_its_licence() -> None:
    """Doctors and teachers work in several places by their licence (LYG-2e); without one named it is refused."""
    bare = asked(trade="cleaning", traits=["multi_site_practice"], certificates=[])
    assert errors_of(check(**bare)) == {"/certificates": "practice_licence_needed"}
    assert not check(**bare | {"certificates": ["health_certificate"]}).errors


def test_seasonal_work_by_the_pattern_says_when_it_ends() -> None:
    """Without a last day it is refused at that field (F11); with one, or by dated shifts, it is taken."""
    assert errors_of(check(job_kind="seasonal", time=pattern())) == {"/time/pattern/last_day": "season_end_needed"}
    assert not check(job_kind="seasonal", time=pattern(last_day=date(2026, 12, 31))).errors
    assert not check(job_kind="seasonal").errors
    assert not check(job_kind="part_time", time=pattern()).errors


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"trade": "building_helper"}, "injury_cover_of_project"),
        ({"trade": "building_helper", "conditions": {"injury_cover": "work_injury"}}, "injury_cover_of_project"),
        ({"job_kind": "part_time"}, "injury_cover_missing"),
        ({"job_kind": "part_time", "conditions": {"injury_cover": "none"}}, "injury_cover_missing"),
    ],
)
def test_a_missing_injury_cover_is_pointed_out_and_in_lianyungang_refused(said: dict[str, Any], code: str) -> None:
    """C26 and C27: a warning in Shanghai, a refusal in Lianyungang (LYG-11d, LYG-11e), at the field that mends it."""
    here = check(**said)
    assert "/conditions/injury_cover" not in errors_of(here)
    assert code in {each["code"] for each in here.warnings}
    there = check_posting(asked(**said), ground(policies=shipped().at(NOW, "320700")))
    assert errors_of(there)["/conditions/injury_cover"] == code


def test_a_declared_cover_satisfies() -> None:
    """The project's insurance on a site, any cover for part-time work."""
    for said in (
        {"trade": "building_helper", "conditions": {"injury_cover": "project"}},
        {"job_kind": "part_time", "conditions": {"injury_cover": "commercial"}},
    ):
        checked = check_posting(asked(**said), ground(policies=shipped().at(NOW, "320700")))
        assert "/conditions/injury_cover" not in errors_of(checked)
