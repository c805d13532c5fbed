"""A strict reader of the part of JSON Schema 2020-12 that our schema uses: any other keyword is an error."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

Schema = Mapping[str, object]

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
_SAID_ELSEWHERE = {"$schema", "$id", "$defs", "title", "description"}


def complaints(value: object, schema: Schema, root: Schema, place: str = "$") -> Iterator[str]:
    """Yield what is wrong with `value`; nothing when it is valid."""
    for keyword, rule in schema.items():
        if keyword in _SAID_ELSEWHERE:
            continue
        if keyword == "$ref":
            name = cast("str", rule).removeprefix("#/$defs/")
            yield from complaints(value, cast("Mapping[str, Schema]", root["$defs"])[name], root, place)
        elif keyword in {"oneOf", "anyOf"}:
            yield from _choice(value, cast("list[Schema]", rule), root, place, exactly_one=keyword == "oneOf")
        elif keyword in {"properties", "required", "additionalProperties"}:
            yield from _members(value, keyword, schema, root, place)
        elif keyword == "items":
            for position, item in enumerate(value if isinstance(value, list) else []):
                yield from complaints(item, cast("Schema", rule), root, f"{place}[{position}]")
        elif not _holds(value, keyword, rule):
            yield f"{place}: {value!r} breaks {keyword} {rule!r}"


def _choice(value: object, options: list[Schema], root: Schema, place: str, *, exactly_one: bool) -> Iterator[str]:
    fitting = sum(not any(complaints(value, option, root, place)) for option in options)
    if fitting == 0 or (exactly_one and fitting > 1):
        yield f"{place}: {value!r} fits {fitting} of {len(options)}"


def _members(value: object, keyword: str, schema: Schema, root: Schema, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    properties = cast("Mapping[str, Schema]", schema["properties"])
    if keyword == "properties":
        for name in value.keys() & properties.keys():
            yield from complaints(value[name], properties[name], root, f"{place}.{name}")
    elif keyword == "required":
        yield from (f"{place}: lacks {name}" for name in cast("list[str]", schema["required"]) if name not in value)
    elif schema["additionalProperties"] is False:
        yield from (f"{place}: unknown {name}" for name in value.keys() - properties.keys())


def _holds(value: object, keyword: str, rule: object) -> bool:
    match keyword, rule, value:
        case "type", str() | list(), _:
            return any(_is(value, name) for name in ([rule] if isinstance(rule, str) else rule))
        case "const", _, _:
            return value == rule
        case "enum", list(), _:
            return value in rule
        case "pattern", str(), _:
            return not isinstance(value, str) or re.search(rule, value, re.ASCII) is not None
        case (("minimum" | "minLength"), int(), _):
            return (measure := _measure(value)) is None or measure >= rule
        case (("maximum" | "maxLength"), int(), _):
            return (measure := _measure(value)) is None or measure <= rule
    raise ValueError(f"the schema uses {keyword}, which this reader does not know")


def _measure(value: object) -> int | None:
    """Return an integer's value or a text's length: what the limits speak of."""
    return value if isinstance(value, int) else len(value) if isinstance(value, str) else None


def _is(value: object, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not (name == "integer" and isinstance(value, bool))
