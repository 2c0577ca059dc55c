"""Headers of the protocol: strict JSON in and out, and checks of single fields.

The checks are written by hand: a request is a handful of fields, and a step must cost microseconds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from agent_envs.server.errors import RequestError, invalid_field, shown

PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 1 << 20
MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader, JavaScript's too, keeps exactly."""


class _NotStrict(ValueError):
    """JSON that Python's reader would take but the protocol does not."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _NotStrict("a key stands twice in one object")
    return fields


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _NotStrict(f"{text[:40]} is too large for a number")
    return number


def _no_constant(text: str) -> Any:
    raise _NotStrict(f"{text} is no JSON")


_decode = json.JSONDecoder(
    object_pairs_hook=_without_duplicates, parse_float=_finite, parse_constant=_no_constant
).decode
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def decode_request(header: bytes) -> dict[str, Any]:
    """The request in a header.

    Raises:
        RequestError: ``malformed`` where the bytes are not one strict JSON object in UTF-8.
    """
    try:
        request = _decode(header.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise malformed(f"not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise malformed("nested too deep") from None
    except ValueError as error:
        raise malformed(str(error)) from None
    if type(request) is not dict:
        raise malformed(f"a JSON {type(request).__name__}")
    return request


def request_id(request: dict[str, Any]) -> int:
    """The request's id.

    Raises:
        RequestError: ``malformed`` where there is none that a reply could carry.
    """
    number = request.get("id")
    if type(number) is not int or not 0 <= number <= MAX_INTEGER:
        raise RequestError(
            "malformed",
            "the request has no usable id",
            expected="`id`, an integer from 0 to 2^53-1",
            got=shown(number) if "id" in request else "none",
            where="id",
        )
    return number


def malformed(got: str) -> RequestError:
    """An error for a message that is no request at all."""
    return RequestError(
        "malformed", "the message is no request", expected="one part: a JSON object in UTF-8", got=got[:200]
    )


def encode_header(fields: Mapping[str, Any]) -> bytes:
    """A reply's header.

    Raises:
        ValueError: a number that is not finite is in it.
    """
    return _encode(fields).encode("ascii")


def check_fields(request: dict[str, Any], required: frozenset[str], optional: frozenset[str] = frozenset()) -> None:
    """Raise ``invalid_field`` unless the request has all required fields and no unknown one."""
    names = request.keys() - {"id", "op"}
    if unknown := names - required - optional:
        name = min(unknown)
        raise RequestError(
            "invalid_field",
            f"unknown field {shown(name)}",
            expected=f"the fields of `{request['op']}`: {', '.join(sorted(required | optional)) or 'none'}",
            got=shown(name),
            where=name[:120],
        )
    if missing := required - names:
        name = min(missing)
        raise RequestError("invalid_field", f"field `{name}` is missing", expected=f"`{name}`", got="none", where=name)


def boolean(request: dict[str, Any], name: str) -> bool:
    """An optional field that is true or false, false where it is left out."""
    value = request.get(name, False)
    if type(value) is not bool:
        raise invalid_field(name, "true or false", value)
    return value


def integer(value: Any, where: str, low: int, high: int) -> int:
    """An integer within bounds."""
    if type(value) is not int or not low <= value <= high:
        top = "2^53-1" if high == MAX_INTEGER else high
        raise invalid_field(where, f"an integer from {low} to {top}", value)
    return value


def text(value: Any, where: str, longest: int = 500) -> str:
    """A text that is not empty."""
    if type(value) is not str or not 0 < len(value) <= longest:
        raise invalid_field(where, f"a text of 1 to {longest} characters", value)
    return value


def float_or_name(number: float) -> float | str:
    """A number as the places marked *float* write it: not finite ones by name."""
    number = float(number)
    if math.isfinite(number):
        return number
    return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
