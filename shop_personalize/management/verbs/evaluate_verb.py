from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from shop_personalize.registry import specs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from shop_personalize.management.console import Console
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.models import Recommender
    from shop_personalize.registry import RecommenderSpec

HELP = "Measure each recommender on its own past, beside popularity."
SHOWN = ("ndcg@10", "recall@10", "hit_rate@10", "coverage@10")
TUNE_SECONDS = 180.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", help="recommenders; none: all of them")
    parser.add_argument(
        "--days", type=float, default=28.0, help="how much of the past to hide (28)"
    )
    parser.add_argument(
        "--tune", action="store_true", help="first search parameters before that time"
    )
    parser.add_argument(
        "--budget", type=float, default=TUNE_SECONDS, help="seconds for each search"
    )


def run(options: dict[str, Any], console: Console) -> None:
    from shop_personalize.training import dataset, snapshot

    asked = _asked(options["names"])
    if options["days"] <= 0:
        raise CommandError(_("--days must be more than 0, such as --days 28"))
    snapshot.refresh(console.progress)
    data = dataset.load()
    if not len(data):
        raise CommandError(
            _("there are no interactions yet; bring in the orders first: %(command)s")
            % {"command": "manage.py personalize backfill"}
        )
    rows: list[dict[str, Any]] = []
    for at, spec in enumerate(asked):
        label = f"{spec.name} {at + 1}/{len(asked)}"
        rows += _evaluated(spec, data, options, console, label)
    _show(rows, options["days"], console)


def _asked(names: Sequence[str]) -> list[RecommenderSpec]:
    known = {name: spec for name, spec in specs().items() if spec.evaluated}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise CommandError(
            _("cannot evaluate %(names)s; there are: %(known)s")
            % {"names": ", ".join(unknown), "known": ", ".join(sorted(known))}
        )
    return [known[name] for name in names or known]


def _evaluated(
    spec: RecommenderSpec,
    data: TrainingData,
    options: dict[str, Any],
    console: Console,
    label: str,
) -> list[dict[str, Any]]:
    """One row a protocol: whoever is judged by new products is by repeats as well."""
    from shop_personalize.models import Recommender
    from shop_personalize.training import dataset
    from shop_personalize.training.evaluate import evaluate

    recommender = Recommender.objects.filter(slug=spec.name).first()
    data = dataset.for_recommender(data, recommender)
    params = _params(spec, recommender, data, options, console)
    protocols = ["new", "repeat"] if spec.evaluated == "new" else [spec.evaluated]
    rows = []
    for protocol in protocols:
        began = time.monotonic()
        found = evaluate(
            data,
            spec,
            params,
            days=options["days"],
            protocol=protocol,
            progress=lambda done, _label: console.progress(done, label),
        )
        seconds = round(time.monotonic() - began, 2)
        rows.append(
            {"name": spec.name, **asdict(found), "params": params, "seconds": seconds}
        )
    return rows


def _params(
    spec: RecommenderSpec,
    recommender: Recommender | None,
    data: TrainingData,
    options: dict[str, Any],
    console: Console,
) -> dict[str, Any]:
    """The shop's parameters, or those a search finds before the hidden days."""
    own = recommender.params if recommender else {}
    if not (options["tune"] and spec.tunable):
        found = recommender.tuned.get("params", {}) if recommender else {}
        return {**found, **own}
    from shop_personalize.training.tune import tune

    tuned = tune(
        data,
        spec,
        days=options["days"],
        budget_seconds=options["budget"],
        progress=lambda done, label: console.progress(done, f"{spec.name}: {label}"),
    )
    console.line(
        _("%(name)s: %(trials)s trials, validation %(before).4f → %(after).4f")
        % {
            "name": spec.name,
            "trials": len(tuned.table),
            "before": tuned.default_score,
            "after": tuned.best_score,
        }
    )
    return {**tuned.params, **own}


def _show(rows: list[dict[str, Any]], days: float, console: Console) -> None:
    header = [_("recommender"), _("protocol"), _("cases")]
    for name in SHOWN[:2]:
        header += [name, _("popularity")]
    header += [*SHOWN[2:], _("against popularity")]
    console.table([_cells(row) for row in rows], header)
    console.result(
        {"days": days, "recommenders": rows},
        _("Learned without the last %(days)g days and asked about them.")
        % {"days": days},
    )


def _cells(row: dict[str, Any]) -> list[str]:
    cells = [row["name"], row["protocol"], str(row["cases"])]
    if not row["cases"]:
        return [*cells, *["-"] * 6, _("no cases: such events are missing")]
    for name in SHOWN[:2]:
        cells += [f"{row['metrics'][name]:.4f}", f"{row['baseline'][name]:.4f}"]
    cells += [f"{row['metrics'][name]:.4f}" for name in SHOWN[2:]]
    own, other = row["metrics"]["ndcg@10"], row["baseline"]["ndcg@10"]
    verdict = f"{own / other - 1:+.0%}" if other else "-"
    return [*cells, verdict if own >= other else f"{verdict}, {_why(row['name'])}"]


def _why(name: str) -> str:
    """Why a recommender may stay below popularity."""
    spec = specs()[name]
    if spec.gated:
        return _("so it is not published")
    return _("published all the same: it is there to vary the page, not to hit")
