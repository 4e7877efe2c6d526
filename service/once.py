"""One request's idempotency: which key, how an answer becomes bytes, and the answer once it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from service.errors import DomainError


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body bytes and headers exactly as the client gets them."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Replay(Exception):
    """The key has been used and its answer is known: give the same again."""

    def __init__(self, answer: Answer):
        super().__init__("replay")
        self.answer = answer


@dataclass(slots=True)
class Once:
    """An `Idempotency-Key` with everything needed to store its answer beside its effect.

    `answer` is there once it has been committed: until then nothing may be told.
    """

    actor: str
    endpoint: str
    key: str
    fingerprint: bytes
    render: Callable[[Any], Answer]
    render_refusal: Callable[[DomainError], Answer | None]
    claimed: bool = False
    answer: Answer | None = None

    def reset(self) -> None:
        """Before another attempt at the same request."""
        self.claimed = False
        self.answer = None
