"""What can go wrong, with the stable codes of docs/protocol.md."""

from __future__ import annotations

import sys
import traceback
from typing import Any

MAX_TEXT = 2000
"""Characters of an exception's text or of a value that are told to a client."""


class RequestError(Exception):
    """A request, or one environment's share of it, that cannot be carried out.

    ``code`` is one of the error codes of docs/protocol.md; the other parts are for a reader.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        expected: str | None = None,
        got: str | None = None,
        where: str | None = None,
        next: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = {"expected": expected, "got": got, "where": where, "next": next}

    def envelope(self) -> dict[str, str]:
        """The error as it is written into a reply."""
        told = {name: text for name, text in self.details.items() if text is not None}
        return {"code": self.code, "message": self.message, **told}


class StartError(Exception):
    """The server cannot start: one line for standard error, and the exit code."""

    def __init__(self, summary: str, *, expected: str, got: str, next: str, exit_code: int = 2) -> None:
        super().__init__(f"{summary}; expected: {expected}; got: {got}; next: {next}")
        self.exit_code = exit_code


def invalid_field(where: str, expected: str, value: Any) -> RequestError:
    """A field of a request with a value that it cannot have."""
    return RequestError(
        "invalid_field", f"field `{where}` is not valid", expected=expected, got=shown(value), where=where
    )


def unknown_environment(handle: int | None = None) -> RequestError:
    """A handle that the session does not have."""
    return RequestError(
        "unknown_environment",
        "this session has no such environment",
        expected="a handle that `make` gave to this session and `close` did not take back",
        got=None if handle is None else str(handle),
    )


def shown(value: Any) -> str:
    """A value of a request for an error message, cut short."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deep, or an integer of thousands of digits
        text = f"a {type(value).__name__}"
    return text if len(text) <= 120 else text[:117] + "..."


def environment_failure(error: BaseException, doing: str) -> RequestError:
    """An exception of an environment: its text for the client, its traceback on standard error."""
    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
    sys.stderr.flush()
    return RequestError("env_failure", f"the environment failed in {doing}: {exception_text(error)}"[:MAX_TEXT])


def exception_text(error: BaseException) -> str:
    """Type and text of an exception, without its traceback."""
    try:
        text = str(error).strip()
    except Exception:
        text = ""
    name = type(error).__name__
    return f"{name}: {text}"[:MAX_TEXT] if text else name


def how_to_add(package: str) -> str:
    """What a person does where a package is missing."""
    return f"add it with `agent setup --with '{package}'`, or install it into the Python that AGENT_PYTHON names"
