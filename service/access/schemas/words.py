"""Field types that several doors share."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from service.access.rules import USERNAME
from service.http.types import line

Secret = Annotated[str, StringConstraints(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Username = Annotated[str, StringConstraints(pattern=f"^{USERNAME}$", max_length=40)]
Label = line(60)
