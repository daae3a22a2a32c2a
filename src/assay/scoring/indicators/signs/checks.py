"""How checks of the assistant's work are found in the messages."""

import re
from collections.abc import Iterator

from assay.scoring.indicators.reading import Reading, likeness
from assay.scoring.indicators.signs.finding import mark, shared_with_reply
from assay.scoring.indicators.signs.sign import Mark
from assay.scoring.indicators.text import Folded, sentences_of
from assay.scoring.indicators.words import ORDERS

EDGE = (
    r"\bwhat (?:if|happens (?:if|when)|about (?:when|if)|would (?:you do|happen) (?:if"
    r"|when))\b(?! (?:i|we) (?:want|need|wish|use)\b)|\b(?:edge|corner|borderline) cases?\b"
    r"|\bboundary\b"
    r"|\b(?:if|when|for|handles?|including|case of) (?:\w+ ){0,4}(?:empty|zero|negative|missing"
    r"|duplicates?|tied?|ties|blank|both|neither|sarcas\w+|mixed|borderline|ambiguous|overlap\w*"
    r"|midnight)\b|\bwhat about (?:\w+ ){1,3}(?:without|with no|that (?:have|has) no)\b"
    r"|\bnot necessarily\b|\bnegative sign\b"
)
SOURCE = (
    r"\b(?:check|compare|match|verify|validate|test|hold|reconcile|go through|cross-check"
    r"|double-check|recheck|measure|confirm|review|audit|see (?:if"
    r"|whether))\w*\b.{0,120}?\b(?:(?:against|each|every|matches|meets|follows|fits|satisf\w+)\b.{0,80}?\b"
    r"|(?:with|to|in|from|by|for) (?:.{0,40}? )??(?:the|our|my|this|that|these|those|its|his|her|their"
    r"|your|each|every|\w+'s) (?:\w+ ){0,4}?)"
    r"(?:prompt|brief|policy|ticket|tickets|source|sources|requirements?|spec|specification"
    r"|guidelines?|guide|rules?|table|log|logs|data|task|example|examples|original|contract|schema"
    r"|transcript|numbers|figures|text|article|report|invoice|reviews?|notes|faq|page|rows?|csv|sheet"
    r"|timeline|study|studies|paper|instructions?|definition|definitions|style)\b"
)
AGAINST = (
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
ASKS_RIGHT = (
    r"\b(?:is|are|was|were) (?:this|that|it|these|those|the \w+|my \w+|your \w+"
    r"|you) (?:\w+ )?(?:right|correct|ok|okay|accurate|true|valid|sure|certain|complete|wrong)\b"
    r"|\bare you (?:sure|certain|confident)\b"
    r"|\b(?:see|find|spot) (?:any|an|some|the) (?:errors?|issues?|problems?|mistakes?|bugs?|gaps?"
    r"|issue|error)\b|\bwhat(?:'s| is|s) (?:the )?(?:\w+ )?(?:wrong|wron\w*|error|issue|problem)\b"
    r"|\b(?:does|do|will|would) (?:this|that|it|my \w+|these) (?:look|work|make sense|hold)\b"
)
CITED_QUESTION = r"[\"'](?:is|are) (?:this|that|it|these|those|you)\b"
_CLAIM = re.compile(
    r"^(?:but |so |and |wait,? |hmm,? |ok,? |no,? )*(?:is|isn't|are|aren't|does|doesn't|do|did|was"
    r"|were|why (?:is|are|does|did|do|would|isn't|doesn't)|how (?:is|are|come|was|were|did|does)"
    r"|where (?:is|are|does|did|do)|which|can|should|has|have|who (?:said|told))\b"
)
_NEW_TOPIC = re.compile(
    r"\bis there (?:a|an|any)\b|\bcan (?:you|i|we)\b|\bdo i\b|\bdoes (?:python|pandas|numpy|excel"
    r"|sql)\b|\bdid you\b"
)
_CASE = re.compile(r"(?<!=)==(?!=)|=>|(?<!-)->|#\s*(?:\(|\[|-?\d|true|false|output|expect|should)|\bassert\b")
CASE_WORDS = (
    r"\b(?:should|must|ought to) (?:return|be|give|yield|equal|output|come to|read|say"
    r"|add up to)\b|\bfor the (?:input|value|case|example|row|ticket|number|item) (?:of )?\S"
    r"|\bif (?:the )?(?:number|input|value|list|total|date|answer) is\b|\bhow (?:is"
    r"|are) .{1,60}\b(?:equal|the same as)\b|\bwhat (?:does|would|do) (?:it|this|that|you) (?:give"
    r"|return|say|label|answer|do) (?:for|with|on)\b"
)
HOW_TO = (
    r"^(?:(?:and|so|ok|then|now|please) )?(?:how (?:do|can|would|to|could|should) |write |give "
    r"|create |generate |make |set |i want |i need )"
)


def ran(reading: Reading) -> Iterator[Mark]:
    """Error messages that were not sent before."""
    seen: set[str] = set()
    for message in reading.messages[1:]:
        told = {item.text for item in message.errors if not item.text.startswith(("traceback", "file"))}
        if message.repeats is None and message.errors and not (told and told <= seen):
            yield mark(message, message.errors[0])
        seen |= told


RAN_WORDS = (
    r"(?<!can )(?<!do )(?<!could )(?<!would )(?<!should )\bi (?:get an?|got an?|am getting"
    r"|'m getting|ran|tried it|tested)\b|\bi'm getting\b|\bit (?:says|said|gives|gave|returns"
    r"|returned|prints|printed|is (?:timing|rounding|giving|returning|printing|throwing)|throws"
    r"|threw|crashes)\b"
    r"|\bit's (?:\w+ing)\b|\b(?:fails|(?<!a )(?<!one )failing|failed|times? out|timing out"
    r"|not working|doesn't work|does not work|didn't work|doesn't run)\b|\bthis (?:\w+ )?error\b"
    r"|\bhas no attribute\b|\binvalid syntax\b|\bcan only \w+\b"
)

# What would happen, or always does, was reasoned out and not run.
GENERAL = (
    r"\b(?:would|will|every|any|whenever)\b|\b(?:policy|rule|section|guide|log|ticket|source|report|brief"
    r"|note"
    r"|contract|law|page) ?\d*\b.{0,60}\bit (?:says|said)\b"
    r"|^(?:has|have|needs?|must) (?:to )?(?:be|go|stand|stay) in\b"
)
# What should stand there, or what a later text must hold, is an instruction and no trial.
ORDERED = (
    r"|\b(?:i|we) must\b|\bshould be [\w ]{1,40},? not\b|^(?:(?:please|now|then|and|so|also|just|ok)[,:]? )*"
    rf"(?:{'|'.join(sorted(ORDERS))})\b(?! ?\()"
)


def material_against(reading: Reading) -> Iterator[Mark]:
    """Something to check, and on a line of its own what to check it against."""
    for message in reading.messages:
        for item in message.own if message.material and message.repeats is None else ():
            if _AGAINST_LINE.match(item.text):
                yield mark(message, item)


def cases(reading: Reading) -> Iterator[Mark]:
    """Lines of code that hold a case and the value it should give."""
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


def claims(reading: Reading) -> Iterator[Mark]:
    """Questions about something the last reply said."""
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


OWN_LOOK = (
    r"\b(?:i|we) (?:\w+ )?(?:count|counted|make it|checked|compared|recalculated|re-?counted"
    r"|looked (?:at|up|through)|read|see|found|noticed|added|measured|spotted|re-?read|tested"
    r"|went (?:through|down|over)|can't find|cannot find|don't see|do not see|could not find"
    r"|couldn't find)\b"
    r"|(?<!what )(?<!which )(?<!where )\b(?:the|my|our) (?:\w+ ){0,2}(?:log|policy|ticket|table|data"
    r"|brief|source|sheet|guide"
    r"|guideline|contract|faq|report|review|page|schema|thread|row|line|section|email|study|paper"
    r"|notes?|invoice|extract|methods)(?: [\w#-]+)? (?:\w+ )?(?:says?|states?|shows?|lists?|has"
    r"|gives?|requires?|allows?|forbids?|reads?|puts?|only|ends|does not|doesn't|never)\b"
    r"|\b(?:line|row|section|ticket|clause|rule|table|page) #?\w{1,8} (?:says?|states?|shows?"
    r"|lists?|has|gives?|is|does|only|bans|wants)\b|\b(?:no|not one) (?:report|ticket|source|row"
    r"|line|review|extract|section|page|log) (?:says?|mentions?|shows?|states?)\b"
)
OWN_COUNT = (
    r"(?<!can )(?<!do )(?<!could )\bi (?:get|make it|count|counted|have (?:it at|counted)|added up"
    r"|come to|land on) .{0,60}\d|\byou (?:have|had|counted|wrote|say|said|gave|put"
    r"|list) .{0,40}\d"
    r"|\d ?[-+*/x×] ?\d.{0,60}= ?-?\d|\b(?:has|have|is|are|contains?) \d+ .{0,40}\b(?:limit|not \d"
    r"|instead of \d|maximum)\b"
)
EVERY = (
    r"\b(?:take|go (?:through|over|down|back through)|read|reread|re-read|check|quote|mark|list"
    r"|flag)\b.{0,30}\b(?:each|every|all (?:of )?the|any)\b.{0,40}\b(?:sentence|row|line|claim"
    r"|number|figure|statement|place|word|entry|item|promise|date|fact|label|step|reason)s?\b"
    r"|\b(?:for|of) (?:each|every) (?:row|sentence|claim|line|number|figure|statement|item"
    r"|label)\b.{0,60}\b(?:quote|mark|give|name|say|state|show)\b|\bsay \W?none\b|(?:^|[,;:] "
    r"|\band |\bnow |\bthen |\bplease )count (?:the|each|every|all)\b|\bread .{0,40} again and\b"
    r"|\btell me (?:any|every|each)\b"
)
TESTS = (
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


def edited_by_hand(reading: Reading) -> Iterator[Mark]:
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
