"""One POST to receivers of every character, really listening: evil names, evil answers, ten seconds, no detours."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import ssl
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.settings import Settings, UnsafeSettings
from service.webhooks.courier.names import Busy, Names, Unresolved
from service.webhooks.courier.transport import MOST_BYTES, Transport, transport_for
from service.webhooks.rules.addresses import AddressRefused
from service.webhooks.rules.ladder import Outcome
from service.webhooks.rules.signing import headers_of, secret_text
from tests.builders.webhooks import Receiver, a_receiver, answer, dripping, endless, silent
from tests.live import free_port

PUBLIC = "https://hooks.example.com/in"
PLAIN = "http://hooks.example.com/in"
SHORT = 0.6  # the deadline of a test; that of the service is ten seconds
BODY = b'{"type":"ping"}'


def resolving(*answers: list[str]) -> Callable[[str, int, str], Awaitable[list[str]]]:
    """A resolver that gives these answers in turn, the last one for good."""
    left = itertools.chain(answers, itertools.repeat(answers[-1]))

    async def resolve(host: str, port: int, owner: str) -> list[str]:
        return next(left)

    return resolve


async def post(receiver: Receiver, **more: object) -> Outcome:
    """To the receiver, by the name of a rehearsal."""
    return await receiver.transport(**more).post("http://hooks.test/in?x=1", BODY, {"webhook-id": "evt_1"})


async def test_what_is_sent() -> None:
    """POST to the path, Host of the name, the body with its length, our headers; no cookie, nothing encoded."""
    async with a_receiver(answer(200, "Set-Cookie: a=b", body=b"thanks")) as receiver:
        first = await post(receiver)
        await post(receiver)
    assert (first.status, first.error, first.delivered) == (200, None, True)
    call = receiver.calls[1]
    assert call.line == "POST /in?x=1 HTTP/1.1"
    assert (call.body, call.headers["webhook-id"], call.headers["host"]) == (BODY, "evt_1", "hooks.test")
    assert "cookie" not in call.headers
    assert call.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "inner",
    ["127.0.0.1", "10.0.0.8", "169.254.169.254", "100.100.100.200", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
     "2002:7f00:1::", "fe80::1%lo", "fd00:ec2::254", "0.0.0.0", "224.0.0.1"],
)  # fmt: skip
async def test_a_name_that_leads_inside_is_not_connected_to(inner: str) -> None:
    """Alone or beside a public address: one inner address spoils the name, and nothing is sent."""
    async with a_receiver() as receiver:
        for found in ([inner], ["8.8.8.8", inner], [inner, "8.8.8.8"]):
            way = Transport(plain=True, resolver=resolving(found))
            outcome = await way.post(PLAIN, BODY, {})
            assert (outcome.status, outcome.error) == (None, "webhook_address_inner")
            with pytest.raises(AddressRefused):
                await way.check(PLAIN)
    assert receiver.calls == []


async def test_a_rebinding_name_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was looked at: no second look-up happens, whatever it would say."""
    connected: list[tuple[str, int]] = []

    async def note(self: object, host: str, port: int, **_: object) -> None:
        connected.append((host, port))
        raise OSError

    monkeypatch.setattr("httpcore2._backends.auto.AutoBackend.connect_tcp", note)
    way = Transport(plain=True, resolver=resolving(["93.184.216.34"], ["127.0.0.1"]))
    assert (await way.post(PUBLIC, BODY, {})).error == "not_reached"
    assert connected == [("93.184.216.34", 443)]
    assert all(ip_address(host).is_global for host, _ in connected)
    assert (await way.post(PUBLIC, BODY, {})).error == "webhook_address_inner"
    assert len(connected) == 1


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    """Wherever it leads, an inner address included: it is a failure."""
    async with a_receiver() as inside:
        there = f"Location: http://127.0.0.1:{inside.port}/secret"
        async with a_receiver(answer(status, there)) as receiver:
            outcome = await post(receiver)
    assert (outcome.status, outcome.error, outcome.delivered) == (status, "redirected", False)
    assert inside.calls == []


async def test_an_endless_body_ends() -> None:
    """A yes counts; of what follows at most 64 kB are read and the line is cut."""
    async with a_receiver(endless) as receiver:
        async with asyncio.timeout(60):
            outcome = await post(receiver)
    assert (outcome.status, outcome.error) == (200, None)
    assert MOST_BYTES == 65_536


@pytest.mark.parametrize(
    "manner",
    [
        silent,
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 10_000),
        dripping(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, pause=0),
    ],
    ids=["silent", "one byte at a time", "a header without end", "continue for ever"],
)
async def test_whoever_is_slow_is_cut_at_the_deadline(manner: Callable[..., Awaitable[None]]) -> None:
    """The deadline is one for the whole exchange: bytes that keep coming do not move it."""
    async with a_receiver(manner) as receiver:
        async with asyncio.timeout(20):
            outcome = await post(receiver, deadline=SHORT)
    assert outcome.status is None
    assert outcome.error in {"too_slow", "answer_unreadable"}


async def test_a_slow_name_is_cut_too() -> None:
    """Looking up counts towards the deadline."""

    async def never(host: str, port: int, owner: str) -> list[str]:
        await asyncio.sleep(3600)
        raise AssertionError

    async with asyncio.timeout(20):
        outcome = await Transport(plain=True, resolver=never, deadline=SHORT).post(PUBLIC, BODY, {})
        await Transport(resolver=never, deadline=SHORT).check(PUBLIC)  # perhaps it is not set up yet
    assert outcome.error == "too_slow"


async def test_slow_names_of_one_owner_take_no_thread_from_others() -> None:
    """A name is looked up once for all who wait; an owner with many slow ones has a few threads, whoever gave up on
    them; where none is free nobody queues, and others are served at once."""
    go_on, asked = threading.Event(), []

    def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        if host.startswith("slow"):
            go_on.wait(60)
        return ["93.184.216.34", "93.184.216.34"]

    names = Names(look_up, threads=3, each=2)
    waiting = [asyncio.create_task(names.resolve(f"slow{number}", 443, "greedy")) for number in (1, 1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await names.resolve("slow3", 443, "greedy")
    waiting[0].cancel()
    with pytest.raises(Busy):  # whoever gave up has not freed the thread
        await names.resolve("slow4", 443, "greedy")
    assert await names.resolve("quick", 443, "other") == ["93.184.216.34"]
    outcome = Transport(plain=True, resolver=names.resolve).post("http://slow5.example.com/", BODY, {}, "greedy")
    with pytest.raises(Busy):
        await outcome
    go_on.set()
    assert await waiting[1] == await waiting[2] == ["93.184.216.34"]
    assert sorted(asked) == ["quick", "slow1", "slow2"]
    async with asyncio.timeout(20):
        while True:
            with suppress(Busy):
                assert await names.resolve("slow3", 443, "greedy")
                break
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"220 smtp.example.com ESMTP\r\n", "answer_unreadable"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000, "answer_unreadable"),
        (b"HTTP/1.1 2000000 OK\r\n\r\n", "answer_unreadable"),
        (b"", "answer_unreadable"),
    ],
    ids=["another protocol", "a head without end", "no status", "nothing"],
)
async def test_what_is_no_answer_is_a_failure_with_a_code(said: bytes, error: str) -> None:
    """Never an exception, never a word of what was sent."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    async with a_receiver(reply) as receiver:
        outcome = await post(receiver)
    assert (outcome.status, outcome.error) == (None, error)


async def test_nobody_there() -> None:
    """A port that nobody listens on; a name that is not."""

    async def nowhere(host: str, port: int, owner: str) -> list[str]:
        raise Unresolved

    async with a_receiver() as receiver:
        pass
    assert (await post(receiver)).error == "not_reached"
    assert (await Transport(resolver=nowhere).post(PUBLIC, BODY, {})).error == "unresolved"


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The delivery goes straight to its receiver."""
    async with a_receiver() as proxy, a_receiver() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await post(receiver)).delivered
    assert len(receiver.calls) == 1
    assert proxy.calls == []


# -- TLS ----------------------------------------------------------------------------------------------


def a_certificate(name: str, folder: Path) -> tuple[Path, Path]:
    """A certificate for a name, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return paths


async def test_the_certificate_is_the_names_although_the_connection_is_to_a_number(tmp_path: Path) -> None:
    """SNI and the checked name are those of the address; a certificate of another name, or unknown, is refused."""
    seen: list[str | None] = []
    mine, other = a_certificate("hooks.test", tmp_path), a_certificate("other.test", tmp_path)
    for paths, error in ((mine, None), (other, "certificate_refused")):
        serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        serving.load_cert_chain(*paths)
        serving.sni_callback = lambda _, name, __: seen.append(name)
        trusting = ssl.create_default_context(cafile=str(paths[0]))
        async with a_receiver(ssl=serving) as receiver:
            way = receiver.transport(trust=lambda trusting=trusting: trusting)
            outcome = await way.post("https://hooks.test/in", BODY, {})
            assert outcome.error == error
            assert outcome.delivered is (error is None)
            stranger = await receiver.transport().post("https://hooks.test/in", BODY, {})
            assert stranger.error == "certificate_refused"
    assert set(seen) == {"hooks.test"}
    assert len(receiver.calls) == 0


# -- the seam of a rehearsal --------------------------------------------------------------------------


def test_production_has_no_receivers_of_its_own() -> None:
    """There the setting stops the start, and the transport knows none even if it did not."""
    named = "hooks.test=127.0.0.1:9000"
    settings = Settings(env="production", webhook_receivers=named)
    with pytest.raises(UnsafeSettings) as refused:
        settings.check()
    assert any("LINGGONG_WEBHOOK_RECEIVERS" in reason for reason in refused.value.reasons)
    assert transport_for(settings).rehearsed == {}
    for env in ("development", "test"):
        settings = Settings(env=env, webhook_receivers=named)
        settings.check()
        assert transport_for(settings).rehearsed == {"hooks.test": ("127.0.0.1", 9000)}
        with pytest.raises(UnsafeSettings):
            Settings(env=env, webhook_receivers="hooks.test").check()


def test_production_takes_https_only() -> None:
    """Whatever a subscription says."""
    way = transport_for(Settings(env="production"))
    with pytest.raises(AddressRefused):
        way.parse(PLAIN)
    assert way.parse(PUBLIC).scheme == "https"


async def test_the_pages_receiver_believes_what_is_signed() -> None:
    """docs/webhooks/receive.py as the page starts it: 204 and printed once for what is signed, also by the former
    secret and when it comes twice; 400 for anything else."""
    port, secret, other = free_port(), b"s" * 32, b"o" * 32
    script = Path(__file__).parent.parent.parent / "docs" / "webhooks" / "receive.py"
    words = (sys.executable, str(script), str(port), secret_text(secret))
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    way, now = Transport(plain=True, rehearsed={"hooks.test": ("127.0.0.1", port)}), int(time.time())
    good = [([secret], "evt_1", now), ([other, secret], "evt_1", now)]
    bad = [([other], "evt_2", now), ([secret], "evt_3", now - 999)]
    sent = [headers_of(secrets, name, moment, BODY) for secrets, name, moment in good + bad]
    try:
        async with asyncio.timeout(60):
            while (await way.post("http://hooks.test/", b"", {})).error == "not_reached":
                await asyncio.sleep(0.05)
        outcomes = [await way.post("http://hooks.test/in", BODY, headers) for headers in sent]
    finally:
        process.terminate()
        said, _ = await process.communicate()
    assert [outcome.status for outcome in outcomes] == [204, 204, 400, 400]
    assert said == BODY + b"\n"
