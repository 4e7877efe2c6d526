"""Every door of access: sessions, staff, kiosks, keys."""

from service.access.routes import kiosks, machines, sessions, staff
from service.http.routing import joined

router = joined(sessions.router, staff.router, kiosks.router, machines.router)
