"""Balances over HTTP, and as pages."""

from service.balances.routes import matching, pages, reading, writing
from service.http.routing import joined

router = joined(reading.router, matching.router, writing.router, pages.router)
