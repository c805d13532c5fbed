"""Foreign keys cross rooms only where listed here, with the reason."""

from django.apps import apps

ALLOWED: dict[tuple[str, str], str] = {}


def test_foreign_keys_stay_in_their_room() -> None:
    crossing = {
        (model._meta.label, field.related_model._meta.label)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label != model._meta.app_label
    }
    assert crossing == set(ALLOWED)
