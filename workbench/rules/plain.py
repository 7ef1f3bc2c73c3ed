"""Frozen values to plain JSON or TOML values and back, without loss: the form of a frozen round."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

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
    return cast(T, _from_plain(kind, value))


def _facts_to_plain(value: object) -> Any:
    return {DAY_KEY: value.isoformat()} if isinstance(value, date) else to_plain(value)


def _facts_from_plain(value: object) -> object:
    if isinstance(value, dict):
        return date.fromisoformat(value[DAY_KEY])
    return tuple(value) if isinstance(value, list) else value


def _from_plain(kind: Any, value: Any) -> object:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        some = next(choice for choice in get_args(kind) if choice is not NoneType)
        return None if value is None else _from_plain(some, value)
    if origin is tuple:
        return _tuple_from_plain(get_args(kind), value)
    if origin is Mapping:
        return {key: _facts_from_plain(item) for key, item in value.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{key: _from_plain(hints.get(key, str), item) for key, item in value.items()})
    if kind is date:
        return value if isinstance(value, date) else date.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value


def _tuple_from_plain(kinds: tuple[Any, ...], value: list[object]) -> tuple[object, ...]:
    if kinds[-1] is Ellipsis:
        return tuple(_from_plain(kinds[0], item) for item in value)
    return tuple(_from_plain(kind, item) for kind, item in zip(kinds, value, strict=True))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass; of anything else none."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
