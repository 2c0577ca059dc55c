"""Slips take over for as long as they should, each game by itself, and leave everything else alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from agent_training.experts.slips import SlipDraws, Slips

ACTIONS = 3
ASKED = -7
"""An action that no slip takes."""


def done(slips: Slips | None, *, games: int = 2, seed: int = 5, decisions: int = 4000) -> NDArray[np.int64]:
    """What is done, int64[decisions, games], where ``ASKED`` is asked for always."""
    draws = SlipDraws(games, ACTIONS, [seed])
    return np.stack([draws.take_over(np.full(games, ASKED), slips) for _ in range(decisions)])


def test_none_begins_at_probability_0_and_nobody_else_acts_at_1() -> None:
    assert set(done(None).flat) == set(done(Slips(0.0, (3,))).flat) == {ASKED}
    assert set(done(Slips(1.0, (3,))).flat) == set(range(ACTIONS))


@pytest.mark.parametrize("length", [1, 4])
def test_a_slip_holds_one_action_as_long_as_it_lasts(length: int) -> None:
    for actions in done(Slips(0.02, (length,))).T:
        slipping = np.flatnonzero(actions != ASKED)
        slips = np.split(slipping, np.flatnonzero(np.diff(slipping) > 1) + 1)
        assert len(slips) > 20
        # One may begin where another ends; the last decision may cut the last.
        for slip in slips[:-1]:
            assert len(slip) % length == 0
            held = actions[slip].reshape(-1, length)
            assert (held == held[:, :1]).all()


def test_they_are_as_frequent_as_asked_and_games_slip_each_by_itself() -> None:
    slips = done(Slips(0.03, (1, 3)), games=8) != ASKED
    # Two decisions on average, and the next begins behind the end.
    assert slips.mean() == pytest.approx(0.06 / 1.03, rel=0.1)
    assert np.corrcoef(slips.T)[0, 1] < 0.2


def test_they_follow_from_the_seeds() -> None:
    slips = Slips(0.2, (1, 2))
    assert (done(slips, seed=5) == done(slips, seed=5)).all()
    assert (done(slips, seed=5) != done(slips, seed=6)).any()
