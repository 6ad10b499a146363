// What the marks on words mean: those marks that there are.

import { byId } from "../kit/elements.js";

/** Shows the marks that occur among the sentences that are shown, and no others. */
export function showLegend() {
  const rows = [...byId("legend").querySelectorAll("li")];
  for (const row of rows) {
    const { band } = row.firstElementChild.dataset;
    const mark = band === "stop" ? ".stop" : `.word[data-band="${band}"]`;
    row.hidden = !byId("utterances").querySelector(`:scope > :not([hidden]) ${mark}`);
  }
  byId("legend").hidden = rows.every((row) => row.hidden);
}
