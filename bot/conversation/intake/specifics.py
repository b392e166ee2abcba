"""Questions about work under way that say more than "how does it stand": only the staff who are at it know.

"Will they cut it down?", "¿el jueves a qué hora vienen?", "did they take the dog too?": whoever asks so has read what staff wrote.
"""

from __future__ import annotations

from bot.conversation.intake.naming import PLAIN, names_of, singular
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import SENTENCES
from bot.text.fold import fold

# Statuses at which staff have it in hand, and have mostly said something.
UNDER_WAY = frozenset({"in_progress", "waiting", "on_hold"})
# Words of a question how it stands, whatever it is about.
_GENERAL = frozenset({
    "a", "about", "actually", "after", "already", "am", "an", "and", "any", "anybody", "anyone", "anything", "are",
    "as", "ask", "asking", "at", "back", "be", "been", "before", "bro", "but", "by", "call", "called", "can", "case",
    "check", "checking", "closed", "come", "comes", "coming", "complete", "completed", "could", "crew", "curious",
    "currently", "do", "doing", "done", "dude", "else", "ever", "everything", "expect", "far", "finally", "find",
    "finish", "finished", "fix", "fixed", "fixing", "follow", "following", "for", "gave", "get", "getting", "go",
    "goes", "going", "gonna", "got", "guy", "guys", "happen", "happened", "happening", "has", "have", "he", "hear",
    "heard", "hello", "her", "hey", "hi", "his", "hours", "how", "i", "if", "in", "info", "is", "it", "its", "know",
    "last", "later", "long", "look", "looked", "looking", "lol", "ma", "man", "me", "more", "much", "my", "need",
    "new", "news", "no", "nobody", "not", "nothing", "now", "of", "off", "oh", "ok", "okay", "on", "or", "our",
    "please", "pls", "plz", "progress", "r", "really", "repair", "repaired", "s", "said", "see", "seen", "send",
    "sent", "she", "should", "so", "somebody", "someone", "something", "soon", "sorry", "stand", "standing", "status",
    "sup", "take", "taking", "team", "tell", "than", "thanks", "the", "then", "they", "theyre", "think", "thx", "til",
    "till", "to", "too", "took", "u", "until", "up", "update", "updates", "us", "wait", "waiting", "want", "wanted",
    "was", "we", "were", "whats", "will", "wondering", "word", "work", "worked", "working", "would", "yall", "yes",
    "yet", "you", "your", "yo",
    "al", "algo", "alguien", "algun", "alguna", "anda", "ando", "arreglan", "arreglar", "arreglaron", "arreglarlo",
    "arreglo", "asi", "aun", "avance", "bien", "bueno", "caso", "componer", "cuanto", "cuanta", "cuantos", "de",
    "decir", "decirme", "dice", "dicen", "dijeron", "dijo", "disculpe", "e", "el", "ella", "ellos", "en", "entonces",
    "es", "ese", "eso", "espera", "esperando", "esperar", "estado", "este", "esto", "falta", "fin", "fue", "fueron",
    "gracias", "ha", "habra", "hablo", "han", "hacer", "haran", "hola", "horas", "ir", "ire", "joven", "k", "la",
    "le", "les", "levantaron", "limpiar", "limpiaron", "listo", "llega", "llegan", "lo", "mande", "mando", "mas",
    "mi", "mija", "mio", "mucho", "nada", "nadie", "ni", "nomas", "nos", "noticia", "noticias",
    "novedades", "o", "oiga", "onda", "oye", "pa", "paso", "pasa", "pasan", "pasar", "pasaron", "pos", "porfa",
    "por", "favor", "pues", "q", "quedo", "queria", "quiero", "quitar", "quitaron", "recoger", "recogen", "reportado",
    "reporte", "reparan", "reparar", "sabe", "saben", "saber", "se", "senor", "senora", "senorita", "sera", "si",
    "siempre", "sigue", "siguen", "sobre", "solo", "su", "tambien", "tarda", "tardan", "tardar", "tardara", "te",
    "tiempo", "tu", "un", "usted", "ustedes", "va", "van", "vendran", "venir", "ven", "vienen", "viene", "vinieron",
    "y", "ya",
})  # fmt: skip


def asks_more(text: str, request: OwnRequest, setting: Setting) -> bool:
    """Whether words ask of a request under way what its status does not tell. Pure; reads any text, never raises."""
    if request.status not in UNDER_WAY:
        return False
    asked = " ".join(part for part in SENTENCES.split(text) if "?" in part) or text
    words = {word for word in fold(asked).split() if len(word) > 1 and not word.isdigit()}
    known = _GENERAL | (PLAIN - _DAYS)
    things = names_of(setting.service(request.service)) | set(fold(f"{request.told} {request.place}").split())
    return bool(singular(words - known) - singular(things) - _GENERAL)


# Said of a day or an hour: when just they come is what staff know.
_DAYS = frozenset({"today", "morning", "night", "manana", "noche", "tarde", "hoy"})
