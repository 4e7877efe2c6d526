"""The smallest well-formed request of an operation, made from its schema in the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.builders.agreements import CIVIL, PIXEL

Schema = Mapping[str, Any]
NOBODY = UUID("01900000-0000-7000-8000-000000000000")
WORDS = {
    "^[0-9]{6}$": "310100",
    "^[a-z][a-z0-9_]{0,63}$": "other",
    "^[a-z][a-z0-9_]{0,31}$": "other",
    "^[A-Za-z][A-Za-z0-9_.]{0,127}$": "other",
    "^[A-Za-z0-9][A-Za-z0-9._@-]{0,140}$": "other",
    "^[0-9a-fA-F]{64}$": "0" * 64,
    r"^[\x21-\x7e]+$": "0123456789abcdef",
    r"^[\x21-\x7e]{1,100}$": "0123456789abcdef",
    "^[0-9]{4,8}$": "120345",
    "^[0-9]{8,8}$": "12034567",
    "^[A-Za-z0-9_-]{16,64}$": "oRehearsalOpenIdNobody00000",
    "^[a-z][a-z0-9._-]{2,39}$": "somebody",
    "^([01][0-9]|2[0-3]):[0-5][0-9]$": "17:30",
}
FORMATS = {"date": "2026-11-21", "date-time": "2026-11-21T08:00:00+08:00", "uuid": str(NOBODY)}

STAFF = ("officer", "admin")

# What a schema cannot say: fields that depend on each other or on a catalogue.
TOLD: dict[str, dict[str, Any]] = {
    "EmailIn": {"address": "nobody@example.com"},
    "SignOnPaperIn": {"picture": PIXEL},
    "VerifyIn": {"hash": "0" * 64},
    "TriageTryIn": {"answers": CIVIL},
    "TriageIn": {"answers": CIVIL},
    "DealIn": {
        "side": "lender",
        "partner_id": str(NOBODY),
        "city_code": "310100",
        "address": "一路1号",
        "headcount": 1,
        "pay_fen": 600_000,
        "trade": "dishwashing",
        "first_day": "2099-12-01",
        "last_day": "2099-12-20",
        "day_until": "21:30",
    },
    "LentIn": {"phone": "13800138000", "name": "张三", "relation": "labour_contract", "contract_open_ended": True},
    "IntentAgreeIn": {"text_version": "2026-11-01"},
    "DealReasonIn": {"reason": "other"},
    "DealLongerIn": {"last_day": "2099-12-31"},
    "LentDaysIn": {"as_planned": True},
    "LentDayChangeIn": {"minutes": 480, "reason": "other"},
    "LentDayDecideIn": {"minutes": 480},
    "PoolMemberIn": {"worker_id": str(NOBODY)},
    "ComplaintIn": {"kind": "wage_arrears", "city_code": "310100"},
    "ChargeIn": {"kind": "illegal_agency", "charge": "agency"},
    "FindIn": {"phone": "13800138000"},
    "MeantIn": {"word": "120345"},
    "ApplyIn": {"all_shifts": True},
    "CertificateIn": {"kind": "health_certificate"},
    "CheckInIn": {"method": "code", "code": "123456"},
    "RegisterByOfficerIn": {"trade": "洗碗工", "phone": "13800138000"},
    "DutyIn": {"starts_at": "2099-11-21T08:00:00+08:00", "ends_at": "2099-11-21T20:00:00+08:00"},
    "TimeIn": {"starts_at": "2099-11-21T08:00:00+08:00", "ends_at": "2099-11-21T12:00:00+08:00"},
}
BY_ROLE: dict[tuple[str, str], dict[str, Any]] = {
    ("CheckInIn", "member"): {"method": "employer", "code": None},
    ("CheckInIn", "officer"): {"method": "officer", "code": None},
}
MEMBERS = {
    "trade": "dishwashing",
    "finished_at": "2026-11-21T12:00:00+08:00",
    "ends_at": "2026-11-21T12:00:00+08:00",
    "password": "seven quiet herons 7",
}


@dataclass(frozen=True)
class Operation:
    """One operation of the contract."""

    id: str
    method: str
    path: str
    raw: Schema

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.raw.get("x-roles", ()))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the path parameters, in the order of the path."""
        return tuple(part[1:].split("}")[0] for part in self.path.split("/") if part.startswith("{"))

    @property
    def statuses(self) -> frozenset[int]:
        return frozenset(int(status) for status in self.raw["responses"] if status.isdigit())

    @property
    def query(self) -> dict[str, Schema]:
        """The query parameters by name."""
        return {
            parameter["name"]: parameter for parameter in self.raw.get("parameters", ()) if parameter["in"] == "query"
        }

    def needed_query(self, role: str) -> dict[str, str]:
        """The query parameters that must be there; staff who act for a worker say how the yes was given."""
        needed = {
            name: str(WORDS.get(parameter["schema"].get("pattern", ""), "1"))
            for name, parameter in self.query.items()
            if parameter.get("required")
        }
        return needed | ({"on_behalf": "at_counter"} if "on_behalf" in self.query and role in STAFF else {})


def operations(document: Schema) -> Iterator[Operation]:
    """Every operation, in the order of the document."""
    for path, methods in document["paths"].items():
        for method, raw in methods.items():
            yield Operation(raw["operationId"], method.upper(), path, raw)


def content(document: Schema, operation: Operation, role: str, worker_id: UUID) -> dict[str, Any]:
    """The keywords of a client's request that carry the smallest body, if the operation takes one.

    Staff name the worker for whom they act (`worker_id`); how the yes was given stands in the query.
    """
    offered = operation.raw.get("requestBody", {}).get("content", {})
    if "application/json" in offered:
        schema = offered["application/json"]["schema"]
        called = schema["$ref"].split("/")[-1]
        body = smallest(document, schema)
        named = document["components"]["schemas"][called].get("properties", {})
        if role in STAFF and "on_behalf" in operation.query and "worker_id" in named:
            body |= {"worker_id": str(worker_id)}
        return {"json": body | BY_ROLE.get((called, role), {})}
    if "multipart/form-data" in offered:
        return {"files": {"file": ("a.json", b"[]", "application/json")}, "data": {"mapping": "shanghai_postings"}}
    return {}


def identifiers_in(document: Schema, operation: Operation) -> list[str]:
    """The members of a body that name an object."""
    offered = operation.raw.get("requestBody", {}).get("content", {}).get("application/json")
    if offered is None:
        return []
    named = document["components"]["schemas"][offered["schema"]["$ref"].split("/")[-1]].get("properties", {})
    return [name for name, schema in named.items() if _is_identifier(schema)]


def _is_identifier(schema: Schema) -> bool:
    return schema.get("format") == "uuid" or any(_is_identifier(each) for each in schema.get("anyOf", ()))


def smallest(document: Schema, schema: Schema, name: str = "") -> Any:
    """A value with nothing but what is required. Raises LookupError for a pattern that is not known here."""
    if "$ref" in schema:
        called = schema["$ref"].split("/")[-1]
        made = smallest(document, document["components"]["schemas"][called], name)
        return made | TOLD.get(called, {}) if isinstance(made, dict) else made
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return smallest(document, schema["anyOf"][0], name)
    made = _made(document, schema, name)
    return MEMBERS.get(name, made) if isinstance(made, str) else made


def _made(document: Schema, schema: Schema, name: str) -> Any:
    kind = schema.get("type")
    if kind == "object":
        inner = schema.get("properties", {})
        return {field: smallest(document, inner[field], field) for field in schema.get("required", ())}
    if kind == "array":
        if "prefixItems" in schema:
            return [121.4365, 31.188]
        return [smallest(document, schema["items"]) for _ in range(schema.get("minItems", 0))]
    if kind in ("integer", "number"):
        return int(schema.get("minimum", 0))
    return True if kind == "boolean" else _text(schema)


def _text(schema: Schema) -> str:
    if "format" in schema:
        return FORMATS[schema["format"]]
    if "pattern" in schema:
        return WORDS[schema["pattern"]]
    if schema.get("examples"):
        return str(schema["examples"][0])
    return "某某".ljust(schema.get("minLength", 1), "某")
