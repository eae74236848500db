"""Serving: context → history → candidates → live filter → variety → reasons.

Law: reads only, no write and no task; at most three queries for a block; nothing
raises into the shop's page. Enters: artifacts, attribution, registry, catalog, models.
Never: capture, training, SciPy, scikit-learn, PyArrow.

The package is also the verb: ``from shop_personalize import recommend`` gives the
function until this package is imported and the package from then on, so that the
package can be called like the function.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shop_personalize.recommend.results import Recommendations


class _Verb(ModuleType):
    def __call__(self, *args: Any, **wish: Any) -> Recommendations:
        from shop_personalize.recommend.service import recommend

        return recommend(*args, **wish)


sys.modules[__name__].__class__ = _Verb
