"""The city's identity provider, by OpenID Connect: the code flow with PKCE, by Authlib; ID tokens checked by joserfc.

Nothing of a token is kept or logged: it says once who somebody is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.cases.provided_accounts import Provided
from bot.cases.roles import Role
from bot.settings import Settings

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

CALLBACK = "/console/oidc/callback"
LEEWAY = 60  # seconds that the clocks of two machines may differ
PATIENCE = 10.0  # seconds for each answer of the provider
_KEPT = 600.0  # seconds that its own description is taken for true
_ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
]  # none with our secret

_known: dict[str, tuple[float, dict[str, Any]]] = {}


class ProviderError(Exception):
    """The provider could not be asked, or what it says cannot be trusted."""


@dataclass(frozen=True, slots=True)
class Going:
    """What has to come back with somebody whom we sent to the provider."""

    state: str
    nonce: str
    verifier: str  # of PKCE


async def address_to_go(config: Settings, going: Going) -> str:
    """Where to send them. Raises `ProviderError`."""
    provider = await _described(config)
    async with _client(config) as client:
        address, _ = client.create_authorization_url(
            provider["authorization_endpoint"],
            state=going.state,
            nonce=going.nonce,
            code_verifier=going.verifier,
        )
    return str(address)


async def who_came_back(config: Settings, code: str, going: Going) -> Provided:
    """Who it is, as the provider proves it. Raises `ProviderError`."""
    provider = await _described(config)
    try:
        async with _client(config) as client:
            token = await client.fetch_token(
                provider["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=going.verifier,
            )
            keys = (
                (await client.request("GET", provider["jwks_uri"], withhold_token=True))
                .raise_for_status()
                .json()
            )
            claims = _checked(config, token["id_token"], keys, going.nonce)
            if config.oidc_claim not in claims and "userinfo_endpoint" in provider:
                more = (await client.get(provider["userinfo_endpoint"])).raise_for_status().json()
                if more.get("sub") != claims["sub"]:
                    raise ProviderError("it tells of somebody else")
                claims = {**more, **claims}
    except (httpx.HTTPError, AuthlibBaseError, JoseError, KeyError, ValueError) as error:
        raise ProviderError(type(error).__name__) from None
    subject = str(claims["sub"])
    username = str(claims.get("preferred_username") or claims.get("email") or subject)
    return Provided(subject, username, str(claims.get("name") or username), role_of(config, claims))


def role_of(config: Settings, claims: Mapping[str, Any]) -> Role | None:
    """The first role in the setting's order that one of their groups has; None for who has none."""
    said = claims.get(config.oidc_claim, [])
    groups = (
        {said} if isinstance(said, str) else {str(one) for one in said} if isinstance(said, list) else set()
    )
    return next((Role(role) for group, role in config.oidc_role_map if group in groups), None)


def _checked(config: Settings, id_token: str, keys: Any, nonce: str) -> dict[str, Any]:
    """The claims of a token that the provider signed for us, now, and for this very login."""
    claims = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS).claims
    jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": config.oidc_issuer or ""},
        aud={"essential": True, "value": config.oidc_client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    ).validate(claims)
    return dict(claims)


async def _described(config: Settings) -> dict[str, Any]:
    """What the provider says of itself, read every ten minutes."""
    issuer = config.oidc_issuer or ""
    read_at, found = _known.get(issuer, (0.0, {}))
    if found and time.monotonic() - read_at < _KEPT:
        return found
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            found = answer.raise_for_status().json()
            if found["issuer"] != issuer:
                raise ProviderError("it calls itself otherwise than CITYLINE_OIDC_ISSUER does")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if urlsplit(found[name]).scheme != urlsplit(issuer).scheme:
                    raise ProviderError(f"its {name} is less safe than itself")
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        raise ProviderError(type(error).__name__) from None
    described: dict[str, Any] = found
    _known[issuer] = (time.monotonic(), described)
    return described


def _client(config: Settings) -> AsyncOAuth2Client:
    from authlib.integrations.httpx_client import AsyncOAuth2Client  # most cities have no provider

    secret = config.oidc_client_secret
    return AsyncOAuth2Client(
        client_id=config.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        scope=config.oidc_scopes,
        redirect_uri=f"{config.base_url}{CALLBACK}",
        code_challenge_method="S256",
        timeout=PATIENCE,
    )
