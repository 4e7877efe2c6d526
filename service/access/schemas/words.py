"""Field types that several doors share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints
from pydantic.json_schema import WithJsonSchema

from service.access.rules import USERNAME
from service.http.types import line, refusal
from service.text import TextRefused, fold_digits


def _one_time_code(value: Any) -> str:
    if not isinstance(value, str):
        raise refusal("text_expected")
    try:
        folded = fold_digits(value)
    except TextRefused as wrong:
        raise refusal(wrong.code) from None
    if not (4 <= len(folded) <= 8 and folded.isdigit()):
        raise refusal("code_format")
    return folded


OneTimeCode = Annotated[
    str,
    BeforeValidator(_one_time_code),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4,8}$", "examples": ["120345"]}),
]
Secret = Annotated[str, StringConstraints(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Username = Annotated[str, StringConstraints(pattern=f"^{USERNAME}$", max_length=40)]
Label = line(60)
