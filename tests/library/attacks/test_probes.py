"""Someone whose name, spelling or layout is another one did the same work, and the rewriting keeps it so."""

import re
from collections import Counter

import pytest

from assay.attacks import rewriting
from assay.attacks.probes import PROBES, Probe, add_up_probes, probe_trials, run_probes
from assay.attacks.suite import base_sessions
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, Quote, RaterIdentity
from assay.session.transcript import Transcript

BASES = base_sessions()
each_probe = pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)


def words(transcript: Transcript) -> Counter[str]:
    """The candidate's words that carry matter, whatever their spelling, their case and their articles."""
    text = "\n".join(turn.text for turn in transcript.candidate_turns())
    text = rewriting.american(rewriting.written_out(text.replace("’", "'"))).lower()
    text = re.sub(
        r"\b(?:the|a|an)\b|(?<=\w)n't|'(?:s|m|re|ve|ll)\b|\b(?:not|is|am|are|have|will)\b", " ", text
    )
    return Counter(re.findall(r"[^\W_]+", re.sub(r"^\s*\(?\d{1,2}[.)]\s", "", text, flags=re.MULTILINE)))


@each_probe
def test_a_rewriting_keeps_every_word_that_carries_matter(probe: Probe) -> None:
    for base in BASES:
        before, after = words(base.case.transcript), words(probe.rewrite(base.case.transcript))
        gone = before - after
        assert not {word: count for word, count in gone.items() if word not in ("ca", "wo")}
        if probe.group in ("register", "layout"):
            assert not {
                word: count for word, count in (after - before).items() if word not in ("ca", "can", "wo")
            }


@each_probe
def test_a_rewriting_touches_only_the_candidates_words_and_is_the_same_each_time(probe: Probe) -> None:
    for base in BASES:
        made = probe.rewrite(base.case.transcript)
        assert made == probe.rewrite(base.case.transcript)
        assert made.deliverable == base.case.transcript.deliverable
        assert [turn for turn in made.turns if turn.role != "user"] == [
            turn for turn in base.case.transcript.turns if turn.role != "user"
        ]


@pytest.mark.parametrize("group", ["name", "register", "length", "layout"])
def test_each_group_changes_something(group: str) -> None:
    probes = [probe for probe in PROBES if probe.group == group]
    for probe in probes:
        made = [probe.rewrite(base.case.transcript) != base.case.transcript for base in BASES]
        assert any(made), probe.id


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (rewriting.american, 'The colour, not "grey".', 'The color, not "grey".'),
        (rewriting.british, "Organize the labeled rows.", "Organise the labelled rows."),
        (rewriting.contracted, "I have to say it is not done.", "I have to say it's not done."),
        (rewriting.written_out, "Don't guess. Isn't it late?", "Do not guess. Isn't it late?"),
        (rewriting.no_articles, "Cut the second line of a letter.", "Cut second line of letter."),
        (rewriting.lower_case, 'Say "Dear Ilse" to Ilse.', 'say "Dear Ilse" to ilse.'),
        (rewriting.no_full_stops, "One. Two.\nThree.", "One. Two\nThree"),
        (rewriting.without_marks, "## Goal\n- **One**\n2. Two", "Goal\nOne\nTwo"),
        (rewriting.as_list, "List the rows. Then sort.", "- List the rows.\n- Then sort."),
        (rewriting.apart, "One\nTwo", "One\n\nTwo"),
    ],
)
def test_a_rewriting_does_what_it_says(change: object, before: str, after: str) -> None:
    assert callable(change)
    assert change(before) == after


def test_code_is_left_alone() -> None:
    code = "```sql\nSELECT the FROM a;\n```"
    assert rewriting.no_articles(f"Run the code.\n{code}") == f"Run code.\n{code}"


class Biased:
    """A judge that takes half a level from whoever leaves out articles and gives a level to one name."""

    identity = RaterIdentity(kind="judge", name="biased")

    def rate(self, case: Case) -> list[Proposal]:
        sent = list(case.transcript.candidate_turns())
        text = "\n".join(turn.text for turn in sent)
        level = 2.0 + ("Emily" in text) - 0.5 * (" the " not in text)
        quotes = (Quote(turn=sent[0].index, text=sent[0].text),)
        return [Proposal(criterion=name, level=level, quotes=quotes) for name in case.rubric.criteria]


def test_a_biased_judge_is_found_out_by_name_and_by_register() -> None:
    trials = list(probe_trials(base_sessions("research-brief"), everything=False))
    report = add_up_probes(list(run_probes(trials, Biased())), Biased.identity)
    lines = {line.probe: line for line in report.probes}
    assert (lines["emily-clarke"].mean, lines["emily-clarke"].moved) == (1.0, 3)
    assert (lines["jamal-washington"].mean, lines["jamal-washington"].moved) == (0.0, 0)
    assert lines["no-articles"].down == 0.5
    assert {line.criterion for line in report.criteria if line.moved and line.group == "name"} >= {"realism"}
