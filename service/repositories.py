"""Every feature's repository, made on first use, all on the session of one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from service.context import Context


class Repositories:
    """Attributes are the plural nouns of the business."""

    session: AsyncSession
    ctx: Context
