"""Languages that a learner may practise: BCP-47 tags of languages that Whisper knows."""

from __future__ import annotations

import re

AUTO = "auto"

ALL = "all"
"""A list of languages that names every one."""

_NAMES = dict(
    one.split(" ", 1)
    for one in (
        "af afrikaans, am amharic, ar arabic, as assamese, az azerbaijani, ba bashkir, "
        "be belarusian, bg bulgarian, bn bengali, bo tibetan, br breton, bs bosnian, ca catalan, "
        "cs czech, cy welsh, da danish, de german, el greek, en english, es spanish, "
        "et estonian, eu basque, fa persian, fi finnish, fo faroese, fr french, gl galician, "
        "gu gujarati, ha hausa, haw hawaiian, he hebrew, hi hindi, hr croatian, "
        "ht haitian creole, hu hungarian, hy armenian, id indonesian, is icelandic, it italian, "
        "ja japanese, jw javanese, ka georgian, kk kazakh, km khmer, kn kannada, ko korean, "
        "la latin, lb luxembourgish, ln lingala, lo lao, lt lithuanian, lv latvian, mg malagasy, "
        "mi maori, mk macedonian, ml malayalam, mn mongolian, mr marathi, ms malay, mt maltese, "
        "my myanmar, ne nepali, nl dutch, nn nynorsk, no norwegian, oc occitan, pa punjabi, "
        "pl polish, ps pashto, pt portuguese, ro romanian, ru russian, sa sanskrit, sd sindhi, "
        "si sinhala, sk slovak, sl slovenian, sn shona, so somali, sq albanian, sr serbian, "
        "su sundanese, sv swedish, sw swahili, ta tamil, te telugu, tg tajik, th thai, "
        "tk turkmen, tl tagalog, tr turkish, tt tatar, uk ukrainian, ur urdu, uz uzbek, "
        "vi vietnamese, yi yiddish, yo yoruba, yue cantonese, zh chinese"
    ).split(", ")
)
"""The languages that Whisper knows: its codes, and its names for them."""

WHISPER_LANGUAGES = frozenset(_NAMES)

_ALIASES = {"cmn": "zh", "fil": "tl", "iw": "he", "jv": "jw", "nb": "no"}
"""Primary subtags of languages that Whisper knows by another code, and that code."""

LANGUAGE_TAG = rf"^({'|'.join(sorted(WHISPER_LANGUAGES | _ALIASES.keys()))})(-[A-Za-z0-9]{{1,8}})*$"
"""Pattern of a tag whose language Whisper knows, for schemas."""

_BCP47 = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", re.ASCII)
"""The shape of a language tag, loosely (RFC 5646 section 2.1): a language and further subtags."""


def primary(tag: str) -> str:
    """The primary subtag of a language tag, in small letters: `en` of `en-GB`."""
    return tag.lower().split("-")[0]


def whisper_language(tag: str) -> str | None:
    """Whisper's code for a BCP-47 tag (`en-GB` is `en`), `auto` for `auto`, None if it has none."""
    lowered = tag.lower()
    if lowered == AUTO:
        return AUTO
    if not _BCP47.fullmatch(lowered):
        return None
    code = _ALIASES.get(primary(tag), primary(tag))
    return code if code in WHISPER_LANGUAGES else None


def language_list(tags: str) -> frozenset[str]:
    """Whisper's codes of BCP-47 tags with commas between them; `all` is all of them.

    Raises:
        ValueError: one of the tags is no language that Whisper knows.
    """
    if tags.strip().lower() == ALL:
        return WHISPER_LANGUAGES
    codes = {whisper_language(tag.strip()) or "" for tag in tags.split(",") if tag.strip()}
    if not codes <= WHISPER_LANGUAGES:
        raise ValueError(f"name languages that Whisper knows, or `{ALL}`")
    return frozenset(codes)


def language_name(code: str) -> str:
    """Whisper's English name of a language by its code; `unknown` for any other."""
    return _NAMES.get(code, "unknown")
