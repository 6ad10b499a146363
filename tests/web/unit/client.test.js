import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_BUFFERED_BYTES, PracticeClient, practiceUrl, RefusedError } from "../../../web/sdk/index.js";
import { FakeClock, fakeSockets, frame } from "../support/fakes.js";

function setUp(options = {}) {
  const clock = new FakeClock();
  const { sockets, FakeSocket } = fakeSockets();
  const client = new PracticeClient("http://tutor.test/", { WebSocket: FakeSocket, clock, random: () => 0.5, ...options });
  const told = [];
  const types = ["connecting", "connected", "disconnected", "audio.dropped", "error", "event"];
  for (const type of types) client.on(type, (detail) => told.push([type, detail]));
  const of = (wanted) => told.filter(([type]) => type === wanted).map(([, detail]) => detail);
  return { clock, client, sockets, of, last: () => sockets.at(-1) };
}

const marks = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);

test("the practice socket stands beside the page", () => {
  assert.equal(practiceUrl("https://tutor.test/"), "wss://tutor.test/v1/practice");
  assert.equal(practiceUrl(new URL("http://127.0.0.1:8000")), "ws://127.0.0.1:8000/v1/practice");
});

test("a session begins with what the caller wants, and the three states are told", () => {
  const { client, of, last } = setUp();
  assert.equal(client.state, "disconnected");
  client.start({ language: "de", exercise: { type: "free" }, audio: { sample_rate: 48000 } });
  assert.equal(client.state, "connecting");
  last().begin();
  assert.equal(client.state, "connected");
  assert.deepEqual(last().messages, [
    { type: "session.start", language: "de", exercise: { type: "free" }, audio: { encoding: "pcm_s16le", sample_rate: 48000 } },
  ]);
  assert.deepEqual(of("connected"), [{ recovered: false }]);
  assert.throws(() => client.start(), /needs disconnected/);
});

test("audio from before the session is sent as soon as it begins, in order", () => {
  const { client, last } = setUp();
  client.start();
  client.sendAudio(frame(1));
  client.sendAudio(new Int16Array([2, 0]));
  last().begin();
  client.sendAudio(frame(3));
  assert.deepEqual(last().audio, [1, 2, 3]);
});

test("a view of a larger buffer sends only itself", () => {
  const { client, last } = setUp();
  client.start();
  last().begin();
  client.sendAudio(new Uint8Array([9, 9, 5, 6, 9, 9]).subarray(2, 4));
  assert.deepEqual([...last().sent.at(-1)], [5, 6]);
});

test("every event is told by its type and as event, an unknown one too", () => {
  const { client, last, of } = setUp();
  const finals = [];
  const stop = client.on("transcript.final", (final) => finals.push(final.text));
  client.start();
  last().begin();
  last().tell({ type: "transcript.final", seq: 2, text: "one" }, { type: "news", seq: 3 });
  stop();
  last().tell({ type: "transcript.final", seq: 4, text: "two" });
  assert.deepEqual(finals, ["one"]);
  assert.deepEqual(of("event").map(({ seq }) => seq), [1, 2, 3, 4]);
});

test("after a loss it comes back with full jitter, longer each time, ten seconds at most", async () => {
  const { client, clock, sockets, of } = setUp();
  client.start();
  sockets[0].begin();
  for (let tries = 0; tries < 7; tries += 1) {
    sockets.at(-1).fail();
    assert.equal(client.state, "connecting");
    await clock.advance(of("connecting").at(-1).delay_ms);
  }
  assert.deepEqual(of("connecting").map(({ delay_ms }) => delay_ms), [0, 250, 500, 1000, 2000, 4000, 5000, 5000]);
  assert.equal(sockets.length, 8);
});

test("a new session gets what was not acknowledged and what was said meanwhile, nothing twice", async () => {
  const { client, clock, last } = setUp();
  client.start();
  last().begin();
  marks(0, 10).forEach((mark) => client.sendAudio(frame(mark)));
  last().tell({ type: "audio.ack", seq: 2, received_ms: 240 }); // six frames
  last().fail();
  marks(10, 13).forEach((mark) => client.sendAudio(frame(mark)));
  await clock.advance(1000);
  last().open();
  assert.deepEqual(last().messages[0].resume, { session: "s", token: "t", after: 2 });
  last().begin({ recovered: false, session: "s2" });
  assert.deepEqual(last().audio, marks(6, 13));
});

test("an update that had no effect is not what the next session begins with", async () => {
  const { client, clock, last } = setUp();
  client.start({ language: "en" });
  last().begin();
  client.update({ language: "de" });
  client.update({ language: "xx" });
  last().tell({ type: "audio.ack", seq: 2, received_ms: 0, messages: 2 });
  last().tell({ type: "error", seq: 3, code: "unsupported_language", message: "", fatal: false, about: "session.update" });
  last().fail();
  await clock.advance(1000);
  last().open();
  assert.equal(last().messages[0].language, "de");
});

test("a recovered session goes on from where the server says, events that were seen are passed over", async () => {
  const { client, clock, last, of } = setUp();
  client.start();
  last().begin();
  marks(0, 10).forEach((mark) => client.sendAudio(frame(mark)));
  last().tell({ type: "audio.ack", seq: 2, received_ms: 120 });
  last().fail();
  await clock.advance(1000);
  last().begin({ recovered: true, seq: 2 });
  last().tell({ type: "audio.ack", seq: 2, received_ms: 120 }, { type: "audio.ack", seq: 3, received_ms: 200 });
  last().tell({ type: "audio.ack", seq: 4, received_ms: 320 });
  assert.deepEqual(last().audio, []);
  await clock.advance(100);
  assert.deepEqual(last().audio, [8, 9]);
  assert.deepEqual(of("connected"), [{ recovered: false }, { recovered: true }]);
  assert.deepEqual(of("event").map(({ seq }) => seq), [1, 2, 2, 3, 4]); // the second 2 is session.started
});

test("frames are told with their place on the session's clock, which begins anew with a session", async () => {
  const { client, clock, last } = setUp();
  const at = [];
  client.on("audio.sent", ({ at_ms }) => at.push(at_ms));
  client.start();
  last().begin();
  client.sendAudio(frame(1));
  client.sendAudio(frame(2));
  last().tell({ type: "audio.ack", seq: 2, received_ms: 40 });
  last().fail();
  client.sendAudio(frame(3));
  await clock.advance(1000);
  last().begin({ recovered: false });
  assert.deepEqual(at, [0, 40, 0, 40]);
});

test("what is said while the server is away is bounded: the oldest goes, and it is told", async () => {
  const { client, clock, last, of } = setUp({ keptSeconds: 0.4 }); // ten frames
  client.start();
  last().begin();
  last().fail();
  marks(0, 12).forEach((mark) => client.sendAudio(frame(mark)));
  assert.equal(of("audio.dropped").reduce((sum, { ms }) => sum + ms, 0), 80);
  await clock.advance(1000);
  last().begin({ recovered: false });
  assert.deepEqual(last().audio, marks(2, 12));
});

test("audio that the server has not acknowledged makes room silently: it did arrive", () => {
  const { client, last, of } = setUp({ keptSeconds: 0.4 });
  client.start();
  last().begin();
  marks(0, 30).forEach((mark) => client.sendAudio(frame(mark)));
  assert.deepEqual(last().audio, marks(0, 30));
  assert.deepEqual(of("audio.dropped"), []);
});

test("a full socket makes it wait, then go on", async () => {
  const { client, clock, last } = setUp();
  client.start();
  last().begin();
  last().bufferedAmount = MAX_BUFFERED_BYTES + 1;
  client.sendAudio(frame(1));
  client.commit();
  await clock.advance(200);
  assert.deepEqual(last().audio, []);
  assert.equal(client.unsentMs, 40);
  last().bufferedAmount = 0;
  await clock.advance(60);
  assert.deepEqual(last().audio, [1]);
  assert.equal(last().messages.at(-1).type, "utterance.commit");
});

test("a backlog goes no faster than the server allows", async () => {
  const { client, clock, last } = setUp();
  client.start();
  for (let second = 0; second < 20; second += 1) client.sendAudio(new ArrayBuffer(32000));
  last().begin({ limits: { max_speed: 2, speed_burst_ms: 5000 } });
  const seconds = () => last().audio.length;
  assert.equal(seconds(), 4);
  await clock.advance(2000);
  assert.equal(seconds(), 7);
  await clock.advance(7000);
  assert.equal(seconds(), 20);
});

test("commit, update and end keep their place among the audio", () => {
  const { client, last } = setUp();
  client.start();
  client.sendAudio(frame(1));
  client.commit();
  client.update({ exercise: { type: "free" } });
  client.sendAudio(frame(2));
  client.end();
  client.sendAudio(frame(3)); // too late
  last().begin();
  const order = last().sent.map((each) => each.type ?? each[0]);
  assert.deepEqual(order, ["session.start", 1, "utterance.commit", "session.update", 2, "session.end"]);
});

test("the next session begins as the last update left it", async () => {
  const { client, clock, last } = setUp();
  client.start({ language: "en" });
  last().begin();
  client.update({ language: "fr", exercise: { type: "free", level: "B1" } });
  last().fail();
  await clock.advance(1000);
  last().open();
  const { language, exercise } = last().messages[0];
  assert.deepEqual({ language, exercise }, { language: "fr", exercise: { type: "free", level: "B1" } });
});

test("end resolves with the summary", async () => {
  const { client, last, of } = setUp();
  client.start();
  last().begin();
  const summary = client.end();
  last().tell({ type: "session.summary", seq: 2, utterances: 3 });
  assert.equal((await summary).utterances, 3);
  assert.deepEqual(of("disconnected"), [{ cause: "ended" }]);
  assert.equal(await client.end(), null);
});

test("an hour-long session goes on in a new one, whose summary is awaited", async () => {
  const { client, clock, last } = setUp();
  client.start();
  last().begin();
  last().tell({ type: "error", seq: 2, code: "session_too_long", message: "", fatal: true });
  last().tell({ type: "session.summary", seq: 3, utterances: 500 });
  last().fail(4408, "session_too_long");
  await clock.advance(1000);
  last().begin({ session: "s2" });
  assert.equal(last().messages[0].resume, undefined);
  const summary = client.end();
  last().tell({ type: "audio.ack", seq: 2, received_ms: 0 }, { type: "session.summary", seq: 3, utterances: 1 });
  assert.equal((await summary).utterances, 1);
});

test("a loss after end is worth another try while the session can be had", async () => {
  const { client, clock, last, sockets, of } = setUp();
  client.start();
  last().begin();
  client.sendAudio(frame(1));
  const summary = client.end();
  last().fail();
  await clock.advance(1000);
  last().begin({ recovered: false });
  assert.deepEqual(last().sent.slice(1).map((each) => each.type ?? each[0]), [1, "session.end"]);
  last().tell({ type: "audio.ack", seq: 2, received_ms: 40, messages: 1 });
  last().fail();
  await clock.advance(1000);
  last().begin({ recovered: false, session: "s3" });
  assert.equal(await summary, null);
  assert.equal(sockets.length, 3);
  assert.deepEqual(of("disconnected"), [{ cause: "lost" }]);
});

test("the summary is had from whichever server goes on", async () => {
  const { client, clock, last } = setUp();
  client.start();
  last().begin();
  client.sendAudio(frame(1));
  const summary = client.end();
  last().fail();
  await clock.advance(1000);
  last().begin({ recovered: true, seq: 1 });
  last().tell({ type: "audio.ack", seq: 2, received_ms: 40, messages: 1 });
  await clock.advance(100);
  assert.deepEqual(last().sent.slice(1), [], "all of it was safe");
  last().tell({ type: "session.summary", seq: 3, utterances: 1 });
  assert.equal((await summary).utterances, 1);
});

test("messages that are not safe are sent again, in their place, and no others", async () => {
  const { client, clock, last } = setUp();
  client.start();
  last().begin();
  client.sendAudio(frame(1));
  client.commit();
  client.sendAudio(frame(2));
  client.commit();
  client.sendAudio(frame(3));
  last().tell({ type: "audio.ack", seq: 2, received_ms: 40, messages: 0 });
  last().fail();
  await clock.advance(1000);
  last().begin({ recovered: true, seq: 2 });
  last().tell({ type: "audio.ack", seq: 3, received_ms: 40, messages: 1 });
  await clock.advance(100);
  assert.deepEqual(last().sent.slice(1).map((each) => each.type ?? each[0]), [2, "utterance.commit", 3]);
  last().tell({ type: "audio.ack", seq: 4, received_ms: 120, messages: 2 });
  last().fail();
  await clock.advance(1000);
  last().begin({ recovered: false, session: "s2" });
  assert.deepEqual(last().sent.slice(1), []);
});

test("a new session counts its messages anew", async () => {
  const { client, clock, last } = setUp();
  client.start();
  last().begin();
  client.commit();
  client.sendAudio(frame(1));
  client.commit();
  last().tell({ type: "audio.ack", seq: 2, received_ms: 0, messages: 1 });
  last().fail();
  await clock.advance(1000);
  last().begin({ recovered: false, session: "s2" });
  last().tell({ type: "audio.ack", seq: 2, received_ms: 40, messages: 1 });
  last().fail();
  await clock.advance(2000);
  last().begin({ recovered: false, session: "s3" });
  assert.deepEqual(last().sent.slice(1), []);
});

test("a server that says good-bye is left at once: another one has the session", async () => {
  const { client, clock, last, sockets, of } = setUp();
  client.start();
  last().begin();
  await clock.advance(6000);
  last().tell({ type: "error", seq: 2, code: "going_away", message: "", fatal: false });
  last().fail(1012, "going_away");
  assert.equal(sockets.length, 2);
  assert.deepEqual(of("connecting").at(-1).delay_ms, 0);
  last().fail(); // nobody there yet
  assert.equal(of("connecting").at(-1).delay_ms, 500);
});

test("what was said is offered for thirty seconds after end, however long the server was away", async () => {
  const { client, clock, sockets, of } = setUp();
  client.start();
  client.sendAudio(frame(1));
  const untilLost = async (limit) => {
    const began = clock.now();
    while (client.state !== "disconnected" && clock.now() - began < limit) {
      sockets.at(-1).fail();
      await clock.advance(of("connecting").at(-1).delay_ms);
    }
    return clock.now() - began;
  };
  await untilLost(60_000);
  client.end();
  const waited = await untilLost(100_000);
  assert.ok(waited >= 25_000 && waited < 40_000, `${waited} ms`);
  assert.deepEqual(of("disconnected"), [{ cause: "unreachable" }]);
});

test("a refusal ends it, with the server's reason", () => {
  const { client, last, of } = setUp();
  client.start({ language: "xx" });
  last().open();
  last().tell({ type: "error", seq: 1, code: "unsupported_language", message: "no", fatal: true });
  last().fail(4400, "unsupported_language");
  assert.deepEqual(of("disconnected"), [{ cause: "refused", code: "unsupported_language", message: "no" }]);
});

test("after a passing failure it hears the server out, then comes back", async () => {
  const { client, clock, last, sockets } = setUp();
  client.start();
  last().begin();
  const finals = [];
  client.on("transcript.final", ({ text }) => finals.push(text));
  last().tell({ type: "error", seq: 2, code: "going_away", message: "", fatal: true });
  client.sendAudio(frame(7)); // is kept: the session takes no more
  last().tell({ type: "transcript.final", seq: 3, text: "heard" });
  last().fail(1012, "going_away");
  await clock.advance(1000);
  last().begin({ recovered: false });
  assert.deepEqual(finals, ["heard"]);
  assert.deepEqual([sockets[0].audio, last().audio], [[], [7]]);
});

for (const isTold of [true, false]) {
  test(`a session that was too fast goes on in another (${isTold ? "told" : "closed"})`, async () => {
    const { client, clock, last, of } = setUp();
    client.start();
    last().begin();
    client.sendAudio(frame(7));
    if (isTold) last().tell({ type: "error", seq: 2, code: "audio_too_fast", message: "", fatal: true });
    last().fail(4429, "audio_too_fast");
    await clock.advance(1000);
    last().begin({ recovered: false });
    assert.deepEqual(last().audio, [7]);
    assert.deepEqual(of("disconnected"), []);
  });
}

test("a plan that is used up is not tried again", () => {
  const { client, last, of } = setUp();
  client.start();
  last().begin();
  last().fail(4429, "quota_exhausted");
  assert.deepEqual(of("disconnected"), [{ cause: "refused", code: "quota_exhausted", message: "quota_exhausted" }]);
});

test("callbacks of a dead socket are dropped", async () => {
  const { client, clock, sockets, of } = setUp();
  client.start();
  sockets[0].begin();
  sockets[0].fail();
  await clock.advance(1000);
  sockets[1].begin({ recovered: false });
  sockets[0].tell({ type: "transcript.final", seq: 9, text: "late" });
  sockets[0].fail();
  assert.equal(client.state, "connected");
  assert.equal(of("event").filter(({ type }) => type === "transcript.final").length, 0);
});

test("a server that accepts and then says nothing is given up and tried again", async () => {
  const { client, clock, sockets } = setUp();
  client.start();
  sockets[0].open();
  await clock.advance(10_300);
  assert.equal(sockets[0].isClosed, true);
  assert.equal(sockets[0].closedWith, undefined, "1000 would mean that the learner has left");
  assert.equal(sockets.length, 2);
});

test("after five minutes without a server it says so and stops", async () => {
  const { client, clock, sockets, of } = setUp();
  client.start();
  for (let tries = 0; tries < 80 && client.state !== "disconnected"; tries += 1) {
    sockets.at(-1).fail();
    await clock.advance(of("connecting").at(-1).delay_ms);
  }
  assert.deepEqual(of("disconnected"), [{ cause: "unreachable" }]);
  assert.ok(clock.now() >= 300_000 && clock.now() < 320_000, String(clock.now()));
  assert.equal(clock.pending, 0);
});

test("close ends everything at once and leaves no timer", () => {
  const { client, clock, last, of } = setUp();
  client.start();
  last().begin();
  client.close();
  client.sendAudio(frame(1));
  client.commit();
  assert.equal(last().closedWith, 1000);
  assert.deepEqual(of("disconnected"), [{ cause: "closed" }]);
  assert.equal(clock.pending, 0);
  client.start(); // and it can begin anew
  assert.equal(client.state, "connecting");
});

test("a recording is played as fast as it was spoken", async () => {
  const { client, clock, last } = setUp();
  client.start();
  last().begin();
  const done = client.play(new Int16Array(16000));
  for (let step = 0; step < 10; step += 1) await clock.advance(50);
  assert.equal(last().audio.length, 5);
  for (let step = 0; step < 12; step += 1) await clock.advance(50);
  await done;
  assert.equal(last().audio.length, 11);
});

test("a listener that fails does not stop the session", async (t) => {
  const { client, last } = setUp();
  const faults = [];
  const caught = (error) => faults.push(error.message);
  t.mock.method(globalThis, "queueMicrotask", (run) => { try { run(); } catch (error) { caught(error); } });
  client.on("audio.ack", () => { throw new Error("mine"); });
  client.start();
  last().begin();
  last().tell({ type: "audio.ack", seq: 2, received_ms: 0 });
  assert.deepEqual(faults, ["mine"]);
  assert.equal(client.state, "connected");
});

test("without a WebSocket it says what to do", () => {
  assert.throws(() => new PracticeClient("http://x", { WebSocket: null }), /give one in the options/);
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("each socket gets a ticket of its own, offered beside the protocol's name", async () => {
  let count = 0;
  const { client, clock, last, sockets } = setUp({ ticket: () => `ticket${(count += 1)}` });
  client.start();
  assert.equal(sockets.length, 0);
  await settled();
  assert.deepEqual(last().protocols, ["tutor.v1", "tutor.ticket.ticket1"]);
  last().begin();
  assert.equal(client.state, "connected");
  last().fail();
  await clock.advance(1000);
  await settled();
  assert.deepEqual(last().protocols, ["tutor.v1", "tutor.ticket.ticket2"]);
});

test("without the option no subprotocol is offered", () => {
  const { client, last } = setUp();
  client.start();
  assert.equal(last().protocols, undefined);
});

test("a ticket that cannot be had is tried again, like a server that is away", async () => {
  const answers = [() => { throw new Error("away"); }, () => undefined, () => "t"];
  const { client, clock, sockets, of } = setUp({ ticket: async () => answers.shift()() });
  client.start();
  await settled();
  assert.equal(sockets.length, 0);
  assert.deepEqual(of("connecting").map(({ attempt }) => attempt), [0, 1]);
  for (let tries = 0; tries < 2; tries += 1) {
    await clock.advance(2000);
    await settled();
  }
  assert.deepEqual(sockets.map(({ protocols }) => protocols), [["tutor.v1", "tutor.ticket.t"]]);
});

test("a ticket that is refused for good ends it, and says why", async () => {
  const ticket = async () => { throw new RefusedError("quota_exhausted", "nothing is left today"); };
  const { client, sockets, of } = setUp({ ticket });
  client.start();
  await settled();
  assert.equal(sockets.length, 0);
  assert.deepEqual(of("disconnected"), [{ cause: "refused", code: "quota_exhausted", message: "nothing is left today" }]);
});

test("a guest comes without a ticket", async () => {
  const { client, last, of } = setUp({ ticket: () => null });
  client.start();
  await settled();
  assert.equal(last().protocols, undefined);
  last().begin();
  last().tell({ type: "session.expiring", seq: 2, expires_in_s: 60 });
  await settled();
  assert.equal(last().messages.length, 1);
  assert.deepEqual(of("disconnected"), []);
});

test("a ticket that is refused while a session is open leaves the end to the server", async () => {
  let count = 0;
  const { client, last, of } = setUp({ ticket: () => { if ((count += 1) > 1) throw new RefusedError("unauthenticated"); return "t"; } });
  client.start();
  await settled();
  last().begin();
  last().tell({ type: "session.expiring", seq: 2, expires_in_s: 60 });
  await settled();
  assert.equal(client.state, "connected");
  assert.deepEqual(of("disconnected"), []);
});

test("while a session is open, a ticket that cannot be had is asked for again until the login ends", async () => {
  let count = 0;
  const { client, clock, last } = setUp({ ticket: () => { if ([2, 3].includes(count += 1) || count > 4) throw new Error("away"); return `ticket${count}`; } });
  client.start();
  await settled();
  last().begin();
  last().tell({ type: "session.expiring", seq: 2, expires_in_s: 60 });
  for (let tries = 0; tries < 2; tries += 1) {
    await settled();
    await clock.advance(5000);
  }
  await settled();
  assert.deepEqual(last().messages.at(-1), { type: "session.authenticate", ticket: "ticket4" });
  last().tell({ type: "session.expiring", seq: 3, expires_in_s: 11 });
  for (let tries = 0; tries < 9; tries += 1) {
    await settled();
    await clock.advance(5000);
  }
  assert.equal(count, 7, "three tries in eleven seconds");
});

test("a ticket that comes after the end opens nothing", async () => {
  let give;
  const { client, sockets } = setUp({ ticket: () => new Promise((resolve) => { give = resolve; }) });
  client.start();
  await settled();
  client.close();
  give("late");
  await settled();
  assert.equal(sockets.length, 0);
});

test("a login that ends soon is renewed in band with another ticket", async () => {
  let count = 0;
  const { client, last } = setUp({ ticket: () => `ticket${(count += 1)}` });
  client.start();
  await settled();
  last().begin();
  last().tell({ type: "session.expiring", seq: 2, expires_in_s: 60 });
  await settled();
  assert.deepEqual(last().messages.at(-1), { type: "session.authenticate", ticket: "ticket2" });
});

test("a login that has ended is not tried again", async () => {
  const { client, last, of } = setUp();
  client.start();
  last().begin();
  last().tell({ type: "error", seq: 2, code: "unauthenticated", message: "log in again", fatal: true });
  last().fail(4401, "unauthenticated");
  assert.deepEqual(of("disconnected"), [{ cause: "refused", code: "unauthenticated", message: "log in again" }]);
});
