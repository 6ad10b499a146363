// The package as `npm pack` makes it, in a project of its own, without a network.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { FakeServer } from "../support/fake-server.js";

const run = promisify(execFile);
const SDK = fileURLToPath(new URL("../../../web/sdk", import.meta.url));
const TSC = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
const QUIET = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
const golden = JSON.parse(await readFile(new URL("../../golden/messages.json", import.meta.url)));

let project;

before(async () => {
  project = await mkdtemp(join(tmpdir(), "voice-tutor-"));
  const { stdout } = await run("npm", ["pack", SDK, "--json", ...QUIET, "--pack-destination", project]);
  const [{ filename }] = JSON.parse(stdout);
  await writeFile(join(project, "package.json"), '{"type": "module", "private": true}');
  await run("npm", ["install", "--offline", ...QUIET, join(project, filename)], { cwd: project });
});

after(() => rm(project, { recursive: true }));

test("a fresh project can import it", async () => {
  const code = 'import { Microphone, PracticeClient } from "voice-tutor"; console.log(typeof PracticeClient, typeof Microphone);';
  const { stdout } = await run("node", ["--input-type=module", "-e", code], { cwd: project });
  assert.equal(stdout.trim(), "function function");
});

test("it holds what it needs and nothing else", async () => {
  const { stdout } = await run("npm", ["ls", "--all", "--parseable", ...QUIET], { cwd: project });
  assert.equal(stdout.trim().split("\n").length, 2); // the project, the package
  await readFile(join(project, "node_modules/voice-tutor/protocol.json"));
  await readFile(join(project, "node_modules/voice-tutor/microphone-worklet.js"));
});

test("its types say what its events hold", async () => {
  await copyFile(new URL("consumer.ts", import.meta.url), join(project, "consumer.ts"));
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom"];
  await run("node", [TSC, ...options, "consumer.ts"], { cwd: project }).catch(({ stdout }) => assert.fail(stdout));
});

test("the README's example runs as it stands, in 15 lines", async () => {
  const readme = await readFile(join(SDK, "README.md"), "utf8");
  const [, example] = readme.match(/```js\n(.*?)```/s);
  assert.ok(example.trim().split("\n").filter(Boolean).length <= 15);
  await writeFile(join(project, "example.js"), example);
  await writeFile(join(project, "speech.raw"), new Uint8Array(16000));
  const server = await new FakeServer({ onSession: answer }).start();
  const flags = globalThis.WebSocket ? [] : ["--experimental-websocket"];
  const { stdout } = await run("node", [...flags, "example.js", server.url, "speech.raw"], { cwd: project });
  await server.stop();
  assert.equal(server.sessions[0].bytes, 16000);
  assert.match(stdout, /… The weather is a very nice\nsaid: The weather is a very nice day\.\nThe 88\nweather 52\n/);
  assert.match(stdout, /tutor: Well read!/);
  assert.match(stdout, /utterances: 1/);
});

function answer(session) {
  session.summary = golden.server.find(({ type }) => type === "session.summary");
  session.tell(...golden.server.filter(({ type }) => /^(transcript|feedback|tutor)/.test(type)));
}
