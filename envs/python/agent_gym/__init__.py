"""The games of the harness for programs that train models: `gymnasium.make`, and an environment of `verifiers`.

    import agent_gym, gymnasium
    env = gymnasium.make("agent/CarRacing-v0")
    env = gymnasium.make("agent/Game-v0", game="my-game.yaml")

docs/trainers.md
"""

from .env import GameEnv
from .process import GameError, GameProcess

__all__ = ["GameEnv", "GameError", "GameProcess", "register"]

IDS = {"agent/CarRacing-v0": "carracing", "agent/SpaceInvaders-v0": "spaceinvaders", "agent/Game-v0": None}


def register() -> None:
    """Registers the ids; Gymnasium calls it by itself where this package is installed."""
    from gymnasium.envs.registration import register, registry

    for name, game in IDS.items():
        if name not in registry:
            kwargs = {} if game is None else {"game": game}
            register(name, entry_point="agent_gym.env:GameEnv", kwargs=kwargs, disable_env_checker=True)


register()
