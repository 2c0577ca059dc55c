"""What crosses the wire, without a server: headers, info, addresses, names."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_envs.server.catalog import close_ids, find
from agent_envs.server.errors import RequestError, StartError
from agent_envs.server.greeting import Limits
from agent_envs.server.information import information
from agent_envs.server.listening import check_address
from agent_envs.server.protocol import decode_request, encode_header, request_id
from agent_envs.server.sessions import Sessions

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.text(), JSON))
def test_every_json_object_is_read_as_it_is(value):
    assert decode_request(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"null",
        b"[]",
        b"1",
        b'"text"',
        b"{",
        b'{"id":1,}',
        b'{"id":1} {"id":2}',
        b'{"id":1,"id":2}',
        b'{"id":1,"kwargs":{"a":1,"a":1}}',
        b'{"id":NaN}',
        b'{"id":Infinity}',
        b'{"id":-Infinity}',
        b'{"x":1e999}',
        b'{"x":"\xff"}',
        b"\xef\xbb\xbf{}",
        '{"id":1}'.encode("utf-16"),
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"x":' + b"9" * 500_000 + b"}",
        b'{"x":"\n"}',
        b"\x00",
    ],
    ids=lambda header: repr(header[:20]),
)
def test_what_is_no_strict_json_object_is_malformed(header):
    with pytest.raises(RequestError) as caught:
        decode_request(header)
    assert caught.value.code == "malformed"


@pytest.mark.parametrize("number", [None, True, -1, 2**53, 1.0, "1", [], {}])
def test_an_id_that_a_reply_could_not_carry_is_malformed(number):
    with pytest.raises(RequestError, match="no usable id"):
        request_id({"id": number})


def test_info_of_plain_values_stays_as_it_is():
    info = {"lives": 3, "flag": True, "part": 0.25}
    assert information(info) == info


def test_info_says_what_json_can_and_names_the_rest():
    info = {
        "integer": np.int64(5),
        "unsigned": np.uint32(2**32 - 1),
        "big": 2**53,
        "infinite": np.float32("-inf"),
        "nan": math.nan,
        "flag": np.bool_(False),
        "array": np.arange(64).reshape(8, 8),
        "long": np.arange(65),
        "scalar": np.array(1.5),
        "empty": None,
        "text": "é",
        "long_text": "x" * 4097,
        "pair": (1, np.nan),
        "bad_list": [1, object()],
        "nested": {"inner": {"object": object(), "fine": 1}},
        "complex": 1j,
        "bytes": b"abc",
        3: "no text for a key",
    }
    said = information(info)
    assert json.loads(encode_header(said)) == said
    assert sorted(said.pop("_omitted")) == sorted(
        ["big", "long", "long_text", "bad_list", "nested.inner.object", "complex", "bytes", "<int>"]
    )
    assert said == {
        "integer": 5,
        "unsigned": 2**32 - 1,
        "infinite": "-Infinity",
        "nan": "NaN",
        "flag": False,
        "array": np.arange(64).reshape(8, 8).tolist(),
        "scalar": 1.5,
        "empty": None,
        "text": "é",
        "pair": [1, "NaN"],
        "nested": {"inner": {"fine": 1}},
    }


@given(
    st.dictionaries(
        st.text() | st.integers(), st.integers() | st.floats() | st.binary() | st.lists(st.floats() | st.none())
    )
)
def test_info_of_any_kind_can_be_written_and_no_key_disappears_without_a_word(info):
    said = information(info)
    encode_header(said)
    names = {key for key in info if type(key) is str}
    assert names <= set(said) | {name for name in info if str(name)[:120] in said.get("_omitted", [])}


def test_info_without_end_is_cut():
    endless: dict = {}
    endless["again"] = endless
    assert "_omitted" in information({"endless": endless})
    said = information({str(i): i for i in range(5000)})
    assert len(said) <= 1001
    assert len(said["_omitted"]) == 100


@pytest.mark.parametrize(
    ("meant", "typed"),
    [
        ("ALE/SpaceInvaders-v5", "SpaceInvaders"),
        ("ALE/SpaceInvaders-v5", "space_invaders"),
        ("ALE/SpaceInvaders-v5", "ALE/SpaceInvader-v5"),
        ("CarRacing-v3", "CarRacing"),
        ("CarRacing-v3", "car-racing-v3"),
        ("CarRacing-v3", "CarRacing-v2"),
        ("CartPole-v1", "Cartpole-v9"),
    ],
)
def test_a_wrong_id_is_answered_with_the_one_that_was_meant(meant, typed):
    import ale_py
    import gymnasium

    gymnasium.register_envs(ale_py)
    assert close_ids(typed)[0] == meant


@pytest.mark.parametrize(
    ("typed", "package", "meant"),
    [
        ("MinAtar/Breakout-v1", "minatar", "ALE/Breakout-v5"),
        ("MiniGrid-Empty-5x5-v0", "minigrid", None),
        ("NoSuchPackage/Breakout-v1", "PACKAGE", "ALE/Breakout-v5"),
        ("AEL/Breakout-v5", None, "ALE/Breakout-v5"),
        ("CarRacing-v2", None, "CarRacing-v3"),
    ],
)
def test_an_id_of_a_package_that_is_not_installed_is_answered_with_the_package_first(typed, package, meant):
    with pytest.raises(RequestError) as refused:
        find(typed, plain=True)
    advice = refused.value.details["next"]
    assert advice.startswith("did you mean" if package is None else f"`{typed}` comes with a package that is not")
    assert package is None or f"agent setup --with '{package}'" in advice
    assert meant is None or f"`{meant}`" in advice


def test_a_senseless_id_has_no_candidates():
    assert close_ids("qqqqqqqq") == []


@pytest.mark.parametrize(
    "address",
    [
        "tcp://127.0.0.1:5555",
        "tcp://localhost:*",
        "tcp://[::1]:0",
        "tcp://127.8.8.8:65535",
        "ipc:///tmp/does-not-exist.sock",
    ],
)
def test_addresses_on_this_machine_are_listened_on(address):
    check_address(address, allow_remote=False, has_keys=False)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ipc://",
        "tcp://",
        "127.0.0.1:5555",
        "udp://127.0.0.1:1",
        "inproc://x",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:65536",
        "tcp://:5555",
        "ipc://@abstract",
        "ipc://*",
    ],
)
def test_other_addresses_are_wrong_usage(address):
    with pytest.raises(StartError) as caught:
        check_address(address, allow_remote=True, has_keys=True)
    assert caught.value.exit_code == 2
    assert "next:" in str(caught.value)


@pytest.mark.parametrize("host", ["*", "0.0.0.0", "192.168.1.4", "[::]", "a-machine", "127.0.0.1.example.org"])
def test_outside_this_machine_needs_the_wish_and_keys(host):
    address = f"tcp://{host}:5555"
    with pytest.raises(StartError, match="--allow-remote"):
        check_address(address, allow_remote=False, has_keys=True)
    with pytest.raises(StartError, match="without keys"):
        check_address(address, allow_remote=True, has_keys=False)
    check_address(address, allow_remote=True, has_keys=True)


def test_a_session_is_bound_to_the_key_it_began_with():
    """Whoever takes over the routing id of a connection that is gone does not get its environments."""
    sessions = Sessions(Limits())

    def ask(user, op, **fields):
        (reply,) = sessions.answer(b"chosen", [json.dumps({"id": 1, "op": op, **fields}).encode()], user)
        return json.loads(reply).get("error", {}).get("code", "fine")

    assert ask("key A", "hello", protocol=1, client="a") == "fine"
    assert ask("key A", "ping") == "fine"
    assert ask("key B", "ping") == "handshake_required"
    assert ask("key A", "ping") == "fine"
    assert ask("key B", "hello", protocol=1, client="b") == "fine"
    assert ask("key A", "ping") == "handshake_required"
