"""The declarative base and the columns that every versioned row has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, cast
from uuid import UUID

from sqlalchemy import DateTime, Integer, LargeBinary, MetaData, Table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


NEXT_NUMBER = text("nextval('public_numbers')")
"""The next public number, short enough to be read aloud; postings and supply postings share the row of them."""


def one_of(column: str, codes: Iterable[str]) -> str:
    """The SQL condition that a column holds one of the codes."""
    return f"{column} in ({', '.join(repr(code) for code in codes)})"


class Base(AsyncAttrs, DeclarativeBase):
    """All tables share one metadata with stable constraint names, so that violations can be translated."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        datetime: DateTime(timezone=True),
        UUID: PG_UUID(as_uuid=True),
        bytes: LargeBinary,
        dict: JSONB,
        list: JSONB,
    }


class Entity(Base):
    """A row with an identity, a version that steps with every logged change, and times of the shared clock."""

    __abstract__ = True
    NOUN: ClassVar[str]
    PERSONAL: ClassVar[frozenset[str]] = frozenset()  # columns whose values never enter the log

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Stateful(Entity):
    """An entity with a lifecycle; only `Uow.move` writes its state."""

    __abstract__ = True

    state: Mapped[str]


def table_of(entity: type[Base]) -> Table:
    """The table of a row class, for statements that go past the ORM."""
    return cast(Table, entity.__table__)
