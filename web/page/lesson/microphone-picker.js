// Which microphone is listened to: the system's choice, or one of those that there are.

import { h } from "../kit/elements.js";
import { t } from "../kit/texts.js";

const ALIASES = new Set(["default", "communications"]); // of devices that have an id of their own

export class MicrophonePicker {
  #select;
  #preferences;
  #devices;

  constructor(select, { preferences, devices = navigator.mediaDevices }) {
    this.#select = select;
    this.#preferences = preferences;
    this.#devices = devices;
    select.addEventListener("change", () => preferences.set("deviceId", select.value));
    devices?.addEventListener?.("devicechange", () => this.refresh().catch(() => {}));
  }

  /** Lists them anew. Their names are told by the browser once the microphone has been allowed. */
  async refresh() {
    const all = (await this.#devices?.enumerateDevices?.()) ?? [];
    const named = all.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId && !ALIASES.has(deviceId));
    const options = named.map(({ deviceId, label }, at) => h("option", { value: deviceId }, label || t("microphone.number", { number: at + 1 })));
    if (this.#chosen && !named.some(({ deviceId }) => deviceId === this.#chosen)) options.push(this.#absent());
    this.#select.replaceChildren(h("option", { value: "" }, t("microphone.default")), ...options);
    this.#select.value = this.#chosen;
  }

  /** What is chosen stays chosen while it is not connected, or not allowed yet, so that its name is not told. */
  #absent() {
    return h("option", { value: this.#chosen }, t("microphone.absent"));
  }

  get #chosen() {
    return this.#preferences.get("deviceId");
  }
}
