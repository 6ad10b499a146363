export { KEPT_SECONDS, MAX_BUFFERED_BYTES, MAX_FRAME_BYTES, PracticeClient, practiceUrl, RefusedError } from "./client.js";
export { Microphone } from "./microphone.js";
export { DUCKED, Speaker } from "./speaker.js";
