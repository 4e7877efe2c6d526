"""Fault points: named places where a rehearsal may kill, delay or fail the process (test environment only).

`FAULTS="db.before_commit:kill:0.01,outbox.after_send:fail:0.05,db.after_commit:delay500:0.02"`.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import time
from dataclasses import dataclass

POINTS = (
    "db.before_commit",
    "db.after_commit",
    "due.after_claim",
    "message.after_send",
    "outbox.after_send",
    "migrate.step",
    "seal.step",
    "webhook.fan_out",
    "webhook.after_claim",
    "webhook.before_send",
    "webhook.after_send",
)
_RULE = re.compile(r"(?P<point>[a-z_.]+):(?P<action>kill|fail|delay(?P<ms>[0-9]+)):(?P<odds>[0-9.]+)")


class InjectedFault(RuntimeError):
    """Raised by the action `fail`."""


@dataclass(frozen=True)
class Faults:
    """What may happen at which point, with which probability. Empty outside rehearsals."""

    rules: tuple[tuple[str, str, int, float], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Faults:
        """Read the FAULTS setting; ValueError names the part that is wrong."""
        rules = []
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            match = _RULE.fullmatch(part)
            if match is None or match["point"] not in POINTS or not 0 <= float(match["odds"]) <= 1:
                raise ValueError(f"FAULTS: {part!r}; points are {', '.join(POINTS)}")
            action = "delay" if match["ms"] else match["action"]
            rules.append((match["point"], action, int(match["ms"] or 0), float(match["odds"])))
        return cls(tuple(rules))

    async def at(self, point: str) -> None:
        """Pass the point, or die, fail or wait there."""
        for name, action, ms, odds in self.rules:
            if name == point and random.random() < odds:  # noqa: S311 - rehearsal, not cryptography
                if action == "delay":
                    await asyncio.sleep(ms / 1000)
                else:
                    _strike(point, action)

    def at_sync(self, point: str) -> None:
        """The same for code that runs outside an event loop (migrations)."""
        for name, action, ms, odds in self.rules:
            if name == point and random.random() < odds:  # noqa: S311
                if action == "delay":
                    time.sleep(ms / 1000)
                else:
                    _strike(point, action)


def _strike(point: str, action: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise InjectedFault(point)
