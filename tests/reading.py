"""Pages of the admin as somebody reads them."""

from __future__ import annotations

import re

from django.test import Client


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    page = response.content.decode()
    assert " style=" not in page.split('id="content"')[1]
    return page


def title(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.split('id="content"')[1], re.DOTALL)
    assert found is not None
    return found[1]
