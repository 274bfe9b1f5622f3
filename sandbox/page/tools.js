// The tools for who makes a bot, in a panel that is closed until it is asked for: the traffic, and bad days.
import { button, el, icon } from "./markdown.js";
import { Days } from "./days.js";
import { Traffic } from "./traffic.js";

const TITLES = { traffic: "Traffic", days: "Bad days" };

/** Opens the panel; a second call closes it. `ctx` is what the page knows and can do. */
export function toggleTools(ctx) {
  const open = document.querySelector(".tools");
  if (open) open.dispatchEvent(new Event("dismiss"));
  else openTools(ctx);
}

function openTools(ctx) {
  const back = document.activeElement;
  const views = { traffic: new Traffic(ctx), days: new Days(ctx) };
  let shown = null;
  const close = () => {
    shown.stop();
    panel.remove();
    toggles().forEach((toggle) => toggle.setAttribute("aria-expanded", "false"));
    const home = back?.isConnected && back !== document.body ? back : toggles()[0];
    home?.focus();
  };
  const toggles = () => [...document.querySelectorAll("[aria-controls=tools]")];
  const body = el("div.tools-body", { tabindex: "0", role: "region" });
  const tabs = Object.entries(TITLES).map(([name, title]) =>
    button("tools-tab", { testid: `tools-${name}`, text: title, onclick: () => show(name) }),
  );
  const show = (name) => {
    shown?.stop();
    shown = views[name];
    tabs.forEach((tab) => tab.setAttribute("aria-pressed", String(tab.dataset.testid === `tools-${name}`)));
    body.setAttribute("aria-label", TITLES[name]);
    body.replaceChildren(shown.root);
    shown.start();
  };
  const panel = el(
    "aside.tools",
    { id: "tools", "aria-label": "Tools", testid: "tools" },
    el(
      "div.tools-head",
      {},
      el("h2", { text: "Tools" }),
      ...tabs,
      button("ghost", { testid: "tools-close", label: "Close the tools", onclick: close }, icon("close")),
    ),
    body,
  );
  panel.addEventListener("dismiss", close);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });
  style();
  document.getElementById("app").append(panel);
  toggles().forEach((toggle) => toggle.setAttribute("aria-expanded", "true"));
  show("traffic");
  tabs[0].focus();
}

// Nobody who does not open the panel loads its style.
function style() {
  const href = "/page/tools.css";
  if (!document.querySelector(`link[href="${href}"]`)) document.head.append(el("link", { rel: "stylesheet", href }));
}
