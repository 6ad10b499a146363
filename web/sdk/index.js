export { KEPT_SECONDS, MAX_BUFFERED_BYTES, MAX_FRAME_BYTES, PracticeClient, practiceUrl } from "./client.js";
export { Microphone } from "./microphone.js";
