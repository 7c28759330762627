"""Structured logs: JSON lines in production, readable lines in development, never personal data.

Every event is a short name with fields. Fields whose names could carry a person's data are dropped by
`drop_personal_data` whoever logged them, so that a careless log line cannot leak.
"""

from __future__ import annotations

import logging.config
from collections.abc import MutableMapping
from typing import Any

import structlog

PERSONAL = frozenset(
    {"email", "username", "name", "ip", "ip_address", "password", "token", "cookie", "authorization", "query"}
    | {"user_agent", "text", "transcript"}
)


def drop_personal_data(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in PERSONAL.intersection(event):
        event[key] = "[left out]"
    return event


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        drop_personal_data,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def logging_config(*, level: str, plain: bool) -> dict[str, Any]:
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False) if plain else structlog.processors.JSONRenderer()
    )
    processors = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        renderer,
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": processors,
                "foreign_pre_chain": _shared(),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            "django": {"level": "INFO", "propagate": True},
            # One line per request comes from middleware.log_requests, without addresses and queries.
            "daphne.access": {"level": "CRITICAL"},
            "django.channels.server": {"level": "CRITICAL"},
            "daphne": {"level": "WARNING"},
            "axes": {"level": "ERROR"},
            "procrastinate": {"level": "WARNING"},
            # It would write whole addresses, with what a platform puts into their queries.
            "httpx2": {"level": "WARNING"},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG hook: the standard library's logging and structlog speak with one voice."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
