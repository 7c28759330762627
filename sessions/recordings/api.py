"""The upload of a recording, under `/api/v1/answers/<id>/recording/`. See docs/recordings.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from sessions.queries import get_answer_for
from sessions.recordings import actions, queries
from sessions.recordings.receive import MAX_PIECE_BYTES, ReceiveError, TooLarge, WrongOffset, received


class OpenSerializer(serializers.Serializer[Any]):
    mime = serializers.CharField(max_length=60)
    started_ms = serializers.IntegerField(min_value=0)


class OffsetSerializer(serializers.Serializer[Any]):
    offset = serializers.IntegerField(min_value=0)


class SegmentSerializer(OffsetSerializer):
    number = serializers.IntegerField()
    url = serializers.CharField()


class RawParser(BaseParser):
    """The body as bytes, whatever its type says: the first bytes decide (`receive.append`)."""

    media_type = "*/*"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> Mapping[Any, Any]:
        return {"piece": stream.read(MAX_PIECE_BYTES + 1)}


class Refused(APIException):
    """A ReceiveError as an answer: {"code", "text"} and, for a wrong offset, {"offset"} to go on from."""

    def __init__(self, error: ReceiveError) -> None:
        self.status_code = error.status
        said: dict[str, Any] = {"code": error.code, "text": error.text}
        if isinstance(error, WrongOffset):
            said["offset"] = error.offset
        self.detail = said


class RecordingView(APIView):
    parser_classes = [JSONParser]

    @extend_schema(request=OpenSerializer, responses={201: SegmentSerializer})
    def post(self, request: Request, answer_id: UUID) -> Response:
        """Begin a segment: one run of the browser's recorder."""
        answer = get_answer_for(request.user, answer_id)
        asked = OpenSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            segment = actions.open_segment(answer=answer, **asked.validated_data)
        except ReceiveError as error:
            raise Refused(error) from error
        url = reverse("api:recording_segment", args=[answer_id, segment.number])
        return Response({"number": segment.number, "url": url, "offset": 0}, status=status.HTTP_201_CREATED)


class SegmentView(APIView):
    parser_classes = [RawParser]

    @extend_schema(responses=OffsetSerializer)
    def get(self, request: Request, answer_id: UUID, number: int) -> Response:
        """How much is safely here."""
        segment = queries.get_segment_for(request.user, answer_id, number)
        return Response({"offset": received(actions.place_of(segment))})

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("offset", int, required=True)],
        responses=OffsetSerializer,
    )
    def put(self, request: Request, answer_id: UUID, number: int) -> Response:
        """Append one piece at `offset`. 409 with `offset` says where to go on."""
        segment = queries.get_segment_for(request.user, answer_id, number)
        asked = OffsetSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        try:
            if int(request.headers.get("Content-Length") or 0) > MAX_PIECE_BYTES:
                raise TooLarge("One piece may have at most 4 MB.")
            offset = actions.receive_piece(
                segment=segment, offset=asked.validated_data["offset"], piece=_piece(request)
            )
        except ReceiveError as error:
            raise Refused(error) from error
        return Response({"offset": offset})


def _piece(request: Request) -> bytes:
    """What RawParser read."""
    data = request.data
    piece = data["piece"] if isinstance(data, Mapping) else b""
    return piece if isinstance(piece, bytes) else b""


class SegmentCompleteView(APIView):
    @extend_schema(request=None, responses=OffsetSerializer)
    def post(self, request: Request, answer_id: UUID, number: int) -> Response:
        """All pieces of this segment were sent."""
        segment = queries.get_segment_for(request.user, answer_id, number)
        actions.complete_segment(segment=segment)
        return Response({"offset": received(actions.place_of(segment))})
