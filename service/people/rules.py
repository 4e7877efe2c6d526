"""What people decides: which identity a number states, who sees whom, what may be merged, what is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from service.errors import Conflict, Refused, TooMany
from service.identity_numbers import IdRefused, parse_resident_id, require_same_birth

UNMASK_PER_HOUR = 60  # of one officer; a counter serves fewer people than that
UNMASKINGS = "unmask.staff"  # what is counted, by officer
COUNTER = "counter"  # the channel of what an officer does for somebody present
Scope = Literal[
    "account", "matching", "location", "push", "share_with_employer", "shared_labour", "proxy_intake", "lending_intent"
]
SCOPES: tuple[str, ...] = get_args(Scope)  # what a person may consent to


@dataclass(frozen=True, slots=True)
class Identity:
    """What a checked identity number states."""

    number: str
    kind: str
    birth_date: date
    sex: str

    def __repr__(self) -> str:
        return f"Identity(kind={self.kind!r})"  # a traceback must not carry the number


def read_identity(text: str, today: date, *, typed_birth: date | None = None, field: str = "/id_number") -> Identity:
    """The identity in a number as somebody wrote it, and a typed birth date that must agree with it.

    Raises Refused with the codes of `parse_resident_id` and `require_same_birth`. The county that the number
    names is not checked: real people would be turned away.
    """
    try:
        read = parse_resident_id(text, today)
        if typed_birth is not None:
            require_same_birth(read, typed_birth)
    except IdRefused as wrong:
        at = "/birth_date" if wrong.code == "id_birth_mismatch" else field
        raise Refused(wrong.code, field=at) from None
    sex = "male" if int(read.number[16]) % 2 else "female"  # GB 11643: odd sequence numbers are men's
    return Identity(read.number, read.kind, read.birth_date, sex)


def require_reachable(id_number: str | None, phone: str | None) -> None:
    """A person is known by an identity number or a phone, or both. Raises Refused `identity_or_phone_needed`."""
    if not id_number and not phone:
        raise Refused("identity_or_phone_needed", field="/id_number")


def check_merge(same: bool, gone_identity: bytes | None, kept_identity: bytes | None, overlap: bool) -> None:
    """Whether two records may become one.

    Raises Refused `merge_itself`; Conflict `merge_identities_differ` for two identity numbers, which are two
    people, and `merge_overlap` where both hold live seats at one time: one of them must be given up first.
    """
    if same:
        raise Refused("merge_itself", field="/into")
    if gone_identity is not None and kept_identity is not None and gone_identity != kept_identity:
        raise Conflict("merge_identities_differ")
    if overlap:
        raise Conflict("merge_overlap")


def check_unmask_rate(times: Sequence[datetime], now: datetime, fields: int) -> None:
    """Each opened value counts. Raises TooMany `unmask_too_often` beyond the officer's hourly rate (INV-34)."""
    recent = sorted(at for at in times if at > now - timedelta(hours=1))
    if len(recent) + fields > UNMASK_PER_HOUR:
        first = recent[0] if recent else now
        wait = first + timedelta(hours=1) - now
        raise TooMany("unmask_too_often", retry_after=int(wait.total_seconds()) + 1, most=UNMASK_PER_HOUR)
