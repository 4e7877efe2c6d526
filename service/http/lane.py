"""The short way to an endpoint that takes nothing but identifiers, a query, one JSON body, who is calling and for whom.

Most operations are of that shape. The framework solves their parameters anew for every request, which cost
more than the use case of a read; here the plan is made once, and the models still do the validating.
What does not fit (other headers, uploads, dependencies) goes the framework's way; the contract comes from it always.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from fastapi import params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams

from service.errors import Malformed

REPEATED = 60  # characters of a query that many ask alike («limit=20»)
KEPT = 200


@dataclass(frozen=True)
class Lane:
    """How to call one endpoint: which names take what."""

    call: Callable[..., Any]
    identifiers: tuple[str, ...]
    given: Mapping[str, str]  # parameter name -> "ctx", "caller", "perhaps", "version" or "on_behalf"
    queries: tuple[Any, ...]  # the framework's fields
    body_name: str | None
    body_model: type[BaseModel] | None

    @classmethod
    def of(cls, dependant: Dependant, known: Mapping[Any, str], is_identifier: Callable[[Any], bool]) -> Lane | None:
        """The plan for an endpoint, or None when it takes anything else."""
        if dependant.header_params or dependant.cookie_params or dependant.call is None:
            return None
        if dependant.request_param_name or dependant.response_param_name or dependant.background_tasks_param_name:
            return None
        if not all(is_identifier(field.field_info) for field in dependant.path_params):
            return None
        if any(field.field_info.validate_default for field in dependant.query_params):
            return None
        given = {}
        for inner in dependant.dependencies:
            if inner.call not in known or inner.name is None:
                return None
            given[inner.name] = known[inner.call]
        name, model = None, None
        if dependant.body_params:
            field = dependant.body_params[0]
            annotation: Any = field.field_info.annotation
            plain = len(dependant.body_params) == 1 and not isinstance(field.field_info, params.Form)
            if not plain or not field.field_info.is_required() or not _is_model(annotation):
                return None
            name, model = field.name, annotation
        names = tuple(field.name for field in dependant.path_params)
        call = getattr(dependant.call, "__wrapped__", dependant.call)
        return cls(call, names, given, tuple(dependant.query_params), name, model)

    @property
    def may_be_empty(self) -> bool:
        """Whether nothing in the body is needed, so that a request may come without one."""
        model = self.body_model
        return model is not None and not any(field.is_required() for field in model.model_fields.values())

    def identify(self, path: Mapping[str, str]) -> dict[str, Any]:
        """The identifiers of the path. Raises RequestValidationError at `path`, which is answered as not found."""
        made: dict[str, Any] = {}
        for name in self.identifiers:
            text = path[name]
            try:
                if len(text) != 36:
                    raise ValueError
                made[name] = UUID(text)
            except ValueError:
                raise RequestValidationError([{"type": "identifier_format", "loc": ("path", name)}]) from None
        return made

    def ask(self, query: QueryParams) -> dict[str, Any]:
        """The validated query. Raises RequestValidationError at `query`."""
        if not query and not self._asks:
            return dict(self._usual)
        asked = str(query)
        known = self._known.get(asked)
        if known is None:
            known, errors = request_params_to_args(self.queries, query)
            if errors:
                raise RequestValidationError(errors)
            if len(asked) <= REPEATED and all(isinstance(value, Hashable) for value in known.values()):
                self._known[asked] = known
                if len(self._known) > KEPT:
                    self._known.pop(next(iter(self._known)))
        return dict(known)

    @cached_property
    def _known(self) -> dict[str, dict[str, Any]]:
        return {}

    @cached_property
    def _asks(self) -> bool:
        return any(field.field_info.is_required() for field in self.queries)

    @cached_property
    def _usual(self) -> Mapping[str, Any]:
        values, _ = request_params_to_args(self.queries, QueryParams())
        return values

    def read(self, body: Any) -> dict[str, Any]:
        """The validated body. Raises RequestValidationError with pointers below `body`."""
        if self.body_name is None or self.body_model is None:
            return {}
        if body is None:
            raise Malformed("json_missing")
        try:
            return {self.body_name: self.body_model.model_validate(body)}
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from None


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
