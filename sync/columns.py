"""A batch of log entries as columns: values of one kind lie together, so that deflate finds them alike.

    [[after_seq, after_epoch], epochs, at, shapes, rows, subjects, columns]

epochs    [epoch, count, epoch, count, …]        runs
at        [first, difference, difference, …]     unix milliseconds
shapes    [[event, path, path, …], …]            a path is a key, or [key, key, …] into nested objects
rows      [shape, shape, …]                      one index an entry
subjects  one column
columns   for every shape, for every path, one column over the entries of that shape

A column is a plain list; {"c": value} when all are the same; {"d": [first, difference, …]} for whole
numbers; {"s": [text or index, …]} for texts, where an index names an earlier text by how many other
texts were met since. What can be said in few bytes can be made to unfold into many, so everything
unfolded is counted. Pure. Drawn and reasoned in sync/PROTOCOL.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sync.log import BATCH_ENTRIES_MAX, Batch, Entry, Mark

UNFOLDED_BYTES_MAX = 4 * 1024 * 1024
NUMBER_MAX = 2**63 - 1
_NESTED_MAX = 4  # objects within objects that become paths; deeper ones stay whole
_DEPTH_MAX = 16
_Path = tuple[str, ...]


class Misshapen(Exception):
    """The text is JSON but no batch."""


def fold(batch: Batch) -> list[Any]:
    """The batch as columns, ready for JSON."""
    texts = _Texts()
    shapes: dict[tuple[str, tuple[_Path, ...]], int] = {}
    members: list[list[list[Any]]] = []
    rows: list[int] = []
    for entry in batch.entries:
        leaves = sorted(_leaves(entry.body, ()))
        paths = tuple(path for path, _ in leaves)
        shape = shapes.setdefault((entry.event, paths), len(shapes))
        if shape == len(members):
            members.append([[] for _ in paths])
        for column, (_, value) in zip(members[shape], leaves, strict=True):
            column.append(value)
        rows.append(shape)
    subjects = _fold_column([entry.subject for entry in batch.entries], texts)
    columns = [[_fold_column(column, texts) for column in of_shape] for of_shape in members]
    named = [
        [event, *(path[0] if len(path) == 1 else list(path) for path in paths)] for event, paths in shapes
    ]
    return [
        [batch.after.seq, batch.after.epoch],
        _runs([entry.epoch for entry in batch.entries]),
        _differences([entry.at_ms for entry in batch.entries]),
        named,
        rows,
        subjects,
        columns,
    ]


def unfold(folded: Any) -> Batch:
    """The batch that ``fold`` was given. Raises Misshapen for anything else."""
    try:
        after, epochs, at, shapes, rows, subjects, columns = _items(folded)
        mark = Mark(*(_number(value) for value in _items(after)))
        count = len(_items(rows))
        if count > BATCH_ENTRIES_MAX:
            raise Misshapen("too many entries")
        texts = _Texts()
        subject = iter(_unfold_column(subjects, count, texts))
        bodies = _bodies(_items(shapes), rows, _items(columns), texts)
        whens = iter([_number(value) for value in _sums(_items(at))])
        written = iter(_unrun(_items(epochs), count))
        entries = tuple(
            Entry(mark.seq + number, next(written), next(whens), event, _text(next(subject)), body)
            for number, (event, body) in enumerate(bodies, start=1)
        )
        if mark.seq + count > NUMBER_MAX or next(whens, None) is not None:
            raise Misshapen("the columns are not of one length")
    except (ValueError, TypeError, IndexError, RuntimeError) as error:  # RuntimeError: a column ended early
        raise Misshapen(str(error)) from error
    return Batch(mark, entries)


def _bodies(
    shapes: list[Any], rows: list[Any], columns: list[Any], texts: _Texts
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Event and body of each entry, in order."""
    used = [0] * len(shapes)
    for row in rows:
        used[_number(row)] += 1
    readers = []
    for (event, *paths), of_shape, count in zip(map(_items, shapes), columns, used, strict=True):
        names = [_path(path) for path in paths]
        values = [iter(_unfold_column(column, count, texts)) for column in _items(of_shape)]
        readers.append((_text(event), list(zip(names, values, strict=True))))
    for row in rows:
        event, of_shape = readers[row]
        body: dict[str, Any] = {}
        for path, values in of_shape:
            _put(body, path, next(values))
        yield event, body


def _leaves(body: Mapping[str, Any], path: _Path) -> Iterator[tuple[_Path, Any]]:
    """Every value with the path that leads to it; an empty object is a value."""
    for key, value in body.items():
        here = (*path, key)
        if isinstance(value, dict) and value and len(here) < _NESTED_MAX:
            yield from _leaves(value, here)
        else:
            yield here, value


def _put(body: dict[str, Any], path: _Path, value: Any) -> None:
    for key in path[:-1]:
        body = body.setdefault(key, {})
        if not isinstance(body, dict):
            raise Misshapen("a path leads through a value")
    if path[-1] in body:
        raise Misshapen("a path is met twice")
    body[path[-1]] = value


class _Texts:
    """The texts met so far, the latest first, and how many bytes were unfolded."""

    def __init__(self) -> None:
        self._met: list[str] = []
        self._unfolded = 0

    def refer(self, text: str) -> str | int:
        if text in self._met:
            index = self._met.index(text)
            self._met.insert(0, self._met.pop(index))
            return index
        self._met.insert(0, text)
        return text

    def resolve(self, value: Any) -> str:
        text = _text(value) if isinstance(value, str) else self._met.pop(_number(value))
        self._met.insert(0, text)
        return text

    def count(self, value: Any, depth: int = 0) -> None:
        if depth > _DEPTH_MAX:
            raise Misshapen("nested too deep")
        self._unfolded += 8 + (len(value) if isinstance(value, str) else 0)
        if self._unfolded > UNFOLDED_BYTES_MAX:
            raise Misshapen("unfolds into too much")
        if isinstance(value, dict):
            for key, inner in value.items():
                self.count(key, depth + 1)
                self.count(inner, depth + 1)
        elif isinstance(value, list):
            for inner in value:
                self.count(inner, depth + 1)


def _fold_column(values: list[Any], texts: _Texts) -> Any:
    kinds = {type(value) for value in values}
    if len(values) > 1 and len(kinds) == 1 and kinds <= {str, int, bool, type(None)}:
        if all(value == values[0] for value in values):
            return {"c": values[0]}
        if kinds == {int}:
            return {"d": _differences(values)}
        if kinds == {str}:
            return {"s": [texts.refer(value) for value in values]}
    return values


def _unfold_column(column: Any, count: int, texts: _Texts) -> list[Any]:
    if isinstance(column, list):
        values = column
    else:
        way, folded = next(iter(column.items())) if isinstance(column, dict) and column else ("", None)
        if way == "c":
            values = [folded] * count
        elif way == "d":
            values = _sums(_items(folded))
        elif way == "s":
            values = [texts.resolve(value) for value in _items(folded)]
        else:
            raise Misshapen("an unknown kind of column")
    if len(values) != count:
        raise Misshapen("the columns are not of one length")
    for value in values:
        texts.count(value)
    return values


def _runs(values: Sequence[int]) -> list[int]:
    runs: list[int] = []
    for value in values:
        if runs and runs[-2] == value:
            runs[-1] += 1
        else:
            runs += [value, 1]
    return runs


def _unrun(runs: list[Any], count: int) -> list[int]:
    values: list[int] = []
    for value, times in zip(runs[::2], runs[1::2], strict=True):
        if not 1 <= _number(times) <= count - len(values):
            raise Misshapen("the runs are not of the batch's length")
        values += [_number(value)] * times
    if len(values) != count:
        raise Misshapen("the runs are not of the batch's length")
    return values


def _differences(values: Sequence[int]) -> list[int]:
    return [*values[:1], *(here - before for before, here in pairwise(values))]


def _sums(differences: list[Any]) -> list[int]:
    values: list[int] = []
    total = 0
    for difference in differences:
        if type(difference) is not int:
            raise Misshapen("not a whole number")
        total += difference
        if abs(total) > NUMBER_MAX:
            raise Misshapen("a number out of range")
        values.append(total)
    return values


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Misshapen("not a list")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= NUMBER_MAX:
        raise Misshapen("not a number in range")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Misshapen("not a text")
    return value


def _path(value: Any) -> _Path:
    path = (value,) if isinstance(value, str) else tuple(_text(key) for key in _items(value))
    if not 1 <= len(path) <= _NESTED_MAX:
        raise Misshapen("a path of no length")
    return path
