"""The games of the harness as a taskset and environment of `verifiers` (0.4, its `v1`).

    vf-eval agent-verifiers --env.taskset.game carracing --env.max-decisions 20

Every task is a seed. The environment plays the user: it asks with the harness's prompt and pictures, and reads answers
with the harness's parser, reminders and fallback. The trace's reward is the episode's return; `trace.info["turns"]`
holds what each answer came to and `trace.info["rewards"]` the reward of each decision. docs/trainers.md
"""

import asyncio
from collections.abc import Iterator

import openai
import verifiers.v1 as vf
from pydantic import Field
from verifiers.v1.dialects.chat import message_to_wire

from agent_gym.conversation import Conversation

# The harness keeps seeds from here on for measuring.
FIRST_EVALUATION_SEED = 100_000


class GameTasksetConfig(vf.TasksetConfig):
    """Which game, and the seeds of its episodes."""

    game: str = "carracing"
    """A shipped game's name, or the path of a YAML file."""
    first_seed: int = 0
    episodes: int = 100
    options: list[str] = Field(default_factory=list)
    """Further words of `agent turns`, such as `["--play", "sights=off"]`."""


class GameData(vf.TaskData):
    """One episode. It has no prompt: the game speaks first."""

    game: str
    seed: int
    options: list[str]


class GameTask(vf.Task[GameData]):
    """Scored while it is played."""


class GameTaskset(vf.Taskset[GameTask, GameTasksetConfig]):
    def load(self) -> Iterator[GameTask]:
        config = self.config
        if config.first_seed + config.episodes > FIRST_EVALUATION_SEED:
            last = config.first_seed + config.episodes - 1
            raise ValueError(f"seeds below {FIRST_EVALUATION_SEED} are for training; these go up to {last}")
        for seed in range(config.first_seed, config.first_seed + config.episodes):
            name = f"{config.game}#{seed}"
            yield GameTask(GameData(name=name, game=config.game, seed=seed, options=config.options), config.task)


class GameHarness(vf.Harness[vf.HarnessConfig]):
    """The player: one call of the model for each question, no tools, in this process. `verifiers`' own plain one
    (`null`) starts a program for each question."""

    APPENDS_SYSTEM_PROMPT = True
    SUPPORTS_RESUME = True
    EXECUTES_CODE = False
    NEEDS_CONTAINER = False

    async def launch(
        self,
        ctx: vf.ModelContext,
        trace: vf.Trace,
        runtime: vf.Runtime,
        endpoint: str,
        secret: str,
        mcp_urls: dict[str, str],
        data: vf.TaskData,
    ) -> vf.ProgramResult:
        system, messages = self.resolve_prompt(data)
        wire = [message_to_wire(message) for message in messages]
        if system is not None:
            wire.insert(0, {"role": "system", "content": system})
        async with openai.AsyncOpenAI(base_url=endpoint, api_key=secret, max_retries=0) as client:
            try:
                await client.chat.completions.create(model=ctx.model, messages=wire)
            except openai.OpenAIError as error:
                return vf.ProgramResult(exit_code=1, stdout="", stderr=str(error))
        return vf.ProgramResult(exit_code=0, stdout="", stderr="")


class GameEnvConfig(vf.EnvConfig):
    """One seat. Only words come from the player, so it needs no box of its own."""

    player: vf.AgentConfig = vf.AgentConfig(runtime=vf.SubprocessConfig())
    max_decisions: int = 20
    """Of an episode: all of them stand in one conversation, each with its pictures."""


class GameEnvironment(vf.Env[GameEnvConfig]):
    async def run(self, task: vf.Task, agents: vf.Agents) -> None:
        data = task.data
        game = await asyncio.to_thread(Conversation, data.game, data.options, self.config.max_decisions)
        try:
            message = await asyncio.to_thread(game.begin, data.seed)
            async with agents.player.interaction(task) as interaction:
                while message is not None:
                    segment = await interaction.turn([message])
                    if segment.terminated:
                        break
                    message = await asyncio.to_thread(game.answer, segment.last_reply)
        finally:
            await asyncio.to_thread(game.close)
        record(game, interaction.trace)


def record(game: Conversation, trace: vf.Trace) -> None:
    """What the episode came to, on the trace that a trainer learns from."""
    trace.info["turns"] = game.turns
    trace.info["rewards"] = game.rewards
    trace.info["ending"] = game.ending
    trace.record_reward("return", sum(game.rewards))
    trace.record_metric("decisions", len(game.rewards))
    trace.record_metric("rejected", sum(turn["rejected"] is not None for turn in game.turns))


__all__ = ["GameEnvironment", "GameHarness", "GameTaskset"]
