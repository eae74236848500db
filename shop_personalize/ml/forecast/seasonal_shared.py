"""The year that a shop's products share, where each alone is too short to show it.

Two years of weeks are one look at each week and one more: too little for one product,
enough for all together. The products' common course through the season is found first,
and kept as far as one season foretold the next; then how far each product follows it,
drawn to what is usual by what its own noise explains (empirical Bayes). At last it is
asked at earlier periods whether all this would have foretold anything: as far as it
did, it is believed.

References: Efron & Morris (1975), "Data analysis using Stein's estimator"; Dalhart
(1974), "Class seasonality: a new approach"; Boylan, Chen, Mohammadipour & Syntetos
(2014), "Formation of seasonal groups and application of seasonal indices".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.lengths import IntVector, known_lengths
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel
from shop_personalize.ml.forecast.seasonal import ahead, by_cycle, unfold
from shop_personalize.ml.forecast.smoothing import SES

Vector = NDArray[np.float64]

TOGETHER = 10
"""So few products share nothing that could be told from chance."""
OVERLAP = 0.25
"""Share of a season that must be known twice."""
CERTAIN = 2.5
"""Correlation of a season with the next, in standard errors, to be believed."""
HIGHEST = 4.0
"""A week counts as no more than so many times a product's level."""
LEAST = 0.1
"""No index is lower."""
ORIGINS = 3
"""A quarter of a season apart, at these it is asked what the season foretold."""
FINE = 12
"""A season of fewer periods is asked for as a whole."""
ROWS = 4096
"""Series worked on at once."""


def believed(panel: Panel) -> FloatMatrix:
    """``shared``, drawn to 1 as far as it would not have helped before: (n, season).

    How much of the difference between simple smoothing with the season and without came
    true, a quarter of a season ahead (a whole one of fewer than 12 periods): its mean
    over the origins at which a season was found, less its deviation, times k / (k + 1)
    for k of them. With fewer than two there is no saying, and every index is 1.
    """
    seasons = shared(panel)
    if (seasons == 1).all():
        return seasons
    span = panel.season // 4 if panel.season >= FINE else panel.season
    cuts = [panel.periods - span * each for each in range(1, ORIGINS + 1)]
    found = [_came_true(panel, cut, span) for cut in cuts if cut > panel.season]
    shares = np.array([each for each in found if each is not None])
    if len(shares) < 2:
        return np.ones_like(seasons)
    certain = float(shares.mean() - shares.std()) * len(shares) / (len(shares) + 1)
    return 1 + min(max(certain, 0.0), 1.0) * (seasons - 1)


def _came_true(panel: Panel, cut: int, span: int) -> float | None:
    """The share of what the season foretold that came; None if none was found."""
    known = np.flatnonzero(panel.starts < cut)
    past = panel.take(known).until(cut)
    seasons = shared(past)
    sold = np.nanmean(past.values, axis=1) > 0
    rows = np.flatnonzero((seasons != 1).any(axis=1) & sold)
    if not len(rows):
        return None
    past, seasons = past.take(rows), seasons[rows]
    level = np.nanmean(past.values, axis=1)[:, None]
    rid = replace(past, values=past.values / unfold(seasons, cut))
    plain = SES().fit(past).predict(span)
    foretold = (SES().fit(rid).predict(span) * ahead(seasons, span) - plain) / level
    truth = panel.values[known[rows], cut : cut + span]
    came = ((truth - plain) / level).clip(-HIGHEST, HIGHEST)
    return float((came * foretold).sum() / max((foretold * foretold).sum(), 1e-12))


def shared(panel: Panel, critical: float = CERTAIN) -> FloatMatrix:
    """Indices with a mean of 1 from the season the panel shares: float64 (n, season).

    The last index is that of the last period; every one is 1 where the panel shares no
    season or a series is shorter than a season and a quarter.
    """
    season = panel.season
    found = np.ones((len(panel), season))
    least = season + max(round(OVERLAP * season), 2)
    rows = np.flatnonzero(known_lengths(panel.values) >= least)
    if season < 2 or len(rows) < TOGETHER:
        return found
    course = _course(panel.values, rows, season, critical)
    if not course.any():
        return found
    raw = 1 + _followed(panel.values, rows, course)[:, None] * course
    raw = np.maximum(raw, LEAST)
    found[rows] = raw / raw.mean(axis=1, keepdims=True)
    return found


def _course(
    values: FloatMatrix, rows: IntVector, season: int, critical: float
) -> Vector:
    """The common course by season, around 0: float64 (season,); 0 if not repeated."""
    above = np.zeros(values.shape[1])
    below = np.zeros(values.shape[1])
    for part in _parts(rows):
        moves = _moves(values[part], season)
        known = ~np.isnan(moves)
        weights = known / np.maximum(np.nanvar(moves, axis=1), 0.05)[:, None]
        above += (weights * np.nan_to_num(moves)).sum(axis=0)
        below += weights.sum(axis=0)
    mean = np.where(below > 0, above / np.where(below > 0, below, 1), np.nan)
    cycles = _leveled(by_cycle(mean[None], season)[0])
    known = ~np.isnan(cycles)
    both = known[1:] & known[:-1]
    later, earlier = cycles[1:][both], cycles[:-1][both]
    size = float(np.sqrt((later @ later) * (earlier @ earlier)))
    alike = float(later @ earlier) / size if size > 0 else 0.0
    if alike * np.sqrt(both.sum()) < critical:
        return np.zeros(season)
    count = known.sum(axis=0)
    trust = count * alike / (1 + (count - 1) * alike)
    course = trust * np.nanmean(cycles, axis=0)
    found: Vector = course - course.mean()
    return found


def _leveled(cycles: FloatMatrix) -> FloatMatrix:
    """Cycles (c, season) around 0, the last first: of a year only the season is left.

    A first cycle known in part lies as high as the later ones did in that part.
    """
    found = cycles.copy()
    for row in range(len(cycles) - 1, -1, -1):
        known = ~np.isnan(cycles[row])
        if not known.any():
            continue
        found[row] -= cycles[row, known].mean()
        if not known.all() and row + 1 < len(cycles):
            found[row] += np.nanmean(found[row + 1 :, known])
    return found


def _followed(values: FloatMatrix, rows: IntVector, course: Vector) -> Vector:
    """How far each of the rows follows the course: float64 (len(rows),); 1 is fully."""
    slopes, errors = [], []
    for part in _parts(rows):
        moves = _moves(values[part], len(course))
        known = ~np.isnan(moves)
        along = unfold(course[None], moves.shape[1]) * known
        power = np.maximum((along * along).sum(axis=1), 1e-12)
        slope = (along * np.nan_to_num(moves)).sum(axis=1) / power
        rest = np.where(known, moves - slope[:, None] * along, 0.0)
        noise = (rest * rest).sum(axis=1) / np.maximum(known.sum(axis=1) - 2, 1)
        slopes.append(slope)
        errors.append(noise / power)
    slope, error = np.concatenate(slopes), np.concatenate(errors)
    error = np.maximum(error, 1e-12)
    usual = float((slope / error).sum() / (1 / error).sum())
    spread = float(np.mean((slope - usual) ** 2 - error))
    kept = max(spread, 0.0) / (max(spread, 0.0) + error)
    found: Vector = usual + kept * (slope - usual)
    return found


def _parts(rows: IntVector) -> Iterator[IntVector]:
    for start in range(0, len(rows), ROWS):
        yield rows[start : start + ROWS]


def _moves(values: FloatMatrix, season: int) -> FloatMatrix:
    """Each value by its series' line, less 1: float64 (n, T).

    The line rises by what lies between the same periods of two seasons: no season can
    bend it.
    """
    level = np.nanmean(values, axis=1, keepdims=True)
    yearly = values[:, season:] - values[:, :-season]
    slope = np.nanmean(yearly, axis=1, keepdims=True) / season
    steps = np.where(np.isnan(values), np.nan, np.arange(values.shape[1]))
    line = level + slope * (steps - np.nanmean(steps, axis=1, keepdims=True))
    line = np.maximum(line, 0.2 * level)
    ratio = np.where(level > 0, values / np.where(line > 0, line, 1.0), 1.0)
    found: FloatMatrix = np.where(np.isnan(values), np.nan, ratio).clip(0, HIGHEST) - 1
    return found
