"""What anybody may read without a key: where the endpoint is, what is offered, and how errors look."""

from __future__ import annotations

import pytest

from bot.city.catalogue import QuestionKind
from bot.city.current import catalogue
from tests.open311 import V2, Sender, checked, offered, parsed, plain_client, problem, told_by

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("path", ["/open311/discovery", "/open311/v2/discovery"])
async def test_discovery_names_the_endpoint_in_both_forms(stranger: Sender, path: str) -> None:
    found = checked(await stranger.client.get(f"{path}.json"), "Discovery")
    assert found["endpoints"][0]["url"] == "http://127.0.0.1:8311/open311/v2"
    assert found["endpoints"][0]["type"] == "test"
    assert "311" in found["contact"]
    root = parsed(await stranger.client.get(f"{path}.xml"))
    formats = root.findall("endpoints/endpoint/formats/format")
    assert [one.text for one in formats] == ["text/xml", "application/json"]
    assert root.findtext("changeset") == found["changeset"]


async def test_an_endpoint_that_the_internet_reaches_is_in_production(
    stranger: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    with offered(monkeypatch, PUBLIC_URL="https://311.example.gov"):
        (endpoint,) = (await stranger.reads("discovery.json", "Discovery"))["endpoints"]
    assert (endpoint["url"], endpoint["type"]) == ("https://311.example.gov/open311/v2", "production")


async def test_every_service_is_offered_with_its_questions(stranger: Sender) -> None:
    services = await stranger.reads("services.json", "Services")
    assert {one["service_code"] for one in services} == set(catalogue().services)
    for one in services:
        known = catalogue().services[one["service_code"]]
        definition = await stranger.reads(f"services/{known.code}.json", "ServiceDefinition")
        assert one["metadata"] == bool(definition["attributes"])
        for attribute, question in zip(definition["attributes"], known.questions, strict=True):
            assert attribute["code"] == question.code
            assert attribute["required"] == question.required
            assert ("values" in attribute) == (question.kind is QuestionKind.CHOICE)
            keys = [value["key"] for value in attribute.get("values", ())]
            assert keys == [choice.code for choice in question.choices]


async def test_xml_says_the_same_as_json(stranger: Sender) -> None:
    told = await stranger.reads("services.json", "Services")
    root = parsed(await stranger.get("services.xml"))
    assert root.tag == "services"
    for element, service in zip(root.findall("service"), told, strict=True):
        wanted = {
            name: str(value).lower() if value in (True, False) else value for name, value in service.items()
        }
        assert told_by(element) == wanted
    definition = parsed(await stranger.get("services/parking_violation.xml"))
    assert definition.tag == "service_definition"
    questions = catalogue().services["parking_violation"].questions
    assert [one.text for one in definition.findall("attributes/attribute/code")] == [
        one.code for one in questions
    ]


async def test_without_an_ending_it_goes_by_what_is_accepted_and_else_is_xml(stranger: Sender) -> None:
    bare = await stranger.client.get(f"{V2}/services")
    assert parsed(bare).tag == "services"
    json = await stranger.client.get(f"{V2}/services", headers={"accept": "application/json"})
    checked(json, "Services")
    # The ending of the address counts, as the specification has it.
    ended = await stranger.client.get(f"{V2}/services.xml", headers={"accept": "application/json"})
    assert parsed(ended).tag == "services"


async def test_names_are_told_in_the_language_that_is_asked_for(stranger: Sender) -> None:
    (english, spanish) = [
        {one["service_code"]: one for one in await stranger.reads("services.json", "Services", lang=lang)}
        for lang in ("en", "es")
    ]
    assert english["pothole"]["service_name"] == "Pothole or damaged road"
    assert spanish["pothole"]["service_name"] == "Bache o calle en mal estado"
    assert "no hay tal servicio" in problem(await stranger.get("services/horse.json", lang="es"), 404)


async def test_only_this_city_is_served(stranger: Sender) -> None:
    for ours in ("santamonica.gov", "www.santamonica.gov", "SantaMonica.gov", ""):
        assert (await stranger.get("services.json", jurisdiction_id=ours)).status_code == 200
    for path in ("services.json", "services/pothole.json", "requests.json", "servicerequestupdates.json"):
        assert "santamonica.gov" in problem(await stranger.get(path, jurisdiction_id="sfgov.org"), 404)


async def test_the_jurisdiction_is_a_setting(stranger: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    with offered(monkeypatch, CITYLINE_OPEN311_JURISDICTION="smgov.net"):
        assert (await stranger.get("services.json", jurisdiction_id="smgov.net")).status_code == 200
        assert (await stranger.get("services.json", jurisdiction_id="santamonica.gov")).status_code == 404


async def test_errors_are_lists_of_code_and_description_in_both_forms(stranger: Sender) -> None:
    problem(await stranger.get("services/horse.json"), 404)
    problem(await stranger.get("nothing.json"), 404)
    problem(await stranger.client.delete(f"{V2}/requests.json"), 405)
    answer = await stranger.get("services/horse.xml")
    assert answer.status_code == 404
    (error,) = parsed(answer).findall("error")
    assert error.findtext("code") == "404"
    assert "service_code" in (error.findtext("description") or "")


async def test_pages_of_other_sites_may_read_and_not_write(stranger: Sender) -> None:
    for answer in (await stranger.get("services.json"), await stranger.get("services/horse.json")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    asked = await stranger.client.options(
        f"{V2}/requests.json", headers={"origin": "https://x.org", "access-control-request-method": "POST"}
    )
    assert asked.status_code == 204
    assert "POST" not in asked.headers["access-control-allow-methods"]
    head = await stranger.client.head(f"{V2}/services.json")
    assert head.status_code == 200


async def test_the_description_is_served_with_this_address(stranger: Sender) -> None:
    document = (await stranger.get("openapi.json")).json()
    assert document["servers"] == [{"url": "http://127.0.0.1:8311/open311/v2"}]
    assert "/servicerequestupdates.json" in document["paths"]


async def test_a_city_that_does_not_want_it_has_no_such_address(
    stranger: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    with offered(monkeypatch, CITYLINE_OPEN311="off"):
        for path in ("services.json", "requests.json", "discovery.json", "openapi.json"):
            problem(await stranger.get(path), 404)
        problem(await stranger.post(), 404)


async def test_our_own_failure_is_told_in_the_form_of_the_protocol(
    stranger: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("+13105550123")

    monkeypatch.setattr("bot.web.open311.services.catalogue", broken)
    async with plain_client() as client:
        answer = await client.get(f"{V2}/services.json")
    assert "Nothing was filed" in problem(answer, 500)
    assert "3105550123" not in answer.text
