"""Signs of checking the assistant's work rather than trusting it."""

from assay.scoring.indicators.signs.checks import (
    AGAINST,
    ASKS_RIGHT,
    CASE_WORDS,
    CITED_QUESTION,
    EDGE,
    EVERY,
    GENERAL,
    HOW_TO,
    ORDERED,
    OWN_COUNT,
    OWN_LOOK,
    RAN_WORDS,
    SOURCE,
    TESTS,
    cases,
    claims,
    edited_by_hand,
    material_against,
    ran,
)
from assay.scoring.indicators.signs.faults import correction_taken, names_fault, re_asked
from assay.scoring.indicators.signs.finding import either, once_a_message, sentences
from assay.scoring.indicators.signs.sign import Sign, talk

FAMILY = "verification"

SIGNS = (
    Sign(
        id="ran-it",
        family=FAMILY,
        push="up",
        means="What came back was tried out: an error message or symptom is reported.",
        says="tried the result out and reported what happened",
        why="'Runs or quotes one check or error' is the second level.",
        fires=talk("Write the loop.", "Here.", "ValueError: not enough values to unpack"),
        silent=talk("Write the loop.", "Here.", "Now write the table."),
        find=once_a_message(
            either(
                ran,
                sentences(RAN_WORDS, content=1, after_reply=True, grounded=False, unless=GENERAL + ORDERED),
            )
        ),
        cap=2,
    ),
    Sign(
        id="tests-a-case",
        family=FAMILY,
        push="up",
        means="A concrete case with the value it should give is put to the assistant's work.",
        says="tested a concrete case",
        why="Expected against actual on named cases is how software and label guidelines alike are checked.",
        fires=talk(
            "Write total(values).",
            "def total(values): ...",
            "For the input [] the total of the values should return 0, does it?",
        ),
        silent=talk("Write total(values).", "def total(values): ...", "Thanks, write the average as well."),
        find=either(
            cases, sentences(CASE_WORDS, content=2, after_reply=True, shares=1, unless=HOW_TO + ORDERED)
        ),
        cap=3,
    ),
    Sign(
        id="asks-edge-case",
        family=FAMILY,
        push="up",
        means="After a reply, an unusual or boundary case is brought up.",
        says="brought up an edge case",
        why="Edge cases are named in the top anchor; boundary values are where work fails first "
        "(Myers, 1979).",
        fires=talk(
            "Write the refund rule.",
            "Refund within 30 days.",
            "What if the parcel arrives after the 30 days because of the carrier?",
        ),
        silent=talk(
            "Write the refund rule.", "Refund within 30 days.", "Translate the refund rule into plain words."
        ),
        find=once_a_message(sentences(EDGE, content=2, after_reply=True, shares=1)),
        cap=2,
    ),
    Sign(
        id="checks-against-source",
        family=FAMILY,
        push="up",
        means="Work is to be held against the brief, the policy, the data or another source.",
        says="had the work checked against its source",
        why="Comparison with the task is what the third level asks for.",
        fires=talk(
            "Draft the reply.",
            "Here it is.",
            "Check each promise in the draft against the refund policy and list those it does not allow.",
        ),
        silent=talk("Draft the reply.", "Here it is.", "Make the draft shorter and warmer."),
        find=once_a_message(either(sentences(SOURCE + AGAINST, content=1), material_against)),
        cap=2,
    ),
    Sign(
        id="asks-if-right",
        family=FAMILY,
        push="up",
        means="It is asked whether something is right, or whether there are errors.",
        says="asked whether it was right",
        why="A bare 'is this right?' is the first level.",
        fires=talk("Write the loop.", "Here.", "Is this correct?"),
        silent=talk("Write the loop.", "Here.", "Write it shorter."),
        find=once_a_message(sentences(ASKS_RIGHT, content=0, grounded=False, unless=CITED_QUESTION)),
        cap=2,
    ),
    Sign(
        id="questions-claim",
        family=FAMILY,
        push="up",
        means="A statement of the reply is questioned in its own words.",
        says="questioned something the assistant had said",
        why="A question about a named statement can be answered and checked; trust alone cannot.",
        fires=talk(
            "Sum up the outage.",
            "The cache failed at 09:10 and payments stopped.",
            "Does the log really say that payments stopped at 09:10?",
        ),
        silent=talk("Sum up the outage.", "The cache failed at 09:10.", "How do I export a chart?"),
        find=claims,
        cap=3,
    ),
    Sign(
        id="asks-for-source",
        family=FAMILY,
        push="up",
        means="The source, quotation or working behind a statement is asked for.",
        says="asked for the source or the working",
        why="A statement that must show where it comes from can be checked by reading.",
        fires=talk(
            "Sum up the study.",
            "Sleep improved by 20 percent.",
            "Which table is the 20 percent from? Quote the line.",
        ),
        silent=talk("Sum up the study.", "Sleep improved by 20 percent.", "Make the summary one sentence."),
        find=once_a_message(
            sentences(
                r"\bwhere (?:does|did|do|is|are|in) (?:\w+ ){1,6}(?:say|come|from|stated?"
                r"|mention\w*|find|get|written|the)\b|\b(?:which|what) (?:section|line|lines"
                r"|ticket|row|table|page|source|paragraph|sentence|rule|clause"
                r"|log)\b.{0,60}\b(?:from|say|says|support\w*|based|in|of|is|does)\b"
                r"|\b(?:quote|cite|point (?:me )?to|show me where|show me the (?:line|source"
                r"|passage|evidence))\b.{0,60}\b(?:line|lines|sentence|section|source|sources"
                r"|passage|wording|row|rows|clause|ticket|where|evidence|reference)\b"
                r"|\bshow (?:me )?(?:your|the) (?:working|calculation|math|maths|arithmetic"
                r"|reasoning|sums?)\b|\bhow did you (?:get|arrive|count|calculate|come|decide)\b",
                content=1,
            )
        ),
        cap=2,
    ),
    Sign(
        id="own-check",
        family=FAMILY,
        push="up",
        means="The candidate reports a check of their own, with what it found.",
        says="reported a check of their own",
        why="A person who counted, compared or looked it up has checked; the finding shows that they did.",
        fires=talk(
            "Count the open tickets.",
            "There are 14 open tickets.",
            "I count 12 open tickets in the table, not 14.",
        ),
        silent=talk("Count the open tickets.", "There are 14 open tickets.", "I checked everything."),
        find=once_a_message(
            either(
                sentences(OWN_LOOK, content=2, after_reply=True, shares=2),
                sentences(OWN_COUNT, content=2, after_reply=True, shares=1),
            )
        ),
        cap=3,
    ),
    Sign(
        id="corrects-reply",
        family=FAMILY,
        push="up",
        means="A reply is corrected, or its ask is made again with what it missed; so it had been read "
        "with care.",
        says="noticed what a reply had missed",
        why="A correction shows that the reply was compared with what was wanted, if only once.",
        fires=talk(
            "split the text into sentences",
            "Use split on the dot.",
            "split the text into sentences at question marks too",
        ),
        silent=talk(
            "split the text into sentences", "Use split on the dot.", "how do I count vowels in a word"
        ),
        find=once_a_message(either(names_fault, correction_taken, re_asked)),
        cap=2,
    ),
    Sign(
        id="edited-by-hand",
        family=FAMILY,
        push="up",
        means="A sentence of the deliverable is the assistant's with words or figures replaced by the "
        "candidate.",
        says="changed the assistant's wording or figures in the deliverable by hand",
        why="Text that was corrected before it was handed in had been read; what is handed in unread "
        "is unchanged.",
        fires=talk(
            "Draft the note.",
            "The refund of 480 euros for the kettle reaches the customer at her bank within two days.",
            deliverable="The refund of 412 euros for the kettle reaches the customer at her bank within "
            "seven days.",
        ),
        silent=talk(
            "Draft the note.",
            "The refund of 480 euros for the kettle reaches the customer within two days.",
            deliverable="The refund of 480 euros for the kettle reaches the customer within two days.",
        ),
        find=edited_by_hand,
    ),
    Sign(
        id="asks-for-tests",
        family=FAMILY,
        push="up",
        means="Tests, a recount or a pass over every item are asked for.",
        says="asked for tests or a recount",
        why="Asking for and using tests is in the top anchor; making a model check its own draft "
        "step by step lowers "
        "made-up content (chain-of-verification: Dhuliawala et al., 2023).",
        fires=talk(
            "Label the reviews.",
            "Done.",
            "Recount the reviews per label and list any review that has two labels.",
        ),
        silent=talk("Label the reviews.", "Done.", "Thanks, that is all for the reviews."),
        find=once_a_message(
            either(
                sentences(EVERY, content=2, after_reply=True),
                sentences(TESTS, content=2, unless=r"\b(?:is|as) (?:only |just )?a cross-check\b"),
            )
        ),
        cap=2,
    ),
)
