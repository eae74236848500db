from __future__ import annotations

import gettext
import re
from pathlib import Path

from example_project.shop.departments import DEPARTMENTS

EXAMPLE = Path(__file__).resolve().parent.parent.parent / "example_project"
FOLDER = EXAMPLE / "locale" / "zh_Hans" / "LC_MESSAGES"
ENTRY = re.compile(
    r'^msgid "(.+)"\n(?:msgid_plural ".+"\nmsgstr\[0\]|msgstr) "(.*)"$', re.MULTILINE
)


def catalog() -> gettext.GNUTranslations:
    with (FOLDER / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_the_compiled_messages_are_those_of_the_source() -> None:
    told = catalog()
    entries = ENTRY.findall((FOLDER / "django.po").read_text())
    assert len(entries) > 140
    for message, translation in entries:
        plain = message.replace('\\"', '"')
        expected = translation.replace('\\"', '"')
        assert expected
        assert expected in {told.gettext(plain), told.ngettext(plain, plain, 2)}


def test_every_department_has_a_chinese_name() -> None:
    told = catalog()
    for department in DEPARTMENTS:
        assert told.gettext(department.name) != department.name
        assert told.gettext(department.blurb) != department.blurb
