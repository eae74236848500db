from __future__ import annotations


class Fenced(Exception):  # noqa: N818  not a fault, an outcome
    """This start of a job was replaced by a later one and may not write."""


class Cancelled(Exception):  # noqa: N818  not a fault, an outcome
    """Somebody asked the job to stop."""


class PublishError(Exception):
    """Why a version cannot be published, in words for whoever asked."""


class TrainingError(Exception):
    """Some recommenders could not be trained; the others were."""
