"""The Chinese catalog: whole, compiled, and what shoppers read under it."""

from __future__ import annotations

import ast
import gettext
import re
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import django
import pytest
from django.utils import translation

import shop_personalize
from shop_personalize.recommend import service
from shop_personalize.recommend.explain import OWN_DEEDS
from shop_personalize.registry import specs
from shop_personalize.registry.defaults import BLOCKS
from tests.core.recommend import builders

PACKAGE = Path(shop_personalize.__file__).parent
FOLDER = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES"
ENTRY = re.compile(
    r'^msgid (?P<one>".*"(?:\n".*")*)\n'
    r'(?:msgid_plural (?P<many>".*"(?:\n".*")*)\n)?'
    r'msgstr(?:\[0\])? (?P<text>".*"(?:\n".*")*)$',
    re.MULTILINE,
)
PLACEHOLDER = re.compile(r"%\(\w+\)[.\d]*[a-z]|%%|\{%.*?%\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ALIAS = re.compile(r"\bgettext_(?:noop|lazy) as (?!_$)", re.MULTILINE)
GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}


@dataclass(frozen=True)
class Entry:
    one: str
    many: str
    text: str


def po() -> str:
    return (FOLDER / "django.po").read_text(encoding="utf-8")


def _joined(lines: str | None) -> str:
    return "".join(ast.literal_eval(line) for line in (lines or "").splitlines())


@cache
def entries() -> list[Entry]:
    found = [
        Entry(_joined(m["one"]), _joined(m["many"]), _joined(m["text"]))
        for m in ENTRY.finditer(po())
    ]
    return [entry for entry in found if entry.one]


def compiled(path: Path = FOLDER / "django.mo") -> gettext.GNUTranslations:
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


def test_the_reader_misses_no_message() -> None:
    assert len(entries()) == len(re.findall(r"^msgid ", po(), re.MULTILINE)) - 1


def test_every_message_is_translated() -> None:
    assert [e.one for e in entries() if not e.text or e.text == e.one] == []


def test_no_message_is_fuzzy_obsolete_or_has_a_second_plural() -> None:
    unwanted = r"^(?:#,.*fuzzy.*|#~.*|msgstr\[[1-9].*)$"
    assert re.findall(unwanted, po(), re.MULTILINE) == []


def test_placeholders_survive_translation() -> None:
    wrong = [
        entry.one
        for entry in entries()
        for original in filter(None, (entry.one, entry.many))
        if set(PLACEHOLDER.findall(original)) != set(PLACEHOLDER.findall(entry.text))
    ]
    assert wrong == []


def test_the_compiled_catalog_is_the_one_in_the_source() -> None:
    catalog = compiled()
    stale = [
        entry.one
        for entry in entries()
        if (
            catalog.ngettext(entry.one, entry.many, 2)
            if entry.many
            else catalog.gettext(entry.one)
        )
        != entry.text
    ]
    assert stale == []
    (count,) = struct.unpack("<I", (FOLDER / "django.mo").read_bytes()[8:12])
    assert count == len(entries()) + 1  # and the header


def test_words_shared_with_django_keep_its_translation() -> None:
    """Catalogs are merged: a word changed here would change in the whole admin."""
    own = compiled()
    found: dict[str, set[str]] = {}
    for path in Path(django.__file__).parent.rglob("locale/zh_Hans/*/django.mo"):
        theirs = compiled(path)
        for entry in entries():
            text = theirs.gettext(entry.one)
            if text != entry.one:
                found.setdefault(entry.one, set()).add(text)
    assert "Home" in found
    changed = [word for word, texts in found.items() if own.gettext(word) not in texts]
    assert changed == []


def test_no_text_is_hidden_from_the_extractor_in_an_f_string() -> None:
    hidden = [
        f"{path.relative_to(PACKAGE)}:{call.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in GETTEXT
    ]
    assert hidden == []


def test_all_that_shoppers_read_is_chinese() -> None:
    with translation.override("zh-hans"):
        texts = [str(text) for text in OWN_DEEDS.values()]
        texts += [translation.gettext(block.title) for block in BLOCKS]
        for spec in specs().values():
            if spec.estimator.startswith("tests."):
                continue
            texts += [str(spec.title), str(spec.reason_without)]
            texts += [str(spec.reason)] if spec.reason else []
    assert [text for text in texts if not CHINESE.search(text)] == []


@pytest.mark.django_db
def test_a_block_and_its_reasons_come_out_in_chinese() -> None:
    made = builders.products(12)
    ids = builders.id_map(made)
    builders.popular(made)
    neighbors = builders.neighbors(ids, {made[0]: made[10:12]})
    builders.publish("for_you", ids, neighbors, builders.HISTORY_CONTEXT)
    builders.did("a guest", "purchase", made[0])
    with translation.override("zh-hans"):
        found = service.recommend(
            None, block="home-for-you", visitor_key="a guest", limit=3
        )
    assert found.title == "为你推荐"
    bought = "因为你买过“Gift 1”"
    assert [r.reason for r in found] == [bought, bought, "当前热门"]


def test_no_word_is_marked_under_a_name_that_no_tool_reads() -> None:
    sources = [each.read_text() for each in PACKAGE.rglob("*.py")]
    assert [found for each in sources for found in ALIAS.findall(each)] == []
