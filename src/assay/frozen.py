"""The base of every value that has a content hash."""

from pydantic import BaseModel, ConfigDict

from assay.canonical import digest


class Frozen(BaseModel):
    """An immutable value; unknown keys are refused, and equal content has an equal hash."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
        return digest(self.model_dump(mode="json"))
