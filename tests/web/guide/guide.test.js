// The documentation's site as a gateway serves it, in a browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/browser.js";

const guide = `${process.env.TUTOR_URL}/docs/guide/`;
const PAGES = [
  "",
  "learn/",
  "embed/socket/",
  "operate/runbook/",
  "understand/how-it-works/",
  "understand/glossary/",
  "reference/settings/",
  "reference/protocol/",
  "reference/python/",
];
const PHONE = { width: 390, height: 800 };

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

/** A page of the site, what the browser said against it, and what it asked other servers for. */
async function visit(path, viewport) {
  const page = await browser.newPage({ viewport });
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.stack));
  page.on("request", (request) => request.url().startsWith(guide) || complaints.push(request.url()));
  await page.goto(guide + path, { waitUntil: "networkidle" });
  return { page, complaints };
}

for (const path of PAGES) {
  test(`"${path}" is whole under its policy, and no wider than a phone`, async () => {
    const { page, complaints } = await visit(path, PHONE);
    assert.ok(await page.locator("article h1").count());
    assert.equal(await page.evaluate("typeof __md_get"), "function");
    const width = await page.evaluate("document.documentElement.scrollWidth");
    assert.ok(width <= PHONE.width, `${width} pixels`);
    const unseen = await page.evaluate("[...document.images].filter((one) => !one.naturalWidth).length");
    assert.equal(unseen, 0);
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

test("the search finds a page", async () => {
  const { page, complaints } = await visit("", { width: 1200, height: 800 });
  await page.click("input.md-search__input");
  await page.keyboard.type("glossary");
  const found = page.locator(".md-search-result__link").first();
  await found.waitFor();
  await found.click();
  await page.waitForURL(/glossary/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("no script of another line runs", async () => {
  const { page, complaints } = await visit("", PHONE);
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
  });
  assert.equal(await page.evaluate("window.ran"), undefined);
  assert.match(complaints.join("\n"), /violates the following Content Security Policy/);
  await page.close();
});
