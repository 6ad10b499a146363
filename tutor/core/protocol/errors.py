"""Error codes of the practice protocol, each with its close code and its meaning."""

from __future__ import annotations

from tutor.core.protocol.messages import Error

NORMAL_CLOSURE = 1000

MESSAGE_FAULT = 4400
"""Close code where a message is wrong. One that comes while the session is under way has no effect
instead, and the session goes on."""


ERRORS: dict[str, tuple[int | None, str]] = {
    # code: (close code if fatal, what it means)
    "bad_json": (4400, "the text frame is not a JSON object"),
    "bad_message": (4400, "a field is missing or of the wrong kind"),
    "no_text": (4400, "the text of the exercise has no words"),
    "text_too_long": (4400, "the text of the exercise has more words than can be read"),
    "unknown_scenario": (4400, "the server has no such scenario in the session's language"),
    "no_conversation": (None, "no conversation is under way, or it is over"),
    "unknown_message": (None, "the server does not know this `type`"),
    "too_many_messages": (None, "more messages than `limits.max_messages`; this one is left out"),
    "not_started": (4400, "the first message must be `session.start`"),
    "already_started": (None, "`session.start` may come once"),
    "session_ended": (None, "nothing is taken after `session.end`"),
    "unsupported_language": (4400, "the language is no BCP-47 tag that the recogniser knows"),
    "unsupported_audio": (4415, "the encoding or the sample rate is not supported"),
    "unsupported_speech": (4400, "there is no such voice, or not at this rate or sample rate"),
    "speech_failed": (None, "the tutor cannot speak just now; its replies come as text alone"),
    "bad_audio": (4415, "a binary frame does not hold whole 16-bit samples"),
    "audio_too_fast": (4429, "audio comes faster than the limit allows"),
    "bad_credential": (None, "the token or ticket is not valid, or is another user's"),
    "unauthenticated": (4401, "the login has expired or was ended; log in again"),
    "quota_exhausted": (4429, "the audio that the plan allows for today is used up"),
    "nothing_to_commit": (None, "`utterance.commit` came while nobody spoke"),
    "utterance_open": (None, "`session.update` must wait for the utterance's end"),
    "idle_timeout": (4408, "the client sent nothing for too long"),
    "session_too_long": (4408, "the session has reached its longest duration"),
    "slow_consumer": (4408, "the client does not read its events"),
    "recognition_failed": (None, "the utterance could not be transcribed; its terminal event"),
    "feedback_failed": (None, "the utterance could not be assessed; its last event"),
    "busy": (1013, "the server has as many sessions as it takes; try again later"),
    "unavailable": (1013, "the store behind the server does not answer; try again later"),
    "going_away": (1012, "the server is shutting down; connect again"),
    "internal": (1011, "the server made a mistake"),
}
"""Every error code: an error with a close code ends the session, the others do not."""


class ProtocolError(Exception):
    """A client broke the protocol; `code` is a key of `ERRORS`.

    `message`: the `type` of the message that is wrong, if it could be read so far.
    """

    def __init__(self, code: str, detail: str | None = None, *, message: str = "") -> None:
        super().__init__(detail or ERRORS[code][1])
        self.code = code
        self.message = message

    def close_code(self, *, is_under_way: bool) -> int | None:
        """The code with which it closes the socket; None: the session goes on.

        `is_under_way`: whether the session has begun. What is wrong in a message to one that has
        spoils nothing but that message.
        """
        close, _ = ERRORS[self.code]
        is_slip = is_under_way and self.message not in ("", "session.start")
        return None if is_slip and close == MESSAGE_FAULT else close


def error_event(
    code: str,
    detail: str | None = None,
    utterance: str | None = None,
    *,
    fatal: bool | None = None,
    about: str | None = None,
) -> Error:
    """The `error` event for a code; `detail` takes the place of the table's text, `fatal` (None: as
    the table has it) tells whether it ends the session, `about` the `type` of a wrong message."""
    close, text = ERRORS[code]
    is_fatal = close is not None if fatal is None else fatal
    return Error(code, detail or text, fatal=is_fatal, utterance=utterance, about=about)
