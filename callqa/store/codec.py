"""Frozen values to JSON and back, without loss, driven by their type annotations alone.

A new field of a value is stored as soon as it exists; a field that an older program did not
write takes its default. Nothing here knows any value by name.
"""

from __future__ import annotations

import dataclasses
import json
import types
import zlib
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache, partial
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from callqa.errors import StoreError

T = TypeVar("T")
Reader = Callable[[Any], Any]


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
    return _reader(kind)(plain)


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
def _reader(kind: Any) -> Reader:
    """What makes values of one type: worked out once, because calls hold thousands of words."""
    if kind is Any:
        return _as_is
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union_reader(args)
    if origin is tuple:
        return _tuple_reader(kind, args)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_reader(kind, args)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _dataclass_reader(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return partial(_read_enum, kind)
    return (
        _number_reader(kind)
        if kind is float
        else partial(_read_exactly, types.NoneType if kind is None else kind)
    )


def _as_is(plain: Any) -> Any:
    return plain


def _number_reader(kind: Any) -> Reader:
    def read(plain: Any) -> Any:
        if type(plain) is float or type(plain) is int:
            return plain
        raise _mismatch(kind, plain)

    return read


def _read_exactly(kind: type, plain: Any) -> Any:
    if not isinstance(plain, kind) or (isinstance(plain, bool) and kind is not bool):
        raise _mismatch(kind, plain)
    return plain


def _read_enum(kind: type[Enum], plain: Any) -> Any:
    try:
        return kind(plain)
    except ValueError as error:
        raise StoreError(f"a stored value cannot be read: {error}.", _FORCE) from error


def _tuple_reader(kind: Any, args: tuple[Any, ...]) -> Reader:
    repeated = len(args) == 2 and args[1] is Ellipsis
    readers = [_reader(arg) for arg in args[: 1 if repeated else None]]

    def read(plain: Any) -> Any:
        if not isinstance(plain, list):
            raise _mismatch(kind, plain)
        if repeated:
            each = readers[0]
            return tuple([each(item) for item in plain])
        if len(readers) != len(plain):
            raise _mismatch(kind, plain)
        return tuple(reader(item) for reader, item in zip(readers, plain, strict=True))

    return read


def _mapping_reader(kind: Any, args: tuple[Any, ...]) -> Reader:
    key_of, value_of = _reader(args[0]), _reader(args[1])

    def read(plain: Any) -> Any:
        if not isinstance(plain, dict):
            raise _mismatch(kind, plain)
        return {key_of(key): value_of(item) for key, item in plain.items()}

    return read


def _dataclass_reader(kind: type) -> Reader:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}

    def read(plain: Any) -> Any:
        if not isinstance(plain, dict):
            raise _mismatch(kind, plain)
        try:
            return kind(**{name: readers[name](item) for name, item in plain.items()})
        except KeyError as error:
            raise StoreError(
                f"the stored {kind.__name__} has a field {error} that this callqa does not know.",
                "The workspace was written by a newer callqa; update this one.",
            ) from error
        except (TypeError, ValueError) as error:
            raise StoreError(f"a stored {kind.__name__} cannot be read: {error}.", _FORCE) from error

    return read


def _union_reader(args: tuple[Any, ...]) -> Reader:
    has_none = type(None) in args
    plain_types = tuple(arg for arg in args if isinstance(arg, type))
    readers = [_reader(arg) for arg in args if arg is not type(None)]

    def read(plain: Any) -> Any:
        if plain is None and has_none:
            return None
        # bool before int before float: JSON tells them apart, and so must we.
        if type(plain) in plain_types:
            return plain
        for reader in readers:
            try:
                return reader(plain)
            except StoreError:
                continue
        raise _mismatch(args, plain)

    return read


def _mismatch(kind: Any, plain: Any) -> StoreError:
    name = getattr(kind, "__name__", str(kind))
    return StoreError(f"a stored value is a {type(plain).__name__} where a {name} is due.", _FORCE)
