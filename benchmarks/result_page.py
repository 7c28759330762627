"""A minute of the 18 engagement features as lanes of the result page, drawn in Chromium, and what that costs.

`draw_ms`: from giving the page the HTML of the lanes to the frame in which they are painted, their script included; the
median of some runs. It contains the wait for that frame, so `draw_cpu_ms` beside it is the time the page's main thread
worked. `limit`: the same for nothing but the 18 lines in one bare SVG, of all points of the track. `plotly`: the same
lines by one bare Plotly.newPlot. All three in the same page, in turns. The ratios are of the main thread's times.
"""

from __future__ import annotations

import argparse
import json
import mimetypes
import os
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SECONDS, HOP_S, RUNS, WARM_UP = 60, 0.25, 15, 2
WAYS = ("draw", "limit", "plotly")
Took = dict[str, tuple[list[float], list[float]]]
"""By way of drawing: times until it is painted, and times of the main thread; ms."""
FOLDERS = {"static": ROOT / "static", "plotly": ROOT / "node_modules" / "plotly.js-basic-dist-min"}
SHEETS = ("tokens", "base", "forms", "parts", "data")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run")

PREPARE = """
async ({ html, paths, traces, layout }) => {
  const { Lanes } = await import("/static/analytics/lanes.js");
  const place = document.getElementById("place");
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const ways = {
    draw: () => {
      place.innerHTML = html;
      const player = Object.assign(new EventTarget(), { now: 0, duration: 60000, seek() {} });
      const lanes = new Lanes(place.querySelector("[data-lanes]"), player);
      lanes.showAll(true);
      lanes.show();
    },
    limit: () => {
      place.innerHTML = `<svg viewBox="0 0 600 1800" preserveAspectRatio="none" width="100%" height="900">` +
        paths.map((d) => `<path fill="none" stroke="currentColor" d="${d}"/>`).join("") + "</svg>";
    },
    plotly: () => Plotly.newPlot(place, structuredClone(traces), structuredClone(layout), { displayModeBar: false }),
  };
  globalThis.clear = async () => {
    Plotly.purge(place);
    place.replaceChildren();
    await painted();
  };
  globalThis.draw = async (name) => {
    const began = performance.now();
    await ways[name]();
    place.getBoundingClientRect();
    await painted();
    return performance.now() - began;
  };
}
"""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.result_page", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--runs", type=int, default=RUNS)
    wanted = parser.parse_args(argv)
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed (Debian's package chromium).")
    _settings()
    figures = _figures(_measure(chromium, _drawn(), wanted.runs))
    print(json.dumps(figures) if wanted.json else "\n".join(f"{k:<24} {v}" for k, v in figures.items()))
    return 0


def _settings() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "greenroom.settings")
    os.environ.setdefault("GREENROOM_ENV", "development")
    os.environ.setdefault("SECRET_KEY", "of no worth outside of this benchmark, but long enough")
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    django.setup()


def _drawn() -> dict[str, Any]:
    """The page's own lanes as HTML, and the same lines for the bare ways."""
    from django.template.loader import render_to_string

    from analytics.charts.lanes import lanes
    from analytics.charts.timeline import timeline
    from analytics.speech import from_windows
    from scoring.cues.analysis import Track
    from scoring.cues.catalogue import CATALOGUE, Cue

    rng = np.random.default_rng(20_260)
    features = list(Cue)[:18]
    times = np.arange(500, SECONDS * 1000 + 1, 1000 * HOP_S)
    columns = {cue: _walk(CATALOGUE[cue].low, CATALOGUE[cue].high, len(times), rng) for cue in features}
    columns[Cue.VOICE] = (np.sin(times / 2000) > -0.5).astype(np.float32)
    track = Track(times, columns)
    rows = lanes(track, [], {}, {}, duration_ms=SECONDS * 1000)
    speech = from_windows(times, columns[Cue.VOICE])
    chart = timeline(rows, speech, {}, duration_ms=SECONDS * 1000, key="bench")
    drawn = [lane for lane in rows if lane.has_line]
    assert len(drawn) == 18
    return {
        "html": render_to_string("analytics/_lanes.html", {"chart": chart}),
        "paths": [_bare(i, columns[lane.cue], times) for i, lane in enumerate(drawn)],
        **_plotly([columns[lane.cue] for lane in drawn], times),
    }


def _walk(low: float | None, high: float | None, n: int, rng: np.random.Generator) -> Any:
    walk = np.convolve(rng.normal(size=n + 8), np.hanning(9), mode="valid")[:n]
    bottom, top = (0.0 if low is None else low), (1.0 if high is None else high)
    shape = (walk - walk.min()) / np.ptp(walk)
    return (bottom + (top - bottom) * shape).astype(np.float32)


def _bare(place: int, column: Any, times: Any) -> str:
    """One line as path data, 100 high, below those before it."""
    span = float(np.ptp(column)) or 1.0
    ys = 100 * place + 95 - 90 * (column - column.min()) / span
    points = [f"{x:.1f} {y:.1f}" for x, y in zip((times / 100).tolist(), ys.tolist(), strict=True)]
    return "M" + "L".join(points)


def _plotly(columns: list[Any], times: Any) -> dict[str, Any]:
    seconds = (times / 1000).tolist()
    layout: dict[str, Any] = {"height": 900, "showlegend": False, "width": 900}
    traces = []
    for i, column in enumerate(columns):
        axis = "" if i == 0 else str(i + 1)
        layout[f"yaxis{axis}"] = {"domain": [1 - (i + 0.9) / len(columns), 1 - i / len(columns)]}
        traces.append(
            {"x": seconds, "y": column.tolist(), "yaxis": f"y{axis}", "mode": "lines", "type": "scatter"}
        )
    return {"traces": traces, "layout": layout}


def _measure(chromium: str, drawn: dict[str, Any], runs: int) -> Took:
    from playwright.sync_api import sync_playwright

    took: Took = {name: ([], []) for name in WAYS}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=[*FLAGS])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.route("**/*", _answer)
        page.goto("http://bench.invalid/")
        page.evaluate(PREPARE, drawn)
        inside = page.context.new_cdp_session(page)
        inside.send("Performance.enable")
        for run in range(-WARM_UP, runs):
            for name, (painted, worked) in took.items():
                page.evaluate("clear()")
                before = _task_ms(inside)
                until_painted = page.evaluate("(name) => draw(name)", name)
                after = _task_ms(inside)
                if run >= 0:
                    painted.append(until_painted)
                    worked.append(after - before)
        browser.close()
    return took


def _task_ms(inside: Any) -> float:
    """What the page's main thread has worked so far."""
    metrics = inside.send("Performance.getMetrics")["metrics"]
    return 1000 * next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def _answer(route: Any) -> None:
    """Everything comes from the checkout; nothing is asked of any network."""
    path = urlsplit(route.request.url).path
    if path == "/":
        sheets = "".join(f'<link rel="stylesheet" href="/static/greenroom/{name}.css">' for name in SHEETS)
        own = '<link rel="stylesheet" href="/static/analytics/analytics.css">'
        script = '<script src="/plotly/plotly-basic.min.js"></script>'
        body = (
            f'<html class="js"><head>{sheets}{own}{script}</head><body><div class="player" id="place"></div>'
        )
        route.fulfill(body=f"<!doctype html>{body}", content_type="text/html")
        return
    folder, _, name = path.lstrip("/").partition("/")
    file = FOLDERS.get(folder, ROOT / "nowhere") / name
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    route.fulfill(body=file.read_bytes(), content_type=kind) if file.is_file() else route.fulfill(status=404)


def _figures(took: Took) -> dict[str, float | int]:
    figures: dict[str, float | int] = {"lanes": 18, "seconds": SECONDS}
    cpu = {}
    for name, (painted, worked) in took.items():
        cpu[name] = statistics.median(worked)
        figures[f"{name}_ms"] = round(statistics.median(painted), 1)
        figures[f"{name}_worst_ms"] = round(max(painted), 1)
        figures[f"{name}_cpu_ms"] = round(cpu[name], 1)
    figures["limit_ratio"] = round(cpu["draw"] / cpu["limit"], 2)
    figures["plotly_ratio"] = round(cpu["draw"] / cpu["plotly"], 3)
    return figures


if __name__ == "__main__":
    sys.exit(main())
