import { chromium } from "playwright-core";
const [url, wav, out] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-audio-capture=${wav}%noloop`] });
const page = await (await browser.newContext({ viewport: { width: 1200, height: 800 } })).newPage();
page.on("console", (m) => console.log("console", m.type(), m.text()));
page.on("pageerror", (e) => console.log("pageerror", e.message));
page.on("websocket", (ws) => ws.on("framereceived", ({ payload }) => console.log(String(payload).slice(0, 1500))));
await page.goto(url + "/?lang=en");
await page.waitForSelector("body[data-loaded]");
if (!process.argv[5]) { await page.selectOption("#kind", "own"); await page.fill("#own-text", "The weather is very nice today."); }
await page.getByTestId("start").click();
await page.waitForSelector("[data-testid=reply] p", { timeout: 30000 }).catch((e) => console.log(e.message));
await page.waitForTimeout(1000);
await page.locator("[data-testid=word]").first().click();
await page.screenshot({ path: out + "-1.png" });
await page.getByTestId("stop").click();
await page.waitForTimeout(2000);
await page.screenshot({ path: out + "-2.png" });
await browser.close();
