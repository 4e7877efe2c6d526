"""Every door of halls."""

from service.halls.routes import line, sessions
from service.http.routing import joined

router = joined(sessions.router, line.router)
