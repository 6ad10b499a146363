// An account's life on the page, with a real server that demands one, real tokens and real speech.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { chooseKind, goTo, launch, open, status, until } from "../support/browser.js";

const { TUTOR_URL, WEATHER_WAV } = process.env;
const EMAIL = `anna-${Date.now()}@school.example`;
const PASSWORD = "correct horse battery";

/** What is played, in seconds. */
const HEARD = () => {
  globalThis.heard = [];
  const { start } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (...at) {
    globalThis.heard.push(this.buffer.duration);
    start.apply(this, at);
  };
};

async function practising(use) {
  const browser = await launch({ wav: WEATHER_WAV });
  try {
    const { page, done } = await open(browser, `${TUTOR_URL}/?lang=en`, { init: HEARD, expected: [/status of 400/] });
    await use(page);
    await done();
  } finally {
    await browser.close();
  }
}

test("from the first visit to the deletion: account, practice by ticket, history, export", { timeout: 90_000 }, () => practising(async (page) => {
  const sockets = [];
  page.on("websocket", (socket) => {
    const seen = { url: socket.url(), sent: [], received: [] };
    sockets.push(seen);
    const note = (list) => ({ payload }) => typeof payload === "string" && list.push(JSON.parse(payload));
    socket.on("framesent", note(seen.sent)).on("framereceived", note(seen.received));
  });

  // Nobody practises without an account; one is made.
  await page.getByTestId("start").click();
  await page.getByRole("button", { name: "I am new here" }).click();
  await page.locator("#email").fill(EMAIL);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("#password").press("Enter");
  await page.waitForSelector("#account-open.in");
  await page.getByTestId("account").click();
  await page.getByTestId("keep-audio").check();
  await page.getByText("Recordings are kept from your next session on").waitFor();
  await page.getByRole("button", { name: "Done" }).click();

  // A sentence, in a session that lives longer than the token it was opened with.
  await chooseKind(page, "own");
  await page.locator("#own-text").fill("The weather is very nice today.");
  await page.getByTestId("start").click();
  await page.waitForSelector("[data-testid=word][data-score]", { timeout: 40_000 });
  await page.locator(".next").waitFor();
  const [{ url, sent, received }] = sockets;
  await until(() => received.some(({ type }) => type === "session.authenticated"));
  const shown = sent.find(({ type }) => type === "session.authenticate");
  assert.equal(shown.ticket.length, 43);
  assert.equal(url, `${TUTOR_URL.replace("http", "ws")}/v1/practice`, "no credential is in the address");
  await page.getByTestId("stop").click();
  await status(page, "done");
  assert.equal(sockets.length, 1);

  // A page that is loaded again is signed in, and finds it all.
  await page.reload();
  await page.waitForSelector("#account-open.in");
  await until(async () => {
    await page.getByTestId("account").click();
    if (/59 of 60 min are left today/.test(await page.getByTestId("usage").textContent())) return true;
    return page.getByRole("button", { name: "Done" }).click(); // the last of it is billed after the session's end
  });
  await page.getByRole("button", { name: "Done" }).click();
  await goTo(page, "progress");
  const row = page.getByTestId("session");
  assert.match(await row.textContent(), /Read aloud · English · 1 sentence.*Accuracy 100.*Pronunciation \d\d.*Fluency \d\d/);
  await row.locator("summary").click();
  assert.match(await page.getByTestId("spoken").textContent(), /The weather is very nice today\./);
  await page.getByRole("button", { name: "Hear me" }).click();
  await page.waitForFunction(() => globalThis.heard.length);
  const [seconds] = await page.evaluate(() => globalThis.heard);
  assert.ok(seconds > 1 && seconds < 5, `${seconds} s`);

  await page.getByTestId("account").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download all my data" }).click()]);
  const data = JSON.parse(await readFile(await download.path()));
  assert.equal(data.account.email, EMAIL);
  assert.match(data.sessions[0].utterances[0].text, /weather/);

  // And then it is as if she had never been here.
  await page.locator(".deletion summary").click();
  await page.getByTestId("typed").fill(EMAIL);
  await Promise.all([page.waitForEvent("load"), page.getByTestId("typed").press("Enter")]); // the page starts anew
  await page.waitForSelector("body[data-loaded] #account-open:not(.in)");
  await page.getByTestId("account").click();
  await page.locator("#email").fill(EMAIL);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("#password").press("Enter");
  await page.getByText("The e-mail address or the password is wrong").waitFor();
}));
