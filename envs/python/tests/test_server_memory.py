"""The server's memory over some thousands of steps; ``server_memory.py`` does it for as many as one likes."""

from server_harness import Client, serving
from server_memory import growth


def test_memory_stays_flat_while_games_are_played():
    with serving() as server:
        assert growth(400, server) < 4096


def test_messages_leave_nothing_behind():
    with serving() as server, Client(server.endpoint) as client:
        env = client.misbehaving("Still")
        env.reset()
        middle = 0
        for step in range(8000):
            if step == 2000:
                middle = server.resident_kilobytes()
            env.step()
        assert server.resident_kilobytes() - middle < 1024
