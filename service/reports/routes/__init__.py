"""Reports over HTTP, and from the pages of what is reported."""

from service.http.routing import joined
from service.reports.routes import pages, taking

router = joined(taking.router, pages.router)
