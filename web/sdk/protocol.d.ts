// Generated from the protocol's message classes; change those instead.

/** How much audio the server has taken. */
export interface AudioAck {
  type: "audio.ack";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  /** Milliseconds of audio, up to the end of a frame, that are safe: whichever gateway dies, they need not be sent again, and the client need not keep them. */
  received_ms: number;
  /** How many text messages are safe in the same way; `session.start`, `session.authenticate` and `speech.played` are not counted. */
  messages?: number;
}

/** What the binary frames hold: mono, little-endian. */
export interface AudioFormat {
  encoding?: "pcm_s16le";
  /** Samples per second, 8000 to 48000. */
  sample_rate?: number;
}

/** What became of a conversation. */
export interface Conversation {
  scenario: string;
  level: "A1" | "A2" | "B1" | "B2" | "C1" | "C2";
  /** How often the learner said something. */
  turns: number;
  /** Whether it came to its end. */
  over: boolean;
  goals: Array<Goal>;
  /** What grammar rules found in what was spoken; a language model finds nothing. */
  corrections?: Array<Correction>;
}

/** Asks what could be said now; `conversation.state` with a `hint` is the answer. */
export interface ConversationHint {
  type: "conversation.hint";
}

/** Says something in a conversation by typing; it is answered as if it had been spoken. */
export interface ConversationSay {
  type: "conversation.say";
  /** 500 characters at most. */
  text: string;
}

/** Where a conversation is; it comes after each reply of the tutor's, and for a hint.

Not understood is said: `understood` is empty then, and the reply asks again. */
export interface ConversationState {
  type: "conversation.state";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  /** The utterance that was answered; `c` and a number for what was not spoken: the opening, and what was typed. */
  utterance: string;
  /** How often the learner has said something; 0: the tutor has opened the conversation. */
  turn: number;
  goals: Array<Goal>;
  /** What the tutor took from the learner's words, in the scenario's words. */
  understood: Array<string>;
  /** Whether the conversation has come to its end. */
  over: boolean;
  /** What could be said now; on demand, and by itself after answers that did not fit. */
  hint?: Hint | null;
  /** Short answers to choose from, when the tutor offers some. */
  options?: Array<string>;
}

/** Words of the learner's that could be put better, kept for the end of a conversation. */
export interface Correction {
  /** The whole utterance as it was recognised. */
  said: string;
  /** The words of it that are meant. */
  words: string;
  message: string;
  /** The better words, where there is one answer; empty: leave the words out. */
  better?: string | null;
}

/** Something went wrong; after a fatal error the socket closes. */
export interface Error {
  type: "error";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  code: string;
  message: string;
  fatal: boolean;
  /** The utterance whose terminal event the error is, if it is one. */
  utterance?: string | null;
  /** The `type` of the client's message that is wrong, if it is one: unless the error is fatal, it had no effect, and the session goes on. */
  about?: string | null;
}

/** What the learner practises. */
export interface Exercise {
  type?: "free" | "read_aloud" | "shadow" | "dialogue" | "conversation";
  /** The text to read or to repeat; needed for `read_aloud` and `shadow`. */
  text?: string | null;
  /** CEFR level; beginners get a longer endpoint silence by default. */
  level?: "A1" | "A2" | "B1" | "B2" | "C1" | "C2" | null;
  /** The `id` of `/v1/exercises`, for an exercise of the library: the tutor then knows which one was done, and goes on with another. 64 characters at most. */
  id?: string | null;
  /** The `id` of `/v1/scenarios`; needed for `conversation`, whose tutor speaks first. */
  scenario?: string | null;
  /** Which of a scenario's words and surprises come: the same number, the same conversation; by the session when absent. */
  seed?: number | null;
  /** True: the client has planned what comes after it, as in a lesson of several exercises; the tutor proposes nothing then. */
  in_lesson?: boolean | null;
}

/** What was read of the exercise's text, word by word; for `read_aloud` and `shadow`. */
export interface FeedbackAccuracy {
  type: "feedback.accuracy";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  /** 0 to 100: right words of those that this utterance should have said. */
  accuracy: number;
  /** 0 to 100: how much of the whole text has been said by now. */
  completeness: number;
  /** Index in the text of the first word that this utterance read. */
  start: number;
  /** Just past the last one; `start` when it read none. */
  end: number;
  words: Array<ReadWord>;
  /** How many words the whole text has: one that was read from 0 to here was read as a whole. */
  text_words?: number;
}

/** How smoothly the utterance was spoken, from the times of its words. */
export interface FeedbackFluency {
  type: "feedback.fluency";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  score: number;
  /** Syllables per second, pauses included. */
  speech_rate: number;
  /** Syllables per second, pauses left out. */
  articulation_rate: number;
  words_per_minute: number;
  all_pause_count: number;
  /** Seconds of all pauses together. */
  all_pause_duration: number;
  /** Mean syllables between two pauses. */
  mean_length_run: number;
  max_length_run: number;
  all_pause_list: Array<Pause>;
  fillers: Array<string>;
  repetitions: Array<string>;
}

/** What could be put better; for `free` and `dialogue`. */
export interface FeedbackGrammar {
  type: "feedback.grammar";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  findings: Array<Finding>;
  /** Whether grammar was checked; false for a language without grammar rules. */
  checked: boolean;
  /** CEFR level of the words. */
  level?: "A1" | "A2" | "B1" | "B2" | "C1" | "C2" | null;
}

/** How the words sounded; scores are 0 to 100, absent where none can be given. */
export interface FeedbackPronunciation {
  type: "feedback.pronunciation";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  /** Whether scores were fitted to experts' (English); else they only rank. */
  calibrated: boolean;
  /** What the sounds were compared with: the exercise's text, or what was recognised. */
  basis: "text" | "transcript";
  words: Array<PronouncedWord>;
  /** Accuracy of the sounds, 0 to 100. */
  accuracy?: number | null;
  fluency?: number | null;
  prosodic?: number | null;
  total?: number | null;
  /** Why there are no scores; absent when there are. */
  reason?: "no_text" | "text_too_long" | "other_script" | "other_language" | "other_text" | "too_short" | "too_long" | "too_loud" | "no_speech" | "not_understood" | null;
}

/** A place in the transcript that could be put better. */
export interface Finding {
  start: number;
  /** Just past the last character: the finding is about `text[start:end]` of the transcript. */
  end: number;
  /** What to tell the learner, in plain English. */
  message: string;
  /** What to say instead of the span; null when there is no one answer. */
  replacement: string | null;
  /** A short, stable name of the rule that found it. */
  rule: string;
}

/** A word of the exercise's text that the reader has passed. */
export interface FollowedWord {
  /** Index of the word in the text, as `feedback.accuracy` counts. */
  index: number;
  /** The word as the text spells it. */
  text: string;
  /** `doubtful`: something was said in its place that may have been it. */
  status: "read" | "skipped" | "doubtful";
  /** When the word was said; absent where it was skipped. */
  start_ms?: number | null;
  end_ms?: number | null;
}

/** Something to be done in a conversation. */
export interface Goal {
  /** The goal's name in its scenario. */
  id: string;
  /** The goal in the learner's own language where the scenario has it, else in the scenario's. */
  text: string;
  /** Whether the learner has said what reaches it. It stays reached. */
  reached: boolean;
}

/** Something that the learner might say now. */
export interface Hint {
  /** Words to say, in the language that is practised; a gap is `…`. */
  text: string;
  /** What they mean, in the learner's own language where the scenario has it. */
  meaning?: string | null;
}

/** The limits of one session, which `session.started` tells to the client. */
export interface Limits {
  /** Bytes of one WebSocket message; a larger one closes the socket with 1009. */
  max_frame_bytes?: number;
  /** Seconds from `session.start` to the forced end. */
  max_session_s?: number;
  /** Milliseconds of the longest utterance; there its endpoint is forced. */
  max_utterance_ms?: number;
  /** Seconds that a client may send no message at all. */
  idle_timeout_s?: number;
  /** How fast audio may come: seconds of audio per second of time. */
  max_speed?: number;
  /** Milliseconds of audio that may come at once, on top of `max_speed`. */
  speed_burst_ms?: number;
  /** Text messages that a client may send in a minute, all of them at once if it likes; one more is answered with `too_many_messages` and has no effect. `session.start`, `session.end` and `speech.played` do not count. */
  max_messages?: number;
}

/** Silence between two words of an utterance. */
export interface Pause {
  start_ms: number;
  end_ms: number;
  /** Whether punctuation in the text lets the speaker pause there. */
  expected: boolean;
}

/** One sound of a word, as a dictionary or a g2p says it should be spoken. */
export interface Phone {
  ipa: string;
  score: number;
}

/** How one word of the reference was said. */
export interface PronouncedWord {
  /** The word as the reference spells it. */
  text: string;
  start_ms: number;
  /** Milliseconds from the start of the audio that was assessed. */
  end_ms: number;
  /** The word's score, 0 to 100; null when it was not said. */
  score: number | null;
  /** Mean teacher-forced probability of the word's tokens, 0 to 1: near 0 when the word was not said. */
  probability: number;
  /** The word's sounds; empty where no trained head knows the language's, and where no dictionary has the word. If the word was not said, their scores tell how little of each was heard. */
  phones?: Array<Phone>;
}

/** One word of a text that was to be read, or one that was added to it. */
export interface ReadWord {
  /** The word as the text spells it; as heard, when it was inserted. */
  text: string;
  status: "matched" | "doubtful" | "substituted" | "omitted" | "inserted";
  /** What was recognised in the word's place, or what its sounds are; null when omitted, and when another word was said of which it is not sure which. */
  heard?: string | null;
  start_ms?: number | null;
  /** Milliseconds from the start of the utterance's audio; null when the word was omitted. */
  end_ms?: number | null;
}

/** Which words of the exercise's text were read since the last time; for `read_aloud` and
`shadow`.

Each word is told once in an utterance. `feedback.accuracy` judges them later. */
export interface ReadingProgress {
  type: "reading.progress";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  words: Array<FollowedWord>;
  /** Index in the text of the word that is expected next; less than before where the reader has begun again. */
  next: number;
}

/** The session that a client wants back. */
export interface Resume {
  session: string;
  token: string;
  /** The last `seq` that the client has seen. */
  after: number;
  /** Up to where the client has the tutor's audio; from there on it comes again. */
  speech?: SpeechPosition | null;
}

/** Shows a credential: a newer one in mid-session, or the first before `session.start`. */
export interface SessionAuthenticate {
  type: "session.authenticate";
  /** An access token or an API key. */
  token?: string | null;
  /** A ticket of `POST /v1/tickets`, for browsers. */
  ticket?: string | null;
}

/** The answer to `session.authenticate`. */
export interface SessionAuthenticated {
  type: "session.authenticated";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  /** Seconds until the credential expires; null: it is valid until it is revoked. */
  expires_in_s?: number | null;
}

/** No more audio comes; the server answers what is in flight, then closes. */
export interface SessionEnd {
  type: "session.end";
}

/** The login behind the session ends soon: show a newer credential by `session.authenticate`. */
export interface SessionExpiring {
  type: "session.expiring";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  /** Seconds until the session is closed with 4401. */
  expires_in_s: number;
}

/** The first message of a session. */
export interface SessionStart {
  type: "session.start";
  /** BCP-47, or `auto`: found for every utterance, among the languages that have exercises and the native one. */
  language: string;
  exercise?: Exercise;
  audio?: AudioFormat;
  /** BCP-47; the tutor explains in it where it can. */
  native_language?: string | null;
  /** Milliseconds of silence that end an utterance whatever was said, 200 to 2000; when absent, what was said decides, by `patience`. */
  endpoint_silence_ms?: number | null;
  resume?: Resume | null;
  /** Whether utterances get feedback and a reply; false: transcripts only. */
  feedback?: boolean;
  /** How replies are spoken; they are not when absent. */
  speech?: Speech | null;
  /** How long the tutor waits in a pause before it takes the turn as ended. */
  patience?: "quick" | "normal" | "patient";
  /** Names and words that are likely to be said, as they are to be written, 64 of 60 characters at most; what was said decides, not the list. The most important ones last: a long list is cut. */
  vocabulary?: Array<string>;
}

/** The session is open; audio may come. */
export interface SessionStarted {
  type: "session.started";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  session: string;
  /** Secret that lets its holder resume the session. */
  token: string;
  limits: Limits;
  /** Answer to `resume`. True: this event's `seq` is the `after` of the request, the events that the client has missed follow, and an `audio.ack` says from where to send audio again. False: a new session, nothing of the old one comes. */
  recovered?: boolean | null;
}

/** The totals of the session, before it closes. */
export interface SessionSummary {
  type: "session.summary";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterances: number;
  words: number;
  audio_ms: number;
  speech_ms: number;
  /** Words to practise again, the weakest first. */
  practise?: Array<string>;
  /** The conversations of the session, the first one first. */
  conversations?: Array<Conversation>;
}

/** Another exercise, language, endpoint silence, voice, patience or vocabulary, between
utterances. */
export interface SessionUpdate {
  type: "session.update";
  exercise?: Exercise | null;
  language?: string | null;
  endpoint_silence_ms?: number | null;
  speech?: Speech | null;
  patience?: "quick" | "normal" | "patient" | null;
  /** In place of the one before; an empty one: no words are likelier than others. */
  vocabulary?: Array<string> | null;
}

/** How the tutor speaks its replies. */
export interface Speech {
  /** An id of `/v1/voices`; empty: the voice that speaks first. */
  voice?: string;
  /** 1 is the voice's own speed, 0.75 is slower. */
  rate?: number;
  /** Samples per second of the tutor's audio: 8000, 16000, 24000 or 48000. */
  sample_rate?: number;
  /** Whether the learner is not heard while the tutor speaks: for loudspeakers whose sound reaches the microphone. */
  half_duplex?: boolean;
  /** Whether replies are spoken; false in `session.update`: from now on they are not. */
  enabled?: boolean;
}

/** Tells how much of a reply the learner has heard; several times a second while it is played.

The server sends audio only some seconds ahead of this. The message is not counted in
`audio.ack`, and not sent again. */
export interface SpeechPlayed {
  type: "speech.played";
  /** Number of the reply that is played. */
  reply: number;
  /** Milliseconds of its audio that were played. */
  position_ms: number;
}

/** A place in the tutor's speech. */
export interface SpeechPosition {
  reply: number;
  position_ms: number;
}

/** An utterance has begun. */
export interface SpeechStarted {
  type: "speech.started";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  at_ms: number;
}

/** The tutor is to be silent: what it says is cancelled, with what is still to be said. */
export interface SpeechStop {
  type: "speech.stop";
}

/** The utterance has ended; its final is on the way. */
export interface SpeechStopped {
  type: "speech.stopped";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  /** Where speech ended, before the endpoint silence. */
  at_ms: number;
}

/** A word of the tutor's, as it is written, and when it is said. */
export interface SpokenWord {
  text: string;
  /** Milliseconds from the beginning of the reply's audio. */
  start_ms: number;
}

/** The words of all of the utterance's audio; empty when nothing was understood. */
export interface TranscriptFinal {
  type: "transcript.final";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  text: string;
  language: string;
  words: Array<Word>;
  start_ms: number;
  end_ms: number;
}

/** The words so far, while the learner speaks. */
export interface TranscriptPartial {
  type: "transcript.partial";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  /** Grows with each partial of an utterance. */
  revision: number;
  /** Text that never changes again; it only grows. */
  committed: string;
  /** Text after the committed one that may change with the next partial. */
  tentative: string;
  /** Milliseconds of the session's audio that the hypothesis has listened to. */
  audio_ms: number;
}

/** The learner has paused: perhaps the turn is over, and a reply may be prepared. */
export interface TurnEager {
  type: "turn.eager";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  /** How much of the audio was heard when this was decided. */
  at_ms: number;
}

/** The turn is over; it follows `speech.stopped`. */
export interface TurnEnded {
  type: "turn.ended";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  /** Where the utterance's audio ends, the silence included. */
  at_ms: number;
  /** `silence`: it was long enough; `words`: a shorter one was, after what was said; `text`: the exercise's text was read to its end; `limit`: the longest utterance; `commit`, `end`: the client's wish; `stall`: no more audio came. */
  reason: "silence" | "words" | "text" | "limit" | "commit" | "end" | "stall";
}

/** Lets the learner think: no silence ends the utterance for so long, unless they speak on. */
export interface TurnHold {
  type: "turn.hold";
  /** Milliseconds from the audio received so far, 0 to 30000; 0 ends a hold. */
  ms: number;
}

/** The learner speaks on after `turn.eager`: what was prepared is of no use. */
export interface TurnResumed {
  type: "turn.resumed";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  /** How much of the audio was heard when this was decided. */
  at_ms: number;
}

/** A part of the tutor's reply, to be appended to those before. */
export interface TutorReplyDelta {
  type: "tutor.reply.delta";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  text: string;
}

/** The whole reply; the last event of an utterance. */
export interface TutorReplyDone {
  type: "tutor.reply.done";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  text: string;
  /** Who wrote the reply: a language model; the built-in coach, which knows the findings but not the meaning; or the scenario of a conversation, which knows what its author foresaw. */
  source: "coach" | "model" | "scenario";
  /** The exercise that the tutor proposes next; a client takes it by `session.update`. */
  next?: Exercise | null;
  /** Whether the findings come after the reply, as in a conversation, where nobody waits for them: the utterance's last event is then `feedback.grammar`, or `error`. */
  feedback_follows?: boolean;
}

/** A reply was broken off: the client drops what it has of its audio. */
export interface TutorSpeechCancelled {
  type: "tutor.speech.cancelled";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  reply: number;
  /** Milliseconds of it that the learner has heard. */
  heard_ms: number;
  /** The words of it that the learner has heard. */
  heard: string;
  reason: "interrupted" | "stopped" | "unheard" | "failed";
}

/** Somebody speaks, or something sounds like it: the client plays the tutor softly for now. */
export interface TutorSpeechDucked {
  type: "tutor.speech.ducked";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  reply: number;
}

/** A reply was spoken to its end, and heard. */
export interface TutorSpeechEnded {
  type: "tutor.speech.ended";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  reply: number;
  duration_ms: number;
}

/** When the words of the next clause are said; comes before the clause's audio. */
export interface TutorSpeechMarks {
  type: "tutor.speech.marks";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  reply: number;
  words: Array<SpokenWord>;
}

/** A reply begins to be spoken; its audio follows in binary frames. */
export interface TutorSpeechStarted {
  type: "tutor.speech.started";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  /** The utterance that the tutor replies to. */
  utterance: string;
  /** Number of the reply among those of the session that are spoken, from 1 on. */
  reply: number;
  /** The reply, as far as it is known by now. */
  text: string;
  /** Samples per second of its audio. */
  sample_rate: number;
}

/** It was nothing: the client plays the tutor as loudly as before. */
export interface TutorSpeechUnducked {
  type: "tutor.speech.unducked";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  utterance: string;
  reply: number;
}

/** The utterance is not for the tutor: no feedback and no reply comes for it. */
export interface UtteranceAside {
  type: "utterance.aside";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  /** Its final was an event before. */
  utterance: string;
  reason: "echo" | "backchannel";
}

/** Ends the utterance that is being spoken. */
export interface UtteranceCommit {
  type: "utterance.commit";
}

/** The utterance goes on with the sentence of earlier ones: the reader only paused.

They are judged together, under the name of the last one: no feedback and no reply comes for the
others. */
export interface UtteranceJoined {
  type: "utterance.joined";
  /** Counts the session's events from 1 without a gap. */
  seq: number;
  /** The utterance that goes on; its final was the event before. */
  utterance: string;
  /** The earlier utterances, the first one first. */
  joined: Array<string>;
}

/** A recognised word; punctuation stays with it. */
export interface Word {
  text: string;
  start_ms: number;
  end_ms: number;
  /** Mean probability of the word's tokens, 0 to 1. */
  confidence: number;
}

/** The server's events by their `type`. */
export interface ServerEvents {
  "session.started": SessionStarted;
  "speech.started": SpeechStarted;
  "speech.stopped": SpeechStopped;
  "turn.eager": TurnEager;
  "turn.resumed": TurnResumed;
  "turn.ended": TurnEnded;
  "reading.progress": ReadingProgress;
  "transcript.partial": TranscriptPartial;
  "transcript.final": TranscriptFinal;
  "utterance.joined": UtteranceJoined;
  "feedback.accuracy": FeedbackAccuracy;
  "feedback.pronunciation": FeedbackPronunciation;
  "feedback.fluency": FeedbackFluency;
  "feedback.grammar": FeedbackGrammar;
  "tutor.reply.delta": TutorReplyDelta;
  "tutor.reply.done": TutorReplyDone;
  "tutor.speech.started": TutorSpeechStarted;
  "tutor.speech.marks": TutorSpeechMarks;
  "tutor.speech.ducked": TutorSpeechDucked;
  "tutor.speech.unducked": TutorSpeechUnducked;
  "tutor.speech.ended": TutorSpeechEnded;
  "tutor.speech.cancelled": TutorSpeechCancelled;
  "utterance.aside": UtteranceAside;
  "conversation.state": ConversationState;
  "audio.ack": AudioAck;
  "session.summary": SessionSummary;
  "session.expiring": SessionExpiring;
  "session.authenticated": SessionAuthenticated;
  "error": Error;
}

export type ServerEvent = ServerEvents[keyof ServerEvents];
