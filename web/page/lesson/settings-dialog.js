// Settings of the microphone, of the tutor's voice, and of how long it waits when the learner pauses.

import { byId, h } from "../kit/elements.js";
import { t } from "../kit/texts.js";

const PATIENCES = ["quick", "normal", "patient"];

export class SettingsDialog {
  constructor({ preferences, microphones, onChange }) {
    const patience = byId("patience");
    patience.append(...PATIENCES.map((name) => h("option", { value: name }, t(`patience.${name}`))));
    patience.value = preferences.get("patience");
    byId("echo").checked = preferences.get("echoCancellation");
    byId("noise").checked = preferences.get("noiseSuppression");
    byId("voice").checked = preferences.get("voice");

    const keep = (element, name, value) => element.addEventListener("change", () => {
      preferences.set(name, value());
      onChange(name);
    });
    keep(patience, "patience", () => patience.value);
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
