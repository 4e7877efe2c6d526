"""Pools that one thread changes while others ask, and every moment there was, for answers to be held against.

A writer notes the state a change will lead to, says that it begins, changes the pool and says that it is done.
An answer is right if it is the oracle's at one of the moments from the last change done before the call to the
last one begun before the return.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

State = TypeVar("State")
Look = Callable[[], Any]
Change = tuple[Any, Callable[[], None]]  # the state it leads to, and what leads there
SLACK = 24
PAUSE = 0.0002


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer: which question, the first and last moment it may be of, what it said."""

    question: int
    first: int
    last: int
    answer: Any


@dataclass
class Moments(Generic[State]):
    """States in the order of the changes; `begun` and `done` count changes."""

    states: list[State]
    begun: int = 0
    done: int = 0
    seen: list[Seen] = field(default_factory=list)
    broken: list[BaseException] = field(default_factory=list)

    def change(self, state: State, act: Callable[[], None]) -> None:
        """What the writer does once for each change."""
        self.states.append(state)
        self.begun += 1
        act()
        self.done += 1

    def ask(self, question: int, look: Look) -> None:
        """What a reader does once for each question."""
        first = self.done
        answer = look()
        self.seen.append(Seen(question, first, self.begun, answer))

    def wrong(self, expected: Callable[[State, int], Any]) -> list[Seen]:
        """Answers that were right at no moment between their call and their return."""
        known: dict[tuple[int, int], Any] = {}

        def at(moment: int, question: int) -> Any:
            key = (moment, question)
            if key not in known:
                known[key] = expected(self.states[moment], question)
            return known[key]

        return [
            each
            for each in self.seen
            if all(each.answer != at(moment, each.question) for moment in range(each.first, each.last + 1))
        ]


def interleaved(moments: Moments[Any], looks: list[Look], changes: list[Change], *, readers: int, answers: int) -> None:
    """`readers` threads ask one question after the other while this one changes; about `answers` in all.

    Neither side runs away from the other: each waits while it is more than SLACK answers ahead.
    """
    over = threading.Event()
    rate = answers / max(1, len(changes))

    def read(place: int) -> None:
        number = place
        try:
            while not over.is_set():
                if len(moments.seen) > rate * moments.done + SLACK:
                    time.sleep(PAUSE)
                    continue
                moments.ask(number % len(looks), looks[number % len(looks)])
                number += readers
        except BaseException as error:
            moments.broken.append(error)

    crew = [threading.Thread(target=read, args=(place,)) for place in range(readers)]
    for thread in crew:
        thread.start()
    try:
        for state, act in changes:
            while len(moments.seen) < rate * moments.begun - SLACK and not moments.broken:
                time.sleep(PAUSE)
            moments.change(state, act)
    finally:
        over.set()
        for thread in crew:
            thread.join()
