"""Plotly figures, built in Python and drawn by plotly.js from our own origin.

Every chart is a `Chart`: a headline that says what is seen, the figure, a summary in words and the same numbers
as a table. Colours are names of design tokens (static/greenroom/tokens.css); static/analytics/chart.js puts the
colours of the reader's light or dark page in their place. Nothing is told apart by colour alone.
"""

from analytics.charts.base import Chart, Table

__all__ = ["Chart", "Table"]
