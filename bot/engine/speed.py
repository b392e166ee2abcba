"""What makes Rasa's turns slow, taken out: each patch says what it costs and guards what it replaces.

`apply()` is called once by serve.py before the model is loaded. What all of them earn together, `make bench` says.
"""

import copy
import inspect
import logging
import types
from collections.abc import Callable
from typing import Any

import aiohttp
import orjson
import rasa.core.actions.action as actions
import rasa.core.processor as processor
import rasa.engine.runner.dask as dask_runner
import rasa.utils.endpoints as endpoints
from rasa.shared.core import events

log = logging.getLogger(__name__)

# What actions/ reads of a tracker. Everything else (all events of the conversation) stays here.
READ_BY_ACTIONS = (
    "sender_id",
    "slots",
    "latest_message",
    "latest_input_channel",
    "active_loop",
    "latest_action_name",
)
READ_OF_MESSAGE = (
    *("text", "intent", "entities", "metadata"),
    *("services", "questions", "parts", "language", "danger", "danger_amid", "wish"),
    *("vague", "replies", "clauses", "side_question", "told_besides", "denied"),
)
# Seconds for an action: they take tenths of one. Rasa waits five minutes, in which every turn of the worker would be given up
# (bot/conversation/dialogue.py) though nothing is wrong with any of them.
ACTION_PATIENCE = 20.0


class ChangedUnderneathError(RuntimeError):
    """Rasa is not the version this was written for: the patched function has another shape."""


def _expect(function: Callable[..., Any], *parameters: str) -> None:
    found = tuple(inspect.signature(function).parameters)
    if found != parameters:
        raise ChangedUnderneathError(f"{function.__qualname__} takes {found}, not {parameters}.")


def apply() -> None:
    """Apply all patches to the imported Rasa."""
    check_results_by_hand()
    find_event_classes_once()
    run_graphs_in_order()
    keep_one_http_session()
    send_actions_only_what_they_read()
    do_not_copy_for_debug_logs()
    copy_trackers_by_state()
    keep_of_replies_what_was_said()


def check_results_by_hand() -> None:
    """`jsonschema.validate` checks the schema itself on every action response: 62 % of a stock form turn.

    Even with the validator built once, most of it is for events that Rasa parses right after.
    """
    _expect(actions.RemoteAction._validate_action_result, "self", "result")

    def validate(self: actions.RemoteAction, result: Any) -> bool:
        listed = result if isinstance(result, dict) else {}
        for name in ("events", "responses"):
            items = listed.get(name, ())
            if not isinstance(items, (list, tuple)) or not all(isinstance(item, dict) for item in items):
                raise actions.RasaException(f"The action server's {name} are not a list of objects.")
        return True

    actions.RemoteAction._validate_action_result = validate


def find_event_classes_once() -> None:
    """Rasa walks all subclasses of Event for each event it reads."""
    _expect(events.Event.resolve_by_type, "type_name", "default")
    stock = events.Event.resolve_by_type
    known: dict[str, Any] = {}

    def resolve_by_type(type_name: str, default: Any = None) -> Any:
        found = known.get(type_name)
        if found is None:
            found = stock(type_name, default)
            if found is not default:
                known[type_name] = found
        return found

    events.Event.resolve_by_type = staticmethod(resolve_by_type)


def run_graphs_in_order() -> None:
    """A model's graph is a short line of components; dask's scheduler, and a debug line that prints the whole
    tracker, are paid two or three times a turn."""
    runner = dask_runner.DaskGraphRunner
    _expect(runner.run, "self", "inputs", "targets")
    _expect(runner._build_dask_graph, "self", "schema")

    def run(self: Any, inputs: Any = None, targets: Any = None) -> Any:
        wanted = tuple(targets or self._graph_schema.target_names)
        graphs = self.__dict__.setdefault("_graphs_by_target", {})
        if wanted not in graphs:
            graphs[wanted] = self._build_dask_graph(self._graph_schema.minimal_graph_schema(list(wanted)))
        graph = graphs[wanted]
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}

        def outcome(name: str) -> Any:
            if name not in done:
                node, *needs = graph[name]
                done[name] = node(*(outcome(need) for need in needs))
            return done[name]

        return dict(outcome(target) for target in wanted)

    runner.run = run


def keep_one_http_session() -> None:
    """A new aiohttp session, and so a new connection, per action call costs both sides time."""
    _expect(
        endpoints.EndpointConfig.request, "self", "method", "subpath", "content_type", "compress", "kwargs"
    )
    sessions: dict[str, aiohttp.ClientSession] = {}

    async def request(
        self: endpoints.EndpointConfig,
        method: str = "post",
        subpath: Any = None,
        content_type: Any = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        session = sessions.get(self.url)
        if session is None or session.closed:
            session = sessions[self.url] = self.session()
        headers = {"Content-Type": content_type} if content_type else {}
        url = endpoints.concat_url(self.url, subpath)
        async with session.request(
            method,
            url,
            data=orjson.dumps(kwargs["json"]),
            headers=headers,
            params=self.combine_parameters(kwargs),
            timeout=aiohttp.ClientTimeout(total=ACTION_PATIENCE),
        ) as response:
            body = await response.read()
            if response.status >= 400:
                raise endpoints.ClientResponseError(response.status, response.reason, body.decode())
            return orjson.loads(body)

    endpoints.EndpointConfig.request = request


def send_actions_only_what_they_read() -> None:
    """The whole tracker, every event of it, is 20 to 200 KB a call; the actions read slots and the last message."""
    _expect(actions.RemoteAction._action_call_format, "self", "tracker", "domain")

    def action_call_format(self: actions.RemoteAction, tracker: Any, domain: Any) -> dict[str, Any]:
        latest = tracker.latest_message
        parse_data = (latest.parse_data if latest else None) or {}
        message = {key: parse_data[key] for key in READ_OF_MESSAGE if key in parse_data}
        message["metadata"] = (latest.metadata if latest else None) or {}
        return {
            "next_action": self._name,
            "sender_id": tracker.sender_id,
            "tracker": {
                "sender_id": tracker.sender_id,
                "slots": tracker.current_slot_values(),
                "latest_message": message,
                "latest_event_time": latest.timestamp if latest else None,
                # rasa-sdk looks for the channel among the events.
                "events": [{"event": "user", "input_channel": tracker.get_latest_input_channel()}],
                "paused": False,
                "followup_action": None,
                "active_loop": {"name": tracker.active_loop_name} if tracker.active_loop_name else {},
                "latest_action_name": tracker.latest_action_name,
                "latest_input_channel": tracker.get_latest_input_channel(),
            },
            "version": actions.rasa.__version__,
        }

    actions.RemoteAction._action_call_format = action_call_format


def do_not_copy_for_debug_logs() -> None:
    """Rasa deep-copies events and messages for debug lines that nobody reads; no copy where nothing is kept."""
    import rasa.core.actions.forms as forms

    _expect(processor.copy.deepcopy, "x", "memo", "_nil")
    shallow = types.SimpleNamespace(deepcopy=lambda value: value, copy=copy.copy)
    for module in (processor, forms):
        if not isinstance(module.copy, types.ModuleType):
            raise ChangedUnderneathError(f"{module.__name__} no longer imports copy.")
        module.copy = shallow


def copy_trackers_by_state() -> None:
    """Rasa copies a tracker by replaying all its events, three times in a form turn."""
    import rasa.core.actions.forms as forms
    from rasa.shared.core.events import ActionExecuted, SlotSet
    from rasa.shared.core.trackers import DialogueStateTracker

    _expect(DialogueStateTracker.copy, "self")
    _expect(forms.FormAction._temporary_tracker, "self", "current_tracker", "additional_events", "domain")

    def copy_tracker(self: DialogueStateTracker) -> DialogueStateTracker:
        twin = copy.copy(self)
        twin.slots = {name: copy.copy(slot) for name, slot in self.slots.items()}
        twin.events = copy.copy(self.events)
        twin.active_loop = copy.copy(self.active_loop)
        return twin

    def temporary_tracker(self: Any, current_tracker: Any, additional_events: Any, domain: Any) -> Any:
        twin = copy_tracker(current_tracker)
        twin.update_with_events(
            [
                SlotSet(forms.REQUESTED_SLOT, self.get_slot_to_fill(current_tracker)),
                ActionExecuted(self.name()),
                *additional_events,
            ],
            domain,
        )
        return twin

    DialogueStateTracker.copy = copy_tracker
    forms.FormAction._temporary_tracker = temporary_tracker


def keep_of_replies_what_was_said() -> None:
    """Rasa stores with each reply every value its words were made of; the words themselves are enough (1.5 KB less)."""
    _expect(actions.create_bot_utterance, "message")
    stock = actions.create_bot_utterance

    def create_bot_utterance(message: dict[str, Any]) -> Any:
        name = message.get("utter_action")
        reply = stock(message)
        reply.metadata = {"utter_action": name} if name else {}
        return reply

    actions.create_bot_utterance = create_bot_utterance
