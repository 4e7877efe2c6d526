"""Rules of workers: birth dates, waiting, windows, exports; every lifecycle walked state by action."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict, Refused
from service.geo import Point
from service.lifecycle import Lifecycle
from service.workers import rules
from service.workers.availability import clock, joined_exceptions, kept_exceptions, kept_windows
from service.workers.card_page import card_page, grouped
from service.workers.export import safe_cell, yuan
from service.workers.lifecycle import CREW, WAITING, WORKER
from service.workers.places import belonging, city_near
from service.worktime import SHANGHAI, local_day

TODAY = date(2026, 11, 20)
WHO = UUID(int=7)
times = st.builds(lambda h, m: f"{h:02d}:{m:02d}", st.integers(0, 23), st.integers(0, 59))
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))


@pytest.mark.parametrize("lifecycle", [WORKER, WAITING, CREW], ids=lambda each: each.name)
def test_every_state_and_action_either_moves_or_names_what_is_possible(lifecycle: Lifecycle):
    for state in lifecycle.states:
        for action in lifecycle.actions:
            if action in lifecycle.possible(state):
                assert lifecycle.fire(state, action) in lifecycle.states
            else:
                with pytest.raises(Conflict) as refused:
                    lifecycle.fire(state, action)
                assert refused.value.facts["possible"] == lifecycle.possible(state)


@pytest.mark.parametrize(
    ("number", "typed", "by_officer", "basis", "counts"),
    [
        (date(1980, 5, 1), None, False, "id_number", True),
        (None, date(1980, 5, 1), True, "officer", True),
        (None, date(1980, 5, 1), False, "self_declared", False),
        (None, None, True, None, False),
        (date(2010, 11, 19), None, False, "id_number", True),
    ],
)
def test_only_a_number_or_an_officer_makes_a_birth_date_count(number, typed, by_officer, basis, counts):
    birth = rules.settle_birth(number, typed, TODAY, by_officer=by_officer)
    assert (birth.basis, birth.counts) == (basis, counts)
    assert (birth.introducible_from is not None) is counts


@pytest.mark.parametrize("day", [date(2010, 11, 20), date(2010, 11, 21), date(2020, 1, 1)])
@pytest.mark.parametrize("by_officer", [True, False])
def test_before_the_day_after_the_16th_birthday_nobody_is_registered(day, by_officer):
    with pytest.raises(Refused, match="under_age"):
        rules.settle_birth(None, day, TODAY, by_officer=by_officer)


@given(instants)
def test_waiting_ends_at_eight_and_at_most_at_the_four_after(now):
    until, latest = rules.default_until(now), rules.latest_until(now)
    assert now < until <= now + timedelta(days=1)
    assert until.astimezone(SHANGHAI).strftime("%H:%M") == "20:00"
    assert latest - until == timedelta(hours=8)
    assert rules.waiting_until(None, now) == until
    assert rules.waiting_until(latest, now) == latest
    with pytest.raises(Refused, match="waiting_too_long"):
        rules.waiting_until(latest + timedelta(seconds=1), now)
    with pytest.raises(Refused, match="waiting_past"):
        rules.waiting_until(now, now)


@given(st.lists(st.builds(lambda d, s, e: {"weekday": d, "start": s, "end": e}, st.integers(0, 6), times, times)))
def test_windows_are_kept_as_matching_reads_them_and_shown_as_written(written):
    kept = kept_windows(written)
    assert kept == sorted(kept, key=lambda each: (each["weekday"], each["start"], each["end"]))
    shown = {(each["weekday"], clock(each["start"]), clock(each["end"])) for each in kept}
    assert shown == {(each["weekday"], each["start"], each["end"]) for each in written}
    for each in kept:
        assert 1 <= each["end"] <= 1440
        assert 0 <= each["start"] < 1440
    again = [{"weekday": each["weekday"], "start": clock(each["start"]), "end": clock(each["end"])} for each in kept]
    assert kept_windows(again) == kept


exceptions = st.lists(
    st.builds(
        lambda day, span, free: {"day": day, "start": span and span[0], "end": span and span[1], "free": free},
        st.dates(date(2026, 11, 1), date(2027, 3, 1)),
        st.none() | st.tuples(times, times),
        st.booleans(),
    ),
    max_size=40,
)


@given(exceptions)
def test_exceptions_of_days_to_come_stay_once_each_in_order(written):
    kept = kept_exceptions(written, TODAY)
    assert kept == sorted(kept, key=lambda each: (each["day"], each["start"], each["end"], each["free"]))
    assert all(each["day"] >= "2026-11-19" for each in kept)
    assert {each["day"] for each in kept} == {
        each["day"].isoformat() for each in written if each["day"] >= date(2026, 11, 19)
    }
    assert joined_exceptions(kept, kept) == kept


def test_an_exception_without_times_is_the_whole_day_and_half_a_time_is_refused():
    whole = kept_exceptions([{"day": TODAY, "start": None, "end": None, "free": False}], TODAY)
    assert whole == [{"day": "2026-11-20", "start": 0, "end": 1440, "free": False}]
    with pytest.raises(Refused, match="exception_half"):
        kept_exceptions([{"day": TODAY, "start": "08:00", "end": None, "free": False}], TODAY)


@pytest.mark.parametrize(
    ("first", "last", "months", "kept"),
    [
        (date(2026, 3, 1), None, 12, (date(2026, 3, 1), date(2027, 2, 28))),
        (date(2026, 1, 31), None, 1, (date(2026, 1, 31), date(2026, 2, 27))),
        (None, date(2026, 12, 1), 12, (None, date(2026, 12, 1))),
        (date(2026, 3, 1), None, None, (date(2026, 3, 1), None)),
    ],
)
def test_a_missing_last_day_follows_from_the_kind(first, last, months, kept):
    assert rules.certificate_days(first, last, months) == kept


def test_only_a_paper_that_is_good_today_is_confirmed():
    rules.check_verifiable(date(2026, 1, 1), TODAY, 12, TODAY)
    rules.check_verifiable(None, None, None, TODAY)
    with pytest.raises(Refused, match="certificate_end_needed"):
        rules.check_verifiable(date(2026, 1, 1), None, 12, TODAY)
    for first, last in ((TODAY + timedelta(days=1), None), (None, TODAY - timedelta(days=1))):
        with pytest.raises(Refused, match="certificate_not_valid"):
            rules.check_verifiable(first, last, None, TODAY)


@given(st.integers(1, 6), st.integers(0, 6))
def test_a_crew_needs_no_more_than_it_has_and_at_least_one(least, joined):
    needed = rules.crew_needs(least, joined)
    assert 1 <= needed <= max(1, joined)
    assert needed <= least


@pytest.mark.parametrize("typed", ["0123-4567 89AB", "o123 4567 89ab", "OI23456789AB", "ol23456789ab"])
def test_a_card_code_is_read_as_it_looks(typed):
    assert rules.card_form(typed) == "0123456789AB"


@given(st.lists(st.integers(0, 3600), max_size=30))
def test_ten_wrong_codes_in_ten_minutes_pause_until_the_first_of_them_is_old(seconds):
    now = datetime(2026, 11, 20, 4, tzinfo=UTC)
    wrong = [now - timedelta(seconds=each) for each in seconds]
    wait = rules.retry_after(wrong, now)
    recent = [at for at in wrong if at > now - timedelta(minutes=10)]
    assert (wait > 0) is (len(recent) >= 10)
    later = now + timedelta(seconds=wait + 1)
    assert wait == 0 or rules.retry_after(wrong, later) == 0


@given(
    st.text(max_size=8),
    st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]),
)
def test_no_cell_begins_a_formula(rest, first):
    assert safe_cell(first + rest) == "'" + first + rest
    assert safe_cell("洗碗" + rest) == "洗碗" + rest


def test_amounts_are_yuan_with_two_decimals():
    assert [yuan(fen) for fen in (0, 5, 100, 12_345)] == ["0.00", "0.05", "1.00", "123.45"]


def test_what_the_kept_record_knows_stays_and_a_home_goes_over_as_a_whole():
    home = {"home_lon": 121.0, "home_lat": 31.0, "home_datum": "gcj02", "home_approximate": True}
    bare = dict.fromkeys(home)
    assert rules.merged_fields({"intro": "a"} | bare, {"intro": "b"} | home) == home
    assert rules.merged_fields({"intro": None} | home, {"intro": "b"} | home) == {"intro": "b"}


@pytest.mark.parametrize(
    ("code", "city", "district"),
    [
        ("310104", "310100", "310104"),
        ("310000", "310100", None),
        ("330200", "330200", None),
        ("330000", "330000", None),
    ],
)
def test_a_region_is_city_and_perhaps_district(code, city, district):
    place = belonging(code)
    assert (place.city_code, place.district_code) == (city, district)
    with pytest.raises(Refused, match="region_unknown"):
        belonging("999999")


def test_a_point_tells_its_city_and_the_sea_none():
    assert city_near(Point(121.4365, 31.1880)) == "310100"
    assert city_near(Point(130.0, 20.0)) is None


@pytest.mark.parametrize("size", ["80mm", "a6"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_card_page_stands_alone(size, language):
    page = card_page(code="0123456789ABCDEFGHJKMNPQRS", name="<b>*", size=size, language=language, day=TODAY)
    assert "&lt;b&gt;*" in page
    assert grouped("0123456789ABCDEFGHJKMNPQRS") in page
    assert "<svg" in page
    for outside in ("http://", "https://", "<script", "src="):
        assert outside not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_today_is_shanghais():
    assert local_day(datetime(2026, 11, 19, 16, tzinfo=UTC)) == TODAY
