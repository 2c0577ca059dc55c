"""Where the server listens: addresses checked, and the socket bound with its limits."""

from __future__ import annotations

import errno
import os
import socket as sockets
import stat
from pathlib import Path

import zmq
from zmq.auth.thread import ThreadAuthenticator

from agent_envs.server.errors import StartError
from agent_envs.server.protocol import MAX_MESSAGE_BYTES
from agent_envs.server.security import ClientKeys, Keys, is_loopback

MAX_IPC_PATH_BYTES = 107
"""A Unix socket's path, without its closing zero."""
MAX_UNREAD_REPLIES = 1000


def check_address(address: str, *, allow_remote: bool, has_keys: bool) -> None:
    """Refuse what must not or cannot be listened on.

    Raises:
        StartError: with what to do instead.
    """
    scheme, separator, rest = address.partition("://")
    if not separator or scheme not in ("ipc", "tcp") or not rest:
        raise StartError(
            "cannot listen there",
            expected="ipc://PATH or tcp://HOST:PORT",
            got=address,
            next="write --listen in one of these forms",
        )
    if scheme == "ipc":
        _check_path(rest)
        if has_keys:
            raise StartError(
                "keys without tcp",
                expected="keys for tcp only",
                got=address,
                next="leave out the keys: files' permissions guard ipc",
            )
        return
    host, separator, port = rest.rpartition(":")
    if not separator or not host or not (port == "*" or (port.isdigit() and int(port) < 65536)):
        raise StartError(
            "cannot listen there",
            expected="tcp://HOST:PORT, PORT from 0 to 65535 or *",
            got=address,
            next="write --listen in this form",
        )
    if is_loopback(host):
        return
    if not allow_remote:
        raise StartError(
            "would listen outside this machine",
            expected="a loopback address",
            got=address,
            next="add --allow-remote with keys, or listen on 127.0.0.1",
        )
    if not has_keys:
        raise StartError(
            "would listen outside this machine without keys",
            expected="--server-key and --client-keys",
            got="none",
            next="make keys with `agent keys`",
        )


def bind(context: zmq.Context, address: str, keys: Keys | None) -> tuple[zmq.Socket, str, ThreadAuthenticator | None]:
    """A bound ROUTER, the endpoint to connect to, and the thread that checks keys (to be stopped at the end).

    Raises:
        StartError: exit code 1 where the place is taken or cannot be used.
    """
    authenticator = None
    router = context.socket(zmq.ROUTER)
    router.linger = 1000
    router.maxmsgsize = MAX_MESSAGE_BYTES
    router.router_mandatory = True
    router.sndhwm = router.rcvhwm = MAX_UNREAD_REPLIES
    router.ipv6 = "[" in address
    if keys is not None:
        authenticator = ThreadAuthenticator(context)
        authenticator.start()
        authenticator.configure_curve_callback(domain="*", credentials_provider=ClientKeys(keys.clients))
        router.curve_secretkey, router.curve_publickey = keys.secret, keys.public
        router.curve_server = True
    mask = os.umask(0o077)  # an ipc socket is its owner's alone
    try:
        router.bind(address)
    except zmq.ZMQError as error:
        router.close(0)
        if authenticator is not None:
            authenticator.stop()
        raise _cannot_bind(address, error) from None
    finally:
        os.umask(mask)
    return router, router.last_endpoint.rstrip(b"\0").decode(), authenticator


def remove_socket_file(endpoint: str) -> None:
    """Take away the file of an ipc endpoint, which ZeroMQ leaves lying."""
    if endpoint.startswith("ipc://"):
        Path(endpoint.removeprefix("ipc://")).unlink(missing_ok=True)


def _cannot_bind(address: str, error: zmq.ZMQError) -> StartError:
    reasons = {
        errno.EADDRINUSE: ("a free port", "choose another port (tcp://127.0.0.1:* takes any), or end the other server"),
        errno.EACCES: ("a place this user may listen on", "choose another place or port"),
        errno.EADDRNOTAVAIL: ("an address of this machine", "listen on 127.0.0.1"),
        errno.ENODEV: ("an address of this machine", "listen on 127.0.0.1"),
    }
    expected, next_step = reasons.get(error.errno, ("a place that can be listened on", "choose another place"))
    return StartError(f"cannot listen on {address}", expected=expected, got=error.strerror, next=next_step, exit_code=1)


def _check_path(path: str) -> None:
    size = len(os.fsencode(path))
    if size > MAX_IPC_PATH_BYTES:
        raise StartError(
            "the ipc path is too long",
            expected=f"at most {MAX_IPC_PATH_BYTES} bytes",
            got=f"{size} bytes",
            next="choose a shorter folder, such as /tmp",
        )
    if path.startswith(("@", "*")):
        raise StartError(
            "no ipc path", expected="the path of a file", got=path, next="name a file, such as ipc:///tmp/agent.sock"
        )
    folder = Path(path).parent
    if not folder.is_dir():
        raise StartError(
            "no folder for the ipc socket",
            expected="an existing folder",
            got=str(folder),
            next=f"mkdir -p {folder}",
            exit_code=1,
        )
    try:
        kind = Path(path).stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise StartError(
            "the ipc path is taken",
            expected="no file, or a socket left over",
            got=f"{path} is another file",
            next="choose another path",
            exit_code=1,
        )
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as probe:  # ZeroMQ would take a living server's path away
        try:
            probe.connect(path)
        except OSError:
            return
    raise StartError(
        "the ipc path is taken",
        expected="a path no server listens on",
        got=f"a server listens on {path}",
        next="choose another path, or end that server",
        exit_code=1,
    )
