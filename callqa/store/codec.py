"""Frozen values to JSON and back, without loss, driven by their type annotations alone.

A new field of a value is stored as soon as it exists; a field that an older program did not
write takes its default. Nothing here knows any value by name.
"""

from __future__ import annotations

import dataclasses
import json
import types
import zlib
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from callqa.errors import StoreError

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """`value` as lists, dictionaries, text, numbers, booleans and None.

    Raises `TypeError` for anything that would not come back the same.
    """
    if value is None or (isinstance(value, (bool, int, float, str)) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"keys are text, not {type(key).__name__}")
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [to_plain(item) for item in value]
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        # A numpy scalar that slipped into a measure's components: its plain number is the same.
        return to_plain(value.item())
    raise TypeError(f"cannot store a {type(value).__name__}")


def from_plain(kind: Any, plain: Any) -> Any:
    """The value of type `kind` that `to_plain` made `plain` of.

    Raises `StoreError` where `plain` is not such a value.

    >>> from_plain(tuple[float, ...], [0.5, 1.0])
    (0.5, 1.0)
    """
    if kind is Any:
        return plain
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _from_union(args, plain)
    if origin is tuple:
        if not isinstance(plain, list):
            raise _mismatch(kind, plain)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(from_plain(args[0], item) for item in plain)
        if len(args) != len(plain):
            raise _mismatch(kind, plain)
        return tuple(from_plain(arg, item) for arg, item in zip(args, plain, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(plain, dict):
            raise _mismatch(kind, plain)
        return {from_plain(args[0], key): from_plain(args[1], item) for key, item in plain.items()}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        if not isinstance(plain, dict):
            raise _mismatch(kind, plain)
        hints = _hints(kind)
        try:
            return kind(**{name: from_plain(hints[name], item) for name, item in plain.items()})
        except KeyError as error:
            raise StoreError(
                f"the stored {kind.__name__} has a field {error} that this callqa does not know.",
                "The workspace was written by a newer callqa; update this one.",
            ) from error
        except (TypeError, ValueError) as error:
            raise StoreError(f"a stored {kind.__name__} cannot be read: {error}.", _FORCE) from error
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(plain)
        except ValueError as error:
            raise StoreError(f"a stored value cannot be read: {error}.", _FORCE) from error
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return plain
    if kind is type(None):
        kind = types.NoneType
    if not isinstance(plain, kind) or (isinstance(plain, bool) and kind is not bool):
        raise _mismatch(kind, plain)
    return plain


def pack(value: Any) -> bytes:
    """`value` as compressed JSON."""
    text = json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def unpack(kind: type[T], data: bytes) -> T:
    """What `pack` packed. Raises `StoreError` where the bytes are damaged."""
    try:
        plain = json.loads(zlib.decompress(data))
    except (zlib.error, ValueError) as error:
        raise StoreError(f"a stored {kind.__name__} is damaged: {error}.", _FORCE) from error
    value: T = from_plain(kind, plain)
    return value


_FORCE = "Score the call again with `callqa score --force FILE`."


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _from_union(args: tuple[Any, ...], plain: Any) -> Any:
    if plain is None and type(None) in args:
        return None
    # bool before int before float: JSON tells them apart, and so must we.
    for arg in args:
        if isinstance(arg, type) and type(plain) is arg:
            return plain
    for arg in args:
        if arg is type(None):
            continue
        try:
            return from_plain(arg, plain)
        except StoreError:
            continue
    raise _mismatch(args, plain)


def _mismatch(kind: Any, plain: Any) -> StoreError:
    name = getattr(kind, "__name__", str(kind))
    return StoreError(f"a stored value is a {type(plain).__name__} where a {name} is due.", _FORCE)
