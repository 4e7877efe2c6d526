"""Employers over HTTP."""

from service.employers.routes import members, pool, profile, sites, verification
from service.http.routing import joined

router = joined(verification.router, profile.router, sites.router, members.router, pool.router)
