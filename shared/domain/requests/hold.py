"""A hold: a person's mark on an endpoint, at which new jobs wait."""

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.access.caller import KEY_HOLDER


class Hold(BaseModel):
    """Who holds an endpoint, since when, and why."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    at: str = Field(description="Since when; ISO 8601 in UTC.")
    by: str = Field(default="", description="The caller's name; empty if only a key is known.")
    reason: str = ""
    job: str = Field(default="", description="The rollback that set it.")

    @property
    def holder(self) -> str:
        """Who holds it, for people."""
        return self.by or KEY_HOLDER

    @property
    def words(self) -> str:
        """Who holds it and why, for people."""
        why = f" ({self.reason})" if self.reason else ""
        return f"held since {self.at[:19]}Z by {self.holder}{why}"
