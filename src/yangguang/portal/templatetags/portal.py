"""Filters and tags of the portal's templates: names in the reader's language, dates, sizes, fields with doubts."""

from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yangguang.law.types import Ground, Item, Part
from yangguang.portal.context import is_english

register = template.Library()

KIB = 1024


@register.filter
def named(value: Item | Part | Ground | None) -> str:
    """Return the name of something the law names, in the page's language."""
    if value is None:
        return ""
    if is_english():
        return value.english
    return value.short_name if isinstance(value, Item) else value.name


@register.filter
def day(value: date | None) -> SafeString | str:
    """Return a day as ``2026-03-02`` in a ``time`` element; a dash where there is none."""
    if value is None:
        return "—"
    return format_html('<time datetime="{0}">{0}</time>', f"{value:%Y-%m-%d}")


@register.filter
def moment(value: date) -> SafeString:
    """Return a moment as ``2026-03-02 10:05`` in a ``time`` element."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{value:%Y-%m-%d %H:%M}")


@register.filter
def size(size_bytes: int | None) -> str:
    """Return a size as people read it: bytes, kB or MB of 1,024."""
    if size_bytes is None:
        return "—"
    if size_bytes < KIB:
        return f"{size_bytes} B"
    if size_bytes < KIB * KIB:
        return f"{size_bytes / KIB:.0f} KB"
    return f"{size_bytes / KIB / KIB:.1f} MB"


@register.filter
def hexadecimal(raw: bytes) -> str:
    """Return bytes as lower-case hex digits."""
    return raw.hex()


@register.filter
def following(value: int, step: int) -> int:
    """Return the number `step` further on."""
    return value + step


@register.inclusion_tag("portal/_field.html")
def field(label: str, value: object, doubts: dict[str, str], name: str, wide: str = "") -> dict[str, object]:
    """Show one line of the metadata box, with the doubt about the field `name` beside it; nothing where it is empty."""
    return {"label": label, "value": value, "doubt": doubts.get(name, ""), "wide": wide}
