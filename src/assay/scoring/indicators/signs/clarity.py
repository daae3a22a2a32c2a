"""Signs of instructions that say what is wanted, for whom, in what form, and within which limits."""

import re
from collections.abc import Iterator

from assay.scoring.indicators.reading import Message, Reading
from assay.scoring.indicators.signs.finding import (
    lead,
    mark,
    material_only,
    once_a_message,
    sentences,
)
from assay.scoring.indicators.signs.sign import Mark, Sign, talk, you
from assay.scoring.indicators.words import word_set

FAMILY = "instruction_clarity"

LIMITS = (
    r"(?<!who )(?<!what )\b(?:must|should|shall|needs? to|has to|have to|may) (?:not |only |always |never "
    r"|all |each )?(?:be|have|return|say|include|stay|keep|contain|use|come|go|equal|start|end|fit|show"
    r"|name|mention|promise|cover|follow|match|remain|read|sound|exceed|appear)\b"
    r"|(?<!\bi )(?<!\bwe )(?<!\bthey )(?<!\byou )\b(?:do not|don't)\b"
    r"|(?<!have )(?<!has )(?<!had )(?<!'ve )\bnever\b"
    r"|\b(?:under|over|within|inside) (?:the |a |an )?(?:\w+ )?(?:\d|one|two|three|four|five|six|ten|limit)"
    r"|\b(?:avoid|without|except|excluding|unless|no more than|at most|at least"
    r"|up to|fewer than|"
    r"less than|more than|exactly|instead of|rather than|so that|such that"
    r"|assuming|ignor(?:e|es|ing)|skip\b|"
    r"not necessarily|regardless|between \d+ and|only (?:if|when|use|the|from|what|one|those"
    r"|include|count|list)|limit(?:ed)? to|max(?:imum)?|minimum|must|"
    r"leave out|leave (?:the|it|them) (?:\w+ )?(?:as|alone|unchanged)|where each|if (?:the|a|an"
    r"|there|it|no|any|you|two|both))\b"
)
_EXAMPLE = (
    r"\b(?:for example|for instance|e\.g\.|such as|like this|example (?:output|input|of)"
    r"|sample (?:output|input)|along the lines of|something like|looks? like)(?!\w)"
    r"|(?<!\bi )(?<!\bwe )\b(?:returns?|yields?|gives?|becomes?|gets?) {0,2}[:=]? {0,2}(?:\(|\[|-?\d|\"|')"
    r"|(?:==?>|->) ?\S|\bwould (?:yield|become|be labell?ed|count as|get)\b"
)
_LITERAL = re.compile(
    r"(?<!\w)[\"'][^\"'\n]{2,60}[\"'](?!\w)|\w\([^()\n]{0,60}\) ?(?:==?>?|->) ?\S"
    r"|(?<![\w.])(?<![a-z][-#])-?\d[\d.,%:/-]*(?![\w])|[\[(]-?\d+(?:, ?-?\d+)+[\])]"
)


# "Step 3", "post 2", "1)": a place that is pointed to, and no value.
_POINTS_TO = re.compile(
    r"\b(?:step|part|post|block|version|row|rule|section|line|policy|ticket|message|point|item|question|page"
    r"|table|task|chapter|release)s? ?#?\d+\b(?:(?:,| and| or| to) \d+\b)*"
    r"|(?<![\w(,])\(?\d{1,2}\)(?= [a-z])"
)


def _literals(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages:
        if message.repeats is None:
            for item in reading.asks_of_it(message):
                if len(item.content) >= 3 and _LITERAL.search(_POINTS_TO.sub(" ", item.text)):
                    yield mark(message, item)


def _kept_up(reading: Reading) -> Iterator[Mark]:
    turns = list(once_a_message(_LIMIT_FINDER)(reading))
    yield from turns[1:]


def _detailed(reading: Reading) -> Iterator[Mark]:
    for message in reading.asking:
        asks = reading.asks_about_the_work(message)
        if len(frozenset().union(*(item.content for item in asks))) >= 7:
            yield mark(message, max(asks, key=lambda item: len(item.content)))


def _material_with_ask(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages:
        if (
            message.repeats is None
            and message.asks
            and len(message.material) >= 2
            and reading.hands_over(message)
            and _matter_in(message) >= 4
        ):
            yield lead(message)


def _matter_in(message: Message) -> int:
    """How many different words that carry matter the material holds."""
    return len(frozenset().union(*(item.content for item in message.material)))


def _bare(reading: Reading) -> Iterator[Mark]:
    for message in reading.asking:
        if len(message.content) <= 2 and len(message.material) <= 1 and not message.pasted:
            yield lead(message)


def _no_ask(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages:
        if material_only(message, reading):
            yield lead(message)


# Saying what is wrong with a reply sets no limit.
_CORRECTS = (
    r"\byou (?:quoted|counted|wrote|said|put|left|forgot|skipped|missed)\b|\bshould be [\w ]{1,40}, not\b"
    r"|^(?:shouldn't|isn't|aren't) |\bdo(?:esn't|es not) look right\b"
)
_LIMIT_FINDER = sentences(LIMITS, content=2, cited=False, unless=_CORRECTS)
_POINTER = re.compile(
    r"(?:(?:please|pls|just|can you|could you|ok|okay|now|then|so|no|but|and)[,.]? )*"
    r"(?:fix|improve|correct|redo|retry|make (?:it|this|that)|try|continue|keep going|go on|solve"
    r"|finish|debug|rewrite|polish|"
    r"clean (?:it )?up|do (?:it|this|that|better)|nope|wrong|(?:ok(?:ay)? )?what else|help|again"
    r"|more|write (?:correct|the) code)\b"
)
_EMPTY = word_set(
    "fix problem code better nicer professional going rest keep redo solve improve stuff shorter longer else"
)


def _pointers(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages:
        if message.repeats is not None or any(item.content - _EMPTY for item in message.asks):
            continue
        for item in message.own:
            if len(item.words) <= 8 and not item.content - _EMPTY and _POINTER.match(item.text):
                yield mark(message, item)
                break


SIGNS = (
    Sign(
        id="states-limit",
        family=FAMILY,
        push="up",
        means="A sentence says what must, must not, or may only be.",
        says="stated a limit or condition",
        why="Naming constraints leaves less to guess; it is the heart of the criterion and of every "
        "prompt-writing guide.",
        fires=you("Keep the summary under 120 words and do not mention the customer's name."),
        silent=you("Write me a summary of the customer ticket."),
        find=_LIMIT_FINDER,
        cap=4,
    ),
    Sign(
        id="gives-example",
        family=FAMILY,
        push="up",
        means="An example of input, output or wording is given.",
        says="gave an example",
        why="Examples fix meaning that words leave open (few-shot prompting: Brown et al., 2020).",
        fires=you("Tag each review with one word, for example 'delivery' for a late parcel."),
        silent=you("Tag each review with one fitting word about delivery."),
        find=sentences(_EXAMPLE, content=3),
        cap=2,
    ),
    Sign(
        id="exact-values",
        family=FAMILY,
        push="up",
        means="An ask holds exact values: numbers, quoted words, or a worked case.",
        says="put exact values into an ask",
        why="Concrete values are the cheapest way to be precise.",
        fires=you('Label prices as "cheap" or "up to 50" in a new field.'),
        silent=you("Label the prices with sensible groups in a new field."),
        find=_literals,
        cap=3,
    ),
    Sign(
        id="names-format",
        family=FAMILY,
        push="up",
        means="The form of the result is named: table, list, columns, length, type.",
        says="named the form of the result",
        why="A stated output form is checkable and saves a round.",
        fires=you("Return the tickets as a table with the columns id, severity and owner."),
        silent=you("Tell me about the tickets and who owns which."),
        find=sentences(
            r"\b(?:as|in|into|to|a|an|with|return|returns?|output) (?:a |an |the |one |two |three "
            r"|\w+ )?(?:\w+ )?(?:table|bullets?|bullet points|list|json|csv|markdown|columns?"
            r"|rows?|headings?|paragraphs?|sentences?|tuple|dictionary|"
            r"string|integer|boolean|dataframe|array|numbered list|checklist|yaml|html|sections?"
            r"|one[- ]liner|email|memo|function)\b"
            r"|\b(?:\d{1,4}|one|two|three|four|five|six|ten)(?:[- ]to[- ]\d{1,4}"
            r"|-\d{1,4})? (?:words?|sentences?|lines?|bullets?|bullet points|paragraphs?|columns?"
            r"|rows?|items|headings?|characters|sections?)\b"
            r"|\b(?:columns?|fields|headings?|sections?|format)\b ?:",
            content=3,
            unless=r"\b(?:down|against|compare[ds]?|in|from|with) (?:\w+ ){0,3}the (?:table|csv)\b"
            r"|\b(?:rows?|sentences?|columns?|lines?) (?:needs?|is|are|has|have|up|above|below|later"
            r"|earlier)\b|\b(?:in|on|from|of) (?:the|neither|her|his|their|our|its|my|your) (?:\w+ ){0,3}"
            r"(?:tables?|rows?|lists?)\b"
            r"|\b(?:has|have|had|is|was) (?:a|an|the) \w+ (?:sentence|row|line|paragraph)\b"
            r"|\bmillion rows?\b|\btake a row\b",
        ),
        cap=2,
    ),
    Sign(
        id="gives-context",
        family=FAMILY,
        push="up",
        means="The situation is explained in the candidate's own words: what there is, who is "
        "involved, what has been done.",
        says="explained the situation",
        why="A model cannot know what was not said; context is half of the level-3 anchor.",
        fires=you("I have a spreadsheet of 400 survey answers in two languages, collected after the outage."),
        silent=you("Summarise the survey answers."),
        find=sentences(
            r"\b(?:i have|i've got|we have|i am given|i'm given|i was given|given (?:a|an|the|this"
            r"|these|that|two)|i am (?:a|an|the|writing|working|preparing)|i'm (?:a|an|the|writing"
            r"|working|preparing|trying)|we are|we're|"
            r"our (?:\w+ ){1,3}(?:is|are|was|were|has|have|had|says?|appl(?:y|ies)|needs?"
            r"|wants?|sells?|uses?|allows?)"
            r"|here (?:is|are)|here's|the (?:customer|client|reader|audience|policy|team"
            r"|manager|user|company|contract|ticket|guideline)s?\b.{0,40} (?:is|are|has|have|says"
            r"|asked|wants|needs|was|were)|background|context:|the (?:goal|aim|purpose) is"
            r"|this is (?:for|a|an|the))\b",
            content=4,
            cited=False,
            unless=r"\b(?:what|where) the\b",
        ),
        cap=3,
    ),
    Sign(
        id="material-with-ask",
        family=FAMILY,
        push="up",
        means="Data, code or text to work on comes with an ask in the same message.",
        says="gave the material together with the ask",
        why="The assistant works on the real thing and not on an invented one.",
        fires=you(
            "Count the failures per day in this log:\n2024-01-02,ok,12\n2024-01-02,fail,3\n2024-01-03,fail,7"
        ),
        silent=you("Count the failures per day in my log."),
        find=_material_with_ask,
        cap=2,
    ),
    Sign(
        id="names-audience",
        family=FAMILY,
        push="up",
        means="Reader, role or tone is named.",
        says="named reader, role or tone",
        why="Who reads it decides what must be said and how.",
        fires=you("Write it for on-call engineers who have not seen this service, in a calm tone."),
        silent=you("Write a page about this service and its alerts."),
        find=sentences(
            r"\b(?:audience|reader|readers|tone|voice|register|reading level)\b|\b(?:act as|you are) (?:a"
            r"|an)\b"
            r"(?! (?:[\w'-]+ ){0,3}(?:judge|rater|grader|expert|professional|assistant|specialist|genius"
            r"|ai)\b)"
            r"|\b(?:for|to) (?:the |our |a |an |new |busy |non-\w+ |senior "
            r"|junior )*(?:\w+ )?(?:customers?|clients?|engineers?|managers?|executives?"
            r"|leadership|beginners?|patients?|parents?|students?|annotators?|agents?|"
            r"reviewers?|buyers?|directors?|founders?|owners?|board|stakeholders|teammates|on-call"
            r"|readers?|newcomers?|developers?|analysts?|labellers?|labelers?)\b"
            r"|\b(?:plain|simple|formal|friendly|polite|neutral|calm|warm|empathetic) (?:english"
            r"|language|words|tone|wording)\b",
            content=2,
        ),
        cap=1,
    ),
    Sign(
        id="acceptance-test",
        family=FAMILY,
        push="up",
        means="It is said how the result will be judged to be right.",
        says="said what the result must pass",
        why="An acceptance test turns a wish into something both sides can check; the top anchor "
        "asks for it.",
        fires=you("An empty list should return 0, and [2, 3] should return 5."),
        silent=you("Write something that adds up a list of numbers."),
        find=sentences(
            r"\b(?:should|must|needs to|has to) (?:return|equal|be equal|give|yield|output|produce"
            r"|become|pass|come to|add up|sum to|match)\b|\b(?:expected|desired) (?:output|result"
            r"|value|answer|total)\b"
            r"|\b(?:done|good|acceptable|correct|right) (?:when|if|only if)\b|\b(?:i will|i'll"
            r"|we will|we'll) (?:check|compare|test|judge|accept|reject)\b|\bsuccess (?:means"
            r"|is)\b|\bevery (?:\w+ ){1,3}(?:must|should)\b",
            content=2,
        ),
        cap=2,
    ),
    Sign(
        id="limits-kept-up",
        family=FAMILY,
        push="up",
        means="Limits are stated or restated in a later message as well.",
        says="kept stating limits in later messages",
        why="Constraints fade over a long chat; keeping them up is part of the top anchor.",
        fires=talk(
            "Keep the reply under 100 words, please.",
            "Here.",
            "Shorten the apology, and still do not promise a refund date.",
        ),
        silent=talk("Keep the reply under 100 words, please.", "Here.", "Shorten the apology."),
        find=_kept_up,
        cap=2,
    ),
    Sign(
        id="detailed-ask",
        family=FAMILY,
        push="up",
        means="One message asks with seven or more different words that carry matter.",
        says="asked in detail",
        why="Different words that carry matter, counted once, stand for detail; repeating or padding "
        "adds none.",
        fires=you(
            "Move each invoice above 500 euros into the second sheet, sorted by supplier and due month."
        ),
        silent=you("move each invoice"),
        find=_detailed,
        cap=2,
    ),
    Sign(
        id="bare-ask",
        family=FAMILY,
        push="down",
        means="An ask of at most two words that carry matter, with nothing to work on.",
        says="asked in a word or two",
        why="The assistant has to guess the essentials.",
        fires=you("list variance"),
        silent=you("while loop that stops at the first negative number"),
        find=_bare,
        cap=3,
    ),
    Sign(
        id="material-without-ask",
        family=FAMILY,
        push="down",
        means="Pasted code, data or an error with no word about what is wanted.",
        says="sent material without saying what was wanted",
        why="Unclear what is wanted is the lowest anchor.",
        fires=you("def total(values):\n    return sum(values)"),
        silent=you("Why does this return 0 for a list of prices?\ndef total(values):\n    return 0"),
        find=_no_ask,
        cap=3,
    ),
    Sign(
        id="empty-pointer",
        family=FAMILY,
        push="down",
        means="A message that only points: fix it, make it better, keep going.",
        says="only pointed, as in 'fix it'",
        why="Nothing in it tells the assistant what better would be.",
        fires=talk("Write a reply to the ticket about the parcel.", "Done.", "make it better"),
        silent=talk(
            "Write a reply to the ticket about the parcel.",
            "Done.",
            "make the opening sentence name the order number",
        ),
        find=_pointers,
        cap=2,
    ),
)
