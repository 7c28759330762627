"""The checks that every model's data has a fate, and that the fate can be carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CASCADE, FileField, ForeignKey, Model

from accounts.fate import OUR_APPS, Erasure, Fate, fate_of


@register()
def every_model_declares_its_fate(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    models = [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]
    return [
        Error(
            f"{model._meta.label} does not say what becomes of its data.",
            hint="Add `data_fate: ClassVar[Fate] = Fate(...)` from accounts.fate.",
            obj=model,
            id="accounts.E001",
        )
        for model in models
        if not isinstance(getattr(model, "data_fate", None), Fate)
    ]


@register()
def every_fate_can_be_carried_out(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    found = [(model, fate) for model in apps.get_models() if (fate := fate_of(model))]
    return [message for model, fate in found for message in _faults(model, fate)]


def _faults(model: type[Model], fate: Fate) -> Iterator[CheckMessage]:
    from accounts.models import User

    if fate.person and fate.person != "pk" and _end_of(model, fate.person) is not User:
        yield _error(model, "accounts.E002", "`person` does not lead to a user.")
    if fate.erasure == Erasure.ANONYMISE and not _is_nullable(model, fate.person):
        yield _error(model, "accounts.E003", "Only a nullable field of the model itself can be anonymised.")
    if fate.person is None and fate.address is None and _goes_with(model, User):
        yield _error(model, "accounts.E004", "Rows that go with a user are about that user; name the path.")
    if any(isinstance(field, FileField) for field in model._meta.fields) and fate.erasure == Erasure.KEEP:
        yield _error(model, "accounts.E005", "Files of people cannot be kept for ever.")


def _end_of(model: type[Model], path: str) -> Any:
    """The model at the end of a lookup path; None when it leads nowhere."""
    current: Any = model
    for step in path.split("__"):
        try:
            current = current._meta.get_field(step).related_model
        except (FieldDoesNotExist, AttributeError):
            return None
    return current


def _is_nullable(model: type[Model], path: str | None) -> bool:
    return path is not None and "__" not in path and bool(model._meta.get_field(path).null)


def _goes_with(model: type[Model], user: type[Model]) -> bool:
    keys = [field for field in model._meta.fields if isinstance(field, ForeignKey)]
    return any(key.related_model is user and key.remote_field.on_delete is CASCADE for key in keys)


def _error(model: type[Model], number: str, text: str) -> Error:
    return Error(f"{model._meta.label}: {text}", hint="Change its `data_fate`.", obj=model, id=number)
