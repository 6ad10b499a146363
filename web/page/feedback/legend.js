// What the marks on words mean: those marks that there are.

import { byId } from "../kit/elements.js";

/** Shows the marks that occur among the words of the page, and no others. */
export function showLegend() {
  const rows = [...byId("legend").querySelectorAll("li")];
  for (const row of rows) {
    const { band } = row.querySelector(".word").dataset;
    row.hidden = !byId("utterances").querySelector(`.word[data-band="${band}"]`);
  }
  byId("legend").hidden = rows.every((row) => row.hidden);
}
