"""A message as an e-mail: plain text beside simple HTML that escapes everything, headers that hold no line break."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit
from uuid import UUID

from service.i18n import render
from service.worktime import SHANGHAI

MOST_SUBJECT = 60
ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058
_POLICY = SMTP.clone(max_line_length=900)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail. `message_id` is constant over attempts; `unsubscribe` is the address that ends its topic."""

    message_id: UUID
    to: str = field(repr=False)
    template: str
    text: str
    language: str
    at: datetime
    unsubscribe: str | None = None
    params: dict[str, object] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """The beginning of the text as one line; a code stands in the body alone, where no screen shows it locked."""
        said = render("email.code_subject", self.language) if self.template == "code" else self.text
        line = one_line(said).replace("=?", "= ?")  # the library would read an encoded word, line breaks and all
        return line if len(line) <= MOST_SUBJECT else f"{line[: MOST_SUBJECT - 1]}…"

    @property
    def why(self) -> str:
        """Why it came: an address that gets a code is not confirmed yet."""
        return render("email.why_code" if self.template == "code" else "email.why", self.language)

    @property
    def plain(self) -> str:
        """The text, and below it why it came and how it ends."""
        ends = [self.why]
        if self.unsubscribe:
            ends.append(f"{render('email.unsubscribe', self.language)} {self.unsubscribe}")
        return "\n\n".join([self.text, "-- \n" + "\n".join(ends)]) + "\n"

    @property
    def html(self) -> str:
        """The same as a page without anything from elsewhere."""
        said = "".join(f"<p>{escape(line)}</p>" for line in self.text.splitlines() if line.strip())
        ends = f"<p>{escape(self.why)}</p>"
        if self.unsubscribe:
            words = escape(render("email.unsubscribe_link", self.language))
            ends += f'<p><a href="{escape(self.unsubscribe)}">{words}</a></p>'
        return (
            f'<!doctype html><html lang="{escape(self.language)}"><head><meta charset="utf-8">'
            f"<title>{escape(self.subject)}</title></head><body>{said}<hr>{ends}</body></html>\n"
        )


def one_line(text: str) -> str:
    """Text that can stand in a header: no line breaks, no control signs, none that turn its direction."""
    kept = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    return _BLANKS.sub(" ", kept).strip()


def email_of(letter: Letter, *, sender: str, base_url: str) -> EmailMessage:
    """The whole e-mail. Raises ValueError for an address that cannot stand in a header."""
    made = EmailMessage(policy=_POLICY)
    made["From"] = Address(render("email.sender", letter.language), addr_spec=sender)
    made["To"] = Address(addr_spec=letter.to)
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(letter.at.astimezone(SHANGHAI))
    made["Message-ID"] = f"<{letter.message_id}@{urlsplit(base_url).hostname or 'localhost'}>"
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = letter.language
    if letter.unsubscribe:
        made["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        made["List-Unsubscribe-Post"] = ONE_CLICK
    made.set_content(letter.plain, cte="base64")
    made.add_alternative(letter.html, subtype="html", cte="base64")
    return made
