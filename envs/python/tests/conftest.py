"""What tests of the server share: one that runs for a module, and a client of it."""

from __future__ import annotations

import pytest
from server_harness import Client, serving


@pytest.fixture(scope="module")
def server():
    with serving() as running:
        yield running


@pytest.fixture
def client(server):
    with Client(server.endpoint) as connected:
        yield connected
