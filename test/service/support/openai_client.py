"""OpenAI's own client for Python, asked to do what a service of a checkpoint offers: arguments URL, KEY, PICTURE."""

import json
import sys

import openai

url, key, picture = sys.argv[1:]
client = openai.OpenAI(base_url=url, api_key=key, max_retries=0)
content = [{"type": "image_url", "image_url": {"url": picture}}, {"type": "text", "text": "go"}]
asked = {"model": "tiny", "messages": [{"role": "user", "content": content}], "max_tokens": 6}
schema = {
    "type": "object",
    "properties": {"action": {"type": "string", "enum": ["left", "right"]}},
    "required": ["action"],
    "additionalProperties": False,
}
complete = client.chat.completions.create

whole = complete(**asked)
parts = complete(**asked, stream=True, stream_options={"include_usage": True})
chunks = list(parts)
by_schema = complete(
    **asked,
    response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}},
    logprobs=True,
    top_logprobs=2,
)
choice = complete(**asked, extra_body={"structured_outputs": {"choice": ["left", "right"]}})
try:
    complete(**{**asked, "model": "other"})
    error = None
except openai.NotFoundError as raised:
    error = raised.code
try:
    openai.OpenAI(base_url=url, api_key="wrong", max_retries=0).models.list()
    denied = False
except openai.AuthenticationError:
    denied = True

print(
    json.dumps(
        {
            "models": [model.id for model in client.models.list()],
            "text": whole.choices[0].message.content,
            "usage": whole.usage.total_tokens,
            "streamed": "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices),
            "streamedUsage": chunks[-1].usage.total_tokens,
            "schema": json.loads(by_schema.choices[0].message.content)["action"],
            "likely": [entry.token for entry in by_schema.choices[0].logprobs.content[0].top_logprobs],
            "choice": choice.choices[0].message.content,
            "error": error,
            "denied": denied,
        }
    )
)
