"""Many rows at once from the database: COPY in its binary form, straight into columns.

Every field is told to be there and of one width, so that a page of rows is one array without a look at any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import asyncpg
import numpy as np

Array: TypeAlias = "np.ndarray[Any, Any]"
_HEAD = 19  # signature, flags, length of the extension
_TAIL = 2
UUID_BYTES = "(16,)u1"
INT4, INT8 = ">i4", ">i8"


class Unreadable(Exception):
    """A field was null or of another width than said."""


class Layout:
    """Names and kinds of a statement's columns, all of fixed width."""

    def __init__(self, **columns: str):
        self._columns = columns
        fields: list[tuple[str, str]] = [("n", ">i2")]
        for name, kind in columns.items():
            fields += [(f"{name}_size", ">i4"), (name, kind)]
        self._row = np.dtype(fields)

    async def read(self, connection: asyncpg.Connection, sql: str, *values: Any) -> dict[str, Array]:
        """The columns of a statement's rows. Raises Unreadable."""
        whole = bytearray()

        async def take(data: bytes) -> None:
            whole.extend(data)

        await connection.copy_from_query(sql, *values, output=take, format="binary")
        return self.columns(whole)

    def columns(self, whole: bytes | bytearray) -> dict[str, Array]:
        """The columns of a binary COPY. Raises Unreadable."""
        body = memoryview(whole)[_HEAD : len(whole) - _TAIL]
        if len(body) % self._row.itemsize:
            raise Unreadable
        rows = np.frombuffer(body, self._row)
        found = {}
        for name, kind in self._columns.items():
            if len(rows) and (rows[f"{name}_size"] != np.dtype(kind).itemsize).any():
                raise Unreadable(name)
            found[name] = np.ascontiguousarray(rows[name].astype(rows[name].dtype.newbyteorder("=")))
        return found


def joined(pages: Sequence[dict[str, Array]]) -> dict[str, Array]:
    """Pages of columns as one."""
    return {name: np.concatenate([page[name] for page in pages]) for name in pages[0]}
