"""A model that is taught: its losses, its steps, and how it plays."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import torch
from torch import Tensor

from . import scene
from .memory import Lessons
from .network import Cache, VisionLanguageModel
from .plan import Plan, Stage
from .telling import IGNORED, Telling, Tellings, blurred


def _has_bfloat16(device: torch.device) -> bool:
    """Whether products in bfloat16 are faster there: without instructions for it a core is slower so."""
    return device.type == "cuda" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


class Student:
    """``features`` are what its own encoder says of pictures, [rows, patches, size]; the encoder never learns.

    ``mixed_precision``: the decoder's products are in bfloat16 where that is faster. The agent plays in float32.
    """

    def __init__(
        self,
        source: Path,
        model: VisionLanguageModel,
        tellings: Tellings,
        device: torch.device,
        plan: Plan,
        *,
        mixed_precision: bool = True,
    ) -> None:
        self.name = source.resolve().name
        self._source = source
        self.model = model.to(device)
        self._tellings, self._device = tellings, device
        self._autocast = torch.autocast(device.type, torch.bfloat16, enabled=mixed_precision and _has_bfloat16(device))
        self._blurred = [blurred(deviation, tellings.sights.shape[1], device) for deviation in plan.blur]
        grid = math.isqrt(tellings.patches)
        self._places = torch.from_numpy(scene.place_codes(grid, plan.patches)).to(device)
        self._scene_weights = torch.from_numpy(plan.patches.weights).to(device)
        self._patch_code_start = plan.patches.start
        self._optimizer: torch.optim.Optimizer | None = None

    def save(self, folder: Path) -> None:
        """A checkpoint folder with what came with the one that it began with, but for its card."""
        folder.mkdir(exist_ok=True)
        for file in self._source.iterdir():
            if file.is_file() and file.suffix not in (".safetensors", ".md"):
                shutil.copy(file, folder / file.name)
        self.model.save(folder / "model.safetensors")

    def encoded(self, pictures: Tensor) -> Tensor:
        """Features of uint8[images, side, side, 3]."""
        pixels = pictures.permute(0, 3, 1, 2).float() / 255
        with torch.no_grad():
            return self.model.encoded((pixels - self._tellings.mean) / self._tellings.deviation)

    def draw_anew(self, part: str, generator: torch.Generator) -> None:
        """The ``projector``, or (``language``) the decoder's layers behind the first with the head."""
        language = self.model.language_model
        layers = language.model.layers
        modules = [self.model.multi_modal_projector] if part == "projector" else [*layers[1:], language.lm_head]
        for module in modules:
            for name, value in module.named_parameters():
                if value.ndim == 1:
                    torch.nn.init.constant_(value, 0.0 if name.endswith("bias") else 1.0)
                    continue
                adds = name.endswith(("o_proj.weight", "down_proj.weight"))
                deviation = value.shape[1] ** -0.5 / (math.sqrt(2 * len(layers)) if adds else 1)
                drawn = torch.randn(value.shape, generator=generator) * deviation
                value.data.copy_(drawn)

    def begin(self, stage: Stage) -> None:
        """An optimizer for what learns in this stage."""
        self.model.requires_grad_(False)
        groups = []
        parts = [(self.model.multi_modal_projector, stage.projector)]
        if stage.name != "patches":
            parts.append((self.model.language_model, 1.0))
        for module, factor in parts:
            module.requires_grad_(True)
            for decays in (True, False):
                values = [value for value in module.parameters() if (value.ndim > 1) == decays]
                groups.append({"params": values, "weight_decay": 0.01 if decays else 0.0, "factor": factor})
        fused = self._device.type == "cuda"
        self._optimizer = torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), eps=1e-8, fused=fused)

    def learn(self, stage: Stage, update: int, lessons: Lessons, features: Tensor, telling: Telling) -> Tensor:
        """One update; returns its losses: of a patch, or of cannon, stand, bomb, name and of a token of all of them."""
        assert self._optimizer is not None, "begin() first"
        losses = self._losses(stage, lessons, features, telling)
        for group in self._optimizer.param_groups:
            group["lr"] = stage.rate(update) * group["factor"]
        self._optimizer.zero_grad(set_to_none=True)
        losses[-1].backward()
        learning = [value for group in self._optimizer.param_groups for value in group["params"]]
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        self._optimizer.step()
        return losses.detach()

    @torch.no_grad()
    def judge(self, stage: Stage, lessons: Lessons, features: Tensor, telling: Telling) -> Tensor:
        """The losses of ``learn``, of decisions that are not learnt from here."""
        return self._losses(stage, lessons, features, telling)

    def _losses(self, stage: Stage, lessons: Lessons, features: Tensor, telling: Telling) -> Tensor:
        with self._autocast:
            if stage.name == "patches":
                return self._patches(lessons, features)
            return self._answers(lessons, features, telling)

    def _patches(self, lessons: Lessons, features: Tensor) -> Tensor:
        told = self.model.projected(features[lessons.stacks[:, -1]])
        things = lessons.things.float()
        right = torch.cat([self._places.expand(len(things), -1, -1), things], -1)
        start = self._patch_code_start
        off = (told[..., start : start + right.shape[-1]] - right) * self._scene_weights
        return (off**2).sum(-1).mean()[None]

    def _answers(self, lessons: Lessons, features: Tensor, telling: Telling) -> Tensor:
        names = telling.answers[lessons.actions]
        sights = self._tellings.sights
        count = len(sights)
        words = torch.stack([sights[place][lessons.sights[:, place]] for place in range(count)], 1)
        answer = torch.cat([words, names.clamp(min=0)], 1)
        past, begun = self.begun(lessons.stacks, features, telling)
        given = torch.cat([begun, self.model.embedded(answer[:, :-1])], 1)
        hidden, _ = self.model.decode(given, past, answer.shape[1])
        scores = self.model.logits(hidden).float().log_softmax(-1)
        nats = []
        for place, right in enumerate(self._blurred):
            of_numbers = scores[:, place].index_select(1, sights[place])
            nats.append(-(right[lessons.sights[:, place]] * of_numbers).sum(1))
        asked = names != IGNORED
        of_names = -scores[:, count:].gather(2, names.clamp(min=0)[..., None])[..., 0] * asked
        sums = torch.stack([each.sum() for each in nats])
        every = (sums.sum() + of_names.sum()) / (count * len(names) + asked.sum())
        return torch.stack([*(sums / len(names)), of_names.sum(1).mean(), every])

    def begun(self, stacks: Tensor, features: Tensor, telling: Telling) -> tuple[Cache, Tensor]:
        """Keys and values of what is told before the pictures, and the embeddings from there to the answer."""
        _, past = self.model.decode(self.model.embedded(telling.prompt[None, : telling.shared]))
        rest = telling.prompt[telling.shared :]
        embeddings = self.model.embedded(rest).expand(len(stacks), -1, -1).clone()
        pictures = self.model.projected(features[stacks]).flatten(1, 2)
        embeddings[:, telling.pictures] = pictures
        return past, embeddings

    @torch.no_grad()
    def play(self, stacks: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """The numbers that it tells, [rows, sights], and the actions behind them, [rows]: each the likeliest."""
        with self._autocast:
            telling = self._tellings.all[0]
            past, given = self.begun(stacks, features, telling)
            numbers = []
            for sight in self._tellings.sights:
                scores, past = self._next(given, past)
                numbers.append(scores[:, sight].argmax(1))
                given = self.model.embedded(sight[numbers[-1]])[:, None]
            scores, past = self._next(given, past)
            first = telling.answers[:, 0]
            begun = first[scores[:, first].argmax(1)]
            scores, _ = self._next(self.model.embedded(begun)[:, None], past)
            # Of the names that begin so; no two of them go on alike.
            scores = scores[:, telling.answers[:, 1]].masked_fill(first != begun[:, None], -math.inf)
            return torch.stack(numbers, 1), scores.argmax(1)

    def _next(self, given: Tensor, past: Cache) -> tuple[Tensor, Cache]:
        hidden, cache = self.model.decode(given, past, 1)
        return self.model.logits(hidden)[:, 0].float(), cache
