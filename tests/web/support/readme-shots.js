// The documentation's screenshots, of the running product: node support/readme-shots.js URL WAV FOLDER [NAME,NAME]
// `WAV`: "The weather is very nice today.", which is not quite the text that some of them read.

import { chooseKind, goTo, launch, open } from "./browser.js";

const [url, wav, folder, wanted] = process.argv.slice(2);
const OTHER = "The weather was very nice yesterday.";
const WEATHER = "The weather is very nice today.";
const phone = { isMobile: true, hasTouch: true };

async function openWord(page) {
  await page.getByTestId("word").nth(1).click();
  await page.locator(".panel svg.mouth, .panel .row").first().waitFor();
  await page.locator("#said").evaluate((said) => said.scrollIntoView());
}

const showSaid = (page) => page.locator("#said").evaluate((said) => said.scrollIntoView());

async function lookBack(page) {
  await stop(page);
  await goTo(page, "progress");
  await page.getByTestId("session").locator("summary").click();
  await page.getByTestId("spoken").waitFor();
}

async function sayAgain(page) {
  await page.getByTestId("repeat").first().click();
  await page.waitForSelector("[data-testid=outcome]:not([hidden])");
  await page.getByTestId("stop").click();
  await showSaid(page);
}

async function showSound(page) {
  await page.getByTestId("word").nth(1).click();
  await page.locator(".panel button.phone").nth(2).click();
  await page.locator(".panel svg.mouth[aria-label*='/ð/']").waitFor();
  await showSaid(page);
}

async function showMelody(page) {
  await page.getByTestId("more").first().click();
  await page.getByTestId("see-melody").click();
  await page.locator("[data-testid=melody] canvas").waitFor();
  await showSaid(page);
}

async function converse(page) {
  await goTo(page, "talk");
  await page.getByText("At a café").click();
  await page.getByTestId("scene-type").click();
  for (const [text, count] of [["A large coffee with milk, please.", 2], ["How much is it?", 3]]) {
    await page.waitForFunction((least) => document.querySelectorAll("[data-testid=bubble-tutor]").length >= least, count - 1);
    await page.locator("#scene-text").fill(text);
    await page.locator("#scene-form button").click();
    await page.waitForFunction((least) => document.querySelectorAll("[data-testid=bubble-tutor]").length >= least, count);
  }
  await page.getByTestId("scene-hint").click();
  await page.getByTestId("hint").waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}

async function register(page) {
  await page.getByTestId("account").click();
  await page.getByRole("button", { name: "I am new here" }).click();
  await page.locator("#email").fill("anna@school.example");
  await page.locator("#password").fill("correct horse battery");
  await page.locator("#password").press("Enter");
  await page.waitForSelector("#account-open.in");
}

async function lookAtAccount(page) {
  await stop(page);
  await page.getByTestId("account").click();
  await page.getByTestId("usage").waitFor();
}

async function stop(page) {
  await page.getByTestId("stop").click();
  await page.waitForSelector("#status[data-kind=done]");
}

const SHOTS = {
  desktop: { text: OTHER, viewport: { width: 1160, height: 760 }, then: openWord },
  progress: { text: OTHER, viewport: { width: 1160, height: 1180 }, then: lookBack },
  "page-dark": { text: OTHER, viewport: { width: 1160, height: 760 }, colorScheme: "dark", then: openWord },
  "page-arabic": { lang: "ar", text: OTHER, viewport: { width: 1160, height: 760 }, then: openWord },
  "page-sideways": { text: WEATHER, viewport: { width: 844, height: 390 }, ...phone, then: (page) => page.locator(".words").first().scrollIntoViewIfNeeded() },
  phone: { lang: "ru", text: OTHER, viewport: { width: 400, height: 800 }, ...phone, colorScheme: "dark", then: showSaid },
  "page-again": { text: WEATHER, viewport: { width: 1160, height: 760 }, again: true, then: sayAgain },
  word: { text: WEATHER, viewport: { width: 760, height: 900 }, then: showSound },
  melody: { text: WEATHER, viewport: { width: 760, height: 900 }, then: showMelody },
  talk: { viewport: { width: 760, height: 900 }, then: converse },
  account: { text: OTHER, viewport: { width: 760, height: 820 }, before: register, then: lookAtAccount },
};

for (const [name, { lang = "en", text, again = false, before = () => {}, then, ...options }] of Object.entries(SHOTS)) {
  if (wanted && !wanted.split(",").includes(name)) continue;
  const browser = await launch({ wav, again });
  const { page } = await open(browser, `${url}/?lang=${lang}`, options);
  await before(page);
  if (text) {
    await chooseKind(page, "own");
    await page.locator("#own-text").fill(text);
    await page.getByTestId("start").click();
    await page.locator("[data-testid=reply] .row").first().waitFor();
  }
  await then(page);
  await page.waitForTimeout(600);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await browser.close();
}
