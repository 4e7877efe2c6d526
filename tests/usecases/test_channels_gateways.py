"""E-mails and template messages as they leave: headers that cannot be broken, a real conversation, a signed request."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from service.context import Context
from service.ids import new_id
from service.messages.gateways import ChannelRefused, GatewayFailed, Letter, card_of, mail_gateway, wechat_gateway
from service.messages.gateways.letters import email_of, one_line
from service.messages.gateways.mails import SmtpGateway, SmtpServer, server_of
from service.messages.gateways.wechat import HttpWechat, mapping
from service.messages.rendering import presented, stamps
from service.settings import Settings, UnsafeSettings
from tests.builders.channels import ADDRESS, OPEN_ID
from tests.builders.webhooks import NAME, a_receiver, answer
from tests.live import free_port

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
LINK = "https://linggong.example.cn/unsubscribe/abc"
SECRET = base64.b64encode(b"a key of thirty-two bytes, yes!!").decode()
ATTACKS = (
    "洗碗\r\nBcc: victim@example.org",
    "洗碗\nX-Evil: 1\n\nbody",
    "洗碗\rContent-Type: text/html",
    "洗碗\u2028Bcc: victim@example.org",
    "洗碗\x0bX-Evil: 1\x00",
    "洗碗\u202eolleh",
    "=?utf-8?q?=0D=0ABcc:_victim=40example.org?=",
    "<script>alert(1)</script>",
)


def a_letter(text: str, *, link: str | None = LINK, to: str = ADDRESS) -> Letter:
    return Letter(new_id(), to, "pay.due", text, "zh-CN", AT, link)


def written(letter: Letter) -> EmailMessage:
    """As a mail program reads it."""
    raw = email_of(letter, sender="no-reply@example.cn", base_url="https://linggong.example.cn").as_bytes()
    made = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(made, EmailMessage)
    return made


@pytest.mark.parametrize("text", ATTACKS)
def test_no_title_breaks_out_of_its_header_or_its_page(text: str) -> None:
    """Line breaks of every kind, encoded words, HTML: the same headers as ever, one recipient, nothing that runs."""
    made = written(a_letter(text))
    assert sorted(made.keys()) == sorted(written(a_letter("你好")).keys())
    assert (made["To"], made["Bcc"], made["X-Evil"]) == (ADDRESS, None, None)
    assert len(made["Subject"].splitlines()) == 1
    assert "\u202e" not in made["Subject"]
    html = made.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert html.count("<p>") >= 2


@pytest.mark.parametrize("to", ["w@example.com\r\nBcc: x@example.org", "w@example.com\n", "w@example.com, x@y.org", ""])
def test_no_address_breaks_out_either(to: str) -> None:
    """Nobody can enter such a one; the letter would not be made all the same."""
    with pytest.raises((ValueError, IndexError, email.errors.MessageError)):
        email_of(a_letter("你好", to=to), sender="no-reply@example.cn", base_url="http://x").as_bytes()


def test_a_letter_has_both_forms_and_its_way_out() -> None:
    """Plain text and HTML of the same words, a constant id, RFC 8058's headers; none of those where it is vital."""
    letter = a_letter("工时已确认 & 应付 100 元")
    made = written(letter)
    assert [part.get_content_type() for part in made.iter_parts()] == ["text/plain", "text/html"]
    plain, html = made.get_body(("plain",)).get_content(), made.get_body(("html",)).get_content()
    assert letter.text in plain
    assert LINK in plain
    assert "工时已确认 &amp; 应付" in html
    assert f'href="{LINK}"' in html
    assert made["Message-ID"] == f"<{letter.message_id}@linggong.example.cn>"
    assert (made["List-Unsubscribe"], made["List-Unsubscribe-Post"]) == (f"<{LINK}>", "List-Unsubscribe=One-Click")
    assert written(a_letter("欠薪", link=None))["List-Unsubscribe"] is None
    assert one_line(" a\r\n\tb\x00c ") == "a b c"


def test_a_code_stands_in_no_subject() -> None:
    """Locked screens show subjects."""
    letter = Letter(new_id(), ADDRESS, "code", "验证码 123456", "zh-CN", AT)
    assert "123456" not in letter.subject
    assert ADDRESS not in repr(letter)


# -- SMTP ----------------------------------------------------------------------------------------------


@dataclass
class Post:
    """A mail server on a loopback port that answers as it is told."""

    port: int = 0
    recipient: str = "250 ok"
    data: str = "250 taken"
    silent: bool = False
    commands: list[str] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)

    @property
    def gateway(self) -> SmtpGateway:
        return SmtpGateway(SmtpServer("127.0.0.1", self.port, False, "no-reply@example.cn", "https://x.example.cn"))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        if self.silent:
            await reader.read()
            return
        await say("220 here")
        while line := (await reader.readline()).decode().strip():
            self.commands.append(line)
            verb = line.split(" ")[0].upper()
            if verb == "DATA":
                await say("354 go on")
                self.letters.append(await reader.readuntil(b"\r\n.\r\n"))
            await say({"RCPT": self.recipient, "DATA": self.data, "QUIT": "221 bye"}.get(verb, "250 ok"))
            if verb == "QUIT":
                break
        writer.close()


@asynccontextmanager
async def a_post(**manner: Any) -> AsyncIterator[Post]:
    post = Post(**manner)
    server = await asyncio.start_server(post.serve, "127.0.0.1", 0)
    post.port = server.sockets[0].getsockname()[1]
    async with server:
        yield post


async def test_a_letter_is_handed_over_by_smtp() -> None:
    """One recipient, the whole letter."""
    async with a_post() as post:
        await post.gateway.send(a_letter("你好"))
    assert [each for each in post.commands if each.upper().startswith("RCPT")] == [f"rcpt TO:<{ADDRESS}>"]
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in post.letters[0]


@pytest.mark.parametrize(
    ("manner", "kind", "code"),
    [
        ({"recipient": f"550 no such user {ADDRESS}"}, ChannelRefused, "recipient_refused"),
        ({"recipient": f"451 later {ADDRESS}"}, GatewayFailed, "recipient_deferred"),
        ({"data": f"554 spam to {ADDRESS}"}, ChannelRefused, "letter_refused"),
        ({"data": "452 full"}, GatewayFailed, "letter_deferred"),
    ],
)
async def test_what_a_server_says_is_for_good_or_for_now(manner: dict, kind: type[Exception], code: str) -> None:
    """By its figures; the address that it repeats is not in what we raise, nor in what that hangs on."""
    async with a_post(**manner) as post:
        with pytest.raises(kind) as wrong:
            await post.gateway.send(a_letter("你好"))
    assert (wrong.value.code, wrong.value.__suppress_context__) == (code, True)
    assert ADDRESS not in repr(wrong.value)


async def test_a_server_that_is_away_or_silent_is_for_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody there; somebody who never speaks is left after the time for one step."""
    away = SmtpGateway(SmtpServer("127.0.0.1", free_port(), False, "a@example.cn", "http://x"))
    with pytest.raises(GatewayFailed, match="ConnectionRefusedError"):
        await away.send(a_letter("你好"))
    monkeypatch.setattr("service.messages.gateways.mails.STEP_SECONDS", 0.3)
    async with a_post(silent=True) as post:
        with pytest.raises(GatewayFailed):
            await post.gateway.send(a_letter("你好"))


def test_without_tls_nothing_leaves_this_machine() -> None:
    """STARTTLS is asked for before anything else is said to another host; a server that lacks it gets nothing."""
    said: list[str] = []

    class Line:
        def __enter__(self) -> Line:
            return self

        def __exit__(self, *_: object) -> None: ...

        def starttls(self, **_: object) -> None:
            said.append("starttls")
            raise OSError("not supported")

        def sendmail(self, *_: object) -> None:
            said.append("sendmail")

    from service.messages.gateways import mails

    server = SmtpServer("mail.example.cn", 587, False, "a@example.cn", "http://x")
    call = mails._Call(server, ADDRESS, b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mails.smtplib, "SMTP", lambda *_, **__: Line())
        with pytest.raises(GatewayFailed):
            call.make()
    assert said == ["starttls"]


# -- WeChat --------------------------------------------------------------------------------------------


def a_card(ctx: Context, **more: Any) -> Any:
    fields: dict[str, Any] = {"template": "pay.overdue", "topic": "vital", "text": "欠薪" * 20, "language": "zh-CN"}
    fields |= {"params": {"owed_fen": "100"}, "stamps": {}, "to": OPEN_ID, "message_id": new_id(), "at": AT}
    return card_of(ctx, **(fields | more))


def with_bridge(ctx: Context, port: int) -> Context:
    """A bridge of a rehearsal."""
    told = {"wechat_gateway": f"http://{NAME}/wechat", "webhook_receivers": f"{NAME}=127.0.0.1:{port}"}
    settings = Settings(env="test", wechat_secret=SECRET, **told)
    return replace(ctx, settings=settings)


async def test_the_bridge_gets_a_signed_request_of_the_documented_shape(ctx: Context) -> None:
    """Template, account, keywords cut to what WeChat takes; the id and the signature of the standard."""
    async with a_receiver(answer(200)) as receiver:
        mine = with_bridge(ctx, receiver.port)
        card = a_card(mine)
        await HttpWechat(mine).send(card)
    (call,) = receiver.calls
    Webhook(f"whsec_{SECRET}").verify(call.body, call.headers)
    assert call.said == {
        "id": f"msg_{card.message_id.hex}",
        "touser": OPEN_ID,
        "template_id": "linggong-pay-overdue",
        "url": mine.settings.base_url,
        "lang": "zh_CN",
        "data": {
            "amount1": {"value": "100"},
            "thing2": {"value": f"{('欠薪' * 20)[:19]}…"},
            "time3": {"value": "2026年11月23日 09:00"},
        },
    }
    assert call.headers["webhook-id"] == call.said["id"]


def test_a_card_says_when_with_the_year_and_elsewhere_as_people_do(ctx: Context, tmp_path: Path) -> None:
    """A keyword of times wants the year; the same instant in a line of words does not."""
    own = tmp_path / "templates.yaml"
    own.write_text("default: {id: X, data: {time1: starts_at, date2: starts_at, thing3: starts_at}}", encoding="utf-8")
    mine = replace(ctx, settings=Settings(env="test", wechat_templates=own))
    starts = {"starts_at": "2026-11-24T07:00:00+08:00"}
    card = a_card(mine, params=presented(starts, "zh-CN"), stamps=stamps(starts))
    year = "2026年11月24日 07:00"
    assert card.data == {"time1": year, "date2": year, "thing3": "11月24日 07:00"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, ChannelRefused), (422, ChannelRefused), (429, GatewayFailed), (500, GatewayFailed), (302, GatewayFailed)],
)
async def test_the_bridge_says_for_good_or_for_now(ctx: Context, status: int, kind: type[Exception]) -> None:
    """By its status; a redirect is followed nowhere."""
    async with a_receiver(answer(status, "Location: http://127.0.0.1/")) as receiver:
        mine = with_bridge(ctx, receiver.port)
        with pytest.raises(kind) as wrong:
            await HttpWechat(mine).send(a_card(mine))
    assert OPEN_ID not in repr(wrong.value)


async def test_the_bridge_cannot_be_an_inner_address(ctx: Context) -> None:
    """Neither by number nor by a name that leads inside; nothing is sent."""
    for address in ("https://127.0.0.1/in", "https://localhost/in", "https://169.254.169.254/latest"):
        mine = replace(ctx, settings=Settings(env="test", wechat_gateway=address, wechat_secret=SECRET))
        with pytest.raises(GatewayFailed, match="webhook_address"):
            await HttpWechat(mine).send(a_card(mine))


def test_a_template_that_nobody_mapped_takes_another_way(ctx: Context, tmp_path: Path) -> None:
    """An operator's own file without a default refuses the rest; a broken one names its place."""
    own = tmp_path / "templates.yaml"
    own.write_text("templates:\n  pay.overdue: {id: X, data: {thing1: text}}\n", encoding="utf-8")
    mine = replace(ctx, settings=Settings(env="test", wechat_templates=own))
    assert a_card(mine).template_id == "X"
    with pytest.raises(ChannelRefused, match="template_unmapped"):
        a_card(mine, template="pay.due")
    broken = tmp_path / "broken.yaml"
    broken.write_text("templates: {pay.due: {id: 7}}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"pay\.due needs id and data"):
        mapping(broken)


# -- settings and files --------------------------------------------------------------------------------


def development(**more: Any) -> Settings:
    return Settings(env="development", **more)


async def test_files_get_a_line_each(ctx: Context, tmp_path: Path) -> None:
    """For an operator's own sender: everything that is needed to send."""
    mails, cards = tmp_path / "mails.jsonl", tmp_path / "cards.jsonl"
    mine = replace(ctx, settings=development(email_gateway=f"file:{mails}", wechat_gateway=f"file:{cards}"))
    await mail_gateway(mine).send(a_letter("你好"))
    await wechat_gateway(mine).send(a_card(mine))
    letter, card = json.loads(mails.read_text(encoding="utf-8")), json.loads(cards.read_text(encoding="utf-8"))
    assert (letter["to"], letter["unsubscribe"], letter["channel"]) == (ADDRESS, LINK, "email")
    assert (card["touser"], card["template_id"], card["channel"]) == (OPEN_ID, "linggong-pay-overdue", "wechat")


async def test_a_console_shows_no_address(ctx: Context, capsys: pytest.CaptureFixture[str]) -> None:
    """Text and code, the address masked."""
    mine = replace(ctx, settings=development())
    await mail_gateway(mine).send(Letter(new_id(), ADDRESS, "code", "码", "zh-CN", AT, params={"code": "123456"}))
    await wechat_gateway(mine).send(a_card(mine))
    shown = capsys.readouterr().err
    assert "123456" in shown
    assert ADDRESS not in shown
    assert OPEN_ID not in shown


def test_settings_of_channels_are_checked(tmp_path: Path) -> None:
    """Each wrong one is named; a secret never repeated; production offers what is set up and nothing else."""
    wrong = {"email_gateway": "smtp://mail.example.cn", "wechat_gateway": "https://bridge.example.cn/in"}
    with pytest.raises(UnsafeSettings) as unsafe:
        development(**wrong, wechat_secret="short!", wechat_templates=tmp_path / "none").check()
    named = [reason.split()[0] for reason in unsafe.value.reasons]
    assert named == ["LINGGONG_EMAIL_FROM", "LINGGONG_WECHAT_SECRET", "LINGGONG_WECHAT_TEMPLATES"]
    assert "short!" not in str(unsafe.value)
    for gateway in ("pigeon", "smtp://a b", "http://x"):
        with pytest.raises(UnsafeSettings, match="LINGGONG_EMAIL_GATEWAY"):
            development(email_gateway=gateway).check()
    with pytest.raises(UnsafeSettings, match="LINGGONG_WECHAT_GATEWAY"):
        development(wechat_gateway="http://bridge.example.cn").check()
    whole = Settings(env="production", **wrong, email_from="no-reply@example.cn", wechat_secret=SECRET)
    assert whole.channels_offered == ("wechat", "email")
    assert server_of(whole) == SmtpServer("mail.example.cn", 587, False, "no-reply@example.cn", whole.base_url)
    assert Settings(env="production").channels_offered == ()
    assert development().channels_offered == ("wechat", "email")
