"""Signs of difficulty (the hard parts of the work) and realism (working as on the job)."""

import re
from collections.abc import Iterator

from assay.scoring.indicators.asks import paragraphs_of
from assay.scoring.indicators.reading import Message, Reading
from assay.scoring.indicators.signs.checks import EDGE
from assay.scoring.indicators.signs.clarity import LIMITS
from assay.scoring.indicators.signs.finding import lead, mark, once_a_message, sentences
from assay.scoring.indicators.signs.sign import Mark, Sign, talk, you
from assay.scoring.indicators.sources import Source
from assay.scoring.indicators.text import Sentence, content_words
from assay.scoring.indicators.words import EVERYWHERE, word_set

DIFFICULTY = "difficulty"
REALISM = "realism"
_LIMITS = re.compile(LIMITS)


def _several_limits(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages:
        limited = [item for item in message.own if len(item.content) >= 3 and _LIMITS.search(item.text)]
        if message.repeats is None and len(limited) >= 3:
            yield mark(message, limited[0])


def _easy(reading: Reading) -> Iterator[Mark]:
    hard = {found.turn for sign in DIFFICULTY_SIGNS[:-1] for found in sign.find(reading)}
    for message in reading.new_asks:
        if message.index not in hard and len(message.ask_content) < 8:
            yield lead(message)


DIFFICULTY_SIGNS = (
    Sign(
        id="works-edge-case",
        family=DIFFICULTY,
        push="up",
        means="An unusual, empty, conflicting or borderline case is brought into the work.",
        says="brought in an unusual or borderline case",
        why="The hard cases are where an assistant needs steering; the plain ones it does alone.",
        fires=you(
            "What if a review praises the lamp but complains about the courier, so that both labels fit?"
        ),
        silent=you("Label the reviews of the lamp."),
        find=once_a_message(sentences(EDGE, content=3)),
        cap=3,
    ),
    Sign(
        id="names-ambiguity",
        family=DIFFICULTY,
        push="up",
        means="Something in the task is called unclear, conflicting or open to two readings.",
        says="named what was unclear or conflicting",
        why="Seeing that a brief can be read in two ways comes before settling it.",
        fires=you(
            "Tickets 3 and 7 contradict each other about the delivery date; which one should the "
            "summary follow?"
        ),
        silent=you("Tickets 3 and 7 are about the delivery date."),
        find=once_a_message(
            sentences(
                r"\b(?:ambigu\w+|unclear|contradict\w*|conflict\w*|inconsisten\w+|borderline"
                r"|disagree\w*|doesn't say|does not say|not (?:clear|stated|specified|defined)"
                r"|could (?:mean|be read|count|also|go)|two (?:ways|readings|meanings)|either way"
                r"|hard to (?:tell|say|decide)|depends on|"
                r"tension|grey area|gray area|vague|no rule|rule for|open question|gap)\b",
                content=3,
            )
        ),
        cap=3,
    ),
    Sign(
        id="weighs-trade-off",
        family=DIFFICULTY,
        push="up",
        means="Two goods are weighed, or one is put before the other with a reason.",
        says="weighed one thing against another",
        why="A decision under competing aims is what makes work difficult.",
        fires=you(
            "Prefer a short apology over a full explanation, because the customer reads it on a phone."
        ),
        silent=you("Write a short apology to the customer."),
        find=once_a_message(
            sentences(
                r"\b(?:trade-?offs?|prioriti[sz]e|priority|prefer|outweigh\w*|at the cost of"
                r"|balance|versus|pros and cons|rather than|more important than|matters more"
                r"|cost of|downside|worth (?:it|the)|instead of .{1,60}because|which (?:is"
                r"|would be) (?:better|safer|riskier|worse)|compare (?:the )?(?:two|three|both"
                r"|options|approaches))\b",
                content=3,
            )
        ),
        cap=2,
    ),
    Sign(
        id="challenges",
        family=DIFFICULTY,
        push="up",
        means="The assistant is made to argue against itself, look for risks or defend a choice.",
        says="made the assistant defend or attack its answer",
        why="Pressure on the weak spot brings out what a first answer hides.",
        fires=you(
            "What could go wrong with this migration while orders are being written, and how would we notice?"
        ),
        silent=you("Write the migration for the orders table."),
        find=once_a_message(
            sentences(
                r"\b(?:could|might|can|would) (?:go wrong|fail|break|lock|mislead|backfire"
                r"|be misread|happen)\b|\b(?:weakest|weak(?:est)? (?:point|spot|claim)"
                r"|counter-?(?:argument|example|evidence)s?|objections?|risky"
                r"|(?:what(?: are)?(?: the)?|which|find|name|look for|list|biggest|main|any) (?:\w+ )?risks?"
                r"|failure modes?|worst case|push back|challenge"
                r"|devil's advocate|limitations?|caveats?|argue against|strongest case"
                r"|what would change)\b"
                r"|\bwhy (?:not|did you (?:choose|pick|use|label|put)|is (?:it|this"
                r"|that) (?:better|safer))\b|\bjustify\b"
                r"|\bput yourself in\b|\bpretend (?:you|to be)\b"
                r"|\b(?:read|reread|re-read) (?:\w+ ){1,3}as (?:the|a|an)\b"
                r"|\bwhere (?:\w+ ){0,3}(?:would|could|might|have to|leaves?|does)\b.{0,40}"
                r"\b(?:guess|stuck|stumble|misunderst\w+|go wrong)\b|\b(?:'d|would) have to guess\b|\bhow "
                r"(?:sure|confident)\b",
                content=2,
            )
        ),
        cap=3,
    ),
    Sign(
        id="several-limits",
        family=DIFFICULTY,
        push="up",
        means="One message holds three or more separate limits, each with matter of its own.",
        says="set several limits at once",
        why="Meeting many limits together is harder than meeting each alone.",
        fires=you(
            "Keep the reply under 120 words. Do not promise a refund date. The order number must "
            "stand in the first line. Avoid the word unfortunately."
        ),
        silent=you("Keep the reply under 120 words. Thanks for the help."),
        find=_several_limits,
        cap=2,
    ),
    Sign(
        id="plain-ask",
        family=DIFFICULTY,
        push="down",
        means="A short ask that touches nothing hard.",
        says="asked for something plain",
        why="The assistant would have done it without the candidate.",
        fires=you("Write a summary of the tickets."),
        silent=you(
            "Which tickets are ambiguous about who pays the return, and what does the policy not say?"
        ),
        find=_easy,
        cap=3,
    ),
)


def facts(words: frozenset[str], brief: Source) -> frozenset[str]:
    """Those words that the brief uses as well."""
    return words & brief.content


# How long and in what form a result is to be says nothing about the case.
_LENGTH = re.compile(r"\d+(?: ?(?:to|and|-) ?\d+)? (?:words?|sentences?|characters|lines?)\b")
_FORM = word_set(
    "reply draft note email table page brief words sentence sentences plain warm short calm polite says said "
    "say fine nice longer long bit sound guide review reviews document documents version texts text"
)


def facts_in(item: Sentence, brief: Source) -> frozenset[str]:
    """What a sentence takes from the brief, beyond the length and form of the result."""
    return facts(content_words(_LENGTH.sub(" ", item.text)) - _FORM - EVERYWHERE, brief)


def _uses_facts(reading: Reading) -> Iterator[Mark]:
    used: set[str] = set()
    for message in reading.messages:
        if message.repeats is not None:
            continue
        for item in message.own:
            found = facts_in(item, reading.brief)
            if len(found) >= 3 and len(found - used) >= 2:
                used |= found
                yield mark(message, item)
                break


def _limit_from_brief(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages:
        for item in message.own:
            if (
                message.repeats is None
                and _LIMITS.search(item.text)
                and len(facts(item.content, reading.brief)) >= 2
            ):
                yield mark(message, item)
                break


def _used_beside(asks: list[Sentence], message: Message, brief: Source) -> Iterator[frozenset[str]]:
    """What the asks and what stands beside them take from the brief.

    In a paragraph without an ask, one word of the brief in a sentence is met by chance.
    """
    for paragraph in paragraphs_of(message.own, message.text):
        asked = any(item in asks for item in paragraph)
        found = (facts_in(item, brief) for item in paragraph)
        yield from (facts for facts in found if asked or len(facts) > 1)


def _off_scenario(reading: Reading) -> Iterator[Mark]:
    for message in reading.asking:
        asks = reading.asks_of_it(message)
        used = frozenset().union(*_used_beside(asks, message, reading.brief))
        if asks and len(used) < 2:
            yield mark(message, asks[0])


def _brief_pasted(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages:
        pasted = sum(len(item.words) for item in message.pasted)
        if pasted >= 20 and pasted > 2 * sum(len(item.words) for item in message.own):
            yield mark(message, message.pasted[0])


_SHOP = (
    "Northlight Lamps ships from Leeds. Ticket 4471: Ms Okafor's lamp arrived cracked; the courier "
    "is Swiftline. Replies go to customers by email and promise no date."
)

REALISM_SIGNS = (
    Sign(
        id="uses-facts",
        family=REALISM,
        push="up",
        means="A sentence of the candidate's own works with at least three facts or names of the "
        "scenario, two of them new.",
        says="worked with facts of the scenario",
        why="On the job the material at hand is used, selected and put in one's own words.",
        fires=you(
            "Ms Okafor's lamp came cracked from Swiftline, so open with that and offer a replacement.",
            brief=_SHOP,
        ),
        silent=you("Write a kind reply that offers a replacement.", brief=_SHOP),
        find=_uses_facts,
        cap=4,
    ),
    Sign(
        id="limit-from-brief",
        family=REALISM,
        push="up",
        means="A limit that the scenario sets is passed on to the assistant in the candidate's own words.",
        says="passed on a limit from the scenario",
        why="Real constraints come from the situation and not from the assistant.",
        fires=you("The email must not promise a date for the replacement of the lamp.", brief=_SHOP),
        silent=you("The text must not be boring or stiff.", brief=_SHOP),
        find=_limit_from_brief,
        cap=2,
    ),
    Sign(
        id="audience-or-purpose",
        family=REALISM,
        push="up",
        means="It is said who the result is for or what it will be used for.",
        says="said who or what the result is for",
        why="Work on the job always has a reader and a use.",
        fires=you(
            "This goes to the support lead, who decides about the courier contract tomorrow.", brief=_SHOP
        ),
        silent=you("Draft the email about the lamp.", brief=_SHOP),
        find=once_a_message(
            sentences(
                r"\b(?:goes|sent|send it|going|addressed|written|meant|intended|handed"
                r"|presented) (?:out )?(?:to|for)\b|\b(?:audience|reader|readers)\b"
                r"|\bso (?:that )?(?:the|our|they|she|he|customers|new|people"
                r"|anyone) \w+\b.{0,40}\b(?:can|could|will|know|understand|decide|see)\b"
                r"|\bwho (?:will|would|is going to|has to|have to|need to|needs to|decides?|reads?"
                r"|knows?|don't|doesn't|do not|does not|has|have|are|is)\b|\b(?:for|to) (?:the "
                r"|our |my |a |new )(?:\w+ )?(?:manager|lead|team|customers?|client|board|director"
                r"|engineers?|annotators?|agents?|readers?|buyers?|editor|reviewers?|on-call|staff"
                r"|owner|head|committee|shift|leads?)\b",
                content=2,
            )
        ),
        cap=2,
    ),
    Sign(
        id="ask-without-scenario",
        family=REALISM,
        push="down",
        means="An ask that could have been made without reading the scenario.",
        says="asked without anything from the scenario",
        why="Generic asks bring generic work.",
        fires=you("Write a good reply.", brief=_SHOP),
        silent=you("Write a reply about the cracked lamp.", brief=_SHOP),
        find=_off_scenario,
        cap=3,
    ),
    Sign(
        id="brief-pasted",
        family=REALISM,
        push="down",
        means="A message is mostly the scenario itself, copied.",
        says="copied the scenario instead of using it",
        why="Copying shows that it was found, not that it was understood.",
        fires=you(_SHOP, brief=_SHOP),
        silent=talk("Tell Ms Okafor that the cracked lamp will be replaced.", "Done.", brief=_SHOP),
        find=_brief_pasted,
        cap=1,
    ),
)
