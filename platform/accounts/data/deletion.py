"""Deleting rows together with the files they name.

The files go by a background job that is enqueued in the same transaction: a rolled back deletion deletes no file, and a
killed server or a storage that is away for a minute leaves no file behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import FileField, Model
from django.db.models.deletion import Collector

from accounts.data.rows import Rows, all_rows

FILES_PER_JOB = 200


@dataclass(frozen=True)
class StoredFile:
    """A file as the field that names it knows it: `model` is the label, such as `practice.Recording`."""

    model: str
    field: str
    name: str


@transaction.atomic
def delete_rows(rows: Rows) -> Counter[str]:
    """Deletes the rows and all that cascades from them; their files follow. Returns counts by model label."""
    collector = Collector(using=rows.db, origin=rows)
    collector.collect(rows)
    files = list(_files(collector))
    _, by_model = collector.delete()
    forget_later(files)
    return Counter(by_model)


def files_in(model: type[Model], rows: Rows) -> Iterator[StoredFile]:
    for field in file_fields(model):
        for name in rows.exclude(**{field.name: ""}).values_list(field.name, flat=True):
            if name:
                yield StoredFile(model._meta.label, field.name, name)


def file_fields(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if isinstance(field, FileField)]


def _files(collector: Collector) -> Iterator[StoredFile]:
    # Django loads the rows of a cascade without the fields it does not need, so they are asked for again.
    for model, instances in collector.data.items():
        if file_fields(model):
            yield from files_in(model, all_rows(model).filter(pk__in=[row.pk for row in instances]))
    for rows in collector.fast_deletes:
        if file_fields(rows.model):
            yield from files_in(rows.model, rows)


def forget_later(files: Iterable[StoredFile]) -> None:
    from accounts.tasks import forget_files

    named = [(file.model, file.field, file.name) for file in files]
    for start in range(0, len(named), FILES_PER_JOB):
        forget_files.defer(files=named[start : start + FILES_PER_JOB])


def forget(files: Iterable[tuple[str, str, str]]) -> None:
    """Deletes the files; one that is gone already is no error."""
    for model, field, name in files:
        storage_of(model, field).delete(name)


def storage_of(model: str, field: str) -> Any:
    found: Any = apps.get_model(model)._meta.get_field(field)
    return found.storage
