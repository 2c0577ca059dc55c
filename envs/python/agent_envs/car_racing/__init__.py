"""CarRacing with the same pixels as Gymnasium's, drawn several times faster.

``FastCarRacing`` is a drop-in for ``gymnasium.envs.box2d.CarRacing`` (Gymnasium 1.4, pygame-ce):
observations, ``rgb_array`` frames, rewards, flags and info are equal byte for byte, continuous or
discrete, with or without ``domain_randomize``. ``python -m agent_envs.car_racing.verify`` proves it.

Importing this module registers ``agent_envs/CarRacing-v3``; Gymnasium imports it by itself from
the long form of the id::

    env = gymnasium.make("agent_envs.car_racing:agent_envs/CarRacing-v3", continuous=False)

Frame skip without drawing
--------------------------
The unwrapped environment has two members that a frame skip uses (``agent_envs.frame_skip`` does):

``drawing``
    While ``False``, ``step`` advances the game but returns a copy of what was drawn last.
``draw_observation()``
    Draws and returns the observation of the present state: exactly what ``step`` would have
    returned, because drawing depends on the state alone.

So a skip calls ``env.step`` once per raw frame, through ``TimeLimit`` and all other wrappers, with
``drawing`` off, stops at termination or truncation, and draws once at the end. Wrappers that change
observations must sit outside the skip.
"""

import gymnasium as gym

from agent_envs.car_racing.environment import FastCarRacing

__all__ = ["ENV_ID", "FastCarRacing"]

ENV_ID = "agent_envs/CarRacing-v3"

if ENV_ID not in gym.registry:
    gym.register(
        id=ENV_ID,
        entry_point="agent_envs.car_racing:FastCarRacing",
        max_episode_steps=1000,
        reward_threshold=900,
    )
