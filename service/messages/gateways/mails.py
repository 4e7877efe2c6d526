"""E-mail: by SMTP with TLS, into a file, onto a developer's console, or (in rehearsals) into the sink."""

from __future__ import annotations

import asyncio
import json
import smtplib
import ssl
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from service.channels.rules import EMAIL, mask_address
from service.context import Context
from service.messages.gateways.letters import Letter, email_of
from service.messages.gateways.refusing import ChannelRefused, GatewayFailed
from service.messages.gateways.texts import append_line
from service.observability.console import message_line
from service.settings import Settings
from service.worktime import rfc3339

STEP_SECONDS = 5.0  # for connecting, and for each answer of the server
WHOLE_SECONDS = 15.0  # half of a lease, however slowly somebody drips
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class MailGateway(Protocol):
    """Sends one letter. Raises ChannelRefused for good, anything else for now."""

    async def send(self, letter: Letter) -> None: ...


@dataclass(frozen=True)
class SmtpServer:
    """Where letters are handed over; `secure`: TLS from the first byte, otherwise by STARTTLS."""

    host: str
    port: int
    secure: bool
    sender: str
    base_url: str
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpGateway:
    """Hands letters to the operator's server. Without TLS nothing leaves this machine."""

    def __init__(self, server: SmtpServer):
        self.server = server

    async def send(self, letter: Letter) -> None:
        made = email_of(letter, sender=self.server.sender, base_url=self.server.base_url)
        call = _Call(self.server, letter.to, made.as_bytes())
        task = asyncio.create_task(asyncio.to_thread(call.make))
        done, _ = await asyncio.wait({task}, timeout=WHOLE_SECONDS)
        if not done:
            call.break_off()  # the thread ends with it: nothing is sent behind our back
        await task


class _Call:
    """One conversation with the server, in a thread."""

    def __init__(self, server: SmtpServer, to: str, body: bytes):
        self.server, self.to, self.body = server, to, body
        self.line: smtplib.SMTP | None = None
        self.broken = False

    def make(self) -> None:
        """Raises ChannelRefused, GatewayFailed; never what the server said, which may repeat the address."""
        try:
            self._talk()
        except smtplib.SMTPRecipientsRefused as wrong:
            codes = [code for code, _ in wrong.recipients.values()]
            if codes and all(code >= 500 for code in codes):
                raise ChannelRefused("recipient_refused") from None
            raise GatewayFailed("recipient_deferred") from None
        except smtplib.SMTPDataError as wrong:
            if wrong.smtp_code >= 500:
                raise ChannelRefused("letter_refused") from None
            raise GatewayFailed("letter_deferred") from None
        except ssl.SSLError:
            raise GatewayFailed("certificate_refused") from None
        except smtplib.SMTPException as wrong:
            raise GatewayFailed(type(wrong).__name__) from None
        except (OSError, ValueError) as wrong:
            raise GatewayFailed("too_slow" if self.broken else type(wrong).__name__) from None

    def _talk(self) -> None:
        server = self.server
        trust = ssl.create_default_context()
        if server.secure:
            self.line = smtplib.SMTP_SSL(server.host, server.port, timeout=STEP_SECONDS, context=trust)
        else:
            self.line = smtplib.SMTP(server.host, server.port, timeout=STEP_SECONDS)
        with self.line as line:
            if not server.secure and server.host not in HERE:
                line.starttls(context=trust)
            if server.user:
                line.login(server.user, server.password)
            line.sendmail(server.sender, [self.to], self.body)

    def break_off(self) -> None:
        self.broken = True
        sock = getattr(self.line, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.close()


class FileMails:
    """One JSON line a letter, for an operator's own sender; the file is the operator's."""

    def __init__(self, path: Path):
        self.path = path

    async def send(self, letter: Letter) -> None:
        said = {"id": str(letter.message_id), "channel": EMAIL, "to": letter.to, "at": rfc3339(letter.at)}
        await asyncio.to_thread(append_line, self.path, json.dumps(said | _said(letter), ensure_ascii=False))


class ConsoleMails:
    """Development: the text on the console, the address masked, a code shown."""

    async def send(self, letter: Letter) -> None:
        code = str(letter.params["code"]) if letter.template == "code" else None
        line = message_line(EMAIL, mask_address(EMAIL, letter.to), letter.text, code, colours=sys.stderr.isatty())
        sys.stderr.write(line + "\n")


class SinkMails:
    """Rehearsals: beside the texts, under the address."""

    def __init__(self, ctx: Context):
        self.ctx = ctx

    async def send(self, letter: Letter) -> None:
        from service.testing.sink import put_in_sink

        await put_in_sink(
            self.ctx,
            message_id=letter.message_id,
            channel=EMAIL,
            to=letter.to,
            said=_said(letter) | {"params": letter.params},
        )


def _said(letter: Letter) -> dict[str, Any]:
    return {
        "template": letter.template,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "unsubscribe": letter.unsubscribe,
    }


def mail_gateway(ctx: Context) -> MailGateway:
    """The gateway of the settings; in test always the sink."""
    settings = ctx.settings
    if settings.is_test:
        return SinkMails(ctx)
    if settings.email_gateway.startswith("file:"):
        return FileMails(Path(settings.email_gateway.removeprefix("file:")))
    if settings.email_gateway == "console":
        return ConsoleMails()
    return SmtpGateway(server_of(settings))


def server_of(settings: Settings) -> SmtpServer:
    """The server of `smtp://HOST[:PORT]` or `smtps://HOST[:PORT]`."""
    parts = urlsplit(settings.email_gateway)
    secure = parts.scheme == "smtps"
    return SmtpServer(
        host=parts.hostname or "",
        port=parts.port or (465 if secure else 587),
        secure=secure,
        sender=settings.email_from,
        base_url=settings.base_url,
        user=settings.email_user,
        password=settings.email_password.get_secret_value(),
    )
