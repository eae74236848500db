"""What a trial must remember of an arm: sums over its visitors, nothing of any one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike

ROUNDING = 1e-12
"""Share of a sum of squares that rounding may leave where nobody differs."""


@dataclass(frozen=True)
class Moments:
    """Sums over the visitors of an arm; two arms of them are all ``compare`` needs.

    ``units`` counts the visitors. ``value`` sums their metric (revenue, orders, 0/1),
    ``per`` its denominator where the metric is a ratio (visits), ``before`` the same
    metric before the trial began; ``value_value`` sums squares, ``value_per`` products
    and so on. Sums of disjoint visitors add up. Every field is a number, or an array
    (k,) in all fields alike: k arms, days or simulated runs at once.
    """

    units: float = 0.0
    value: float = 0.0
    value_value: float = 0.0
    per: float = 0.0
    per_per: float = 0.0
    value_per: float = 0.0
    before: float = 0.0
    before_before: float = 0.0
    value_before: float = 0.0

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        per: ArrayLike | None = None,
        before: ArrayLike | None = None,
    ) -> Moments:
        """Sum up visitors: ``values`` (n,), ``per`` and ``before`` (n,) or absent.

        Raises ``ValueError`` where the lengths differ or a value is not finite.
        """
        value = _column("values", values, None)
        each = _column("per", per, len(value))
        past = _column("before", before, len(value))
        return cls(
            units=float(len(value)),
            value=float(value.sum()),
            value_value=float(value @ value),
            per=float(each.sum()),
            per_per=float(each @ each),
            value_per=float(value @ each),
            before=float(past.sum()),
            before_before=float(past @ past),
            value_before=float(value @ past),
        )

    @classmethod
    def stacked(cls, many: Iterable[Moments]) -> Moments:
        """Put k sums into one whose fields are arrays (k,)."""
        rows = [[getattr(each, name) for name in COLUMNS] for each in many]
        table = np.array(rows, np.float64).reshape(-1, len(COLUMNS))
        return cls(*table.T)

    def __add__(self, other: Moments) -> Moments:
        """Add the sums of other visitors."""
        return Moments(
            *(getattr(self, name) + getattr(other, name) for name in COLUMNS)
        )

    @property
    def mean(self) -> float:
        """Mean of the metric over visitors; NaN without visitors."""
        return _number(over(self.value, self.units))

    @property
    def mean_per(self) -> float:
        """Mean of the denominator over visitors; NaN without visitors."""
        return _number(over(self.per, self.units))

    @property
    def mean_before(self) -> float:
        """Mean of the metric before the trial; NaN without visitors."""
        return _number(over(self.before, self.units))

    @property
    def ratio(self) -> float:
        """Sum of the metric by sum of its denominator; NaN where that is 0."""
        return _number(over(self.value, self.per))

    @property
    def variance(self) -> float:
        """Unbiased variance of the metric between visitors; NaN below two visitors."""
        return self._spread(self.value_value, self.value)

    @property
    def variance_per(self) -> float:
        """Unbiased variance of the denominator."""
        return self._spread(self.per_per, self.per)

    @property
    def variance_before(self) -> float:
        """Unbiased variance of the metric before the trial."""
        return self._spread(self.before_before, self.before)

    @property
    def covariance_per(self) -> float:
        """Unbiased covariance of metric and denominator."""
        return self._shared(self.value_per, self.per)

    @property
    def covariance_before(self) -> float:
        """Unbiased covariance of the metric with itself before the trial."""
        return self._shared(self.value_before, self.before)

    def _spread(self, squares: Any, total: Any) -> float:
        """Variance; 0 where all that is left of the squares is rounding."""
        left = squares - over(np.square(total), self.units)
        left = np.where(left <= ROUNDING * squares, 0.0, left)
        return _number(over(left, np.subtract(self.units, 1)))

    def _shared(self, products: Any, other: Any) -> float:
        """Covariance of the metric with another column."""
        left = products - over(self.value * other, self.units)
        return _number(over(left, np.subtract(self.units, 1)))


COLUMNS = tuple(each.name for each in fields(Moments))
"""Names of the sums, in the order of ``Moments``."""


def over(above: Any, below: Any) -> Any:
    """Divide, NaN where ``below`` is not positive; numbers or arrays (k,)."""
    return np.divide(above, np.where(np.greater(below, 0), below, np.nan))


def _number(value: Any) -> float:
    """Give arrays (k,) as they are, single numbers as Python has them."""
    return cast("float", value if np.ndim(value) else float(value))


def _column(name: str, values: ArrayLike | None, length: int | None) -> Any:
    column = np.zeros(length or 0) if values is None else np.asarray(values, np.float64)
    if column.ndim != 1:
        raise ValueError(f"{name}: one number a visitor, not {column.ndim} dimensions")
    if length is not None and len(column) != length:
        raise ValueError(f"{name}: {len(column)} numbers for {length} visitors")
    if not np.isfinite(column).all():
        raise ValueError(f"{name}: every number must be finite")
    return column
