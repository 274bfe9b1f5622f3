// What lies above the page: the picture viewer, dialogs, menus, lists to pick from, tips and short notices.
import { ApiError, bytes } from "./api.js";
import { button, el, icon, moment } from "./markdown.js";

const TOAST_MS = 7000;

/** A short notice at the lower edge; it stays while the pointer or the focus is on it. */
export function toast(text, kind = "error") {
  const close = () => node.remove();
  const node = el(
    "div",
    { class: `toast ${kind}`, testid: "toast" },
    el("span", { text }),
    button("ghost", { label: "Close this notice", onclick: close }, icon("close")),
  );
  document.getElementById("toasts").append(node);
  const later = () => setTimeout(() => (node.matches(":hover, :focus-within") ? later() : close()), TOAST_MS);
  later();
}

/** Does something that the server may refuse; a refusal is shown. */
export async function attempt(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(error.message);
  }
}

/** Opens a dialog; the function that is returned closes it and gives the focus back. */
export function openDialog(dialog) {
  const back = document.activeElement;
  const close = () => {
    dialog.close();
    dialog.remove();
    if (back?.isConnected) back.focus();
  };
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return close;
}

/** Opens pictures large. `items` are `{url, name, width, height, size, author, at}`. */
export function openViewer(items, start) {
  const dialog = el("dialog.viewer", { testid: "viewer", label: "Picture viewer" });
  let index = start;
  const show = (step) => {
    index = (index + step + items.length) % items.length;
    dialog.replaceChildren(...viewerParts(items, index, close, show).filter(Boolean));
    dialog.querySelector(".viewer-close").focus();
  };
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && items.length > 1) {
      event.preventDefault();
      show(step);
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.classList.contains("viewer-stage")) close();
  });
  const close = openDialog(dialog);
  show(0);
}

function viewerParts(items, index, close, show) {
  const item = items[index];
  const pixels = (width, height) => (width && height ? `${width}×${height}` : "size unknown");
  const size = el("span", { testid: "viewer-size", text: pixels(item.width, item.height) });
  const image = el("img.viewer-image", { src: item.url, alt: item.name, width: item.width, height: item.height });
  image.addEventListener("load", () => {
    size.textContent = pixels(image.naturalWidth, image.naturalHeight);
  });
  image.addEventListener("click", (event) => zoom(stage, image, event));
  const stage = el("div.viewer-stage", {}, image);
  const turn = (step, name, label) =>
    items.length > 1 && button(`viewer-turn ${name}`, { label: label, onclick: () => show(step) }, icon(name));
  const facts = [size, item.size && ` · ${bytes(item.size)}`, items.length > 1 && ` · ${index + 1} of ${items.length}`];
  return [
    el(
      "header.viewer-head",
      {},
      el("div.viewer-who", {}, el("strong", {}, item.author), el("span", { text: moment(item.at) })),
      button("ghost viewer-close", { testid: "viewer-close", label: "Close the picture", onclick: () => close() }, icon("close")),
    ),
    stage,
    turn(-1, "back", "Picture before"),
    turn(1, "next", "Next picture"),
    el(
      "footer.viewer-foot",
      {},
      el("span.viewer-name", { testid: "viewer-name", text: item.name }),
      el("span.viewer-facts", {}, ...facts),
      el("a", { href: item.url, target: "_blank", rel: "noopener", testid: "viewer-original", text: "Open original" }),
      el("a", { href: item.url, download: item.name, testid: "viewer-download", text: "Download" }),
    ),
  ];
}

// Pixel for pixel and back; the point that was clicked stays in view.
function zoom(stage, image, event) {
  const [x, y] = [event.offsetX / image.clientWidth, event.offsetY / image.clientHeight];
  if (!stage.classList.toggle("full")) return;
  stage.scrollTo(image.clientWidth * x - stage.clientWidth / 2, image.clientHeight * y - stage.clientHeight / 2);
}

/**
 * A small box beside `anchor` that closes on Escape, on a click elsewhere and when `close` is called.
 * `fill(close)` gives its content. Up and Down walk its buttons.
 */
export function openMenu(anchor, { label, role = "menu", className = "" }, fill) {
  document.querySelector(".menu")?.dispatchEvent(new Event("dismiss"));
  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const close = () => {
    if (!menu.isConnected) return;
    const inside = menu.contains(document.activeElement);
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (inside && anchor.isConnected) anchor.focus();
  };
  const menu = el("div", { class: `menu ${className}`, role, label: label });
  menu.append(...fill(close));
  menu.addEventListener("dismiss", close);
  menu.addEventListener("keydown", (event) => walkMenu(event, menu, close));
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close();
  });
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  document.querySelector("main").append(menu);
  place(menu, anchor);
  (menu.querySelector("[aria-checked=true]") ?? menu.querySelector("button"))?.focus();
}

function walkMenu(event, menu, close) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
    return;
  }
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...menu.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length].focus();
}

function place(box, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const above = at.top - height - 6;
  const top = Math.min(above >= 8 ? above : at.bottom + 6, innerHeight - height - 8);
  box.style.top = `${Math.max(8, top)}px`;
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
}

/** Shows `data-tip` texts beside what is pointed at or focused. */
export function startTips() {
  const tip = el("div.tip", { role: "tooltip", hidden: true });
  document.querySelector("main").append(tip);
  const show = (event) => {
    const holder = event.target.closest?.("[data-tip]");
    tip.hidden = !holder;
    if (!holder) return;
    tip.textContent = holder.dataset.tip;
    place(tip, holder);
  };
  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.(":focus-visible")) show(event);
  });
  document.addEventListener("focusout", () => {
    tip.hidden = true;
  });
  document.addEventListener(
    "scroll",
    () => {
      tip.hidden = true;
    },
    true,
  );
}

/** The list above the message box: commands, options or values. */
export class Suggestions {
  constructor(root) {
    this.root = root;
    this.items = [];
    this.at = -1;
  }

  get open() {
    return this.items.length > 0;
  }

  /** `items` are `{label, detail, hint, testid, pick}`; `at` is the one marked at first, -1 for none. */
  show(title, items, at = 0) {
    this.items = items;
    this.at = items.length ? at : -1;
    this.root.hidden = items.length === 0;
    const rows = items.map((item, index) =>
      el(
        "div",
        {
          class: "suggestion",
          role: "option",
          id: `suggestion-${index}`,
          testid: item.testid,
          onpointerdown: (event) => event.preventDefault(),
          onclick: () => item.pick(),
        },
        el("span.suggestion-label", {}, item.label),
        item.hint && el("span.suggestion-hint", {}, item.hint),
        item.detail && el("small", {}, item.detail),
      ),
    );
    this.root.replaceChildren(el("div.suggestions-title", { role: "presentation", text: title }), ...rows);
    this.#mark();
  }

  hide() {
    this.show("", []);
  }

  /** Handles the keys of the list; true when the key was for it. */
  key(event, picks = true) {
    if (!this.open) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = (this.at + step + this.items.length) % this.items.length;
      this.#mark();
    } else if ((event.key === "Enter" || event.key === "Tab") && picks && !event.shiftKey && this.at >= 0)
      this.items[this.at].pick();
    else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #mark() {
    const rows = [...this.root.querySelectorAll(".suggestion")];
    rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === this.at)));
    rows[this.at]?.scrollIntoView({ block: "nearest" });
    for (const box of document.querySelectorAll("[aria-controls=suggestions]")) {
      const current = this.open && box === document.activeElement;
      if (box.role === "combobox") box.setAttribute("aria-expanded", String(current));
      if (current && this.at >= 0) box.setAttribute("aria-activedescendant", rows[this.at].id);
      else box.removeAttribute("aria-activedescendant");
    }
  }
}
