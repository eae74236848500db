"""What recommenders are called when their owner gave them no name of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from shop_personalize.registry import spec

if TYPE_CHECKING:
    from shop_personalize.models import ModelVersion, Recommender, TrainingJob


def name_of(recommender: Recommender) -> str:
    known = spec(recommender.algorithm)
    if recommender.title or known is None:
        return str(recommender)
    return str(known.title)


def version_name(version: ModelVersion) -> str:
    return f"{name_of(version.recommender)} v{version.number}"


def job_name(job: TrainingJob) -> str:
    return name_of(job.recommender) if job.recommender else _("all recommenders")
