"""How a list came about, why a product is not in it, and a rule before it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from shop_personalize.models import Block, Recommender
from tests.core.recommend import builders
from tests.core.recommend.merchandise import SETTINGS, cellar, rule, wines
from tests.projects.shapes.models import WineProduct

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
HILL = ("brand", "in", ["Hill"])


@pytest.fixture(autouse=True)
def made(settings: Any) -> list[WineProduct]:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, **SETTINGS}
    return cellar()


@pytest.fixture
def block() -> Block:
    Block.objects.filter(slug="home-popular").update(limit=4)
    return Block.objects.get(slug="home-popular")


def preview(client: Client, block: Block, **asked: Any) -> Any:
    url = reverse("admin:shop_personalize_block_preview", args=[block.pk])
    given = {f"preview-{name}": str(value) for name, value in asked.items()}
    response = client.get(url, {"preview-visitor": "", **given})
    assert response.status_code == 200
    return response.context["result"]


def stages(result: Any) -> list[tuple[str, str]]:
    return [(stage.count, stage.text) for stage in result.way]


def test_the_way_counts_what_is_left_after_each_stage(
    admin: Client, block: Block, made: list[WineProduct]
) -> None:
    WineProduct.objects.filter(pk=made[0].pk).update(stock=0)
    never = rule("exclude", HILL, name="No Hill")
    rule("boost", ("color", "in", ["red"]), name="Not valid")
    rule("bury", HILL, name="For home", page="basket")
    result = preview(admin, block)
    proposed, fit, ruled, shown = result.way
    count = int(proposed.count)
    assert stages(result) == [
        (str(count), "proposed"),
        (str(count - 1), "may be shown"),
        (str(count - 1 - count // 2), "left by the rules"),
        ("4", "shown"),
    ]
    assert [line.text for line in fit.lines] == ["1 fell: not for sale now"]
    assert fit.lines[0].products == ["Wine 1"]
    (line,) = ruled.lines
    assert (line.link, line.text) == ("No Hill", f"takes away {count // 2}")
    assert line.url == reverse("admin:shop_personalize_rule_change", args=[never.pk])
    assert [(line.link, line.text) for line in ruled.resting] == [
        ("Not valid", "– its conditions are not valid"),
        ("For home", "– it is for another page"),
    ]
    (late,) = shown.lines
    assert late.text == f"{count - 1 - count // 2 - 4} ranked below the last place"
    assert proposed.lines[0].text == f"{count} proposed, 4 shown"
    assert proposed.width == "100%"


def test_what_a_rule_moves_and_pins_is_named(
    admin: Client, block: Block, made: list[WineProduct]
) -> None:
    rule("boost", items=[made[7]], strength=1.0, name="Eight first")
    (late, *_rest) = wines(1)
    WineProduct.objects.filter(pk=late.pk).update(title="Wine 99")
    rule("pin", items=[late], position=2, name="Second place")
    rule("bury", ("price", "gt", 100), name="None so dear")
    result = preview(admin, block)
    lines = {line.link: line for line in result.way[2].lines}
    assert lines["Eight first"].text.startswith("speaks of 1; ")
    assert "Wine 8" in lines["Eight first"].products
    assert lines["Second place"].text == "pins 1"
    assert lines["Second place"].products == ["Wine 99"]
    assert lines["None so dear"].text == "speaks of none of these"
    assert result.way[0].lines[0].text.endswith("proposed, 3 shown")
    assert [each["title"] for each in result.shown][:2] == ["Wine 8", "Wine 99"]
    assert result.shown[1]["recommender"] == "a rule"


def test_the_mix_of_the_block_is_told_apart_from_the_rules(
    admin: Client, block: Block
) -> None:
    Block.objects.filter(pk=block.pk).update(per_category=1)
    block.refresh_from_db()
    (moved, *_late) = preview(admin, block).way[3].lines
    assert moved.text == "at most so many of one category: moved 2"
    assert moved.products == ["Wine 2", "Wine 3"]


def test_looking_asks_the_same_few_questions_however_many_rules_there_are(
    admin: Client, block: Block, django_assert_num_queries: Any
) -> None:
    rule("exclude", HILL, name="one")
    preview(admin, block)
    with django_assert_num_queries(9):
        result = preview(admin, block)
    assert result.queries == "2 queries"
    for number in range(8):
        rule("boost", ("price", "gt", number), name=f"{number}")
    with django_assert_num_queries(9):
        assert preview(admin, block).queries == "2 queries"


def why(client: Client, block: Block, product: WineProduct, **asked: Any) -> Any:
    return preview(client, block, about=product.pk, **asked).answer


def change(name: str, pk: int) -> str:
    return reverse(f"admin:shop_personalize_{name}_change", args=[pk])


def test_what_is_shown_says_where(
    admin: Client, block: Block, made: list[WineProduct]
) -> None:
    found = why(admin, block, made[1])
    assert found.is_shown
    assert found.title == "Wine 2"
    assert found.text == "It is shown, at place 2; proposed by: Best sellers."


def test_a_title_is_as_good_as_an_id(admin: Client, block: Block) -> None:
    assert preview(admin, block, about="wine 2").answer.title == "Wine 2"


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("exclude", "The rule “to exclude” never shows it here."),
        ("include", "The rule “to include” shows only others here."),
    ],
)
def test_what_a_rule_takes_away_leads_to_the_rule(
    admin: Client, block: Block, made: list[WineProduct], action: str, text: str
) -> None:
    taken = made[1] if action == "exclude" else made[0]
    one = rule(action, HILL)
    found = why(admin, block, taken)
    assert (found.text, found.step) == (text, "See the rule")
    assert found.url == change("rule", one.pk)


def test_what_is_not_for_sale_is_said(
    admin: Client, block: Block, made: list[WineProduct]
) -> None:
    WineProduct.objects.filter(pk=made[1].pk).update(stock=0)
    found = why(admin, block, made[1])
    assert found.text == "It was left out: not for sale now."
    assert found.url == ""  # the wines are not in this admin


def test_what_was_bought_leads_to_the_block(
    admin: Client, made: list[WineProduct]
) -> None:
    builders.did("somebody", "purchase", made[1])  # type: ignore[arg-type]
    home = Block.objects.get(slug="home-for-you")
    found = why(admin, home, made[1], visitor="somebody")
    assert found.text == "It was left out: bought before."
    assert found.url == change("block", home.pk)


def test_what_ranks_too_low_can_be_shown_earlier_by_a_rule(
    admin: Client, block: Block, made: list[WineProduct]
) -> None:
    found = why(admin, block, made[5])
    assert found.text.startswith("It was found and may be shown, but 4 others rank")
    assert "as number 6 of " in found.text
    form = admin.get(found.url).context["adminform"].form
    assert form.initial["action"] == "boost"
    assert form["items"].value() == {"kept": [str(made[5].pk)], "added": []}
    assert form.initial["block"] == str(block.pk)


def test_what_no_model_knows_leads_to_the_recommender(
    admin: Client, block: Block
) -> None:
    (late, *_rest) = wines(1)
    found = why(admin, block, late)
    assert found.text.startswith("No recommender knows it yet")
    popular = Recommender.objects.get(slug="popular")
    assert found.url == change("recommender", popular.pk)


def test_what_is_known_but_has_no_tie_can_be_pinned(
    admin: Client, block: Block, made: list[WineProduct]
) -> None:
    ids = builders.id_map(made)  # type: ignore[arg-type]
    ranked = builders.ranking(ids, made[:5])  # type: ignore[arg-type]
    builders.publish("popular", ids, ranked, builders.NO_CONTEXT)
    found = why(admin, block, made[20])
    assert found.text.startswith("The recommenders know it, but none sees a tie")
    assert "action=pin" in found.url


def test_without_any_training_that_is_the_answer(
    admin: Client, block: Block, made: list[WineProduct]
) -> None:
    Recommender.objects.update(live_version=None)
    found = why(admin, block, made[0])
    assert found.is_shown  # a fresh shop shows what came last
    found = why(admin, block, made[20])
    assert found.text == "No recommender of this block is trained yet."


def test_a_block_without_its_occasion_says_so(
    admin: Client, block: Block, made: list[WineProduct]
) -> None:
    Block.objects.filter(pk=block.pk).update(shown_when="full_basket")
    block.refresh_from_db()
    result = preview(admin, block, about=made[0].pk)
    assert result.verdict.startswith("This is not the occasion of the block")
    assert result.answer.text == "The whole block is not shown here."
    assert result.way == []


def test_a_block_on_trial_says_what_would_change(admin: Client, block: Block) -> None:
    url = reverse("admin:shop_personalize_block_change", args=[block.pk])
    initial = admin.get(url).context["adminform"].form.initial
    data = {k: v for k, v in initial.items() if v is not None and v is not False}
    data |= {"limit": "5", "steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0"}
    url = reverse("admin:shop_personalize_block_preview", args=[block.pk])
    response = admin.post(url, data)
    assert response.context["compared"] == "Added to what is shown now: “Wine 5”."
