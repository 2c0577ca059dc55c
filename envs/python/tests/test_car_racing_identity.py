"""Random action sequences: the fast CarRacing and Gymnasium's return the same, to the last byte."""

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_envs.car_racing import ENV_ID
from agent_envs.car_racing.verify import PLAIN_ID, Case, plain_skip, run_case
from agent_envs.frame_skip import SkipFrames

# An action is held for some decisions, or the car would never get anywhere.
DISCRETE = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 8)), min_size=1, max_size=5)
CONTINUOUS = st.lists(
    st.tuples(
        st.tuples(st.floats(-1, 1, width=32), st.floats(0, 1, width=32), st.floats(0, 1, width=32)), st.integers(1, 5)
    ),
    min_size=1,
    max_size=4,
)
SLOW = settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def assert_equal_play(options: dict, seed: int, actions: list, frames: int, rendered: bool = False) -> None:
    with gym.make(PLAIN_ID, **options) as plain, gym.make(ENV_ID, **options) as fast:
        skip = SkipFrames(fast, frames)
        expected, got = plain.reset(seed=seed), skip.reset(seed=seed)
        np.testing.assert_array_equal(got[0], expected[0])
        for action in actions:
            expected, got = plain_skip(plain, action, frames), skip.step(action)
            np.testing.assert_array_equal(got[0], expected[0])
            assert got[1:] == expected[1:]
            if rendered:
                np.testing.assert_array_equal(skip.render(), plain.render())
            if got[2] or got[3]:
                break


@SLOW
@given(seed=st.integers(0, 2**31 - 1), held=DISCRETE, frames=st.sampled_from([1, 4]))
def test_discrete_play_is_identical(seed, held, frames):
    actions = [action for action, times in held for _ in range(times)]
    assert_equal_play({"continuous": False}, seed, actions, frames)


@SLOW
@given(seed=st.integers(0, 2**31 - 1), held=CONTINUOUS)
def test_continuous_randomized_rendered_play_is_identical(seed, held):
    actions = [np.array(action, np.float32) for action, times in held for _ in range(times)]
    assert_equal_play({"domain_randomize": True, "render_mode": "rgb_array"}, seed, actions, 4, rendered=True)


@pytest.mark.parametrize(("seed", "decisions", "ending"), [(3, 190, "laps_finished"), (6, 70, "left_field")])
def test_whole_episodes_are_identical_to_their_end(seed, decisions, ending):
    """The driver of seed 3 is a proper one and finishes the lap, that of seed 6 leaves the field."""
    case = Case("one episode", 1, decisions, 4, {"continuous": ending == "laps_finished"}, first_seed=seed)
    outcome = run_case(case)
    assert outcome.identical
    assert getattr(outcome, ending) > 0


def test_reset_options_keep_or_change_colours_as_in_gymnasium():
    options = {"domain_randomize": True, "continuous": False}
    with gym.make(PLAIN_ID, **options) as plain, gym.make(ENV_ID, **options) as fast:
        for seed, reset in [(5, None), (None, {"randomize": False}), (None, {"randomize": True}), (None, {})]:
            expected, _ = plain.reset(seed=seed, options=reset)
            got, _ = fast.reset(seed=seed, options=reset)
            np.testing.assert_array_equal(got, expected)


def test_bars_that_leave_the_strip_are_drawn_as_gymnasium_draws_them():
    with gym.make(PLAIN_ID, continuous=False) as plain, gym.make(ENV_ID, continuous=False) as fast:
        for env in (plain, fast):
            env.reset(seed=3)
        for omega in (389.0, 391.0, 450.0, 900.0):
            frames = []
            for env in (plain, fast):
                env.unwrapped.car.wheels[2].omega = omega
                frames.append(env.step(3)[0])
            np.testing.assert_array_equal(frames[1], frames[0])


@pytest.mark.parametrize("env_id", [PLAIN_ID, ENV_ID])
def test_the_share_of_a_lap_ends_no_episode(env_id: str) -> None:
    """As docs/emulators.md says: it is looked at when the first tile is new, and that is at the start."""
    with gym.make(env_id, lap_complete_percent=0.05, continuous=False) as env:
        for seed in (1, 2):
            env.reset(seed=seed)
            for _ in range(3):
                env.step(0)
            racing = env.unwrapped
            assert [tile.road_visited for tile in racing.road if tile.idx == 0] == [True]
            assert not racing.new_lap
