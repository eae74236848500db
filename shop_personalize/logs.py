"""Log lines without personal data; as JSON for who collects them.

The filter is on our logger from the start. The formatter is for the shop's LOGGING::

    "formatters": {"json": {"()": "shop_personalize.logs.JsonFormatter"}}
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

LOGGER = "shop_personalize"
PATTERNS = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    # Tokens of ours end in a signature, keys are 43 characters of an HMAC.
    (re.compile(r"\b[12]\.[^\s.\"']*\.[^\s\"']*\.[\w-]{16}(?![\w-])"), "[token]"),
    (re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])"), "[visitor]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "[address]"),
    (re.compile(r"(?i)\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b"), "[address]"),
)
OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redacted(text: str) -> str:
    """The text without e-mail addresses, visitors' keys, tokens and addresses."""
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


class Redaction(logging.Filter):
    """Takes personal data out of messages and tracebacks before they are written."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(_message(record)), None
        if record.exc_info and not record.exc_text:
            written = logging.Formatter().formatException(record.exc_info)
            # Formatters take the text that is there; error trackers scrub their own.
            record.exc_text = redacted(written)
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, message, and what was told beside."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(_message(record)),
        }
        beside = {
            name: value for name, value in vars(record).items() if name not in OWN
        }
        told |= {name: _plain(value) for name, value in beside.items()}
        if record.exc_text:
            told["exception"] = record.exc_text
        elif record.exc_info:
            told["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def install() -> None:
    """Put the filter on our logger, once."""
    logger = logging.getLogger(LOGGER)
    if not any(isinstance(each, Redaction) for each in logger.filters):
        logger.addFilter(Redaction())


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _plain(value: Any) -> Any:
    plain = value is None or isinstance(value, bool | int | float)
    return value if plain else redacted(str(value))
