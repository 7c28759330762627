"""The full analysis of an answer, as a job that can be stopped, killed and gone on with.

`actions` does it from beginning to end, `asking` stops it and lets it go on. `sources` says what there is and what is
agreed to, `reading` makes signals of that with the files that `models` names, `folder` is where the work lies until
then, `watch` reports how far it is and notices that it should end, `keeping` writes the result, `queue` puts the job
into the queue, `slots` bounds how many run on one machine. What is measured is in `scoring`.
"""
