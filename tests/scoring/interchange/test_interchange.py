"""The folder of rated answers: what is written is read again, and what is not in the format is refused by its place."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engagement.features import FEATURES
from scoring.interchange import moments as npz
from scoring.interchange.errors import InterchangeError
from scoring.interchange.layout import (
    ABOUT,
    ANSWERS,
    COLUMNS,
    INTERVIEWS,
    RATINGS,
    About,
    Answer,
    Interview,
    Moments,
    Rating,
)
from scoring.interchange.reading import read
from scoring.interchange.simulated import Plan
from scoring.interchange.simulated import write as simulate
from scoring.interchange.writing import Writer

DOCS = Path(__file__).resolve().parents[3] / "docs" / "interchange.md"


def moments(seconds: int = 4, seed: int = 0) -> Moments:
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((seconds, len(FEATURES)))
    features[0, 3] = np.nan
    return Moments(np.arange(seconds, dtype=float), features)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two answers of one person; a teacher rated both, one of them also by a stretch, and the person one."""
    with Writer(tmp_path / "set", About("a test")) as out:
        out.interview(Interview("i1", "p1", scenario="shop", language="de"))
        out.answer(Answer("a1", "i1", 1, 4.0, "strengths"), moments())
        out.answer(Answer("a2", "i1", 2, 3.5), moments(3, 1))
        out.rating(Rating("a1", "t1", 4, 5))
        out.rating(Rating("a1", "t1", 2, 5, start_s=1.0, end_s=2.5))
        out.rating(Rating("a2", "t1", 1, 2))
        out.rating(Rating("a1", "p1", 5, 5, kind="self"))
    return tmp_path / "set"


def test_what_was_written_is_read(folder: Path) -> None:
    found = read(folder)
    assert found.about == About("a test")
    assert found.interviews["i1"] == Interview("i1", "p1", "shop", "de")
    assert found.answers == {
        "a1": Answer("a1", "i1", 1, 4.0, "strengths"),
        "a2": Answer("a2", "i1", 2, 3.5),
    }
    assert found.person_of("a2") == "p1"
    assert found.ratings[1] == Rating("a1", "t1", 2, 5, start_s=1.0, end_s=2.5)
    assert [rating.kind for rating in found.ratings] == ["teacher", "teacher", "teacher", "self"]
    own = found.moments("a1")
    assert np.array_equal(own.t_s, moments().t_s)
    assert np.allclose(own.features, moments().features, equal_nan=True, atol=1e-6)


def change(file: str, column: str, row: int, value: object) -> Callable[[Path], None]:
    """Write one value of a table anew, without its checks."""

    def do(folder: Path) -> None:
        table = pq.read_table(folder / file)
        values = table.column(column).to_pylist()
        values[row] = value
        place = table.schema.get_field_index(column)
        pq.write_table(table.set_column(place, column, pa.array(values)), folder / file)

    return do


def drop(file: str, column: str) -> Callable[[Path], None]:
    return lambda folder: pq.write_table(pq.read_table(folder / file).drop([column]), folder / file)


def add(file: str, column: str) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        table = pq.read_table(folder / file)
        pq.write_table(table.append_column(column, pa.array(["x"] * len(table))), folder / file)

    return do


def empty(file: str) -> Callable[[Path], None]:
    return lambda folder: pq.write_table(pq.read_table(folder / file).slice(0, 0), folder / file)


def about(**changes: object) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        text = json.loads((folder / ABOUT).read_text())
        (folder / ABOUT).write_text(json.dumps({**text, **changes}))

    return do


def text(file: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_bytes(content)


def gone(file: str) -> Callable[[Path], object]:
    return lambda folder: (folder / file).unlink()


WRONG: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no about": (gone(ABOUT), "dataset.json: is missing"),
    "about is no object": (text(ABOUT, b"[1, 2]"), "dataset.json"),
    "about nested deep": (text(ABOUT, b"[" * 60_000), "dataset.json"),
    "about too large": (text(ABOUT, b" " * 70_000), "dataset.json: is larger than 65536 bytes"),
    "another format": (about(format=2), "dataset.json: has the format 2; this version reads 1"),
    "another catalogue": (about(catalogue_version=99), "features of the catalogue 99"),
    "unknown word": (about(names="Sam"), "dataset.json: .*names"),
    "simulated is a word": (about(simulated="yes"), "simulated true or false"),
    "no table": (gone(RATINGS), "ratings.parquet: is missing"),
    "no parquet": (text(RATINGS, b"answer,rater\n"), "ratings.parquet: is no parquet file"),
    "no rows": (empty(RATINGS), "ratings.parquet: has no rows"),
    "no interviews": (empty(INTERVIEWS), "interviews.parquet: has no rows"),
    "column missing": (
        drop(RATINGS, "levels"),
        "ratings.parquet, column levels: is missing; expected answer, rater",
    ),
    "column too many": (add(INTERVIEWS, "email"), "interviews.parquet, column email: is not expected"),
    "wrong type": (
        lambda folder: pq.write_table(
            pq.read_table(folder / ANSWERS).set_column(2, "position", pa.array(["1", "2"])), folder / ANSWERS
        ),
        "answers.parquet, column position: has the type string; expected a whole number",
    ),
    "a name": (
        change(INTERVIEWS, "person", 0, "Sam Smith"),
        "interviews.parquet, row 1, column person: 'Sam Smith'",
    ),
    "an address": (change(RATINGS, "rater", 0, "a@b.example"), "ratings.parquet, row 1, column rater"),
    "a path": (change(ANSWERS, "answer", 0, "../../a1"), "answers.parquet, row 1, column answer"),
    "empty value": (
        change(ANSWERS, "interview", 1, None),
        "answers.parquet, row 2, column interview: is empty",
    ),
    "NaN length": (
        change(ANSWERS, "seconds", 1, float("nan")),
        "answers.parquet, row 2, column seconds: is empty",
    ),
    "no length": (change(ANSWERS, "seconds", 1, 0.0), "row 2, column seconds: 0.0; expected more than 0"),
    "position 0": (change(ANSWERS, "position", 1, 0), "row 2, column position: 0; positions count from 1"),
    "position twice": (change(ANSWERS, "position", 1, 1), "row 2, column position: .* is there twice"),
    "answer twice": (change(ANSWERS, "answer", 1, "a1"), "row 2, column answer: 'a1' is there twice"),
    "unknown interview": (
        change(ANSWERS, "interview", 1, "i9"),
        "row 2, column interview: 'i9' is not in interviews",
    ),
    "unknown answer": (
        change(RATINGS, "answer", 2, "a9"),
        "ratings.parquet, row 3, column answer: 'a9' is not in",
    ),
    "rated twice": (change(RATINGS, "answer", 2, "a1"), "row 3, column rater: has rated the same"),
    "level too high": (
        change(RATINGS, "engagement", 2, 3),
        "row 3, column engagement: 3; expected a level from 1 to 2",
    ),
    "level 0": (
        change(RATINGS, "engagement", 0, 0),
        "row 1, column engagement: 0; expected a level from 1 to 5",
    ),
    "one level": (change(RATINGS, "levels", 2, 1), "row 3, column levels: 1; expected 2 to 10"),
    "unknown kind": (
        change(RATINGS, "kind", 0, "friend"),
        "row 1, column kind: 'friend'; expected one of teacher",
    ),
    "another's own rating": (
        change(RATINGS, "rater", 3, "t1"),
        "row 4, column rater: a rating of kind self is by",
    ),
    "one's own as a teacher": (
        change(RATINGS, "rater", 0, "p1"),
        "row 1, column rater: a rating of kind teacher",
    ),
    "half a stretch": (
        change(RATINGS, "end_s", 1, None),
        "row 2, column end_s: start_s and end_s are both given",
    ),
    "beyond the answer": (change(RATINGS, "end_s", 1, 9.0), "row 2, column start_s: the stretch 1.0 to 9.0"),
    "backwards": (change(RATINGS, "end_s", 1, 0.5), "row 2, column start_s"),
    "endless": (
        change(RATINGS, "end_s", 1, float("inf")),
        "row 2, column end_s: inf; expected a finite number",
    ),
    "a novel": (change(ANSWERS, "question", 0, "x" * 201), "row 1, column question: is longer than 200"),
    "no features": (gone("features/a2.npz"), "features/a2.npz: is missing"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_folder_that_is_not_in_the_format_is_refused_by_its_place(folder: Path, case: str) -> None:
    damage, said = WRONG[case]
    damage(folder)
    with pytest.raises(InterchangeError, match=said):
        read(folder)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InterchangeError, match="is not a folder"):
        read(tmp_path / "nothing")


def arrays(**changes: object) -> dict[str, Any]:
    own = moments()
    return {"t_s": own.t_s, "features": own.features, "names": np.array(FEATURES)} | changes


def infinite() -> np.ndarray:
    features = moments().features.copy()
    features[2, 5] = np.inf
    return features


WRONG_FEATURES: dict[str, tuple[dict[str, Any], str]] = {
    "other order": (
        arrays(names=np.array(FEATURES[::-1])),
        "column names: expected the features in this order: VAL_F",
    ),
    "other number": (arrays(features=np.zeros((4, 17))), r"column features: has the shape \(4, 17\)"),
    "other length": (arrays(features=np.zeros((3, 18))), r"column features: has the shape \(3, 18\)"),
    "infinite": (
        arrays(features=infinite()),
        "row 3, column features: DIST_LW is infinite; an absent value is NaN",
    ),
    "text": (arrays(features=np.full((4, 18), "1")), "column features: holds text"),
    "times go back": (arrays(t_s=np.array([0.0, 2.0, 1.0, 3.0])), "column t_s: expected rising times"),
    "NaN time": (arrays(t_s=np.array([0.0, 1.0, np.nan, 3.0])), "column t_s: expected rising times"),
    "no time": (arrays(t_s=np.zeros(0), features=np.zeros((0, 18))), "column t_s: expected 1 to 7200"),
    "after the end": (
        arrays(t_s=np.array([0.0, 1.0, 2.0, 9.0])),
        "column t_s: ends at 9.0 s, the answer at 4.0 s",
    ),
    "more": (arrays(more=np.zeros(3)), "there is more: .*more.npy"),
    "complex numbers": (arrays(t_s=np.arange(4) * 1j), "column t_s: is no array of numbers"),
    "pickled": (arrays(features=np.full((4, 18), None)), "column features: is no array of numbers"),
}


@pytest.mark.parametrize("case", WRONG_FEATURES)
def test_features_that_are_not_in_the_format_are_refused(folder: Path, case: str) -> None:
    content, said = WRONG_FEATURES[case]
    np.savez(folder / "features" / "a1.npz", **content)
    with pytest.raises(InterchangeError, match=f"features/a1.npz, {said}|features/a1.npz.*{said}"):
        read(folder).moments("a1")


class Fired:
    """Would leave a file behind if it were unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_nothing_is_ever_unpickled(folder: Path, tmp_path: Path) -> None:
    trap = np.empty((4, 18), dtype=object)
    trap[:] = Fired(tmp_path / "fired")
    np.savez(folder / "features" / "a1.npz", **arrays(features=trap))
    with pytest.raises(InterchangeError):
        read(folder).moments("a1")
    assert not (tmp_path / "fired").exists()


def packed(member: bytes) -> bytes:
    """An npz whose features are these bytes."""
    out = io.BytesIO()
    np.savez(out, **arrays())
    whole = io.BytesIO()
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(info.filename, member if info.filename == "features.npy" else source.read(info))
    return whole.getvalue()


def header(shape: tuple[int, ...]) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return out.getvalue()


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (bytes(64 << 20), "is larger than"),
        (header((10**9, 18)), "is no array.*: its header promises"),
        (header((2**62, 2**62)), "is no array.*: its header promises"),
        (b"\x93NUMPY\x09\x00", "is no array"),
        (b"", "is no array"),
    ],
    ids=["bomb", "promises 144 GB", "promises more than there is", "version 9", "nothing"],
)
def test_what_would_fill_the_memory_is_refused_before_it_is_unpacked(
    folder: Path, member: bytes, said: str
) -> None:
    (folder / "features" / "a1.npz").write_bytes(packed(member))
    with pytest.raises(InterchangeError, match=f"features/a1.npz, column features: {said}"):
        read(folder).moments("a1")


@given(at=st.integers(0, 2000), value=st.integers(0, 255))
@settings(max_examples=150)
def test_a_damaged_file_of_features_is_read_right_or_refused(
    at: int, value: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "a1.npz"
    npz.write(path, moments(), 4.0)
    content = bytearray(path.read_bytes())
    content[at % len(content)] = value
    path.write_bytes(bytes(content))
    try:
        found = npz.read(path, 4.0)
    except InterchangeError:
        return
    assert found.features.shape == (len(found.t_s), len(FEATURES))
    assert np.array_equal(found.features, moments().features.astype(np.float32), equal_nan=True)


class TestWriting:
    def test_only_into_a_new_folder(self, folder: Path) -> None:
        with pytest.raises(InterchangeError, match="is not empty"), Writer(folder, About("again")):
            pass

    def test_what_would_be_refused_is_not_written(self, tmp_path: Path) -> None:
        with Writer(tmp_path / "set", About("x")) as out:
            out.interview(Interview("i1", "p1"))
            with pytest.raises(InterchangeError, match="row 2, column person"):
                out.interview(Interview("i2", "Sam Smith"))

    def test_an_export_that_broke_off_is_not_taken_for_whole(self, tmp_path: Path) -> None:
        def break_off() -> None:
            with Writer(tmp_path / "set", About("x")) as out:
                out.interview(Interview("i1", "p1"))
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            break_off()
        with pytest.raises(InterchangeError, match=r"dataset\.json: is missing"):
            read(tmp_path / "set")


class TestSimulated:
    def test_it_says_that_it_is(self, tmp_path: Path) -> None:
        simulate(tmp_path / "set", Plan(answers=12, raters=3))
        found = read(tmp_path / "set")
        assert found.about.simulated
        assert (len(found.answers), len(found.ratings), len(found.interviews)) == (12, 36, 3)
        assert {rating.levels for rating in found.ratings} == {5}

    def test_the_same_seed_gives_the_same_folder(self, tmp_path: Path) -> None:
        for name, seed in (("one", 1), ("same", 1), ("other", 2)):
            simulate(tmp_path / name, Plan(answers=6, raters=2, seed=seed, levels=2))
        one, same, other = (read(tmp_path / name) for name in ("one", "same", "other"))
        assert one.ratings == same.ratings != other.ratings
        assert np.array_equal(
            one.moments("a000005").features, same.moments("a000005").features, equal_nan=True
        )


@pytest.fixture
def documented() -> str:
    return DOCS.read_text(encoding="utf-8")


def test_the_documentation_names_every_column_and_no_other(documented: str) -> None:
    for file, columns in COLUMNS.items():
        section = documented.split(f"### `{file}`")[1].split("\n##", maxsplit=1)[0]
        named = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        assert named == [column.name for column in columns]


def test_the_documented_example_writes_a_folder_that_is_read(
    documented: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = re.search(r"```python\n(.*?)```", documented, re.DOTALL)
    assert example is not None
    monkeypatch.chdir(tmp_path)
    exec(compile(example[1], str(DOCS), "exec"), {})  # noqa: S102
    found = read(tmp_path / "my-interviews")
    assert [rating.engagement for rating in found.ratings] == [4, 3, 5]
    assert not found.about.simulated
    assert np.isnan(found.moments("a1").features).any()
    shutil.rmtree(tmp_path / "my-interviews")
