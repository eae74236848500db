from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest


@pytest.fixture
def usual_limit() -> Iterator[None]:
    """Of a CSV field; whoever reads longer ones raises it for everybody."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)
