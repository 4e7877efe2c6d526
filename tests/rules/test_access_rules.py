"""What access and people decide, without a database: limits, lives, choices, passwords, identities."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.access.lifecycle import API_KEY, DEVICE, STAFF
from service.access.passwords import common_passwords
from service.access.rules import (
    DAY,
    HOUR,
    Candidate,
    check_password,
    check_staff_regions,
    check_username,
    code_wait,
    password_form,
    pause_left,
    require_fresh,
    session_life,
    settle,
    window_wait,
)
from service.errors import Conflict, Forbidden, Refused, TooMany
from service.http.caller import covers
from service.people.consents import shipped_texts, text_on, texts_on
from service.people.lifecycle import PERSON
from service.people.rules import (
    UNMASK_PER_HOUR,
    check_merge,
    check_unmask_rate,
    read_identity,
    require_reachable,
)
from service.policies import at as policies_at
from service.reference.catalogue import enums
from service.reference.rules import region_prefix

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
POLICY = policies_at(TODAY).access
ONE, TWO, SHOP, CAFE = (UUID(int=number) for number in (1, 2, 11, 12))
seconds_ago = st.lists(st.integers(0, 100_000), max_size=30)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@given(seconds_ago, st.integers(1, 12))
def test_after_the_told_wait_there_is_room_in_the_window_and_not_a_second_earlier(
    seconds: list[int], most: int
) -> None:
    times = [ago(seconds=n) for n in seconds]
    wait = window_wait(times, NOW, HOUR, most)
    then = NOW + wait
    assert sum(at > then - HOUR for at in times) < most
    if wait:
        earlier = then - timedelta(seconds=1)
        assert sum(at > earlier - HOUR for at in times) >= most


@given(seconds_ago, seconds_ago)
def test_waiting_as_told_really_lets_a_code_go(number: list[int], place: list[int]) -> None:
    numbers, places = [ago(seconds=n) for n in number], [ago(seconds=n) for n in place]
    later = NOW + timedelta(seconds=code_wait(numbers, places, NOW, POLICY))
    assert code_wait(numbers, places, later, POLICY) == 0


@pytest.mark.parametrize(
    ("number", "place", "wait"),
    [
        ([], [], 0),
        ([59], [], 1),
        ([60], [], 0),
        ([3000, 2000, 1000, 500, 100], [], 600),
        ([86_000, 70_000, 60_000, 50_000, 40_000, 30_000, 20_000, 15_000, 10_000, 5000], [], 400),
        ([], [3500 - n for n in range(20)], 100),
    ],
)
def test_each_limit_on_codes_has_its_own_window(number: list[int], place: list[int], wait: int) -> None:
    made = code_wait([ago(seconds=n) for n in number], [ago(seconds=n) for n in place], NOW, POLICY)
    assert made == wait


def test_a_pause_begins_with_the_last_of_too_many_fails_and_ends_by_itself() -> None:
    fails = [ago(minutes=n) for n in (50, 40, 30, 20, 5)]
    pause = timedelta(minutes=15)
    assert pause_left(fails, NOW, 5, pause) == 600
    assert pause_left(fails, NOW + timedelta(minutes=10), 5, pause) == 0
    assert pause_left(fails[:4], NOW, 5, pause) == 0
    assert pause_left([ago(hours=25)] * 9, NOW, 5, pause) == 0


def test_a_worker_stays_signed_in_for_months_and_staff_for_one_working_day() -> None:
    worker, officer = session_life("worker", POLICY), session_life("officer", POLICY)
    assert worker.lasts == 180 * DAY
    assert worker.idle is None
    assert worker.refreshed
    assert (officer.lasts, officer.idle) == (10 * HOUR, timedelta(minutes=30))
    assert session_life("member", POLICY).lasts == 30 * DAY


def test_at_a_kiosk_a_session_is_short_and_has_no_refresh_token() -> None:
    life = session_life("worker", POLICY, at_kiosk=True)
    assert (life.lasts, life.idle) == (timedelta(minutes=10), timedelta(seconds=90))
    assert not life.refreshed


def test_a_factor_is_fresh_for_five_minutes() -> None:
    require_fresh(ago(minutes=5), NOW, POLICY)
    for old in (None, ago(minutes=5, seconds=1)):
        with pytest.raises(Forbidden) as refused:
            require_fresh(old, NOW, POLICY)
        assert refused.value.code == "step_up_needed"


@pytest.mark.parametrize(
    ("found", "person", "employer", "outcome"),
    [
        ([], None, None, "unknown"),
        ([Candidate(ONE)], None, None, "signed_in"),
        ([Candidate(ONE)], TWO, None, "unknown"),
        ([Candidate(ONE), Candidate(TWO)], None, None, "choose_person"),
        ([Candidate(ONE), Candidate(TWO)], TWO, None, "signed_in"),
        ([Candidate(ONE, SHOP), Candidate(ONE, CAFE)], None, None, "choose_employer"),
        ([Candidate(ONE, SHOP), Candidate(ONE, CAFE)], None, CAFE, "signed_in"),
        ([Candidate(ONE, SHOP), Candidate(TWO, SHOP)], None, SHOP, "choose_person"),
        ([Candidate(ONE, SHOP), Candidate(TWO, CAFE)], None, CAFE, "signed_in"),
        ([Candidate(ONE, SHOP)], None, CAFE, "signed_in"),
    ],
)
def test_one_candidate_is_signed_in_and_several_are_asked(
    found: list[Candidate], person: UUID | None, employer: UUID | None, outcome: str
) -> None:
    assert settle(found, person, employer)[0] == outcome


@given(st.lists(st.sampled_from([Candidate(ONE, SHOP), Candidate(ONE, CAFE), Candidate(TWO, SHOP)]), unique=True))
def test_nobody_is_signed_in_who_was_not_found(found: list[Candidate]) -> None:
    outcome, left = settle(found, None, SHOP)
    assert set(left) <= set(found)
    assert (outcome == "signed_in") == (len(left) == 1)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short word", "password_too_short"),
        ("x1" * 65, "password_too_long"),
        ("password12345", "password_common"),
        ("!!PassWord!!2026", "password_common"),
        ("1234567890123", "password_common"),
        ("aaaaaaaaaaaab", "password_common"),
        ("qwertyuiop123456", "password_common"),
        ("the li.ming at work", "password_has_username"),
    ],
)
def test_weak_passwords_are_refused_with_their_reason(password: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_password(password_form(password), "li.ming", common_passwords(), POLICY)
    assert refused.value.code == code


@pytest.mark.parametrize("password", ["seven quiet herons", "湖边的三棵柳树今天发芽了呀", "x7" + "kQ9-mm.Z" * 8])
def test_long_unusual_passwords_of_any_script_are_allowed(password: str) -> None:
    check_password(password_form(password), "li.ming", common_passwords(), POLICY)


def test_full_width_letters_are_the_same_password() -> None:
    assert password_form("ＳＥＶＥＮ　quiet") == password_form("SEVEN quiet")


@pytest.mark.parametrize("name", ["A", "ab", "Anna", "1anna", "an na", "a" * 41, "li\u200bming"])
def test_user_names_are_plain(name: str) -> None:
    with pytest.raises(Refused):
        check_username(name)


def test_an_officer_serves_known_regions_and_at_least_one() -> None:
    check_staff_regions("admin", [], {"310000"})
    check_staff_regions("officer", ["310000"], {"310000"})
    for regions, code in (([], "regions_needed"), (["999999"], "region_unknown")):
        with pytest.raises(Refused) as refused:
            check_staff_regions("officer", regions, {"310000"})
        assert refused.value.code == code


@given(st.sampled_from(["310000", "310100", "310115", "320000", "320700", "320703"]), st.integers(310000, 329999))
def test_the_prefix_of_a_region_agrees_with_what_a_caller_serves(region: str, place: int) -> None:
    assert str(place).startswith(region_prefix(region)) == covers(region, str(place))


@pytest.mark.parametrize("lifecycle", [STAFF, DEVICE, API_KEY, PERSON], ids=lambda one: one.name)
def test_every_state_takes_exactly_its_actions(lifecycle: object) -> None:
    allowed = set(lifecycle.moves)  # type: ignore[attr-defined]
    for state in lifecycle.states:  # type: ignore[attr-defined]
        for action in lifecycle.actions:  # type: ignore[attr-defined]
            if (state, action) in allowed:
                assert lifecycle.fire(state, action) in lifecycle.states  # type: ignore[attr-defined]
            else:
                with pytest.raises(Conflict):
                    lifecycle.fire(state, action)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("written", "kind", "born"),
    [
        ("110101201011190013", "resident", date(2010, 11, 19)),
        ("１１０１０１２０１０１１１９００１３", "resident", date(2010, 11, 19)),
        ("110101 20101119 0013", "resident", date(2010, 11, 19)),
        ("310101200802290013", "resident", date(2008, 2, 29)),
        ("33020019900101004x", "resident", date(1990, 1, 1)),
        ("810000199003070015", "hmt_permit", date(1990, 3, 7)),
        ("820000199003070017", "hmt_permit", date(1990, 3, 7)),
        ("830000199003070019", "hmt_permit", date(1990, 3, 7)),
        ("911101199003070011", "foreign_permanent", date(1990, 3, 7)),
    ],
)
def test_identity_numbers_that_stand(written: str, kind: str, born: date) -> None:
    """Vectors of invariants 7.4 that are accepted, in every way of writing them."""
    identity = read_identity(written, TODAY)
    assert (identity.kind, identity.birth_date) == (kind, born)
    assert identity.number == identity.number.upper()
    assert identity.number not in repr(identity)


@pytest.mark.parametrize(
    ("written", "typed", "code"),
    [
        ("630100202602310013", None, "id_birth_date"),
        ("110101199003077719", None, "id_check_digit"),
        ("110101900307771", None, "id_old_form"),
        ("110101201011190013", date(2010, 11, 20), "id_birth_mismatch"),
        ("١١٠١٠١٢٠١٠١١١٩٠٠١٣", None, "id_format"),
    ],
)
def test_identity_numbers_that_fall(written: str, typed: date | None, code: str) -> None:
    """Vectors of invariants 7.4 that are refused; the refusal names the field and not the number."""
    with pytest.raises(Refused) as refused:
        read_identity(written, TODAY, typed_birth=typed)
    assert refused.value.code == code
    assert written not in str(refused.value.__dict__)


def test_sex_follows_from_the_sequence_number() -> None:
    assert read_identity("110101201011190013", TODAY).sex == "male"
    assert read_identity("33020019900101004X", TODAY).sex == "female"


def test_somebody_is_reachable_by_number_or_phone() -> None:
    require_reachable("33020019900101004X", None)
    require_reachable(None, "+8613800138000")
    with pytest.raises(Refused):
        require_reachable(None, None)


@pytest.mark.parametrize(
    ("same", "gone", "kept", "overlap", "code"),
    [
        (True, None, None, False, "merge_itself"),
        (False, b"a", b"b", False, "merge_identities_differ"),
        (False, b"a", None, True, "merge_overlap"),
        (False, b"a", b"a", False, None),
        (False, None, b"b", False, None),
    ],
)
def test_two_records_merge_unless_they_are_two_people_or_clash(
    same: bool, gone: bytes | None, kept: bytes | None, overlap: bool, code: str | None
) -> None:
    if code is None:
        check_merge(same, gone, kept, overlap)
        return
    with pytest.raises((Refused, Conflict)) as refused:
        check_merge(same, gone, kept, overlap)
    assert refused.value.code == code


def test_unmasking_is_limited_by_the_hour() -> None:
    check_unmask_rate([ago(minutes=61)] * 500, NOW, 3)
    check_unmask_rate([ago(minutes=30)] * (UNMASK_PER_HOUR - 3), NOW, 3)
    with pytest.raises(TooMany) as refused:
        check_unmask_rate([ago(minutes=30)] * (UNMASK_PER_HOUR - 2), NOW, 3)
    assert 1800 <= refused.value.retry_after <= 1801


def test_every_consent_scope_has_words_in_both_languages_and_a_label() -> None:
    assert set(shipped_texts()) == set(enums()["consent_scope"])
    for text in texts_on(TODAY):
        assert text.zh
        assert text.en
        assert text.in_language("en") == text.en
    assert text_on("unheard_of", TODAY) is None
