# ruff: noqa: RUF001 - Russian letters look like Latin ones
"""Words that hold a sentence together: everybody speaks them without care."""

from __future__ import annotations

from tutor.core.text.normal import normalise

_WORDS = {
    "en": """
a an the this that these those some any no i you he she it we they me him her us them my your
his its our their mine yours who whom whose which what there here and or but nor so if than then
as at by for from in into of off on onto out over to up with without about after before be am is
are was were been being do does did have has had having will would shall should can could may
might must not i'm you're he's she's it's we're they're i've you've we've they've i'll you'll
he'll she'll it'll we'll they'll i'd you'd he'd she'd we'd they'd isn't aren't wasn't weren't
don't doesn't didn't haven't hasn't hadn't won't wouldn't can't couldn't shouldn't that's
there's what's let's""",
    "de": """
der die das den dem des ein eine einen einem einer eines kein keine ich du er sie es wir ihr
mich dich ihn uns euch mir dir ihm ihnen mein meine dein deine sein seine unser unsere und oder
aber denn wenn dass ob als wie so an am auf aus bei beim bis durch für gegen in im ins mit nach
ohne um unter von vom vor zu zum zur über ist bin bist sind seid war waren habe hast hat haben
habt hatte werden wird wurde nicht auch da hier""",
    "es": """
el la los las lo un una unos unas yo tú él ella ello nosotros vosotros ellos ellas usted ustedes
me te se nos os le les mi mis tu tus su sus nuestro nuestra y e o u pero ni si que como a al
ante con contra de del desde en entre hacia hasta para por sin sobre es son era eran soy eres
somos ha he has han hay no sí ya muy más""",
    "fr": """
le la les l' un une des du de d' je j' tu il elle on nous vous ils elles me te se m' t' s' lui
leur y en mon ma mes ton ta tes son sa ses notre nos votre vos leurs ce cet cette ces c' et ou
mais ni si que qu' qui dont où comme à au aux avec chez dans depuis devant par pour sans sous
sur vers est es suis sommes êtes sont était étaient ai as a avons avez ont ne n' pas plus""",
    "ru": """
я ты он она оно мы вы они меня тебя его её ему ей нас вас их им мне тебе мной мой моя моё мои
твой твоя ваш ваша наш наша свой своя этот эта это эти тот та то те и а но или если что чтобы
как так же ли бы не ни да в во на с со к ко по за из из-за от до у о об обо при про для без над
под через был была было были есть""",
}
"""Articles, pronouns, prepositions, conjunctions and helping verbs by language."""

_SETS = {language: frozenset(map(normalise, words.split())) for language, words in _WORDS.items()}


def is_function_word(word: str, language: str) -> bool:
    """Whether a word is one of a language's; `language` is Whisper's code. Where a language's are
    not known, no word is."""
    return normalise(word.strip(".,;:!?\"'()«»“”„…¿¡")) in _SETS.get(language, frozenset())
