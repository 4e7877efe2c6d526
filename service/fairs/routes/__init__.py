"""Every door of fairs."""

from service.fairs.routes import booths, entries, keeping, pages, proposals, reading
from service.http.routing import joined

router = joined(
    reading.router, keeping.router, booths.router, entries.router, proposals.router, pages.router
)  # fmt: skip
