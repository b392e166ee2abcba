"""What later words put right is read as they say."""

from __future__ import annotations

import pytest

from bot.conversation.intake.put_right import as_put_right


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("the bus at 7:15\ncorrection it was 7:45 not 7:15", "the bus at 7:45\ncorrection it was 7:45"),
        ("the bus at 7:15\nactually it was 7:45", "the bus at 7:45\nactually it was 7:45"),
        ("a gray honda civic\nits an accord not a civic", "a gray honda accord\nits an accord"),
        ("un toyota rojo\nme equivoque, es Nissan no Toyota", "un Nissan rojo\nme equivoque, es Nissan"),
        ("un corolla gris\nno es corolla es CAMRY", "un CAMRY gris\nno es corolla es CAMRY"),
        ("plate 7ABC123\nsorry the plate is 7abd123", "plate 7ABD123\nsorry the plate is 7abd123"),
        ("they start at 6:30\nit is not so loud at 9:00", "they start at 6:30\nit is not so loud at 9:00"),
        ("one line only", "one line only"),
    ],
)
def test_what_holds(words: str, read: str) -> None:
    assert as_put_right(words) == read
