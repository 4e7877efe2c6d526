"""What can go wrong with the embedded database, as a small tree of exceptions."""

from __future__ import annotations


class EmbeddedError(Exception):
    """Any refusal or failure of the embedded database; the message is meant for an operator."""


class EmbeddedRefused(EmbeddedError):
    """The embedded database may not be used in this environment."""


class NoPostgres(EmbeddedError):
    """No usable PostgreSQL programs on this machine."""


class WrongVersion(EmbeddedError):
    """The cluster was made by another major version than the programs at hand."""


class Unreachable(EmbeddedError):
    """A folder or program cannot be used by the account that must run the server."""


class NoSpace(EmbeddedError):
    """Too little free disk space to start the server safely."""


class InUse(EmbeddedError):
    """Another process holds this cluster."""


class StartFailed(EmbeddedError):
    """The server did not come up."""


class StartTimeout(EmbeddedError):
    """The server was still coming up when the caller's patience ended."""


BY_NAME: dict[str, type[EmbeddedError]] = {
    kind.__name__: kind for kind in (NoPostgres, WrongVersion, Unreachable, NoSpace, InUse, StartFailed, StartTimeout)
}
