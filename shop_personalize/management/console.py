"""How commands speak: progress on a terminal, plain lines elsewhere, or JSON alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO, TypeVar

T = TypeVar("T")
BAR_WIDTH = 28
REDRAW_SECONDS = 0.1


class Console:
    """Writes for people; with ``as_json`` only the result, as JSON, on stdout."""

    def __init__(
        self, stdout: Any, stderr: Any = None, *, as_json: bool = False
    ) -> None:
        self.stdout = stdout
        self.stderr: TextIO = stderr or sys.stderr
        self.as_json = as_json
        self._drawn = 0.0
        self._bar = False

    @property
    def is_terminal(self) -> bool:
        return (
            bool(getattr(self.stderr, "isatty", lambda: False)()) and not self.as_json
        )

    def line(self, text: str = "") -> None:
        self._clear()
        if not self.as_json:
            self.stdout.write(text)

    def table(self, rows: Sequence[Sequence[Any]], header: Sequence[str] = ()) -> None:
        """Aligned columns; numbers to the right."""
        texts = [
            [str(cell) for cell in row]
            for row in ([header] if header else []) + list(rows)
        ]
        if not texts:
            return
        widths = [max(len(row[i]) for row in texts) for i in range(len(texts[0]))]
        for row in texts:
            cells = [
                cell.rjust(width) if _is_number(cell) else cell.ljust(width)
                for cell, width in zip(row, widths, strict=True)
            ]
            self.line("  ".join(cells).rstrip())

    def progress(self, done: float, label: str = "") -> None:
        """Draw a bar at ``done`` (0 to 1); plain runs print nothing but the stages."""
        if not self.is_terminal or time.monotonic() - self._drawn < REDRAW_SECONDS:
            return
        self._drawn = time.monotonic()
        filled = int(BAR_WIDTH * min(max(done, 0.0), 1.0))
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        self.stderr.write(f"\r\x1b[2K{bar} {done:4.0%} {label}")
        self.stderr.flush()
        self._bar = True

    def track(self, rows: Iterable[T], total: int, label: str = "") -> Iterator[T]:
        """Pass rows through, drawing the bar."""
        for at, row in enumerate(rows):
            if at % 512 == 0:
                self.progress(at / max(total, 1), label)
            yield row
        self._clear()

    def result(self, data: dict[str, Any], text: str = "") -> None:
        """The last word: ``data`` with ``--json``, else ``text``."""
        self._clear()
        if self.as_json:
            self.stdout.write(json.dumps(data, ensure_ascii=False, default=str))
        elif text:
            self.stdout.write(text)

    def _clear(self) -> None:
        if self._bar:
            self.stderr.write("\r\x1b[2K")
            self._bar = False


def _is_number(text: str) -> bool:
    return (
        text.replace(",", "").replace(".", "").replace("%", "").strip("+- ").isdigit()
    )
