"""Errors that speak to a person: what is wrong, and what to do about it.

Every error a user can meet is a `CallqaError`. Errors of other libraries are turned into
one of these where that library is called, never above it.
"""

from __future__ import annotations

EXIT_OK = 0
EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_SOME_CALLS_FAILED = 3


class CallqaError(Exception):
    """Something a person can understand and mend.

    `message` says what is wrong and names the file, `hint` says what to do (may be empty),
    `exit_code` is what the command ends with when this error ends it.
    """

    exit_code: int = EXIT_FAILURE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[type[CallqaError], tuple[str, str]]:
        # Worker processes hand errors back by pickling; the default would lose the hint.
        return (type(self), (self.message, self.hint))


class UsageError(CallqaError):
    """The command, a setting or a file that steers callqa is wrong."""

    exit_code = EXIT_USAGE


class InvalidFileError(UsageError):
    """A YAML, CSV or settings file has mistakes; `problems` lists every one of them."""

    def __init__(self, message: str, hint: str = "", problems: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  - {problem}" for problem in self.problems)])

    def __reduce__(self) -> tuple[type[CallqaError], tuple[str, str, tuple[str, ...]]]:  # type: ignore[override]
        return (type(self), (self.message, self.hint, self.problems))


class AudioError(CallqaError):
    """One recording cannot be scored; the others of the batch go on."""

    exit_code = EXIT_SOME_CALLS_FAILED


class WeightsError(CallqaError):
    """Model weights are missing, damaged or cannot be brought in."""


class StoreError(CallqaError):
    """The workspace cannot be read or written."""
