// What a problem means for the learner, and what to do about it.

import { clock, has, t } from "./texts.js";

const MINUTE_S = 60;

/** The text of a server's error code; `message` when there is none. */
export const errorText = (code, message) =>
  has(`error.${code}`) ? t(`error.${code}`, { time: clock(midnight()) }) : message || code;

/** The text of a `Problem` of the account's API. */
export function problemText({ code, message, fields, waitS }) {
  if (code === "too_many_tries") return wait(waitS);
  if (code === "invalid") return invalid(fields, message);
  return has(`account.error.${code}`) ? t(`account.error.${code}`) : errorText(code, message);
}

function wait(seconds) {
  const isShort = seconds <= 2 * MINUTE_S;
  const count = isShort ? seconds : Math.ceil(seconds / MINUTE_S);
  return t(isShort ? "account.wait.seconds" : "account.wait.minutes", { count });
}

function invalid(fields, message) {
  const known = ["email", "password", "new_password"].find((name) => fields.includes(`body.${name}`));
  return known ? t(`account.invalid.${known}`) : message;
}

/** When the day's quota begins anew: the server counts days of UTC. */
export function midnight(now = new Date()) {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}
