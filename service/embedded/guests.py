"""Who uses a running server: one empty file per process, so that the last one out stops it."""

from __future__ import annotations

import os
from pathlib import Path

from service.embedded.processes import Identity, identify


def sign_in(folder: Path) -> None:
    """Record that this process uses the server; costs one file, however often it is called."""
    card = _my_card(folder)
    folder.mkdir(mode=0o700, exist_ok=True)
    os.close(os.open(card, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def sign_out(folder: Path) -> None:
    """Record that this process no longer uses the server."""
    _my_card(folder).unlink(missing_ok=True)


def _my_card(folder: Path) -> Path:
    me = identify(os.getpid()) or Identity(os.getpid(), 0)
    return folder / f"{me.pid}-{me.started}"


def present(folder: Path) -> list[Identity]:
    """The processes that signed in and still live; the cards of the others are thrown away."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    return [guest for name in names if (guest := _still_here(folder / name))]


def _still_here(card: Path) -> Identity | None:
    pid, _, started = card.name.partition("-")
    if pid.isdigit() and started.isdigit():
        guest = Identity(int(pid), int(started))
        if guest.alive():
            return guest
    card.unlink(missing_ok=True)
    return None
