"""Signs of handling personal data and unsafe requests with care."""

import re
from collections import Counter
from collections.abc import Iterator

from assay.authoring.exercise import Exercise
from assay.scoring.indicators.reading import Reading, Reply
from assay.scoring.indicators.signs.finding import lead, once_a_message, sentences
from assay.scoring.indicators.signs.sign import Mark, Sign, talk, you
from assay.scoring.indicators.text import content_words
from assay.scoring.indicators.words import ANY_WORK, EVERYWHERE

FAMILY = "safety"
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}")
_CARD = re.compile(r"(?<!\d)(?:\d{4}[ -]){3}\d{4}(?!\d)|(?<!\d)\d{15,16}(?!\d)")
_PHONE = re.compile(
    r"(?<![\d.])\+?\d{1,3}[ -]\(?\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,4}(?!\d)|\(\d{3}\) ?\d{3}-\d{4}"
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b")
PERSONAL = (_EMAIL, _CARD, _PHONE, _IBAN)
SENSITIVE = re.compile(
    r"\b(?:personal data|personal information|private|privacy|confidential|gdpr|passwords?"
    r"|card number|account number|bank details|medical|diagnos\w+|health|legal|lawyer|lawsuit"
    r"|self-harm|suicid\w+|harass\w*|abus(?:e|ive)|threat\w*|"
    r"danger\w*|unsafe|injur\w+|fire|burn(?:ed|t|s)?|minors?|child|fraud|leak\w*|breach"
    r"|phone numbers?|home address|date of birth|email address(?:es)?|ssn|passport|burning|smoke"
    r"|swelling|overheat\w*|melt(?:ed|s|ing)?|scorch\w*|burnt"
    r"|drop (?:column|table|database)|truncate table|irreversible|data loss)\b"
)


def _pastes_personal(reading: Reading) -> Iterator[Mark]:
    for message in reading.messages:
        found = next((match for pattern in PERSONAL if (match := pattern.search(message.text))), None)
        if found is not None and not _is_redacted(found.group()):
            yield Mark(message.index, found.start(), found.end())


def _is_redacted(text: str) -> bool:
    return "example" in text.lower() or "xxx" in text.lower() or "redact" in text.lower()


def _passes_over(reading: Reading) -> Iterator[Mark]:
    """The first message that took a reply which called for care, where no message shows any."""
    if any(next(sign.find(reading), None) is not None for sign in _SHOWN):
        return
    guarded = _guarded_words(reading)
    for message in reading.messages:
        reply = message.reply_before
        if message.answered and reply is not None and _calls_for_care(reply, reading, guarded):
            yield lead(message)
            return


def _calls_for_care(reply: Reply, reading: Reading, guarded: frozenset[str]) -> bool:
    if any(pattern.search(reply.text) for pattern in PERSONAL):
        return True
    return reading.has_brief and bool(SENSITIVE.search(reply.folded) or guarded & reply.content)


def _guarded_words(reading: Reading) -> frozenset[str]:
    """Words of those sentences of the brief that speak of danger, privacy or law, and hardly of any other."""
    sensitive = [bool(SENSITIVE.search(sentence)) for sentence in reading.brief.sentences]
    words = [content_words(sentence) - EVERYWHERE - ANY_WORK for sentence in reading.brief.sentences]
    elsewhere = Counter(word for own, hot in zip(words, sensitive, strict=True) if not hot for word in own)
    said = frozenset().union(*(own for own, hot in zip(words, sensitive, strict=True) if hot))
    return frozenset(word for word in said if elsewhere[word] <= 1)


_CARE = (
    r"\b(?:redact|anonymi[sz]e|pseudonymi[sz]e|mask|scrub|strip out|black out)\w*\b"
    r"|\b(?:remove|leave out|omit|drop|without|exclude|hide|replace|don't (?:include|use|name"
    r"|mention|repeat|quote|share|show|put)|do not (?:include|use|name|mention|repeat|quote|share"
    r"|show|put)|never (?:include|name|share|quote)|no)\b.{0,60}?\b"
    r"(?:names?|surname|personal|email|emails|e-mail|phone|address(?:es)?|card|account|identif\w+"
    r"|contact details|customer details|passwords?|credentials|private|confidential|date of birth"
    r"|health|medical)\b"
    r"|\bkeep\b.{0,60}\bout of\b.{0,40}\b(?:person|customer|private|name)\b"
    r"|\bkeep\b.{0,60}\bout\b.{0,60}\b(?:a person in it|someone's|somebody's|private|personal)\b"
    r"|\b(?:black|blacks|blacked) out\b.{0,40}\b(?:number|card|name|digits)\b"
    r"|\btake\b.{0,60}\b(?:names?|phone(?: numbers?)?|e-?mails?|address(?:es)?|card)\b.{0,60}\bout\b"
)
_SHOWN = (
    Sign(
        id="protects-data",
        family=FAMILY,
        push="up",
        means="Personal or confidential data is kept out, masked or removed.",
        says="kept personal data out",
        why="Data minimisation: what is not needed for the task is not passed on.",
        fires=you("Replace the customer's name and phone number with placeholders before you summarise."),
        silent=you("Start the letter with the customer's name."),
        find=once_a_message(sentences(_CARE, content=2, cited=False, unless=r"\bno account\b")),
        cap=2,
    ),
    Sign(
        id="hands-over",
        family=FAMILY,
        push="up",
        means="A matter that is not the candidate's or the assistant's to settle goes to a person.",
        says="handed the matter to a person",
        why="Escalation is the safe act where a wrong answer could harm somebody.",
        fires=you("The burn injury must go to the safety team today; the reply should not judge the cause."),
        silent=you("The reply should be kind about the delay of the parcel."),
        find=once_a_message(
            sentences(
                r"\b(?:escalat\w+|hand (?:it|this|that|them|over)|refer (?:it|this|them|her|him"
                r"|the \w+)|route|forward|go(?:es)? (?:straight )?to|pass (?:it|this"
                r"|that) (?:on )?to|flag (?:it|this|that|the \w+|them)?|sign-?off|approval"
                r"|approved by|report (?:it|this))\b.{0,60}?\b(?:team|human|person|legal|safety"
                r"|lead|manager|"
                r"supervisor|privacy|security|compliance|doctor|hotline|officer|tier|specialist"
                r"|moderat\w+|emergency|trust|dba|owner|review|desk)\b"
                r"|\b(?:want|have|let|ask|tells?|told|inform\w*|alert\w*|notif\w+) (?:the |our )?(?:\w+ )?"
                r"(?:desk|legal|compliance|security|supervisor)\b"
                r"|\b(?:desk|legal|team lead|security) (?:\w+ )?(?:be )?(?:informed|told|alerted|notified)\b"
                r"|\b\w+'s (?:call|decision)\b|\bnot (?:ours|mine|my|our|yours) (?:call|decision|to "
                r"(?:decide|judge"
                r"|soften|settle))\b|\bonly the \w+(?: \w+)? (?:can|may)\b|\b(?:goes|go) to (?:them"
                r"|legal) first\b"
                r"|\bhuman (?:review|decision"
                r"|in the loop)\b",
                content=2,
            )
        ),
        cap=2,
    ),
    Sign(
        id="refuses-unsafe",
        family=FAMILY,
        push="up",
        means="A promise, claim, guess or action that could do harm, or that nobody has allowed, is ruled "
        "out.",
        says="ruled out a harmful promise, claim or act",
        why="Stating the line beforehand keeps the assistant from crossing it.",
        fires=you("Do not admit liability and do not give medical advice in the reply to the burn."),
        silent=you("Do not use bullet points in the reply."),
        find=once_a_message(
            sentences(
                r"\b(?:do not|don't|never|must not|mustn't|cannot|can't|should not|shouldn't|avoid"
                r"|without|refuse|no|not)\b.{0,40}?\b(?:promis\w+|admit\w*|liab\w+|diagnos\w+"
                r"|medical|legal|blam\w+|speculat\w+|guarantee\w*|invent\w*|guess\w*|fabricat\w+"
                r"|disclos\w+|"
                r"reveal\w*|compensation|fault|cause|advice|unsafe|destructive|production|delete"
                r"|drop|claims?|cure|health)\b"
                r"|\b(?:leave out|cut|drop|take out|remove|stays? out|has to go|must go|is "
                r"out)\b.{0,80}\b(?:legal|cleared"
                r"|consent|permission|permitted|embargo|law|policy)\b"
                r"|\bno (?:release|consent|permission|clearance|study)\b|\bnobody (?:has )?(?:cleared"
                r"|approved|allowed)\b"
                r"|\bnobody (?:may|should) (?:keep|go on|continue|use)\b"
                r"|\b(?:tonight|today|tomorrow) is (?:out|off)\b",
                content=2,
                cited=False,
            )
        ),
        cap=2,
    ),
    Sign(
        id="names-risk",
        family=FAMILY,
        push="up",
        means="A danger, a privacy matter or possible harm is named.",
        says="named a danger or a privacy matter",
        why="A risk that has been named can be acted on.",
        fires=you(
            "This ticket mentions a burnt hand, so it is a safety incident and not a normal complaint."
        ),
        silent=you("This ticket is a normal complaint about colour."),
        find=once_a_message(
            sentences(
                r"\bsafety (?:risks?|issues?|incidents?|concerns?|matters?|problems?|hazards?)\b"
                r"|\b(?:privacy|harm\w*|danger\w*|hazardous|injur\w+|gdpr|personal data"
                r"|personal information|confidential|sensitive|liabilit\w+|unsafe|at risk"
                r"|data loss|irreversible|biased?|discriminat\w+|misleading|pii|worr(?:y|ies|ied|ying))\b"
                r"|\b(?:could|might|can|may|will|get) (?:burn|hurt|injure|kill|scald)\b|\bmentions? "
                r"(?:burns|smoke|injur\w+)",
                content=3,
            )
        ),
        cap=2,
    ),
    Sign(
        id="sends-personal-data",
        family=FAMILY,
        push="down",
        means="An e-mail address, phone, card or bank number is sent to the assistant.",
        says="sent personal data to the assistant",
        why="It leaves the house with the message, whether the task needs it or not.",
        fires=you("Write to jane.roe@mail.test that her card 4111 1111 1111 1111 was charged twice."),
        silent=you("Write to the customer in ticket 12 that the card was charged twice."),
        find=once_a_message(_pastes_personal),
        cap=2,
    ),
)

_SCENE = "A customer burned her hand on the kettle and left her phone number. Health is for the safety desk."
SIGNS = (
    *_SHOWN,
    Sign(
        id="passes-over-risk",
        family=FAMILY,
        push="down",
        means="A reply holds personal data or touches what the scenario asks care for, the candidate goes "
        "on, and no message of the session shows care.",
        says="went on without a word of care after a reply that called for it",
        why="Where care was called for and the reply was taken as it came, its absence can be pointed at.",
        fires=talk("Write the reply.", "We pay for your burned hand.", "make it nicer", brief=_SCENE),
        silent=talk(
            "Write the reply.",
            "We pay for your burned hand.",
            "Do not admit a fault for the burned hand.",
            brief=_SCENE,
        ),
        find=_passes_over,
    ),
)


def called_for(reading: Reading, exercise: Exercise | None) -> bool:
    """Whether anything in the scenario or the messages asked for care."""
    texts = [message.text for message in reading.messages]
    if exercise is not None:
        texts += [exercise.scenario, *(material.text for material in exercise.materials)]
    if any(pattern.search(text) for pattern in PERSONAL for text in texts):
        return True
    return any(SENSITIVE.search(text.lower()) for text in texts)
