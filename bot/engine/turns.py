"""One turn of the engine: taken once, wholly or not at all, on a tracker that does not grow for ever.

What differs from Rasa's `MessageProcessor`:

* A turn whose `turn_id` (in its metadata) was taken before is answered with the replies given then, however long ago and
  by whichever engine: they are stored with the tracker, in one transaction (`bot/engine/tracker_store.py`). Nobody else
  keeps a turn from being taken twice.
* A failing action fails the turn: nothing is saved, the caller gets an error and tries again. Stock Rasa logs it, saves
  half a turn and answers as if all were well.
* After `FOLD_AFTER` events the session is folded: a fresh session begins with the slots and the active form, so a turn
  of a long conversation costs what one of a short conversation costs.
* A turn in Spanish ends with an item that holds its words in rough English (`custom: {"gloss": …}`), for staff.
* Slots are set by actions only (all mappings are `custom`), so Rasa's slot extraction is skipped.
"""

from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.constants import ACTION_LISTEN_NAME, DEFAULT_SLOT_NAMES
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    SessionStarted,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.nlu.gloss import spanish_glossary
from bot.engine.nlu.reading import SPANISH
from bot.engine.tracker_store import TakenTurn, TurnTakenError, TurnTrackerStore

FOLD_AFTER = 60  # events: about six turns
MOST_GLOSSED = 1_000  # characters; of a longer text staff see the beginning


class TurnProcessor(MessageProcessor):
    """Rasa's processor with whole turns."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._extracts_slots = needs_slot_extraction(self.domain)

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """Take a turn, or find that it was taken and give its replies again. Called under the conversation's lock."""
        store, channel = self.tracker_store, message.output_channel
        turn_id = (message.metadata or {}).get("turn_id")
        keeps = isinstance(store, TurnTrackerStore) and isinstance(turn_id, int)
        if keeps and (given := store.replies_of(message.sender_id, turn_id)) is not None:
            return _give(channel, given)
        tracker = await self.get_tracker(message.sender_id)
        fold(tracker, self.domain)
        await self._update_tracker_session(tracker, channel, None)
        await self._handle_message_with_tracker(message, tracker)
        if self._extracts_slots:
            tracker = await self.run_action_extract_slots(channel, tracker)
        await self._run_prediction_loop(channel, tracker)
        _tell_gloss(channel, tracker)
        if keeps:
            tracker.taken_turn = TakenTurn(turn_id, _collected(channel) or [])
        try:
            await self.save_tracker(tracker)
        except TurnTakenError:
            # Another engine took it in the meantime, and what was done here is not saved: its replies count.
            return _give(channel, store.replies_of(message.sender_id, turn_id) or [])
        return _collected(channel)

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        """Within a form the rule policy's answer needs no policy graph: the form, then listening."""
        if not tracker.followup_action and RulePolicy._find_action_from_default_actions(tracker)[0] is None:
            name, source = RulePolicy._find_action_from_loop_happy_path(tracker)
            if name is not None:
                return PolicyPrediction.for_action_name(self.domain, name, source)
        return super()._predict_next_with_tracker(tracker)

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """Run one action. Unlike stock, an action's failure is raised."""
        acting_on = tracker
        if prediction.events:
            acting_on = tracker.copy()
            acting_on.update_with_events(prediction.events, self.domain)
        try:
            events = await action.run(output_channel, nlg, acting_on, self.domain)
        except ActionExecutionRejection:
            tracker.update(
                ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence)
            )
            return self.should_predict_another_action(action.name())
        self._log_action_on_tracker(tracker, action, events, prediction)
        await self.execute_side_effects(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())


def _tell_gloss(channel: OutputChannel | None, tracker: DialogueStateTracker) -> None:
    """Put what Spanish words are in rough English behind the replies: staff who read no Spanish see it beside them."""
    said = tracker.latest_message
    if not isinstance(channel, CollectingOutputChannel) or said is None or not said.text:
        return
    if said.parse_data.get("language") == SPANISH and not said.text.startswith(INTENT_MESSAGE_PREFIX):
        gloss = spanish_glossary().gloss(said.text[:MOST_GLOSSED])
        channel.messages.append({"recipient_id": tracker.sender_id, "custom": {"gloss": gloss}})


def _collected(channel: OutputChannel | None) -> list[dict[str, Any]] | None:
    return channel.messages if isinstance(channel, CollectingOutputChannel) else None


def _give(channel: OutputChannel | None, given: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    if isinstance(channel, CollectingOutputChannel):
        channel.messages = list(given)
    return _collected(channel)


def needs_slot_extraction(domain: Domain) -> bool:
    """Whether any slot is filled from the message itself, or by an action of its own."""
    return any(
        mapping.get("type") != "custom" or mapping.get("action")
        for slot in domain.slots
        if slot.name not in DEFAULT_SLOT_NAMES
        for mapping in slot.mappings
    )


def fold(tracker: DialogueStateTracker, domain: Domain) -> None:
    """Begin a fresh session with the state of this one, when the tracker has grown long."""
    if len(tracker.events) < FOLD_AFTER:
        return
    loop = tracker.active_loop_name
    slots = [
        SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value != slot.initial_value
    ]
    tracker.update_with_events([SessionStarted(), *slots], domain)
    if loop:
        tracker.update(ActiveLoop(loop), domain)
        # The form ran in the session before: without this, its policy would take it for a new one.
        tracker.update(ActionExecuted(loop), domain)
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME), domain)
