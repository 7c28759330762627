"""What a listener would probably make of an answer: the estimated rating "engagement", and the advice that explains it.

Made at the end of an analysis where the institution's policy runs the models, and for the learner alone. Start at
`actions` (making and keeping), `queries` (what may be shown), `renewal` (when the accommodation profile changes) and
`rescoring` (when the model changes). torch is loaded when the first rating is made, in a worker, and nowhere else.
"""
