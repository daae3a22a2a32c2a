"""Signs of breaking the work into parts and steering the assistant through them."""

import re
from collections.abc import Iterator

from assay.scoring.indicators.asks import is_order
from assay.scoring.indicators.reading import Message, Reading
from assay.scoring.indicators.signs.faults import fault_in
from assay.scoring.indicators.signs.finding import (
    either,
    lead,
    mark,
    material_only,
    matter_of,
    once_a_message,
    repeats_of_messages,
    sentences,
)
from assay.scoring.indicators.signs.sign import Mark, Sign, talk, you
from assay.scoring.indicators.text import Sentence

FAMILY = "task_decomposition"
_LIST_MARK = re.compile(
    r"\s{0,12}(?:\(?\d{1,2}[.):]|[-*+•]|step \d{1,2}[.:)]?|[a-h][.)])\s{0,4}(?:\*\*)?$", re.IGNORECASE
)
_THEN = re.compile(
    r"\b(?:then|next|after that|afterwards|finally|lastly|second|secondly|only then|once (?:that"
    r"|those|you|we|i))\b"
)
_FIRST = re.compile(
    r"(?:^|[,;:(-] ?|\b(?:let's|please|want you to|you|we|i'd like to|but|and|so|begin|start|do"
    r"|this) )first(?:ly)?\b"
    r"(?! (?:name|digit|element|one|two|three|column|row|line|sentence|paragraph|\w+ed|time|of all"
    r"|number|item|letter|word|version|draft|and)\b)"
    r"|\b(?:start|begin) (?:by|with)\b|\bto start\b|\bstep (?:1|one)\b"
)


def _laid_out(reading: Reading) -> Iterator[Mark]:
    """First … then … in one message, each with matter of its own."""
    for message in reading.messages:
        if message.repeats is not None or len(message.content) < 6:
            continue
        first = next(
            (item for item in message.own if _FIRST.search(item.text) and len(item.content) >= 2), None
        )
        if first is None:
            continue
        place = message.own.index(first)
        then = any(_THEN.search(item.text) and len(item.content) >= 2 for item in message.own[place:])
        if then and reading.is_about_the_work(first, message):
            yield mark(message, first)


def _listed(reading: Reading) -> Iterator[Mark]:
    """Three or more list items that each order something with matter of its own."""
    for message in reading.messages:
        if message.repeats is not None:
            continue
        orders = [item for item in message.asks if len(item.content) >= 3 and _is_list_item(message, item)]
        if len(orders) >= 3 and any(reading.is_about_the_work(item, message) for item in orders):
            yield mark(message, orders[0])


def _is_list_item(message: Message, item: Sentence) -> bool:
    line = message.text.rfind("\n", 0, item.start) + 1
    return item.start > line and _LIST_MARK.match(message.text[line : item.start]) is not None


_NO_PART = re.compile(
    r"^(?:(?:please|now|and|so|but|then|ok|also)[,:]? )*(?:don't|do not|never|no|leave|keep|cut|drop"
    r"|take)\b(?! (?:each|every|the))"
    r"|\bfrom now on\b"
    r"|\bmake (?:it|this|that|them|the \w+(?: of the \w+)?)(?: (?:sound|look|feel|read))?(?: a)?"
    r"(?: (?:bit|little|lot|much))* (?:\w+er|more|less)\b"
    r"|"
    r"(?:(?:please|now|and|so|but|then|ok)[,:]? )*(?:change|correct|redo|undo|restore|rename) "
    r"(?:it|that|this|those|these|only|all|both)\b|\binstead\W*$|\bnothing else\b|\blet me lay out\b"
)


_FORBIDS = re.compile(r"\b(?:don't|do not|never)\b")
_OPENS_PART = re.compile(
    r"(?:(?:ok|okay|good|great|right|thanks|and|so)[,.]? )*"
    r"(?:now|next|then|first|last|finally|step|part|plan)\b"
)


def _parts_in(message: Message, reading: Reading) -> list[Sentence]:
    """What is asked for about the work, without corrections of the last reply and without announcements."""
    asks = reading.asks_about_the_work(message)
    return [item for item in asks if not _NO_PART.search(item.text) and not fault_in(item, message)]


def _plainest(parts: list[Sentence]) -> Sentence:
    """The one that names the part most plainly: opened as one, put as an order, forbidding nothing."""
    return max(
        parts,
        key=lambda item: (
            bool(_OPENS_PART.match(item.text)),
            is_order(item),
            not _FORBIDS.search(item.text),
            len(item.content),
        ),
    )


def _specific(reading: Reading) -> Iterator[Mark]:
    asked = [(message, _parts_in(message, reading)) for message in reading.new_asks]
    divided = [(message, parts) for message, parts in asked if parts]
    for message, parts in divided if len(divided) > 1 else ():
        full = [item for item in parts if len(item.words) >= 8]
        if full and len(message.ask_content) >= 2:
            yield mark(message, _plainest(full))


def _terse(reading: Reading) -> Iterator[Mark]:
    for message in reading.new_asks[1:]:
        parts = _parts_in(message, reading)
        if parts and (max(len(item.words) for item in parts) < 8 or len(message.ask_content) < 2):
            yield mark(message, _plainest(parts))


def _lone(reading: Reading) -> Iterator[Mark]:
    asks = [message for message in reading.new_asks if _parts_in(message, reading)]
    if len(asks) <= 1 and reading.messages:
        yield lead(asks[0] if asks else reading.messages[0])


def _pasted_whole(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages[:1]:
        handed = (*message.pasted, *(message.material if reading.hands_over(message) else ()))
        own = len(matter_of(message, reading))
        if sum(len(item.words) for item in handed) >= max(12, 4 * own) and len(message.ask_content) < 7:
            yield mark(message, handed[0])


def _driven(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages[1:]:
        if message.repeats is None and material_only(message, reading):
            yield lead(message)


_ASSEMBLES = once_a_message(
    sentences(
        r"\b(?:put|bring|pull|tie|stitch|fit) (?:\w+ ){1,5}together\b|\b(?:combine|merge|assemble"
        r"|consolidate|compile)\b"
        r"|\b(?:full|final|complete|whole) (?:\w+ )?(?:draft|version|reply|report|document|table"
        r"|text|post|brief|function|script|email|page)\b",
        after_reply=True,
    )
)


def _puts_together(reading: Reading) -> Iterator[Mark]:
    """An order to combine, after at least two asks."""
    asked = [message.index for message in reading.asking]
    for found in _ASSEMBLES(reading):
        if sum(1 for index in asked if found.turn is not None and index < found.turn) >= 2:
            yield found


SIGNS = (
    Sign(
        id="plan-first",
        family=FAMILY,
        push="up",
        means="Parts or steps are laid out in order before the work on them starts.",
        says="laid out parts or steps in order",
        why="A stated breakdown is what the top level of decomposition asks for; asking a model for "
        "the easier parts "
        "of a hard task first is the idea of least-to-most prompting (Zhou et al., 2022).",
        fires=you(
            "First list the complaints in each ticket, then group them by product, and only then "
            "draft the reply."
        ),
        silent=you("First of all thank you, then again I know you are busy."),
        find=once_a_message(
            either(
                _laid_out,
                _listed,
                sentences(
                    r"\b(?:break|split|divide) (?:this|it|that|the \w+(?: \w+)?) (?:down|up|into|in)\b"
                    r"|\b(?:one|a) (?:\w+ ){1,2}at a time\b|\b(?:here is|here's|this is"
                    r"|my) (?:the |my |our )?plan\b|^plan(?: for \w+)?:|\blay out how\b"
                    r"|\bin (?:two|three|four|five|several|\d) (?:steps|stages|passes|parts|phases)\b",
                    content=3,
                ),
            )
        ),
        cap=2,
    ),
    Sign(
        id="holds-back",
        family=FAMILY,
        push="up",
        means="The assistant is told to stop at one part before going on.",
        says="held the assistant to one part before the next",
        why="Checking a part before building on it keeps an early mistake from spreading; it is the "
        "'checks parts before combining them' of the top level.",
        fires=you("Only extract the refund dates from the three tickets; do not draft the reply yet."),
        silent=you("Do not mention the refund dates in the reply."),
        find=once_a_message(
            sentences(
                r"\b(?:don't|do not|no need to|not) (?:\w+ ){0,6}yet\b|\bno (?:\w+ ){1,5}yet\b"
                r"|\b(?:before (?:you"
                r"|we)|until (?:you|we|i)) (?:\w+ )?"
                r"(?:write|draft|start|move|go|combine|put|continue|begin|build|decide|label|send"
                r"|answer|finish|touch|change|fix|do)\b"
                r"|\bbefore (?:drafting|writing|moving|going|combining|building|labelling|labeling"
                r"|answering|starting|sending|any)\b"
                r"|\b(?:step|part|stage|point|section|outline|list|plan|table|facts?|headings?|structure"
                r"|rows?)\b"
                r"[\w ,]{0,40}\bfor now\b"
                r"|^(?:(?:ok|please|so)[,]? )?(?:for now|just|only)\b.{0,60}\bfor now\b"
                r"|^for now\b|\b(?:stop there|(?<!able to )stop after|leave the rest|nothing else yet"
                r"|one step at a time)\b|\bjust the (?:outline|first|structure|list|plan"
                r"|headings?)\b"
            )
        ),
        cap=2,
    ),
    Sign(
        id="specific-part",
        family=FAMILY,
        push="up",
        means="Where two or more things are asked for in turn: one asked for in a full sentence of "
        "eight words or more.",
        says="asked for a separate part in a full sentence",
        why="Separate asks that each carry their own detail show the work being divided on purpose.",
        fires=talk(
            "Extract the street and the town from the address column.",
            "The street and the town are in; the weight column is unchanged.",
            "Turn the weight column from pounds into whole kilos.",
        ),
        silent=you("Extract the street and the town from the address column."),
        find=_specific,
        cap=3,
    ),
    Sign(
        id="short-part",
        family=FAMILY,
        push="up",
        means="A message after the first asks for a further part in a few words.",
        says="asked for a further part in a few words",
        why="Look-ups one after another are some narrowing, but show less of a plan than a worked-out part.",
        fires=talk("how to read a csv file", "Use read_csv; every column is kept.", "hide a column"),
        silent=you("hide a column"),
        find=_terse,
        cap=3,
    ),
    Sign(
        id="builds-on-reply",
        family=FAMILY,
        push="up",
        means="A message takes what came back and asks for the next part of it.",
        says="built the next ask on the last reply",
        why="Parts in a sensible order show in that each turn uses what the one before brought.",
        fires=talk(
            "List the complaints in ticket 12.",
            "Two complaints: late parcel, damaged box.",
            "Now sort those complaints by how urgent they are.",
        ),
        silent=talk(
            "List the complaints in ticket 12.", "Late parcel, damaged box.", "What is the capital of Peru?"
        ),
        find=once_a_message(
            sentences(
                r"^(?:(?:ok|okay|good|great|right|perfect|thanks|thank you|yes|fine|agreed|and|so"
                r"|nice|that works|looks good)[,.;:]? {1,2}(?:- )?){0,3}"
                r"(?:now|next|then|and (?:how|what|now|the)|how (?:about|would i do this)"
                r"|with (?:that|this|those|these)|"
                r"using (?:that|this|those|these|the|your)|based on (?:that|this|those|these|the"
                r"|your)|from (?:that|this|those|these)|"
                r"take (?:that|this|those|the|your)|for (?:each|the next|every)|after that"
                r"|let's move on|moving on|instead)\b",
                content=1,
                after_reply=True,
                unless=r"^(?:ok|okay) then \d|^and the [\w ]{1,40} (?:goes|go|stays?|is|are|was|were)\b",
            )
        ),
        cap=3,
    ),
    Sign(
        id="puts-together",
        family=FAMILY,
        push="up",
        means="Parts worked on earlier are brought together at the end.",
        says="had the parts put together",
        why="Combining comes after the parts were settled; it closes a plan that was followed.",
        fires=talk(
            "List the three complaints.",
            "Done.",
            "Group them by product.",
            "Done.",
            "Now combine the summary and the groups into one reply.",
        ),
        silent=you("Combine the summary and the groups into one reply."),
        find=_puts_together,
    ),
    Sign(
        id="lone-ask",
        family=FAMILY,
        push="neither",
        means="In the whole session only one thing is asked for.",
        says="asked for one thing only",
        why="A single ask leaves the division of the work to the assistant: the first anchor, which "
        "is where the table starts.",
        fires=you("Write the whole report about the outage for me."),
        silent=talk(
            "List what failed in the outage.",
            "In the outage the cache and the queue failed.",
            "Draft a timeline of the cache and the queue.",
        ),
        find=_lone,
    ),
    Sign(
        id="pasted-whole",
        family=FAMILY,
        push="down",
        means="The session opens with pasted material and next to no words of the candidate's own.",
        says="opened with pasted material and hardly a word of their own",
        why="Handing the brief over unread is the lowest level of decomposition.",
        fires=you(
            "def total(values):\n    result = 0\n    for value in values:\n        result += "
            "value\n    return result\n    # write your code here"
        ),
        silent=you(
            "Explain what the loop in this function adds up:\ndef total(values):\n    return sum(values)"
        ),
        find=_pasted_whole,
    ),
    Sign(
        id="driven-by-failures",
        family=FAMILY,
        push="down",
        means="A later message is nothing but pasted code, data or an error.",
        says="sent pasted material with no ask",
        why="The next step is then set by whatever failed and not by the candidate.",
        fires=talk("Write a parser for the log.", "Here.", "ValueError: not enough values to unpack"),
        silent=talk("Write a parser for the log.", "Here.", "It stops at the blank line; skip blank lines."),
        find=_driven,
        cap=3,
    ),
    Sign(
        id="same-message-again",
        family=FAMILY,
        push="down",
        means="A message is sent again word for word.",
        says="sent the same message again",
        why="Repeating leaves the steering to chance.",
        fires=talk("swap the two tables", "Like so.", "swap the two tables"),
        silent=talk("swap the two tables", "Like so.", "swap the two tables by name, A to Z"),
        find=repeats_of_messages,
        cap=2,
    ),
)
