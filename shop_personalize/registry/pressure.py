"""How stock presses on what is shown; a slice that knows about deliveries tells."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

logger = logging.getLogger("shop_personalize")
KEPT_SECONDS = 60.0
NOTHING: Mapping[str, float] = {}


class Pressure:
    """By item id, -1 (sold out before the next delivery) to 1 (far too much of it).

    Asked again after a minute at the soonest: a page costs no query for it.
    """

    def __init__(self) -> None:
        self._ask: Callable[[], Mapping[str, float]] | None = None
        self._told: Mapping[str, float] = NOTHING
        self._until = 0.0

    def offer(self, ask: Callable[[], Mapping[str, float]]) -> None:
        """Have ``ask`` tell; a later one replaces it."""
        self._ask = ask
        self.forget()

    def forget(self) -> None:
        """Ask anew the next time."""
        self._until = 0.0

    @property
    def is_offered(self) -> bool:
        return self._ask is not None

    def told(self) -> Mapping[str, float]:
        """What presses now; nothing where nobody tells or telling fails."""
        now = time.monotonic()
        if self._ask is not None and now >= self._until:
            self._until = now + KEPT_SECONDS
            try:
                self._told = self._ask()
            except Exception:
                logger.exception("how stock presses could not be read")
                self._told = NOTHING
        return self._told if self._ask is not None else NOTHING


pressure = Pressure()
