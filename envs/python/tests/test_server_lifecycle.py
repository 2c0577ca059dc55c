"""How a server begins, where it refuses to listen, and all the ways it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from server_harness import TESTS, Client, Server, serving


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A server that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "agent_envs.server", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(TESTS.parent)},
    )


def refused(code: int, *arguments: str) -> str:
    """The one line that a server says when it cannot start."""
    ended = run(*arguments)
    assert ended.returncode == code, ended.stderr
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    for word in ("expected:", "got:", "next:"):
        assert word in line
    return line


def test_the_ready_line_is_all_of_standard_output():
    with serving() as server:
        ready = json.loads(server.ready_line)
        assert ready == {"ready": True, "endpoint": server.endpoint, "pid": server.process.pid, "protocol": 1}
        with Client(server.endpoint) as client:
            for env in (
                client.make("CarRacing-v3", kwargs={"continuous": False}, render=True),
                client.make("ALE/Pong-v5"),
                client.misbehaving("Loud"),
            ):
                env.reset()
                env.step()
        server.process.stdin.close()
        assert server.wait() == 0
        assert server.process.stdout.read() == ""
        assert "Traceback" not in server.errors()
        assert "nanobind" not in server.errors()  # ale-py's complaint about emulators that were not freed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("busy", [True, False])
def test_a_signal_ends_it_cleanly(number, busy):
    with serving(parent=False) as server, Client(server.endpoint) as client:
        env = client.misbehaving("Slow", kwargs={"seconds": 0.5})
        env.reset()
        if busy:
            client.send("step", envs=[env.handle], actions=[0])
            time.sleep(0.1)
        server.process.send_signal(number)
        assert server.wait() == 0
        assert "Traceback" not in server.errors()
        assert not Path(server.endpoint.removeprefix("ipc://")).exists()


def test_it_ends_with_its_parent_even_in_the_middle_of_a_step():
    with serving() as server, Client(server.endpoint) as client:
        env = client.misbehaving("Slow", kwargs={"seconds": 1})
        env.reset()
        client.send("step", envs=[env.handle], actions=[0])
        time.sleep(0.2)
        began = time.monotonic()
        server.process.stdin.close()
        assert server.wait() == 0
        assert time.monotonic() - began < 5


def test_an_environment_that_never_comes_to_rest_does_not_keep_it_alive():
    with serving() as server, Client(server.endpoint) as client:
        env = client.misbehaving("Slow", kwargs={"seconds": 60})
        env.reset()
        client.send("step", envs=[env.handle], actions=[0])
        time.sleep(0.3)
        server.process.stdin.close()
        assert server.wait(12) == 1
        assert server.says("did not come to rest")


def test_without_parent_it_outlives_standard_input():
    with serving(parent=False) as server, Client(server.endpoint) as client:
        server.process.stdin.close()
        time.sleep(0.3)
        assert client.ask("ping") == ({}, [])
        server.process.terminate()
        assert server.wait() == 0


def test_a_killed_process_is_gone_and_its_path_can_be_taken_again(tmp_path):
    server = Server(folder=tmp_path)
    with Client(server.endpoint) as client:
        env = client.misbehaving("DieInStep")
        env.reset()
        for _ in range(3):
            client.send("step", envs=[env.handle], actions=[0])
        assert server.wait() == -signal.SIGKILL
    server.stop()
    again = Server(folder=tmp_path)
    with Client(again.endpoint) as client:
        client.misbehaving("Counter").reset()
    again.stop()


def test_a_silent_session_ends_and_a_ping_keeps_one():
    with serving("--session-timeout", "0.8", "--max-environments", "2") as server:
        silent, talking = Client(server.endpoint), Client(server.endpoint)
        assert silent.greeting["limits"]["session_timeout_s"] == 0.8
        silent_env, kept = silent.misbehaving("Counter"), talking.misbehaving("Counter")
        kept.reset()
        for _ in range(10):
            talking.ask("ping")
            time.sleep(0.2)
        assert kept.step()[4] == {"count": 1}
        talking.misbehaving("Counter").reset()  # there is room again
        silent.send("step", envs=[silent_env.handle], actions=[0])
        assert silent.receive()[0]["error"]["code"] == "handshake_required"
        silent.ask("hello", protocol=1, client="again")
        assert server.says("silent for 0.8 s")
        silent.close()
        talking.close()


def test_a_session_whose_requests_wait_behind_a_slow_step_does_not_end():
    with (
        serving("--session-timeout", "0.5") as server,
        Client(server.endpoint) as slow,
        Client(server.endpoint) as other,
    ):
        sleeper, counter = slow.misbehaving("Slow", kwargs={"seconds": 1.2}), other.misbehaving("Counter")
        sleeper.reset()
        counter.reset()
        slow.send("step", envs=[sleeper.handle], actions=[0])
        assert counter.step()[4] == {"count": 1}


def test_a_client_that_reads_nothing_loses_its_session_not_the_server():
    with serving() as server, Client(server.endpoint) as good:
        bad = Client(server.endpoint, hello=False)
        bad.socket.rcvhwm = 1
        bad.socket.close()
        bad = Client(server.endpoint)
        env = bad.misbehaving("Still", kwargs={"shape": [210, 160, 3]})
        env.reset()
        counter = good.misbehaving("Counter")
        counter.reset()
        for _ in range(6000):
            bad.socket.send(json.dumps({"id": 1, "op": "step", "envs": [env.handle], "actions": [0]}).encode())
        assert counter.step()[4] == {"count": 1}
        bad.close()
        deadline = time.monotonic() + 10
        while "its session ended" not in server.errors() and time.monotonic() < deadline:
            time.sleep(0.1)
            good.ask("ping")
        assert server.says("its session ended")
        assert server.resident_kilobytes() < 500_000


def test_an_occupied_port_and_an_occupied_path_are_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        line = refused(1, "--listen", address)
        assert address in line
        assert "Address already in use" in line
    with serving() as server:
        assert "a server listens on" in refused(1, "--listen", server.endpoint)
        with Client(server.endpoint) as client:
            assert client.ask("ping") == ({}, [])
    file = tmp_path / "file"
    file.write_text("mine")
    assert "is another file" in refused(1, "--listen", f"ipc://{file}")
    assert file.read_text() == "mine"


def test_a_port_of_its_own_choice():
    with serving(listen="tcp://127.0.0.1:*") as server:
        assert server.endpoint.startswith("tcp://127.0.0.1:")
        with Client(server.endpoint) as client:
            client.misbehaving("Counter").reset()


@pytest.mark.parametrize(
    ("code", "arguments", "word"),
    [
        (2, ["--listen", "127.0.0.1:5555"], "tcp://HOST:PORT"),
        (2, ["--listen", "ipc:///tmp/" + "x" * 103], "108 bytes"),
        (1, ["--listen", "ipc:///no/such/folder/server.sock"], "mkdir -p /no/such/folder"),
        (2, ["--listen", "tcp://0.0.0.0:5555"], "--allow-remote"),
        (2, ["--listen", "tcp://0.0.0.0:5555", "--allow-remote"], "without keys"),
        (1, ["--listen", "tcp://127.0.0.1:1"], "Permission denied"),
        (2, ["--listen", "tcp://127.0.0.1:*", "--server-key", "k"], "half of the keys"),
        (2, ["--listen", "tcp://127.0.0.1:*", "--server-key", "/no/key", "--client-keys", "."], "/no/key"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_where_it_cannot_listen_it_says_why_in_one_line(code, arguments, word):
    if "tcp://127.0.0.1:1" in arguments and (os.getuid() == 0 or _low_ports_are_free()):
        pytest.skip("this user may listen on port 1")
    assert word in refused(code, *arguments)


def _low_ports_are_free() -> bool:
    setting = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    return setting.exists() and int(setting.read_text()) <= 1


def test_a_path_of_107_bytes_is_listened_on(tmp_path):
    folder = tmp_path / ("d" * (100 - len(str(tmp_path))))
    folder.mkdir(parents=True)
    path = f"{folder}/" + "s" * (107 - len(str(folder)) - 1)
    assert len(path) == 107
    with serving(listen=f"ipc://{path}") as server, Client(server.endpoint) as client:
        assert client.ask("ping") == ({}, [])
        assert Path(path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "arguments", [[], ["--listen"], ["--listen", "ipc:///tmp/x", "--session-timeout", "-1"], ["--nonsense"]]
)
def test_wrong_usage_has_exit_code_2(arguments):
    ended = run(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "usage:" in ended.stderr


def test_many_connections_leave_nothing_behind():
    with serving("--session-timeout", "0.5") as server:

        def descriptors() -> int:
            return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))

        with Client(server.endpoint) as client:
            client.ask("ping")
        before = descriptors()
        for _ in range(50):
            with Client(server.endpoint) as client:
                client.misbehaving("Counter").reset()
        deadline = time.monotonic() + 10
        while descriptors() > before and time.monotonic() < deadline:
            time.sleep(0.1)
        assert descriptors() <= before
