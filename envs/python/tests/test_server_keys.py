"""CURVE over tcp: who has a known key is served, everybody else meets silence."""

from __future__ import annotations

from pathlib import Path

import pytest
import zmq
import zmq.auth
from server_harness import Client, serving
from test_server_lifecycle import refused


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A server's key pair, and two clients' of which one is known."""
    keys = tmp_path_factory.mktemp("keys")
    for name in ("server", "known", "stranger"):
        _, secret = zmq.auth.create_certificates(keys, name)
        Path(secret).chmod(0o600)
    (keys / "clients").mkdir()
    (keys / "known.key").rename(keys / "clients" / "known.key")
    return keys


def pair(folder: Path, name: str) -> tuple[bytes, bytes]:
    return zmq.auth.load_certificate(folder / f"{name}.key_secret")


@pytest.fixture(scope="module")
def server(folder):
    arguments = ["--server-key", str(folder / "server.key_secret"), "--client-keys", str(folder / "clients")]
    with serving(*arguments, listen="tcp://127.0.0.1:*") as running:
        yield running


def test_a_known_key_is_served_and_others_meet_silence(server, folder):
    server_public = pair(folder, "server")[0]
    with Client(server.endpoint, keys=(*pair(folder, "known"), server_public)) as known:
        env = known.misbehaving("Still", kwargs={"shape": [210, 160, 3]})
        env.reset()
        wrong_server = pair(folder, "stranger")[0]
        for keys in ((*pair(folder, "stranger"), server_public), (*pair(folder, "known"), wrong_server), None):
            stranger = Client(server.endpoint, hello=False, keys=keys)
            stranger.socket.rcvtimeo = 400
            stranger.send("hello", protocol=1, client="stranger")
            with pytest.raises(zmq.Again):
                stranger.receive()
            stranger.close()
        for count in range(1, 50):
            assert env.step()[4] == {"count": count}


def test_keys_that_come_and_go_count_at_the_next_handshake(server, folder):
    server_public = pair(folder, "server")[0]
    newcomer = folder / "clients" / "stranger.key"
    keys = (*pair(folder, "stranger"), server_public)
    newcomer.write_bytes((folder / "stranger.key").read_bytes())
    with Client(server.endpoint, keys=keys) as client:
        newcomer.write_text("no key")
        client.ask("ping")  # who is in stays in
        again = Client(server.endpoint, hello=False, keys=keys)
        again.socket.rcvtimeo = 400
        again.send("hello", protocol=1, client="again")
        with pytest.raises(zmq.Again):
            again.receive()
        again.close()
    newcomer.unlink()


def test_key_files_are_checked(folder, tmp_path):
    listen = ["--listen", "tcp://127.0.0.1:*", "--server-key"]
    good, clients = str(folder / "server.key_secret"), str(folder / "clients")
    assert "has none" in refused(2, *listen, str(folder / "server.key"), "--client-keys", clients)
    assert "No such file" in refused(2, *listen, str(folder / "missing"), "--client-keys", clients)
    assert "no client could connect" in refused(2, *listen, good, "--client-keys", str(tmp_path))
    open_to_others = tmp_path / "open.key_secret"
    open_to_others.write_bytes(Path(good).read_bytes())
    open_to_others.chmod(0o644)
    assert "chmod 600" in refused(2, *listen, str(open_to_others), "--client-keys", clients)
    (tmp_path / "broken.key").write_text("nonsense")
    assert "cannot be read" in refused(2, *listen, good, "--client-keys", str(tmp_path))
    assert "keys for tcp only" in refused(
        2, "--listen", f"ipc://{tmp_path}/s", "--server-key", good, "--client-keys", clients
    )
