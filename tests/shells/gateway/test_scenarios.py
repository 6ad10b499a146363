from pathlib import Path

from starlette.testclient import TestClient

from tutor.adapters.settings import Settings
from tutor.shells.gateway.app import make_app


def test_scenarios_are_listed_by_language_and_level_in_the_learners_words(tmp_path: Path) -> None:
    """What a conversation is about is told in the learner's language where it is known."""
    asgi = make_app(Settings.load(redis_url="redis://127.0.0.1:9/0", data_dir=tmp_path))
    client = TestClient(asgi, base_url="http://127.0.0.1")

    def listed(**query: str) -> dict[str, dict[str, object]]:
        answer = client.get("/v1/scenarios", params=query)
        assert answer.status_code == 200
        return {one["id"]: one for one in answer.json()}

    cafe = listed(language="en-GB", native="ru-RU")["en-cafe"]
    assert (cafe["title"], cafe["meaning"]["title"]) == ("At a café", "В кафе")  # type: ignore[index]
    assert cafe["goals"][0] == {"id": "drink", "text": "Заказать напиток"}  # type: ignore[index]
    assert listed()["en-cafe"]["meaning"] is None
    assert set(listed(level="B2")) == {"en-small-talk", "en-job-interview"}
    assert set(listed(language="fr")) == {"fr-cafe"}
    assert listed(language="xx") == {}
    asgi.state.services.database.close()


def test_a_teachers_folder_is_offered(tmp_path: Path) -> None:
    """`TUTOR_SCENARIOS_DIR` adds to the package's scenarios."""
    text = (Path("tutor/assets/scenarios/en/cafe.toml")).read_text("utf-8")
    (tmp_path / "ours.toml").write_text(text.replace('"en-cafe"', '"our-cafe"'), "utf-8")
    settings = Settings.load(
        redis_url="redis://127.0.0.1:9/0", data_dir=tmp_path, scenarios_dir=str(tmp_path)
    )
    asgi = make_app(settings)
    client = TestClient(asgi, base_url="http://127.0.0.1")
    assert "our-cafe" in {one["id"] for one in client.get("/v1/scenarios").json()}
    assert "our-cafe" in asgi.state.services.session_config.tutoring.talk.scenarios
    asgi.state.services.database.close()
