// The README's screenshots, of the running product: node support/readme-shots.js URL WAV FOLDER
// `WAV`: "The weather is very nice today.", which is not quite the text that is to be read.

import { chooseKind, goTo, launch, open } from "./browser.js";

const [url, wav, folder] = process.argv.slice(2);

const SHOTS = {
  desktop: { lang: "en", text: "The weather was very nice yesterday.", viewport: { width: 1160, height: 760 } },
  phone: { lang: "ru", text: null, viewport: { width: 400, height: 800 }, isMobile: true, hasTouch: true, colorScheme: "dark" },
};

/** What a guest sees of it. */
async function shootProgress(page) {
  await page.getByTestId("stop").click();
  await page.waitForSelector("#status[data-kind=done]");
  await goTo(page, "progress");
  await page.getByTestId("session").locator("summary").click();
  await page.getByTestId("spoken").waitFor();
  await page.setViewportSize({ width: 1160, height: 1180 });
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${folder}/progress.png` });
}

for (const [name, { lang, text, ...options }] of Object.entries(SHOTS)) {
  const browser = await launch({ wav });
  const { page } = await open(browser, `${url}/?lang=${lang}`, options);
  if (text) {
    await chooseKind(page, "own");
    await page.locator("#own-text").fill(text);
  }
  await page.getByTestId("start").click();
  await page.locator(".next").waitFor();
  await page.getByTestId("word").nth(1).click();
  if (!text) await page.locator("#said").evaluate((said) => said.scrollIntoView());
  await page.waitForTimeout(800);
  await page.screenshot({ path: `${folder}/${name}.png` });
  if (name === "desktop") await shootProgress(page);
  await browser.close();
}

// An account after one sentence, on a phone's width and a half.
const browser = await launch({ wav });
const { page } = await open(browser, `${url}/?lang=en`, { viewport: { width: 760, height: 820 } });
await page.getByTestId("account").click();
await page.getByRole("button", { name: "I am new here" }).click();
await page.locator("#email").fill("anna@school.example");
await page.locator("#password").fill("correct horse battery");
await page.locator("#password").press("Enter");
await page.waitForSelector("#account-open.in");
await chooseKind(page, "own");
await page.locator("#own-text").fill(SHOTS.desktop.text);
await page.getByTestId("start").click();
await page.locator(".next").waitFor();
await page.getByTestId("stop").click();
await page.waitForSelector("#status[data-kind=done]");
await page.getByTestId("account").click();
await page.getByTestId("usage").waitFor();
await page.screenshot({ path: `${folder}/account.png` });
await browser.close();
