"""Words that are judged behind a heading, which says what they are about and which nobody sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def behind(facts: Mapping[str, Any], words: str, by: int) -> dict[str, Any]:
    """Place and quotation of a finding in what was sent, `by` characters behind where it was judged; a finding that
    begins in the heading is cut to that."""
    start, end = (max(0, int(str(facts[name])) - by) for name in ("start", "end"))
    return {**facts, "start": start, "end": end, "words": words[start:end]}
