"""What a posting is found by, and which filter codes exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from service.errors import Refused
from service.geo import Point
from service.reference.catalogue import trades
from service.text import bigrams

MOST_CODES = 20


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for. Empty tuples filter nothing; `near` with `radius_m` a circle in whole metres."""

    words: tuple[str, ...] = ()
    near: Point | None = None
    radius_m: int | None = None
    cities: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()
    pay_units: tuple[str, ...] = ()
    settlements: tuple[str, ...] = ()
    job_kinds: tuple[str, ...] = ()
    starts_from: datetime | None = None
    ends_by: datetime | None = None
    sort: str = "newest"
    facets: bool = False


def search_words(title: str, trade: str, address: str | None, employer_name: str | None) -> list[str]:
    """The ideographs, pairs and words of title, trade names, address and employer, sorted, each once.

    Address and name are None where they are a household's own and not for everybody to find.
    """
    known = trades().get(trade)
    texts = [title, *(known.words if known else ()), address or "", employer_name or ""]
    return sorted({word for text in texts if text for word in bigrams(text)})


def check_codes(name: str, text: str | None, valid: Collection[str]) -> tuple[str, ...]:
    """The codes of a comma list. Raises Refused `code_unknown` with the valid ones, `list_too_long` over 20."""
    codes = tuple(dict.fromkeys(_split(text or "")))
    if len(codes) > MOST_CODES:
        raise Refused("list_too_long", field=f"query:{name}", most=MOST_CODES)
    if not set(codes) <= set(valid):
        raise Refused("code_unknown", field=f"query:{name}", expected=", ".join(sorted(valid)))
    return codes


def _split(text: str) -> Iterable[str]:
    return (part.strip() for part in text.split(",") if part.strip())


def trimmed(region: str) -> str:
    """The prefix that a region shares with everything in it: 310000 is 31, 310100 is 3101."""
    while region.endswith("00"):
        region = region[:-2]
    return region
