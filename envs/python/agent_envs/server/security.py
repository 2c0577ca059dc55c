"""Who may talk to the server: CURVE keys."""

from __future__ import annotations

import ipaddress
import stat
from dataclasses import dataclass
from pathlib import Path

import zmq
import zmq.auth

from agent_envs.named_file import RefusedFileError, require_file
from agent_envs.server.errors import StartError


@dataclass(frozen=True)
class Keys:
    """The server's key pair, and the folder of the public keys of the clients it serves."""

    public: bytes
    secret: bytes
    clients: Path


class ClientKeys:
    """Whom the server lets in: read again at each handshake, so that a key counts as soon as its file is there or gone.

    Connections that stand are left alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def callback(self, domain: str, key: bytes) -> bool:
        """Whether a client's public key is in the folder; a file that is no key lets nobody in."""
        return any(_public_key(path) == key for path in self._folder.glob("*.key"))


def _public_key(path: Path) -> bytes | None:
    try:
        return _key_pair(path)[0]
    except (OSError, ValueError):
        return None


def _key_pair(path: Path) -> tuple[bytes, bytes | None]:
    """The public key of a certificate, and the secret one where it has it; raises ``OSError`` or ``ValueError``."""
    return zmq.auth.load_certificate(require_file(path))


def load_keys(server_key: str, client_keys: str) -> Keys:
    """Read and check key files in ZeroMQ's certificate format.

    Raises:
        StartError: a file is missing, unreadable, no key, or a secret that others may read.
    """
    path = Path(server_key)
    try:
        mode = path.stat().st_mode
        public, secret = _key_pair(path)
    except (OSError, RefusedFileError) as error:
        raise StartError(
            "no server key",
            expected="a readable key file",
            got=f"{path}: {error.got if isinstance(error, RefusedFileError) else error.strerror or error}",
            next="make one with `agent keys`",
        ) from None
    except ValueError:
        public = secret = None
        mode = 0
    if not secret:
        raise StartError(
            "no server key",
            expected="a certificate with a secret key",
            got=f"{path} has none",
            next="name the file that ends in .key_secret",
        )
    if stat.S_IMODE(mode) & 0o077:
        raise StartError(
            "the server's secret key is open to others",
            expected="mode 0600",
            got=f"{path} has {stat.S_IMODE(mode):04o}",
            next=f"chmod 600 {path}",
        )
    clients = Path(client_keys)
    certificates = sorted(clients.glob("*.key"))
    if not certificates:
        raise StartError(
            "no client could connect",
            expected="public keys (*.key) of clients",
            got=f"none in {clients}",
            next="put them there (`agent keys` makes pairs)",
        )
    try:
        for certificate in certificates:
            _key_pair(certificate)
    except (OSError, ValueError) as error:
        raise StartError(
            "a client's key cannot be read",
            expected="ZeroMQ certificates",
            got=str(error),
            next="take the broken file away",
        ) from None
    return Keys(public, secret, clients)


def is_loopback(host: str) -> bool:
    """Whether a host of a tcp address can be reached from this machine only."""
    host = host.strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
