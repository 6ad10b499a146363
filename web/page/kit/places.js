// The places of the page: one is shown at a time, and a bar leads from each to each.
// A place is {name, bar, parts, enter, leave}: `bar` is the place of the bar that it belongs to, if not itself;
// `parts` are its elements in the document (two places may
// share some); `enter(address)` is called whenever an address of it is followed, also while it is
// shown, and may take time; `leave()` when another place is shown.

export class Places {
  #bar;
  #all;
  #now = null;

  /** `bar`: links with `data-place`; `all`: the places, the first one is where the page begins. */
  constructor(bar, all) {
    this.#bar = bar;
    this.#all = all;
    bar.addEventListener("click", (event) => this.#stay(event));
  }

  /** A link to where one is leads to its top, and not to a second entry of the history. */
  #stay(event) {
    if (event.target.closest("[data-place]")?.dataset.place !== this.name) return;
    event.preventDefault();
    scrollTo(0, 0);
  }

  /** The name of the place that is shown. */
  get name() {
    return this.#now?.name ?? null;
  }

  /** Shows the place of {place, …} and tells it the address; null, or a name that there is not: the first place. */
  async follow(address) {
    const place = this.#find(address?.place);
    this.#show(place);
    await place.enter?.(address ?? {});
  }

  /** Shows a place whose content is there already, such as what the tutor proposes. */
  show(name) {
    this.#show(this.#find(name));
  }

  #find(name) {
    return this.#all.find((place) => place.name === name) ?? this.#all[0];
  }

  #show(place) {
    if (place === this.#now) return;
    this.#now?.leave?.();
    this.#now = place;
    document.body.dataset.place = place.name;
    for (const part of new Set(this.#all.flatMap(({ parts }) => parts))) part.hidden = !place.parts.includes(part);
    for (const link of this.#bar.querySelectorAll("[data-place]")) {
      if (link.dataset.place === (place.bar ?? place.name)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}
