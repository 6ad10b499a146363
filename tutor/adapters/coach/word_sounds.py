"""How words sound, for what was perhaps misheard in a conversation: English by its lexicon."""

from __future__ import annotations

from functools import cached_property

from tutor.adapters.feedback.phones import English
from tutor.core.talk.nearness import by_letters


class WordSounds:
    """The sounds of a word: of English ones from the lexicon, read when first asked for; of others
    by their letters."""

    def __call__(self, word: str, language: str) -> tuple[str, ...]:
        """The sounds of a word; `language` is a primary subtag."""
        if language != "en":
            return by_letters(word, language)
        return self._english.sounds((word,)) or by_letters(word, language)

    @cached_property
    def _english(self) -> English:
        return English.load()
