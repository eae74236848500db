from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.management.training_table import show_versions, version_facts
from shop_personalize.models import ModelVersion, Recommender
from shop_personalize.training import publish
from shop_personalize.training.errors import PublishError

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "List model versions, publish one, or go back to the one before."
SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", nargs="?", default="list", choices=["list", "publish", "rollback"]
    )
    parser.add_argument("recommender", nargs="?", help="its name")
    parser.add_argument("number", nargs="?", type=int, help="version to publish")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be")


def run(options: dict[str, Any], console: Console) -> None:
    action, slug = options["action"], options["recommender"]
    if action == "list":
        _list(slug, console)
        return
    if slug is None:
        raise CommandError(f"name the recommender: personalize models {action} NAME")
    recommender = _recommender(slug)
    try:
        version = _act(recommender, options)
    except PublishError as error:
        raise CommandError(str(error)) from error
    verb = "would serve" if options["dry_run"] else "serves"
    console.result(
        {"recommender": slug, "live": version.number, "dry_run": options["dry_run"]},
        f"{slug} {verb} version {version.number}",
    )


def _list(slug: str | None, console: Console) -> None:
    rows = ModelVersion.objects.select_related("recommender")
    if slug is not None:
        rows = rows.filter(recommender=_recommender(slug))
    facts = [version_facts(version) for version in rows[:SHOWN]]
    show_versions(console, facts)
    console.result(
        {"versions": facts}, "" if facts else "No versions yet: personalize train"
    )


def _act(recommender: Recommender, options: dict[str, Any]) -> ModelVersion:
    if options["action"] == "rollback":
        if options["dry_run"]:
            return publish.before(recommender)
        return publish.rollback(recommender)
    version = _version(recommender, options["number"])
    if not options["dry_run"]:
        publish.publish(version)
    return version


def _version(recommender: Recommender, number: int | None) -> ModelVersion:
    if number is None:
        raise CommandError("name the version: personalize models publish NAME NUMBER")
    found = recommender.versions.filter(number=number).first()
    if found is None:
        numbers = recommender.versions.values_list("number", flat=True)
        known = ", ".join(str(each) for each in sorted(numbers)) or "none"
        raise CommandError(f"no version {number} of {recommender.slug}; known: {known}")
    return found


def _recommender(slug: str) -> Recommender:
    found = Recommender.objects.select_related("live_version").filter(slug=slug).first()
    if found is None:
        known = ", ".join(Recommender.objects.values_list("slug", flat=True))
        raise CommandError(f"there is no recommender {slug!r}; choose one of: {known}")
    return found
