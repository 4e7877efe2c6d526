"""Asks a server over its socket whether it takes connections, with no driver to import."""

from __future__ import annotations

import enum
import socket
import struct
from pathlib import Path

PORT = 5432
PROTOCOL_3_0 = 196608
# SQLSTATE class 57P: shutting down, crashed or still starting
_NOT_NOW = (b"57P01", b"57P02", b"57P03")


class Answer(enum.Enum):
    """READY takes connections; STARTING is there but not yet (or just leaving); DOWN is not there."""

    READY = "ready"
    STARTING = "starting"
    DOWN = "down"


def socket_path(socket_dir: Path) -> Path:
    """The socket file that PostgreSQL makes in its socket folder."""
    return socket_dir / f".s.PGSQL.{PORT}"


def ask(socket_dir: Path, *, timeout: float = 2.0) -> Answer:
    """Open a session and close it politely; a server that is full counts as ready."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(timeout)
        try:
            line.connect(str(socket_path(socket_dir)))
        except TimeoutError:
            return Answer.STARTING
        except OSError:
            return Answer.DOWN
        try:
            line.sendall(_startup_packet())
            return _read_answer(line)
        except OSError:
            return Answer.STARTING


def _startup_packet() -> bytes:
    body = struct.pack("!i", PROTOCOL_3_0) + b"user\0postgres\0database\0postgres\0\0"
    return struct.pack("!i", len(body) + 4) + body


def _read_answer(line: socket.socket) -> Answer:
    # read up to "ready for query": leaving earlier makes the server log a lost client
    while True:
        kind, body = _message(line)
        if kind == b"Z":
            line.sendall(b"X\0\0\0\4")
            return Answer.READY
        if kind == b"E":
            return Answer.STARTING if any(b"C" + code in body for code in _NOT_NOW) else Answer.READY


def _message(line: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(line, 5)
    return head[:1], _exactly(line, struct.unpack("!i", head[1:])[0] - 4)


def _exactly(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = line.recv(size - len(data))
        if not part:
            raise ConnectionResetError("the server closed the connection")
        data += part
    return data
