"""Zones over HTTP: for everybody, for those who keep them, and as pages."""

from service.http.routing import joined
from service.zones.routes import keeping, pages, reading

router = joined(reading.router, keeping.router, pages.router)
