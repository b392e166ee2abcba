"""Photos, wherever they came from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.db.tables.base import Table, key, now


class Photo(Table):
    """A picture we keep, addressed by the hash of its kept bytes. Position and time are from its EXIF."""

    __tablename__ = "photos"
    __table_args__ = (
        Index("ix_photos_covered_by", "covered_by_id", postgresql_where=text("covered_by_id IS NOT NULL")),
    )

    id: Mapped[int] = key()
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]  # bytes of the kept picture
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    taken_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now()
    # What staff turned and covered (`bot.photos.cover`), and the picture that came of it.
    edit: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    covered_by_id: Mapped[int | None] = mapped_column(ForeignKey("photos.id"))

    covered_by: Mapped[Photo | None] = relationship(
        lazy="joined", join_depth=1, remote_side="Photo.id", viewonly=True
    )

    @property
    def outside(self) -> Photo:
        """What anybody but staff sees of it."""
        return self.covered_by or self
