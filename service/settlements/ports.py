"""What settlements let other features do: tell a lending's days and wages, for evidence and for extracts."""

from __future__ import annotations

from typing import Any

from service.settlements.proofs import lendings_of, tell_months

PORTS: dict[str, Any] = {
    "settlements.lendings_of": lendings_of,
    "evidence.lent_sources.settlements": tell_months,
}
