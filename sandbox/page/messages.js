// The message column: groups, replies, pictures, embeds, buttons, reactions.
// A message's node is kept and only the parts that changed are made anew, so that pictures do not
// flicker and the focus stays where it is.
import { bytes, snowflakeMs } from "./api.js";
import { button, el, icon, inline, localUrl, markdown, moment, onlyEmoji, plainText } from "./markdown.js";
import { openMenu } from "./viewer.js";

const GROUP_MS = 7 * 60_000;
const PICTURE_WIDTH = 550;
const PICTURE_HEIGHT = 420;
const FLAG = { EPHEMERAL: 64, LOADING: 128 };
const KIND = { JOIN: 7, THREAD_CREATED: 18, REPLY: 19, STARTER: 21 };
const QUICK = ["✅", "🚫", "❤️", "👀"];
const PALETTE = [
  "✅",
  "🚫",
  "❤️",
  "👀",
  "👍",
  "👎",
  "🎉",
  "🔥",
  "😀",
  "😂",
  "😍",
  "🤔",
  "😮",
  "😢",
  "🙏",
  "👏",
  "⭐",
  "💡",
  "🎨",
  "📷",
  "✏️",
  "🔁",
  "⏳",
  "💯",
];

export const isEphemeral = (message) => Boolean((message.flags ?? 0) & FLAG.EPHEMERAL);
const isLoading = (message) => Boolean((message.flags ?? 0) & FLAG.LOADING);
export const messageMs = (message) => Date.parse(message.timestamp) || snowflakeMs(message.id);
const isPicture = (file) =>
  Boolean(localUrl(file.url)) &&
  (/^image\/(?!svg)/.test(file.content_type ?? "") || (Boolean(file.width) && /\.(png|jpe?g|gif|webp)$/i.test(file.filename)));

/** "08:31", or with the day when that is another one. */
export function clockTime(ms, now) {
  const day = (at) => new Date(at).toDateString();
  if (day(ms) === day(now)) return `Today at ${moment(ms, "t")}`;
  if (day(ms) === day(now - 86_400_000)) return `Yesterday at ${moment(ms, "t")}`;
  return `${moment(ms, "d")} ${moment(ms, "t")}`;
}

/** A round avatar with initials in the person's colour. */
export function avatar(user, small = false) {
  const initials = (user.name || "?")
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0])
    .join("")
    .toUpperCase();
  const node = el("span", {
    class: `avatar${small ? " small" : ""}${user.bot ? " bot" : ""}`,
    "aria-hidden": "true",
    text: initials,
  });
  const color = typeof user.color === "number" ? `#${user.color.toString(16).padStart(6, "0")}` : user.color;
  if (/^#[0-9a-f]{6}$/i.test(color ?? "")) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
    node.style.backgroundColor = color;
    node.style.color = r * 0.299 + g * 0.587 + b * 0.114 > 140 ? "#10141a" : "#ffffff";
  }
  return node;
}

/** Shows the messages of one channel in `root`; `ctx` is what the page knows and can do. */
export class MessageList {
  #kept = new Map();

  constructor(root, ctx) {
    this.root = root;
    this.ctx = ctx;
  }

  clear() {
    this.#kept.clear();
    this.root.replaceChildren();
  }

  /** Draws `messages` (oldest first); `intro` nodes come first, `unread` is the first unread id. */
  render(messages, { intro, unread }) {
    const rows = [...intro];
    const kept = new Map();
    let before = null;
    for (const message of messages) {
      const day = moment(messageMs(message), "D");
      const newDay = !before || moment(messageMs(before), "D") !== day;
      if (newDay) rows.push(el("div.divider", { role: "separator" }, el("span", {}, day)));
      if (message.id === unread) rows.push(el("div.divider.new", { role: "separator" }, el("span", {}, "New")));
      const head = newDay || message.id === unread || !joins(before, message, this.ctx);
      const row = this.#kept.get(message.id) ?? makeRow(message);
      this.#fill(row, message, head);
      kept.set(message.id, row);
      rows.push(row.node);
      before = message;
    }
    this.#kept = kept;
    place(this.root, rows);
  }

  #fill(row, message, head) {
    const { ctx } = this;
    const author = ctx.user(message.author);
    const mentioned = (message.mentions ?? []).some((user) => user.id === ctx.me) && !isEphemeral(message);
    const roomy = Boolean(message.attachments?.length || message.components?.length || message.embeds?.length);
    row.article.className = `message${head ? " first" : ""}${roomy ? " roomy" : ""}${mentioned ? " mentions-me" : ""}${isEphemeral(message) ? " private" : ""}`;
    row.article.setAttribute("aria-label", `${author.name}, ${clockTime(messageMs(message), ctx.now())}`);
    if (isEphemeral(message)) row.body.dataset.testid = "ephemeral";
    else delete row.body.dataset.testid;
    const parts = partsOf(message, head, author, ctx);
    for (const [name, [key, build]] of Object.entries(parts)) {
      if (row.keys[name] === key) continue;
      row.keys[name] = key;
      swap(row.slots[name], build());
    }
  }
}

/** True when `message` stands in one group with the one before it. */
function joins(before, message, ctx) {
  return (
    before.author.id === message.author.id &&
    !ctx.thread(before) &&
    !ctx.thread(message) &&
    ![...Object.values(KIND)].includes(message.type) &&
    before.type !== KIND.THREAD_CREATED &&
    !message.interaction_metadata?.name &&
    isEphemeral(before) === isEphemeral(message) &&
    messageMs(message) - messageMs(before) < GROUP_MS
  );
}

// The order of children is made to be `rows` with as few moves as possible.
function place(root, rows) {
  const wanted = new Set(rows);
  for (const child of [...root.children]) if (!wanted.has(child)) child.remove();
  let at = root.firstChild;
  for (const row of rows) {
    if (row === at) at = at.nextSibling;
    else root.insertBefore(row, at);
  }
}

// Replaces a part's content; the focus returns to the control of the same name.
function swap(slot, children) {
  const focused = slot.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  slot.replaceChildren(...children.filter(Boolean));
  slot.hidden = slot.childNodes.length === 0;
  if (focused) slot.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

const SLOTS = ["above", "header", "content", "files", "embeds", "components", "thread", "reactions", "below"];

function makeRow(message) {
  const slots = Object.fromEntries(
    SLOTS.map((name) => [name, el(name === "header" ? "header" : "div", { class: `m-${name}`, hidden: true })]),
  );
  slots.gutter = el("div.m-gutter", {});
  slots.toolbar = el("div.toolbar", { role: "toolbar", label: "Message actions", onkeydown: walkToolbar });
  const { above, gutter, toolbar } = slots;
  slots.content.dataset.testid = "message-content";
  const body = el("div.m-body", {}, ...SLOTS.slice(1).map((name) => slots[name]));
  const article = el(
    "article",
    { testid: `message-${message.id}`, id: `message-${message.id}`, tabindex: "-1" },
    above,
    gutter,
    body,
    toolbar,
  );
  return { node: article, article, body, slots, keys: {} };
}

// name -> [key, builder]: a part is built again when its key changes.
function partsOf(message, head, author, ctx) {
  const key = (...facts) => JSON.stringify(facts);
  const waiting = ctx.waitingOn(message.id);
  const thread = ctx.thread(message);
  return {
    above: [
      key(
        message.referenced_message?.content,
        message.referenced_message?.author,
        message.interaction_metadata,
        message.type,
        author.name,
      ),
      () => aboveLine(message, ctx),
    ],
    gutter: [
      key(head, author),
      () => [head ? avatar(author) : el("span.m-time", { "aria-hidden": "true", text: moment(messageMs(message), "t") })],
    ],
    header: [key(head, author, clockTime(messageMs(message), ctx.now())), () => (head ? headLine(message, author, ctx) : [])],
    content: [
      key(
        message.content,
        message.edited_timestamp,
        message.flags,
        message.type,
        message.type === KIND.STARTER && message.referenced_message?.content,
        ctx.names,
      ),
      () => contentOf(message, author, ctx),
    ],
    files: [
      key(
        message.attachments?.map((file) => [file.id, file.filename, file.width]),
        message.embeds?.length,
      ),
      () => filesOf(message, ctx),
    ],
    embeds: [key(message.embeds, ctx.names), () => (message.embeds ?? []).map((embed) => embedOf(embed, message, ctx))],
    components: [key(message.components, [...waiting], ctx.failure(message.id)), () => componentsOf(message, waiting, ctx)],
    thread: [
      key(thread?.name, thread?.message_count, thread?.last_message_id, thread?.thread_metadata?.archived),
      () => (thread ? [threadCard(thread, ctx)] : []),
    ],
    reactions: [key(message.reactions, ctx.names), () => reactionsOf(message, ctx)],
    below: [key(isEphemeral(message)), () => (isEphemeral(message) ? [privateNote(message, ctx)] : [])],
    toolbar: [
      key(
        isEphemeral(message),
        isLoading(message),
        ctx.menuCommands().length,
        (message.reactions ?? []).filter((r) => r.me).map((r) => r.emoji.name),
      ),
      () => toolbarOf(message, ctx),
    ],
  };
}

function aboveLine(message, ctx) {
  const used = message.interaction_metadata?.name;
  if (used) {
    const user = ctx.user(message.interaction_metadata.user ?? { id: message.interaction_metadata.user_id });
    return [
      el("span.spine", {}),
      avatar(user, true),
      el("span.who", {}, user.name),
      " used ",
      el("span.pill", { text: `/${used.replace(/^\//, "")}` }),
    ];
  }
  if (
    message.type !== KIND.REPLY &&
    !(message.message_reference && message.referenced_message !== undefined && message.type === 0)
  )
    return [];
  const quoted = message.referenced_message;
  if (!quoted) return [el("span.spine", {}), el("em.gone", {}, "The message this replies to was deleted")];
  const author = ctx.user(quoted.author);
  const text =
    plainText(quoted.content ?? "", ctx).slice(0, 160) ||
    (quoted.attachments?.length ? quoted.attachments[0].filename : "See the message");
  const go = () => ctx.jump(quoted.channel_id ?? message.channel_id, quoted.id);
  return [
    el("span.spine", {}),
    avatar(author, true),
    button(
      "quote",
      { testid: "reply-reference", onclick: go },
      el("span.sr", {}, "Replying to "),
      el("span.who", {}, author.name),
      el("span.quoted", { text }),
    ),
  ];
}

function headLine(message, author, ctx) {
  const ms = messageMs(message);
  return [
    el("span.author", {}, author.name),
    author.bot && el("span.tag", {}, "BOT"),
    el("time", { datetime: new Date(ms).toISOString(), tip: moment(ms, "F"), text: clockTime(ms, ctx.now()) }),
  ];
}

function contentOf(message, author, ctx) {
  if (isLoading(message)) return [el("span.thinking", { testid: "thinking" }, dots(), ` ${author.name} is thinking…`)];
  if (message.type === KIND.THREAD_CREATED)
    return [el("span.system", {}, icon("thread"), ` started a thread: ${message.content}`)];
  if (message.type === KIND.JOIN) return [el("span.system", {}, "joined the server.")];
  if (message.type === KIND.STARTER) return starterQuote(message, ctx);
  if (!message.content) return [];
  const nodes = markdown(message.content, ctx);
  if (onlyEmoji(message.content)) nodes.forEach((node) => node.classList?.add("large"));
  if (message.edited_timestamp) {
    const home = nodes.at(-1)?.classList?.contains("line") ? nodes.at(-1) : nodes[nodes.push(el("div", {})) - 1];
    home.append(el("span.edited", { tip: `Edited ${moment(Date.parse(message.edited_timestamp), "F")}`, text: " (edited)" }));
  }
  return nodes;
}

function starterQuote(message, ctx) {
  const quoted = message.referenced_message;
  if (!quoted) return [el("em.gone", {}, "The message that opened this thread was deleted")];
  const go = () => ctx.jump(quoted.channel_id, quoted.id);
  return [
    el(
      "div.starter",
      {},
      button(
        "quote",
        { onclick: go },
        icon("reply"),
        `${ctx.user(quoted.author).name} in #${ctx.channelName(quoted.channel_id) ?? "the channel"}`,
      ),
      ...markdown(quoted.content ?? "", ctx),
    ),
  ];
}

const dots = () => el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i"));

// Where a file lies, without the signature that changes.
const pathOf = (url) => localUrl(url)?.split("?")[0] ?? null;

// Files that an embed shows are not shown again.
function loose(message) {
  const shown = new Set((message.embeds ?? []).flatMap((embed) => [embed.image?.url, embed.thumbnail?.url]).filter(Boolean));
  const paths = new Set([...shown].map(pathOf).filter(Boolean));
  const used = (file) => shown.has(`attachment://${file.filename}`) || paths.has(pathOf(file.url));
  return (message.attachments ?? []).filter((file) => !used(file));
}

/** Pictures of a message as the viewer wants them. */
export function picturesOf(message, ctx) {
  const from = { author: ctx.user(message.author).name, at: messageMs(message) };
  const files = (message.attachments ?? [])
    .filter(isPicture)
    .map((file) => ({
      ...from,
      id: file.id,
      url: localUrl(file.url),
      name: file.filename,
      width: file.width,
      height: file.height,
      size: file.size,
    }));
  const known = new Set(files.map((file) => pathOf(file.url)));
  const inEmbeds = (message.embeds ?? [])
    .map((embed) => embed.image)
    .filter((part) => part?.url && pathOf(part.url) && !known.has(pathOf(part.url)));
  return [
    ...files,
    ...inEmbeds.map((part) => ({
      ...from,
      id: pathOf(part.url),
      url: localUrl(part.url),
      name: decodeURIComponent(pathOf(part.url).split("/").at(-1)),
      width: part.width,
      height: part.height,
    })),
  ];
}

function filesOf(message, ctx) {
  const files = loose(message);
  const pictures = files.filter(isPicture);
  const others = files.filter((file) => !isPicture(file));
  const grid = pictures.length > 1;
  const shown = pictures.map((file) => picture(file, grid, () => ctx.view(message, file.id)));
  return [shown.length ? el("div", { class: grid ? "pictures grid" : "pictures" }, ...shown) : null, ...others.map(fileCard)];
}

function picture(file, grid, open) {
  const [width, height] = [file.width || 400, file.height || 300];
  const scale = Math.min(1, (grid ? PICTURE_WIDTH / 2 : PICTURE_WIDTH) / width, PICTURE_HEIGHT / height);
  const image = el("img", {
    src: localUrl(file.url),
    alt: file.description || file.filename,
    width: Math.round(width * scale),
    height: Math.round(height * scale),
    decoding: "async",
    testid: "attachment-image",
  });
  image.addEventListener("error", () => image.replaceWith(el("span.broken", { text: `${file.filename} could not be shown` })));
  return button("picture", { label: `Open ${file.filename} large, ${width}×${height}`, onclick: open }, image);
}

function fileCard(file) {
  const url = localUrl(file.url);
  const name = url ? el("a", { href: url, download: file.filename, text: file.filename }) : el("span", {}, file.filename);
  return el(
    "div.file",
    { testid: "attachment-file" },
    icon("file"),
    el("div", {}, name, el("small", { text: bytes(file.size ?? 0) })),
  );
}

function embedOf(embed, message, ctx) {
  const link = (text, url) =>
    url && /^https?:/.test(url)
      ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, ...inline(text, ctx, 0, true))
      : el("span", {}, ...inline(text, ctx, 0, true));
  const fields = (embed.fields ?? []).map((field) =>
    el(
      "div",
      { class: field.inline ? "embed-field inline" : "embed-field" },
      el("strong", {}, ...inline(field.name, ctx)),
      el("div", {}, ...markdown(field.value, ctx)),
    ),
  );
  const at = embed.timestamp && Date.parse(embed.timestamp);
  const foot = [embed.footer?.text, at && moment(at, "f")].filter(Boolean).join(" · ");
  const node = el(
    "div.embed",
    { testid: "embed" },
    embedPicture(embed.thumbnail, "thumb", message, ctx),
    embed.author?.name && el("div.embed-author", {}, link(embed.author.name, embed.author.url)),
    embed.title && el("div.embed-title", {}, link(embed.title, embed.url)),
    embed.description && el("div.embed-text", {}, ...markdown(embed.description, ctx)),
    fields.length > 0 && el("div.embed-fields", {}, ...fields),
    embedPicture(embed.image, "embed-image", message, ctx),
    foot && el("div.embed-foot", {}, foot),
  );
  if (embed.color) node.style.borderLeftColor = `#${embed.color.toString(16).padStart(6, "0")}`;
  return node;
}

function embedPicture(part, className, message, ctx) {
  if (!part?.url) return null;
  const path = pathOf(part.url);
  const file = (message.attachments ?? []).find(
    (one) => part.url === `attachment://${one.filename}` || (path && pathOf(one.url) === path),
  );
  const url = localUrl(file?.url ?? part.url);
  if (!url)
    return el("a", {
      class: className,
      href: /^https?:/.test(part.url) ? part.url : null,
      target: "_blank",
      rel: "noopener noreferrer nofollow",
      text: part.url,
    });
  const [width, height] = [file?.width ?? part.width ?? 400, file?.height ?? part.height ?? 300];
  const limit = className === "thumb" ? 80 : 500;
  const scale = Math.min(1, limit / width, PICTURE_HEIGHT / height);
  const image = el("img", {
    src: url,
    alt: file?.filename ?? "Picture",
    width: Math.round(width * scale),
    height: Math.round(height * scale),
    decoding: "async",
    testid: "attachment-image",
  });
  return button(
    `picture ${className}`,
    { label: "Open the picture large", onclick: () => ctx.view(message, file?.id ?? path) },
    image,
  );
}

const BUTTON = { 1: "primary", 2: "secondary", 3: "success", 4: "danger" };
const emojiText = (emoji) => (emoji ? (emoji.id ? `:${emoji.name}:` : emoji.name) : null);

function componentsOf(message, waiting, ctx) {
  const rows = (message.components ?? []).map((row) =>
    el("div.components", {}, ...(row.components ?? []).map((part) => componentOf(part, message, waiting, ctx))),
  );
  const failure = ctx.failure(message.id);
  return [...rows, failure && el("div.failed", { role: "alert", text: failure })];
}

function componentOf(part, message, waiting, ctx) {
  if (part.type !== 2) return selectOf(part, message, waiting, ctx);
  const label = [part.emoji && el("span.emoji", { text: emojiText(part.emoji) }), part.label && el("span", {}, part.label)];
  if (part.style === 5)
    return el(
      "a.button.secondary",
      {
        href: /^https?:/.test(part.url) ? part.url : null,
        target: "_blank",
        rel: "noopener noreferrer",
        onclick: (event) => ctx.followLink(event, part.url),
      },
      ...label,
      icon("next"),
    );
  const busy = waiting.has(part.custom_id);
  return button(
    `button ${BUTTON[part.style] ?? "secondary"}${busy ? " busy" : ""}`,
    {
      disabled: part.disabled,
      "aria-busy": busy ? "true" : null,
      testid: `button-${part.custom_id}`,
      onclick: () => {
        if (!busy) ctx.press(message, part.custom_id);
      },
    },
    ...label,
    busy && dots(),
  );
}

// Select menus: 3 has its own options; 5 people, 6 roles, 7 both, 8 channels come from the server.
function selectOf(part, message, waiting, ctx) {
  const options =
    part.options ??
    ctx.candidates({ type: { 5: 6, 6: 8, 7: 9, 8: 7 }[part.type] }).map((one) => ({ label: one.name, value: one.value }));
  const many = (part.max_values ?? 1) > 1;
  const select = el(
    "select",
    {
      testid: `select-${part.custom_id}`,
      multiple: many,
      disabled: part.disabled || waiting.has(part.custom_id),
      label: part.placeholder ?? "Choose",
    },
    !many &&
      el("option", {
        value: "",
        disabled: true,
        selected: !options.some((option) => option.default),
        text: part.placeholder ?? "Choose…",
      }),
    ...options.map((option) =>
      el("option", {
        value: option.value,
        selected: option.default,
        text: [emojiText(option.emoji), option.label].filter(Boolean).join(" "),
      }),
    ),
  );
  const send = () =>
    ctx.press(
      message,
      part.custom_id,
      [...select.selectedOptions].map((option) => option.value),
    );
  if (!many) {
    select.addEventListener("change", send);
    return el("span.select", {}, select);
  }
  return el("span.select", {}, select, button("button secondary", { text: "Choose", onclick: send }));
}

function threadCard(thread, ctx) {
  const count = thread.message_count ?? 0;
  const last = thread.last_message_id && clockTime(snowflakeMs(thread.last_message_id), ctx.now());
  return button(
    "thread-card",
    { testid: `open-thread-${thread.id}`, onclick: () => ctx.jump(thread.id, null) },
    el(
      "span.thread-title",
      {},
      icon("thread"),
      el("strong", {}, thread.name),
      el("span.thread-open", { text: count === 1 ? "1 message ›" : `${count} messages ›` }),
    ),
    el("small", { text: thread.thread_metadata?.archived ? "Archived" : last ? `Newest: ${last}` : "No messages yet" }),
  );
}

function reactionsOf(message, ctx) {
  const pills = (message.reactions ?? [])
    .filter((reaction) => reaction.count > 0)
    .map((reaction) => {
      const emoji = emojiText(reaction.emoji);
      const names = (reaction.users ?? []).map((id) => ctx.userName(id) ?? "someone");
      const who = names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
      return button(
        `reaction${reaction.me ? " mine" : ""}`,
        {
          "aria-pressed": String(Boolean(reaction.me)),
          testid: `reaction-${reaction.emoji.name}`,
          "data-count": reaction.count,
          tip: who ? `${emoji} ${who}` : null,
          label: `${emoji}, ${reaction.count} ${reaction.count === 1 ? "reaction" : "reactions"}${who ? `: ${who}` : ""}`,
          onclick: () => ctx.react(message, apiEmoji(reaction.emoji), !reaction.me),
        },
        el("span.emoji", {}, emoji),
        el("span.count", {}, reaction.count),
      );
    });
  if (pills.length === 0) return [];
  return [
    ...pills,
    button(
      "reaction add",
      { label: "Add a reaction", "aria-haspopup": "menu", onclick: (event) => pickEmoji(event.currentTarget, message, ctx) },
      icon("smile"),
    ),
  ];
}

const apiEmoji = (emoji) => (emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name);

function pickEmoji(anchor, message, ctx) {
  openMenu(anchor, { label: "Pick a reaction", className: "palette" }, (close) =>
    PALETTE.map((emoji) =>
      button("", {
        role: "menuitem",
        label: emoji,
        testid: `pick-${emoji}`,
        text: emoji,
        onclick: () => {
          close();
          ctx.react(message, emoji, true);
        },
      }),
    ),
  );
}

// In the document at all times, so that the keyboard reaches it; shown on hover and focus.
function toolbarOf(message, ctx) {
  if (isEphemeral(message) || isLoading(message)) return [];
  const mine = (emoji) => (message.reactions ?? []).some((reaction) => reaction.me && reaction.emoji.name === emoji);
  const quick = QUICK.map((emoji) =>
    button("", {
      testid: `add-reaction-${emoji}`,
      label: `React with ${emoji}`,
      "aria-pressed": String(mine(emoji)),
      text: emoji,
      onclick: () => ctx.react(message, emoji, !mine(emoji)),
    }),
  );
  const more = button(
    "",
    {
      label: "More reactions",
      "aria-haspopup": "menu",
      testid: "emoji-picker",
      onclick: (event) => pickEmoji(event.currentTarget, message, ctx),
    },
    icon("smile"),
  );
  const apps =
    ctx.menuCommands().length > 0 &&
    button(
      "",
      {
        label: "Apps for this message",
        "aria-haspopup": "menu",
        testid: "message-apps",
        onclick: (event) => pickApp(event.currentTarget, message, ctx),
      },
      icon("more"),
    );
  const buttons = [...quick, more, apps].filter(Boolean);
  buttons.slice(1).forEach((button) => {
    button.tabIndex = -1;
  });
  return buttons;
}

// One stop of the Tab key for each message; the arrows walk its actions.
function walkToolbar(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.children];
  buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
}

function pickApp(anchor, message, ctx) {
  openMenu(anchor, { label: "Apps" }, (close) =>
    ctx.menuCommands().map((command) =>
      button("", {
        role: "menuitem",
        text: command.name,
        onclick: () => {
          close();
          ctx.messageCommand(message, command.name);
        },
      }),
    ),
  );
}

function privateNote(message, ctx) {
  return el(
    "div.private-note",
    {},
    icon("eye"),
    " Only you can see this · ",
    button("link", { testid: "ephemeral-dismiss", text: "Dismiss", onclick: () => ctx.dismiss(message) }),
  );
}
