"""Every door of fairs."""

from service.fairs.routes import booths, entries, keeping, pages, proposals, reading
from service.http.routing import joined

# `/fairs/desk` before `/fairs/{fair_id}`
router = joined(keeping.router, reading.router, booths.router, entries.router, proposals.router, pages.router)
