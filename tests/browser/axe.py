"""What axe-core finds on a page as it stands: when its colours have stopped moving."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
SETTLED = """async () => {
  await new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)));
  const ends = document.getAnimations().filter((one) =>
    one.effect?.getComputedTiming().endTime !== Infinity && one.effect?.target?.checkVisibility());
  await Promise.allSettled(ends.map((one) => one.finished));
}"""
"""A change of the colour scheme fades in: half faded text has a contrast that nobody ever reads.

What a closed menu hides is left out: Chromium never ends a transition there.
"""
RUN = "async () => (await axe.run(document)).violations"


def grave(page: Page) -> list[str]:
    """What axe-core finds serious or critical.

    It sets styles of its own, which our policy stops: a page that counts those refusals in `violations` keeps its own.
    """
    page.evaluate(SETTLED)
    before = page.evaluate("globalThis.violations ?? null")
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN)
    if before is not None:
        page.evaluate("(before) => { violations.splice(0, violations.length, ...before) }", before)
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    return [described(one) for one in serious]


def described(finding: dict[str, object]) -> str:
    nodes = finding["nodes"]
    assert isinstance(nodes, list)
    where = [
        f"{node['html'][:120]} ({'; '.join(one['message'] for one in node['any'])})" for node in nodes[:6]
    ]
    return f"{finding['id']}: {where}"
