// What a person would call broken in what the page shows now, as a list of sentences.
const faults = [];
const box = (node) => node.getBoundingClientRect();
const shown = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
const name = (node) => node.dataset?.testid ?? `${node.tagName.toLowerCase()}.${node.className?.baseVal ?? node.className}`;
const said = (node) => `${name(node)} “${(node.textContent ?? "").trim().slice(0, 40)}”`;
const SLACK = 1;

// The page is no wider than its window, and the pictures no wider than their column.
if (document.scrollingElement.scrollWidth > innerWidth)
  faults.push(`the page is ${document.scrollingElement.scrollWidth} wide in a window of ${innerWidth}`);
const column = box(document.getElementById("messages"));
for (const image of document.querySelectorAll("#messages img")) {
  const { left, right, width } = box(image);
  if (image.complete && image.naturalWidth === 0) faults.push(`${image.alt} is broken`);
  if (left < column.left || right > column.right + SLACK || width < 40) faults.push(`${image.alt} sticks out of its column`);
}

// Text ends inside everything that would cut it, unless it says so with an ellipsis or can be scrolled to.
const clips = (value) => value === "hidden" || value === "clip";
function cut(node, rect) {
  for (let around = node; around && around !== document.body; around = around.parentElement) {
    const style = getComputedStyle(around);
    if (style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none" || style.position === "fixed") return false;
    const edge = box(around);
    if (style.overflowX === "auto" || style.overflowX === "scroll") return false;
    if (clips(style.overflowX) && (rect.right > edge.right + SLACK || rect.left < edge.left - SLACK)) return true;
    if (clips(style.overflowY) && (rect.bottom > edge.bottom + 3 || rect.top < edge.top - 3)) return true;
    if (style.overflowY === "auto" || style.overflowY === "scroll") return rect.right > edge.right + SLACK;
  }
  return rect.right > innerWidth + SLACK || rect.left < -SLACK;
}
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const { currentNode: text } = texts;
  const home = text.parentElement;
  if (!text.data.trim() || !shown(home) || home.closest(".sr, .skip, .toolbar, noscript, .drawer")) continue;
  const range = document.createRange();
  range.selectNodeContents(text);
  if ([...range.getClientRects()].some((rect) => rect.width > 0 && cut(home, rect))) faults.push(`${said(home)} is cut`);
}

// What an empty box asks for is not cut either; only a value is measured by the browser.
for (const field of document.querySelectorAll("input, textarea")) {
  if (!shown(field) || field.value || !field.placeholder) continue;
  field.value = field.placeholder;
  if (field.scrollWidth > field.clientWidth + SLACK || field.scrollHeight > field.clientHeight + SLACK)
    faults.push(`the hint “${field.placeholder}” is cut`);
  field.value = "";
}

// Things to use do not lie on each other, other than those that are meant to lie above all.
const above = ".toolbar, .menu, .tools, .suggestions, .toasts, dialog, .present, .drawer, .sr, .skip";
const things = [...document.querySelectorAll("button, a, input, textarea, select, img")].filter(
  (node) => shown(node) && !node.closest(above) && box(node).width > 0,
);
things.forEach((one, at) => {
  const a = box(one);
  for (const other of things.slice(at + 1)) {
    if (one.contains(other) || other.contains(one)) continue;
    const b = box(other);
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    // What is scrolled out of sight under a head or a foot is hidden there.
    const apart = one.closest(".scroller, .guide") !== other.closest(".scroller, .guide");
    if (wide > SLACK && high > SLACK && !apart) faults.push(`${said(one)} and ${said(other)} lie on each other`);
  }
});

// Messages follow each other.
const articles = [...document.querySelectorAll("article")];
articles.slice(1).forEach((article, at) => {
  if (box(article).top < box(articles[at]).bottom - SLACK) faults.push(`${said(article)} lies on the message before`);
});
return faults;
