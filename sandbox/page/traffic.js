// What passes between the local Discord and its bot, newest first: each request, each event, and whether it
// is as Discord wants it.
import { el, moment } from "./markdown.js";

const EVERY_MS = 700;
// As many as the local Discord keeps.
const SHOWN_MAX = 500;
const SAID = { valid: "valid", invalid: "not valid", unchecked: "not checked" };
const KINDS = [
  ["all", "Everything"],
  ["request", "Requests"],
  ["event", "Events"],
  ["invalid", "Not valid"],
];

/** The list in the panel; `start()` and `stop()` say when it is looked at. */
export class Traffic {
  #last = 0;
  #timer = null;
  #rows = [];

  constructor(ctx) {
    this.ctx = ctx;
    this.search = el("input.tools-search", {
      type: "search",
      testid: "traffic-search",
      placeholder: "Name, path or status",
      label: "Filter by name, path or status",
    });
    this.kind = el(
      "select",
      { label: "Which", testid: "traffic-kind" },
      ...KINDS.map(([value, text]) => el("option", { value, text })),
    );
    this.note = el("p.tools-note", { role: "status" });
    this.list = el("div", { testid: "traffic" });
    for (const field of [this.search, this.kind]) field.addEventListener("input", () => this.#filter());
    this.root = el("div", {}, el("div.tools-row", {}, this.search, this.kind), this.note, this.list);
  }

  start() {
    const look = async () => {
      await this.#look().catch(() => {
        this.note.textContent = "The local Discord cannot be reached.";
      });
      if (this.#timer !== null) this.#timer = setTimeout(look, EVERY_MS);
    };
    this.#timer = setTimeout(look, 0);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #look() {
    for (const one of await this.ctx.api.traffic(this.#last)) {
      this.#last = one.id;
      const row = { one, node: this.#row(one) };
      this.#rows.unshift(row);
      this.list.prepend(row.node);
    }
    for (const row of this.#rows.splice(SHOWN_MAX)) row.node.remove();
    this.#filter();
  }

  #filter() {
    const words = this.search.value.trim().toLowerCase();
    const kind = this.kind.value;
    let shown = 0;
    for (const { one, node } of this.#rows) {
      const text = `${one.name} ${one.method ?? ""} ${one.path ?? ""} ${one.status ?? ""}`.toLowerCase();
      node.hidden = !(text.includes(words) && (kind === "all" || one.kind === kind || one.validity === kind));
      if (!node.hidden) shown += 1;
    }
    const all = this.#rows.length;
    const text = all === 0 ? "Nothing has passed yet." : `${shown} of the last ${all}, newest first`;
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  #row(one) {
    const verb = one.kind === "event" ? "event" : one.method;
    const name = one.name || one.path.split("?")[0];
    const details = el(
      "details.exchange",
      { testid: `exchange-${one.name}` },
      el(
        "summary",
        {},
        el("span.exchange-name", { text: `${verb} ${name}` }),
        one.kind === "request" && el("span", { class: `chip${one.status >= 400 || !one.status ? " wrong" : ""}`, text: one.status || "cut" }),
        el("span", { class: `chip${one.validity === "invalid" ? " wrong" : ""}`, text: SAID[one.validity] }),
        el("time", { text: moment(one.at, "T") }),
        one.path && el("span.exchange-path", { text: one.path }),
      ),
    );
    // The JSON is drawn when it is looked at.
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(...partsOf(one));
    });
    return details;
  }
}

function partsOf(one) {
  const flaws = one.flaws.map((flaw) => `${flaw.path || "the whole"}: ${flaw.message} (${flaw.code})`).join("\n");
  const sent = one.kind === "event" ? "Data" : "Body";
  return [
    part("Not as Discord’s document says", flaws),
    part(sent, json(one.sent)),
    part("Files", one.files.join("\n")),
    part("Answer", json(one.answer)),
  ].filter(Boolean);
}

const json = (value) => (value === null ? "" : JSON.stringify(value, null, 2));

function part(title, text) {
  if (!text) return null;
  return el("div.exchange-part", {}, el("h3", { text: title }), el("pre", { tabindex: "0", label: title, role: "region", text }));
}
