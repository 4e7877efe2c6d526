"""Supply postings on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from service.codes import PayUnit, WorkMode
from service.http.measures import MOST_FEN, MoneyOut
from service.http.types import (
    Code,
    Facts,
    Id,
    In,
    Instant,
    Moment,
    Out,
    ReasonCode,
    RegionCode,
    TimeOfDay,
    count,
    line,
    paragraph,
)

Kind = Literal["work", "service"]


class SupplyWindow(In):
    """Free time of a week (Monday 0); an end at or before the start is on the next day."""

    weekday: count(0, 6)  # type: ignore[valid-type]
    start: TimeOfDay
    end: TimeOfDay


class SupplyPayIn(In):
    """What is hoped for; both or nothing."""

    amount_fen: Annotated[int, Field(ge=1, le=MOST_FEN, strict=True)]
    currency: Literal["CNY"] = "CNY"
    unit: PayUnit


class SupplyFields(In):
    """What may be said. Contact details do not belong into the words: the service connects both sides."""

    title: line(40) | None = None  # type: ignore[valid-type]
    description: paragraph(500) | None = None  # type: ignore[valid-type]
    work_modes: Annotated[list[WorkMode], Field(min_length=1, max_length=5)] | None = None
    city_code: RegionCode | None = Field(default=None, description="the person's own where none is given")
    district_codes: Annotated[list[RegionCode], Field(max_length=10)] | None = Field(
        default=None, description="none: anywhere in the city"
    )
    weekly: Annotated[list[SupplyWindow], Field(max_length=42)] | None = None
    pay_wish: SupplyPayIn | None = None
    licence_exempt: bool | None = Field(
        default=None, description="a service that needs no permit (便民劳务); only with kind service"
    )
    valid_until: Instant | None = None

    def fields(self) -> dict[str, Any]:
        """Columns of what was sent."""
        made = self.model_dump(mode="python", exclude_unset=True)
        if "weekly" in made and self.weekly is not None:
            made["weekly"] = [window.model_dump(mode="json") for window in self.weekly]
        if "pay_wish" in made:
            wish = made.pop("pay_wish")
            made |= {"pay_wish_fen": wish and wish["amount_fen"], "pay_wish_unit": wish and wish["unit"]}
        return made


class SupplyIn(SupplyFields):
    """A new one: wanted work, or a service on offer."""

    kind: Kind
    trades: Annotated[list[Code], Field(min_length=1, max_length=5)]
    worker_id: Id | None = Field(default=None, description="for whom, where an officer acts; else oneself")

    def fields(self) -> dict[str, Any]:
        """Columns of what was sent."""
        made = super().fields()
        made.pop("worker_id", None)
        return made


class SupplyPatch(SupplyFields):
    """Only fields that are sent change."""

    trades: Annotated[list[Code], Field(min_length=1, max_length=5, default_factory=list)]


class SupplyReasonIn(In):
    """A code of `GET /v1/reference/reason?parent=posting_reject` (or `posting_take_down`)."""

    reason: ReasonCode


class SupplyPublishIn(In):
    """The review's yes; where a rule stops it, why that rule is wrong here."""

    overrules: line(200) | None = None  # type: ignore[valid-type]


class SupplyCodeOut(Out):
    """A code and what it is called."""

    code: str
    label: str


class SupplyPayOut(MoneyOut):
    """What is hoped for."""

    unit: str


class SupplyWindowOut(Out):
    """Free time of a week."""

    weekday: int
    start: str
    end: str


class SupplyWarningOut(Out):
    """What a rule found in the words."""

    pointer: str
    code: str
    message: str
    facts: Facts


class SupplyOut(Out):
    """One. `worker_id` and `warnings` only for the person and the officers of the place."""

    id: Id
    number: int = Field(description="short and public: to be read aloud, and /n/{number} leads to its page")
    version: int
    state: str
    kind: Kind
    title: str
    description: str | None
    trades: list[SupplyCodeOut]
    certificates: list[SupplyCodeOut] = Field(description="seen by an officer and valid today")
    work_modes: list[str]
    city_code: str
    district_codes: list[str]
    weekly: list[SupplyWindowOut] | None
    pay_wish: SupplyPayOut | None
    licence_exempt: bool
    published_at: Moment | None
    valid_until: Moment
    worker_id: Id | None
    warnings: list[SupplyWarningOut] | None

    @model_validator(mode="before")
    @classmethod
    def _from_view(cls, view: Any) -> Any:
        if isinstance(view, dict):
            return view
        names = [name for name in cls.model_fields if name != "pay_wish"]
        fen = view.pay_wish_fen
        wish = None if fen is None else {"amount_fen": fen, "currency": "CNY", "unit": view.pay_wish_unit}
        return {name: getattr(view, name) for name in names} | {"pay_wish": wish}


class SuppliesOut(Out):
    """A page."""

    items: list[SupplyOut]
    next_cursor: str | None


class OwnSuppliesOut(Out):
    """All of one person."""

    items: list[SupplyOut]
