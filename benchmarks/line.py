"""One line of a benchmark: our figure, the peer's, their ratio, and whether the answers agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """`ratio` is ours over the peer's in time or size (below 1: we are better); None where there is no peer.

    agrees: None where there is nothing to compare; False makes the run fail.
    """

    name: str
    ours: float
    peer: float | None = None
    ratio: float | None = None
    unit: str = "s"
    agrees: bool | None = None
    note: str = ""

    @classmethod
    def of(
        cls, name: str, ours: float, peer: float | None, unit: str = "s", *, agrees: bool | None = None, note: str = ""
    ) -> Line:
        """With the ratio worked out."""
        return cls(name, ours, peer, ours / peer if peer else None, unit, agrees, note)

    def __str__(self) -> str:
        peer = "" if self.peer is None else f"{self.peer:.4g}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}x"
        said = {None: "", True: "same answer", False: "ANSWERS DIFFER"}[self.agrees]
        return (
            f"{self.name:<46} {self.ours:>10.4g} {peer:>10} {self.unit:<6} {ratio:>8}  {said:<14} {self.note}".rstrip()
        )


HEADER = f"{'what':<46} {'ours':>10} {'peer':>10} {'unit':<6} {'ratio':>8}  {'answers':<14} note"


def show(lines: Iterable[Line]) -> bool:
    """Print each line as it comes; False when any answer differs."""
    print(HEADER)
    agreed = True
    for line in lines:
        print(line, flush=True)
        agreed = agreed and line.agrees is not False
    return agreed
