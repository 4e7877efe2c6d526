"""Masked names of those who were in the last lists; told by the log when somebody's name is another one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

MOST = 100_000


class MaskedNames:
    """The most recently shown names. What was read before a change was heard of is not kept."""

    def __init__(self, most: int = MOST) -> None:
        self._names: OrderedDict[UUID, str] = OrderedDict()
        self._most = most
        self._heard = 0

    @property
    def heard(self) -> int:
        """A number that rises with every change; take it before reading names from the database."""
        return self._heard

    def known(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Those of the ids that are kept."""
        found = {}
        for each in ids:
            name = self._names.get(each)
            if name is not None:
                self._names.move_to_end(each)
                found[each] = name
        return found

    def keep(self, read: Mapping[UUID, str], heard: int) -> None:
        """Names read when `heard` was the number; nothing is kept when a change has come since."""
        if heard != self._heard:
            return
        self._names.update(read)
        while len(self._names) > self._most:
            self._names.popitem(last=False)

    def forget(self, ids: Iterable[UUID]) -> None:
        """These people have changed."""
        self._heard += 1
        for each in ids:
            self._names.pop(each, None)
