// What came of hostile input on this page, as a list of sentences; there should be none.
const wrong = [];
const name = (node) => `<${node.localName}> ${node.outerHTML.slice(0, 120)}`;
if ("hit" in window) wrong.push("a script ran");
if (document.scripts.length !== 1) wrong.push(`${document.scripts.length} scripts`);
if (document.title.includes("ran")) wrong.push("the title was changed");

// The page builds these and no others; its icons are the only drawings, and its pictures those that were posted.
const BUILT =
  "html head meta title link script body a div nav main header footer button span aside section h1 h2 h3 h4 ul ol li " +
  "article time strong em small s u i code pre blockquote p img svg path dialog form label input textarea select option noscript";
const built = new Set(BUILT.split(" "));
const ours = (url) => new URL(url, location.href).origin === location.origin;
for (const node of document.querySelectorAll("*")) {
  if (!built.has(node.localName)) wrong.push(`nobody built ${name(node)}`);
  if (node.localName === "svg" && !node.classList.contains("icon")) wrong.push(`no icon: ${name(node)}`);
  if (node.localName === "img" && !(node.src.startsWith("blob:") || ours(node.src))) wrong.push(`from elsewhere: ${name(node)}`);
  for (const { name: key, value } of node.attributes) {
    if (/^on|^srcdoc$|^formaction$|^ping$/i.test(key)) wrong.push(`${key} on ${name(node)}`);
    if (/^(href|src|action|data|xlink:href)$/i.test(key) && /^\s*(javascript|vbscript|data:text)/i.test(value))
      wrong.push(`${key} leads to ${value}`);
    if (key === "style" && /url\(|expression/i.test(value)) wrong.push(`a style fetches: ${name(node)}`);
  }
}
for (const node of document.querySelectorAll("meta, link, title, script"))
  if (!document.head.contains(node)) wrong.push(`${name(node)} is not in the head`);

// What follows a name that turns the text around still reads from left to right.
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const at = texts.currentNode.data.indexOf("reads-on");
  if (at < 0) continue;
  const letter = (from) => {
    const range = document.createRange();
    range.setStart(texts.currentNode, from);
    range.setEnd(texts.currentNode, from + 1);
    return range.getBoundingClientRect().left;
  };
  if (letter(at) >= letter(at + "reads-on".length - 1)) wrong.push("“reads-on” is turned around");
}
return wrong;
