"""The history of an experiment: every verb leaves a line, with who and when."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from shop_personalize.deeds import log
from shop_personalize.experiments.models import Entry, Experiment
from shop_personalize.experiments.services.refused import RefusedError

State = Experiment.State
Verb = Entry.Verb


def held(
    experiment: Experiment, *states: State, also_archived: bool = False
) -> Experiment:
    """The row, locked and read anew, if it is in one of ``states``."""
    row = Experiment.objects.select_for_update().get(pk=experiment.pk)
    if row.is_archived and not also_archived:
        raise RefusedError(
            _("“%(name)s” is archived; take it out of the archive first.")
            % {"name": row.name}
        )
    if row.state not in states:
        words = {
            "name": row.name,
            "state": row.get_state_display(),
            "states": ", ".join(str(state.label) for state in states),
        }
        raise RefusedError(
            _("“%(name)s” is %(state)s; this can be done while it is: %(states)s.")
            % words
        )
    return row


def record(
    experiment: Experiment, verb: Verb, *, user: Any = None, **facts: Any
) -> None:
    """Write a line; what a person did stands in the admin's own history too."""
    Entry.objects.create(experiment=experiment, verb=verb, user=user, facts=facts)
    if user is not None:
        log(experiment, str(verb.label).capitalize(), user=user)
