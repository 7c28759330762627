"""What is said about a list of people that was uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.people_csv import BadLine, Fault, Problem

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

FAULTS: Mapping[Fault, _StrOrPromise] = {
    Fault.EMPTY: gettext_lazy("The file holds nobody. Nothing was sent."),
    Fault.BINARY: gettext_lazy("This is not a text file. Save your list as CSV and choose that file."),
    Fault.WORKBOOK: gettext_lazy(
        "This is a spreadsheet file. In your spreadsheet choose Save as, then CSV, and upload that file."
    ),
    Fault.TOO_LARGE: gettext_lazy("The file is larger than 2 MB. A list of names and addresses is smaller."),
    Fault.TOO_MANY: gettext_lazy("The file has more than 5000 people. Split it."),
    Fault.NO_ADDRESSES: gettext_lazy("There is no column with e-mail addresses in this file."),
}
PROBLEMS: Mapping[Problem, _StrOrPromise] = {
    Problem.NO_ADDRESS: gettext_lazy("no e-mail address"),
    Problem.BAD_ADDRESS: gettext_lazy("not an e-mail address"),
    Problem.LONG_NAME: gettext_lazy("the name is longer than 120 characters"),
    Problem.MALFORMED: gettext_lazy("quotation marks that do not close"),
}


def problem_words(bad: BadLine) -> str:
    if bad.problem == Problem.DUPLICATE:
        return _("the same address as in line %(line)s") % {"line": bad.first_line}
    return str(PROBLEMS[bad.problem])
