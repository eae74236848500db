"""Judging a recommender on its own past: hide the last weeks, ask, compare."""

from shop_personalize.ml.evaluation.cases import Cases, cases_for
from shop_personalize.ml.evaluation.measure import lists_for, measure, popularity
from shop_personalize.ml.evaluation.summary import summary, values_of

__all__ = [
    "Cases",
    "cases_for",
    "lists_for",
    "measure",
    "popularity",
    "summary",
    "values_of",
]
