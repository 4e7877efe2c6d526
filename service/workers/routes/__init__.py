"""Every door of workers. Paths take `me` or a worker's id: workers reach themselves, officers their region."""

from service.http.routing import joined
from service.workers.routes import crews, papers, profile, records, registration, waiting

router = joined(registration.router, profile.router, papers.router, waiting.router, crews.router, records.router)
