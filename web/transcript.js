// What the learner is saying (live lines) and has said (finished utterances).

export class Transcript {
  #live;
  #finished;
  #lines = new Map(); // utterance id → its live line
  #earlier = 0; // finished items of sessions before this one
  #done = new Set(); // ids whose late partials are ignored

  constructor({ live, finished }) {
    this.#live = live;
    this.#finished = finished;
  }

  /** Utterance ids and times start anew with every session. */
  begin() {
    this.#lines.clear();
    this.#live.replaceChildren();
    this.#earlier = this.#finished.children.length;
    this.#done.clear();
  }

  receivePartial({ utterance, committed, tentative }) {
    if (this.#done.has(utterance)) return;
    const line = this.#lines.get(utterance) ?? this.#open(utterance);
    const gap = committed && tentative ? " " : "";
    line.committed.textContent = committed.trim() + gap;
    line.tentative.textContent = tentative.trim();
    this.#live.scrollTop = this.#live.scrollHeight;
  }

  receiveFinal({ utterance, text, language, words, start_ms: startMs }) {
    this.drop(utterance);
    this.#done.add(utterance);
    if (text.trim()) this.#place(element("li", { lang: language ?? "" }, ...wordSpans(text, words)), startMs);
  }

  /** Removes a live line without a result. */
  drop(utterance) {
    this.#lines.get(utterance)?.element.remove();
    this.#lines.delete(utterance);
  }

  /** Keeps what was seen when no final can come any more. */
  abandon() {
    for (const [utterance, { element: line }] of this.#lines) {
      this.drop(utterance);
      const text = line.textContent.trim();
      const note = element("small", {}, " (not finished)");
      if (text) this.#place(element("li", { className: "unfinished" }, ...wordSpans(text), note), Infinity);
    }
  }

  #open(utterance) {
    const committed = element("span", { className: "committed" });
    const tentative = element("span", { className: "tentative" });
    const line = { element: element("p", {}, committed, tentative), committed, tentative };
    this.#live.append(line.element);
    this.#lines.set(utterance, line);
    return line;
  }

  // Finals of different workers may overtake each other.
  #place(item, startMs) {
    Object.assign(item.dataset, { testid: "utterance", startMs });
    const placed = [...this.#finished.children].slice(this.#earlier);
    const next = placed.find((other) => Number(other.dataset.startMs) > startMs);
    this.#finished.insertBefore(item, next ?? null);
    item.scrollIntoView({ block: "nearest" });
  }
}

// Takes the spacing and punctuation between words from the text, which knows the language.
function wordSpans(text, words = []) {
  if (!words.length) words = text.split(/\s+/).map((word) => ({ text: word }));
  const nodes = [];
  let read = 0; // characters of text
  for (const word of words.map((word) => word.text.trim())) {
    const at = text.indexOf(word, read);
    nodes.push(at < 0 ? " " : text.slice(read, at));
    if (at >= 0) read = at + word.length;
    const span = element("span", { className: "word" }, word);
    span.dataset.testid = "word";
    nodes.push(span);
  }
  return [...nodes, text.slice(read)];
}

function element(name, properties, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}
