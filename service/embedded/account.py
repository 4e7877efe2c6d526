"""Which operating-system account runs the server: our own, or an unprivileged one when we are root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.embedded.errors import Unreachable

PREFERRED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """The account of the server process; `switch` says whether we must change to it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen(self) -> dict[str, Any]:
        """Keyword arguments for subprocess that make the child run as this account."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Hand a folder that we have just made to this account."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account(owner_uid: int | None = None) -> Account:
    """The account to run PostgreSQL as; an existing cluster keeps the owner it has.

    PostgreSQL refuses to run as root, so root lends it an account that the machine already has;
    none is created. Raises Unreachable when there is none.
    """
    if os.geteuid() != 0:
        return Account(_name(os.geteuid()), os.geteuid(), os.getegid(), switch=False)
    if owner_uid:
        entry = pwd.getpwuid(owner_uid)
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    raise Unreachable(
        "set DATABASE_URL or run as an ordinary user: root may not run PostgreSQL, and this machine "
        f"has none of the accounts {', '.join(PREFERRED)}"
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def can_enter(path: Path, account: Account) -> bool:
    """Whether the account can reach and enter this folder or run this program (the kernel is asked)."""
    if not account.switch:
        return os.access(path, os.X_OK)
    try:
        answer = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$0"', str(path)],
            cwd="/",
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            **account.popen(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unreachable(
            f"set DATABASE_URL or run as an ordinary user: cannot switch to {account.name}: {error}"
        ) from error
    return answer.returncode == 0
