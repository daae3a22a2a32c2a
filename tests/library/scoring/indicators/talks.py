"""Short conversations that the tests of the offline judge share."""

from assay.authoring.exercise import Exercise
from assay.authoring.rubric import Rubric
from assay.scoring.indicators.hearing import read_session
from assay.scoring.indicators.judge import IndicatorJudge
from assay.scoring.indicators.reading import Reading
from assay.scoring.indicators.signs import FAMILIES
from assay.scoring.indicators.signs.sign import Example
from assay.scoring.indicators.sources import Source
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal
from assay.session.transcript import DeliverableVersion, Transcript, Turn

JUDGE = IndicatorJudge()
RUBRIC = Rubric.model_validate(
    {
        "criteria": {
            family: {
                "asks": f"How well does the candidate do on {family}?",
                "levels": {
                    0: "Hands the whole thing over and waits for what comes back.",
                    2: "First narrows one of the complaints down, then asks about it in passing.",
                    4: "Lays out the complaints one by one, checks each refund against the policy "
                    "page, and says why.",
                },
            }
            for family in FAMILIES
        }
    }
)
EXERCISE = Exercise.model_validate(
    {
        "exercise": "lamp-complaint",
        "title": "Answer a complaint about a lamp",
        "summary": "A cracked lamp, a late courier and a refund policy.",
        "goal": "Write the reply to Ms Okafor.",
        "scenario": (
            "Northlight Lamps ships from Leeds with the courier Swiftline. Ticket 4471: the lamp "
            "of Ms Okafor arrived "
            "cracked after nine days. She asks for a refund of 58 pounds and for the delivery "
            "fee of 6 pounds.\n"
            "The refund policy allows the price of the lamp back within 30 days and never the delivery fee."
        ),
        "deliverable": {"asks": "The reply as an email of at most 120 words."},
        "rubric": RUBRIC.model_dump(mode="json"),
    }
)

WEAK = (
    "write a reply to the customer about her broken lamp in ticket 4471",
    "Dear Ms Okafor, we are sorry about the lamp and refund 64 pounds.",
    "ok thanks",
)
MIDDLING = (
    "Write a reply to Ms Okafor about the cracked lamp, at most 120 words.",
    "Dear Ms Okafor, we are sorry about the lamp and refund 64 pounds today.",
    "Make the tone of the reply to Ms Okafor warmer.",
    "Dear Ms Okafor, we are so very sorry about the cracked lamp. We refund 64 pounds today.",
)
STRONG = (
    "First list what Ms Okafor asks for in ticket 4471 and what the refund policy says to each point, "
    "then we decide, and only then draft. Do not write the reply yet.",
    "She asks for 58 pounds for the lamp and 6 pounds for delivery. The policy allows both.",
    "The policy never allows the delivery fee, you mixed up the two amounts. Correct that point: "
    "58 pounds, not 64.",
    "Apologies, you are right: 58 pounds for the lamp, no delivery fee.",
    "Now draft the email for Ms Okafor: at most 120 words, must not promise a date for the refund, "
    'and say "cracked" rather than broken, because she wrote it that way.',
    "Dear Ms Okafor, your lamp arrived cracked. We refund 58 pounds within two days.",
    "Check each sentence of the email against the refund policy and quote the line it rests on. "
    "What if the lamp came back after the 30 days?",
    "The two days are not in the policy.",
)


def transcript_of(*texts: str, deliverable: str = "") -> Transcript:
    """Candidate and assistant take turns; the candidate begins."""
    turns = tuple(
        Turn(index=place, role="user" if place % 2 == 0 else "assistant", text=text)
        for place, text in enumerate(texts)
    )
    saved = (DeliverableVersion(text=deliverable, after_turn=len(turns) - 1),) if deliverable else ()
    return Transcript(turns=turns, deliverable=saved)


def rate(
    *texts: str, exercise: Exercise | None = None, rubric: Rubric = RUBRIC, deliverable: str = ""
) -> dict[str, Proposal]:
    """What the shipped judge says, by criterion."""
    case = Case(transcript_of(*texts, deliverable=deliverable), rubric, exercise)
    return {proposal.criterion: proposal for proposal in JUDGE.rate(case)}


def read_example(example: Example) -> Reading:
    """A sign's example as signs see it."""
    turns = tuple(
        Turn(index=place, role="user" if who == "you" else "assistant", text=text)
        for place, (who, text) in enumerate(example.turns)
    )
    saved = (DeliverableVersion(text=example.deliverable, after_turn=0),) if example.deliverable else ()
    brief = Source.of([example.brief]) if example.brief else Source()
    transcript = Transcript(turns=turns, deliverable=saved)
    return read_session(transcript, brief, Source(), bool(example.brief), errors_shown=example.errors_shown)
