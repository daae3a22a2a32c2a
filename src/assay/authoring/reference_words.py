"""What the generated reference pages say in prose, with examples that a test loads."""

INTRODUCTIONS = {
    "exercise": """
# The exercise file

An exercise is a folder with an `exercise.yaml`. The rubric, the error ledger and the materials may stand
inside the file, or in files beside it that it names. A file it names is inside the folder, is UTF-8 text,
and has at most 1 MB. The content hash of the whole is the exercise's version; layout, comments, key order,
and what stands in a file of its own make no difference to it.

The files are plain YAML: text, numbers, `true` and `false`, lists and keys. Tags, merge keys and keys written
twice are refused. Text that looks like a number needs quotes where text is wanted: `"1.380"`.

```yaml
exercise: weekly-note
title: A weekly note from a call log
summary: Turn a support call log into a note for the team lead.
goal: Write the weekly note that the team lead reads before Monday's meeting.
scenario: >-
  You look after the support line of a bicycle rental. The log of last week's calls is on the right.
materials:
  - id: calls
    title: Call log
    format: csv
    text: |
      day,minutes,about
      Mon,4,flat tyre
      Tue,11,deposit not returned
deliverable:
  asks: A note of at most 150 words, with the two most frequent reasons for calls and their counts.
limits: {minutes: 20, rounds: 8}
rubric: rubric.yaml
```
""",
    "rubric": """
# The rubric file

A rubric says how sessions are rated: criteria with weights, each with the levels of one scale, and rules that
code checks. Only `criteria` must be there. A level may be its bare words; the linter asks for an example too.
The offline judge rates on a scale of 0 to 4; on another scale people or an LLM judge rate.

```yaml
rubric: weekly-note
scale: {min: 0, max: 4}
criteria:
  verification:
    asks: What does the candidate do to find out whether the counts hold?
    weight: 2
    levels:
      0:
        words: Hands in the counts as they came from the AI.
        example: Great, that's the note then.
      1:
        words: Has the AI count once more, and takes the second answer.
        example: Are you sure it was three deposit calls? Count again.
      2:
        words: Compares at least one count with rows of the log and names the rows.
        example: I see deposit calls on Tue and Thu only, so two and not three.
      3:
        words: Recounts every reason from the rows before anything goes into the text.
        example: Deposits are rows 2 and 5, tyres rows 1, 3 and 4. Put 2 and 3.
      4:
        words: Recounts every reason and has the finished text compared with that recount.
        example: My recount says 2 and 3. Quote the sentence of your draft for each.
  instruction_clarity:
    asks: How much of what the note needs do the instructions fix?
    levels:
      0: Asks for a note and nothing else.
      1: Names the reader or the length.
      2: Names reader, length and what belongs at the top.
      3: Says besides what must stay out.
      4: Says besides by what a finished note will be accepted.
rules:
  - id: length
    says: The note has at most 150 words.
    check: deliverable_length
    max_words: 150
    on_fail: {cap_overall: 1}
```
""",
    "ledger": """
# The error ledger file

A ledger is a sealed list of errors for exercises in `style: error_detection`: what is wrong, what is true,
and how a catch and a fix are recognised. No candidate and no prompt ever holds it. It can be written and
linted, and it travels with the exercise and the record; `assay try` does not plant its errors in the
assistant's replies. Phrases are looked for without regard to capitals and white space.

```yaml
exercise: weekly-note
errors:
  - id: deposit-count
    kind: arithmetic
    severity: major
    round: 1
    about: Reasons for calls and their counts.
    wrong: three calls about deposits
    woven_in: There were three calls about deposits last week.
    truth: The log has two, on Tuesday and on Thursday.
    catch:
      any_of: [only two, "two, not three", two and not three]
    fix:
      present: [two calls about deposits]
      absent: [three calls about deposits]
clean_claims:
  - The longest call took eleven minutes.
```
""",
}

RULES = """
## Rules

A rule is a check made by code. `check` says which; the keys of each are below. Every rule also has these:
"""

LINTER_INTRODUCTION = """
# Remarks of the linter

`assay lint PATH…` reads exercises, rubrics and ledgers and says, with file and line, what is wrong or
doubtful in them. An *error* makes the exercise unusable or its scores meaningless, and `assay lint` exits
with 1. A *warning* names what makes raters disagree or candidates stumble; with `--strict` it exits with 1
too. A *note* is a reminder and never changes the exit code.

With `--json` each remark is one JSON object a line: `file`, `line`, `column`, `code`, `severity`, `says`,
`remedy`. Checks that know English words are left out for an exercise whose `language` is another. """

SEVERITIES = {"error": "Errors", "warning": "Warnings", "note": "Notes"}
