"""Background work about people. Thin: the work is in `accounts.data` and `accounts.mail`."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts import data, mail
from accounts.data import deletion


@app.task(queue="files", retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def forget_files(files: list[tuple[str, str, str]]) -> None:
    deletion.forget(files)


@app.task(queue="mail", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def send_password_reset(user_id: str, origin: str) -> None:
    mail.send_password_reset(user_id=UUID(user_id), origin=origin)


@app.periodic(cron="17 2 * * *")
@app.task(queue="retention", queueing_lock="apply_retention")
def apply_retention(timestamp: int) -> None:
    data.apply_retention()
