"""Reading one's own practice, and the scenarios there are, under `/api/v1/`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sessions.api.serializers import ScenarioSerializer, SessionDetailSerializer, SessionSerializer
from sessions.models import PracticeSession, Scenario
from sessions.queries import answers_of, get_session_for, scenarios_for


class SessionsView(generics.ListAPIView[PracticeSession]):
    """Your own practice sessions, newest first; a drill says that it is one."""

    serializer_class = SessionSerializer

    def get_queryset(self) -> QuerySet[PracticeSession]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a person
            return PracticeSession.objects.none()
        rows = PracticeSession.objects.filter(user=self.request.user.pk)
        return rows.select_related("scenario").order_by("-created_at")


class SessionView(APIView):
    @extend_schema(responses=SessionDetailSerializer)
    def get(self, request: Request, session_id: UUID) -> Response:
        """One of your own sessions with its answers and what was observed in them."""
        session: Any = get_session_for(request.user, session_id)
        session.answers_in_order = answers_of(session)
        prefetch_related_objects(session.answers_in_order, "transcript")
        return Response(SessionDetailSerializer(session, context={"request": request}).data)


class ScenariosView(generics.ListAPIView[Scenario]):
    """The interviews that can be practised in your institution."""

    serializer_class = ScenarioSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Scenario.objects.none()
        # DRF's request is a wrapper; the person's standing was put on Django's.
        membership = getattr(self.request, "membership", None)
        if not membership:
            raise Http404
        return scenarios_for(membership.institution, language=self.request.query_params.get("language"))
