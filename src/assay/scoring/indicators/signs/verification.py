"""Signs of checking the assistant's work rather than trusting it."""

import re
from collections.abc import Iterator

from assay.scoring.indicators.reading import Reading, likeness
from assay.scoring.indicators.signs.faults import correction_taken, names_fault, re_asked
from assay.scoring.indicators.signs.finding import either, mark, once_a_message, sentences, shared_with_reply
from assay.scoring.indicators.signs.sign import Mark, Sign, talk
from assay.scoring.indicators.text import Folded, sentences_of

FAMILY = "verification"
EDGE = (
    r"\bwhat (?:if|happens (?:if|when)|about (?:when|if)|would (?:you do|happen) (?:if"
    r"|when))\b(?! (?:i|we) (?:want|need|wish|use)\b)|\b(?:edge|corner|borderline) cases?\b"
    r"|\bboundary\b"
    r"|\b(?:if|when|for|handles?|including|case of) (?:\w+ ){0,4}(?:empty|zero|negative|missing"
    r"|duplicates?|tied?|ties|blank|both|neither|sarcas\w+|mixed|borderline|ambiguous|overlap\w*"
    r"|midnight)\b"
    r"|\bnot necessarily\b|\bnegative sign\b"
)
_SOURCE = (
    r"\b(?:check|compare|match|verify|validate|test|hold|reconcile|go through|cross-check"
    r"|double-check|recheck|measure|confirm|review|audit|see (?:if"
    r"|whether))\w*\b.{0,120}?\b(?:against|with|to|in|from|by|for|each|every|matches|meets|follows"
    r"|fits|satisf\w+)\b.{0,80}?\b"
    r"(?:prompt|brief|policy|ticket|tickets|source|sources|requirements?|spec|specification"
    r"|guidelines?|guide|rules?|table|log|logs|data|task|example|examples|original|contract|schema"
    r"|transcript|numbers|figures|text|article|report|invoice|reviews?|notes|faq|page|rows?"
    r"|timeline|study|studies|paper|instructions?|definition|definitions|style)\b"
)
_AGAINST = (
    r"|\b(?:check|compar|verif|validat|test|go|goes|went|gone|going|hold|held|measur|match|read"
    r"|review|reconcil|audit|look)\w{0,4}\b.{0,80}\bagainst (?:the|our|my|this|that|these|each"
    r"|every|its|their|both)\b"
    r"|\b(?:row|line|sentence|item|claim|point|ticket|paragraph|one|clause|word) by (?:row|line"
    r"|sentence|item|claim|point|ticket|paragraph|one|clause|word)\b"
)
_AGAINST_LINE = re.compile(
    r"against (?:this|the|that|my|these|our) (?:\w+ )?(?:prompt|brief|policy|guidelines?|spec|requirements?"
    r"|task|source|table|log|contract)\b"
)
_ASKS_RIGHT = (
    r"\b(?:is|are|was|were) (?:this|that|it|these|those|the \w+|my \w+|your \w+"
    r"|you) (?:\w+ )?(?:right|correct|ok|okay|accurate|true|valid|sure|certain|complete|wrong)\b"
    r"|\bare you (?:sure|certain|confident)\b"
    r"|\b(?:see|find|spot) (?:any|an|some|the) (?:errors?|issues?|problems?|mistakes?|bugs?|gaps?"
    r"|issue|error)\b|\bwhat(?:'s| is|s) (?:the )?(?:\w+ )?(?:wrong|wron\w*|error|issue|problem)\b"
    r"|\b(?:does|do|will|would) (?:this|that|it|my \w+|these) (?:look|work|make sense|hold)\b"
    r"|\bright\?$"
)
_CITED_QUESTION = r"[\"'](?:is|are) (?:this|that|it|these|those|you)\b"
_CLAIM = re.compile(
    r"^(?:but |so |and |wait,? |hmm,? |ok,? |no,? )*(?:is|isn't|are|aren't|does|doesn't|do|did|was"
    r"|were|why (?:is|are|does|did|do|would|isn't|doesn't)|how (?:is|are|come|was|were|did|does)"
    r"|where (?:is|are|does|did|do)|which|can|should|has|have|who (?:said|told))\b"
)
_NEW_TOPIC = re.compile(
    r"\bis there (?:a|an|any)\b|\bcan (?:you|i|we)\b|\bdo i\b|\bdoes (?:python|pandas|numpy|excel"
    r"|sql)\b|\bdid you\b"
)
_CASE = re.compile(r"==|=>|(?<!-)->|#\s*(?:\(|\[|-?\d|true|false|output|expect|should)|\bassert\b")
_CASE_WORDS = (
    r"\b(?:should|must|ought to) (?:return|be|give|yield|equal|output|come to|read|say"
    r"|add up to)\b|\bfor the (?:input|value|case|example|row|ticket|number|item) (?:of )?\S"
    r"|\bif (?:the )?(?:number|input|value|list|total|date|answer) is\b|\bhow (?:is"
    r"|are) .{1,60}\b(?:equal|the same as)\b|\bwhat (?:does|would|do) (?:it|this|that|you) (?:give"
    r"|return|say|label|answer|do) (?:for|with|on)\b"
)
_HOW_TO = (
    r"^(?:(?:and|so|ok|then|now|please) )?(?:how (?:do|can|would|to|could|should) |write |give "
    r"|create |generate |make |set |i want |i need )"
)


def _ran(reading: Reading) -> Iterator[Mark]:
    seen: set[str] = set()
    for message in reading.messages[1:]:
        told = {item.text for item in message.errors if not item.text.startswith(("traceback", "file"))}
        if message.repeats is None and message.errors and not (told and told <= seen):
            yield mark(message, message.errors[0])
        seen |= told


_RAN_WORDS = (
    r"(?<!can )(?<!do )(?<!could )(?<!would )(?<!should )\bi (?:get an?|got an?|am getting"
    r"|'m getting|ran|tried it|tested)\b|\bi'm getting\b|\bit (?:says|said|gives|gave|returns"
    r"|returned|prints|printed|is (?:timing|rounding|giving|returning|printing|throwing)|throws"
    r"|threw|crashes)\b"
    r"|\bit's (?:\w+ing)\b|\b(?:fails|(?<!a )(?<!one )failing|failed|times? out|timing out"
    r"|not working|doesn't work|does not work|didn't work|doesn't run)\b|\bthis (?:\w+ )?error\b"
    r"|\bhas no attribute\b|\binvalid syntax\b|\bcan only \w+\b"
)


def _material_against(reading: Reading) -> Iterator[Mark]:
    """Something to check, and on a line of its own what to check it against."""
    for message in reading.messages:
        for item in message.own if message.material and message.repeats is None else ():
            if _AGAINST_LINE.match(item.text):
                yield mark(message, item)


def _cases(reading: Reading) -> Iterator[Mark]:
    seen: set[str] = set()
    for message in reading.messages[1:]:
        for item in message.codes if message.repeats is None else ():
            text = " ".join(item.text.split())
            if (
                _CASE.search(text)
                and not text.startswith(("if ", "elif ", "while ", "return "))
                and text not in seen
            ):
                seen.add(text)
                yield mark(message, item)


def _claims(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages:
        if message.repeats is not None or message.reply_before is None:
            continue
        for item in message.own:
            if _is_doubt(item.text) and len(item.content) >= 2 and shared_with_reply(item, message) >= 2:
                yield mark(message, item)
                break


def _is_doubt(text: str) -> bool:
    asks = text.rstrip(")\"' ").endswith("?")
    return asks and bool(_CLAIM.match(text)) and not _NEW_TOPIC.search(text)


_OWN_LOOK = (
    r"\b(?:i|we) (?:\w+ )?(?:count|counted|make it|checked|compared|recalculated|re-?counted"
    r"|looked (?:at|up|through)|read|see|found|noticed|added|measured|spotted|re-?read|tested"
    r"|went (?:through|down|over)|can't find|cannot find|don't see|do not see|could not find"
    r"|couldn't find)\b"
    r"|\b(?:the|my|our) (?:\w+ ){0,2}(?:log|policy|ticket|table|data|brief|source|sheet|guide"
    r"|guideline|contract|faq|report|review|page|schema|thread|row|line|section|email|study|paper"
    r"|notes?|invoice|extract|methods)(?: [\w#-]+)? (?:\w+ )?(?:says?|states?|shows?|lists?|has"
    r"|gives?|requires?|allows?|forbids?|reads?|puts?|only|ends|does not|doesn't|never)\b"
    r"|\b(?:line|row|section|ticket|clause|rule|table|page) #?\w{1,8} (?:says?|states?|shows?"
    r"|lists?|has|gives?|is|does|only|bans|wants)\b|\b(?:no|not one) (?:report|ticket|source|row"
    r"|line|review|extract|section|page|log) (?:says?|mentions?|shows?|states?)\b"
)
_OWN_COUNT = (
    r"(?<!can )(?<!do )(?<!could )\bi (?:get|make it|count|counted|have (?:it at|counted)|added up"
    r"|come to|land on) .{0,60}\d|\byou (?:have|had|counted|wrote|say|said|gave|put"
    r"|list) .{0,40}\d"
    r"|\d ?[-+*/x×] ?\d.{0,60}= ?-?\d|\b(?:has|have|is|are|contains?) \d+ .{0,40}\b(?:limit|not \d"
    r"|instead of \d|maximum)\b"
)
_EVERY = (
    r"\b(?:take|go (?:through|over|down|back through)|read|reread|re-read|check|quote|mark|list"
    r"|flag)\b.{0,30}\b(?:each|every|all (?:of )?the|any)\b.{0,40}\b(?:sentence|row|line|claim"
    r"|number|figure|statement|place|word|entry|item|promise|date|fact|label|step|reason)s?\b"
    r"|\b(?:for|of) (?:each|every) (?:row|sentence|claim|line|number|figure|statement|item"
    r"|label)\b.{0,60}\b(?:quote|mark|give|name|say|state|show)\b|\bsay \W?none\b|(?:^|[,;:] "
    r"|\band |\bnow |\bthen |\bplease )count (?:the|each|every|all)\b|\bread .{0,40} again and\b"
    r"|\btell me (?:any|every|each)\b"
)
_TESTS = (
    r"\b(?:write|add|give|make|create|run|include|need|generate|suggest|list)\b.{0,40}\b(?:tests?"
    r"|test cases?|unit tests?|sanity checks?|test rows|trial|spot[- ]?checks?)\b|\b(?:re-?count"
    r"|re-?add|re-?calculate|re-?check|double[- ]check|cross[- ]check|spot[- ]check"
    r"|sanity[- ]check|fact[- ]check|proofread|self[- ]check)\b"
    r"|\bgo (?:through|over|back through) (?:each|every|all|the|it|your|them)\b|\b(?:list|flag"
    r"|mark|tell me) (?:any|every|each|all|which|anything|what)\b.{0,60}\b(?:not|n't|unsure"
    r"|uncertain|unsupported|contradict\w*|missing|wrong|invented|assum\w+|guess\w*|doubt\w*"
    r"|differ\w*|two|both)\b"
)
_MOST_COMPARED = 200


def _edited_by_hand(reading: Reading) -> Iterator[Mark]:
    """Sentences of the deliverable that are the assistant's with some words that carry matter replaced."""
    if not reading.deliverable:
        return
    drafted = [
        item.content
        for reply in reading.replies
        for item in sentences_of(Folded(reply.text))[:_MOST_COMPARED]
        if len(item.content) >= 5
    ][-_MOST_COMPARED:]
    for item in sentences_of(Folded(reading.deliverable))[:_MOST_COMPARED]:
        if len(item.content) >= 5 and item.content not in drafted:
            nearest = max(drafted, key=lambda other: likeness(item.content, other), default=frozenset())
            replaced = bool(item.content - nearest) and bool(nearest - item.content)
            if replaced and likeness(item.content, nearest) >= 0.6:
                yield Mark(None, item.start, item.end)


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
        find=once_a_message(either(_ran, sentences(_RAN_WORDS, content=1, after_reply=True, grounded=False))),
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
        find=either(_cases, sentences(_CASE_WORDS, content=2, after_reply=True, shares=1, unless=_HOW_TO)),
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
        find=once_a_message(either(sentences(_SOURCE + _AGAINST, content=1), _material_against)),
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
        find=once_a_message(sentences(_ASKS_RIGHT, content=0, grounded=False, unless=_CITED_QUESTION)),
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
        find=_claims,
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
                sentences(_OWN_LOOK, content=2, after_reply=True, shares=2),
                sentences(_OWN_COUNT, content=2, after_reply=True, shares=1),
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
        find=once_a_message(either(correction_taken, re_asked, names_fault)),
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
        find=_edited_by_hand,
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
                sentences(_EVERY, content=2, after_reply=True),
                sentences(_TESTS, content=2),
            )
        ),
        cap=2,
    ),
)
