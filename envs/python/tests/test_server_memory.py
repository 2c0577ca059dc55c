"""The server's memory over some thousands of steps; ``server_memory.py`` does it for as many as one likes."""

from server_harness import serving
from server_memory import growth


def test_memory_stays_flat():
    with serving() as server:
        assert growth(2000, server) < 4096
