"""Logging in by OpenID Connect, against the certified `oidc-provider` running here. Without Node these tests are skipped, and say so."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from bot.cases.roles import Role
from bot.cases.staff import disable_staff, find_staff, member_of
from bot.db.session import transaction
from bot.db.tables import Staff
from bot.settings import load_settings, settings
from bot.web import identity
from bot.web.identity import _checked, role_of
from tests.console import Browser
from tests.ports import free_ports

pytestmark = pytest.mark.integration
HERE = Path(__file__).parents[2] / "oidc"
CALLBACK = "http://127.0.0.1:8311/console/oidc/callback"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("Node is not installed: logging in by an identity provider was NOT tried")
    folder = tmp_path_factory.mktemp("oidc")
    for file in HERE.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    installed = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    if installed.returncode != 0:
        pytest.skip("npm could not fetch oidc-provider: logging in by an identity provider was NOT tried")
    port = free_ports(1)
    process = subprocess.Popen(
        [node, "provider.mjs", str(port), CALLBACK],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert any("ready" in line for line in process.stdout)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
async def browser_there(
    browser: Browser, provider: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Browser]:
    """Nobody is logged in, and the city has an identity provider."""
    for name, value in {
        "ISSUER": provider,
        "CLIENT_ID": "cityline",
        "CLIENT_SECRET": "a secret of the two of us",
        "SCOPES": "openid profile groups",
        "ROLES": "311-admins=admin, desk=agent",
    }.items():
        monkeypatch.setenv(f"CITYLINE_OIDC_{name}", value)
    settings.cache_clear()
    identity._known.clear()
    yield browser
    monkeypatch.undo()
    settings.cache_clear()


async def went_there(browser: Browser, who: str) -> str:
    """Go to the provider and through its pages; gives the address it sends back to."""
    address = (await browser.client.get("/console/oidc?next=/console/week")).headers["location"]
    async with httpx.AsyncClient() as there:
        for _ in range(12):
            answer = await there.get(address)
            if form := re.search(r'<form[^>]*action="([^"]+)"', answer.text):
                login = 'name="login"' in answer.text
                fields = (
                    {"prompt": "login", "login": who, "password": "x"} if login else {"prompt": "consent"}
                )
                answer = await there.post(str(answer.url.join(form[1])), data=fields)
            address = str(answer.url.join(answer.headers["location"]))
            if address.startswith(CALLBACK):
                return address
    raise AssertionError("the provider never sent anybody back")


async def come_back(browser: Browser, address: str) -> httpx.Response:
    answer = await browser.client.get(address)
    browser.page = answer.text
    return answer


async def test_who_the_provider_knows_is_let_in_with_the_role_of_their_group(browser_there: Browser) -> None:
    assert (
        "city&#39;s login" in (await browser_there.open("/console/login")).text
        or "city's login" in browser_there.page
    )
    answer = await come_back(browser_there, await went_there(browser_there, "ana"))
    assert answer.headers["location"] == "/console/week"
    assert (await browser_there.open("/console/requests")).status_code == 200
    async with transaction() as session:
        ana = member_of(await find_staff(session, "ana.ruiz"))
    assert (ana.name, ana.role, ana.provided) == ("Ana Ruiz", Role.AGENT, True)


async def test_they_are_the_same_account_the_next_time_and_the_role_is_that_of_now(
    browser_there: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await come_back(browser_there, await went_there(browser_there, "ana"))
    monkeypatch.setenv("CITYLINE_OIDC_ROLES", "desk=manager")
    settings.cache_clear()
    await come_back(browser_there, await went_there(browser_there, "ana"))
    async with transaction() as session:
        rows = (await session.scalars(select(Staff).where(Staff.oidc_subject.is_not(None)))).all()
    assert [(row.username, row.role) for row in rows] == [("ana.ruiz", "manager")]


@pytest.mark.parametrize("who", ["nobody", "maria"])
async def test_no_group_and_the_username_of_another_open_nothing(browser_there: Browser, who: str) -> None:
    answer = await come_back(browser_there, await went_there(browser_there, who))
    assert answer.status_code == 403
    assert "no account here" in answer.text
    assert (await browser_there.open("/console/requests")).status_code == 303


async def test_an_account_that_was_closed_here_stays_closed(browser_there: Browser) -> None:
    await come_back(browser_there, await went_there(browser_there, "ana"))
    async with transaction() as session:
        await disable_staff(session, "ana.ruiz")
    browser_there.client.cookies.clear()
    assert (await come_back(browser_there, await went_there(browser_there, "ana"))).status_code == 403


async def test_the_first_role_of_the_setting_counts_and_the_last_admin_stays_one(
    browser_there: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for roles in ("311-admins=admin,desk=agent", "desk=agent"):
        monkeypatch.setenv("CITYLINE_OIDC_ROLES", roles)
        settings.cache_clear()
        assert (await come_back(browser_there, await went_there(browser_there, "boss"))).status_code == 303
        async with transaction() as session:
            assert (await find_staff(session, "bo")).role == Role.ADMIN


async def test_nobody_comes_back_whom_this_browser_did_not_send_nor_twice(browser_there: Browser) -> None:
    address = await went_there(browser_there, "ana")
    code = parse_qs(urlsplit(address).query)["code"][0]
    forged = f"{CALLBACK}?code={code}&state=guessed"
    assert (await come_back(browser_there, forged)).status_code == 403
    kept = dict(browser_there.client.cookies)
    browser_there.client.cookies.clear()
    assert (await come_back(browser_there, address)).status_code == 403
    browser_there.client.cookies.update(kept)
    assert (await come_back(browser_there, address)).status_code == 303
    browser_there.client.cookies.update(kept)
    assert (await come_back(browser_there, address)).status_code == 503  # a code is good for one time


async def test_where_the_provider_is_away_accounts_of_the_console_still_work(
    browser_there: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYLINE_OIDC_ISSUER", f"http://127.0.0.1:{free_ports(1)}")
    settings.cache_clear()
    answer = await browser_there.client.get("/console/oidc")
    assert answer.status_code == 503
    assert "cannot be asked right now" in answer.text
    assert (await browser_there.log_in("maria")).status_code == 303


async def test_without_the_setting_there_is_no_such_door(browser: Browser) -> None:
    assert (await browser.open("/console/oidc")).status_code == 404
    assert (await browser.open("/console/oidc/callback?code=x&state=y")).status_code == 404
    assert "city's login" not in (await browser.open("/console/login")).text


KEY, ANOTHER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
NOW = int(time.time())
ISSUER = "https://login.example.gov"
CLAIMS = {"iss": ISSUER, "aud": "cityline", "sub": "1", "exp": NOW + 7200, "iat": NOW, "nonce": "n"}


@pytest.mark.parametrize(
    ("changed", "key", "algorithm"),
    [
        ({"iss": "https://login.example.com"}, KEY, "RS256"),
        ({"aud": "another"}, KEY, "RS256"),
        ({"nonce": "of another login"}, KEY, "RS256"),
        ({"exp": NOW - 3600}, KEY, "RS256"),
        ({"iat": NOW + 3600}, KEY, "RS256"),
        ({}, ANOTHER, "RS256"),
        ({}, OctKey.import_key("a secret of the two of us, and long"), "HS256"),
    ],
    ids=["issuer", "audience", "nonce", "over", "not yet", "key", "shared secret"],
)
def test_a_token_is_believed_only_where_the_provider_made_it_for_us_now_and_for_this_login(
    changed: dict[str, object], key: RSAKey | OctKey, algorithm: str
) -> None:
    config = load_settings(oidc_issuer=ISSUER, oidc_client_id="cityline")
    keys = {"keys": [KEY.as_dict(private=False)]}
    right = jwt.encode({"alg": "RS256"}, CLAIMS, KEY)
    assert _checked(config, right, keys, "n")["sub"] == "1"
    wrong = jwt.encode({"alg": algorithm}, {**CLAIMS, **changed}, key, algorithms=[algorithm])
    with pytest.raises((JoseError, ValueError)):
        _checked(config, wrong, keys, "n")


@pytest.mark.parametrize(
    ("said", "role"),
    [
        (["everybody", "desk"], Role.AGENT),
        (["desk", "admins"], Role.ADMIN),
        ("desk", Role.AGENT),
        (["Desk", "desk "], None),
        ({"desk": True}, None),
        (None, None),
    ],
)
def test_a_role_is_read_from_a_claim_whatever_stands_there(said: object, role: Role | None) -> None:
    config = load_settings(oidc_roles="admins=admin,desk=agent")
    assert role_of(config, {"groups": said}) is role
