"""What the API tells about practice. Read only: a session moves over the live socket."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import serializers

from sessions.models import (
    Answer,
    AnswerResult,
    AnswerTranscript,
    PracticeSession,
    Question,
    Recording,
    Scenario,
)


class QuestionSerializer(serializers.ModelSerializer[Question]):
    class Meta:
        model = Question
        fields: ClassVar = [
            *("id", "key", "position", "text", "type", "topics", "difficulty"),
            *("expected_s_low", "expected_s_high", "thinking_s"),
        ]


class ScenarioSerializer(serializers.ModelSerializer[Scenario]):
    questions = serializers.IntegerField(source="questions_count", help_text="Number of questions.")

    class Meta:
        model = Scenario
        fields: ClassVar = [
            *("id", "slug", "language", "title", "job_title", "summary"),
            *("order_rule", "thinking_s", "questions"),
        ]


class ScenarioNameSerializer(serializers.ModelSerializer[Scenario]):
    class Meta:
        model = Scenario
        fields: ClassVar = ["id", "slug", "language", "title"]


class SessionSerializer(serializers.ModelSerializer[PracticeSession]):
    scenario = ScenarioNameSerializer()

    class Meta:
        model = PracticeSession
        fields: ClassVar = [
            *("id", "scenario", "assignment", "is_drill", "mode", "record", "hints", "state"),
            *("used_ms", "simulated", "created_at", "started_at", "ended_at"),
        ]


class ResultSerializer(serializers.ModelSerializer[AnswerResult]):
    class Meta:
        model = AnswerResult
        fields: ClassVar = [
            *("state", "progress", "problem", "made_at", "catalogue_version", "made_by"),
            *("cues", "events", "quality"),
        ]


class TranscriptSerializer(serializers.ModelSerializer[AnswerTranscript]):
    class Meta:
        model = AnswerTranscript
        fields: ClassVar = ["language", "words", "marks", "remarks", "model", "made_at"]


class RecordingSerializer(serializers.ModelSerializer[Recording]):
    url = serializers.HyperlinkedIdentityField(
        view_name="practice:recording", lookup_field="pk", lookup_url_kwarg="recording_id"
    )

    class Meta:
        model = Recording
        fields: ClassVar = ["id", "url", "state", "mime", "size", "duration_ms", "started_ms", "problem"]


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    """Times are stream time in milliseconds (docs/live-protocol.md)."""

    result = ResultSerializer(read_only=True, allow_null=True, default=None)
    transcript = TranscriptSerializer(read_only=True, allow_null=True, default=None)
    recording = RecordingSerializer(read_only=True, allow_null=True, default=None)

    class Meta:
        model = Answer
        fields: ClassVar = [
            *("id", "position", "question", "question_text", "state", "asked_at", "ended_at"),
            *("question_ended_ms", "speech_started_ms", "stream_ms", "repeats", "frames_dropped"),
            *("result", "transcript", "recording"),
        ]


class SessionDetailSerializer(SessionSerializer):
    answers = AnswerSerializer(many=True, source="answers_in_order")

    class Meta(SessionSerializer.Meta):
        fields: ClassVar = [*SessionSerializer.Meta.fields, "answers"]
