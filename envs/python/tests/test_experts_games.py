"""The fast training games show and pay exactly what the bridge's environments do; the teacher plays well."""

from pathlib import Path

import numpy as np
import pytest

from agent_training.experts import car_racing, space_invaders
from agent_training.experts.game import NO_LABEL, Game
from agent_training.experts.recipes import recipe_of
from agent_training.experts.rgb_game import RgbGame
from agent_training.game_settings import GameSettings
from agent_training.lessons.sprites import sprites_of
from agent_training.lessons.teacher import look

RUNS = Path(__file__).parents[3] / "runs" / "reference" / "expert-training"
SETTINGS = {name: GameSettings.read(RUNS / name / "game.json") for name in ("carracing", "spaceinvaders")}
CAR, INVADERS = SETTINGS["carracing"], SETTINGS["spaceinvaders"]


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_frames_rewards_and_ends_are_those_of_the_rgb_environment(name: str) -> None:
    recipe = recipe_of(SETTINGS[name])
    fast = recipe.make_game()
    plain = RgbGame(SETTINGS[name].emulator, recipe.preprocessing)
    random = np.random.default_rng(5)
    try:
        np.testing.assert_array_equal(fast.reset(321), plain.reset(321))
        for decision in range(260):
            action = int(random.integers(len(recipe.action_names)))
            (frame, step), (expected_frame, expected) = fast.step(action), plain.step(action)
            where = f"decision {decision}"
            over = (expected.terminated, expected.truncated)
            assert (step.terminated, step.truncated) == over, where
            assert step.reward == pytest.approx(expected.reward), where
            if any(over):
                break
            np.testing.assert_array_equal(frame, expected_frame, err_msg=where)
    finally:
        fast.close()
        plain.close()


def test_a_car_that_earns_nothing_is_given_up_in_training_only() -> None:
    training, evaluation = car_racing.training_game(CAR.emulator), car_racing.CarRacingGame(CAR.emulator)
    brake = CAR.actions.index("brake")
    try:
        for game, cuts in ((training, True), (evaluation, False)):
            game.reset(1)
            steps = [game.step(brake)[1] for _ in range(car_racing.CUT_AFTER + 5)]
            assert any(step.cut for step in steps) == cuts
            assert not any(step.terminated or step.truncated for step in steps)
    finally:
        training.close()
        evaluation.close()


def test_losing_a_life_is_reported() -> None:
    game = space_invaders.SpaceInvadersGame(INVADERS.emulator)
    try:
        game.reset(7)
        steps = [game.step(0)[1] for _ in range(700)]
        assert any(step.life_lost for step in steps)
        assert game.teach() == NO_LABEL
    finally:
        game.close()


def test_the_teacher_of_space_invaders_sees_the_pictures_that_a_model_sees() -> None:
    taught = space_invaders.training_game(INVADERS.emulator)
    plain = INVADERS.emulator.make_skipping()
    random = np.random.default_rng(6)
    try:
        taught.reset(322)
        seen = [plain.reset(seed=322)[0]]
        for decision in range(200):
            assert taught.teach() == look([sprites_of(picture) for picture in seen])[1], f"decision {decision}"
            action = int(random.integers(len(INVADERS.actions)))
            taught.step(action)
            seen = [*seen, plain.step(action)[0]][-4:]
    finally:
        taught.close()
        plain.close()


def taught_score(game: Game, decisions: int) -> float:
    """What the game's own teacher scores in one episode."""
    score = 0.0
    try:
        game.reset(91_000)
        for _ in range(decisions):
            _, step = game.step(game.teach())
            score += step.reward
            if step.terminated:
                break
    finally:
        game.close()
    return score


def test_the_teacher_of_carracing_drives_a_whole_lap() -> None:
    assert taught_score(car_racing.training_game(CAR.emulator), 250) > 850


def test_the_teacher_of_carracing_goes_on_where_it_came_to_stand() -> None:
    game = car_racing.training_game(CAR.emulator)
    brake, left = CAR.actions.index("brake"), CAR.actions.index("left")
    try:
        game.reset(91_000)
        # Off the road and across it: as it stands, no steering helps.
        for action in [CAR.actions.index("gas")] * 20 + [left] * 12 + [brake] * 25:
            game.step(action)
        earned = sum(game.step(game.teach())[1].reward for _ in range(150))
    finally:
        game.close()
    assert earned > 300


def test_the_teacher_of_space_invaders_clears_the_first_wave() -> None:
    # All 36 invaders of a wave are worth 630.
    assert taught_score(space_invaders.training_game(INVADERS.emulator), 1500) > 630
