"""Taking another model while the engine serves: no restart, and no turn lost.

`SWITCH` in the folder of models names the one to serve. Only who switched a model in on purpose writes it (`bot.supervisor.teaching`): a model that
was trained for a newer version of the code is never taken by an engine of the old one. The new model is loaded beside the old in a thread; turns
go on with the old one until it is whole, and with the old one for good where it cannot be loaded.
"""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

log = logging.getLogger("bot.engine")

SWITCH = "switch.json"
LOOK_EVERY = 2.0  # seconds


def named_model(models: Path) -> Path | None:
    """The model that the switch names; None where there is no switch, or no such model."""
    try:
        name = json.loads((models / SWITCH).read_text(encoding="utf-8"))["model"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    model = models / Path(str(name)).name
    return model if model.is_file() else None


def state_of(models: Path) -> tuple[int, int] | None:
    """Changes when the switch is written."""
    try:
        found = (models / SWITCH).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


async def follow_switch(app: Any, models: Path, served: Path) -> None:
    """Look at the switch for ever, and serve what it names."""
    seen = state_of(models)
    while True:
        await asyncio.sleep(LOOK_EVERY)
        now = state_of(models)
        if now == seen:
            continue
        seen, wanted = now, named_model(models)
        if wanted is not None and wanted != served and await _switch(app, wanted):
            served = wanted


async def _switch(app: Any, model: Path) -> bool:
    """Load a model beside the one that is served, and let it take the next turn. False, and the old one stays, when it is broken."""
    import rasa.core.agent
    from rasa.core.nlg import TemplatedNaturalLanguageGenerator

    agent = app.ctx.agent
    try:
        # The same store, locks and actions: a conversation goes on where it is. The class is the one `bot.engine.serve` put there.
        processor = await asyncio.to_thread(
            rasa.core.agent.MessageProcessor,
            model_path=str(model),
            tracker_store=agent.tracker_store,
            lock_store=agent.lock_store,
            action_endpoint=agent.action_endpoint,
            generator=agent.nlg,
            http_interpreter=agent.http_interpreter,
        )
    except Exception as error:
        # The top of a loop: whatever is wrong with the model, residents are served.
        log.error("engine.model_refused model=%s reason=%s", model.name, type(error).__name__)
        return False
    # As `Agent.load_model` does it, but at once, between two turns; one that is under way ends with the processor it began with.
    agent.processor, agent.domain = processor, processor.domain
    agent.tracker_store.domain = processor.domain
    if isinstance(agent.nlg, TemplatedNaturalLanguageGenerator):
        agent.nlg.responses = processor.domain.responses
    log.info("engine.model_switched model=%s", model.name)
    return True
