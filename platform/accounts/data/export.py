"""A person's data as one ZIP: a JSON file per model, the files, and a note that says what is what. Streamed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.data.deletion import StoredFile, file_fields, files_in, storage_of
from accounts.data.pipe import Pipe
from accounts.data.rows import AnyModel, Rows, declared, rows_about
from accounts.fate import Fate
from accounts.models import User

BLOCK = 256 * 1024
ROWS = 500


def zip_of(user: User) -> Iterator[bytes]:
    """The ZIP, block by block. Reads database and storage while it goes, and holds one row or block at a time."""
    pipe = Pipe()
    # zipfile writes to what cannot seek with a data descriptor behind each member.
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _note(user))
        yield pipe.taken()
        for model, fate in declared():
            if fate.export:
                yield from _member(archive, pipe, model, fate, rows_about(model, fate, user))
    yield pipe.taken()


def _member(archive: zipfile.ZipFile, pipe: Pipe, model: AnyModel, fate: Fate, rows: Rows) -> Iterator[bytes]:
    if not rows.exists():
        return
    with archive.open(f"{model._meta.label_lower}.json", "w") as member:
        for piece in _json(model, fate, rows):
            member.write(piece)
            yield pipe.taken()
    for file in files_in(model, rows):
        yield from _file(archive, pipe, file)


def _json(model: AnyModel, fate: Fate, rows: Rows) -> Iterator[bytes]:
    fields = [field.attname for field in model._meta.concrete_fields if field.name not in fate.leave_out]
    files = {field.attname for field in file_fields(model)}
    separator = "[\n"
    for row in rows.order_by("pk").values(*fields).iterator(chunk_size=ROWS):
        shown = {key: _path(value) if key in files and value else value for key, value in row.items()}
        text = json.dumps(shown, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        yield f"{separator}{text}".encode()
        separator = ",\n"
    yield b"\n]\n"


def _file(archive: zipfile.ZipFile, pipe: Pipe, file: StoredFile) -> Iterator[bytes]:
    try:
        source: IO[bytes] = storage_of(file.model, file.field).open(file.name, "rb")
    except FileNotFoundError:
        return  # its row is listed; the retention job or the person was quicker
    # Stored, not deflated: recordings and tracks are compressed already.
    entry = zipfile.ZipInfo(_path(file.name), date_time=timezone.now().timetuple()[:6])
    with source, archive.open(entry, "w", force_zip64=True) as member:
        while block := source.read(BLOCK):
            member.write(block)
            yield pipe.taken()


def _path(name: str) -> str:
    return str(PurePosixPath("files") / PurePosixPath(name).name)


def _note(user: User) -> str:
    return _(
        "This is everything that Greenroom stores about %(name)s (%(email)s), as of %(at)s UTC.\n\n"
        "There is one JSON file per kind of data; recordings and tracks of what was observed lie in the folder "
        "files and are named in the JSON files. Times are in UTC. Left out: your password, which nobody can "
        "read, and marks that only the server needs.\n"
    ) % {
        "name": user.name,
        "email": user.address or user.email,
        "at": timezone.now().strftime("%Y-%m-%d %H:%M"),
    }
