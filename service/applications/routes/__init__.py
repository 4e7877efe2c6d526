"""Every way to a seat over HTTP."""

from service.applications.routes import answers, claims, hires, pages
from service.http.routing import joined

router = joined(claims.router, answers.router, hires.router, pages.router)
