// Builds DOM nodes: small element helpers, and the renderer of Discord's markdown.
// Text from people only ever reaches the page as text nodes. Nothing here, or in any
// other module of the page, hands a string to an HTML parser.

const SHORT = { testid: "data-testid", label: "aria-label", tip: "data-tip" };

/**
 * Makes an element: `el("span.who", { tip: "…" }, "Ana")`. Properties are `text`, `class`, `on<event>` with a
 * function, the short names above, and attributes; null, undefined and false leave one out. Children are nodes or strings.
 */
export function el(name, props = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "text") node.textContent = value;
    else if (typeof value === "function") node.addEventListener(key.slice(2), value);
    else node.setAttribute(SHORT[key] ?? key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A button with these classes. */
export const button = (classes, props, ...children) =>
  el("button", { type: "button", class: classes || null, ...props }, ...children);

/** An emoji of the guild's own: there is no picture of it, so its name, in a colour by which it is known again. */
export function customEmoji(id, name) {
  const node = el("span.custom-emoji", { text: `:${name}:` });
  node.style.setProperty("--hue", String(Number(BigInt(id) % 360n)));
  return node;
}

/** An emoji as it is drawn. */
export const emojiNode = (emoji) =>
  emoji.id ? customEmoji(emoji.id, emoji.name) : el("span.emoji", { text: emoji.name });

// Strokes on a 24 × 24 grid.
const ICONS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  thread: "M5 5h14v10h-7l-4 4v-4H5zM9 9h6M9 12h4",
  menu: "M4 7h16M4 12h16M4 17h16",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  send: "M4 12 20 4l-5 16-4-6zM11 14l9-10",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  smile: "M12 3a9 9 0 1 0 .01 0M9 10v.5M15 10v.5M8.5 14.5c2 2.5 5 2.5 7 0",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  reply: "M10 6 4 12l6 6M4 12h10c4 0 6 2 6 6",
  eye: "M2 12c5-8 15-8 20 0-5 8-15 8-20 0M12 9a3 3 0 1 0 .01 0",
  chevron: "M7 10l5 5 5-5",
  tools: "M3 12h4l3-8 4 16 3-8h4",
  people: "M9 5a3.5 3.5 0 1 0 .01 0M2.5 20c0-8 13-8 13 0M16 6a3 3 0 0 1 0 6M18 14.5c2.5.7 3.5 2.5 3.5 5.5",
};

/** A decorative icon from the table above. */
export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(ns, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * An attachment's address on this page's own origin, or null for one that lies elsewhere:
 * the page loads nothing from other hosts.
 */
export function localUrl(url) {
  try {
    const parsed = new URL(url, location.href);
    const loopback = ["127.0.0.1", "localhost", "[::1]"].includes(parsed.hostname) && parsed.port === location.port;
    return loopback && parsed.pathname.startsWith("/attachments/") ? parsed.pathname + parsed.search : null;
  } catch {
    return null;
  }
}

/** Ids of a link to a channel or a message, as the bot writes them, or null. */
export function jumpTarget(url) {
  const match =
    /^https?:\/\/(?:(?:\w+\.)?discord\.com|localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\/channels\/(?:\d+|@me)\/(\d+)(?:\/(\d+))?\/?$/.exec(
      url,
    );
  return match && { channel: match[1], message: match[2] ?? null };
}

const format = (options) => new Intl.DateTimeFormat("en-GB", options);
const STYLES = {
  t: format({ hour: "2-digit", minute: "2-digit" }),
  T: format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  d: format({ day: "2-digit", month: "2-digit", year: "numeric" }),
  D: format({ day: "numeric", month: "long", year: "numeric" }),
  f: format({ day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" }),
  F: format({ weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" }),
};

/** A moment (ms) in one of Discord's styles: t T d D f F. */
export const moment = (ms, style = "f") => (STYLES[style] ?? STYLES.f).format(ms);

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const relativeFormat = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "in 7 days", "3 minutes ago". */
export function relative(ms, now) {
  const seconds = Math.round((ms - now) / 1000);
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS.at(-1);
  return relativeFormat.format(Math.round(seconds / size), unit);
}

/** Writes relative times anew; called now and then. */
export function tick(now) {
  for (const node of document.querySelectorAll("time[data-relative]")) {
    node.textContent = relative(Number(node.dataset.relative), now);
  }
}

function timestamp(seconds, style, ctx) {
  const ms = Number(seconds) * 1000;
  if (Math.abs(ms) > 8.64e15) return document.createTextNode(`<t:${seconds}>`);
  const text = style === "R" ? relative(ms, ctx.now()) : moment(ms, style);
  const time = el("time.stamp", { datetime: new Date(ms).toISOString(), tip: moment(ms, "F"), text });
  if (style === "R") time.dataset.relative = ms;
  return time;
}

function link(url, children, ctx) {
  const target = jumpTarget(url);
  if (target) {
    const open = (event) => {
      event.preventDefault();
      ctx.jump(target.channel, target.message);
    };
    const props = { href: `#in=${target.channel}`, onclick: open };
    if (children) return el("a", props, ...children);
    return el(
      "a.pill",
      { ...props },
      ...channelLabel(target.channel, ctx),
      target.message && el("span.pill-end", {}, "› message"),
    );
  }
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow", title: url }, ...(children ?? [url]));
}

function channelPill(id, ctx) {
  if (!ctx.channelName(id)) return el("span.pill", {}, "#unknown");
  const open = (event) => {
    event.preventDefault();
    ctx.jump(id, null);
  };
  return el("a.pill", { href: `#in=${id}`, onclick: open }, ...channelLabel(id, ctx));
}

const channelLabel = (id, ctx) => [
  icon(ctx.isThread(id) ? "thread" : "hash"),
  el("span", { text: ctx.channelName(id) ?? "unknown" }),
];

const inner = (tag, group, props) => (m, ctx, depth) => el(tag, props ?? {}, ...inline(m[group], ctx, depth + 1));

// Each rule: a sticky pattern, what it becomes, and whether that is a link. The first that matches at a place wins.
const LINK = true;
const INLINE = [
  [/\\([^\sA-Za-z0-9])/y, (m) => m[1]],
  [/(`+)([^]*?[^`])\1(?!`)/y, (m) => el("code", { text: m[2].trim() || m[2] })],
  [
    /<@!?(\d{1,20})>/y,
    (m, ctx) => el("span", { class: ctx.me === m[1] ? "pill pill-me" : "pill", text: `@${ctx.userName(m[1]) ?? "unknown"}` }),
  ],
  [/<@&(\d{1,20})>/y, (m, ctx) => el("span.pill", { text: `@${ctx.roleName(m[1]) ?? "role"}` })],
  [/<#(\d{1,20})>/y, (m, ctx) => channelPill(m[1], ctx), LINK],
  [/<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, (m, ctx) => timestamp(m[1], m[2], ctx)],
  [/<a?:(\w{2,32}):(\d{1,20})>/y, (m) => customEmoji(m[2], m[1])],
  [/<\/([\p{L}\p{N}_ -]{1,100}):\d{1,20}>/uy, (m, ctx) => button("pill", { onclick: () => ctx.startCommand(m[1]) }, `/${m[1]}`)],
  [/<(https?:\/\/[^\s<>]+)>/y, (m, ctx) => link(m[1], null, ctx), LINK],
  [
    /\[((?:\\.|[^[\]\\\n])+)\]\(\s*<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?\s*\)/y,
    (m, ctx, depth) => link(m[2], inline(m[1], ctx, depth + 1, true), ctx),
    LINK,
  ],
  [/https?:\/\/[^\s<]*[^\s<.,:;"'!?)\]*_~|]/y, (m, ctx) => link(m[0], null, ctx), LINK],
  [
    /\*\*\*(?=\S)((?:\\.|[^\\])+?)\*\*\*(?!\*)/sy,
    (m, ctx, depth) => el("strong", {}, el("em", {}, ...inline(m[1], ctx, depth + 1))),
  ],
  [/\*\*(?=\S)((?:\\.|[^\\])+?)\*\*(?!\*)/sy, inner("strong", 1)],
  [/__(?=\S)((?:\\.|[^\\])+?)__(?!_)/sy, inner("u", 1)],
  [/\*(?![\s*])((?:\\.|\*\*|[^\\*])+?)\*(?!\*)/sy, inner("em", 1)],
  [/_(?![\s_])((?:\\.|__|[^\\_])+?)_(?![\p{L}\p{N}_])/suy, inner("em", 1)],
  [/~~(?=\S)((?:\\.|[^\\])+?)~~/sy, inner("s", 1)],
  [/\|\|(?=\S)((?:\\.|[^\\])+?)\|\|/sy, inner("span", 1, { class: "spoiler", tabindex: "0" })],
];
const SPECIAL = /[\\`<[h*_~|]/;
const MAX_DEPTH = 6;

/** Inline markdown as a list of nodes. Inside a link (`plain`) no further link is made. */
export function inline(text, ctx, depth = 0, plain = false) {
  if (depth > MAX_DEPTH) return [text];
  const nodes = [];
  let rest = "";
  const flush = () => {
    if (rest) nodes.push(document.createTextNode(rest));
    rest = "";
  };
  for (let at = 0; at < text.length;) {
    const found = SPECIAL.test(text[at]) && matchAt(text, at, plain);
    if (!found) {
      rest += text[at];
      at += 1;
      continue;
    }
    const [match, make] = found;
    const made = make(match, ctx, depth);
    if (typeof made === "string") rest += made;
    else {
      flush();
      nodes.push(made);
    }
    at += match[0].length;
  }
  flush();
  return nodes;
}

function matchAt(text, at, plain) {
  for (const [pattern, make, isLink] of INLINE) {
    if (plain && isLink) continue;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) continue;
    const word = match[0][0] === "_" && at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1]);
    if (!word) return [match, make];
  }
  return null;
}

const LIST = /^( *)(?:[-*]|(\d{1,9})\.) +(.*)$/;

/** A whole message text as nodes: code blocks, quotes, headings, lists, subtext, lines. */
export function markdown(text, ctx) {
  const nodes = [];
  const lines = String(text).split("\n");
  for (let at = 0; at < lines.length;) at = block(lines, at, nodes, ctx);
  return nodes;
}

function block(lines, at, nodes, ctx) {
  const line = lines[at];
  if (line.startsWith("```")) return fence(lines, at, nodes);
  if (line.startsWith(">>> ")) {
    nodes.push(el("blockquote", {}, ...markdown([line.slice(4), ...lines.slice(at + 1)].join("\n"), ctx)));
    return lines.length;
  }
  if (/^> ?/.test(line) && line.startsWith("> "))
    return run(lines, at, /^> /, (some) => nodes.push(el("blockquote", {}, ...markdown(some.join("\n"), ctx))));
  const heading = /^(#{1,3}) +(.+)$/.exec(line);
  if (heading)
    nodes.push(
      el(
        "div",
        { class: `h${heading[1].length}`, role: "heading", "aria-level": heading[1].length + 2 },
        ...inline(heading[2], ctx),
      ),
    );
  else if (line.startsWith("-# ")) nodes.push(el("div.subtext", {}, ...inline(line.slice(3), ctx)));
  else if (LIST.test(line)) return list(lines, at, nodes, ctx);
  else return paragraph(lines, at, nodes, ctx);
  return at + 1;
}

function run(lines, at, prefix, done) {
  const some = [];
  while (at < lines.length && prefix.test(lines[at])) {
    some.push(lines[at].replace(prefix, ""));
    at += 1;
  }
  done(some);
  return at;
}

function fence(lines, at, nodes) {
  const text = lines.slice(at).join("\n");
  const match = /^```(?:([\w+-]+)\n)?([^]*?)```/.exec(text);
  if (!match) {
    nodes.push(el("div.line", { text: lines[at] }));
    return at + 1;
  }
  nodes.push(el("pre", {}, el("code", { text: match[2].replace(/^\n|\n$/g, "") })));
  const rest = text.slice(match[0].length).replace(/^\n/, "");
  lines.splice(at, lines.length - at, ...(rest ? rest.split("\n") : []));
  return at;
}

function list(lines, at, nodes, ctx) {
  const first = LIST.exec(lines[at]);
  const items = el(first[2] ? "ol" : "ul", first[2] ? { start: first[2] } : {});
  for (let match; at < lines.length && (match = LIST.exec(lines[at])); at += 1) {
    items.append(el("li", { class: match[1].length > 1 ? "nested" : null }, ...inline(match[3], ctx)));
  }
  nodes.push(items);
  return at;
}

const starts = (line) =>
  line.startsWith("```") ||
  line.startsWith("> ") ||
  line.startsWith(">>> ") ||
  line.startsWith("-# ") ||
  /^#{1,3} +./.test(line) ||
  LIST.test(line);

function paragraph(lines, at, nodes, ctx) {
  const some = [lines[at]];
  for (at += 1; at < lines.length && !starts(lines[at]); at += 1) some.push(lines[at]);
  nodes.push(el("div.line", {}, ...inline(some.join("\n"), ctx)));
  return at;
}

/** The text on one line without its marks, for previews. */
export function plainText(text, ctx) {
  const lines = markdown(text, ctx).flatMap((node) => [node.textContent, " "]);
  return lines.join("").replace(/\s+/g, " ").trim();
}

/** True for a text of at most 20 emoji and nothing else, which is shown larger. */
export const onlyEmoji = (text) =>
  text.length <= 80 &&
  /\p{Extended_Pictographic}/u.test(text) &&
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F|\u200D|\s)+$/u.test(text);
