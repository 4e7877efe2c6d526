"""Many readers or one writer; a waiting writer goes first, so that changes are not starved by questions."""

from __future__ import annotations

import threading


class ReadWriteLock:
    """`with lock.reading:` or `with lock.writing:`. Not reentrant: no reading or writing inside either."""

    def __init__(self) -> None:
        self._state = threading.Condition(threading.Lock())
        self._readers = 0
        self._busy = False
        self._queue = 0
        self.reading = _Reading(self)
        self.writing = _Writing(self)

    def begin_reading(self) -> None:
        with self._state:
            while self._busy or self._queue:
                self._state.wait()
            self._readers += 1

    def end_reading(self) -> None:
        with self._state:
            self._readers -= 1
            if not self._readers and self._queue:
                self._state.notify_all()

    def begin_writing(self) -> None:
        with self._state:
            self._queue += 1
            try:
                while self._busy or self._readers:
                    self._state.wait()
            finally:
                self._queue -= 1
            self._busy = True

    def end_writing(self) -> None:
        with self._state:
            self._busy = False
            self._state.notify_all()


class _Reading:
    """The reader's side as a context."""

    __slots__ = ("_lock",)

    def __init__(self, lock: ReadWriteLock) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        self._lock.begin_reading()

    def __exit__(self, *_: object) -> None:
        self._lock.end_reading()


class _Writing:
    """The writer's side as a context."""

    __slots__ = ("_lock",)

    def __init__(self, lock: ReadWriteLock) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        self._lock.begin_writing()

    def __exit__(self, *_: object) -> None:
        self._lock.end_writing()
