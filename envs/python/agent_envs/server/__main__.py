"""``python -m agent_envs.server --listen ipc://PATH | tcp://HOST:PORT``: host environments until told to stop."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import zmq

    from agent_envs.server.lane import Lane
    from agent_envs.server.security import Keys


def main(arguments: list[str] | None = None) -> int:
    """Run the server; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if (options.lane_socket is None) != (options.lane_memory is None):
        parser.error("--lane-socket and --lane-memory go together")
    ready = _keep_standard_output()
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

    import zmq

    from agent_envs.server import listening
    from agent_envs.server.errors import StartError

    try:
        keys = _keys(options)
        listening.check_address(options.listen, allow_remote=options.allow_remote, has_keys=keys is not None)
        context = zmq.Context()
        router, endpoint, authenticator = listening.bind(context, options.listen, keys)
    except StartError as error:
        print(f"agent_envs.server: {error}", file=sys.stderr)
        return error.exit_code

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave_early)  # until the loop takes the signals over: what is bound is let go of
    try:
        _serve(options, router, endpoint, ready, with_keys=keys is not None)
    finally:
        if authenticator is not None:
            authenticator.stop()
        router.close()
        context.term()
        listening.remove_socket_file(endpoint)
    return 0


def _serve(options: argparse.Namespace, router: zmq.Socket, endpoint: str, ready: TextIO, *, with_keys: bool) -> None:
    """Serve until told to stop."""
    from agent_envs.server import listening
    from agent_envs.server.greeting import Limits
    from agent_envs.server.protocol import PROTOCOL_VERSION

    lane = _lane(options)
    from agent_envs.server.loop import ServerLoop  # with Gymnasium behind it, which a refusal need not wait for
    from agent_envs.server.sessions import Sessions

    limits = Limits(max_environments=options.max_environments, session_timeout_s=options.session_timeout)
    loop = ServerLoop(router, Sessions(limits, lane), with_keys=with_keys, lane=lane)
    loop.stop_on_signals(lambda: listening.remove_socket_file(endpoint))
    if options.parent:
        loop.stop_with_parent()
    print(
        json.dumps({"ready": True, "endpoint": endpoint, "pid": os.getpid(), "protocol": PROTOCOL_VERSION}),
        file=ready,
        flush=True,
    )
    loop.run()


def _leave_early(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m agent_envs.server", description="Hosts Gymnasium environments over ZeroMQ (docs/protocol.md)."
    )
    parser.add_argument(
        "--listen", required=True, metavar="ADDRESS", help="ipc://PATH or tcp://HOST:PORT (PORT * takes a free one)"
    )
    parser.add_argument("--parent", action="store_true", help="end when standard input closes")
    parser.add_argument("--server-key", metavar="FILE", help="the server's secret CURVE certificate")
    parser.add_argument("--client-keys", metavar="DIR", help="folder of the clients' public certificates")
    parser.add_argument("--allow-remote", action="store_true", help="listen outside loopback (needs keys)")
    parser.add_argument(
        "--max-environments", type=_positive(int), default=256, metavar="N", help="in all sessions (256)"
    )
    parser.add_argument(
        "--session-timeout",
        type=_positive(float),
        default=60.0,
        metavar="SECONDS",
        help="silence that ends a session (60)",
    )
    parser.add_argument("--lane-socket", type=int, metavar="FD", help="inherited stream socket of a lane")
    parser.add_argument("--lane-memory", type=int, metavar="FD", help="inherited file of a lane's shared memory")
    return parser


def _positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def convert(text: str) -> float:
        number = kind(text)
        if not 0 < number < float("inf"):
            raise argparse.ArgumentTypeError(f"expected a positive number, got {text}")
        return number

    return convert


def _keys(options: argparse.Namespace) -> Keys | None:
    from agent_envs.server.errors import StartError
    from agent_envs.server.security import load_keys

    if options.server_key is None and options.client_keys is None:
        return None
    if options.server_key is None or options.client_keys is None:
        raise StartError(
            "half of the keys",
            expected="--server-key and --client-keys",
            got="one of the two",
            next="give both (`agent keys` makes them)",
        )
    return load_keys(options.server_key, options.client_keys)


def _lane(options: argparse.Namespace) -> Lane | None:
    """The lane that was handed over; without one that works, everything goes over ZeroMQ."""
    from agent_envs.server.lane import Lane, LaneUnavailable

    if options.lane_socket is None:
        return None
    try:
        return Lane(options.lane_socket, options.lane_memory)
    except LaneUnavailable as error:
        print(f"agent_envs.server: there is no lane, all goes over ZeroMQ: {error}", file=sys.stderr, flush=True)
        return None


def _keep_standard_output() -> TextIO:
    """Standard output for the ready line alone: whatever a library prints goes to standard error."""
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return kept


if __name__ == "__main__":
    sys.exit(main())
