// Settings of the microphone, of the tutor's voice and of the end of a sentence.

import { byId, h } from "../kit/elements.js";
import { number, t } from "../kit/texts.js";

const SILENCES = [0, 400, 600, 900, 1200, 1500, 2000]; // ms; 0: by level

export class SettingsDialog {
  constructor({ preferences, microphones, onChange }) {
    const silence = byId("silence");
    silence.append(...SILENCES.map((ms) => h("option", { value: ms }, ms ? t("silence.seconds", { seconds: number(ms / 1000, 1) }) : t("silence.auto"))));
    silence.value = preferences.get("silenceMs");
    byId("echo").checked = preferences.get("echoCancellation");
    byId("noise").checked = preferences.get("noiseSuppression");
    byId("voice").checked = preferences.get("voice");

    const keep = (element, name, value) => element.addEventListener("change", () => {
      preferences.set(name, value());
      onChange(name);
    });
    keep(silence, "silenceMs", () => Number(silence.value));
    keep(byId("echo"), "echoCancellation", () => byId("echo").checked);
    keep(byId("noise"), "noiseSuppression", () => byId("noise").checked);
    keep(byId("voice"), "voice", () => byId("voice").checked);
    for (const opener of ["open-settings", "check"]) {
      byId(opener).addEventListener("click", () => {
        byId("settings").showModal(); // the other settings need no list of devices
        microphones.refresh().catch(() => {});
      });
    }
  }
}
