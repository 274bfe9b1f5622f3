// Bad days by a click: requests that fail, events that get lost, connections that break. What waits is listed,
// and can be taken back.
import { button, el } from "./markdown.js";
import { attempt, toast } from "./viewer.js";

const EVERY_MS = 1500;
const WHICH = [
  ["", "any request"],
  ["POST /messages", "posting a message"],
  ["PATCH /messages", "editing a message"],
  ["PUT /reactions", "adding a reaction"],
  ["POST /threads", "opening a thread"],
  ["POST /callback", "answering an interaction"],
];
const EVENTS = [
  ["", "any event"],
  ["INTERACTION_CREATE", "an interaction"],
  ["MESSAGE_REACTION_ADD", "a reaction"],
  ["MESSAGE_CREATE", "a message"],
  ["GUILD_MEMBER", "a member’s event"],
];
const REQUESTS = [
  ["500", { status: 500 }],
  ["503, service unavailable", { status: 503 }],
  ["429, wait 2 s", { status: 429, retry_after: 2, message: "You are being rate limited." }],
  ["429 for all, wait 2 s", { status: 429, retry_after: 2, scope: "global", message: "You are being rate limited." }],
  ["401, unauthorized", { status: 401, message: "401: Unauthorized" }],
  ["403, missing permissions", { status: 403, code: 50013, message: "Missing Permissions" }],
  ["404, unknown message", { status: 404, code: 10008, message: "Unknown Message" }],
  ["Connection cut before", { hang_up: true }],
  ["Done, then the connection is cut", { hang_up: true, after_effect: true }],
  ["Done, then a 500", { status: 500, after_effect: true }],
];
const MISHAPS = [
  ["It is lost", { kind: "drop" }],
  ["It comes twice", { kind: "twice" }],
  ["It comes 10 s late", { kind: "late", ms: 10_000 }],
  ["It comes after the next one", { kind: "after_next" }],
];
const CUTS = [
  ["TCP ends", { kind: "drop" }],
  ["Asked to reconnect", { kind: "reconnect" }],
  ["Session invalid, resumable", { kind: "resumable" }],
  ["Session over", { kind: "fresh" }],
  ["Closed with 4000", { kind: "close", code: 4000 }],
  ["Closed with 4009, timed out", { kind: "close", code: 4009 }],
  ["Closed without a code", { kind: "close_bare" }],
  ["Half-open: nothing passes", { kind: "mute" }],
  ["Heartbeats get no answer", { kind: "withhold_acks" }],
];
const GREETINGS = [
  ["No WebSocket", "unanswered"],
  ["No HELLO", "silent"],
];

const select = (label, testid, options) =>
  el("select", { label, testid }, ...options.map(([value, text]) => el("option", { value, text })));

/** The buttons in the panel; `start()` and `stop()` say when they are looked at. */
export class Days {
  #timer = null;
  #seen = "";

  constructor(ctx) {
    this.ctx = ctx;
    this.which = select("Which request", "day-which", WHICH);
    this.times = el("input", { type: "number", min: "1", max: "99", value: "1", label: "How many requests", testid: "day-times" });
    this.event = select("Which event", "day-event", EVENTS);
    this.armed = el("div.armed", { testid: "armed", role: "status" });
    const cut = (what) => this.#do("/cut", what, "Done.");
    this.root = el(
      "div",
      {},
      this.armed,
      group("The next requests fail", REQUESTS, (fault) => this.#fail(fault), [this.which, this.times]),
      group("The next event", MISHAPS, (what) => this.#do("/gateway/events", { event: this.event.value, what }), [this.event]),
      group("The gateway’s connection, now", CUTS, cut),
      group("The next connection", GREETINGS, (greeting) => this.#do("/gateway/greet", { greeting })),
      group(
        "Rate limits",
        [
          ["As on Discord", "discord"],
          ["None", { global: 0, routes: [], invalid: 0, ban_ms: 0, ban_status: 429 }],
        ],
        (limits) => this.#do("/limits", limits, "Done.", "PUT"),
      ),
    );
  }

  start() {
    const look = async () => {
      await this.#look().catch(() => {});
      if (this.#timer !== null) this.#timer = setTimeout(look, EVERY_MS);
    };
    this.#timer = setTimeout(look, 0);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #fail(fault) {
    const [method, path] = this.which.value.split(" ");
    const which = method ? { method, path_contains: path } : {};
    const times = Math.max(1, Number(this.times.value) || 1);
    return this.#do("/fail", { ...which, ...fault, times });
  }

  #do(path, body, said = "", method = "POST") {
    return attempt(async () => {
      await this.ctx.api.control(method, path, body);
      if (said) toast(said, "note");
      await this.#look();
    });
  }

  async #look() {
    const { requests, events, greetings } = await this.ctx.api.control("GET", "/faults");
    const lines = [
      ...requests.map(describeRequest),
      ...events.map((one) => `${one.event || "Any event"}, ${times(one)}: ${name(MISHAPS, one.what)}`),
      ...greetings.map((one) => `Next connection: ${name(GREETINGS, one)}`),
    ];
    const seen = JSON.stringify(lines);
    if (seen === this.#seen) return;
    this.#seen = seen;
    const disarm = () => this.#do("/faults", undefined, "", "DELETE");
    this.armed.replaceChildren(
      ...(lines.length
        ? [
            el("strong", { text: "Waiting to happen" }),
            el("ul", {}, ...lines.map((text) => el("li", { text }))),
            button("day", { testid: "disarm", text: "Take all back", onclick: disarm }),
          ]
        : [el("span", { text: "Nothing waits to happen." })]),
    );
  }
}

const times = (one) => `${one.skip ? `after ${one.skip}, ` : ""}${one.times === 1 ? "once" : `${one.times} times`}`;
const name = (list, what) => list.find(([, one]) => (one.kind ?? one) === (what.kind ?? what))?.[0] ?? JSON.stringify(what);

function describeRequest(fault) {
  const which = fault.method || fault.path_contains ? `${fault.method ?? ""} ${fault.path_contains}`.trim() : "Any request";
  const end = fault.hang_up ? "connection cut" : fault.status;
  return `${which}, ${times(fault)}: ${fault.after_effect ? "done, then " : ""}${end}`;
}

const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");

function group(title, days, act, fields = []) {
  const buttons = days.map(([text, what]) => button("day", { testid: `day-${slug(text)}`, text, onclick: () => act(what) }));
  return el(
    "section.days",
    {},
    el("h3", { text: title }),
    fields.length > 0 && el("div.tools-row", {}, ...fields),
    el("div.day-buttons", {}, ...buttons),
  );
}
