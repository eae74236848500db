"""What serves stays whole: damaged files, a thousand publications, no unpickling."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.db import connection

from shop_personalize import artifacts
from shop_personalize.conf import app_settings
from shop_personalize.ml.data import IdMap
from shop_personalize.ml.knowledge import ItemNeighbors
from shop_personalize.models import ModelVersion, Recommender
from shop_personalize.registry.defaults import ensure_defaults
from shop_personalize.training import publish
from tests import settings as test_settings
from tests.core.training import shop
from tests.journeys import training_site as site

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
N = 3000
DAMAGES = 200
SWAPS = 1000
BOUND_SECONDS = 150
READERS = 50
PAUSE = 0.1
"""Of a reader, in seconds: fifty without one leave two processors nothing."""


@pytest.fixture(autouse=True)
def nothing_stored() -> None:
    for folder in (app_settings.artifact_cache, app_settings.snapshot_dir):
        shutil.rmtree(folder, ignore_errors=True)
    artifacts.forget()
    ensure_defaults()


def version(number: int) -> ModelVersion:
    """A model in which every part says its number, so that a mixture would show."""
    knowledge = ItemNeighbors(
        indptr=np.arange(N + 1, dtype=np.int32),
        indices=np.roll(np.arange(N, dtype=np.int32), number),
        data=np.full(N, float(number)),
        support=np.full(N, number, np.int32),
    )
    stored = artifacts.write(
        knowledge=knowledge,
        ids=IdMap.of(f"{number}-{at:05d}" for at in range(N)),
        query_config={"number": number},
        meta={"number": number},
        extras={"numbers": np.full(N, number)},
    )
    return ModelVersion.objects.create(
        recommender=recommender(), number=number, artifact=stored.digest
    )


def recommender() -> Recommender:
    return Recommender.objects.select_related("live_version").get(slug="also_bought")


def numbers_in(artifact: artifacts.Artifact) -> set[int]:
    """Every version number that can be read off an answer; a whole one has one."""
    known = artifact.knowledge
    assert isinstance(known, ItemNeighbors)
    return {
        artifact.meta["number"],
        artifact.query_config["number"],
        int(known.data[7]),
        int(known.support[N - 1]),
        int(known.indices[2000]) and 2000 - int(known.indices[2000]),
        int(artifact.extras["numbers"][0]),
        int(artifact.ids.texts([5])[0].split("-")[0]),
    }


def damage(folder: Path, rng: random.Random) -> str:
    paths = sorted(folder.iterdir())
    path = rng.choice(paths)
    path.chmod(0o600)
    content = path.read_bytes()
    how = rng.choice(["flip", "truncate", "drop", "swap"])
    if how == "flip":
        at = rng.randrange(len(content))
        flipped = content[at] ^ (1 << rng.randrange(8))
        path.write_bytes(content[:at] + bytes([flipped]) + content[at + 1 :])
    elif how == "truncate":
        path.write_bytes(content[: rng.randrange(len(content))])
    elif how == "drop":
        path.unlink()
    else:
        others = [each for each in paths if each.read_bytes() != content]
        other = rng.choice(others)
        other.chmod(0o600)
        path.write_bytes(other.read_bytes())
        other.write_bytes(content)
    return f"{how} {path.name}"


def test_200_damaged_artifacts_are_refused_and_the_previous_version_serves(
    tmp_path: Path,
) -> None:
    first, second = version(1), version(2)
    publish.publish(first)
    publish.publish(second)
    folder = app_settings.artifact_cache / second.artifact
    shutil.copytree(folder, tmp_path / "whole")
    seen = set()
    for seed in range(DAMAGES):
        what = damage(folder, random.Random(seed))
        seen.add(what.split()[0])
        artifacts.forget()
        served = artifacts.live(recommender())
        assert served is not None, what
        assert numbers_in(served) == {1}, what
        with pytest.raises(artifacts.BrokenArtifact):
            artifacts.load(second.artifact)
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "whole", folder)
    assert seen == {"flip", "truncate", "drop", "swap"}
    artifacts.forget()
    served = artifacts.live(recommender())
    assert served is not None
    assert numbers_in(served) == {2}


def test_1000_publications_under_readers_never_give_a_torn_or_mixed_answer() -> None:
    versions = [version(number) for number in (1, 2, 3)]
    publish.publish(versions[0])
    stop = threading.Event()
    seen: Counter[frozenset[int]] = Counter()
    errors: list[Exception] = []

    def read() -> None:
        try:
            while not stop.wait(PAUSE):
                served = artifacts.live(recommender())
                seen[frozenset(numbers_in(served) if served else ())] += 1
        except Exception as error:  # noqa: BLE001  told below, in the test's own thread
            errors.append(error)
        finally:
            connection.close()

    readers = [threading.Thread(target=read, daemon=True) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        for at in range(SWAPS // 2):
            publish.publish(versions[1 + at % 2])
            publish.rollback(recommender())
            if at % 50 == 0:
                artifacts.forget()
    finally:
        stop.set()
        for reader in readers:
            reader.join(10)
    assert not any(reader.is_alive() for reader in readers)
    assert errors == []
    assert set(seen) == {frozenset({number}) for number in (1, 2, 3)}
    assert seen.total() > READERS * 10


AUDIT = """
import sys, pickle
found = []
def hear(event, args):
    if event == "pickle.find_class":
        found.append(args)
sys.addaudithook(hear)
def refuse(*args, **kwargs):
    found.append(args)
    raise AssertionError("something was unpickled")
import django
django.setup()
pickle.load = pickle.loads = refuse
import numpy as np
from shop_personalize import artifacts
from shop_personalize.ml.serving import History, answer
from shop_personalize.models import Recommender, TrainingJob
from shop_personalize.training import jobs
job = TrainingJob.objects.get(pk=int(sys.argv[1]))
assert jobs.run(job.pk)
artifacts.forget()
told = []
for row in Recommender.objects.select_related("live_version"):
    model = artifacts.live(row)
    if model is None:
        continue
    codes = np.arange(min(3, len(model.ids)))
    history = History(codes, ("purchase",) * len(codes), np.ones(3), np.ones(3))
    got = answer(model.knowledge, model.query_config, model.extras,
                 history=history, anchors=codes[:1], n=5)
    told.append((row.slug, len(got)))
assert not found, found
job.refresh_from_db()
print(job.state, job.log, told, file=sys.stderr)
print(len(told), sum(n for _, n in told))
"""


def test_nothing_is_unpickled_while_training_and_serving() -> None:
    shop.pairs()
    job = site.wish()
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, str(job.pk)],
        env=site.environment(),
        cwd=test_settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    recommenders, answers = map(int, done.stdout.split())
    assert recommenders == len(site.ONLY), done.stderr
    assert answers > 0
