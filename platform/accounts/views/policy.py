"""The institution's policy, the proof that data was deleted in time, and the audit log. For its administrators."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.access import PersonRequest, role_required
from accounts.audit_words import line_of, proof_line_of
from accounts.forms import PolicyForm
from accounts.models import AuditEntry, RetentionProof, Role

PROOFS_SHOWN = 20
ENTRIES_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMINISTRATOR)
def policy(request: PersonRequest) -> HttpResponse:
    institution = request.membership.institution
    if request.method == "POST":
        form = PolicyForm(request.POST)
        if form.is_valid():
            actions.change_policy(institution=institution, policy=form.policy(), by=request.user)
            messages.success(request, _("Saved. It applies from now on."))
            return redirect("accounts:policy")
    else:
        form = PolicyForm.of(institution)
    proofs = RetentionProof.objects.filter(institution=institution).order_by("-at")[:PROOFS_SHOWN]
    context = {"form": form, "proofs": [proof_line_of(proof) for proof in proofs]}
    return render(request, "accounts/policy.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def audit(request: PersonRequest) -> HttpResponse:
    entries = AuditEntry.objects.filter(institution=request.membership.institution)
    rows = entries.select_related("actor").order_by("-at", "-pk")
    page = Paginator(rows, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/audit.html", {"page": page, "lines": [line_of(entry) for entry in page]})
