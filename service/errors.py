"""The refusals of the business, by category; they know codes and facts, never HTTP or sentences.

DomainError
├── Malformed        what was sent cannot be read at all
├── Unauthenticated  who is calling is not known
├── Forbidden        the caller's role lacks the operation
├── Missing          not there, or not for this caller: the two look the same
├── Conflict         the state of things stands against it
├── Gone             it was there, and its time is over
├── Stale            the caller's copy is old (or absent where one is needed: Unconditioned)
├── Refused          well-formed, and against a rule
├── TooMany          over a limit; `retry_after` says when again
└── Unready          the service itself cannot answer now
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: a JSON pointer (or `query:name`, `header:name`), a stable code, its facts."""

    pointer: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class DomainError(Exception):
    """A refusal with a stable code and facts; facts never hold identity numbers, phones or names."""

    def __init__(self, code: str, *, field: str | None = None, errors: tuple[FieldError, ...] = (), **facts: Any):
        super().__init__(code)
        self.code = code
        self.facts = facts
        self.errors = errors or ((FieldError(field, code, facts),) if field else ())


class Malformed(DomainError):
    """What was sent cannot be read: broken bytes, broken JSON, an undecodable cursor."""


class Unauthenticated(DomainError):
    """Nobody known is calling; one code for all causes. `presented`: a token came, and is not good."""

    def __init__(self, code: str = "unauthenticated", *, presented: bool = False, **facts: Any):
        super().__init__(code, **facts)
        self.presented = presented


class Forbidden(DomainError):
    """The caller is known and may not do this."""


class Missing(DomainError):
    """Not there or not for this caller."""

    def __init__(self, code: str = "not_found", **facts: Any):
        super().__init__(code, **facts)


class Conflict(DomainError):
    """The present state of things stands against it."""


class Gone(DomainError):
    """It existed and has expired."""


class Stale(DomainError):
    """The caller's version is not the present one."""


class Unconditioned(DomainError):
    """The operation needs the version that the caller has seen, and none was sent."""


class Refused(DomainError):
    """Well-formed and against a rule."""


class TooMany(DomainError):
    """Over a limit; `retry_after` is in whole seconds, the last of them for rounding, and said in begun minutes
    (`wait_minutes`)."""

    def __init__(self, code: str, *, retry_after: int, **facts: Any):
        self.retry_after = max(1, int(retry_after))
        super().__init__(code, **facts, wait_minutes=max(1, -(-(self.retry_after - 1) // 60)))


class Unready(DomainError):
    """The service cannot answer at the moment; ask again after `retry_after` seconds."""

    def __init__(self, code: str = "unready", *, retry_after: int = 2, **facts: Any):
        super().__init__(code, **facts)
        self.retry_after = retry_after


class InFlight(Conflict):
    """A request with the same idempotency key is still running."""

    retry_after = 2
