"""Supply postings over HTTP, and as pages."""

from service.http.routing import joined
from service.supplies.routes import offering, pages

router = joined(offering.router, pages.router)
