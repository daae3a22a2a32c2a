"""From a finished session to its scores, and the pages that show them."""
