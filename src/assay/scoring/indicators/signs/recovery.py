"""Signs of noticing what went wrong, saying what it is, and changing the instruction."""

from assay.scoring.indicators.signs.faults import (
    EXPECTED,
    asks_back,
    bare_fault,
    correction_taken,
    errors_only,
    errors_with_words,
    failing_case,
    gives_cause,
    instructs,
    names_fault,
    re_asked_plainly,
    re_asked_with_contrast,
    took_what_came,
    within_faulty,
)
from assay.scoring.indicators.signs.finding import once_a_message, repeats_of_messages, sentences
from assay.scoring.indicators.signs.sign import Sign, talk, you

FAMILY = "error_recovery"

SIGNS = (
    Sign(
        id="names-fault",
        family=FAMILY,
        push="up",
        means="What is wrong with the last reply is said in words that the reply itself uses.",
        says="named what was wrong with a reply",
        why="Locating an error is what makes the next instruction able to mend it; feedback that "
        "names the fault works "
        "where 'try again' does not.",
        fires=talk(
            "Summarise ticket 12.",
            "The customer wants a refund for the lamp.",
            "The lamp is wrong: ticket 12 is about a kettle.",
        ),
        silent=talk("Summarise ticket 12.", "The customer wants a refund for the lamp.", "That is wrong."),
        find=names_fault,
        cap=3,
    ),
    Sign(
        id="re-instructs",
        family=FAMILY,
        push="up",
        means="A message that names a fault also says what to do instead.",
        says="said what to do instead",
        why="'Names what is wrong and re-instructs' is the third level.",
        fires=talk(
            "Summarise ticket 12.",
            "The customer wants a refund for the lamp.",
            "You mixed up the lamp and another order. Replace it with the kettle from ticket 12.",
        ),
        silent=talk(
            "Summarise ticket 12.",
            "The customer wants a refund for the lamp.",
            "The lamp is wrong, ticket 12 is about a kettle.",
        ),
        find=instructs,
        cap=2,
    ),
    Sign(
        id="re-asks-changed",
        family=FAMILY,
        push="up",
        means="An ask is made again with something added or changed after a reply that missed it.",
        says="asked again with a changed instruction",
        why="Changing the instruction rather than repeating it is recovery even without a complaint.",
        fires=talk(
            "split the text into sentences",
            "Use split on the dot.",
            "split the text into sentences at question marks",
        ),
        silent=talk(
            "split the text into sentences", "Use split on the dot.", "how do I count vowels in a word"
        ),
        find=re_asked_plainly,
        cap=2,
    ),
    Sign(
        id="re-asks-with-limit",
        family=FAMILY,
        push="up",
        means="An ask is made again with the condition that the reply had missed.",
        says="asked again and named the condition that was missed",
        why="The added condition says what was wrong and what to do instead in one go.",
        fires=talk(
            "split the text into sentences",
            "Use split on the dot.",
            "split the text into sentences, but not at the dot in a decimal number",
        ),
        silent=talk(
            "split the text into sentences",
            "Use split on the dot.",
            "split the text into sentences at question marks",
        ),
        find=re_asked_with_contrast,
        cap=2,
    ),
    Sign(
        id="correction-taken",
        family=FAMILY,
        push="up",
        means="A remark with matter of its own is followed by the assistant owning up to a mistake.",
        says="said something after which the assistant owned up to a mistake",
        why="What the assistant concedes is the clearest trace that an error was met; the remark "
        "must say something itself.",
        fires=talk(
            "Sort the orders.",
            "Sorted from high to low.",
            "The goal was from low to high by price.",
            "Apologies for the mix-up, here it is.",
        ),
        silent=talk(
            "Sort the orders.",
            "Sorted from high to low.",
            "The goal was from low to high by price.",
            "It is from low to high.",
        ),
        find=correction_taken,
        cap=2,
    ),
    Sign(
        id="says-expected",
        family=FAMILY,
        push="up",
        means="After a reply it is said what should stand there.",
        says="said what was expected",
        why="Expected against actual turns a complaint into a correction.",
        fires=talk("Add up the invoice.", "The total is 480.", "The total should be 412, not 480."),
        silent=talk("Add up the invoice.", "The total is 480.", "The total of the invoice looks odd."),
        find=within_faulty(
            once_a_message(
                sentences(EXPECTED, content=2, after_reply=True, shares=1, unless=r"\b(?:i|we) must\b")
            )
        ),
        cap=2,
    ),
    Sign(
        id="gives-cause",
        family=FAMILY,
        push="up",
        means="The cause of the mistake is given.",
        says="gave the cause of a mistake",
        why="Diagnosis is what separates the top level from naming a symptom.",
        fires=talk(
            "Add up the invoice.", "The total is 480.", "The total is wrong because you added the tax twice."
        ),
        silent=talk(
            "Add up the invoice.",
            "The total is 480.",
            "The total is wrong, it is above the limit of the order.",
        ),
        find=once_a_message(gives_cause),
        cap=2,
    ),
    Sign(
        id="failing-case",
        family=FAMILY,
        push="up",
        means="A failing case is sent: an assertion or a line with the value that was expected.",
        says="sent a failing case",
        why="'Points at a failing case or symptom' is the second level.",
        fires=talk("Write total(values).", "Here it is.", "assert total([]) == 0"),
        silent=you("assert total([]) == 0"),
        find=failing_case,
        cap=2,
    ),
    Sign(
        id="error-with-words",
        family=FAMILY,
        push="up",
        means="A pasted error comes with a question or remark of the candidate's own.",
        says="sent an error with words of their own",
        why="A symptom in context is more than a bare paste.",
        fires=talk(
            "Write the loop.",
            "Here.",
            "why does the loop raise this?\nValueError: not enough values to unpack",
        ),
        silent=talk("Write the loop.", "Here.", "ValueError: not enough values to unpack"),
        find=errors_with_words,
        cap=2,
    ),
    Sign(
        id="confirms-fix",
        family=FAMILY,
        push="up",
        means="After a correction the outcome is checked or confirmed.",
        says="checked that the correction held",
        why="The top level diagnoses, corrects and verifies the outcome.",
        fires=talk(
            "Add up the invoice.",
            "480.",
            "The tax is in twice, take it out.",
            "The total of the invoice is 412.",
            "Now the total matches the invoice; recheck the second page too.",
        ),
        silent=talk("Add up the invoice.", "480.", "Thanks, now write the letter."),
        find=once_a_message(
            sentences(
                r"\b(?:now|that|it|this) (?:\w+ ){0,3}(?:matches|match|passes|fits|adds up"
                r"|is right|is correct|looks right|agrees|fixed)\b|\bworks now\b"
                r"|\bnow (?:\w+ ){0,2}works\b|^that works\b|\b(?:that|this) (?:fixes|fixed|solves"
                r"|solved)\b"
                r"|\b(?:re-?check|re-?run|re-?count|re-?test|check again|run (?:it|that) again"
                r"|confirm (?:that|the|it))\b|\bmatches (?:the|my|what)\b",
                content=1,
                after_reply=True,
            )
        ),
        cap=1,
    ),
    Sign(
        id="error-only",
        family=FAMILY,
        push="down",
        means="An error message is pasted with nothing else.",
        says="pasted an error with nothing else",
        why="'Pastes an error with nothing else' is the first level.",
        fires=talk("Write the loop.", "Here.", "ValueError: not enough values to unpack"),
        silent=talk(
            "Write the loop.",
            "Here.",
            "The unpacking fails on blank lines.\nValueError: not enough values to unpack",
        ),
        find=errors_only,
        cap=2,
    ),
    Sign(
        id="wrong-only",
        family=FAMILY,
        push="down",
        means="It is said that something is wrong, but not what.",
        says="said only that it was wrong",
        why="'Says only that it is wrong' is the first level.",
        fires=talk("Write the loop.", "Here.", "this is not working"),
        silent=talk(
            "Write the loop.", "Here is the loop.", "the loop never reaches the last row of the table"
        ),
        find=bare_fault,
        cap=2,
    ),
    Sign(
        id="message-repeated",
        family=FAMILY,
        push="down",
        means="The same message is sent again word for word.",
        says="repeated the same message",
        why="'Repeats the same message' is the lowest level.",
        fires=talk("swap the two tables", "Like so.", "swap the two tables"),
        silent=talk("swap the two tables", "Like so.", "swap the two tables by name"),
        find=repeats_of_messages,
        cap=2,
    ),
    Sign(
        id="asks-again-unchanged",
        family=FAMILY,
        push="down",
        means="An earlier ask comes back with hardly a word changed.",
        says="asked again with hardly a change",
        why="The same instruction invites the same mistake.",
        fires=talk(
            "write a letter that thanks regular guests",
            "Here.",
            "write a letter which thanks the regular guests",
        ),
        silent=talk(
            "write a letter that thanks regular guests", "Here.", "write a letter that declines an invitation"
        ),
        find=asks_back,
        cap=2,
    ),
    Sign(
        id="took-what-came",
        family=FAMILY,
        push="down",
        means="In an exercise whose assistant makes mistakes on purpose, none of them is met.",
        says="took every reply as it came although the exercise has mistakes in them",
        why="Such an exercise always calls for recovery; accepting what came is the lowest level.",
        fires=talk(
            "Label the reports on the kettle.",
            "All kettles are fine.",
            "great, now the numbers",
            errors_shown=True,
        ),
        silent=talk("Label the reports on the kettle.", "All kettles are fine.", "great, now the numbers"),
        find=took_what_came,
    ),
)
