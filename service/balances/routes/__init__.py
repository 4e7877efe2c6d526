"""Balances over HTTP."""

from service.balances.routes import matching, reading, writing
from service.http.routing import joined

router = joined(reading.router, matching.router, writing.router)
