"""Jobs and transcriptions over HTTP, at a real gateway on both databases; no worker is there."""

import base64
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.support.gateway import Gateway
from tests.support.house import SOON_S
from tests.support.uploading import MAX_BYTES, MAX_JOBS, code_of, new_person, post
from tutor.adapters.sql.account_tables import User
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.jobs import JobTable
from tutor.adapters.sql.usage import Meter


def test_a_job_is_taken_and_told_where_it_is(anna: httpx2.Client) -> None:
    """202 at once, with a Location; nothing is known of it yet but what was sent."""
    answer = post(anna, language="en-GB")
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert anna.get(answer.headers["location"]).json() == {
        name: value for name, value in job.items() if name != "webhook_secret"
    }
    assert (job["status"], job["progress"], job["language"]) == ("queued", 0.0, "en")
    assert (job["filename"], job["bytes"], job["error"]) == ("a.wav", 5, None)
    assert code_of(anna.get(f"/v1/jobs/{job['id']}/result")) == (409, "not_done")


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/audio/transcriptions"])
def test_a_file_over_the_limit_is_refused(anna: httpx2.Client, path: str) -> None:
    """TUTOR_MAX_UPLOAD_BYTES: 413, whether the request says its length or not."""
    large = b"\0" * (MAX_BYTES + 1)
    fields = {"model": "whisper-1"}
    answer = anna.post(path, files={"file": ("a.wav", large)}, data=fields)
    assert code_of(answer) == (413, "too_large")
    assert answer.json()["max_bytes"] == MAX_BYTES

    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(100):
            yield large

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    try:
        answer = anna.post(path, content=endless(), headers=kind)
    except httpx2.NetworkError:
        return  # hung up on
    assert code_of(answer) == (413, "too_large")


def test_a_file_over_the_limit_is_refused_before_it_is_sent(gateway: Gateway) -> None:
    """The length in the header is enough: the answer comes before the body."""
    address = urlsplit(gateway.url)
    with socket.create_connection((address.hostname, address.port or 80), timeout=SOON_S) as link:
        link.sendall(
            b"POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        )
        assert link.recv(1000).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("file", "fields", "code"),
    [
        (b"", {}, "empty_file"),
        (b"x", {"language": "tlh"}, "invalid"),
        (b"x", {"language": "en", "reference_text": " ... "}, "no_text"),
        (b"x", {"language": "en", "reference_text": "a " * 5001}, "text_too_long"),
        (b"x", {"reference_text": "a text"}, "language_needed"),
        (b"x", {"callback_url": "http://example.org/"}, "bad_webhook"),
        (b"x", {"callback_url": "https://example.org/", "webhook_secret": "mine"}, "bad_webhook"),
    ],
)
def test_what_is_wrong_with_an_upload_is_told(
    anna: httpx2.Client, file: bytes, fields: dict[str, str], code: str
) -> None:
    """422 with a code of its own; nothing is kept."""
    assert code_of(post(anna, file, **fields)) == (422, code)
    assert anna.get("/v1/jobs").json()["data"] == []


def test_a_request_without_a_file_is_told(anna: httpx2.Client) -> None:
    """The missing field is named; a body that is no form, too."""
    answer = anna.post("/v1/jobs", data={"language": "en"})
    assert code_of(answer) == (422, "invalid")
    assert [fault["field"] for fault in answer.json()["errors"]] == ["body.file"]
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = anna.post("/v1/jobs", content=b"nonsense", headers=kind)
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/audio/transcriptions"])
def test_another_sites_page_cannot_upload(gateway: Gateway, path: str) -> None:
    """A form that a foreign page sends from a guest's browser is refused; the own page's is not."""
    file, fields = {"file": ("a.wav", b"x")}, {"model": "nope"}
    with gateway.client() as guest:
        for origin, status in (("https://evil.example", 403), (gateway.url, None)):
            answer = guest.post(path, files=file, data=fields, headers={"Origin": origin})
            assert (answer.status_code == 403) == (status == 403)
        job = post(guest).json()["id"]
        foreign = {"Origin": "https://evil.example"}
        assert code_of(guest.delete(f"/v1/jobs/{job}", headers=foreign)) == (403, "foreign_origin")
        for made in guest.get("/v1/jobs").json()["data"]:
            assert guest.delete(f"/v1/jobs/{made['id']}").status_code == 204


def test_so_many_jobs_and_no_more(anna: httpx2.Client) -> None:
    """TUTOR_MAX_JOBS_PER_USER: 429 until one is finished or deleted; others are not concerned."""
    made = [post(anna, bytes([n])).json()["id"] for n in range(MAX_JOBS)]
    answer = post(anna)
    assert code_of(answer) == (429, "too_many_jobs")
    assert int(answer.headers["retry-after"]) > 0
    assert anna.delete(f"/v1/jobs/{made[0]}").status_code == 204
    assert post(anna).status_code == 202


def test_posts_at_once_do_not_pass_the_limit(gateway: Gateway, anna: httpx2.Client) -> None:
    """Twelve at the same moment: as many jobs as there may be, the others get 429; of a user, and
    of the guests together."""
    with gateway.client() as guest, ThreadPoolExecutor(12) as pool:
        for client in (anna, guest):
            barrier = threading.Barrier(12)

            def posts(n: int, client: httpx2.Client = client, meet: Any = barrier) -> int:
                meet.wait()
                return post(client, bytes([n])).status_code

            statuses = sorted(pool.map(posts, range(12)))
            assert statuses == [202] * MAX_JOBS + [429] * (12 - MAX_JOBS)
            for made in client.get("/v1/jobs").json()["data"]:
                assert client.delete(f"/v1/jobs/{made['id']}").status_code == 204


def test_an_idempotency_key_makes_one_job(gateway: Gateway, anna: httpx2.Client) -> None:
    """The same request again is the same job; another one with this key is refused."""
    first = post(anna, key="k1", language="en")
    again = post(anna, key="k1", language="en")
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.headers["location"] == first.headers["location"]
    assert code_of(post(anna, b"other", "k1", language="en")) == (422, "idempotency_key_reused")
    assert code_of(post(anna, key="k1", language="de")) == (422, "idempotency_key_reused")
    assert len(anna.get("/v1/jobs").json()["data"]) == 1
    with gateway.client(new_person(gateway).token) as other:
        assert post(other, b"other", "k1").status_code == 202


def test_a_secret_that_was_made_is_shown_once(anna: httpx2.Client) -> None:
    """In the answer to the request that made the job, and nowhere else."""
    url = "https://example.org/hook"
    first = post(anna, key="k1", callback_url=url)
    assert first.json()["webhook_secret"].startswith("whsec_")
    shown = anna.get(first.headers["location"])
    assert "secret" not in shown.text
    assert shown.json()["webhook"] == {"url": url, "state": "waiting", "tries": 0, "error": None}
    assert "secret" not in post(anna, key="k1", callback_url=url).text
    own = first.json()["webhook_secret"]
    assert post(anna, callback_url=url, webhook_secret=own).json()["webhook_secret"] is None


def test_a_foreign_job_is_as_good_as_none(gateway: Gateway, anna: httpx2.Client) -> None:
    """Somebody else's id and one that never was answer alike, on every route."""
    mine = post(anna).json()["id"]
    with gateway.client(new_person(gateway).token) as other, gateway.client() as guest:
        for client in (other, guest):
            for ask in (client.get, client.delete):
                foreign, missing = ask(f"/v1/jobs/{mine}"), ask(f"/v1/jobs/{'0' * 32}")
                assert code_of(foreign) == code_of(missing) == (404, "not_found")
                assert foreign.json() == missing.json()
            for path in (f"/v1/jobs/{mine}/result", f"/v1/jobs?after={mine}"):
                assert code_of(client.get(path)) == (404, "not_found")
            assert client.get("/v1/jobs").json() == {"data": [], "next": None}
    assert anna.get(f"/v1/jobs/{mine}").status_code == 200


def test_pages_hold_every_job_once(anna: httpx2.Client) -> None:
    """The newest first, `next` leads on until there are none."""
    made = [post(anna, bytes([n])).json()["id"] for n in range(3)]
    first = anna.get("/v1/jobs?limit=2").json()
    second = anna.get(f"/v1/jobs?limit=2&after={first['next']}").json()
    assert [job["id"] for job in first["data"] + second["data"]] == made[::-1]
    assert second["next"] is None
    assert code_of(anna.get("/v1/jobs?limit=101")) == (422, "invalid")


def test_a_deleted_job_is_gone_from_every_table(anna: httpx2.Client, database: Database) -> None:
    """Its file, its webhook, itself."""
    marker = token_hex(16)
    job = post(anna, marker.encode(), callback_url=f"https://example.org/{marker}").json()["id"]
    assert rows_with(database, job)
    assert anna.delete(f"/v1/jobs/{job}").status_code == 204
    assert rows_with(database, job) == []
    assert code_of(anna.delete(f"/v1/jobs/{job}")) == (404, "not_found")


def rows_with(database: Database, job: str) -> list[Any]:
    """All rows in which a job's id stands."""
    with database.engine.connect() as connection:
        return [
            row
            for table, column in [
                ("jobs", "id"),
                ("job_uploads", "job"),
                ("job_pieces", "job"),
                ("job_webhooks", "job"),
            ]
            for row in connection.exec_driver_sql(
                f"SELECT * FROM {table} WHERE {column} = '{job}'"  # noqa: S608 - our own names
            )
        ]


def test_an_accounts_jobs_go_with_it(gateway: Gateway, database: Database) -> None:
    """Whoever deletes the account leaves no job behind."""
    person = new_person(gateway)
    with gateway.client(person.token) as client:
        job = post(client).json()["id"]
        user = client.get("/v1/me").json()["id"]
    with database.transaction() as session:
        session.delete(session.get(User, user))
    assert rows_with(database, job) == []


def test_an_export_holds_ones_jobs(anna: httpx2.Client) -> None:
    """With the file, as long as it is kept; without what signs webhooks."""
    job = post(anna, b"sound", callback_url="https://example.org/hook").json()
    answer = anna.get("/v1/me/export")
    (found,) = answer.json()["jobs"]
    assert (found["id"], found["filename"]) == (job["id"], "a.wav")
    assert base64.b64decode(found["file"]) == b"sound"
    assert found["webhook"]["url"] == "https://example.org/hook"
    assert job["webhook_secret"] not in answer.text


def test_nothing_of_a_deleted_job_is_left_in_the_database_file(
    gateway: Gateway, database: Database, database_url: str
) -> None:
    """Neither in SQLite's file nor in its log: a mark that was planted is nowhere."""
    if not database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL overwrites deleted rows when it vacuums")
    mark = token_hex(16)
    with gateway.client(new_person(gateway).token) as client:
        job = post(client, mark.encode(), prompt=f"prompt {mark}").json()["id"]
        files = list(Path(database_url.removeprefix("sqlite:///")).parent.glob("tutor.db*"))
        assert any(mark.encode() in file.read_bytes() for file in files)
        assert client.delete(f"/v1/jobs/{job}").status_code == 204
    database.close()
    assert not any(mark.encode() in file.read_bytes() for file in files if file.exists())


def test_results_are_deleted_when_their_time_is_over(
    anna: httpx2.Client, database: Database
) -> None:
    """TUTOR_JOB_TTL_DAYS after its end a job is gone with all of it."""
    job = post(anna).json()["id"]
    jobs, now = JobTable(database), time.time()
    assert job not in jobs.remove_expired(now + 6 * 86_400)
    assert job in jobs.remove_expired(now + 8 * 86_400)
    assert anna.get(f"/v1/jobs/{job}").status_code == 404


def test_used_up_audio_is_told_with_what_is_left(anna: httpx2.Client, database: Database) -> None:
    """Who has used the day's audio gets 429, and when there is more."""
    Meter(database).add(anna.get("/v1/me").json()["id"], 100)
    answer = post(anna)
    assert code_of(answer) == (429, "quota_exhausted")
    assert answer.json()["left_s"] == 0
