from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from shop_personalize.registry import specs
from shop_personalize.registry.spec import METHOD

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from shop_personalize.management.console import Console
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.models import Recommender
    from shop_personalize.registry import RecommenderSpec
    from shop_personalize.training.tune import Tuned

HELP = "Measure each recommender on its own past, beside popularity."
MAIN = "ndcg@10"
SHOWN = ("recall@10", "hit_rate@10", "coverage@10")
TUNE_SECONDS = 180.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", help="recommenders; none: all of them")
    parser.add_argument(
        "--days", type=float, default=28.0, help="how much of the past to hide (28)"
    )
    parser.add_argument(
        "--methods",
        action="store_true",
        help="measure every method of a recommender, each as it is by default",
    )
    parser.add_argument(
        "--tune",
        action="store_true",
        help="first search method and parameters before that time",
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
    """One row a method and protocol: who is judged by new products, by repeats too."""
    from shop_personalize.models import Recommender
    from shop_personalize.training import dataset

    recommender = Recommender.objects.filter(slug=spec.name).first()
    data = dataset.for_recommender(data, recommender)
    protocols = ["new", "repeat"] if spec.evaluated == "new" else [spec.evaluated]
    rows = []
    for params, tuned in _variants(spec, recommender, data, options, console):
        method = params.get(METHOD, spec.method)
        facts = {"name": spec.name, "method": method, "params": params, **tuned}
        for protocol in protocols:
            found = _measured(spec, params, data, options, protocol, console, label)
            rows.append({**facts, **found})
    return rows


def _measured(
    spec: RecommenderSpec,
    params: dict[str, Any],
    data: TrainingData,
    options: dict[str, Any],
    protocol: str,
    console: Console,
    label: str,
) -> dict[str, Any]:
    """The verdict on the hidden days; with ``--methods`` one that fails says so."""
    from shop_personalize.training.evaluate import Evaluation, evaluate

    began = time.monotonic()
    note = ""
    try:
        found = evaluate(
            data,
            spec,
            params,
            days=options["days"],
            protocol=protocol,
            progress=lambda done, _label: console.progress(done, label),
        )
    except Exception as error:
        if not options["methods"]:
            raise
        found = Evaluation({}, {}, {}, 0, protocol)
        note = f"{type(error).__name__}: {error}"
    seconds = round(time.monotonic() - began, 2)
    return {**asdict(found), "seconds": seconds, "note": note}


def _variants(
    spec: RecommenderSpec,
    recommender: Recommender | None,
    data: TrainingData,
    options: dict[str, Any],
    console: Console,
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Parameters to measure, each with what a search for them left behind."""
    if options["methods"]:
        for name in (spec.method, *spec.methods):
            yield ({} if name == spec.method else {METHOD: name}), {}
        return
    own = recommender.params if recommender else {}
    if not (options["tune"] and spec.tunable):
        found = recommender.tuned.get("params", {}) if recommender else {}
        yield spec.merged(found, own), {}
        return
    tuned = _searched(spec, own, data, options, console)
    yield spec.merged(tuned.params, own), {"trials": tuned.table}


def _searched(
    spec: RecommenderSpec,
    own: dict[str, Any],
    data: TrainingData,
    options: dict[str, Any],
    console: Console,
) -> Tuned:
    from shop_personalize.training.tune import tune

    tuned = tune(
        data,
        spec,
        own=own,
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
    _show_trials(tuned, console)
    return tuned


def _show_trials(tuned: Tuned, console: Console) -> None:
    """The best of each method, the chosen one marked."""
    from shop_personalize.training.trials import best_of_each

    rows = []
    for row in best_of_each(tuned.table):
        score = f"{row['score']:.4f}" if "score" in row else "-"
        between = f"{row['low']:.4f}–{row['high']:.4f}" if "low" in row else ""
        params = ", ".join(f"{k}={v}" for k, v in row.get("params", {}).items())
        mark = "✔" if row.get("chosen") else " "
        note = row.get("note") or params
        rows.append(
            [
                f"  {mark}",
                row["method"],
                score,
                between,
                f"{row.get('seconds', 0)}",
                note,
            ]
        )
    header = ["", _("method"), MAIN, _("likely between"), _("seconds"), ""]
    console.table(rows, header)


def _show(rows: list[dict[str, Any]], days: float, console: Console) -> None:
    header = [_("recommender"), _("method"), _("protocol"), _("cases")]
    header += [MAIN, _("likely between"), _("popularity")]
    header += [*SHOWN, _("against popularity")]
    console.table([_cells(row) for row in rows], header)
    console.result(
        {"days": days, "recommenders": rows},
        _("Learned without the last %(days)g days and asked about them.")
        % {"days": days},
    )


def _cells(row: dict[str, Any]) -> list[str]:
    cells = [row["name"], row["method"], row["protocol"], str(row["cases"])]
    if not row["cases"]:
        return [
            *cells,
            *["-"] * 6,
            row["note"] or _("no cases: such events are missing"),
        ]
    metrics, sure = row["metrics"], row["sure"]
    own, other = metrics[MAIN], row["baseline"][MAIN]
    low, high = sure[MAIN]
    cells += [f"{own:.4f}", f"{low:.4f}–{high:.4f}", f"{other:.4f}"]
    cells += [f"{metrics[name]:.4f}" for name in SHOWN]
    verdict = f"{own / other - 1:+.0%}" if other else "-"
    if "gain" in sure:
        low, high = sure["gain"]
        verdict += f" ({low:+.0%} … {high:+.0%})"
    return [*cells, verdict if own >= other else f"{verdict}, {_why(row['name'])}"]


def _why(name: str) -> str:
    """Why a recommender may stay below popularity."""
    spec = specs()[name]
    if spec.gated:
        return _("so it is not published")
    return _("published all the same: it is there to vary the page, not to hit")
