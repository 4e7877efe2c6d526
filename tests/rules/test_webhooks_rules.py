"""Pure decisions on webhooks: where they may lead, what is an event and whose, signatures, when to try again."""

from __future__ import annotations

import base64
import itertools
import socket
import time
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from service import policies
from service.errors import Conflict
from service.lifecycle import Lifecycle
from service.webhooks.lifecycle import DELIVERY, SUBSCRIPTION
from service.webhooks.rules.addresses import AddressRefused, is_inner, parse_address
from service.webhooks.rules.events import KINDS, PATHS, Line, Reach, kinds_for, news_of, reaches
from service.webhooks.rules.ladder import Outcome, next_try, rest_of, wait_asked
from service.webhooks.rules.signing import body_of, headers_of, message_id, secret_text
from service.webhooks.schemas import DeliveryState, Kind

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
POLICY = policies.at(NOW).webhooks


# -- lifecycles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lifecycle", [SUBSCRIPTION, DELIVERY], ids=lambda one: one.name)
def test_every_state_and_action_leads_where_the_table_says_or_nowhere(lifecycle: Lifecycle) -> None:
    """State × action: a move of the table, or Conflict wrong_state that names what is possible."""
    for state, action in itertools.product(sorted(lifecycle.states), sorted(lifecycle.actions)):
        if (state, action) in lifecycle.moves:
            assert lifecycle.fire(state, action) == lifecycle.moves[state, action]
        else:
            with pytest.raises(Conflict) as refused:
                lifecycle.fire(state, action)
            assert refused.value.facts["possible"] == lifecycle.possible(state)
    assert SUBSCRIPTION.is_final("ended")


def test_the_contract_knows_every_kind_and_state() -> None:
    """What may be asked for is what there is."""
    assert Kind.__args__ == KINDS  # type: ignore[attr-defined]
    assert set(DeliveryState.__args__) == DELIVERY.states  # type: ignore[attr-defined]


# -- addresses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://hooks.example.com/", "scheme"),
        ("ftp://hooks.example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://hooks.example.com/", "scheme"),
        ("//hooks.example.com/", "format"),
        ("https:hooks.example.com", "format"),
        ("https:/hooks.example.com", "format"),
        ("https://hooks.example.com:22/", "port"),
        ("https://hooks.example.com:80/", "port"),
        ("https://hooks.example.com:0/", "port"),
        ("https://hooks.example.com:99999/", "port"),
        ("https://hooks.example.com:5432/", "port"),
        ("https://127.0.0.1/", "name"),
        ("https://8.8.8.8/", "name"),
        ("https://2130706433/", "name"),
        ("https://0x7f000001/", "name"),
        ("https://0x7f.0.0.1/", "name"),
        ("https://0177.0.0.1/", "name"),
        ("https://017700000001/", "name"),
        ("https://127.1/", "name"),
        ("https://1.2.3.4.5/", "name"),
        ("https://a.0x1/", "name"),
        ("https://[::1]/", "format"),
        ("https://[::ffff:127.0.0.1]/", "format"),
        ("https://[fe80::1%25eth0]/", "format"),
        ("https://user@hooks.example.com/", "format"),
        ("https://user:word@hooks.example.com/", "format"),
        ("https://hooks.example.com@127.0.0.1/", "format"),
        ("https://hooks.example.com\\@127.0.0.1/", "format"),
        ("https://hooks.example.com#@127.0.0.1/", "format"),
        ("https://hooks.example.com/#part", "format"),
        ("https://127\u30020\u30020\u30021/", "format"),
        ("https://hooks\uff0eexample.com/", "format"),
        ("https://\u24d7ooks.example.com/", "format"),
        ("https://h\u00f6oks.example.com/", "format"),
        ("https://hooks.example.com./", "name"),
        ("https://localhost./", "name"),
        ("https://localhost/", "name"),
        ("https://LOCALHOST/", "name"),
        ("https://a.localhost/", "name"),
        ("https://printer.local/", "name"),
        ("https://metadata.google.internal/", "name"),
        ("https://db/", "name"),
        ("https://router.home.arpa/", "name"),
        ("https://1.0.0.127.in-addr.arpa/", "name"),
        ("https://-a.example.com/", "name"),
        ("https://a..example.com/", "name"),
        ("https://a_b.example.com/", "name"),
        ("https://%31%32%37.0.0.1/", "name"),
        ("https:///path", "name"),
        ("https://hooks.example.com/a b", "format"),
        ("https://hooks.example.com/\r\nX-Evil: 1", "format"),
        ("https://hooks.example.com/\x00", "format"),
        ("\thttps://hooks.example.com/", "format"),
        ("https://hooks.example.com/" + "a" * 1000, "format"),
        ("", "format"),
    ],
)
def test_an_address_that_is_no_public_name_is_refused(address: str, code: str) -> None:
    """Numbers in any spelling, user names, zones, foreign dots, trailing dots, inner names, other schemes and ports."""
    with pytest.raises(AddressRefused) as refused:
        parse_address(address)
    assert refused.value.code == f"webhook_address_{code}"


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("https://hooks.example.com", ("https", "hooks.example.com", 443, "/", "hooks.example.com")),
        ("HTTPS://Hooks.Example.com/a?b=c", ("https", "hooks.example.com", 443, "/a?b=c", "hooks.example.com")),
        ("https://x.cn:8443?b", ("https", "x.cn", 8443, "/?b", "x.cn:8443")),
        (
            "https://xn--fiq228c.xn--fiqs8s/in",
            ("https", "xn--fiq228c.xn--fiqs8s", 443, "/in", "xn--fiq228c.xn--fiqs8s"),
        ),
    ],
)
def test_a_public_name_is_taken_apart(address: str, parts: tuple[Any, ...]) -> None:
    """Scheme, lower-case name, port, path with query, and what Host says."""
    found = parse_address(address)
    assert (found.scheme, found.host, found.port, found.path, found.host_header) == parts


def test_http_and_odd_ports_are_for_rehearsals() -> None:
    """Outside production http is taken; any port and a name of no meaning only where a rehearsal knows the name."""
    assert parse_address("http://hooks.example.com/", plain=True).port == 80
    with pytest.raises(AddressRefused):
        parse_address("http://hooks.example.com:9000/", plain=True)
    assert parse_address("http://hooks.test:9000/", known=frozenset({"hooks.test"})).port == 9000


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
        "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.88.99.1",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "fe80::1",
        "fe80::1%eth0", "2606:4700::1%1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1", "2001:0:1::1", "2001:db8::1",
        "3fff::1", "100::1", "5f00::1", "no address", "", "127.1", "1.2.3.4/32",
    ],
)  # fmt: skip
def test_inner_addresses_in_every_dress(text: str) -> None:
    """Private, loopback, link-local, shared, multicast, reserved, metadata; mapped and translated ones as well."""
    assert is_inner(text)


@pytest.mark.parametrize(
    "text", ["1.1.1.1", "8.8.8.8", "203.0.114.1", "100.63.255.255", "172.32.0.1", "::ffff:8.8.8.8", "64:ff9b::808:808",
             "2606:4700:4700::1111", "2400:3200::1", "2a00:1450:4001::1"],
)  # fmt: skip
def test_public_addresses_are_outer(text: str) -> None:
    """What the public internet knows."""
    assert not is_inner(text)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_as_inner_as_what_leads_to_it(number: int) -> None:
    """IPv4-mapped and NAT64 forms follow the address; whatever the standard library calls private is inner."""
    plain = IPv4Address(number)
    inner = is_inner(str(plain))
    assert is_inner(str(IPv6Address((0xFFFF << 32) | number))) == inner
    assert is_inner(str(IPv6Address(int(ip_network("64:ff9b::/96").network_address) | number))) == inner
    assert inner or (plain.is_global and not plain.is_multicast)


@given(st.integers(0, 2**128 - 1))
def test_an_ipv6_address_that_is_not_global_is_inner(number: int) -> None:
    """Only global unicast is outer."""
    address = IPv6Address(number)
    assert is_inner(str(address)) or address.is_global


def test_numbers_that_a_resolver_would_take_are_not_names() -> None:
    """Spellings that the machine's own resolver reads as the loopback address."""
    for text in ("127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"):
        assert socket.inet_aton(text) == bytes([127, 0, 0, 1])
        with pytest.raises(AddressRefused):
            parse_address(f"https://{text}/")


# -- signatures ---------------------------------------------------------------------------------------


@given(body=st.text(max_size=200).map(str.encode), secret=st.binary(min_size=24, max_size=64))
def test_the_public_library_believes_our_signature(body: bytes, secret: bytes) -> None:
    """And no longer when the body, the secret or the id is another."""
    headers = headers_of([secret], "evt_1", int(time.time()), body)
    Webhook(secret_text(secret)).verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(secret)).verify(body + b"x", headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(secret)).verify(body, headers | {"webhook-id": "evt_2"}, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(secret + b"x")).verify(body, headers, json_parse=False)


def test_during_an_overlap_either_secret_verifies() -> None:
    """Two signatures, one header."""
    old, new = b"o" * 32, b"n" * 32
    headers = headers_of([new, old], "evt_1", int(time.time()), b"{}")
    assert len(headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        Webhook(secret_text(secret)).verify(b"{}", headers)


def test_a_secret_is_shown_as_the_convention_says() -> None:
    """`whsec_` and the base64 of 24 to 64 bytes."""
    text = secret_text(b"s" * 32)
    assert base64.b64decode(text.removeprefix("whsec_")) == b"s" * 32


def test_the_body_is_thin() -> None:
    """Type, id, time, the public id, where to read more; a cause where something ended."""
    event, subject = uuid4(), uuid4()
    made = body_of("posting.removed", event, "2026-11-21T08:00:00+08:00", subject, "https://x/1", "expired")
    assert made == {
        "type": "posting.removed",
        "id": message_id(event),
        "timestamp": "2026-11-21T08:00:00+08:00",
        "data": {"id": str(subject), "link": "https://x/1", "cause": "expired"},
    }
    assert len(orjson.dumps(made)) < 300


# -- events -------------------------------------------------------------------------------------------

POSTING, EMPLOYER, KEY = uuid4(), uuid4(), uuid4()


def line(noun: str, before: str | None, after: str | None, *, txid: int = 1, version: int = 1, **more: Any) -> Line:
    fields = {"entity_id": POSTING if noun == "posting" else uuid4(), "posting_id": POSTING, "employer_id": EMPLOYER}
    fields |= {"places": ("310104",), "action": "move", "at": NOW} | more
    return Line(id=uuid4(), txid=txid, noun=noun, version=version, from_state=before, to_state=after, **fields)


@pytest.mark.parametrize(
    ("moves", "kinds"),
    [
        ([(None, "draft")], []),
        ([(None, "draft"), ("draft", "published")], ["posting.published"]),
        ([("draft", "submitted")], []),
        ([("submitted", "published")], ["posting.published"]),
        ([("published", "published")], ["posting.changed"]),
        ([("draft", "draft")], []),
        ([("published", "filled")], ["posting.filled"]),
        ([("filled", "published")], ["posting.reopened"]),
        ([("published", "submitted"), ("submitted", "published")], ["posting.changed"]),
        ([("published", "submitted")], ["posting.removed"]),
        ([("filled", "expired")], ["posting.removed"]),
        ([("published", "published"), ("published", "taken_down")], ["posting.removed"]),
        ([("paused", "published")], ["posting.published"]),
        ([("paused", "expired")], []),
    ],
)
def test_what_a_transaction_does_to_a_posting_is_one_event(moves: list[tuple[Any, str]], kinds: list[str]) -> None:
    """By what the public saw before and sees after; lines may come in any order."""
    lines = [line("posting", *move, version=number) for number, move in enumerate(moves, 1)]
    found = news_of(reversed(lines))
    assert [(each.kind, each.subject_id) for each in found] == [(kind, POSTING) for kind in kinds]
    assert news_of(lines) == found
    assert news_of([Line(**{**_fields(each), "private": True}) for each in lines]) == []


def _fields(each: Line) -> dict[str, Any]:
    return {name: getattr(each, name) for name in Line.__dataclass_fields__}


def test_a_removal_says_why() -> None:
    """Its cause is the state in which the public lost sight of it."""
    [removed] = news_of([line("posting", "published", "expired")])
    assert removed.cause == "expired"


def test_when_something_of_a_person_happened_is_told_to_the_minute() -> None:
    """A rest moves several supply postings at one instant; a posting's own is told as it was."""
    at = NOW.replace(second=17, microsecond=123456)
    rest = [line("supply", "published", "paused", at=at) for _ in range(2)]
    assert {each.at for each in news_of(rest)} == {at.replace(second=0, microsecond=0)}
    assert [each.at for each in news_of([line("posting", "published", "paused", at=at)])] == [at]


def test_two_transactions_are_two_events_and_shifts_belong_to_their_posting() -> None:
    """A shift that is called off changes its posting, once; a new one of a pattern does not."""
    both = news_of([line("posting", "published", "paused"), line("posting", "paused", "published", txid=2)])
    assert [each.kind for each in both] == ["posting.removed", "posting.published"]
    shifts = [line("shift", "open", "cancelled", shown=True), line("shift", "open", "open", shown=True)]
    assert [each.kind for each in news_of(shifts)] == ["posting.changed"]
    assert news_of([line("shift", None, "open", shown=True)]) == []
    assert news_of([line("shift", "open", "cancelled", shown=False)]) == []
    assert [each.kind for each in news_of([*shifts, line("posting", "published", "expired")])] == ["posting.removed"]


@pytest.mark.parametrize(
    ("noun", "move", "kinds"),
    [
        ("application", (None, "sent"), ["application.received"]),
        ("application", ("sent", "accepted"), ["application.changed"]),
        ("application", ("sent", "sent"), []),
        ("engagement", (None, "held"), []),
        ("engagement", (None, "confirmed"), ["engagement.confirmed", "posting.hired"]),
        ("engagement", ("held", "confirmed"), ["engagement.confirmed", "posting.hired"]),
        ("engagement", ("on_duty", "confirmed"), []),
        ("engagement", ("confirmed", "on_duty"), ["engagement.started"]),
        ("engagement", ("on_duty", "completed"), ["engagement.completed"]),
        ("engagement", ("on_duty", "ended_early"), ["engagement.ended"]),
        ("engagement", ("confirmed", "no_show"), ["engagement.ended"]),
        ("engagement", ("confirmed", "cancelled"), ["engagement.ended"]),
    ],
)
def test_applications_and_seats(noun: str, move: tuple[Any, str], kinds: list[str]) -> None:
    """What an employer hears of them; a confirmed seat is a result of its posting too."""
    assert [each.kind for each in news_of([line(noun, *move)])] == kinds


def test_ids_of_events_are_of_the_line_and_the_kind() -> None:
    """Reading the same line again makes the same event; two events of one line have two ids."""
    seat = line("engagement", None, "confirmed")
    first, again = news_of([seat]), news_of([seat])
    assert [each.event_id for each in first] == [each.event_id for each in again]
    assert len({each.event_id for each in first}) == 2


def reach(kind: str = "key", **more: Any) -> Reach:
    fields: dict[str, Any] = {"employer_id": None, "key_id": KEY if kind == "key" else None, "region": None}
    return Reach(uuid4(), kind, kinds=frozenset(KINDS), **(fields | more))


def test_whom_an_event_reaches() -> None:
    """The public's: by region. An employer's own: that employer. Results: whoever brought the posting. No echo."""
    [shown] = news_of([line("posting", "draft", "published")])
    assert reaches(reach("admin"), shown)
    assert reaches(reach(region="310000"), shown)
    assert not reaches(reach(region="330200"), shown)
    assert reaches(reach("employer", employer_id=EMPLOYER), shown)
    assert not reaches(reach("employer", employer_id=uuid4()), shown)
    [echo] = news_of([line("posting", "draft", "published", by_key=KEY)])
    assert not reaches(reach(), echo)
    assert reaches(reach(key_id=uuid4()), echo)
    confirmed, hired = news_of([line("engagement", None, "confirmed", supplier=KEY)])
    assert reaches(reach(), hired)
    assert not reaches(reach(key_id=uuid4()), hired)
    assert not reaches(reach("admin"), hired)
    assert not reaches(reach(key_id=uuid4()), confirmed)
    assert reaches(reach("employer", employer_id=EMPLOYER), confirmed)


def test_kinds_by_owner_cover_all_kinds_and_each_has_a_path() -> None:
    """Nobody can subscribe to what is not there; administrators hear what is public only."""
    assert set(kinds_for("employer", EMPLOYER)) | set(kinds_for("key", None)) == set(KINDS)
    assert all(kind.startswith(("posting.", "supply.")) for kind in kinds_for("admin", None))
    assert kinds_for("key", EMPLOYER) == kinds_for("employer", EMPLOYER)
    assert set(PATHS) == {*KINDS, "ping"}


# -- the ladder ---------------------------------------------------------------------------------------


@given(st.floats(0, 1))
def test_the_ladder_ends_after_about_three_days(chance: float) -> None:
    """However the dice fall, all rungs together take 72 hours within a tenth, and then there is none."""
    at, failures = NOW, 0
    while True:
        failures += 1
        again = next_try(
            at, failures, POLICY.retry_seconds, chance=chance, jitter_permille=POLICY.retry_jitter_permille
        )
        if again is None:
            break
        assert again > at
        at = again
    assert timedelta(hours=64) <= at - NOW <= timedelta(hours=79)
    assert failures == len(POLICY.retry_seconds) + 1
    assert timedelta(hours=POLICY.disable_after_hours) < timedelta(hours=64)


def outcome(status: int | None, retry_after: str | None = None, error: str | None = None) -> Outcome:
    return Outcome(status, error, retry_after, 5)


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        (outcome(429, "30"), 30),
        (outcome(503, "0"), 0),
        (outcome(503, "99999999999999999999"), 86_400),
        (outcome(503, "Fri, 20 Nov 2026 12:31:00 GMT"), 60),
        (outcome(503, "Fri, 20 Nov 2020 12:31:00 GMT"), 0),
        (outcome(503, "Fri, 20 Nov 2099 12:31:00 GMT"), 86_400),
        (outcome(503, "-5"), None),
        (outcome(503, "soon"), None),
        (outcome(503, "\u0663\u0660"), None),
        (outcome(503), None),
        (outcome(500, "30"), None),
        (outcome(200, "30"), None),
    ],
)
def test_a_receiver_may_ask_to_wait_within_bounds(found: Outcome, seconds: int | None) -> None:
    """429 and 503 with seconds or a date; nothing else is listened to."""
    asked = wait_asked(found, NOW, timedelta(days=1))
    assert asked == (None if seconds is None else timedelta(seconds=seconds))


def test_a_receiver_in_trouble_is_left_alone_longer_and_longer() -> None:
    """From the fifth failure in a row, five seconds to five minutes."""
    rests = [rest_of(failures) for failures in range(1, 40)]
    assert rests[:4] == [None] * 4
    known = [rest for rest in rests if rest is not None]
    assert known == sorted(known)
    assert (known[0], known[-1]) == (timedelta(seconds=5), timedelta(minutes=5))


def test_what_counts_as_delivered() -> None:
    """A 2xx and nothing else; 410 means gone."""
    assert [status for status in (199, 200, 204, 299, 300, 410, 500) if outcome(status).delivered] == [200, 204, 299]
    assert outcome(410).gone
    assert not outcome(None, error="too_slow").delivered
