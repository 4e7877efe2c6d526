"""The rule book: complete, dated, per jurisdiction, and strict about what it is given."""

from __future__ import annotations

import copy
import re
from dataclasses import fields
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from service import policies
from service.policies import CancelTier, DataRefused, PolicyBook, step_at
from service.policies.model import TOPICS
from service.policies.typed import parse, read

TODAY = date(2026, 11, 20)
SCENARIOS = yaml.safe_load(Path(__file__).with_name("policy_scenarios.yaml").read_text("utf-8"))["scenarios"]


def raw_files() -> dict[str, Any]:
    return copy.deepcopy({topic: read("service.policies", f"{topic}.yaml") for topic in TOPICS})


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["story"])
def test_every_scenario_of_the_policy_officer_gets_its_answer(scenario: dict[str, Any]) -> None:
    """The scenarios file asks, the rule book answers as written there."""
    topic, name = scenario["ask"].split(".")
    found = getattr(getattr(policies.at(scenario["day"], scenario.get("where")), topic), name)
    if "minutes_to_start" not in scenario:
        assert found == scenario["answer"]
        return
    step = step_at(found, scenario["minutes_to_start"])
    assert {key: getattr(step, key) for key in scenario["answer"]} == scenario["answer"]


def test_every_field_of_every_topic_has_a_value_of_its_declared_type() -> None:
    """What the dataclasses declare is what the files give, with nothing left over."""
    book = policies.at(TODAY, "310115")
    for topic, cls in TOPICS.items():
        values = getattr(book, topic)
        assert isinstance(values, cls)
        for name, hint in get_type_hints(cls).items():
            if hint in (int, bool, time):
                assert type(getattr(values, name)) is hint, name
    assert {f.name for f in fields(policies.Policies)} >= set(TOPICS)


def test_every_parameter_says_what_it_is_in_both_languages_and_where_it_comes_from() -> None:
    """A design default of ours is labelled so, a legal rule names its law."""
    for parameter in policies.shipped().parameters.values():
        assert parameter.description.en
        assert parameter.description.zh
        assert parameter.design_default == (parameter.source == "design default of this service")


def test_the_ranking_weights_add_up_to_one() -> None:
    """Skill, distance and schedule share the whole score."""
    m = policies.at(TODAY).matching
    assert m.skill_weight_permille + m.distance_weight_permille + m.schedule_weight_permille == 1000


def test_quiet_hours_are_clock_times_across_midnight() -> None:
    """From ten at night to six in the morning."""
    messages = policies.at(TODAY).messages
    assert (messages.quiet_from, messages.quiet_until) == (time(22), time(6))


def test_a_moment_counts_as_its_shanghai_day() -> None:
    """Five in the afternoon in London on the last day of 2021 is already 2022 in Ningbo."""
    moment = datetime(2021, 12, 31, 17, tzinfo=UTC)
    assert policies.at(moment, "330200").postings.auto_publish_verified_employers is True
    with pytest.raises(ValueError, match="naive"):
        policies.at(datetime(2026, 11, 20, 8))


def test_a_day_before_the_first_value_is_refused_with_file_and_key() -> None:
    """The book does not guess what held before it began."""
    with pytest.raises(DataRefused, match=r"hours\.yaml: rest_gap_minutes: no value") as refusal:
        policies.at(date(2020, 12, 31))
    assert (refusal.value.file, refusal.value.key) == ("hours.yaml", "rest_gap_minutes")


@pytest.mark.parametrize("code", ["SH", "31011", "3101155", "031000", "", "31011５"])
def test_a_jurisdiction_that_is_no_region_code_is_refused(code: str) -> None:
    """Only six digits name a place."""
    with pytest.raises(ValueError, match="six-digit"):
        policies.at(TODAY, code)


def test_a_change_adds_a_date_and_leaves_the_past_as_it_was() -> None:
    """From the new date on the new value holds, the day before still the old one, in the old book always."""
    old = policies.shipped()
    new = old.with_value("attendance", "geofence_metres", 200, valid_from=date(2027, 1, 1))
    assert new.at(date(2026, 12, 31)).attendance.geofence_metres == 300
    assert new.at(date(2027, 1, 1)).attendance.geofence_metres == 200
    assert new.at(date(2027, 1, 1)).in_force_since == date(2027, 1, 1)
    assert old.at(date(2027, 1, 1)).attendance.geofence_metres == 300


def test_a_date_that_has_a_value_is_not_rewritten() -> None:
    """History stays."""
    with pytest.raises(DataRefused, match="a change adds a date"):
        policies.shipped().with_value("attendance", "geofence_metres", 200, valid_from=date(2021, 1, 1))


def test_a_district_may_differ_and_later_fall_back_to_its_city() -> None:
    """The narrowest value wins; an empty one gives the word back to the wider place."""
    name = ("postings", "auto_publish_verified_employers")
    book = policies.shipped().with_value(*name, False, valid_from=date(2026, 3, 1), jurisdiction="310115")
    book = book.with_value(*name, None, valid_from=date(2026, 9, 1), jurisdiction="310115")
    asked = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 9, 1)]
    assert [book.at(day, "310115").postings.auto_publish_verified_employers for day in asked] == [
        True,
        False,
        True,
    ]
    assert book.at(date(2026, 9, 1), "310115").in_force_since == date(2026, 9, 1)
    assert book.at(date(2026, 5, 1), "310101").postings.auto_publish_verified_employers is True


@pytest.mark.parametrize(
    ("topic", "name", "value"),
    [
        ("attendance", "geofence_metres", -1),
        ("attendance", "geofence_metres", 0),
        ("attendance", "geofence_metres", True),
        ("attendance", "geofence_metres", "300"),
        ("attendance", "geofence_metres", 300.0),
        ("attendance", "geofence_metres", None),
        ("attendance", "geofense", 300),
        ("matching", "skill_weight_permille", 1001),
        ("messages", "quiet_from", "24:00"),
        ("messages", "quiet_from", 1320),
        ("messages", "retry_seconds", []),
        ("applications", "waitlist_confirm_ladder", [{"at_least_minutes": 60, "confirm_within_minutes": 5}]),
        ("applications", "waitlist_confirm_ladder", [{"at_least_minutes": 0, "confirm_within": 5}]),
        ("pay", "bounds", {"hour": {"min_fen": 100, "max_fen": 99}}),
        ("pay", "due_rules", {}),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_the_refusal_names_file_and_key(
    topic: str, name: str, value: Any
) -> None:
    """Wrong types, senseless numbers, broken ladders and unknown names never enter the book."""
    with pytest.raises(DataRefused) as refusal:
        policies.shipped().with_value(topic, name, value, valid_from=date(2027, 1, 1))
    assert refusal.value.file == f"{topic}.yaml"
    assert refusal.value.key.startswith(name)


def unknown_parameter(raw: dict[str, Any]) -> None:
    raw["hours"]["parameters"]["lunch_minutes"] = raw["hours"]["parameters"]["rest_gap_minutes"]


def unknown_key(raw: dict[str, Any]) -> None:
    raw["hours"]["parameters"]["rest_gap_minutes"]["unti"] = "minutes"


def missing_parameter(raw: dict[str, Any]) -> None:
    del raw["hours"]["parameters"]["rest_gap_minutes"]


def missing_chinese(raw: dict[str, Any]) -> None:
    del raw["hours"]["parameters"]["rest_gap_minutes"]["description"]["zh"]


def text_instead_of_date(raw: dict[str, Any]) -> None:
    raw["hours"]["parameters"]["rest_gap_minutes"]["values"] = {"2021": 0}


def no_value_at_all(raw: dict[str, Any]) -> None:
    raw["hours"]["parameters"]["rest_gap_minutes"]["values"] = {}


def region_as_number(raw: dict[str, Any]) -> None:
    raw["hours"]["parameters"]["rest_gap_minutes"]["jurisdictions"] = {310000: {date(2021, 1, 1): 5}}


def unknown_unit(raw: dict[str, Any]) -> None:
    raw["hours"]["parameters"]["rest_gap_minutes"]["unit"] = "fortnights"


@pytest.mark.parametrize(
    "spoil",
    [
        unknown_parameter,
        unknown_key,
        missing_parameter,
        missing_chinese,
        text_instead_of_date,
        no_value_at_all,
        region_as_number,
        unknown_unit,
    ],
    ids=lambda spoil: spoil.__name__,
)
def test_a_spoiled_file_is_refused_and_the_refusal_names_file_and_key(spoil: Any) -> None:
    """One spoilt place in hours.yaml, and the loader says where."""
    raw = raw_files()
    spoil(raw)
    with pytest.raises(DataRefused, match=r"^hours\.yaml: (rest_gap_minutes|lunch_minutes)"):
        policies.book_from(raw)


def test_a_repeated_key_in_a_file_is_refused() -> None:
    """YAML itself would let the second one win without a word."""
    with pytest.raises(DataRefused, match="repeated key"):
        parse("a: 1\nb: {c: 1, c: 2}\n", "some.yaml")


days = st.dates(date(2021, 1, 1), date(2035, 12, 31))


@settings(max_examples=60, derandomize=True)
@given(changes=st.dictionaries(days, st.integers(1, 5000), max_size=5), asked=days)
def test_the_value_of_a_day_is_that_of_the_latest_change_not_after_it(changes: dict[date, int], asked: date) -> None:
    """In whatever order changes were entered, a day sees the last one before or on it."""
    changes.pop(date(2021, 1, 1), None)
    book: PolicyBook = policies.shipped()
    for day, value in changes.items():
        book = book.with_value("attendance", "geofence_metres", value, valid_from=day)
    past = {date(2021, 1, 1): 300} | {day: value for day, value in changes.items() if day <= asked}
    assert book.at(asked).attendance.geofence_metres == past[max(past)]


@settings(max_examples=60, derandomize=True)
@given(minutes=st.floats(-600, 10_000))
def test_exactly_one_rung_of_a_ladder_applies_at_any_time(minutes: float) -> None:
    """The rung found is reached, and no farther rung is; after the start it is the last one."""
    tiers: tuple[CancelTier, ...] = policies.at(TODAY).applications.worker_cancel_tiers
    found = step_at(tiers, minutes)
    reached = [tier for tier in tiers if tier.at_least_minutes <= minutes]
    assert found == (reached[0] if reached else tiers[-1])


def test_every_parameter_is_read_somewhere() -> None:
    """A dated figure that no code asks for would promise a change and change nothing."""
    root = Path(policies.__file__).parent.parent
    code = [path for path in root.rglob("*.py") if path.parent.name != "policies"]
    words = set().union(*(re.findall(r"[a-z0-9_]+", path.read_text("utf-8")) for path in code))
    named = {each.name for topic in TOPICS.values() for each in fields(topic)}
    assert named
    assert named <= words, sorted(named - words)
