"""A series shown as trend, season, events and the rest, each in units sold.

For people who look: the parts are found robustly and sum to the series exactly. A
forecast is split the same way, its trend being what season and events leave of it.
Reference: Cleveland et al. (1990), "STL", for the order of the steps; here medians.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

Vector = NDArray[np.float64]
LEAST_WINDOW = 5
DRAWN = 2.0
"""An event seen so many times counts half of what it seems to."""
SEASON_DRAWN = 1.0


@dataclass(frozen=True, eq=False)
class Parts:
    """Each float64 (n, T), NaN before a series began; ``events`` by name.

    ``profile`` (n, season) and ``effects`` (n, events) are what comes again.
    """

    trend: FloatMatrix
    season: FloatMatrix
    events: dict[str, FloatMatrix]
    rest: FloatMatrix
    profile: FloatMatrix
    effects: FloatMatrix


def split(panel: Panel, events: dict[str, FloatMatrix] | None = None) -> Parts:
    """Split n series; ``events`` by name, each (T + H,) or (n, T + H), 0 where none.

    Fewer than two seasons of a series show no season of their own. Raises PanelError
    for gaps and for an event whose shape does not fit.
    """
    if panel.gaps.any():
        raise PanelError("fill the gaps first: filled(panel, 'zero'), 'interpolate', …")
    named = {name: _event(panel, name, told) for name, told in (events or {}).items()}
    values = panel.values
    trend = _trend(values, panel.season)
    profile = _profile(panel, values - trend)
    season = _unfolded(panel, profile, panel.periods)
    effects = _effects(values - trend - season, list(named.values()))
    told = {
        name: effects[:, at, None] * each[:, : panel.periods]
        for at, (name, each) in enumerate(named.items())
    }
    unknown = np.isnan(values)
    told = {name: np.where(unknown, np.nan, each) for name, each in told.items()}
    season = np.where(unknown, np.nan, season)
    rest = values - trend - season - sum(told.values(), np.zeros_like(values))
    return Parts(trend, season, told, rest, profile, effects)


def ahead(
    panel: Panel,
    parts: Parts,
    forecast: FloatMatrix,
    events: dict[str, FloatMatrix] | None = None,
) -> Parts:
    """A forecast (n, h) split the same way; what no part explains is its trend.

    ``events`` are some of those the past was split by. Raises PanelError for others.
    """
    horizon = forecast.shape[1]
    season = _unfolded(panel, parts.profile, panel.periods + horizon)
    season = season[:, panel.periods :]
    told: dict[str, FloatMatrix] = {}
    place = {name: at for at, name in enumerate(parts.events)}
    for name, given in (events or {}).items():
        if name not in place:
            known = ", ".join(place) or "none"
            raise PanelError(f"no event {name!r}; the past was split by: {known}")
        each = _event(panel, name, given)[:, panel.periods : panel.periods + horizon]
        short = horizon - each.shape[1]
        each = np.pad(each, ((0, 0), (0, short)))
        told[name] = parts.effects[:, place[name], None] * each
    explained = season + sum(told.values(), np.zeros_like(forecast))
    rest = np.zeros_like(forecast)
    return Parts(forecast - explained, season, told, rest, parts.profile, parts.effects)


def _event(panel: Panel, name: str, given: FloatMatrix) -> FloatMatrix:
    told = np.asarray(given, np.float64)
    if told.ndim == 1:
        told = np.broadcast_to(told, (len(panel), len(told)))
    if len(told) != len(panel) or told.shape[1] < panel.periods:
        raise PanelError(
            f"event {name!r} is {told.shape}; it needs at least ({len(panel)}, "
            f"{panel.periods})"
        )
    return told


def _trend(values: FloatMatrix, season: int) -> FloatMatrix:
    """Median, then mean, of a season around each period; ends use what there is."""
    window = max(season, LEAST_WINDOW) | 1
    return _smoothed(_smoothed(values, window, np.nanmedian), window, np.nanmean)


def _smoothed(values: FloatMatrix, window: int, how: object) -> FloatMatrix:
    half = window // 2
    padded = np.pad(values, ((0, 0), (half, half)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, window, axis=1)
    known = ~np.isnan(values)
    found = np.full(values.shape, np.nan)
    found[known] = how(windows[known], axis=1)  # type: ignore[operator]
    return found


def _positions(panel: Panel, periods: int) -> NDArray[np.int64]:
    """The season position of each period, counted from the last known one."""
    return (np.arange(periods) - panel.periods) % panel.season


def _profile(panel: Panel, left: FloatMatrix) -> FloatMatrix:
    """Median of each season position, drawn to 0 by how seldom it was seen."""
    found = np.zeros((len(panel), panel.season))
    lengths = panel.periods - panel.starts
    enough = (lengths >= 2 * panel.season) & (panel.season > 1)
    if not enough.any():
        return found
    positions = _positions(panel, panel.periods)
    for position in range(panel.season):
        cells = left[:, positions == position]
        count = (~np.isnan(cells)).sum(axis=1)
        seen = enough & (count > 0)
        own = np.nanmedian(cells[seen], axis=1)
        found[seen, position] = own * count[seen] / (count[seen] + SEASON_DRAWN)
    found[enough] -= found[enough].mean(axis=1, keepdims=True)
    return found


def _unfolded(panel: Panel, profile: FloatMatrix, periods: int) -> FloatMatrix:
    found: FloatMatrix = profile[:, _positions(panel, periods)]
    return found


def _effects(left: FloatMatrix, events: list[FloatMatrix]) -> FloatMatrix:
    """Ridge regression of what is left on the events, series by series: (n, events)."""
    if not events:
        return np.zeros((len(left), 0))
    design = np.stack([each[:, : left.shape[1]] for each in events], axis=2)
    known = ~np.isnan(left)
    design = np.where(known[:, :, None], design, 0.0)
    target = np.where(known, left, 0.0)
    gram = np.einsum("ntk,ntl->nkl", design, design) + DRAWN * np.eye(len(events))
    found: FloatMatrix = np.linalg.solve(
        gram, np.einsum("ntk,nt->nk", design, target)[:, :, None]
    )[:, :, 0]
    return found
