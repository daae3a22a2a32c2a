"""What README and guides tell people to type and to set exists."""

import re
from pathlib import Path

import pytest
from compose_pydantic import ComposeSpecification
from tests.web.deploy.commands import NoSuchCommand, check_line, check_words
from tests.web.ground.test_deployment import compose

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "docs" / "guide" / "deploy"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "guide").rglob("*.md"))]
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^\$ (.+)$", re.MULTILINE)
INDENTED = re.compile(r"^    ((?:assay|make) .*)$", re.MULTILINE)
INLINE = re.compile(r"`(assay [a-z][^`]*)`")
SETTING = re.compile(
    r"\b(ASSAY_[A-Z_]+[A-Z]|DATABASE_URL|OPENAI_API_KEY|OPENAI_BASE_URL|FORWARDED_ALLOW_IPS)\b"
)


def lines_of(page: Path) -> list[str]:
    """The commands of a page's shell blocks, and those that stand alone in the text."""
    text = page.read_text().replace("\\\n", " ")
    blocks = [line for block in SHELL.findall(text) for line in block.splitlines()]
    # In the README and where files are scored, what a command is for stands beside it.
    alone = [re.split(r"\s{3,}(?=\w+ \w+ )", line)[0] for line in INDENTED.findall(text)]
    return [*blocks, *PROMPT.findall(text), *alone]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_of_the_page_is_one_that_assay_takes(page: Path) -> None:
    for line in lines_of(page):
        check_line(line)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_named_in_a_sentence_exists(page: Path) -> None:
    for words in INLINE.findall(page.read_text()):
        first = words.split()[1].split("|")[0]
        check_words([first, "--help"])


def test_the_check_finds_commands_and_what_is_wrong_with_them() -> None:
    found = sum(check_line(line) for page in PAGES for line in lines_of(page))
    assert found > 20
    assert check_line("ASSAY_HOME=/x assay restore file.zip && assay migrate # then") == 2
    assert check_line("docker compose exec site assay create-owner --email you@example.org") == 1
    assert check_line("useradd --home-dir /var/lib/assay assay") == 0
    for wrong in ("assay up --prot 80", "assay upp", "assay migrate now", "make dmo"):
        with pytest.raises(NoSuchCommand):
            check_line(wrong)


def test_every_setting_that_the_code_reads_is_in_a_guide_and_every_one_in_a_guide_is_read() -> None:
    code = "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r'"(ASSAY_[A-Z_]+|DATABASE_URL|OPENAI_API_KEY|OPENAI_BASE_URL)"', code))
    told = {name for page in PAGES for name in SETTING.findall(page.read_text())}
    assert told - read <= {"FORWARDED_ALLOW_IPS"}, "the server reads that one"
    # For whoever works on Assay itself, and named where it says that something is a bug.
    assert read - told <= {"ASSAY_DEBUG"}


def test_the_image_installs_and_runs_what_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    for path in re.findall(r"-r (\S+)", text):
        assert (ROOT / path).is_file()
    (command,) = re.findall(r"^CMD \[(.+)\]$", text, re.MULTILINE)
    words = re.findall(r'"([^"]+)"', command)
    assert words[0] == "assay"
    check_words(words[1:])
    python = re.search(r"^FROM python:(3\.\d+)", text, re.MULTILINE)
    assert python is not None
    assert f"python{python[1]}" in (ROOT / "Makefile").read_text(), "a Python that Assay is made for"
    home = re.search(r"ASSAY_HOME=(\S+)", text)
    assert home is not None
    assert f"VOLUME {home[1]}" in text


def test_the_image_runs_as_nobody_in_particular() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    assert "USER assay" in lines
    assert not any(line.startswith("RUN") for line in lines[lines.index("USER assay") :])


def test_the_compose_file_is_one_that_the_specification_takes() -> None:
    # The specification lets everything that begins with x- through; the model of it does not.
    services = {name: value for name, value in compose().items() if not name.startswith("x-")}
    ComposeSpecification.model_validate(services)
    services["services"]["site"]["stop_grace_priod"] = "60s"
    with pytest.raises(ValueError, match="stop_grace_priod"):
        ComposeSpecification.model_validate(services)


def test_every_variable_of_the_compose_file_stands_in_the_example_settings() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))
    example = (DEPLOY / "assay.env").read_text()
    assert used
    for name in used:
        assert f"{name}=" in example


def test_every_container_and_unit_that_the_guide_speaks_of_exists() -> None:
    guide = (DEPLOY / "README.md").read_text()
    services = set(compose()["services"])
    for name in re.findall(r"compose\.yaml exec (?:-T )?(\w+)|--scale (\w+)=", guide):
        assert set(name) - {""} <= services
    units = {path.name.removesuffix(".service") for path in (DEPLOY / "systemd").iterdir()}
    for name in re.findall(r"\b(assay-[a-z]+@)", guide):
        assert name in units


def test_the_links_of_the_guides_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{named(page)}: {target}"
