// A short guide above the messages, if the server has one: steps, each with buttons that do them.
// It is closed for good in this browser, and can be opened again by its small button.
import { el } from "./markdown.js";

const CLOSED = "guide-closed";

async function load() {
  const response = await fetch("/sandbox/guide").catch(() => null);
  return response?.ok ? response.json() : null;
}

function remember(closed) {
  try {
    if (closed) localStorage.setItem(CLOSED, "1");
    else localStorage.removeItem(CLOSED);
  } catch {
    // Nothing is kept in a private window.
  }
}

// A phone or a tablet has no room for it until it is asked for, nor beside what it did.
const isNarrow = () => matchMedia("(max-width: 1023px)").matches;

function startsClosed() {
  if (isNarrow()) return true;
  try {
    return localStorage.getItem(CLOSED) !== null;
  } catch {
    return false;
  }
}

/** What a button does; `ctx` is what the page knows and can do, `fill` fills in a command. */
function act(does, ctx, fill) {
  if (does.kind === "command") fill(does.name, does.option ? { [does.option[0]]: does.option[1] } : {});
  else if (does.kind === "become") ctx.become(does.user);
  else
    ctx.attempt(async () => {
      const body = JSON.stringify({ ms: does.ms });
      const headers = { "content-type": "application/json" };
      const response = await fetch("/sandbox/control/advance", { method: "POST", headers, body });
      if (!response.ok) throw new Error("The clock could not be moved.");
      ctx.offset = (await response.json()).now_ms - Date.now();
    });
}

function button(label, testid, onclick) {
  return el("button.guide-button", { type: "button", text: label, testid, onclick });
}

/** Puts the guide after `place`, if there is one. */
export async function startGuide(place, ctx, fill) {
  const guide = await load();
  if (!guide) return;
  document.head.append(el("link", { rel: "stylesheet", href: "/page/guide.css" }));
  const done = (does) => {
    if (isNarrow()) show(true);
    act(does, ctx, fill);
  };
  const steps = guide.steps.map((step, at) =>
    el(
      "li.guide-step",
      {},
      el("p", { text: step.text }),
      el(
        "div.guide-buttons",
        {},
        step.buttons.map((one, nth) => button(one.label, `guide-${at}-${nth}`, () => done(one.does))),
      ),
    ),
  );
  const section = el("section.guide", { "aria-label": guide.title, testid: "guide" });
  const show = (closed) => {
    section.classList.toggle("closed", closed);
    section.replaceChildren(
      ...(closed
        ? [button(guide.title, "guide-open", () => close(false))]
        : [
            el(
              "div.guide-head",
              {},
              el("h2", { text: guide.title }),
              button("Close the guide", "guide-close", () => close(true)),
            ),
            el("ol.guide-steps", {}, steps),
          ]),
    );
  };
  const close = (closed) => {
    remember(closed);
    show(closed);
  };
  show(startsClosed());
  place.after(section);
}
