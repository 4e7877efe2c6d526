"""What every use case is handed: settings, database, vault, policies, reactions, and who asks how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from service.db.engine import Database
from service.faults import Faults
from service.guard import rules_in
from service.once import Once
from service.settings import Settings
from service.signing import Signer
from service.vault import Vault

if TYPE_CHECKING:
    from service.guard import Rulebook
    from service.matches.pools.keeper import PoolKeeper
    from service.messages.rules import Answer
    from service.reference.live import LiveBook
    from service.uow import DueItem, Moved, Uow

Reaction = Callable[["Uow", "Moved"], Awaitable[None]]
AnyReaction = TypeVar("AnyReaction", bound=Callable[["Uow", "Moved"], Awaitable[None]])
Timer = Callable[["Uow", "DueItem"], Awaitable[None]]
Sender = Callable[["Context", "DueItem"], Awaitable[None]]
Cleaner = Callable[["Context"], Awaitable[None]]
# Every so many seconds of real time; one that goes on for long asks whether the process stops.
Loop = tuple[float, Callable[["Context", Callable[[], bool]], Awaitable[None]]]


def leaf(reaction: AnyReaction) -> AnyReaction:
    """Mark a reaction whose own moves nobody reacts to: it may run where reactions nest no deeper."""
    reaction.leaf = True  # type: ignore[attr-defined]
    return reaction


@dataclass(frozen=True)
class Wiring:
    """Who reacts to what; gathered once by wiring.py."""

    reactions: Mapping[tuple[str, str], tuple[Reaction, ...]] = field(default_factory=dict)
    timers: Mapping[str, Timer] = field(default_factory=dict)
    senders: Mapping[str, Sender] = field(default_factory=dict)
    violations: Mapping[str, str] = field(default_factory=dict)  # constraint name -> refusal code (a conflict)
    answers: Mapping[str, Answer] = field(default_factory=dict)  # what an SMS reply to a question does
    cleaners: tuple[Cleaner, ...] = ()  # what each feature throws away when its time is over
    ports: Mapping[str, Any] = field(default_factory=dict)  # what a feature lets another one do, by name
    loops: Mapping[str, Loop] = field(default_factory=dict)  # what a feature does again and again, in jobs processes


@dataclass(frozen=True)
class Context:
    """One per process, narrowed per request with `for_request`."""

    settings: Settings
    database: Database
    vault: Vault
    signer: Signer
    policies: LiveBook
    wiring: Wiring
    faults: Faults = field(default_factory=Faults)
    request_id: str | None = None
    language: str = "zh-CN"
    once: Once | None = None
    pools: PoolKeeper | None = None  # people and shifts in memory, in a process that ranks
    idempotency_hours: int = 72

    def uow(self) -> Uow:
        """A new transaction with every repository."""
        from service.uow import Uow  # the one import that goes round: Uow is built from a Context

        return Uow(self)

    def rulebook(self) -> Rulebook:
        """The posting guard's rules, as their files are now."""
        return rules_in(self.settings.guard_dir)

    def for_request(self, request_id: str, language: str, once: Once | None) -> Context:
        """The same context, for one request."""
        return replace(self, request_id=request_id, language=language, once=once)

    def facts(self) -> dict[str, Any]:
        """What a log line may say of the context."""
        return {"request_id": self.request_id}
