"""Benchmarks in parts, each a module that is measured in a process of its own."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from benchmarks.protocol import DataMissingError, apart, data_dir

if TYPE_CHECKING:
    from shop_personalize.management.console import Console


def measured(
    package: str, names: Iterable[str], console: Console
) -> list[dict[str, Any]]:
    """A row a part: what its ``measure()`` found, or which data are absent.

    A part has a ``PROTOCOL`` and, if it reads data sets, their names in ``DATA``.
    """
    rows: list[dict[str, Any]] = []
    for name in names:
        module = import_module(f"{package}.{name}")
        try:
            for data in getattr(module, "DATA", ()):
                data_dir(data)
            rows.append({"protocol": module.PROTOCOL, **apart(name, module.measure)})
        except DataMissingError as missing:
            rows.append({"system": name, "absent": str(missing)})
        console.line(f"{name}: {rows[-1].get('metrics', rows[-1])}")
    return rows
