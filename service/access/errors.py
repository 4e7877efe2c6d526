"""Refusals that only access knows."""

from __future__ import annotations

from uuid import UUID

from service.errors import Unauthenticated


class RefreshReused(Unauthenticated):
    """A spent refresh token came back: somebody holds a copy, so the session must end."""

    def __init__(self, session_id: UUID):
        super().__init__()
        self.session_id = session_id
