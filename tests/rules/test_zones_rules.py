"""Columns open and close by their dates and seasons; a zone has what counts as flexible in its area."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict
from service.lifecycle import Lifecycle
from service.reference.catalogue import seasons
from service.zones.lifecycle import COLUMN, PIN, ZONE
from service.zones.rules import Opening, opening, touches, windows_of
from service.zones.shipped import columns_for, shipped_columns

NOON = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, when the moratorium begins
HOUR = timedelta(hours=1)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC))


def test_the_fishing_column_opens_at_noon_of_the_first_of_may_and_closes_in_september_at_noon() -> None:
    """In Shanghai, Ningbo and Lianyungang and in the country's zone; to the second, the end left out."""
    end = datetime(2026, 9, 16, 4, 0, tzinfo=UTC)
    for region in ("310000", "330200", "320700", None):
        windows = windows_of(seasons(), "fishing_moratorium", region)
        assert opening(None, None, windows, NOON - timedelta(seconds=1)) == Opening(False, NOON)
        assert opening(None, None, windows, NOON) == Opening(True, end)
        assert opening(None, None, windows, end - timedelta(seconds=1)) == Opening(True, end)
        assert not opening(None, None, windows, end).open


def test_a_season_of_other_places_opens_nothing_here() -> None:
    """Goji is picked in Haixi, which lies in Qinghai: its column opens there and not in Ningbo."""
    july = datetime(2026, 8, 1, tzinfo=UTC)
    assert opening(None, None, windows_of(seasons(), "goji_picking", "630000"), july).open
    assert opening(None, None, windows_of(seasons(), "goji_picking", "330200"), july) == Opening(False, None)


def test_a_column_without_dates_is_always_open_and_one_that_never_comes_never() -> None:
    """No season is no condition; a season without a window is one that never holds."""
    assert opening(None, None, None, NOON) == Opening(True, None)
    assert opening(None, None, [], NOON) == Opening(False, None)


@given(st.none() | INSTANTS, st.none() | INSTANTS, st.lists(st.tuples(INSTANTS, INSTANTS), max_size=4), INSTANTS)
def test_open_is_inside_the_columns_own_dates_and_one_of_the_seasons_windows(
    opens: datetime | None, closes: datetime | None, spans: list[tuple[datetime, datetime]], now: datetime
) -> None:
    """Whatever the dates are, opening says what the definition says, and nothing changes before it says so."""
    windows = sorted((min(span), max(span)) for span in spans)
    state = opening(opens, closes, windows, now)

    def holds(at: datetime) -> bool:
        own = (opens is None or opens <= at) and (closes is None or at < closes)
        return own and any(start <= at < end for start, end in windows)

    assert state.open == holds(now)
    if state.changes_at is not None:
        assert state.changes_at > now
        assert holds(state.changes_at) != state.open
    between = [
        at for span in windows for at in span if now < at and (state.changes_at is None or at < state.changes_at)
    ]
    assert all(holds(at) == state.open for at in between)


@pytest.mark.parametrize(
    ("zone", "place", "common"),
    [("310000", "310115", True), ("330200", "330000", True), ("330200", "310000", False), (None, "630000", True)],
)
def test_areas_have_ground_in_common_where_one_lies_in_the_other(zone: str | None, place: str, common: bool) -> None:
    """A province and its district touch, two provinces do not, the country touches all."""
    assert touches(zone, place) is common


def test_the_shipped_columns_are_sound_and_every_zone_has_the_named_ones() -> None:
    """Every filter passes the search's own check; the columns that the documents name are there, in both languages."""
    assert all(column.zh and column.en for column in shipped_columns())
    for code in ("NAT", "SH", "LYG", "QH", "NB"):
        found = {column.code for column in columns_for(code)}
        assert {"day_settled", "domestic_care", "shared_labour", "women", "at_home", "services", "seekers"} <= found
    assert "fishing_moratorium" in {column.code for column in columns_for("NB")}
    assert "fishing_moratorium" not in {column.code for column in columns_for("QH")}


@pytest.mark.parametrize(
    ("lifecycle", "moves"),
    [
        (ZONE, {("open", "close"): "closed", ("closed", "reopen"): "open"}),
        (COLUMN, {("shown", "hide"): "hidden", ("hidden", "show"): "shown"}),
        (PIN, {("pinned", "unpin"): "ended", ("pinned", "lapse"): "ended"}),
    ],
)
def test_every_state_with_every_action_moves_as_listed_or_is_refused(
    lifecycle: Lifecycle, moves: dict[tuple[str, str], str]
) -> None:
    """The three small lifecycles, cell by cell."""
    for state, action in itertools.product(lifecycle.states, lifecycle.actions):
        if (state, action) in moves:
            assert lifecycle.fire(state, action) == moves[state, action]
            continue
        with pytest.raises(Conflict) as refused:
            lifecycle.fire(state, action)
        assert refused.value.code == "wrong_state"
