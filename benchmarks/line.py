"""One line of a benchmark: our figure, the peer's, their ratio, and whether the answers agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """`ratio` is ours over the peer's (in time or size, below 1: we are better); None where there is no peer.

    target: what design/performance.md asks of the ratio or, without a peer, of the figure; missing it fails nothing.
    agrees: None where there is nothing to compare; False makes the run fail.
    """

    name: str
    ours: float
    peer: float | None = None
    ratio: float | None = None
    unit: str = "s"
    agrees: bool | None = None
    note: str = ""
    target: str = ""

    @classmethod
    def of(
        cls,
        name: str,
        ours: float,
        peer: float | None,
        unit: str = "s",
        *,
        agrees: bool | None = None,
        note: str = "",
        target: str = "",
    ) -> Line:
        """With the ratio worked out."""
        return cls(name, ours, peer, ours / peer if peer else None, unit, agrees, note, target)

    def __str__(self) -> str:
        peer = "" if self.peer is None else _figure(self.peer)
        ratio = "" if self.ratio is None else _share(self.ratio)
        said = {None: "", True: "same", False: "DIFFER"}[self.agrees]
        return _ROW.format(self.name, _figure(self.ours), peer, self.unit, ratio, self.target, said, self.note).rstrip()


_ROW = "{:<48} {:>9} {:>9} {:<6} {:>8} {:>8}  {:<7} {}"
HEADER = _ROW.format("what", "ours", "peer", "unit", "ratio", "target", "answers", "note")


def show(lines: Iterable[Line]) -> bool:
    """Print each line as it comes; False when any answer differs."""
    print(HEADER)
    agreed = True
    for line in lines:
        print(line, flush=True)
        agreed = agreed and line.agrees is not False
    return agreed


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def _share(ratio: float) -> str:
    """1/27 is a 27th."""
    return f"1/{1 / ratio:.3g}" if 0 < ratio < 0.5 else f"{ratio:.3g}x"
