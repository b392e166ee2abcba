"""Who wishes not to be named is told who sees what, though nothing was asked: "please don't tell them it was me"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversation.intake.digressions import ASKED, city_answer
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Guess, Turn
from bot.conversation.talk.progress import Progress
from bot.text.fold import fold

# The question of a pack that is answered with it; a pack without one says nothing.
UNNAMED = "anonymous_report"
_WISHES = re.compile(
    r"\b(?:don t|dont|do not|never|not|without) (?:ever )?(?:tell|tells|telling|say|saying|show|give|giving|share|use|put|mention|let)(?: \w+){0,4}? "
    r"(?:it was me|it s me|that i (?:told|said|called|reported|complained|wrote)|who (?:told|said|called|reported|complained|wrote)|my (?:name|number|phone|info|to))\b|"
    r"\b(?:don t|dont|do not) want (?:it (?:getting|to get) back to|(?:them|him|her|anyone|anybody|my \w+|the \w+) (?:to (?:know|find out|see)|knowing|finding out))|"
    r"\b(?:don t|dont|do not) (?:want|need) (?:my|me) (?:name|number|phone|face|on it|in it)\b|\bmy (?:name|number|phone)(?: \w+){0,3} public\b|"
    r"\bno (?:quiero|quisiera) (?:que|q) (?:se |me )?(?:salga|salgan|aparezca|vea|vean|quede|ponga|pongan)(?: \w+){0,2}? mi (?:nombre|numero|telefono|cara)\b|"
    r"\bmi (?:nombre|numero|telefono)(?: \w+){0,4} public[oa]\b|\bquien(?:es)? (?:lo |la )?ven? mi (?:nombre|numero|telefono)\b|"
    r"\b(?:keep|leave) (?:me|my name) (?:out|anonymous|off)|\b(?:stay|remain|be) anonymous\b|"
    r"\bno (?:se |le |les |me )*(?:vaya[ns]? a )?(?:vea|ver|sepa|saber|salga|salir|aparezca|aparecer|ponga|poner|diga|digan|decir|de|den|dar|muestre|muestren)(?: \w+){0,3}? "
    r"(?:mi (?:nombre|numero|telefono)|(?:que )?fui yo|quien (?:fue|dijo|llamo|reporto|se quejo|soy))\b|"
    r"\bno (?:se |le |les )*(?:vaya[ns]? a )?(?:decir|diga|digan|contar|cuente|cuenten)(?: \w+){0,2} (?:que|q) (?:yo|fui)\b|\b(?:va|van) a (?:enterar|saber)(?: de)? (?:que|q) fui yo\b|"
    r"\b(?:sin|no (?:le |les )?(?:pongan?|ponga|pongas|den|digan|usen|saquen|publiquen)) (?:mi|el) (?:nombre|numero|telefono)\b|\bno (?:le |les )?(?:pongan?|digan?|mencionen?) (?:que |q )(?:fue|fui|soy|era|es) \w+|"
    r"\bmi (?:nombre|numero|telefono|telegram)(?: \w+){0,2} (?:no )?(?:sale|salga|aparece|aparezca|se ve|se vea|sale en)\b|\b(?:sale|aparece|se ve|ven|ve|vera) (?:\w+ )?(?:mi|el) (?:nombre|numero|telefono|telegram)\b|"
    r"\b(?:does|is|will|would|can|do) (?:\w+ ){0,3}?my (?:name|number|phone|info)(?: \w+){0,3}? (?:show|shown|appear|visible|seen|on (?:it|there|the))\b|\b(?:without|leave out|not with) my (?:name|number)\b|"
    r"\b(?:don t|dont|do not|please no|no) (?:put|show|post|list|write)(?: \w+){1,4}? (?:on|in) (?:anything |the |any )?public\b|"
    r"\bno (?:quiero|quisiera|vaya a ser) que(?: \w+){0,3} (?:sepan?|enteren?|entere)\b|\bsin (?:dar|poner|decir) mi nombre\b|\b(?:quedar|ser|reporte) anonim[oa]\b"
)


def wishes_unnamed(text: str) -> bool:
    """Whether words wish that nobody learns who reported. Reads any text, never raises."""
    return _WISHES.search(fold(text)) is not None


def with_who_sees_it(progress: Progress, said: Turn, setting: Setting) -> Progress:
    """The progress with who sees what, where the turn wishes that nobody learns who reported and that was not told."""
    if said.choice is not None or said.edited or said.taken_over or not wishes_unnamed(said.text):
        return progress
    if UNNAMED not in setting.questions or any(say.custom.get(ASKED) == UNNAMED for say in progress.says):
        return progress
    asked = replace(setting.turn, questions=(Guess(UNNAMED, 1.0),))
    answer = replace(city_answer(replace(setting, turn=asked)), alone=True)
    return replace(progress, says=(answer, *progress.says))
