"""A quote shows what its sign claims: sentences that only look like it do not fire."""

import pytest
from tests.library.scoring.indicators.talks import read_example

from assay.scoring.indicators.reading import Reading
from assay.scoring.indicators.signs import FAMILIES
from assay.scoring.indicators.signs.sign import talk

FINDERS = {sign.id: sign for signs in FAMILIES.values() for sign in signs}
ASK = "Label the reviews R01 to R16 of the kettle and the toaster for Adaeze, who leads the team."
REPLY = (
    "R03 is praise for the toaster. R08 is praise: the lid of the kettle is fine. R09 is by a customer. "
    "The reviews have the labels praise and fault; the tie-breaks, the spans, the ticket and the plan come "
    "next. The CSV has two rows. The safety desk and the price of 588 EUR are in it, and a lawyer "
    "reads the order."
)
SHOP = (
    "The reviews of the kettle and the toaster, R01 to R16. Adaeze leads the team. "
    "The reply has 100 to 220 words."
)


def quoted(sign: str, message: str, *, answer: str = "Here they are, the labels.") -> list[str]:
    """What a sign quotes from the second message of a session about reviews."""
    reading: Reading = read_example(talk(ASK, REPLY, message, answer, brief=SHOP))
    later = [mark for mark in FINDERS[sign].find(reading) if mark.turn == 2]
    return [message[mark.start : mark.end] for mark in later]


@pytest.mark.parametrize(
    ("sign", "message"),
    [
        ("names-fault", "Don't label any other reviews yet."),
        ("names-fault", "Then step 2, the tie-breaks for the reviews."),
        ("names-fault", 'The review says "lid does not close", and the customer even explains the kettle.'),
        ("names-fault", "Reader is Adaeze, hasn't seen the ticket, has five minutes for the reviews."),
        ("names-fault", "Compare your labels with the CSV: which of R01 to R16 have you left out?"),
        ("corrects-reply", "Don't label any other reviews yet."),
        ("corrects-reply", "Compare your labels with the CSV: which of R01 to R16 have you left out?"),
        ("refuses-unsafe", 'The review says "lid does not close", that is a fault of the kettle.'),
        ("names-risk", "SAFETY stands above the tie-breaks so that nobody overlooks it."),
        ("plan-first", "Do not promise the second 588 EUR for the plan to the customer of the toaster."),
        ("short-part", "Change those and nothing else."),
        ("short-part", "Name both spans instead."),
        ("specific-part", "Let me lay out how I'd like to do this with the reviews of the kettle:"),
        ("re-instructs", "R03 isn't praise. Now list the reviews of the kettle, please."),
        (
            "gives-cause",
            "R03 is wrong. Only for the reviews R08 and R09, because each of those pulls two ways, tell me "
            "the two labels.",
        ),
        ("gives-cause", "R03 is wrong. List the reviews first because of the lawyer."),
        (
            "ran-it",
            "The order of the labels is wrong: drop the rows first and every label of a review fails.",
        ),
        ("tests-a-case", "R03 should be fault, not praise."),
        (
            "tests-a-case",
            "Keep the labels short; the customer must be able to read the reviews, should be easy.",
        ),
        ("uses-facts", "Now draft the reply only, 100 to 220 words, plain and warm."),
        ("states-limit", "R03 should be fault, not praise."),
        ("names-format", "I went down the table with the CSV next to it for the reviews."),
        ("names-format", "Useful, two rows need fixing in the reviews of the kettle."),
        ("holds-back", "The price of 588 EUR, reviews of the kettle in the web shop only for now."),
        ("holds-back", "Before I send the labels: read the reviews of the kettle as Adaeze."),
        ("names-fault", "Has to be in there: the reviews of the kettle, and why the lid failed."),
        ("names-fault", "I'd love the praise for the toaster, but the labels have no room."),
        ("names-fault", "Good that you said praise for the toaster there."),
        ("ran-it", "R03: the policy on the kettle is short, it says no word about the lid."),
        ("short-part", "R03 should be fault, not praise."),
        ("specific-part", "Can you make the labels of the reviews a bit longer please?"),
        ("builds-on-reply", "And the sentence on the toaster goes."),
        ("states-limit", "I stumbled over the labels of the kettle and the toaster."),
        ("states-limit", "We don't have a label for the lid of the kettle."),
        ("states-limit", "Adaeze says promise the labels of the kettle so thats fine."),
        ("exact-values", "Leave R09 and I'll close the reviews so don't hurry with the kettle."),
        ("exact-values", "Now draft step 3 for the reviews of the kettle."),
        ("names-format", "The lid is in the electrical row of the guide to the kettle."),
        ("gives-example", "I get 588 for the reviews of the kettle."),
        ("checks-against-source", "Review the labels and give me the reviews with a table of the kettle."),
        ("own-check", "List what the policy says for the reviews R03 and R08 of the kettle."),
        ("asks-for-tests", "R03 is only a cross-check for the reviews of the kettle."),
        ("challenges", "Make a table of the reviews with risks, spans and labels of the kettle."),
        ("names-risk", "Part B, the hazards of the labels R03 to R08 of the kettle."),
        ("asks-if-right", "Adaeze reads the reviews of the kettle, right?"),
        ("protects-data", "The kettle needs no account for the reviews and no app."),
    ],
)
def test_a_candidate_is_not_quoted_for_what_a_sentence_does_not_do(sign: str, message: str) -> None:
    assert quoted(sign, message) == []


@pytest.mark.parametrize(
    ("sign", "message"),
    [
        ("holds-back", "No draft of the reviews yet."),
        (
            "plan-first",
            "First list the reviews of the kettle by fault. Then sort the labels by who has to act.",
        ),
        ("plan-first", "Let me lay out how I'd like to do this with the reviews of the kettle:"),
        ("checks-against-source", "Compare your labels with the CSV: which of R01 to R16 have you left out?"),
        ("protects-data", "Take the name of the customer, the phone number and the e-mail of R09 out."),
        ("names-fault", "R08 no."),
        ("names-risk", "The review of the kettle is a safety incident and no complaint."),
        ("names-risk", "That sentence on the kettle could burn somebody who reads the reviews."),
        ("hands-over", "The lid of the kettle in R08 I want the safety desk to look at."),
        ("hands-over", "Whether R08 counts as a fault of the kettle is a lawyer's call, not ours."),
        ("refuses-unsafe", "Leave out the lid of the kettle, the policy does not allow it."),
        ("challenges", "Put yourself in the place of a lawyer and read the labels of the kettle."),
        ("names-fault", "The sum of the labels is off, can you count the reviews again?"),
        ("holds-back", "Step 1, the labels of the reviews, only for now."),
    ],
)
def test_a_candidate_is_quoted_for_what_a_sentence_does(sign: str, message: str) -> None:
    assert quoted(sign, message)


@pytest.mark.parametrize("sign", ["names-fault", "corrects-reply"])
def test_of_several_remarks_on_a_reply_the_plainest_is_quoted(sign: str) -> None:
    message = (
        "The kettle reviews do not look bad so far. R03 isn't praise. Don't label any other reviews yet."
    )
    assert quoted(sign, message) == ["R03 isn't praise."]


def test_the_candidates_own_words_beside_cells_are_no_pasted_material() -> None:
    asked = (
        "First a table of the reviews: who writes | what the kettle did, with the day | label | who may "
        "decide it. Where two labels fit the toaster, say so. Leave out the name of the customer."
    )
    reading: Reading = read_example(talk(asked, REPLY, brief=SHOP))
    assert list(FINDERS["pasted-whole"].find(reading)) == []
    assert list(FINDERS["protects-data"].find(reading))


def test_a_short_order_in_the_words_of_the_brief_is_an_order() -> None:
    brief = "Write the labels and the internal note on the kettle."
    reading: Reading = read_example(talk("write the labels and the internal note", REPLY, "ok", brief=brief))
    assert list(FINDERS["material-without-ask"].find(reading)) == []
    assert [one.index for one in reading.asking] == [0]


def test_what_to_do_instead_is_quoted_beside_the_fault_it_mends() -> None:
    message = (
        "Leave R08. R03 is wrong, the toaster is praise. Use R09 for the toaster instead. Keep the plan."
    )
    assert quoted("re-instructs", message) == ["Use R09 for the toaster instead."]


def test_an_apology_in_a_drafted_letter_is_not_the_assistants() -> None:
    letter = "Here is the reply:\n\nDear Adaeze, we are sorry about the kettle."
    assert not quoted("correction-taken", "Draft the reply about the reviews of the kettle.", answer=letter)
    assert quoted("correction-taken", "The reviews of the kettle are by R09.", answer="Sorry, I missed R09.")
