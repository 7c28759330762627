"""Interviews as data: the scenarios shipped with Greenroom and the reader for any file in their format.

`scenarios/<slug>.<language>.json` holds one interview in one language, written natively. A translation has the slug and
the question keys of its English file, so that progress counts across languages. The reader (`read`, `fields`, `schema`,
`topics`) knows no Django: text in, frozen values out. `actions` stores them, `expected` says which expectations hold.

The format (version 1) is strict: every field named here must be there, unless marked optional, and no other may be.

Scenario:
    schema        1
    slug          lower-case words joined by hyphens, at most 60 characters
    language      "en", "de", "pt-BR": at most 8 characters
    title         at most 120 characters, as is job_title
    summary       one or two sentences for the student, at most 600 characters: what the job is, and what the
                  interviewer wants to hear about
    order_rule    see `schema.OrderRule`
    thinking_s    0..120 seconds offered before answering
    questions     1..30, with distinct keys
    expected_by_type  optional: {type: expected_cues}, for the questions of that type whose own expected_cues are
                  empty; a type that is not named has the defaults of `scoring.performance.expectation`

Question:
    key           like slug; stable, because answers over time are compared by it
    text          what is spoken, at most 400 characters
    type          see `schema.QuestionType`
    topics        1..3 codes of `topics.Topic`
    difficulty    1 (easy) .. 5 (hard); see `schema.QuestionContent.expected_performance`
    expected_s    [low, high], 5..600 seconds: how long a good answer usually is
    thinking_s    optional, in place of the scenario's
    expected_cues 0..8 of {"cue", "direction", "weight"}, optionally with "band": {"low", "high"} (one may be missing)
                  in the place of the catalogue's band; see `schema.ExpectedCue`
    point         one sentence shown afterwards: what a good answer shows; at most 300 characters
    key_points    1..6 short points that a good answer may cover; at most 120 characters each
"""
