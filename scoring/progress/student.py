"""Student's t distribution: probabilities and quantiles, by the incomplete beta function."""

from __future__ import annotations

import math

_TINY = 1e-300
_ENOUGH = 1e-15
_MOST = 500


def cdf(t: float, freedom: float) -> float:
    """P(T <= t) with `freedom` > 0 degrees of freedom (Abramowitz & Stegun 1964, 26.7.1)."""
    if not freedom > 0:
        raise ValueError("degrees of freedom must be above 0")
    tail = 0.5 * incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)
    return 1 - tail if t > 0 else tail


def quantile(p: float, freedom: float) -> float:
    """The t with P(T <= t) = p, for 0 < p < 1; by bisection, to twelve digits."""
    if not 0 < p < 1:
        raise ValueError("p must lie between 0 and 1")
    if p < 0.5:
        return -quantile(1 - p, freedom)
    low, high = 0.0, 1.0
    while cdf(high, freedom) < p:
        low, high = high, 2 * high
    while high - low > 1e-12 * max(1.0, high):
        middle = (low + high) / 2
        low, high = (middle, high) if cdf(middle, freedom) < p else (low, middle)
    return (low + high) / 2


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), 0 <= x <= 1 (Abramowitz & Stegun 1964, 26.5.8)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    # The fraction converges quickly below the mean, and I_x(a, b) = 1 - I_(1-x)(b, a).
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - x, b, a)
    front = a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(front) / (a * _fraction(x, a, b))


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction 1 + d1 / (1 + d2 / (1 + ...)), by Lentz's method (Thompson & Barnett 1986)."""
    found, above, below = 1.0, 1.0, 0.0
    for step in range(1, _MOST):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        below = 1 / _off_zero(1 + term * below)
        above = _off_zero(1 + term / above)
        found *= above * below
        if abs(above * below - 1) < _ENOUGH:
            break
    return found


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
