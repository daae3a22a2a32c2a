"""Texts and how many words they have, for the two places that count words: length rules and the editor."""

WORDS_COUNTED = {
    "": 0,
    " \n\t ": 0,
    "two words": 2,
    "## - | --- | ***": 0,
    "| a | b-c |": 2,
    "_ __ a_b": 1,
    "- [ ] call them at 9:30": 4,
    "你好吗 ok": 4,
    "カタカナ": 4,
    "Straße naïve Ωμέγα слово": 4,
    "½ ² Ⅳ 🙂": 3,
    "no\u00a0break thin\u2009space": 4,
    "next\u0085line and\u001funit": 4,
    "a mark\ufeffinside": 2,
    "\ufeffa mark before": 3,
}
