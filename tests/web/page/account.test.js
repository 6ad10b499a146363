// Accounts on the page: who must sign in, how it is done, what an account shows.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, test } from "node:test";
import { assertAccessible, chooseKind, cut, goTo, launch, open, reloaded, status, until } from "../support/browser.js";
import { FakeAccounts } from "../support/fake-accounts.js";
import { FakeServer } from "../support/fake-server.js";

const golden = JSON.parse(await readFile(new URL("../../golden/messages.json", import.meta.url)));
const one = (type) => golden.server.find((event) => event.type === type);
const EMAIL = "anna@school.example";
const PASSWORD = "correct horse battery";
const REFUSED = [/status of 4\d\d/]; // the browser itself says so in the console

const spoken = (name, text, hasAudio = false) => ({
  name, text, language: "en", start_ms: 0, end_ms: 900, words: [], reply: "Well said!", has_audio: hasAudio, created_at: "2026-03-01T10:00:05Z",
  scores: { pronunciation: { calibrated: true, total: 81.4 }, fluency: { score: 70 }, grammar: { checked: true, findings: [] } },
});
const session = (number) => ({
  id: `s${number}`, language: "en", exercise: { type: "read_aloud", text: "A text.", level: "A2" }, audio_s: 12,
  started_at: `2026-03-${String(28 - number).padStart(2, "0")}T10:00:00Z`, ended_at: null,
  scores: { accuracy: 96.2, pronunciation: 81.4, fluency: null }, spoken: [spoken("u1", "The weather is nice."), spoken("u2", "I like it.")],
});

let browser;
let server;

before(async () => {
  server = await new FakeServer().start();
  browser = await launch();
});

after(async () => {
  await browser.close();
  await server.stop();
});

beforeEach(() => {
  server.accounts = new FakeAccounts();
  server.accounts.account = { email: EMAIL, password: PASSWORD, plan: "free", keep_audio: false };
});

const visit = (options) => open(browser, `${server.url}/?lang=${options?.lang ?? "en"}#/talk`, options);
const asked = (name) => server.accounts.asked.filter(({ method, path }) => `${method} ${path}` === name);
const says = async (page, words) => assert.match(await page.getByTestId("status").textContent(), words);

async function fill(page, { email = EMAIL, password = PASSWORD } = {}) {
  await page.locator("#email").fill(email);
  await page.locator("#password").fill(password);
  await page.locator("#password").press("Enter");
}

async function signedIn(options) {
  const opened = await visit(options);
  await opened.page.getByTestId("account").click();
  await fill(opened.page);
  await opened.page.waitForSelector("#account-open.in");
  return opened;
}

async function viewing(options) {
  const opened = await signedIn(options);
  await opened.page.getByTestId("account").click();
  await opened.page.getByTestId("usage").waitFor();
  return opened;
}

/** Somebody who has signed in and looks at their progress. */
async function looking(options) {
  const opened = await signedIn(options);
  await goTo(opened.page, "progress");
  return opened;
}

async function complaint(page) {
  await page.waitForSelector("#login-problem:not(:empty)");
  return page.locator("#login-problem").textContent();
}

// ---------------------------------------------------------------- getting in

test("guests practise as ever where they may: no ticket, no question about a login", async () => {
  const { page, done } = await visit();
  assert.equal(await page.getByTestId("account").innerText(), "Sign in");
  await page.getByTestId("start").click();
  await status(page, "listening");
  assert.equal(server.sessions.at(-1).protocols, null);
  assert.deepEqual(server.accounts.asked.map(({ path }) => path), ["/v1/server"]);
  await done();
});

test("where an account is needed the button asks to sign in, then practises with a ticket", async () => {
  server.accounts.mode = "required";
  const before = server.sessions.length;
  const { page, done } = await visit();
  await says(page, /for people with an account/);
  assert.equal(await page.getByTestId("start").innerText(), "Sign in to practise");
  await page.keyboard.press("Space");
  await page.waitForSelector("#login[open]");
  assert.equal(await page.evaluate(() => document.activeElement.id), "email");
  await assertAccessible(page);
  await fill(page);
  await status(page, "done");
  await says(page, /signed in as anna@school\.example/);
  assert.equal(server.sessions.length, before, "nobody speaks before the button is pressed");
  await page.getByTestId("start").click();
  await status(page, "listening");
  assert.match(server.sessions.at(-1).protocols, /^tutor\.v1, ?tutor\.ticket\.ticket\d+$/);
  await done();
});

test("the form is one that password managers know", async () => {
  const { page, done } = await visit();
  await page.getByTestId("account").click();
  const fields = () => page.locator("#login-form input").evaluateAll((nodes) => nodes.map(({ type, name, autocomplete }) => [type, name, autocomplete]));
  assert.deepEqual(await fields(), [["email", "username", "username"], ["password", "password", "current-password"]]);
  await page.getByRole("button", { name: "I am new here" }).click();
  assert.deepEqual((await fields())[1], ["password", "password", "new-password"]);
  assert.match(await page.locator("#login-note").textContent(), /lost password cannot be found again/);
  await assertAccessible(page);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#login").isVisible(), false);
  await done();
});

test("a newcomer creates an account and is signed in", async () => {
  const { page, done } = await visit();
  await page.getByTestId("account").click();
  await page.getByRole("button", { name: "I am new here" }).click();
  await fill(page, { email: "new@school.example", password: "short" });
  assert.equal(asked("POST /v1/accounts").length, 0, "the browser says that it is too short");
  await fill(page, { email: "new@school.example" });
  await page.waitForSelector("#account-open.in");
  assert.deepEqual(JSON.parse(asked("POST /v1/accounts")[0].body), { email: "new@school.example", password: PASSWORD, native_language: "en" });
  assert.equal(await page.locator("#account-name").textContent(), "new@school.example");
  await done();
});

test("what goes wrong says what to do", async () => {
  const { page, done } = await visit({ expected: [...REFUSED, /status of 503/] });
  await page.getByTestId("account").click();
  await fill(page, { password: "wrong wrong" });
  assert.match(await complaint(page), /address or the password is wrong/);
  assert.equal(await page.locator("#password").getAttribute("aria-invalid"), "true");
  assert.equal(await page.evaluate(() => document.activeElement.id), "password");
  const { refused, answers } = server.accounts;
  for (const [answer, words] of [
    [refused(429, "too_many_tries", {}, { "retry-after": "840" }), /Wait 14 minutes/],
    [refused(429, "too_many_tries", {}, { "retry-after": "1" }), /Wait 1 second,/],
    [refused(503, "unavailable"), /Try again in a moment/],
  ]) {
    answers["POST /v1/token"] = answer;
    await fill(page);
    assert.match(await complaint(page), words);
  }
  await page.getByRole("button", { name: "I am new here" }).click();
  await fill(page);
  assert.match(await complaint(page), /has an account already/);
  assert.equal(await page.locator("#email").getAttribute("aria-invalid"), "true");
  answers["POST /v1/accounts"] = refused(422, "invalid", { errors: [{ field: "body.email", message: "" }] });
  await fill(page);
  assert.match(await complaint(page), /not complete, or has a mistake/);
  await done();
});

// ---------------------------------------------------------------- staying in

test("a page that is loaded again is still signed in, and no script can read how", async () => {
  const { page, done } = await signedIn();
  await page.reload();
  await page.waitForSelector("#account-open.in");
  assert.equal(asked("POST /v1/token").at(-1).body, "grant_type=refresh_token");
  const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));
  assert.doesNotMatch(kept, /"t\d+"|tutor_refresh|correct horse/);
  await done();
});

test("tabs that are loaded at once do not end each other's login", async () => {
  const { page, done } = await signedIn();
  server.accounts.latencyMs = 300; // all ask before the first has its answer
  const tabs = await Promise.all([1, 2, 3].map(() => page.context().newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(`${server.url}/?lang=en#/talk`)));
  await Promise.all(tabs.map((tab) => tab.waitForSelector("#account-open.in")));
  await done();
});

test("each connection has a ticket of its own, by a token that is not about to end", async () => {
  const { page, done } = await signedIn({ expected: [/WebSocket connection/] });
  server.accounts.lifeS = 60; // under the spare time: the next is asked for soon
  await page.getByTestId("start").click();
  await status(page, "listening");
  const first = server.sessions.at(-1);
  await cut(page, server, first);
  await status(page, "listening");
  assert.notEqual(server.sessions.at(-1).protocols, first.protocols);
  await done();
});

test("a session is authenticated again in band before its login ends", async () => {
  server.accounts.lifeS = 62;
  const { page, done } = await signedIn();
  await page.getByTestId("start").click();
  await status(page, "listening");
  await page.waitForTimeout(1100);
  const session = server.sessions.at(-1);
  const before = asked("POST /v1/token").length;
  session.tell({ type: "session.expiring", expires_in_s: 60 });
  await until(() => session.messages.at(-1).type === "session.authenticate");
  assert.match(session.messages.at(-1).ticket, /^ticket\d+$/);
  assert.equal(asked("POST /v1/token").length, before + 1, "by a newer token");
  await done();
});

test("a login that ends in mid-lesson: what is seen stays, and signing in goes on", async () => {
  server.accounts.mode = "required";
  const { page, done } = await signedIn({ expected: REFUSED });
  await page.getByTestId("start").click();
  await status(page, "listening");
  const session = server.sessions.at(-1);
  session.tell(one("transcript.final"));
  await page.getByTestId("utterance").waitFor();
  server.accounts.endLogin();
  session.tell({ type: "error", code: "unauthenticated", message: "log in again", fatal: true });
  session.socket.close(4401, "unauthenticated");
  await page.waitForSelector("#login[open]");
  assert.match(await page.locator("#login-reason").textContent(), /login has ended.*kept/);
  await says(page, /login has ended\. Sign in to go on/);
  assert.equal(await page.getByTestId("utterance").count(), 1);
  await fill(page);
  await status(page, "done");
  await page.getByTestId("start").click();
  await status(page, "listening");
  await done();
});

test("a day's audio that is used up: when it goes on, before and in a lesson", async () => {
  const { page, done } = await signedIn({ expected: REFUSED });
  await page.getByTestId("start").click();
  await status(page, "listening");
  server.sessions.at(-1).tell({ type: "error", code: "quota_exhausted", message: "", fatal: true });
  server.sessions.at(-1).socket.close(4429, "quota_exhausted");
  await status(page, "problem");
  await says(page, /Today's practice is used up\. You can go on at \d+:\d\d/);
  const before = server.sessions.length;
  server.accounts.answers["POST /v1/tickets"] = server.accounts.refused(429, "quota_exhausted");
  await page.getByTestId("start").click();
  await page.waitForFunction(() => document.body.dataset.phase === "idle");
  await says(page, /Today's practice is used up/);
  assert.equal(server.sessions.length, before);
  await done();
});

test("signing out ends the login and leaves nothing of the learner in the page", async () => {
  const { page, done } = await signedIn({ expected: REFUSED });
  await page.getByTestId("start").click();
  await status(page, "listening");
  server.sessions.at(-1).tell(one("transcript.final"));
  await page.getByTestId("utterance").waitFor();
  await reloaded(page, () => page.getByRole("button", { name: "Sign out" }).click());
  await page.waitForSelector("#account-open:not(.in)");
  await says(page, /You are signed out/);
  assert.equal(await page.getByTestId("utterance").count(), 0);
  assert.deepEqual(asked("POST /v1/logout").map(({ body }) => body), ["everywhere=false"]);
  await page.reload();
  await page.waitForSelector("body[data-loaded]");
  assert.equal(await page.getByTestId("account").innerText(), "Sign in");
  await done();
});

// ---------------------------------------------------------------- the account

test("the account shows what is left today, progress the sessions and what was said in them", async () => {
  server.accounts.sessions = Array.from({ length: 12 }, (_, number) => session(number));
  const { page, done } = await viewing();
  assert.match(await page.getByTestId("usage").textContent(), /90 of 120 min are left today/);
  await page.locator("#account-close").click();
  await goTo(page, "progress");
  const rows = page.getByTestId("session");
  await rows.first().waitFor();
  assert.equal(await rows.count(), 10);
  assert.match(await rows.first().textContent(), /Mar 28, 2026.*Read aloud · English · 2 sentences.*Accuracy 96.*Pronunciation 81/);
  await rows.first().locator("summary").press("Enter");
  const said = page.getByTestId("spoken");
  await said.first().waitFor();
  assert.match(await said.first().textContent(), /The weather is nice\..*Pronunciation 81.*Fluency 70.*1?.*0 remarks.*Well said!/);
  assert.equal(await said.getByRole("button").count(), 0, "there is no recording to play");
  await page.getByRole("button", { name: "Show more" }).press("Enter");
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=session]").length === 12);
  assert.equal(await page.evaluate(() => document.activeElement.closest("li") === document.querySelectorAll(".history > li")[10]), true);
  assert.equal(await page.getByRole("button", { name: "Show more" }).count(), 0);
  await assertAccessible(page);
  await done();
});

test("an utterance can be played where its recording is kept, and nowhere else", async () => {
  server.accounts.account.keep_audio = true;
  server.accounts.sessions = [{ ...session(1), spoken: [spoken("u1", "The weather is nice."), spoken("u2", "I like it.", true)] }];
  const { page, done } = await looking({ expected: REFUSED });
  await page.getByTestId("session").locator("summary").press("Enter");
  const said = page.getByTestId("spoken");
  await said.first().waitFor();
  assert.deepEqual(await said.evaluateAll((items) => items.map((item) => item.querySelectorAll("button").length)), [0, 1]);
  await said.getByRole("button", { name: "Hear me" }).press("Enter");
  await page.getByText("There is no recording of this one").waitFor(); // deleted meanwhile, in another tab
  assert.deepEqual(asked("GET /v1/me/sessions/s1/utterances/u2/audio").length, 1);
  await done();
});

test("without a limit none is shown; an empty account says what will come", async () => {
  server.accounts.usage = { used_s: 90, quota_s: null, left_s: null };
  const { page, done } = await viewing();
  assert.match(await page.getByTestId("usage").textContent(), /1\.5 min today\. There is no limit/);
  await page.locator("#account-close").click();
  await goTo(page, "progress");
  await page.getByText("Your sessions will stand here").waitFor();
  await page.getByText("Words that were hard come here").waitFor();
  await done();
});

test("words that are due become the exercise, in their language", async () => {
  server.accounts.words = [
    { word: "Wetter", language: "de", box: 0, score: 40, due: true },
    { word: "schön", language: "de", box: 1, score: 60, due: false },
  ];
  const { page, done } = await looking();
  await page.getByRole("button", { name: "Practise 1 word" }).click();
  await page.waitForFunction(() => document.getElementById("language").value === "de");
  await page.waitForFunction(() => /Wetter/.test(document.getElementById("reference").textContent));
  assert.doesNotMatch(await page.getByTestId("reference").textContent(), /schön/);
  assert.equal(await page.locator("body").getAttribute("data-place"), "practise");
  await done();
});

test("recordings are kept only with consent, which the page repeats where one speaks", async () => {
  const { page, done } = await viewing();
  assert.match(await page.locator("#privacy").textContent(), /not your voice/);
  const box = page.getByTestId("keep-audio");
  assert.equal(await box.isChecked(), false);
  await box.check();
  await page.getByText("Recordings are kept from your next session on").waitFor();
  assert.equal(server.accounts.account.keep_audio, true);
  assert.match(await page.locator("#privacy").textContent(), /recordings of your voice/);
  await box.uncheck();
  await page.getByText("those there were are deleted").waitFor();
  assert.deepEqual(asked("PATCH /v1/me").map(({ body }) => body), ['{"keep_audio":true}', '{"keep_audio":false}']);
  await done();
});

test("a consent that the server did not take is not shown as given", async () => {
  const { page, done } = await viewing({ expected: [/status of 503/] });
  server.accounts.answers["PATCH /v1/me"] = server.accounts.refused(503, "unavailable");
  await page.getByTestId("keep-audio").click();
  await page.getByText("Try again in a moment").waitFor();
  assert.equal(await page.getByTestId("keep-audio").isChecked(), false);
  await done();
});

test("all data comes as a file", async () => {
  const { page, done } = await viewing();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download all my data" }).click()]);
  assert.equal(download.suggestedFilename(), "voice-tutor.json");
  assert.equal(JSON.parse(await readFile(await download.path())).account.email, EMAIL);
  await done();
});

test("the password is changed by keyboard, in a form that password managers know; nothing of it stays in the page", async () => {
  const { page, done } = await viewing();
  await page.getByText("Change password").first().focus();
  await page.keyboard.press("Enter");
  const fields = page.locator(".data form:has([autocomplete=new-password]) input");
  assert.deepEqual(await fields.evaluateAll((nodes) => nodes.map(({ type, autocomplete, value }) => [type, autocomplete, value])), [
    ["email", "username", EMAIL], ["password", "current-password", ""], ["password", "new-password", ""],
  ]);
  assert.equal(await fields.first().isVisible(), false);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Tab");
  await page.keyboard.type("short");
  await page.keyboard.press("Enter");
  assert.equal(asked("POST /v1/me/password").length, 0, "the browser says that it is too short");
  await page.keyboard.type(" no more");
  await page.keyboard.press("Enter");
  await page.getByText("Your password is changed").waitFor();
  assert.deepEqual(asked("POST /v1/me/password").map(({ body }) => JSON.parse(body)), [{ current_password: PASSWORD, new_password: "short no more" }]);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Change password");
  assert.equal(await page.getByTestId("current-password").isVisible(), false);
  assert.deepEqual(await page.locator(".data input[type=password]").evaluateAll((nodes) => nodes.map(({ value }) => value)), ["", "", ""]);
  await assertAccessible(page);
  await done();
});

test("what is filled in the moment the password form opens stays", async () => {
  const { page, done } = await viewing();
  await page.evaluate(async () => {
    const field = document.querySelector("[data-testid=current-password]");
    field.closest("details").firstChild.click();
    field.value = "filled at once";
    await new Promise((resolve) => field.closest("details").addEventListener("toggle", resolve));
  });
  assert.equal(await page.getByTestId("current-password").inputValue(), "filled at once");
  await done();
});

test("a password that was not changed says why", async () => {
  const { page, done } = await viewing({ expected: [...REFUSED, /status of 503/] });
  const { refused, answers } = server.accounts;
  const shown = page.locator("#password-problem");
  await page.getByText("Change password").first().click();
  await page.getByTestId("current-password").fill("wrong wrong");
  await page.getByTestId("new-password").fill("another password");
  await page.getByTestId("new-password").press("Enter");
  await page.getByText("The current password is wrong").waitFor();
  assert.equal(await page.getByTestId("current-password").getAttribute("aria-invalid"), "true");
  assert.equal(await page.evaluate(() => document.activeElement.autocomplete), "current-password");
  await assertAccessible(page);
  for (const [answer, words] of [
    [refused(422, "invalid", { errors: [{ field: "body.new_password", message: "" }] }), /new password is too short or too long/],
    [refused(429, "too_many_tries", {}, { "retry-after": "840" }), /Wait 14 minutes/],
    [refused(503, "unavailable"), /Try again in a moment/],
  ]) {
    answers["POST /v1/me/password"] = answer;
    await page.getByTestId("new-password").press("Enter");
    await page.waitForFunction((source) => new RegExp(source).test(document.getElementById("password-problem").textContent), words.source);
  }
  await page.getByText("Change password").first().click();
  await page.getByText("Change password").first().click();
  assert.equal(await shown.textContent(), "", "an old complaint is not shown again");
  assert.equal(server.accounts.account.password, PASSWORD);
  await done();
});

test("an account is deleted only when its address was typed", async () => {
  const { page, done } = await viewing();
  await page.locator(".deletion summary").press("Enter");
  await page.getByTestId("typed").fill("bert@school.example");
  await page.getByTestId("typed").press("Enter");
  await page.getByText("Nothing was deleted").waitFor();
  assert.equal(asked("DELETE /v1/me").length, 0);
  await assertAccessible(page);
  await page.getByTestId("typed").fill(EMAIL);
  await reloaded(page, () => page.getByTestId("typed").press("Enter"));
  await page.waitForSelector("#account-open:not(.in)");
  await says(page, /Your account and everything in it are deleted/);
  await page.reload();
  await page.waitForSelector("body[data-loaded]");
  assert.doesNotMatch(await page.getByTestId("status").textContent(), /deleted/, "it is said once");
  assert.equal(server.accounts.account, null);
  await done();
});

test("an old login needs the password to delete the account", async () => {
  const { page, done } = await viewing({ expected: REFUSED });
  server.accounts.isOld = true;
  await page.locator(".deletion summary").press("Enter");
  await page.getByTestId("typed").fill(EMAIL);
  assert.equal(await page.getByTestId("delete-password").isVisible(), false);
  await page.getByTestId("typed").press("Enter");
  await page.getByText("your password is needed").waitFor();
  await page.getByTestId("delete-password").fill("wrong");
  await page.getByTestId("delete-password").press("Enter");
  await page.getByText("The current password is wrong").waitFor();
  assert.notEqual(server.accounts.account, null);
  await assertAccessible(page);
  await page.getByTestId("delete-password").fill(PASSWORD);
  await reloaded(page, () => page.getByTestId("delete-password").press("Enter"));
  await page.waitForSelector("#account-open:not(.in)");
  assert.equal(server.accounts.account, null);
  server.accounts.isOld = false;
  await done();
});

test("signing out on all devices does so", async () => {
  const { page, done } = await viewing();
  await reloaded(page, () => page.getByRole("button", { name: "Sign out on all devices" }).click());
  await page.waitForSelector("#account-open:not(.in)");
  assert.equal(asked("POST /v1/logout").at(-1).body, "everywhere=true");
  await done();
});

test("a login that ended elsewhere is noticed in the account", async () => {
  const { page, done } = await signedIn({ expected: REFUSED });
  server.accounts.endLogin();
  await page.getByTestId("account").click();
  await page.waitForSelector("#login[open]");
  assert.equal(await page.locator("#account").isVisible(), false);
  await done();
});

test("on a phone, in Russian, in the dark: all of it fits, and can be tapped", async () => {
  server.accounts.sessions = [session(1)];
  server.accounts.words = [{ word: "weather", language: "en", box: 0, score: 40, due: true }];
  const { page, done } = await viewing({ lang: "ru", viewport: { width: 360, height: 700 }, isMobile: true, hasTouch: true, colorScheme: "dark" });
  assert.match(await page.getByTestId("usage").textContent(), /осталось 90 из 120 мин/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  const dialog = page.locator("#account");
  assert.equal(await dialog.evaluate((node) => node.scrollWidth <= node.clientWidth), true);
  for (const box of await Promise.all((await dialog.locator("button:visible, summary:visible").all()).map((each) => each.boundingBox()))) {
    assert.ok(box.height >= 24 && box.width >= 24, JSON.stringify(box));
  }
  await assertAccessible(page);
  await page.locator("#account-close").click();
  await assertAccessible(page);
  await goTo(page, "progress");
  await page.getByTestId("session").first().waitFor();
  await page.locator(".deck button").waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await assertAccessible(page);
  await done();
});

// ---------------------------------------------------------------- progress

test("a guest's progress is in the browser: days, words, sounds, history with its colours; who registers takes it along", async () => {
  const { page, done } = await visit();
  await chooseKind(page, "own");
  await page.locator("#own-text").fill("The weather is very nice today.");
  await page.getByTestId("start").click();
  await status(page, "listening");
  const session = server.sessions.at(-1);
  for (const utterance of ["u1", "u2"]) {
    session.tell(...golden.server.filter(({ type }) => /^(speech|transcript|feedback|tutor)/.test(type))
      .map((event) => ({ ...event, utterance, ...("start_ms" in event && utterance === "u2" && { start_ms: 9000, end_ms: 75_000 }) })));
  }
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=reply]:not([hidden]) .row").length === 2);
  await goTo(page, "progress");
  await page.getByTestId("today").waitFor();
  assert.equal(await page.getByTestId("today").textContent(), "Today: 1 of 10 min");
  assert.equal(await page.getByTestId("streak").textContent(), "1 day in a row");
  await page.selectOption("#goal", "5");
  assert.equal(await page.getByTestId("today").textContent(), "Today: 1 of 5 min");
  assert.match(await page.locator(".calendar").getAttribute("aria-label"), /You practised on 1 of the last \d+ days/);
  assert.match(await page.locator("#words").textContent(), /weather/);
  await page.getByTestId("session").locator("summary").click();
  const read = page.getByTestId("spoken").first();
  await read.waitFor();
  assert.match(await read.locator(".said").innerText(), /^The weather.* is.* a.* very.* nice.* today/s, "the text that was read");
  assert.match(await read.locator("[data-band=weak]").textContent(), /^weather/);
  await assertAccessible(page);
  await page.reload();
  await page.waitForSelector("body[data-loaded]");
  await page.getByTestId("session").waitFor();

  await page.getByTestId("account").click();
  await page.getByRole("button", { name: "I am new here" }).click();
  await fill(page, { email: "new@school.example" });
  await page.waitForSelector("#account-open.in");
  await until(() => asked("POST /v1/me/sessions").length > 0);
  await page.locator("#notice").getByText("in your account now").waitFor();
  const handed = JSON.parse(asked("POST /v1/me/sessions")[0].body);
  assert.deepEqual(handed.spoken.map(({ name }) => name), ["u1", "u2"]);
  assert.deepEqual(Object.keys(handed.spoken[0].scores), ["accuracy", "pronunciation", "fluency", "grammar"]);
  await page.getByText("Your sessions will stand here").waitFor();
  await done();
});

test("an account's progress: weeks, a map of sounds that tells how each is made, words as files", async () => {
  const sum = (...scores) => ({ sum: scores.reduce((all, score) => all + score, 0), count: scores.length });
  const days = [0, 7, 14].map((ago) => new Date(Date.now() - ago * 86_400_000).toISOString());
  server.accounts.progress = days.map((started_at, at) => ({ id: `s${at}`, started_at, language: "en", audio_s: 600, utterances: 2, accuracy: sum(90), pronunciation: sum(60 + at, 70), fluency: sum(70), sounds: { ð: sum(30, 40), ɪ: sum(90) } }));
  const { page, done } = await looking({ lang: "ar", viewport: { width: 360, height: 700 }, isMobile: true, hasTouch: true });
  await page.locator(".chart").waitFor();
  assert.deepEqual(await page.locator(".phone b").allTextContents(), ["ɪ", "ð"]);
  await page.locator("button.phone").nth(1).tap();
  assert.match(await page.getByTestId("sound-advice").textContent(), /^\/ð\/ .{20}/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await assertAccessible(page);
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#progress-body section .row button").last().tap()]);
  assert.equal(download.suggestedFilename(), "voice-tutor-words.csv");
  await done();
});

// ---------------------------------------------------------------- answers that come late

const finished = (page, method, path) => page.waitForEvent("requestfinished", (request) => request.method() === method && request.url().includes(path));
const active = (page) => page.evaluate(() => { const { id, dataset } = document.activeElement; return id || dataset.testid; });

test("an account that is opened again keeps what is typed, whatever the first opening still brings", async () => {
  const { page, done } = await signedIn();
  await page.route("**/nothing", () => {}); // turns off the cache, in which the second request would wait for the first
  const release = server.hold("GET /v1/me");
  await page.getByTestId("account").click();
  await until(() => asked("GET /v1/me").length === 2);
  await page.locator("#account-close").click();
  delete server.gates["GET /v1/me"];
  await page.getByTestId("account").click();
  await page.locator(".deletion summary").click();
  await page.getByTestId("typed").fill("anna@");
  const late = finished(page, "GET", "/v1/me");
  release();
  await late;
  assert.equal(await page.getByTestId("typed").inputValue(), "anna@");
  await done();
});

test("a consent that is taken back at once stays taken back, on the page and on the server", async () => {
  const { page, done } = await viewing();
  const release = server.hold("PATCH /v1/me");
  await page.getByTestId("keep-audio").check();
  await until(() => asked("PATCH /v1/me").length === 1);
  delete server.gates["PATCH /v1/me"];
  let answers = 0;
  page.on("requestfinished", (request) => { answers += request.method() === "PATCH"; });
  await page.getByTestId("keep-audio").uncheck();
  setTimeout(release, 500); // by then another request would have overtaken the first
  await until(() => answers === 2);
  await page.getByText("those there were are deleted").waitFor();
  assert.equal(await page.getByTestId("keep-audio").isChecked(), false);
  assert.equal(server.accounts.account.keep_audio, false);
  assert.match(await page.locator("#privacy").textContent(), /not your voice/);
  await done();
});

test("more sessions are asked for once, and the focus stays where the learner has gone meanwhile", async () => {
  server.accounts.sessions = Array.from({ length: 12 }, (_, number) => session(number));
  const { page, done } = await looking();
  await page.getByTestId("session").first().waitFor();
  const release = server.hold("GET /v1/me/sessions");
  await page.getByRole("button", { name: "Show more" }).evaluate((button) => { button.click(); button.click(); });
  await page.getByTestId("course").focus();
  release();
  await page.getByTestId("session").nth(11).waitFor();
  assert.equal(await active(page), "course-open");
  assert.equal(asked("GET /v1/me/sessions").length, 2, "ten, then the rest");
  await done();
});

test("what is typed in the login is not disturbed by another answer that the login has ended", async () => {
  const { page, done } = await signedIn({ expected: REFUSED });
  const { refused, answers } = server.accounts;
  const release = server.hold("GET /v1/me/sessions");
  answers["GET /v1/me/words"] = answers["GET /v1/me/sessions"] = refused(401, "unauthenticated");
  answers["POST /v1/token"] = refused(400, "invalid_grant");
  await goTo(page, "progress");
  await page.waitForSelector("#login[open]");
  await page.getByRole("button", { name: "I am new here" }).click();
  await page.locator("#password").focus();
  const late = finished(page, "POST", "/v1/token");
  release();
  await late;
  await page.keyboard.type(PASSWORD);
  assert.equal(await page.locator("#password").inputValue(), PASSWORD);
  assert.equal(await page.locator("#login-title").textContent(), "Create an account");
  await done();
});

test("a refusal does not take the focus from who has gone on to type elsewhere", async () => {
  const { page, done } = await visit({ expected: REFUSED });
  await page.getByTestId("account").click();
  const answer = server.hold("POST /v1/token");
  await fill(page, { password: "wrong wrong" });
  await page.locator("#email").focus();
  answer();
  await complaint(page);
  assert.equal(await active(page), "email");
  await fill(page);
  await page.waitForSelector("#account-open.in");
  await page.getByTestId("account").click();
  await page.locator(".deletion summary").click();
  await page.getByText("Change password").first().click();
  await page.getByTestId("current-password").fill("wrong wrong");
  await page.getByTestId("new-password").fill("another password");
  const release = server.hold("POST /v1/me/password");
  for (const [current, said] of [["wrong wrong", "The current password is wrong"], [PASSWORD, "Your password is changed"]]) {
    await page.getByTestId("current-password").fill(current);
    await page.getByTestId("new-password").press("Enter");
    await page.getByTestId("typed").focus();
    release();
    await page.getByText(said).waitFor();
    assert.equal(await active(page), "typed");
  }
  await done();
});

test("who chooses something else while the exercises of a language come gets that", async () => {
  server.accounts.words = [{ word: "Wetter", language: "de", box: 0, score: 40, due: true }];
  const { page, done } = await looking();
  const release = server.hold("GET /v1/exercises");
  await page.getByRole("button", { name: "Practise 1 word" }).click();
  await page.waitForFunction(() => document.getElementById("language").value === "de");
  await page.selectOption("#kind", "own");
  await page.locator("#own-text").fill("Ein Text.");
  const late = finished(page, "GET", "/v1/exercises");
  release();
  await late;
  await page.getByTestId("start").click();
  await status(page, "listening");
  assert.deepEqual(server.sessions.at(-1).messages[0].exercise, { type: "read_aloud", text: "Ein Text." });
  await done();
});
