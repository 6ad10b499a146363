"""A conversation as a machine: its state and an answer go in, its next state and a reply come out.

It always comes to its end: steps only go forward, and a step that is not answered is left after
some tries. A goal that was reached stays reached, and nothing is said back that was not heard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tutor.core.protocol.messages import Goal, Hint, Level
from tutor.core.talk.nearness import Sounds, by_letters
from tutor.core.talk.scenario import END, Scenario, Step
from tutor.core.talk.understanding import Listener, Meant
from tutor.core.talk.wording import clip, fill, plainest, turned

MAX_MISSES = 3
"""Answers that were not understood, after which the tutor goes on: asked again simpler, then with
two answers to choose from, then with words to say."""

MAX_ASKED = 8
"""Turns that one step may take, whatever the learner says: "again", questions, time to think."""


class Kind(StrEnum):
    """What became of an answer."""

    OPENED = "opened"
    UNDERSTOOD = "understood"
    QUESTION = "question"
    EARLY = "early"
    """It answers what was not asked yet."""
    AGAIN = "again"
    HELP = "help"
    WAIT = "wait"
    HELLO = "hello"
    THANKS = "thanks"
    LEFT = "left"
    NEAR = "near"
    """It sounds like something that would fit: the tutor asks."""
    FOREIGN = "foreign"
    SILENT = "silent"
    WORDLESS = "wordless"
    """Something without words was typed: a picture, a sign."""
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class State:
    """Where a conversation is."""

    scenario: str
    level: Level
    seed: int
    native: str | None = None
    """Primary subtag of the learner's own language."""
    step: int = 0
    """Index in the plan; its length: over."""
    turn: int = 0
    misses: int = 0
    asked: int = 0
    """Answers to this step so far."""
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    goals: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    """Steps that were answered before they were reached."""
    pending: str = ""
    """What the learner perhaps said, of which the tutor has asked whether it was meant."""
    over: bool = False


@dataclass(frozen=True)
class Told:
    """What the tutor says to an answer."""

    reply: str
    kind: Kind
    understood: tuple[str, ...] = ()
    hint: Hint | None = None
    options: tuple[str, ...] = ()


def begin(scenario: Scenario, level: Level | None, seed: int, native: str | None) -> State:
    """A conversation before its first word."""
    return State(scenario.id, scenario.nearest(level), seed, native)


def open_with(scenario: Scenario, state: State) -> Told:
    """What the tutor says first."""
    return Told(_ask(scenario, state), Kind.OPENED)


def goals(scenario: Scenario, state: State) -> tuple[Goal, ...]:
    """The goals, and which of them are reached."""
    return tuple(
        Goal(
            aim.id,
            scenario.translated(aim.text, state.native) or aim.text,
            aim.id in state.goals,
        )
        for aim in scenario.goals
    )


def hint(scenario: Scenario, state: State) -> Hint | None:
    """What could be said now; None when it is over."""
    step = _step(scenario, state)
    return None if step is None else scenario.hint(step.hint, state.native)


def answer(
    scenario: Scenario,
    state: State,
    text: str,
    *,
    is_foreign: bool = False,
    is_typed: bool = False,
    sounds: Sounds = by_letters,
) -> tuple[State, Told]:
    """Take what the learner said; the state after it, and what the tutor says.

    `is_foreign`: whether it was recognised in another language; `is_typed`: whether nothing of it
    was to be heard.
    """
    step = _step(scenario, state)
    if step is None:
        return state, Told(plainest(scenario.goodbye, state.seed, "bye"), Kind.LEFT)
    listener = Listener(scenario, text)
    state = replace(state, turn=state.turn + 1, asked=state.asked + 1)
    if state.pending and listener.holds("yes"):
        listener = Listener(scenario, state.pending)
    state, pending = replace(state, pending=""), state.pending
    turn = _Turn(scenario, state, step, listener)
    if is_foreign or (listener.heard.text.strip() and listener.is_foreign):
        return turn.miss(Kind.FOREIGN)
    if not listener.heard.tokens:
        return turn.miss(Kind.WORDLESS if is_typed else Kind.SILENT)
    return turn.understand() or turn.request() or turn.near(sounds, pending) or turn.miss()


def _step(scenario: Scenario, state: State) -> Step | None:
    plan = scenario.plan(state.level, state.seed)
    return None if state.over or state.step >= len(plan) else plan[state.step]


@dataclass
class _Turn:
    """The making of one reply."""

    scenario: Scenario
    state: State
    step: Step
    listener: Listener

    # ------------------------------------------------------------ understood

    def understand(self) -> tuple[State, Told] | None:
        """The reply to what was foreseen; None if nothing was."""
        said: list[str] = []
        meanings: list[Meant] = []
        meant = self.listener.answer(self.step, asked=self.listener.asked_about())
        if meant is not None and not self._is_request(meant):
            used = self._take(meant, said, meanings)
            used |= self._follow(meant, said, meanings, used)
            self._early(said, meanings, used)
            kind = Kind.UNDERSTOOD
        else:
            used = self.listener.asked_about()
            kind = Kind.EARLY if self._early(said, meanings, used) else Kind.QUESTION
        for one in self.listener.questions(frozenset().union(*(m.words for m in meanings))):
            self._take(one, said, meanings)
        if not meanings:
            return None
        return self._tell(kind, said, meanings)

    def _is_request(self, meant: Meant) -> bool:
        """Whether what answers the step are but words of a request: the no of "no idea"."""
        asked = [n for n in ("again", "help", "wait") if self.listener.holds(n)]
        words = frozenset[int]().union(*map(self.listener.words_of, asked))
        return bool(words) and (meant.words <= words or not meant.reply.when)

    def _take(self, meant: Meant, said: list[str], meanings: list[Meant]) -> frozenset[int]:
        named = [aim.id for aim in self.scenario.goals if meant.slots.keys() & set(aim.slots)]
        reached = tuple(
            goal
            for goal in dict.fromkeys((*meant.reply.goals, *named))
            if goal not in self.state.goals
        )
        self.state = replace(
            self.state,
            slots={**self.state.slots, **meant.slots},
            goals=(*self.state.goals, *reached),
        )
        meanings.append(meant)
        if text := fill(meant.reply.says, self.state.slots, self.scenario.manners.joint):
            said.append(text)
        return meant.words

    def _follow(
        self, meant: Meant, said: list[str], meanings: list[Meant], used: frozenset[int]
    ) -> frozenset[int]:
        """Go on to the next step that is not answered by the same words or before."""
        self._go_to(meant.reply.next)
        while (step := _step(self.scenario, self.state)) is not None:
            more = self.listener.answer(step, early=True, used=used)
            if more is None:
                break
            used |= self._take(more, said, meanings)
            self._go_to(more.reply.next)
        return used

    def _early(self, said: list[str], meanings: list[Meant], used: frozenset[int]) -> bool:
        """Take what answers later steps; whether anything does."""
        before = len(meanings)
        for step in self.scenario.plan(self.state.level, self.state.seed)[self.state.step + 1 :]:
            if self._is_done(step):
                continue
            meant = self.listener.answer(step, early=True, used=used)
            if meant is not None:
                used |= self._take(meant, said, meanings)
                answered = (*self.state.answered, step.id)
                self.state = replace(self.state, answered=answered)
        return len(meanings) > before

    def _go_to(self, name: str) -> None:
        """Go to a step, or to the next one that is needed."""
        plan = self.scenario.plan(self.state.level, self.state.seed)
        at = self.state.step + 1
        if name:
            order = [step.id for step in self.scenario.steps]
            after = len(order) if name == END else order.index(name)
            while at < len(plan) and order.index(plan[at].id) < after:
                at += 1
        while at < len(plan) and self._is_done(plan[at]):
            at += 1
        self.state = replace(self.state, step=at, misses=0, asked=0, over=at >= len(plan))

    def _is_done(self, step: Step) -> bool:
        known = {*self.state.goals, *self.state.slots}
        return step.id in self.state.answered or bool(known & set(step.done_by))

    def _tell(self, kind: Kind, said: list[str], meanings: list[Meant]) -> tuple[State, Told]:
        if kind is not Kind.UNDERSTOOD and self.state.asked >= MAX_ASKED:
            self._go_to("")
        ask = _ask(self.scenario, self.state, again=kind is not Kind.UNDERSTOOD)
        understood = tuple(dict.fromkeys(text for one in meanings for text in one.understood))
        return self.state, Told(" ".join([*said, ask]), kind, understood)

    # ------------------------------------------------------------ not an answer

    def request(self) -> tuple[State, Told] | None:
        """The reply to a greeting, thanks, or a wish: again, help, time to think, to leave."""
        holds = self.listener.holds
        if holds("help"):
            return self.miss(Kind.HELP)
        for name, kind, phrase in (
            ("wait", Kind.WAIT, "take_your_time"),
            ("again", Kind.AGAIN, "again"),
            ("bye", Kind.LEFT, "bye"),
            ("hello", Kind.HELLO, "hello"),
            ("thanks", Kind.THANKS, "thanks"),
        ):
            if holds(name):
                return self._acknowledge(kind, phrase)
        return None

    def _acknowledge(self, kind: Kind, phrase: str) -> tuple[State, Told]:
        if kind is Kind.LEFT:
            self.state = replace(self.state, over=True)
            return self.state, Told(self._phrase(phrase), kind)
        if self.state.asked >= MAX_ASKED:
            return self._move_on(kind)
        parts = [self._phrase(phrase)]
        if kind is not Kind.WAIT:
            parts.append(self.step.simpler)
        return self.state, Told(" ".join(parts), kind)

    def near(self, sounds: Sounds, asked: str) -> tuple[State, Told] | None:
        """The question whether something was meant that sounds near; None if nothing does.

        `asked`: what the tutor has asked already, and the learner did not affirm.
        """
        found = self.listener.nearest(self.step, sounds)
        if found is None or self.state.asked >= MAX_ASKED:
            return None
        words, text, is_same = found
        if is_same:
            return _Turn(
                self.scenario, self.state, self.step, Listener(self.scenario, text)
            ).understand()
        if text == asked:
            return None
        self.state = replace(self.state, pending=text)
        return self.state, Told(self._phrase("did_you_say", words=words), Kind.NEAR)

    def miss(self, kind: Kind = Kind.UNCLEAR) -> tuple[State, Told]:
        """The reply to what was not understood: each time with more help, then the tutor goes
        on."""
        misses = self.state.misses + 1
        self.state = replace(self.state, misses=misses)
        if misses > MAX_MISSES or self.state.asked >= MAX_ASKED:
            return self._move_on(kind)
        before = self._before(kind)
        step, native = self.step, self.state.native
        if misses == 1 and kind is not Kind.HELP:
            return self.state, Told(" ".join([*before, step.simpler]), kind)
        if misses < MAX_MISSES:
            offer = self._phrase("offer", first=step.options[0], second=step.options[1])
            text = " ".join([*before, step.simpler, offer])
            return self.state, Told(text, kind, options=step.options)
        told = self._phrase("hint", hint=step.hint)
        shown = self.scenario.hint(step.hint, native)
        return self.state, Told(" ".join([*before, told]), kind, hint=shown)

    def _before(self, kind: Kind) -> list[str]:
        """The sentence that says what was not understood."""
        if kind is Kind.HELP:
            return []
        if kind is Kind.FOREIGN:
            return [self._phrase("other_language")]
        if kind is Kind.SILENT:
            return [self._phrase("heard_nothing")]
        if kind is Kind.WORDLESS:
            return [self._phrase("no_words")]
        return [self._phrase("not_understood", said=clip(self.listener.heard.text))]

    def _move_on(self, kind: Kind) -> tuple[State, Told]:
        self._go_to("")
        parts = [self._phrase("go_on"), _ask(self.scenario, self.state)]
        return self.state, Told(" ".join(parts), kind)

    def _phrase(self, name: str, **gaps: str) -> str:
        seed = f"{self.state.seed} {self.state.turn}"
        return self.scenario.manners.say(name, seed, **gaps)


def _ask(scenario: Scenario, state: State, *, again: bool = False) -> str:
    """What the tutor says at a step, or at the end; `again`: in simpler words."""
    step = _step(scenario, state)
    if step is None:
        return fill(
            turned(scenario.goodbye, state.seed, "bye"), state.slots, scenario.manners.joint
        )
    if again:
        return step.simpler
    return fill(turned(step.says, state.seed, step.id), state.slots, scenario.manners.joint)
