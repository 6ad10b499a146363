// The same golden messages are read by tests/adapters/wire/test_asyncapi.py with the Python client.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { PracticeClient } from "../../../web/sdk/index.js";
import { FakeClock, fakeSockets, frame } from "../support/fakes.js";

const golden = JSON.parse(await readFile(new URL("../../golden/messages.json", import.meta.url)));
const { components, channels } = JSON.parse(await readFile(new URL("../../../web/sdk/protocol.json", import.meta.url)));

function session(options = {}) {
  const { sockets, FakeSocket } = fakeSockets();
  const client = new PracticeClient("http://tutor.test", { WebSocket: FakeSocket, clock: new FakeClock(), ...options });
  return { client, socket: () => sockets.at(-1) };
}

for (const event of golden.server) {
  test(`${event.type} reaches who listens for it, whole`, () => {
    const { client, socket } = session();
    const told = [];
    client.on(event.type, (detail) => told.push(detail));
    client.start();
    if (event.type === "session.started") socket().open();
    else socket().begin();
    socket().tell(event);
    assert.deepEqual(told.at(-1), event);
  });
}

test("the golden messages are all that the protocol has", () => {
  const types = [...golden.client, ...golden.server].map(({ type }) => type);
  assert.deepEqual([...types, "audio", "tutor.audio"].sort(), Object.keys(channels.practice.messages).sort());
});

test("what the client sends is what the document says", async () => {
  const { client, socket } = session({ ticket: async () => "a-ticket" });
  const [start, , update, hold] = golden.client;
  const { type, resume, ...fields } = start;
  client.start(fields);
  await settled();
  socket().begin();
  client.sendAudio(frame(1));
  client.commit();
  client.update({ exercise: update.exercise, language: update.language, endpoint_silence_ms: update.endpoint_silence_ms, patience: update.patience, vocabulary: update.vocabulary });
  client.hold(hold.ms);
  client.played(2, 1480);
  client.hush();
  client.hint();
  client.say("How much is it?");
  client.end();
  socket().tell({ type: "session.expiring", seq: 2, expires_in_s: 60 });
  await settled();
  const sent = socket().messages;
  assert.deepEqual(sent.map((message) => message.type), golden.client.map((message) => message.type));
  assert.deepEqual(sent[0], { type, ...fields });
  for (const message of sent) check(message, components.schemas[nameOf(message.type)]);
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

const nameOf = (type) => components.messages[type].payload.$ref.split("/").at(-1);

/** As much of JSON Schema as the protocol uses. */
function check(value, schema, where = "") {
  if (schema.$ref) return check(value, components.schemas[schema.$ref.split("/").at(-1)], where);
  if (schema.anyOf) return assert.ok(schema.anyOf.some((kind) => fits(value, kind)), `${where}: ${value}`);
  if (schema.const) assert.equal(value, schema.const, where);
  if (schema.enum) assert.ok(schema.enum.includes(value), `${where}: ${value}`);
  for (const name of schema.required ?? []) assert.ok(name in value, `${where}.${name} is missing`);
  for (const [name, kind] of Object.entries(schema.properties ?? {})) {
    if (name in value) check(value[name], kind, `${where}.${name}`);
  }
}

function fits(value, schema) {
  if (schema.type === "null") return value === null;
  try {
    check(value, schema);
    return true;
  } catch {
    return false;
  }
}
