import assert from "node:assert/strict";
import { test } from "node:test";
import { MicrophonePicker } from "../../../web/page/lesson/microphone-picker.js";

/** As much of an element as a list of options needs. */
class FakeElement {
  #attributes = {};
  children = [];
  addEventListener() {}
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.children = children; }
  setAttribute(name, value) { this.#attributes[name] = value; }
  get chosen() { return this.#attributes.value; }
}

test("a microphone that was chosen and is not connected stays chosen", async () => {
  const before = globalThis.document;
  globalThis.document = { createElement: () => new FakeElement() };
  try {
    const [select, there] = [new FakeElement(), [{ kind: "audioinput", deviceId: "b", label: "B" }]];
    const picker = new MicrophonePicker(select, { preferences: { get: () => "a" }, devices: { enumerateDevices: async () => there } });
    await picker.refresh();
    assert.deepEqual(select.children.map(({ chosen }) => chosen), ["", "b", "a"]);
    assert.equal(select.value, "a");
    there.push({ kind: "audioinput", deviceId: "a", label: "A" });
    await picker.refresh();
    assert.deepEqual(select.children.map(({ chosen }) => chosen), ["", "b", "a"]);
  } finally {
    globalThis.document = before;
  }
});
