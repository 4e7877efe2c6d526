"""A lifecycle is a table of moves: (state, action) -> state, read aloud by anybody, walked by one test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.errors import Conflict


@dataclass(frozen=True)
class Lifecycle:
    """States and moves of one noun. A new row starts in one of `initial`; states without moves are final."""

    name: str
    initial: tuple[str, ...]
    moves: Mapping[tuple[str, str], str]
    states: frozenset[str] = field(init=False)
    actions: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        sources = {state for state, _ in self.moves}
        object.__setattr__(self, "states", frozenset(sources | set(self.moves.values()) | set(self.initial)))
        object.__setattr__(self, "actions", frozenset(action for _, action in self.moves))

    def fire(self, state: str, action: str) -> str:
        """The state after `action`. Raises Conflict `wrong_state` with the actions that are possible."""
        try:
            return self.moves[(state, action)]
        except KeyError:
            raise self.refusal(state, action) from None

    def refusal(self, state: str, action: str) -> Conflict:
        """`wrong_state` with the actions that are possible, for what cannot be done in `state`."""
        return Conflict("wrong_state", noun=self.name, state=state, action=action, possible=self.possible(state))

    def possible(self, state: str) -> list[str]:
        """The actions that may be taken in `state`, sorted."""
        return sorted(action for origin, action in self.moves if origin == state)

    def check(self) -> str:
        """The SQL condition that the state column holds one of the states."""
        return f"state in ({', '.join(repr(state) for state in sorted(self.states))})"

    def is_final(self, state: str) -> bool:
        """Whether nothing can follow `state`."""
        return not self.possible(state)
