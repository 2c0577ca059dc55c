"""Spaces and actions over the wire: whole numbers, vectors, tables, and pictures in other forms."""

from __future__ import annotations

import numpy as np
import pytest
from server_harness import Failed


def test_actions_count_from_zero_whatever_the_start(client):
    remote = client.misbehaving("StartOffset")
    assert remote.spec["action"] == {"kind": "discrete", "count": 3, "start": 5}
    remote.reset()
    assert [remote.step(action)[0][1] for action in (0, 1, 2)] == [5, 6, 7]
    for action in (-1, 3, 5, [0], 2**60):
        with pytest.raises(Failed) as caught:
            remote.step(action)
        assert caught.value.code == "illegal_action"
    assert remote.step(0)[4] == {"count": 4}  # an illegal action leaves the episode as it was


def test_box_actions(client):
    remote = client.misbehaving("BoxAction")
    action = {"kind": "box", "shape": [2], "dtype": "float32", "low": -1, "high": 5, "lows": [-1, 0], "highs": [1, 5]}
    assert remote.spec["action"] == action
    remote.reset()
    assert remote.step([0.5, 3])[0].tolist() == [0.5, 3]
    for action in (1, [], [0.5], [0, 0, 0], [1.5, 0], [0, -0.1], ["0", 0], [True, 0], [None, 0], [[0], 0], [1e300, 0]):
        with pytest.raises(Failed) as caught:
            remote.step(action)
        assert caught.value.code == "illegal_action"
    assert remote.step([0, 0])[4] == {"count": 2}
    whole = client.misbehaving("WholeBoxAction")
    assert whole.spec["action"] == {"kind": "box", "shape": [2], "dtype": "int32", "low": 0, "high": 3}
    whole.reset()
    assert whole.step([3, 1])[0].tolist() == [3, 1]
    for action in ([0.5, 1], [4, 0], [10**30, 0]):
        with pytest.raises(Failed) as caught:
            whole.step(action)
        assert caught.value.code == "illegal_action"


def test_box_actions_of_truth_values(client):
    truth = client.misbehaving("TruthBoxAction")
    assert truth.spec["action"] == {"kind": "box", "shape": [2], "dtype": "uint8", "low": 0, "high": 1}
    truth.reset()
    assert [truth.step(action)[1] for action in ([1, 0], [0, 1], [1, 1])] == [1, 10, 11]
    for action in ([2, 0], [0.5, 0], [-1, 0], [True, 0]):
        with pytest.raises(Failed) as caught:
            truth.step(action)
        assert caught.value.code == "illegal_action"


def test_a_table_makes_a_box_discrete(client):
    remote = client.misbehaving("BoxAction", actions=[[0, 0], [-1, 5], [0.25, 2]])
    assert remote.spec["action"] == {"kind": "discrete", "count": 3, "start": 0}
    remote.reset()
    for action, row in ((1, [-1, 5]), (2, [0.25, 2]), (1, [-1, 5]), (0, [0, 0])):
        assert remote.step(action)[0].tolist() == row
    with pytest.raises(Failed) as caught:
        client.misbehaving("BoxAction", actions=[[0, 0], [2, 0]])
    assert (caught.value.code, caught.value.error["where"]) == ("invalid_field", "actions[1]")


def test_spaces_of_several_choices_are_vectors_of_whole_numbers(client):
    several = client.misbehaving("MultiDiscreteAction")
    bounds = {"low": 0, "high": 3, "lows": [0, 1], "highs": [1, 3]}
    assert several.spec["action"] == {"kind": "box", "shape": [2], "dtype": "int64", **bounds}
    several.reset()
    assert several.step([1, 3])[0].tolist() == [1, 3]
    for action in ([2, 1], [1, 0], [0.5, 1], 1):
        with pytest.raises(Failed) as caught:
            several.step(action)
        assert caught.value.code == "illegal_action"
    binary = client.misbehaving("MultiBinaryAction", actions=[[0, 0, 1], [1, 1, 0]])
    assert binary.spec["action"] == {"kind": "discrete", "count": 2, "start": 0}
    binary.reset()
    assert [binary.step(action)[0].tolist() for action in (1, 0)] == [[1, 1], [0, 0]]


def test_actions_of_no_or_several_dimensions_are_flat_lists(client):
    table = client.misbehaving("TableAction")
    assert table.spec["action"]["shape"] == [2, 2]
    assert table.spec["action"]["highs"] == [1, 2, 3, 4]
    table.reset()
    assert table.step([1, 2, 3, 4])[1] == 1
    with pytest.raises(Failed):
        table.step([2, 2, 3, 4])
    scalar = client.misbehaving("ScalarAction")
    assert scalar.spec["action"]["shape"] == []
    scalar.reset()
    assert scalar.step([0.5])[1] == 1


def test_a_table_picks_some_of_the_discrete_actions(client):
    remote = client.misbehaving("StartOffset", actions=[[2], [0]])
    assert remote.spec["action"] == {"kind": "discrete", "count": 2, "start": 0}
    remote.reset()
    assert [remote.step(action)[0][1] for action in (0, 1)] == [7, 5]
    for table in ([[3]], [[0, 1]], [0], [["0"]]):
        with pytest.raises(Failed) as caught:
            client.misbehaving("StartOffset", actions=table)
        assert (caught.value.code, caught.value.error["where"]) == ("invalid_field", "actions[0]")


@pytest.mark.parametrize(
    ("shape", "dtype", "seen"),
    [
        ([12, 10], "uint8", [12, 10, 1]),
        ([3, 12, 10], "uint8", [12, 10, 3]),
        ([1, 12, 10], "uint8", [12, 10, 1]),
        ([12, 10], "bool", [12, 10, 1]),
        ([10, 10, 4], "bool", [10, 10, 4]),
        ([5], "bool", [5]),
        ([4, 4], "uint8", [4, 4]),
        ([4, 12, 10], "uint8", [4, 12, 10]),
        ([12, 10, 3], "uint8", [12, 10, 3]),
    ],
)
def test_pictures_in_another_form_are_seen_as_pictures(client, shape, dtype, seen):
    remote = client.misbehaving("Shown", kwargs={"shape": shape, "dtype": dtype})
    assert remote.spec["observation"] == {"shape": seen, "dtype": "uint8", "low": 0, "high": 255}
    count = np.arange(np.prod(shape)).reshape(shape)
    expected = count.astype(np.uint8) if dtype == "uint8" else (count % 2 * 255).astype(np.uint8)
    if seen != shape:
        expected = expected[:, :, None] if expected.ndim == 2 else expected.transpose(1, 2, 0)
    remote.reset()
    assert np.array_equal(remote.step()[0], expected)
