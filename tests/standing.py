"""What everybody waits for when a test stands still: the chain of awaits of each task, which no stack shows."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from types import FrameType
from typing import Any

FRAMES, WAITS = ("cr_frame", "gi_frame", "ag_frame"), ("cr_await", "gi_yieldfrom", "ag_await")


def standing(name: str) -> Iterator[str]:
    """A line for each await of each task that has not ended; the task of the function of this name is cancelled."""
    for task in [each for each in gc.get_objects() if isinstance(each, asyncio.Task) and not each.done()]:
        waiting: Any = task.get_coro()
        yield f"{task.get_name()} {getattr(waiting, '__qualname__', waiting)}"
        if getattr(waiting, "__name__", "") == name:
            task.get_loop().call_soon_threadsafe(task.cancel)
        while waiting is not None:
            frame: FrameType | None = _first(waiting, FRAMES)
            if frame is not None:
                yield f"    {frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}"
            waiting = _first(waiting, WAITS)


def _first(holder: object, names: tuple[str, ...]) -> Any:
    return next((found for name in names if (found := getattr(holder, name, None)) is not None), None)
