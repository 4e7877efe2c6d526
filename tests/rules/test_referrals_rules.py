"""What referrals decide on plain values: their states, times, and what a slip's text is worth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict, DomainError, Missing, Refused
from service.lifecycle import Lifecycle
from service.referrals import rules
from service.referrals.lifecycle import BEFORE_SEAT, FINAL, LIVE, MAY_BE_OFFERED, OPEN, REFERRAL, SLIP, TALK
from service.referrals.slip_text import SIGNED_AS, SlipFacts, SlipRefused, checked, read, written
from service.signing import PublicKey
from tests.rules.walking import departures

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EMPLOYER, SLIP_ID = UUID(int=7), UUID(int=9)


def verify(key_id: str, message: bytes, signature: bytes) -> bool:
    try:
        KEY.public_key().verify(signature, message)
    except InvalidSignature:
        return False
    return key_id == "k1"


def a_slip(*, expires: datetime = NOW + timedelta(hours=1), employer: UUID = EMPLOYER) -> str:
    facts = SlipFacts(SLIP_ID, employer, "310100", NOW, expires, bytes(16))
    return written(facts, "k1", KEY.sign(SIGNED_AS + facts.packed()))


def refused(text: str, **how: object) -> str:
    asked: dict[str, object] = {"employer_id": EMPLOYER, "now": NOW} | how
    with pytest.raises(SlipRefused) as told:
        checked(text, verify, **asked)  # type: ignore[arg-type]
    return told.value.code


END = {"withdraw": "withdrawn", "expire": "expired", "cancel": "cancelled"}
NO = {"worker_decline": "worker_declined", "employer_decline": "employer_declined"}
BEFORE = END | NO | {"offer": "offered", "agree": "agreed"}
REFERRAL_MOVES: dict[str, dict[str, str]] = {
    "created": END | {"notify": "notified"},
    "notified": END | {"worker_accept": "worker_accepted", "worker_decline": "worker_declined", "agree": "agreed"},
    "worker_accepted": BEFORE | {"view": "employer_viewed", "employer_accept": "employer_accepted"},
    "employer_viewed": BEFORE | {"employer_accept": "employer_accepted"},
    "employer_accepted": BEFORE | {"schedule_talk": "talks_scheduled"},
    "talks_scheduled": BEFORE | {
        "schedule_talk": "talks_scheduled", "cancel_talk": "employer_accepted", "hold_talk": "talks_done",
        "miss_talk": "talks_missed",
    },
    "talks_missed": BEFORE | {"schedule_talk": "talks_scheduled"},
    "talks_done": BEFORE | {"schedule_talk": "talks_scheduled"},
    "offered": END | {"accept_offer": "offer_accepted", "refuse_offer": "offer_refused", "agree": "agreed"},
    "offer_accepted": END | {"agree": "agreed"},
    "agreed": END | {"hire": "hired"},
    "hired": {"start": "on_duty", "complete": "completed", "mark_absent": "no_show", "cancel": "cancelled"},
    "on_duty": {"complete": "completed", "end_early": "ended_early", "undo_start": "hired"},
    "no_show": {
        "repair_start": "on_duty", "repair_complete": "completed", "cancel": "cancelled", "close": "closed",
    },
    "completed": {"pay": "paid", "fall_overdue": "pay_overdue", "close": "closed"},
    "ended_early": {"pay": "paid", "fall_overdue": "pay_overdue", "close": "closed"},
    "pay_overdue": {"pay": "paid", "close": "closed"},
    "paid": {"close": "closed"},
    "worker_declined": {}, "employer_declined": {}, "offer_refused": {}, "withdrawn": {}, "expired": {},
    "cancelled": {}, "closed": {},
}  # fmt: skip
TALK_MOVES: dict[str, dict[str, str]] = {
    "planned": {"hold": "held", "miss": "missed", "cancel": "cancelled"}, "held": {}, "missed": {}, "cancelled": {},
}  # fmt: skip
SLIP_MOVES: dict[str, dict[str, str]] = {
    "issued": {"redeem": "redeemed", "revoke": "revoked", "expire": "expired"}, "redeemed": {}, "revoked": {},
    "expired": {},
}  # fmt: skip


@pytest.mark.parametrize(
    ("lifecycle", "moves"),
    [(REFERRAL, REFERRAL_MOVES), (TALK, TALK_MOVES), (SLIP, SLIP_MOVES)],
    ids=lambda each: getattr(each, "name", ""),
)
def test_each_state_takes_its_moves_and_no_other(lifecycle: Lifecycle, moves: dict[str, dict[str, str]]) -> None:
    """State x action: each pair leads where it should, or is refused with what is possible."""
    assert departures(lifecycle, moves) == []


def test_a_referral_can_always_end() -> None:
    """From each state a final one is reached; the lists of states say what the table says."""
    assert {state for state in REFERRAL.states if REFERRAL.is_final(state)} == set(FINAL)
    assert set(OPEN) < set(LIVE) <= REFERRAL.states - set(FINAL)
    for state in REFERRAL.states:
        reached, edge = {state}, [state]
        while edge:
            here = edge.pop()
            for each in {after for (before, _), after in REFERRAL.moves.items() if before == here} - reached:
                reached.add(each)
                edge.append(each)
        assert reached & set(FINAL), state


def test_before_a_seat_everybody_may_step_back() -> None:
    """Withdrawn, expired, cancelled and seated are open from each state before the seat; each side's no is until a seat
    is offered, which has a no of its own, and the employer's only once the person has said yes."""
    for state in BEFORE_SEAT:
        assert {"withdraw", "expire", "cancel", "agree"} <= set(REFERRAL.possible(state))
    sides = {"worker_decline", "employer_decline"}
    for state in MAY_BE_OFFERED:
        assert sides <= set(REFERRAL.possible(state)), state
    answered = {state: set(REFERRAL.possible(state)) & (sides | {"refuse_offer"}) for state in BEFORE_SEAT}
    others = {state: found for state, found in answered.items() if state not in MAY_BE_OFFERED}
    assert others == {"notified": {"worker_decline"}, "offered": {"refuse_offer"}, "offer_accepted": set()}


def test_a_slip_says_what_was_written() -> None:
    """Facts survive writing and reading; the text fits a QR and holds no more than ids and times."""
    text = a_slip()
    facts = checked(text, verify, employer_id=EMPLOYER, now=NOW)
    assert facts == read(text)[0]
    assert (facts.slip_id, facts.employer_id, facts.city_code) == (SLIP_ID, EMPLOYER, "310100")
    assert len(text) < 200


def test_each_refusal_has_its_reason() -> None:
    """Unreadable, forged, foreign, expired, used: the first that applies, in this order."""
    good = a_slip()
    assert refused("hello") == "slip_unreadable"
    assert refused(good.replace("LGS1", "LGS2")) == "slip_unreadable"
    assert refused(good.replace(".k1.", ".k2.")) == "slip_forged"
    assert refused(good, employer_id=UUID(int=8)) == "slip_foreign"
    assert refused(good, now=NOW + timedelta(hours=1)) == "slip_expired"
    assert refused(good, seen={SLIP_ID}) == "slip_used"
    assert checked(good, verify, employer_id=None, now=NOW).slip_id == SLIP_ID


@pytest.mark.parametrize(
    ("since", "until", "true"),
    [
        (None, None, True),
        (None, NOW, True),
        (None, NOW - timedelta(seconds=1), False),
        (NOW + timedelta(minutes=30), None, True),
        (NOW + timedelta(minutes=61), None, False),
    ],
)
def test_a_key_makes_slips_only_while_it_is_in_force(
    since: datetime | None, until: datetime | None, true: bool
) -> None:
    """Retired before the slip was issued, or not in use before it ran out, a key has not made it; a key that came in
    between has, for a slip that is shown again is signed anew. Nobody asks whose own slips they are."""
    key = PublicKey("k1", KEY.public_key().public_bytes_raw(), since, until)
    good = a_slip()

    def asked(key_id: str, first: datetime, last: datetime) -> bool:
        return key_id == key.key_id and key.signed_between(first, last)

    assert checked(good, verify, employer_id=EMPLOYER, now=NOW).slip_id == SLIP_ID
    if true:
        assert checked(good, verify, employer_id=EMPLOYER, now=NOW, in_force=asked).slip_id == SLIP_ID
    else:
        assert refused(good, in_force=asked, employer_id=UUID(int=8)) == "slip_key_not_in_force"


@given(st.data())
def test_no_altered_slip_is_taken(data: st.DataObject) -> None:
    """Any one character changed, dropped or added makes it unreadable or forged."""
    good = a_slip()
    at = data.draw(st.integers(0, len(good) - 1))
    letters = "ABCXYZabcxyz0189-_.="
    how: Callable[[str], str] = data.draw(
        st.sampled_from(
            [
                lambda letter: good[:at] + letter + good[at + 1 :],
                lambda letter: good[:at] + letter + good[at:],
                lambda _: good[:at] + good[at + 1 :],
            ]
        )
    )
    changed = how(data.draw(st.sampled_from(letters)))
    if changed != good:
        assert refused(changed) in ("slip_unreadable", "slip_forged")


def test_results_and_reasons_belong_together() -> None:
    """A no says why; a yes takes no reason."""
    rules.check_result("hired", None)
    rules.check_result("not_suited", "other")
    for result, reason, code in (("not_suited", None, "reason_needed"), ("hired", "other", "reason_unneeded")):
        with pytest.raises(Refused) as told:
            rules.check_result(result, reason)
        assert told.value.code == code


@pytest.mark.parametrize("ready", [True, False])
@pytest.mark.parametrize("on_behalf", [None, "at_counter"])
@pytest.mark.parametrize("own", [True, False])
def test_a_broker_asks_and_sends_nobody_to_itself(own: bool, on_behalf: str | None, ready: bool) -> None:
    """Whoever brings a yes of somebody else is refused first; then a posting of the agency's own."""
    expected = "broker_asks_person" if ready or on_behalf else "broker_own_posting" if own else None
    try:
        rules.check_broker_may(own=own, ready=ready, on_behalf=on_behalf)
        said = None
    except (Conflict, Refused) as error:
        said = error.code
    assert said == expected


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (Refused("under_age", years=16), ("not_available", {})),
        (Conflict("overlap", engagement_id=SLIP_ID), ("not_available", {})),
        (Conflict("already_engaged", engagement_id=SLIP_ID), ("not_available", {})),
        (Conflict("referral_live", referral_id=SLIP_ID, state="notified"), ("referral_live", {})),
        (Conflict("shift_full", headcount=2), ("shift_full", {"headcount": 2})),
        (Missing(), ("not_found", {})),
    ],
)
def test_a_broker_learns_of_a_refusal_what_an_employer_does_and_less(
    refusal: DomainError, told: tuple[str, dict[str, object]]
) -> None:
    """Age, seats and who else recommends are the person's own; a full shift is not."""
    assert rules.told_to_broker(refusal) == told
