"""Models that are taught side by side: the same pictures, lessons and number of updates for each.

Games go on while they learn, led by the teacher at first, in the last stage by the models themselves too, and the
teacher says what should be done (DAgger). Every model learns from all games, so what differs in the end is what the
models began with.
"""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .games import Games
from .memory import Memory
from .plan import Plan, Stage
from .student import Student
from .telling import Telling, Tellings

_REPORT_EVERY = 200
_RECENT_GAMES = 60
_JUDGED = 256
"""Draws from the newest decisions: they say how well is told what was hardly learnt from yet."""


class School:
    """Runs the stages; writes ``curve.jsonl``, and with each of its lines each student as a checkpoint folder."""

    def __init__(
        self, students: list[Student], tellings: Tellings, folder: Path, plan: Plan, device: torch.device
    ) -> None:
        self._students, self._tellings, self._folder = students, tellings, folder
        settings = plan.settings
        self._settings, self._device = settings, device
        self._rules, self._actions = plan.draw, plan.game.actions
        grid = int(tellings.patches**0.5)
        torch.manual_seed(settings.seed)
        self._random = np.random.default_rng(settings.seed)
        self._games = Games(
            settings.games,
            settings.workers,
            first_seed=0,
            side=tellings.side,
            grid=grid,
            game=plan.game,
            code=plan.patches,
        )
        sizes = [student.model.config["vision_config"]["hidden_size"] for student in students]
        self._memory = Memory(settings.moments, settings.games, tellings.patches, sizes, device, plan.game)
        self._leaders = np.full(settings.games, -1)
        self._recent = {student.name: deque(maxlen=_RECENT_GAMES) for student in students}
        self._taught = deque(maxlen=_RECENT_GAMES)
        self._begun = time.monotonic()
        self._games.begin(None)
        self._end_moment()

    def close(self) -> None:
        self._games.close()

    def teach(self, stage: Stage) -> None:
        """One stage of every student."""
        own_play = stage.name == "prompt"
        self._lead(own_play)
        first = min(self._settings.first_moments, self._settings.moments)
        while len(self._memory) < first * self._settings.games:
            self._begin_moment()
            self._end_moment()
        for student in self._students:
            if stage.anew is not None:
                # The same numbers for every student: they differ in what they began with alone.
                student.draw_anew(stage.anew, torch.Generator().manual_seed(self._settings.seed))
            student.begin(stage)
        sums = [torch.zeros(1, device=self._device) for _ in self._students]
        for update in range(stage.updates):
            if update % self._settings.updates_a_moment == 0:
                if update > 0:
                    self._end_moment()
                self._begin_moment()
                self._memory.weigh(self._rules)
            lessons = self._memory.draw(stage.batch)
            if stage.name != "prompt":
                lessons = lessons.of_newest_picture()
            telling = self._telling(stage)
            for i, student in enumerate(self._students):
                sums[i] = sums[i] + student.learn(stage, update, lessons, self._memory.features[i], telling)
            if (update + 1) % _REPORT_EVERY == 0:
                self._report(stage, update + 1, [each / _REPORT_EVERY for each in sums])
                self.save()
                sums = [torch.zeros(1, device=self._device) for _ in self._students]
        self._end_moment()
        self.save()

    def save(self) -> None:
        for student in self._students:
            student.save(self._folder / student.name)

    def _telling(self, stage: Stage) -> Telling:
        if stage.name != "prompt":
            return self._tellings.bare
        return self._tellings.all[self._random.integers(len(self._tellings.all))]

    def _lead(self, own_play: bool) -> None:
        """Deal the games out: -1 stands for the teacher."""
        games, students = self._settings.games, len(self._students)
        taught = round(games * self._settings.teacher_share) if own_play else games
        self._leaders = np.array([-1 if game < taught else game % students for game in range(games)])
        for recent in self._recent.values():
            recent.clear()

    def _begin_moment(self) -> None:
        actions = self._views.actions.copy()
        chance = (self._leaders == -1) & (self._random.random(len(actions)) < self._settings.noise)
        actions[chance] = self._random.integers(self._actions, size=int(chance.sum()))
        for i, student in enumerate(self._students):
            own = np.flatnonzero(self._leaders == i)
            if len(own) > 0:
                stacks = self._stacks[torch.from_numpy(own).to(self._device)]
                _, played = student.play(stacks, self._memory.features[i])
                actions[own] = played.cpu().numpy()
        self._games.begin(actions)

    def _end_moment(self) -> None:
        self._views = self._games.end()
        pictures = torch.from_numpy(self._views.pictures).to(self._device)
        self._stacks: Tensor = self._memory.add(self._views, [student.encoded(pictures) for student in self._students])
        for game in np.flatnonzero(~np.isnan(self._views.scores)):
            leader = self._leaders[game]
            recent = self._taught if leader == -1 else self._recent[self._students[leader].name]
            recent.append(float(self._views.scores[game]))

    def _report(self, stage: Stage, update: int, losses: list[Tensor]) -> None:
        lessons = self._memory.draw_newest(_JUDGED)
        bare = stage.name != "prompt"
        told = (lessons.of_newest_picture(), self._tellings.bare) if bare else (lessons, self._tellings.all[0])
        line = {
            "stage": stage.name,
            "update": update,
            "seconds": round(time.monotonic() - self._begun, 1),
            "decisions": len(self._memory),
            "losses": {student.name: _rounded(loss) for student, loss in zip(self._students, losses, strict=True)},
            "newest": {
                student.name: _rounded(student.judge(stage, told[0], self._memory.features[i], told[1]))
                for i, student in enumerate(self._students)
            },
            "recent": {name: _mean(recent) for name, recent in [*self._recent.items(), ("teacher", self._taught)]},
        }
        with (self._folder / "curve.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")
        shown = "  ".join(f"{name} {loss[-1]:.3f}" for name, loss in line["newest"].items())
        print(f"{stage.name} {update} of {stage.updates}  loss {shown}", file=sys.stderr, flush=True)


def _rounded(losses: Tensor) -> list[float]:
    return [round(value, 4) for value in losses.tolist()]


def _mean(scores: deque) -> tuple[float | None, int]:
    """Mean score of the games that ended last, and how many these are."""
    return (round(float(np.mean(scores)), 1) if scores else None), len(scores)
