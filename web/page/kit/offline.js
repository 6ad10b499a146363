// The page opens without a network, too, and says so: a service worker keeps its files.

import { interfaceLanguage } from "./texts.js";

/** Once the page stands: keeping its files must not be in the way of loading them. */
export function keepForOffline() {
  const workers = globalThis.isSecureContext ? navigator.serviceWorker : null;
  if (!workers) return;
  const keep = () => workers.register(`/service-worker.js?texts=${interfaceLanguage()}`).catch(() => {}); // a private window may refuse
  if (document.readyState === "complete") keep();
  else addEventListener("load", keep, { once: true });
}
