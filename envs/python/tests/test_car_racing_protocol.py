"""FastCarRacing as a Gymnasium environment: registration, drawing on demand, errors."""

import gymnasium as gym
import numpy as np
import pygame
import pytest
from gymnasium.error import InvalidAction
from gymnasium.utils.env_checker import check_env

import agent_envs.car_racing.camera as camera_module
from agent_envs.car_racing import ENV_ID, FastCarRacing
from agent_envs.car_racing.status import _rectangles, _score_image
from agent_envs.frame_skip import SkipFrames


@pytest.fixture
def env():
    with gym.make(ENV_ID, continuous=False) as env:
        yield env


def test_the_long_id_imports_and_registers():
    with gym.make(f"agent_envs.car_racing:{ENV_ID}", continuous=False) as env:
        assert isinstance(env.unwrapped, FastCarRacing)
        assert env.spec.max_episode_steps == 1000


@pytest.mark.filterwarnings("ignore")
def test_gymnasium_finds_no_fault():
    check_env(FastCarRacing(continuous=False), skip_render_check=True)


def test_observations_are_contiguous_and_belong_to_the_caller(env):
    first, _ = env.reset(seed=0)
    kept = first.copy()
    second = env.step(3)[0]
    assert first.flags.c_contiguous
    assert first.flags.writeable
    assert not np.shares_memory(first, second)
    np.testing.assert_array_equal(first, kept)


def test_without_drawing_a_step_returns_the_last_drawn_observation(env):
    drawn, _ = env.reset(seed=0)
    env.unwrapped.drawing = False
    for _ in range(60):
        np.testing.assert_array_equal(env.step(3)[0], drawn)
    now = env.unwrapped.draw_observation()
    assert (now != drawn).any()
    np.testing.assert_array_equal(env.unwrapped.draw_observation(), now)


def test_environments_of_one_thread_do_not_disturb_each_other():
    alone, beside = FastCarRacing(continuous=False), FastCarRacing(continuous=False)
    other = FastCarRacing(continuous=False, domain_randomize=True)
    alone.reset(seed=1)
    beside.reset(seed=1)
    other.reset(seed=2)
    for action in [3, 1, 3, 2, 4] * 4:
        expected = alone.step(action)[0]
        other.step(action)
        np.testing.assert_array_equal(beside.step(action)[0], expected)


def test_an_invalid_action_is_refused_as_in_gymnasium(env):
    env.reset(seed=0)
    for action in (5, -1, 1.5):
        with pytest.raises(InvalidAction):
            env.unwrapped.step(action)


def test_fonts_shut_down_by_another_window_come_back(env):
    env.reset(seed=0)
    expected = env.step(0)[0]
    pygame.quit()
    _score_image.cache_clear()
    env.reset(seed=0)
    np.testing.assert_array_equal(env.step(0)[0], expected)


def test_vertex_by_vertex_transformation_gives_the_same_frames(env, monkeypatch):
    """The way taken where NumPy and pygame round differently is right as well."""
    expected = [env.reset(seed=4)[0], *(env.step(action)[0] for action in [3] * 10)]
    monkeypatch.setattr(camera_module, "_ROTATION_IS_EXACT", False)
    got = [env.reset(seed=4)[0], *(env.step(action)[0] for action in [3] * 10)]
    np.testing.assert_array_equal(got, expected)


def test_status_rectangles_are_pygames_polygons(env):
    """Upright polygons drawn by pygame cover exactly the rectangles that the strip computes."""
    env.reset(seed=0)
    car = env.unwrapped.car
    random = np.random.default_rng(0)
    window = pygame.Surface((1000, 800))
    for _ in range(50):
        for wheel in car.wheels:
            wheel.omega = float(random.normal() * 10 ** random.uniform(-5, 1.8))
        car.hull.angularVelocity = float(random.normal() * 10 ** random.uniform(-6, 1))
        window.fill((0, 0, 0))
        env.unwrapped.surf = window
        env.unwrapped._render_indicators(1000, 800)
        expected = pygame.surfarray.array3d(window).transpose(1, 0, 2)[700:]
        got = np.zeros((100, 1000, 3), np.uint8)
        for left, top, right, bottom, color in _rectangles(car):
            got[top : bottom + 1, left : right + 1] = color
        np.testing.assert_array_equal(got, expected)


def test_recording_every_raw_frame_survives_frame_skip():
    with gym.make(ENV_ID, continuous=False, render_mode="rgb_array_list") as env:
        skip = SkipFrames(env, 4)
        skip.reset(seed=0)
        for _ in range(3):
            skip.step(3)
        frames = skip.render()
    assert len(frames) == 13
    assert all(frame.shape == (400, 600, 3) for frame in frames)
