"""A small exercise without a fault, as files, into which tests plant one fault at a time."""

from pathlib import Path

EXERCISE = """\
exercise: weekly-note
title: A weekly note from a call log
summary: Turn the call log of a bicycle rental into a note for the team lead.
field: customer support
style: error_detection
goal: Write the note that Petra reads before Monday's meeting.
scenario: >-
  You look after the support line of a bicycle rental in a harbour town.
  The calls of last week are listed in the log, and Petra wants to know
  what to repair first.
materials:
  - id: calls
    title: Call log
    format: csv
    file: materials/calls.csv
  - id: house-style
    title: House style
    text: |
      Notes are plain. Prices carry the currency after the amount.
deliverable:
  asks: >-
    A note of at most 150 words with the two most frequent reasons for calls and their counts.
  format: markdown
  starts_with: "# Week 12\\n\\n| Reason | Count |\\n|---|---:|"
conversation:
  greets_first: true
  greeting: Hello, I have the log here.
  assistant_notes: The rental has two shops.
limits:
  minutes: 25
  rounds: 8
  retake_below_rounds: 2
threshold: 1.5
rubric: rubric.yaml
ledger: ledger.yaml
"""

RUBRIC = """\
rubric: weekly-note
scale: {min: 0, max: 4}
criteria:
  verification:
    title: Verification
    asks: What does the candidate do to find out whether the counts hold?
    weight: 2
    levels:
      0:
        words: Hands in the counts just as they came from the AI.
        example: Great, that's the note then.
      1:
        words: Has the AI count once more and takes the second answer.
        example: Are you sure about the deposits? Count again.
      2:
        words: Compares at least one count with rows of the log and names these rows.
        example: I see deposit calls on Tue and Thu only, so it cannot be three.
      3:
        words: Recounts every reason from the rows before anything goes into the text.
        example: Deposits are rows 2 and 5, tyres rows 1, 3 and 4. Put 2 and 3.
      4:
        words: Recounts every reason and has the finished text compared with that recount.
        example: My recount says 2 and 3. Quote the sentence of your draft for each.
  instruction_clarity:
    title: Instruction clarity
    asks: How much of what Petra needs do the instructions fix?
    weight: 1
    levels:
      0:
        words: Asks for some note and nothing else.
        example: write the note pls
      1:
        words: Names the reader or the length.
        example: It goes to the team lead, keep it short.
      2:
        words: Names reader and length, and says what belongs at the top.
        example: Petra reads it on her phone, 150 words, the repairs come first.
      3:
        words: Adds to reader, length and opening what must stay out.
        example: For Petra, 150 words, repairs first. Leave out who called.
      4:
        words: States what must stay out and how a finished text will be accepted.
        example: No callers' names. I take it once both counts open the first line.
  error_recovery:
    title: Error recovery
    asks: What does the candidate do about a reply that is wrong?
    weight: 1
    levels:
      0:
        words: Leaves the wrong figure in the note.
        example: Thanks, looks done.
      1:
        words: Says that something is off, without the figure.
        example: That can't be it.
      2:
        words: Names the figure, the row that contradicts it, and the figure to use.
        example: Row 4 is a flat tyre. Use two for deposits.
      3:
        words: Asks where the mistake came from before having it mended.
        example: Which rows did you add up for three? Show me them.
      4:
        words: Finds the cause and guards later replies against it.
        example: You merged Tue with Wed. From now on list the day with each count.
rules:
  - id: length
    says: The note has at most 150 words.
    check: deliverable_length
    min_words: 30
    max_words: 150
    on_fail: {cap_overall: 1}
  - id: heading
    says: The heading names the week.
    check: deliverable_contains
    phrases: [Week 12]
  - id: no-blame
    says: The note blames nobody.
    check: deliverable_forbids
    phrases: [his fault, her fault]
  - id: no-callers
    says: No caller can be recognised.
    check: no_personal_data
    allowed: [desk@rental.example]
    on_fail: {auto_fail: verification}
"""

LEDGER = """\
exercise: weekly-note
errors:
  - id: deposit-count
    kind: arithmetic
    severity: major
    round: 1
    about: Reasons for calls and their counts.
    wrong: three calls about deposits
    woven_in: There were three calls about deposits last week.
    truth: The log lists two of them, on Tuesday and on Thursday.
    catch:
      any_of: [only two, "two, not three", two rather than three]
    fix:
      present: [two calls about deposits]
      absent: [three calls about deposits]
  - id: longest-call
    kind: fact
    severity: minor
    round: 2
    about: How long calls took.
    wrong: the longest call took 40 minutes
    woven_in: By the way, the longest call took 40 minutes.
    truth: It took 11 minutes, on Tuesday.
    catch:
      all_of: [longest]
      any_of: ["11", eleven]
    fix:
      absent: [40 minutes]
clean_claims:
  - Most calls came on Tuesday.
"""

CALLS = """\
day,minutes,about
Mon,4,flat tyre
Tue,11,deposit not returned
Tue,3,flat tyre
Wed,6,flat tyre
Thu,5,deposit not returned
"""

FILES = {
    "exercise.yaml": EXERCISE,
    "rubric.yaml": RUBRIC,
    "ledger.yaml": LEDGER,
    "materials/calls.csv": CALLS,
}


def write_exercise(folder: Path, **changed: str) -> Path:
    """Write the exercise into `folder`; a keyword such as `rubric` replaces rubric.yaml."""
    for name, text in FILES.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(changed.get(target.stem, text), encoding="utf-8")
    return folder


def replaced(text: str, old: str, new: str) -> str:
    """The text with its only occurrence of `old` replaced: a fault planted where the test says."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def line_of(text: str, marker: str) -> int:
    """The line, from 1, on which the only occurrence of `marker` begins."""
    assert text.count(marker) == 1, f"{marker!r} stands {text.count(marker)} times"
    return text[: text.index(marker)].count("\n") + 1
