"""Pictures of low contrast: the same game, seen through a table of values."""

import gymnasium
import numpy as np
import pytest

import agent_envs.low_contrast  # noqa: F401  registers the id


def played(env: gymnasium.Env, seed: int) -> list[tuple[np.ndarray, float, np.ndarray]]:
    observation, _ = env.reset(seed=seed)
    env.action_space.seed(seed)
    steps = [(observation, 0.0, env.render())]
    for _ in range(40):
        observation, reward, terminated, truncated, _ = env.step(env.action_space.sample())
        steps.append((observation, float(reward), env.render()))
        if terminated or truncated:
            break
    env.close()
    return steps


@pytest.mark.parametrize("contrast", [1, 0.4, 0])
def test_is_the_same_game_with_values_drawn_towards_the_middle(contrast: float) -> None:
    ale_py = pytest.importorskip("ale_py")
    gymnasium.register_envs(ale_py)
    kwargs = {"render_mode": "rgb_array", "frameskip": 4, "repeat_action_probability": 0.25}
    plain = played(gymnasium.make("ALE/SpaceInvaders-v5", **kwargs), 3)
    faint = played(gymnasium.make("LowContrast-v0", env="ALE/SpaceInvaders-v5", contrast=contrast, **kwargs), 3)
    assert len(plain) == len(faint)
    for (seen, reward, shown), (pale, same, dull) in zip(plain, faint, strict=True):
        assert reward == same
        for before, after in ((seen, pale), (shown, dull)):
            assert after.dtype == np.uint8
            np.testing.assert_array_equal(after, np.rint(128 + contrast * (before.astype(float) - 128)))


@pytest.mark.parametrize(
    ("env", "contrast", "problem"),
    [
        ("CartPole-v1", 0.5, "uint8 pictures"),
        ("ALE/SpaceInvaders-v5", 1.5, "from 0 to 1"),
        ("ALE/SpaceInvaders-v5", True, "from 0 to 1"),
        ("evil_module:ALE/SpaceInvaders-v5", 0.5, "without a module"),
        (7, 0.5, "without a module"),
    ],
)
def test_refuses_what_it_cannot_do(env: object, contrast: object, problem: str) -> None:
    gymnasium.register_envs(pytest.importorskip("ale_py"))
    with pytest.raises(ValueError, match=problem):
        gymnasium.make("LowContrast-v0", env=env, contrast=contrast)
