"""Which wheel stands on which tile, and what visiting a tile earns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gymnasium.envs.box2d.car_racing import FrictionDetector

if TYPE_CHECKING:
    from agent_envs.car_racing.environment import FastCarRacing


class TileContacts(FrictionDetector):
    """Gymnasium's contact listener that also tells the scenery when a tile changes its colour."""

    env: FastCarRacing

    def _contact(self, contact, begin: bool) -> None:
        super()._contact(contact, begin)
        for fixture in (contact.fixtureA, contact.fixtureB):
            owner = fixture.body.userData
            if owner and "road_friction" in owner.__dict__:
                self.env.tile_touched(owner)
