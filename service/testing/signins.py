"""Ready-made sign-ins of an invented city, one for each role, and how they are shown."""

from __future__ import annotations

import base64
import hashlib
import secrets
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

import orjson
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

WHOLE_WIDTH = 150


@dataclass(frozen=True, slots=True)
class Signin:
    """Who can come in, and with what. Codes go to the phone: they appear on the console, in test in the sink."""

    role: str
    what: str
    city_code: str
    id: str
    phone: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    credential: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)
    employer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Signins:
    """The sign-ins of one seed. Not `fresh`: the city was there already, and its secrets were shown once."""

    number: int
    fresh: bool
    entries: tuple[Signin, ...]
    counts: dict[str, int] = field(default_factory=dict)


class Secrets:
    """Passwords, device credentials and keys: random, or in a rehearsal the same for the same seed."""

    def __init__(self, number: int, *, fixed: bool):
        self._number, self.fixed = number, fixed

    def password(self, username: str) -> str:
        """Sixteen characters and more, fit for the password rules."""
        return self._token("password", username, 15)

    def token(self, prefix: str, name: str) -> str:
        """A bearer secret of 256 bits with its prefix."""
        return f"{prefix}_{self._token(prefix, name, 32)}"

    def _token(self, kind: str, name: str, size: int) -> str:
        if not self.fixed:
            return secrets.token_urlsafe(size)
        digest = hashlib.sha256(f"{self._number}:{kind}:{name}".encode()).digest()
        return base64.urlsafe_b64encode(digest[:size]).decode().rstrip("=")


def show(found: Signins, *, as_lines: bool) -> None:
    """One JSON line each for scripts, a table for people."""
    if as_lines:
        sys.stdout.writelines(f"{line}\n" for line in _lines(found))
        sys.stdout.flush()
        return
    usual = Console()
    console = Console(width=max(usual.width, WHOLE_WIDTH))  # a secret that is cut short is no secret to sign in with
    if not found.fresh:
        console.print(f"City {found.number} is already seeded; its passwords and keys were shown when it was made.")
    console.print(_table(found))
    console.print("One-time codes are written to the console of the running service.")


def _lines(found: Signins) -> Iterable[str]:
    for entry in found.entries:
        given = {name: value for name, value in asdict(entry).items() if value is not None}
        yield orjson.dumps({"signin": given}).decode()
    summary = {"seed": found.number, "already_seeded": not found.fresh, "counts": found.counts}
    yield orjson.dumps({"seeded": summary}).decode()


def _table(found: Signins) -> Table:
    table = Table(title=f"Sign-ins of city {found.number}", title_justify="left", box=SIMPLE)
    for head in ("role", "what", "region", "sign in with", "password or key"):
        table.add_column(head, no_wrap=True)
    for entry in found.entries:
        secret = entry.password or entry.credential or entry.key or ("code to the phone" if entry.phone else "–")
        named = " / ".join(filter(None, (entry.username, entry.phone)))
        table.add_row(entry.role, entry.what, entry.city_code, named or "–", secret)
    return table
