"""Database fields of our own."""

import json
from typing import TYPE_CHECKING, Any

from django.db import models


class ExactJSONField(models.TextField):  # type: ignore[type-arg]
    """JSON kept as text, so that what is read is exactly what was written.

    A database's own JSON type may reorder keys, and refuses the character U+0000; the order of a rubric's
    criteria is its author's, and a hash must be made again over exactly what was hashed.
    """

    if TYPE_CHECKING:
        # What the type checker's plugin takes a field's value for, going in and coming out.
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_: object) -> Any:
        """The value that was written."""
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        """The value, from a form's or a fixture's text."""
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str | None:
        """The text that is written."""
        return None if value is None else json.dumps(value, ensure_ascii=True, allow_nan=False)

    def value_to_string(self, obj: models.Model) -> str:
        """The text for a fixture."""
        return self.get_prep_value(self.value_from_object(obj)) or ""
