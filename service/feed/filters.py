"""What a copier's query asks for, checked: kinds, trades and areas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from service.errors import Refused
from service.feed.rules import KINDS, asked_places
from service.feed.values import Filter
from service.reference.catalogue import regions, trades

MOST_CODES = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters as they were sent, in one order; part of every cursor."""

    kind: str | None
    trade: str | None
    region: str | None
    own: bool

    @property
    def facts(self) -> dict[str, Any]:
        """What decides which entries are sent; leaving out what is empty, so that no filter has one form."""
        named: Mapping[str, Any] = {
            "kind": self.kind,
            "trade": _sorted(self.trade),
            "region": _sorted(self.region),
            "own": self.own or None,
        }
        return {name: value for name, value in named.items() if value is not None}

    def filter(self) -> Filter:
        """Raises Refused naming the unknown code and where the valid ones stand."""
        if self.kind is not None and self.kind not in KINDS:
            raise Refused("code_unknown", field="query:kind", expected=list(KINDS))
        trade_codes = _codes("trade", self.trade, trades())
        region_codes = _codes("region", self.region, regions())
        places = [place for code in region_codes for place in asked_places(code)]
        kinds = (self.kind,) if self.kind is not None else ()
        return Filter(kinds, trade_codes, tuple(dict.fromkeys(places)))

    @property
    def query(self) -> dict[str, str]:
        """The parameters for a link that asks the same."""
        named = {"kind": self.kind, "trade": self.trade, "region": self.region, "own": "true" if self.own else None}
        return {name: value for name, value in named.items() if value is not None}


def _codes(name: str, text: str | None, known: Collection[str]) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(filter(None, (text or "").split(","))))
    if len(codes) > MOST_CODES:
        raise Refused("list_too_long", field=f"query:{name}", most=MOST_CODES)
    if not all(code in known for code in codes):
        raise Refused(f"{name}_unknown", field=f"query:{name}", more=f"/v1/reference/{name}")
    return codes


def _sorted(text: str | None) -> str | None:
    return ",".join(sorted(set(filter(None, text.split(","))))) or None if text else None
