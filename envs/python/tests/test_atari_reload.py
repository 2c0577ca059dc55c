"""Resets that put a state back come to exactly what resets that load come to, and load where that is not so."""

from __future__ import annotations

from typing import Any

import ale_py
import gymnasium
import numpy as np
import pytest
from ale_py import ALEState
from ale_py.env import AtariEnv

from agent_envs import atari_reload
from agent_envs.atari_reload import QuickReload, reload_quickly

GAMES = [
    ("SpaceInvaders", {}),
    ("SpaceInvaders", {"mode": 3, "difficulty": 1}),
    ("SpaceInvaders", {"repeat_action_probability": 0.0, "frameskip": 1}),
    ("Pong", {}),
    ("MontezumaRevenge", {}),
    ("Seaquest", {}),
]


def _make(game: str = "SpaceInvaders", **kwargs: Any) -> AtariEnv:
    gymnasium.register_envs(ale_py)
    return gymnasium.make(f"ALE/{game}-v5", disable_env_checker=True, **kwargs).unwrapped


def _play(env: AtariEnv, seed: int, steps: int = 120) -> list[Any]:
    """All that can be seen of an episode's beginning, and the emulator's whole state at its end."""
    observation, info = env.reset(seed=seed)
    seen = [observation.tobytes(), info]
    actions = np.random.default_rng(seed)
    for _ in range(steps):
        observation, *rest = env.step(int(actions.integers(env.action_space.n)))
        seen.append((observation.tobytes(), *rest))
    return [*seen, env.ale.cloneSystemState().serialize()]


def _quick(env: AtariEnv) -> tuple[QuickReload, list[int]]:
    """The environment's quick reload, and a list that grows with every real load."""
    quick = QuickReload(env)
    loads: list[int] = []
    load = quick._load

    def counting() -> None:
        loads.append(1)
        load()

    quick._load = counting
    return quick, loads


@pytest.mark.parametrize(("game", "kwargs"), GAMES)
def test_the_same_episodes_with_one_load(game: str, kwargs: dict[str, Any]) -> None:
    quick, plain = _make(game, **kwargs), _make(game, **kwargs)
    _, loads = _quick(quick)
    for seed in (1, 2, 1, 2**31 - 1, 12345):
        assert _play(quick, seed) == _play(plain, seed)
    assert len(loads) == 1


def test_a_reset_without_a_seed_goes_on_with_the_random_numbers() -> None:
    quick, plain = _make(), _make()
    reload_quickly(quick)
    for env in (quick, plain):
        env.reset(seed=4)
        env.reset(seed=5)
    assert quick.reset()[0].tobytes() == plain.reset()[0].tobytes()
    assert quick.ale.cloneSystemState().serialize() == plain.ale.cloneSystemState().serialize()


def test_a_state_that_looks_otherwise_is_never_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atari_reload, "_GENERATOR", atari_reload.re.compile(rb"no generator"))
    quick, plain = _make(), _make()
    _, loads = _quick(quick)
    for seed in (1, 2, 3):
        assert _play(quick, seed, 5) == _play(plain, seed, 5)
    assert len(loads) == 3


def test_what_a_load_does_not_come_to_is_never_put_back() -> None:
    quick, plain = _make(), _make()
    reload, loads = _quick(quick)
    before, emulator, behind = reload._fresh
    reload._fresh = (before, emulator[:-100] + bytes(100), behind)
    for seed in (1, 2, 3):
        assert _play(quick, seed, 5) == _play(plain, seed, 5)
    assert len(loads) == 3


def test_others_are_left_alone() -> None:
    class Own(AtariEnv):
        pass

    own, twice = Own("space_invaders"), _make()
    reload_quickly(own)
    assert "load_game" not in vars(own)
    reload_quickly(twice)
    first = twice.load_game
    reload_quickly(twice)
    assert twice.load_game is first


def test_a_kept_state_is_one_that_the_emulator_reads() -> None:
    env = _make()
    quick, _ = _quick(env)
    env.seed_game(77)
    state = atari_reload._with_seed(quick._fresh, env.ale.getInt("random_seed"))
    assert ALEState(state).serialize() == state
