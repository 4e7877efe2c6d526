"""What use cases of channels answer: every address masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One channel of a person: none, waiting (for its code) or bound."""

    channel: str
    state: str
    offered: bool
    address_masked: str | None
    bound_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelsView:
    """Every channel there is, in the usual order."""

    items: Sequence[ChannelView]


@dataclass(frozen=True, slots=True)
class BindOutcome:
    """What came of figures that were handed over: bound, code_unknown or too_often."""

    outcome: str


@dataclass(frozen=True, slots=True)
class CodeOnItsWay:
    """A code went to the address; so long it is good."""

    channel: str
    address_masked: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class OpenCode:
    """The figures to send from the own WeChat account; shown once."""

    code: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class TopicView:
    """Channels of one topic in their order; `chosen` says whether the person chose them."""

    topic: str
    label: str
    channels: Sequence[str]
    chosen: bool
    always: bool


@dataclass(frozen=True, slots=True)
class PreferencesView:
    """Everything chosen, with what counts where nothing is; version 0: nothing chosen yet."""

    version: int
    language: str | None
    quiet: Mapping[str, str] | None
    topics: Sequence[TopicView]
