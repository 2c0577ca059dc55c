"""Preprocessing as data: each step against its written definition, descriptions through JSON, stack conventions."""

import json

import numpy as np
import pytest

from agent_envs.area_resize import area_resize
from agent_envs.preprocessing import BoxResize, Crop, FrameStack, Gray, GrayFloat, Preprocessing
from agent_envs.sb3.zoo import OPENCV_GRAY, PREPROCESSINGS

RANDOM = np.random.default_rng(0)


def test_gray_is_the_fixed_point_sum() -> None:
    frame = RANDOM.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    gray = Gray().apply(frame)
    for y in range(5):
        for x in range(7):
            r, g, b = (int(v) for v in frame[y, x])
            assert gray[y, x] == (77 * r + 150 * g + 29 * b) >> 8
    assert Gray().apply(np.full((1, 1, 3), 255, np.uint8))[0, 0] == 255


@pytest.mark.parametrize(("rows", "columns"), [(2, 2), (3, 2), (1, 4)])
def test_box_is_the_rounded_mean_of_blocks(rows: int, columns: int) -> None:
    frame = RANDOM.integers(0, 256, (rows * 4, columns * 3 + columns - 1), dtype=np.uint8)
    count = rows * columns
    resized = BoxResize(rows, columns).apply(frame)
    assert resized.shape == (4, 3)
    for y in range(4):
        for x in range(3):
            block = frame[y * rows : (y + 1) * rows, x * columns : (x + 1) * columns]
            assert resized[y, x] == (int(block.sum()) + count // 2) // count


def test_opencv_gray_and_area_resize() -> None:
    cv2 = pytest.importorskip("cv2")
    frame = RANDOM.integers(0, 256, (210, 160, 3), dtype=np.uint8)
    gray = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    np.testing.assert_array_equal(OPENCV_GRAY.apply(frame), gray)
    for picture in (gray, frame):
        theirs = cv2.resize(picture, (84, 84), interpolation=cv2.INTER_AREA)
        difference = np.abs(area_resize(picture, 84, 84).astype(int) - theirs)
        assert difference.max() <= 1
        assert (difference > 0).mean() < 1e-3


def test_gymnasium_gray() -> None:
    frame = RANDOM.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    frame[:16] = (
        np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(4, 1)
    )  # gray pixels sit on the rounding's edge
    expected = np.sum(np.multiply(frame, np.array([0.2125, 0.7154, 0.0721])), axis=-1).astype(np.uint8)
    np.testing.assert_array_equal(GrayFloat().apply(frame), expected)


@pytest.mark.parametrize("name", sorted(PREPROCESSINGS))
def test_descriptions_survive_json(name: str) -> None:
    description = PREPROCESSINGS[name]
    assert Preprocessing.from_json(json.loads(json.dumps(description.to_json()))) == description


def test_an_unknown_step_is_refused_by_name() -> None:
    data = PREPROCESSINGS["atari"].to_json()
    data["steps"][0]["op"] = "sharpen"
    with pytest.raises(ValueError, match="sharpen"):
        Preprocessing.from_json(data)


@pytest.mark.parametrize(("reset", "older"), [("repeat-first", 9), ("zeros", 0)])
def test_stack_at_reset_and_after(reset: str, older: int) -> None:
    description = Preprocessing((4, 4, 3), (Crop(1, 1, 2, 2), Gray()), stack=3, reset=reset)
    stack = FrameStack(description)
    pictures = [np.full((4, 4, 3), value, np.uint8) for value in (9, 50)]
    first = stack.reset(pictures[0])
    assert first.shape == description.observation_shape == (3, 2, 2)
    assert first[:, 0, 0].tolist() == [older, older, 9]
    assert stack.push(pictures[1])[:, 0, 0].tolist() == [older, 9, 50]
    assert first[:, 0, 0].tolist() == [older, older, 9]  # what was handed out does not change


def test_a_frame_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected uint8\(210, 160, 3\)"):
        PREPROCESSINGS["atari"].frame(np.zeros((96, 96, 3), np.uint8))
