"""Why something is held against a word of a text, and what its evidence then has to exceed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto


class Origin(Enum):
    """Why something is held against a word of the text."""

    PAIR = auto()
    """It was named beforehand, as a minimal pair's other member."""
    COMMON = auto()
    """Learners often say it for the word, so it is held against it whatever was recognised: the
    recogniser rather writes what makes sense."""
    HEARD = auto()
    """The recogniser wrote it in the word's place, and it is one sound apart: what a learner says
    instead."""
    FAR = auto()
    """The recogniser wrote it, and it is further apart: clearly another word, or misheard."""
    SKIPPED = auto()
    """The recogniser wrote nothing in the word's place, and the words beside it as the text has
    them."""
    BEGUN = auto()
    """The same of the first word: a recogniser loses what is short and stands behind silence."""
    SUPPLIED = auto()
    """The recogniser wrote the word, a function word, as the text has it: it writes what grammar
    asks for, too."""
    MISSED = auto()
    """The recogniser wrote nothing in the word's place, or something else, and it is a function
    word; and was lost around it, so that its silence tells little."""
    ENDING = auto()
    """It is the word without its ending, which the recogniser seldom writes where a text would have
    one."""
    BARE = auto()
    """It is the word without its ending, and the recogniser wrote that."""


@dataclass(frozen=True)
class Bounds:
    """What a rival's evidence has to exceed: natural logarithms."""

    doubtful: float
    """From here on it is not sure that the word was said."""
    proven: float
    """From here on the rival was said for certain."""
    sounds: float = -math.inf
    """What the frames alone have to exceed: nobody is accused against clear sounds."""
    recogniser: float = -math.inf
    """What the recogniser alone has to exceed."""
    beside: float = 0.0
    """The share of the words beside it that the recogniser has to have understood; where it was
    lost, it takes `LOST`."""
    written: float = math.inf
    """What the frames have to exceed for a doubt, whatever the recogniser makes of the rival when
    it is asked for both, where it was sure of it when it wrote it."""
    plain: float = math.inf
    """What the frames have to exceed for a doubt where the recogniser leans to the rival at all,
    however lost it was beside."""
    asked: float = math.inf
    """What the recogniser has to exceed for a doubt where the frames speak for neither
    (`UNDECIDED`), if it was sure of the rival when it wrote it."""


BOUNDS = {
    Origin.PAIR: Bounds(3.0, 3.0),
    Origin.COMMON: Bounds(6.0, 14.0, sounds=3.0, recogniser=0.0, beside=1.0),
    Origin.ENDING: Bounds(2.5, 7.0, sounds=1.0, recogniser=-3.5, beside=0.5),
    Origin.BARE: Bounds(0.5, 6.0, sounds=-1.0, recogniser=-1.0),
    Origin.SKIPPED: Bounds(0.7, 8.0, sounds=1.5, recogniser=-2.5),
    Origin.BEGUN: Bounds(5.0, 14.0, sounds=4.5, recogniser=3.0),
    Origin.SUPPLIED: Bounds(4.0, 60.0, sounds=6.5, recogniser=-4.0, beside=1.0),
    Origin.MISSED: Bounds(6.0, 16.0, sounds=2.0, recogniser=5.0, beside=0.5, plain=11.5),
    Origin.HEARD: Bounds(3.0, 8.0, sounds=-1.0, recogniser=0.0, beside=1.0, written=0.0, asked=3.0),
    Origin.FAR: Bounds(8.0, 20.0, sounds=2.0, recogniser=3.0, beside=1.0, written=12.0, asked=7.5),
}
"""The bounds of each origin, chosen on one half of what `caught.py` measures on the other one.

What is further apart must be likelier to the recogniser, too: it is sure of what it wrote ("boom",
"joys") until it is asked for the text's word ("bone", "choice")."""
