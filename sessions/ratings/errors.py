"""Why a rating, comment or rubric is refused."""

from __future__ import annotations


class RatingRefused(Exception):
    """Nothing was written. `code` is stable; the page has the words."""

    code = "refused"


class NoLevel(RatingRefused):
    """A level outside 1..5, or a criterion that is not in the rubric."""

    code = "no_level"


class NothingSaid(RatingRefused):
    """The rating or the comment is empty."""

    code = "nothing_said"


class OutsideAnswer(RatingRefused):
    """The moment of a comment lies after the answer's end."""

    code = "outside_answer"


class NotAsked(RatingRefused):
    """The person is not, or no longer, asked to rate their own answers."""

    code = "not_asked"


class RubricRefused(RatingRefused):
    """No criterion, too many, two of one key or name, or one without a name."""

    code = "rubric"
