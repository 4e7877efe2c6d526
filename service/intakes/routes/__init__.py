"""Intakes over HTTP (代录)."""

from service.http.routing import joined
from service.intakes.routes import demand, supply

router = joined(supply.router, demand.router)
