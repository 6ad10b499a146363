// One's own wave and melody over the model's. It is asked for by a button: the model has to read the text first.

import { h } from "../kit/elements.js";
import { number, t } from "../kit/texts.js";

const WIDTH = 640;
const HEIGHT = 220;
const CLOSE = 0.6; // of the model's range: from there on a voice is as lively

/** `piece`: the learner's recording {pcm, rate}; `reading()`: a promise of the model's, {samples, rate}. */
export function melodyView({ piece, reading }) {
  const figure = h("figure", { class: "melody", "data-testid": "melody", hidden: true });
  const note = h("p", { class: "note", role: "status" });
  const button = h("button", { type: "button", class: "plain", "data-testid": "see-melody", onclick: show }, t("melody.see"));
  return h("div", {}, button, note, figure);

  async function show() {
    button.disabled = true;
    note.textContent = t("melody.wait");
    try {
      const [melody, model] = await Promise.all([import("/static/page/sounds/melody.js"), reading()]);
      figure.replaceChildren(...drawn(melody, piece, model, figure));
      figure.hidden = false;
      button.hidden = true;
      note.textContent = "";
    } catch {
      note.textContent = t("melody.away");
      button.disabled = false;
    }
  }
}

function drawn({ steps, heardOf, melodyOf, rangeOf, draw }, piece, model, place) {
  const [mine, theirs] = [heardOf(steps(piece.pcm, piece.rate)), heardOf(steps(model.samples, model.rate))];
  const ranges = [mine, theirs].map((found) => rangeOf(melodyOf(found)));
  if (ranges.includes(null)) return [h("p", { class: "note" }, t("melody.none"))];
  const told = t("melody.range", { mine: number(ranges[0]), model: number(ranges[1]) });
  const canvas = h("canvas", { width: WIDTH, height: HEIGHT, role: "img", "aria-label": told });
  const style = getComputedStyle(place);
  const colour = (name) => style.getPropertyValue(name).trim();
  draw(canvas, mine, theirs, { mine: colour("--accent"), model: colour("--model"), line: colour("--line") });
  return [
    canvas,
    h("p", { class: "row note", "aria-hidden": "true" }, h("span", { class: "mine" }, t("melody.mine")), h("span", { class: "model" }, t("melody.model"))),
    h("figcaption", {}, told, " ", t(ranges[0] < CLOSE * ranges[1] ? "melody.flat" : "melody.note")),
  ];
}
