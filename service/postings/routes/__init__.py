"""Postings over HTTP."""

from service.http.routing import joined
from service.postings.routes import deciding, reading, writing

router = joined(writing.router, reading.search, reading.router, deciding.router)
