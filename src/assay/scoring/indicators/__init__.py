"""The offline judge: countable signs in the candidate's own messages, and a table from signs to levels.

How a session becomes levels, and where to read on:

1. `text` makes a message readable: folded letters with a way back to the original offsets, and sentences
   told apart as prose, code, error, data or quotation. `words` holds the word lists.
2. `language` refuses what the signs do not cover, by positive evidence only.
3. `asks` tells what a sentence does: ask, or talk past the task to whoever rates it.
4. `hearing` puts each message in its place: which sentences are the candidate's own, what was pasted from
   the brief, the rubric or a reply, and what is said to a rater (`addressed`). `reading` is what comes of it,
   with what the assistant had said before and which asks are new.
5. `signs` holds the signs, one module a family, and the ways they look. A sign that fires is a quote.
6. `levels` adds up points by `levels.yaml`, which `bench/fit_levels.py` writes.
7. `judge` is the rater: one proposal per criterion, with quotes, a reason that can be checked by hand, and
   the measured error, or the reason why the criterion is unscored.
8. `reference` writes docs/reference/signs.md from all of this.

To add a sign: write it in its family's module with an example that fires and one that does not (both run as
tests), give it points in `bench/prior_points.yaml`, run `bench/fit_levels.py --write`, then
`python -m assay.scoring.indicators.reference docs/reference`. docs/design/offline-judge.md says why it is so.
"""
