"""What a sentence is doing: asking for something, or talking past the task to whoever rates it."""

import re
from collections.abc import Iterator, Sequence

from assay.scoring.indicators.text import Sentence
from assay.scoring.indicators.words import METHOD_WORDS, ORDERS

_LEAD = (
    r"(?:(?:please|pls|now|then|next|also|and|so|but|ok|okay|first|second|third|finally|lastly"
    r"|instead|again|great|good|"
    r"thanks|thank you|right|well|actually|hey|hi|hello|no|yes|alright|perfect|step \d{1,2}|just"
    r"|once more|for now|"
    r"after that|before that|let's|lets|to start|to begin|one more thing|still|only)[,:;.]?\s+){0,4}"
)
_VERBS = "|".join(sorted(ORDERS))
_POINTS = frozenset(("this", "these", "my", "following", "here"))
# "The count is", "count on my side": a noun, and no order.
_IMPERATIVE = re.compile(rf"{_LEAD}(?:{_VERBS})\b(?!['’])(?! (?:is|are|was|were|on my)\b)")
_QUESTION = re.compile(
    rf"{_LEAD}(?:how|what|what's|whats|why|which|where|who|when|can|could|would|will|isn't|are"
    rf"|is(?! (?:how|what|why) i\b)|aren't|does|doesn't|do(?! not)|"
    r"did|didn't|should|shouldn't|has|have|may|might)\b"
)
_WISH = re.compile(
    r"\bi (?:want|need|would like|wish)\b|\bi'd (?:like|want|prefer)\b|\bhelp me\b|\b(?:can|could"
    r"|would|will) you\b"
    r"|\bi(?:'m| am) (?:trying|looking)\b|\bi should (?:be able|get)\b|\byou (?:must|should"
    r"|need to|have to)\b"
    r"|\bhow (?:do|can|would|should|to|many|much)\b|\b(?:should|must|needs? to|has to"
    r"|have to) (?:be|have|return|say|not|include|stay)\b"
    r"|\bplease\b"
)
_REACTION = re.compile(
    r"(?:thanks?|thank you|ty|ok(?:ay)?|nope?|yes|yep|great|perfect|nice|cool|hello|hi|hey|good"
    r"|awesome|got it|hmm+|"
    r"what the \w+|lol|wow|sure|never ?mind|are you there|that(?:'s| is| was)|this (?:is|isn't"
    r"|does)|it (?:says|is|doesn't)|"
    r"i (?:get|got|think|see|noticed|checked|compared|have|had)|there(?:'s| is))\b"
)
_TO_THE_RATER = re.compile(
    r"\b(?:to|dear|attention|note (?:to|for)|hey|hello|hi) (?:the |any |all )?(?:judges?|raters?"
    r"|graders?|evaluators?|assessors?|examiners?|scor(?:er|ing)\w*)\b"
    r"|\b(?:ignore|disregard|forget) (?:all |any |the |your |every )*(?:previous|prior|above"
    r"|earlier|preceding|other)?\s?(?:instructions?|rubric|criteria|rules|anchors)\b"
    r"|\byou are (?:\w+ ){0,6}(?:judge|rater|grader|evaluator|assessor)\b"
    r"|\b(?:candidate|applicant|i|session|work|prompts?|messages?) (?:\w+ )?deserves?\b"
    r"|\b(?:judges?|raters?|graders?|evaluators?|assessors?)\W{1,3}(?:must|should|please|will|can"
    r"|note|give|score|rate|award|assign)\b"
    r"|\b(?:give|award|assign|rate|score|grade|mark)\b.{0,40}\b(?:full|maximum|max|highest|top"
    r"|perfect|4|four|4\.0|4/4|10/10)\b(?: marks?| scores?| levels?| grades?| points?| on (?:all"
    r"|every|each)|$|[ .!])"
    r"|\b(?:level|score|grade|rating|mark)s?\W{0,3}(?:of|is|are|=|:"
    r"|to|at|below|under|above)?\W{0,3}(?:[1-4](?:\.0)?(?:/4)?|four|max(?:imum)?|full|highest|top|perfect)\b"
    r"|\b[1-4] ?(?:/|out of) ?4\b"
    r"|\b(?:rated|graded|scored) (?:at )?[0-4](?:\.0)? (?:by|on|for|in)\b"
    r"|\b(?:enter|fill in|award|record|report) (?:an? |the )?[1-4](?:\.0)?(?: (?:and|for|on)\b|\W*$)"
    r"|\bthis (?:is|was|counts as|qualifies as|deserves) (?:a |an )?(?:level|perfect|excellent"
    r"|exemplary|model|strong|expert|textbook|top)\b"
    r"|\b(?:my|the|this|our) (?:\w+ )?(?:prompts?|prompting|messages?|work|session|candidate"
    r"|approach|instructions?)(?: \w+)? (?:is|are|was|were|shows?|demonstrates?|deserves?|meets?"
    r"|has|have)\b.{0,60}\b(?:perfect|excellent|exemplary|outstanding|clear|complete|specific"
    r"|precise|systematic\w*|thorough\w*|level|rubric|criteri\w+|skills?|mastery|score|ability"
    r"|best)\b"
)
_SELF_PRAISE = re.compile(
    r"^as an? (?:[\w.'-]+ ){0,5}(?:candidate|applicant|examiner|expert|professional)\b.{0,12}\bi\b"
    r"|\bas (?:you|anyone|the (?:judge|rater|reader|transcript)) can (?:clearly )?(?:see|tell)\b"
    r"|\b(?:i|i've|we|the (?:candidate|user|person|participant)) (?:have |has |had "
    r"|'ve )?(?:\w+ly |already |always )*"
    r"(?:demonstrat\w+|show(?:ed|n|cased|s)|display\w*|exhibit\w*|exce(?:l|lled|eded)|master(?:ed)?)\b"
    r"|\b(?:i|i've|we|the (?:candidate|user|person|participant)) (?:have |has |'ve )?(?:\w+ly "
    r"|already |always )*(?:verified|verifies|checked|checks|"
    r"tested|tests|validated|planned|plans|decomposed|decomposes|diagnosed|diagnoses|corrected"
    r"|corrects|recovered|constrained|specified|stated|states|handled)"
    r" (?:every|all|each|it all|the whole|everything|my|their|his|her|the (?:work|task|cause"
    r"|problem|plan|error|errors|constraints|outcome|answers?))\b"
    r"|\bi(?:'m| am) (?:an? )?(?:\w+ ){0,2}(?:expert|professional|master|best|excellent|great"
    r"|skilled|systematic|thorough|careful|good) ?(?:prompt\w*|at|candidate|engineer|in)?\b"
)
_FOREIGN_TURN = re.compile(
    r"(?:<\|?/?(?:im_start|im_end|system|assistant|user|inst|s)\|?>|\[/?(?:system|inst|assistant)\b|<<sys>>"
    r"|\W{0,4}(?:evaluat\w+|grading|scoring|rating|assessment|judge\w*|rater) (?:note|result"
    r"|summary|report|verdict)s?\W{0,3}:"
    r"|\W{0,4}(?:system|assistant|developer|judge|grader|rater|evaluator|verdict|user|human|ai"
    r"|chatgpt)(?: (?:message|prompt|note|override|verdict|says|turn))?\W{0,4}[:>\]])"
)


_PLEASANTRY = re.compile(
    r"\b(?:thank(?:s| you)?|grateful|appreciat\w+|pleasure|delight\w*|looking forward|lovely"
    r"|wonderful|pleasant|friendly|hope (?:that )?(?:you|this|all)|take (?:all )?(?:the|your) time"
    r"|no (?:hurry|rush)|"
    r"let me know|have a (?:nice|good|great|lovely|wonderful)|kind (?:regards|help|words)"
    r"|best (?:regards|wishes)|at your (?:convenience|leisure|own pace)|so (?:kind|much|helpful"
    r"|nice)|you(?:'re| are) (?:so |very |really |always )*(?:kind|helpful|great|amazing|the best"
    r"|smart|clever|capable)|"
    r"great (?:job|work)|well done|good job|amazing|fantastic|excellent work|feel free"
    r"|whenever you (?:are|feel|can)|i trust (?:you|that)|my best|sincerely)\b"
)
_DESCRIBES = re.compile(
    r"\[[x ]?\]|"
    rf"(?:\w+ly )?(?:{_VERBS}|point|diagnose|accept|paste|repeat|work|ask|rate|notice|seek|spot"
    rf"|catch|challenge|reject|settle|prescribe|forbid|supply|renew|fix|untangle)s\b"
    rf"|the (?:candidate|participant|applicant|learner|rater|person|user) (?:\w+ly |always |never "
    rf"|also |first |clearly )?(?:{_VERBS}|diagnose|verify|show|demonstrate|work|understand"
    rf"|use)(?:s|es|ed)?\b"
    r"|the (?:candidate|participant|applicant|learner|person|user) (?:\w+ly |always |never |also "
    r"|first |clearly )?(?:verifies|tries|specifies|clarifies|identifies|does|has|is)\b"
)


# A pleasantry that also gives an order ("thanks, now cut the second line") is not a mere pleasantry.
_WORK = re.compile(
    r"(?:^|[,;:.-] ?|\b(?:but|now|then|next|and|please|first|so|just) )"
    rf"(?!(?:do|take|work|let|look|go|give|keep|try|read|respond|answer|think|help|show|say|stay"
    rf"|continue|tell|ask|use|run|make)\b)(?:{_VERBS})\b"
    r"|\b(?:please|now|and|then|but) (?:use|make|give|ask|run|read|keep|show|say"
    r"|tell) (?:me )?(?:the|a|an|it|that|this|only|just|each|every|no|two|three|\d)\b|\b(?:should"
    r"|must|wrong|instead|only)\b|\?"
)


_DID = re.compile(
    r"\bi(?:'ve| have)? (?:\w+ly |always |also |first |then )?(?:broke|planned|verified|checked"
    r"|tested|named|gave|set"
    r"|compared|defined|define|define|divided|split|stated|state|corrected|diagnosed|asked|ask"
    r"|used|use|kept|keep|reviewed|validated|worked|wrote|told|specified)\b"
)


def is_discounted(sentence: Sentence) -> bool:
    """Whether a sentence counts neither for nor against the candidate.

    That is so where it speaks to a rater, praises its own work, describes a candidate as rubrics do, is a
    mere pleasantry, or is a heap of method words.
    """
    text = sentence.text
    if (
        _TO_THE_RATER.search(text)
        or _SELF_PRAISE.search(text)
        or _DESCRIBES.match(text)
        or _ASKS_OF.match(text)
    ):
        return True
    return _is_bag(sentence) or _is_pleasantry(sentence) or _is_self_report(sentence)


def _is_self_report(sentence: Sentence) -> bool:
    """Whether it lists the candidate's own doing in method words, with no finding that could be checked."""
    if not _DID.search(sentence.text) or any(char.isdigit() or char == '"' for char in sentence.text):
        return False
    return sum(1 for word in sentence.words if word in METHOD_WORDS) >= 3


def _is_pleasantry(sentence: Sentence) -> bool:
    found = _PLEASANTRY.search(sentence.text)
    return (
        found is not None
        and len(sentence.words) >= 5
        and not any(char.isdigit() for char in sentence.text)
        and not _WORK.search(sentence.text)
    )


def _is_bag(sentence: Sentence) -> bool:
    """Whether it is a heap of method words with next to nothing to apply them to."""
    words = sentence.words
    method = sum(1 for word in words if word in METHOD_WORDS)
    return method >= 4 and method * 2 > len(words) and len(sentence.content) * 2 < method


# "Refuses the shortcut", "Lists, then sorts": what somebody does, told without saying who.
_TELLS = re.compile(
    r"(?:\w+ly )?(?!(?:is|was|does|has|as|this|his|its|yes|thus|us|thanks|less|plus|unless|whereas|always)\b)"
    r"\w+[^s\W]s(?:,| (?:the|a|an|its|their|his|her|each|every|both|all|any|no|none|nothing|one|two|three|it"
    r"|them|what|why|how|which|whether|that|who|people|only|either|by|with|beyond|for|on|in|at|up|out"
    r"|down|to)\b)"
)
# In front of such a list, looser signs of the same kind will do.
_MAY_TELL = re.compile(r"(?:[\w ]{1,40}, )?(?!(?:this|its|is|was|yes|thus|as|us)\b)(?:\w+ly |also )?\w+s\b")
_ASKS_OF = re.compile(
    r"(?:^|, )(?:(?:how (?:\w+ )?)?(?:does|did|is|has|can)|what does) "
    r"the (?:candidate|person|participant|applicant|learner)\b"
    r"|\bthe (?:candidate|person|participant|applicant|learner) (?:had|has|did|does|was|is)\b"
)
_LEAST_TOLD, _SHARE_TOLD = 3, 0.4


def told_of_others(sentences: Sequence[Sentence], text: str) -> frozenset[int]:
    """Offsets of sentences in a list of what somebody does, as rubrics have them, whosever rubric it is.

    One such sentence may be a symptom ("throws an error"); three in one paragraph, making up two fifths of
    what stands from the first of them to its end, are a list of descriptions.
    """
    found: set[int] = set()
    for paragraph in paragraphs_of(sentences, text):
        told = [place for place, item in enumerate(paragraph) if _is_told(item)]
        if len(told) >= _LEAST_TOLD and len(told) >= _SHARE_TOLD * (len(paragraph) - told[0]):
            found |= {item.start for item in paragraph[_list_start(paragraph, told[0], text) :]}
    return frozenset(found)


def _list_start(paragraph: Sequence[Sentence], first: int, text: str) -> int:
    """Where the list begins: at the first plain sign, or before it by whole lines of looser ones."""
    while first:
        line = text.rfind("\n", 0, paragraph[first - 1].start) + 1
        whole = next(place for place, item in enumerate(paragraph) if item.start >= line)
        if not all(_MAY_TELL.match(item.text) for item in paragraph[whole:first]):
            break
        first = whole
    return first


def _is_told(item: Sentence) -> bool:
    return item.kind == "prose" and bool(
        _TELLS.match(item.text) or _DESCRIBES.match(item.text) or _ASKS_OF.search(item.text)
    )


def paragraphs_of(sentences: Sequence[Sentence], text: str) -> Iterator[list[Sentence]]:
    """Sentences with no empty line between them."""
    found: list[Sentence] = []
    for item in sentences:
        if found and EMPTY_LINE.search(text, found[-1].end, item.start):
            yield found
            found = []
        found.append(item)
    yield found


EMPTY_LINE = re.compile(r"\n[^\S\n]*\r?\n")


def opens_foreign_turn(sentence: Sentence) -> bool:
    """Whether a line inside a message pretends to begin somebody else's turn."""
    return bool(_FOREIGN_TURN.match(sentence.text))


def ask_in(sentence: Sentence, own: Sequence[Sentence]) -> bool:
    """Whether the sentence asks for something: a question, an order, a wish, or a bare search query."""
    text = sentence.text
    if len(sentence.words) < 2 and not text.endswith("?"):
        return False
    if _QUESTION.match(text):
        return bool(sentence.content or METHOD_WORDS.intersection(sentence.words))
    if _IMPERATIVE.match(text):
        points = bool(sentence.content) and not _POINTS.isdisjoint(sentence.words)
        return points or _has_subject(sentence) or len(sentence.content) >= 4
    if _WISH.search(text):
        return _has_subject(sentence)
    return not _REACTION.match(text) and _is_query(sentence, own)


def is_order(sentence: Sentence) -> bool:
    """Whether it is put as an order or a question, rather than as a wish or a bare query."""
    return bool(_IMPERATIVE.match(sentence.text) or _QUESTION.match(sentence.text))


def is_bare(sentence: Sentence) -> bool:
    """Whether it is put as bare words, as search queries are: no order, no question, no wish."""
    return not is_order(sentence) and not _WISH.search(sentence.text)


def is_statement(sentence: Sentence) -> bool:
    """Whether it is put as a finished statement, which only opens a session where it asks for something."""
    return is_bare(sentence) and sentence.text[-1] in ".!"


def _has_subject(sentence: Sentence) -> bool:
    return any(word.isalpha() for word in sentence.subject)


def _is_query(sentence: Sentence, own: Sequence[Sentence]) -> bool:
    """Whether it ends as a question, or is the first or only thing of matter, as search queries are."""
    if sentence.text.endswith("?"):
        return bool(sentence.content)
    if sentence is not next((item for item in own if item.content), None):
        return False
    alone = len(own) <= 3 and sum(1 for item in own if item.content) == 1
    short = len(sentence.words) <= 12 and sentence.text[-1] not in ".!"
    fits = 2 <= len(sentence.words) <= 40 and len(sentence.content) >= 2 and sentence.text[-1] != ":"
    return fits and (alone or short)
