"""`cityline simulate`: a conversation in the terminal, through the simulator's control API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import console

if TYPE_CHECKING:
    import httpx

WAIT = 30.0  # seconds for an answer
SETTLE = 1.0  # seconds for what comes after the first answer: a pin, a second bubble

HELP = """\
Write as a resident would. Lines that begin with a colon are for the phone:
  :photo [FILE …]   send photos (without a file: a sample picture), words may follow on the next line
  :pin LAT LON      share a position
  :press WORDS      press a button
  :quit             leave (as does Ctrl-D)"""


def simulate(
    telegram: Annotated[bool, typer.Option("--telegram", help="A Telegram chat instead of SMS.")] = False,
    language: Annotated[str, typer.Option(help="Language of the resident's phone.")] = "en",
    url: Annotated[
        str | None, typer.Option(help="Address of the simulator.", show_default="of this machine")
    ] = None,
    say: Annotated[
        list[str] | None,
        typer.Option(
            help="Say this and leave; may be repeated. Lines as in the conversation.", show_default=False
        ),
    ] = None,
) -> None:
    """Text the city from this terminal, through the simulator. [dim]:help[/dim] inside tells what a phone can do."""
    import httpx

    from bot.settings import settings

    base = url or f"http://127.0.0.1:{settings().port + 1}"
    with httpx.Client(base_url=base, timeout=WAIT + 10, trust_env=False) as client:
        phone = TerminalPhone(client, "telegram" if telegram else "sms", language)
        if say:
            for words in say:
                console().print(f"› {words}", style="bold", markup=False)
                phone.take(words)
            return
        console().print("[dim]You are texting the city. :help says what else a phone can do.[/dim]\n")
        while (line := _read()) is not None:
            if line.strip() in (":quit", ":q"):
                return
            phone.take(line)


def _read() -> str | None:
    try:
        return input("› ")
    except EOFError:
        print()
        return None


class TerminalPhone:
    """One resident's phone at the simulator."""

    def __init__(self, client: httpx.Client, channel: str, language: str) -> None:
        self._client = client
        opened = _checked(client.post("/simulator/sessions", json={"language": language}))
        self._path = f"/simulator/phones/{channel}/{opened[channel]['address']}"
        self._seen = 0

    def take(self, line: str) -> None:
        """Do what a line says and print what comes back."""
        from bot.cli.errors import CommandError

        if not line.strip():
            return
        try:
            said = spoken(line)
        except CommandError as error:
            console().print(f"[yellow]{error}[/yellow]")
            return
        if said is None:
            console().print(HELP, style="dim", markup=False)
            return
        done = _checked(self._client.post(f"{self._path}/say", json=said))
        self._seen = max([self._seen, *(message["seq"] for message in done["messages"])])
        if not self._show(WAIT):
            console().print("[dim](no answer yet)[/dim]")
        while self._show(SETTLE):
            pass

    def _show(self, wait: float) -> bool:
        """Print what came since; whether anything did."""
        query: dict[str, str | float] = {"after": self._seen, "wait": wait, "from": "city"}
        messages = _checked(self._client.get(f"{self._path}/messages", params=query))["messages"]
        for message in messages:
            self._seen = max(self._seen, message["seq"])
            for text in bubble(message):
                console().print("  " + text.replace("\n", "\n  "), markup=False)
            console().print()
        return bool(messages)


def spoken(line: str) -> dict[str, Any] | None:
    """A line of the terminal as the control API wants it; None for `:help`. Raises `CommandError`."""
    import base64
    import shlex

    from bot.cli.errors import CommandError

    if not line.startswith(":"):
        return {"text": line}
    command, *words = shlex.split(line[1:]) or ["help"]
    if command == "photo":
        if not words:
            return {"files": [{"sample": "pothole"}]}
        paths = [Path(word).expanduser() for word in words]
        if missing := [str(path) for path in paths if not path.is_file()]:
            raise CommandError(f"There is no file {', '.join(missing)}.")
        return {
            "files": [
                {"base64": base64.b64encode(path.read_bytes()).decode(), "name": path.name} for path in paths
            ]
        }
    if command == "pin":
        try:
            lat, lon = (float(word.strip(",")) for word in words)
        except ValueError:
            raise CommandError("A position is two numbers, as in :pin 34.0106 -118.4936") from None
        return {"pin": {"lat": lat, "lon": lon}}
    if command == "press":
        return {"button": " ".join(words)}
    if command == "help":
        return None
    raise CommandError(f"There is no :{command}. :help tells what there is.")


def bubble(message: dict[str, Any]) -> list[str]:
    """What a message looks like in a terminal: its words, pictures, pin and buttons, a piece each."""
    pieces = [message["text"]] if message["text"] else []
    pieces += [f"[{media['kind']}]" for media in message["media"]]
    if pin := message["pin"]:
        pieces.append(f"[pin] {pin['name'] or ''} {pin['lat']:.5f}, {pin['lon']:.5f}".replace("  ", " "))
    pieces += ["  ".join(f"[ {button['text']} ]" for button in row) for row in message["buttons"]]
    return pieces


def _checked(answer: httpx.Response) -> Any:
    from bot.cli.errors import CommandError

    if answer.status_code == 422:
        raise CommandError(str(answer.json().get("detail", "The simulator cannot do that.")))
    if answer.status_code >= 400:
        raise CommandError(f"The simulator answered {answer.status_code}. Is it a simulator at that address?")
    return answer.json()
