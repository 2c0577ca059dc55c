"""Rolls both games out with the real `verifiers`, played by a scripted model behind an OpenAI-compatible server.

For developers; the tests play the same conversations without the library, because it brings half a hundred packages:

    python -m venv VENV && VENV/bin/pip install verifiers==0.4.0 gymnasium==1.4.0 pillow
    PYTHONPATH=envs/python VENV/bin/python scripts/check-verifiers.py
"""

import asyncio
import base64
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import gymnasium
import numpy as np
import verifiers
import verifiers.v1 as vf
from PIL import Image

import agent_verifiers

SEED = 7
ANSWERS = {
    "carracing": ["gas", "I would steer left here.", "fly away", "gas", "fly away", "fly away again", "gas"],
    "spaceinvaders": ["fire", "fly away", "right and fire", "left"],
}
# What is executed, by the game's parser, its reminder and its fallback.
EXECUTED = {"carracing": ["gas", "left", "gas", "nothing", "gas"], "spaceinvaders": ["fire", "right+fire", "left"]}


class Scripted(BaseHTTPRequestHandler):
    """Answers the nth question of a conversation with the nth answer, and keeps every request."""

    asked: list[dict] = []  # noqa: RUF012  one server at a time

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append(body)
        place = sum(message["role"] == "assistant" for message in body["messages"])
        message = {"role": "assistant", "content": ANSWERS[body["model"]][place]}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        content = {"id": "1", "object": "chat.completion", "created": 0, "model": body["model"], "usage": usage}
        data = json.dumps({**content, "choices": [choice]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def pictures(message: dict) -> list[np.ndarray]:
    urls = [part["image_url"]["url"] for part in message["content"] if part["type"] == "image_url"]
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",", 1)[1])))) for url in urls]


def text(message: dict) -> str:
    """The prompt again: a place where a picture is."""
    return "".join(part.get("text", "<image>") for part in message["content"])


async def rollout(game: str, url: str) -> vf.Episode:
    taskset = {"id": "agent-verifiers", "game": game, "first_seed": SEED, "episodes": 1}
    kind = agent_verifiers.GameEnvConfig
    env = vf.load_environment(kind.model_validate({"taskset": taskset, "max_decisions": len(EXECUTED[game])}))
    context = vf.ModelContext(model=game, client=vf.EvalClientConfig(base_url=url, api_key_var="NO_SUCH_KEY"))
    async with env.serving():
        return await env.run_episode(next(iter(env.taskset)), context)


def check(game: str, episode: vf.Episode, asked: list[dict]) -> None:
    assert episode.ok, episode.errors
    (trace,) = episode.traces
    conversation = asked[-1]["messages"]
    assert len(asked) == trace.num_turns == len(ANSWERS[game]), (len(asked), trace.num_turns)
    questions = [message for message in conversation if message["role"] == "user"]
    env = gymnasium.make("agent/Game-v0", game=game)
    frames, info = env.reset(seed=SEED)
    rewards, executed = [], []
    for question, answer in zip(questions, ANSWERS[game], strict=True):
        assert text(question) == info["prompt"]
        shown = [frame[..., 0] if frame.shape[-1] == 1 else frame for frame in frames]
        assert all((one == other).all() for one, other in zip(pictures(question), shown, strict=True))
        frames, reward, *_, info = env.unwrapped.answer(answer)
        if info["action"] is not None:
            rewards.append(reward)
            executed.append(info["actions"][info["action"]])
    env.close()
    assert executed == EXECUTED[game], executed
    assert trace.info["rewards"] == rewards
    assert trace.reward == sum(rewards)
    assert trace.info["ending"] == "max_decisions"
    print(f"{game}: {trace.num_turns} turns, {len(rewards)} decisions, return {trace.reward:.2f}, {trace.metrics}")


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for game in ANSWERS:
        Scripted.asked.clear()
        episode = asyncio.run(rollout(game, f"http://127.0.0.1:{server.server_port}/v1"))
        check(game, episode, list(Scripted.asked))
    print(f"verifiers {verifiers.__version__}: prompts, pictures and rewards are the harness's")


if __name__ == "__main__":
    main()
