"""Two people press Start at the same moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from shop_personalize.experiments import services
from shop_personalize.experiments.models import Experiment
from shop_personalize.models import Trial
from tests.experiments.builders import planned


@pytest.mark.django_db(transaction=True)
def test_of_two_starts_at_once_on_one_block_one_is_refused() -> None:
    drafts = [planned(slug=f"draft-{n}") for n in range(2)]
    barrier, said = threading.Barrier(2), []

    def start(experiment: Experiment) -> None:
        barrier.wait()
        try:
            said.append(services.start(experiment).state)
        except services.RefusedError:
            said.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=start, args=(each,)) for each in drafts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["refused", "running"]
    assert Trial.objects.filter(is_running=True).count() == 1
