"""Which languages the offline judge refuses, and which messages it does not."""

import pytest
from tests.library.scoring.indicators.talks import rate

from assay.scoring.indicators.language import uncovered_language

FOREIGN = {
    "German": "Bitte fasse die drei Tickets zusammen. Schreibe danach eine Antwort und verspreche "
    "kein Datum.",
    "French": "Résume les trois tickets du client. Ensuite rédige une réponse polie sans promettre de date.",
    "Spanish": "Resume los tres tickets del cliente. Después escribe una respuesta amable sin "
    "prometer fechas.",
    "Italian": "Riassumi i tre ticket del cliente. Poi scrivi una risposta gentile senza promettere date.",
    "Portuguese": "Resuma os três tickets do cliente. Depois escreva uma resposta educada sem "
    "prometer datas.",
    "Dutch": "Vat de drie tickets van de klant samen. Schrijf daarna een antwoord zonder een datum "
    "te beloven.",
    "Polish": "Streść trzy zgłoszenia klienta. Potem napisz uprzejmą odpowiedź bez obiecywania daty.",
    "Turkish": "Müşterinin üç talebini özetle. Sonra tarih sözü vermeden kibar bir yanıt yaz.",
    "Hungarian": "Foglald össze az ügyfél három jegyét. Utána írj egy udvarias választ dátum ígérete nélkül.",
    "Chinese": "请总结这三张工单。然后给客户写一封礼貌的回复。",
    "Japanese": "三つのチケットを要約してください。その後、お客様に返信を書いてください。",
    "Korean": "세 개의 티켓을 요약해 주세요. 그런 다음 고객에게 답장을 써 주세요.",
    "Cyrillic": "Сделай краткое изложение трёх обращений. Затем напиши вежливый ответ клиенту.",
    "Arabic": "لخص التذاكر الثلاث. ثم اكتب ردا مهذبا للعميل.",
    "Devanagari": "तीन टिकटों का सारांश लिखें। फिर ग्राहक को विनम्र उत्तर लिखें।",
}


@pytest.mark.parametrize("language", FOREIGN)
def test_a_candidate_who_writes_in_another_language_is_told_which_and_not_rated(language: str) -> None:
    for proposal in rate(FOREIGN[language], "OK.").values():
        assert proposal.level is None
        assert language in str(proposal.unscored)
        assert "English" in str(proposal.unscored)


@pytest.mark.parametrize(
    "text",
    [
        "numpy transpose axes",
        "regex lookahead syntax",
        "hwo do i opne a flie in ruyb",
        "def total(values):\n    return sum(values)",
        "SELECT id, total FROM orders WHERE total IS NULL;",
        "ValueError: not enough values to unpack (expected 2, got 1)",
        "the café in Zürich, Señor Núñez and the résumé of Zoë",
        'Translate "Guten Morgen, wie geht es Ihnen?" into plain English for the new staff',
        "median",
        "🙂",
    ],
)
def test_a_candidate_who_writes_code_queries_or_typing_mistakes_is_not_refused(text: str) -> None:
    assert uncovered_language([text]) is None


def test_a_candidate_who_adds_a_sentence_in_another_language_gains_nothing_by_it() -> None:
    texts = (
        "Draft the email about the lamp.",
        "Dear Ms Okafor, the lamp is on its way.",
        "Shorten the email about the lamp.",
    )
    added = (*texts[:2], f"{texts[2]}\n{FOREIGN['German']}")
    before, after = rate(*texts), rate(*added)
    assert {name: found.level for name, found in before.items()} == {
        name: found.level for name, found in after.items()
    }
