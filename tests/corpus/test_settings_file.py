from pathlib import Path

import pytest

from corpus.acting import Actor, Role, answer_for, owner
from corpus.errors import BadInputError, NotAllowedError
from corpus.settings import Settings, load_settings
from corpus.settings_file import Source, save, source_of, with_changes
from corpus.trail import Trail

FILE = '# mine\nRAPPORTEUR_MODEL_API_KEY="sk-abc def"\nrapporteur_model=old\nRAPPORTEUR_CANDIDATES=100  # a word\n'


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("RAPPORTEUR_HOME", str(tmp_path))
    monkeypatch.setenv("RAPPORTEUR_ENCODER", "onnx")
    (tmp_path / ".env").write_text(FILE, encoding="utf-8")
    return load_settings()


def test_where_a_setting_comes_from(settings: Settings):
    found = {name: source_of(settings, name) for name in ("encoder", "model", "candidates", "vector_search", "model_api_key")}
    assert found == {"encoder": Source.ENVIRONMENT, "model": Source.FILE, "candidates": Source.FILE, "vector_search": Source.DEFAULT,
                     "model_api_key": Source.FILE}  # fmt: skip


def test_what_is_saved_is_read_again_and_the_rest_stays(settings: Settings):
    after = save(settings, {"model": "o'pen \"x\" #y", "access_admins": ("a@b.example", "c.example"), "candidates": None, "access_unverified_email": True})
    assert after == load_settings()
    assert (after.model, after.access_admins, after.candidates, after.access_unverified_email) == (
        "o'pen \"x\" #y", ("a@b.example", "c.example"), 200, True,
    )  # fmt: skip
    text = settings.file.read_text(encoding="utf-8")
    assert text.startswith('# mine\nRAPPORTEUR_MODEL_API_KEY="sk-abc def"\n')
    assert "rapporteur_model" not in text
    assert settings.file.stat().st_mode & 0o777 == 0o600
    entry = Trail(settings.home).entries()[0]
    assert entry.details["candidates"] == {"was": 100, "now": 200}
    assert entry.details["model"] == {"was": "old", "now": "o'pen \"x\" #y"}
    assert "sk-abc" not in str(entry)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"encoder": "sentence-transformers"}, "RAPPORTEUR_ENCODER is set by the environment"),
        ({"candidates": 1}, "RAPPORTEUR_CANDIDATES"),
        ({"vector_search": "magic"}, "RAPPORTEUR_VECTOR_SEARCH"),
        ({"model_base_url": "http://user:secret@x.example"}, "RAPPORTEUR_MODEL_BASE_URL"),
        ({"model": "${RAPPORTEUR_MODEL_API_KEY}"}, "a value with \\$"),
        ({"model": "$RAPPORTEUR_MODEL_API_KEY"}, "a value with \\$"),
        ({"model": "x\nRAPPORTEUR_HOME=/"}, "characters that are not seen"),
        ({"model_api_key": "sk-new"}, "RAPPORTEUR_MODEL_API_KEY cannot be changed here"),
        ({"home": "/"}, "RAPPORTEUR_HOME cannot be changed here"),
        ({"sign_in": False}, "RAPPORTEUR_SIGN_IN cannot be changed here"),
        ({"access_admins": ("nobody",)}, "RAPPORTEUR_ACCESS_ADMINS"),
    ],
)
def test_what_cannot_be_saved_leaves_everything_as_it_was(settings: Settings, changes: dict, said: str):
    for use in (save, with_changes):
        with pytest.raises(BadInputError, match=said) as raised:
            use(settings, changes)
        assert "secret" not in str(raised.value)
        assert "sk-" not in str(raised.value)
    assert settings.file.read_text(encoding="utf-8") == FILE
    assert not Trail(settings.home).entries()
    assert {p.name for p in settings.home.iterdir()} <= {".env", ".env.lock", "audit.sqlite"}


def test_only_an_admin_saves(settings: Settings):
    try:
        answer_for(lambda: Actor("e", "ed", Role.EDITOR, "app"))
        with pytest.raises(NotAllowedError, match="needs the role admin"):
            save(settings, {"candidates": 50})
    finally:
        answer_for(owner)
    assert settings.file.read_text(encoding="utf-8") == FILE


def test_what_is_not_allowed_is_not_saved(settings: Settings):
    def refuse(after: Settings) -> None:
        assert after.candidates == 50
        raise BadInputError("no")

    with pytest.raises(BadInputError, match="no"):
        save(settings, {"candidates": 50}, allowed=refuse)
    assert settings.file.read_text(encoding="utf-8") == FILE


def test_a_trial_writes_nothing(settings: Settings):
    assert with_changes(settings, {"candidates": 50, "model": None}).candidates == 50
    assert with_changes(settings, {"model": None}).model is None
    assert settings.file.read_text(encoding="utf-8") == FILE
