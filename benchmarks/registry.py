"""Benchmarks by name: a module with ``run(console) -> dict`` each."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

MODULES = {
    "demo": "benchmarks.demo",
    "gowalla": "benchmarks.gowalla",
    "neighbors": "benchmarks.neighbors",
    "scale": "benchmarks.scale",
    "diginetica": "benchmarks.diginetica",
    "serving": "benchmarks.serving",
    "insight": "benchmarks.insight",
    "intake": "benchmarks.intake",
    "online": "benchmarks.online",
    "movielens": "benchmarks.movielens",
    "tafeng": "benchmarks.tafeng",
    "articles": "benchmarks.articles",
    "lastfm": "benchmarks.lastfm",
    "beauty": "benchmarks.beauty",
    "lastfm-sequences": "benchmarks.lastfm_sequences",
    "uplift": "benchmarks.uplift",
    "experiments": "benchmarks.experiments",
    "m3": "benchmarks.m3",
    "panel": "benchmarks.panel",
    "carparts": "benchmarks.carparts",
    "rossmann": "benchmarks.rossmann",
    "weekly": "benchmarks.weekly",
    "inventory": "benchmarks.inventory",
    "stock": "benchmarks.stock",
    "price": "benchmarks.price",
}


def available() -> list[str]:
    return [name for name, module in MODULES.items() if find_spec(module)]


def load(name: str) -> ModuleType:
    return import_module(MODULES[name])
