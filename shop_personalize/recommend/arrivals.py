"""Products that came after the models were trained: the catalog is asked live.

Only ids are kept, for half a minute, and only a page with a query to spare asks anew:
at its first block, when there is no history to read. So a block never takes more than
three queries and a further one never more than one, and a product put on sale now is on
a page a moment later. Where every visitor is known, it is after the next update.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from shop_personalize.catalog import get_catalog

if TYPE_CHECKING:
    from shop_personalize.recommend.scope import Scope

NEWEST = 20
KEPT_SECONDS = 30.0


class Arrivals:
    """The newest ids of each site, in this process."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[float, tuple[str, ...]]] = {}

    def forget(self) -> None:
        self._held.clear()

    def ids(self, scope: Scope) -> tuple[str, ...]:
        """The latest products first, showable when they were last asked for."""
        read_at, held = self._held.get(scope.site, (float("-inf"), ()))
        if time.monotonic() - read_at < KEPT_SECONDS or not _may_ask(scope):
            return held
        found = get_catalog().newest(NEWEST, scope.request)
        if not scope.needed:
            scope.products.update(found)
        self._held[scope.site] = (time.monotonic(), tuple(found))
        return self._held[scope.site][1]


def _may_ask(scope: Scope) -> bool:
    return not scope.histories and not scope.used_blocks


arrivals = Arrivals()
