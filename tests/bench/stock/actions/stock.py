"""The stock bot's actions: check the three answers, say that it is filed."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import AllSlotsReset
from rasa_sdk.executor import CollectingDispatcher


class ValidateRequestForm(FormValidationAction):
    def name(self) -> str:
        return "validate_request_form"

    def validate_service(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> Any:
        return {"service": value if len(value) > 2 else None}

    def validate_location(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> Any:
        return {"location": value if len(value) > 2 else None}

    def validate_confirmation(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> Any:
        return {"confirmation": value}


class FileRequest(Action):
    def name(self) -> str:
        return "action_file_request"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Any:
        dispatcher.utter_message(text="Filed. We will text you.")
        return [AllSlotsReset()]
