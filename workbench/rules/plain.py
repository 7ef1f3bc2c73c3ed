"""Frozen values to plain JSON or TOML values and back, without loss: the form of a frozen round."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[Any], object]

_ALREADY_PLAIN = (str, int, bool, NoneType)

DAY_KEY = "$day"
"""Marks a day inside an untyped mapping (the facts of a finding)."""


def to_plain(value: object) -> Any:
    """A JSON-ready copy: dataclass → object, tuple → list, day → ISO text, enum → its value."""
    kind: Any = type(value)
    if kind in _ALREADY_PLAIN:
        return value
    if names := _names(kind):
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _facts_to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    assert isinstance(value, str | int), kind
    return value


def from_plain(kind: type[T], value: object) -> T:
    """The frozen dataclass ``kind`` from its plain form; a wrong key raises TypeError."""
    read = _reader(cast(Any, kind))
    return cast(T, value if read is None else read(value))


def _facts_to_plain(value: object) -> Any:
    return {DAY_KEY: value.isoformat()} if isinstance(value, date) else to_plain(value)


def _facts_from_plain(value: object) -> object:
    if isinstance(value, dict):
        return date.fromisoformat(value[DAY_KEY])
    return tuple(value) if isinstance(value, list) else value


@cache
def _reader(kind: Any) -> Reader | None:
    """What makes a value of ``kind`` from its plain form; None: it is the plain form itself.

    Put together once for each type: a history of a hundred thousand documents is read with it.
    """
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _optional_reader(next(each for each in get_args(kind) if each is not NoneType))
    if origin is tuple:
        return _tuple_reader(get_args(kind))
    if origin is Mapping:
        return lambda value: {key: _facts_from_plain(item) for key, item in value.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_reader(kind)
    if kind is date:
        return lambda value: value if isinstance(value, date) else date.fromisoformat(value)
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else None


def _optional_reader(kind: Any) -> Reader | None:
    read = _reader(cast(Any, kind))
    return None if read is None else lambda value: None if value is None else read(value)


def _tuple_reader(kinds: tuple[Any, ...]) -> Reader:
    if kinds[-1] is Ellipsis:
        read = _reader(kinds[0])
        return tuple if read is None else lambda value: tuple(map(read, value))
    readers = [_reader(kind) for kind in kinds]
    return lambda value: tuple(
        item if read is None else read(item) for read, item in zip(readers, value, strict=True)
    )


def _dataclass_reader(kind: type) -> Reader:
    hints = get_type_hints(kind)
    readers = [(name, read) for name in _names(kind) if (read := _reader(hints[name])) is not None]

    def read_all(value: Mapping[str, Any]) -> object:
        given = dict(value)
        for name, read in readers:
            if name in given:
                given[name] = read(given[name])
        return kind(**given)

    return read_all


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass; of anything else none."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
