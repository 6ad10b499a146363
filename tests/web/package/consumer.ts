// Compiles only while the package's types say what its events hold.
import { Microphone, PracticeClient, RefusedError } from "voice-tutor";
import type { FeedbackPronunciation, SessionSummary, State } from "voice-tutor";

const client = new PracticeClient(new URL("http://127.0.0.1:8000"));
const guest = new PracticeClient("http://127.0.0.1:8000", { ticket: () => null });
guest.on("disconnected", ({ code }) => new RefusedError(code ?? "none").code.length);
const state: State = client.state;
client.start({ language: "en", exercise: { type: "read_aloud", text: "Hello.", level: "A2" } });

client.on("feedback.pronunciation", (event) => {
  const whole: FeedbackPronunciation = event;
  const sounds: string[] = whole.words.flatMap(({ phones }) => (phones ?? []).map(({ ipa }) => ipa));
  console.log(state, sounds);
});
client.on("disconnected", ({ cause }) => cause === "refused");
client.on("event", (event) => event.type === "transcript.final" && event.words.length);

// @ts-expect-error there is no such event
client.on("transcript.finished", () => {});
// @ts-expect-error an exercise is of a known type
client.update({ exercise: { type: "sing" } });
// @ts-expect-error a score may be absent
client.on("feedback.pronunciation", ({ total }) => total.toFixed());

const microphone = new Microphone({ noiseSuppression: true });
microphone.on("frame", ({ pcm }) => client.sendAudio(pcm));
const summary: SessionSummary | null = await client.end();
console.log(summary?.practise);
