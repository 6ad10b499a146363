// The README's screenshots, of the running product: node support/readme-shots.js URL WAV FOLDER
// `WAV`: "The weather is very nice today.", which is not quite the text that is to be read.

import { launch, open } from "./browser.js";

const [url, wav, folder] = process.argv.slice(2);

const SHOTS = {
  desktop: { lang: "en", text: "The weather was very nice yesterday.", viewport: { width: 1160, height: 760 } },
  phone: { lang: "ru", text: null, viewport: { width: 400, height: 800 }, isMobile: true, hasTouch: true, colorScheme: "dark" },
};

for (const [name, { lang, text, ...options }] of Object.entries(SHOTS)) {
  const browser = await launch({ wav });
  const { page } = await open(browser, `${url}/?lang=${lang}`, options);
  if (text) {
    await page.selectOption("#kind", "own");
    await page.locator("#own-text").fill(text);
  }
  await page.getByTestId("start").click();
  await page.locator(".next").waitFor();
  await page.getByTestId("word").nth(1).click();
  if (!text) await page.locator("#talk").evaluate((talk) => talk.scrollIntoView());
  await page.waitForTimeout(800);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await browser.close();
}
