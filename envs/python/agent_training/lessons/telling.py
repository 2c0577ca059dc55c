"""What a model is told, as tokens: `tellings` of the plan (src/training/lessons/tellings.ts)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

IGNORED = -100
"""A place of an answer that nothing is asked of."""
_REACH = 3
"""Numbers further away than so many deviations get nothing."""


@dataclass(frozen=True)
class Telling:
    """One way to tell the game."""

    prompt: Tensor
    """[tokens], with a token for each patch of each picture."""
    shared: int
    """How many tokens come before the first picture."""
    pictures: Tensor
    """Where the patches' tokens are among those behind ``shared``."""
    answers: Tensor
    """[actions, longest name], by what the prompt calls the actions; IGNORED behind shorter names."""

    @staticmethod
    def of(prompt: list[int], answers: Tensor, image_token: int) -> Telling:
        shared = prompt.index(image_token)
        places = [place for place, token in enumerate(prompt[shared:]) if token == image_token]
        device = answers.device
        return Telling(torch.tensor(prompt, device=device), shared, torch.tensor(places, device=device), answers)


@dataclass(frozen=True)
class Tellings:
    bare: Telling
    """One picture alone, without instructions."""
    patches: int
    side: int
    mean: Tensor
    deviation: Tensor
    sights: Tensor
    """[sights, 256]: the token of each number in each place."""
    all: list[Telling]
    """The game as it is first."""

    @staticmethod
    def read(given: dict[str, Any], device: torch.device) -> Tellings:
        """``given`` is ``Plan.tellings``."""

        def whole(values: list) -> Tensor:
            return torch.tensor(values, device=device)

        def telling(each: dict) -> Telling:
            longest = max(map(len, each["answers"]))
            answers = [answer + [IGNORED] * (longest - len(answer)) for answer in each["answers"]]
            return Telling.of(each["prompt"], whole(answers), given["image_token"])

        pictures = given["preprocessing"]
        told = [telling(each) for each in given["tellings"]]
        alone = [*given["begin"], *[given["image_token"]] * given["patches"]]
        return Tellings(
            bare=Telling.of(alone, told[0].answers, given["image_token"]),
            patches=given["patches"],
            side=pictures["side"],
            mean=whole(pictures["mean"])[:, None, None],
            deviation=whole(pictures["deviation"])[:, None, None],
            sights=whole(given["sights"]),
            all=told,
        )


def blurred(deviation: float, values: int, device: torch.device) -> Tensor:
    """What counts as right where a number is, [values, values] by the number: without a deviation itself alone."""
    distance = torch.arange(values, device=device)[:, None] - torch.arange(values, device=device)
    if deviation == 0:
        return (distance == 0).float()
    reach = -(-_REACH * deviation // 1)
    weights = torch.where(distance.abs() <= reach, torch.exp(-(distance.float() ** 2) / (2 * deviation**2)), 0)
    return weights / weights.sum(1, keepdim=True)
