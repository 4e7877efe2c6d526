"""Halls in rows: rules of a venue, its sessions with their numbers, and who is present."""

from service.halls.repository.presences import PresenceRepository
from service.halls.repository.sessions import SessionRepository


class HallRepository(SessionRepository, PresenceRepository):
    """Locks: worker, then the session's row, then presences."""


__all__ = ["HallRepository"]
