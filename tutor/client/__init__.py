"""The Python client of the practice protocol: all that a program needs to practise at a server.

`practise_file` and `practise_pcm` are plain calls for a whole recording; `practise` is an open
session for asyncio. This package imports numpy, orjson, pydantic and websockets, and nothing of the
server.
"""

from tutor.client.connection import PracticeClient, PracticeError
from tutor.client.practice import practice_url, practise, practise_file, practise_pcm
from tutor.client.resuming import ResumingClient
from tutor.core.protocol.errors import NORMAL_CLOSURE
from tutor.core.protocol.messages import (
    AudioAck,
    AudioFormat,
    ClientMessage,
    ConversationHint,
    ConversationSay,
    ConversationState,
    Error,
    Exercise,
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackGrammar,
    FeedbackPronunciation,
    Resume,
    ServerEvent,
    SessionAuthenticate,
    SessionAuthenticated,
    SessionEnd,
    SessionExpiring,
    SessionStart,
    SessionStarted,
    SessionSummary,
    SessionUpdate,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    TutorReplyDelta,
    TutorReplyDone,
    UtteranceCommit,
    UtteranceJoined,
)

__all__ = [
    "NORMAL_CLOSURE",
    "AudioAck",
    "AudioFormat",
    "ClientMessage",
    "ConversationHint",
    "ConversationSay",
    "ConversationState",
    "Error",
    "Exercise",
    "FeedbackAccuracy",
    "FeedbackFluency",
    "FeedbackGrammar",
    "FeedbackPronunciation",
    "PracticeClient",
    "PracticeError",
    "Resume",
    "ResumingClient",
    "ServerEvent",
    "SessionAuthenticate",
    "SessionAuthenticated",
    "SessionEnd",
    "SessionExpiring",
    "SessionStart",
    "SessionStarted",
    "SessionSummary",
    "SessionUpdate",
    "SpeechStarted",
    "SpeechStopped",
    "TranscriptFinal",
    "TranscriptPartial",
    "TutorReplyDelta",
    "TutorReplyDone",
    "UtteranceCommit",
    "UtteranceJoined",
    "practice_url",
    "practise",
    "practise_file",
    "practise_pcm",
]
