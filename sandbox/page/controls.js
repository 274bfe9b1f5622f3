// What can be used on a message: buttons, selects, its thread, reactions and its other actions.
import { snowflakeMs } from "./api.js";
import { button, el, emojiNode, icon } from "./markdown.js";
import { clockTime, dots, isEphemeral, isLoading } from "./parts.js";
import { openMenu } from "./viewer.js";

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

const BUTTON = { 1: "primary", 2: "secondary", 3: "success", 4: "danger" };
const emojiText = (emoji) => (emoji ? (emoji.id ? `:${emoji.name}:` : emoji.name) : null);

/** The buttons and selects of a message, and why the last one failed. */
export function componentsOf(message, waiting, ctx) {
  const rows = (message.components ?? []).map((row) =>
    el("div.components", {}, ...(row.components ?? []).map((part) => componentOf(part, message, waiting, ctx))),
  );
  return [...rows, failedOf(message, ctx)];
}

/** Why the last press on a message failed, if it did. */
export function failedOf(message, ctx) {
  const failure = ctx.failure(message.id);
  return failure ? el("div.failed", { role: "alert", text: failure }) : null;
}

/** A button or a select. */
export function componentOf(part, message, waiting, ctx) {
  if (part.type !== 2) return selectOf(part, message, waiting, ctx);
  const label = [part.emoji && emojiNode(part.emoji), part.label && el("span", {}, part.label)];
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

function selectOf(part, message, waiting, ctx) {
  const options = ctx.offered(part);
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
        disabled: (part.min_values ?? 1) > 0,
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
      [...select.selectedOptions].map((option) => option.value).filter(Boolean),
    );
  if (!many) {
    select.addEventListener("change", send);
    return el("span.select", {}, select);
  }
  const told = part.placeholder && el("span.select-told", { "aria-hidden": "true", text: part.placeholder });
  return el("span.select", {}, told, select, button("button secondary", { text: "Choose", onclick: send }));
}

/** The way into a thread, under the message that opened it. */
export function threadCard(thread, ctx) {
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

/** The reactions, each a switch for one's own. */
export function reactionsOf(message, ctx) {
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
        emojiNode(reaction.emoji),
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
  const all = [...PALETTE.map((name) => ({ id: null, name })), ...ctx.emojis];
  openMenu(anchor, { label: "Pick a reaction", className: "palette" }, (close) =>
    all.map((emoji) => {
      const pick = () => {
        close();
        ctx.react(message, apiEmoji(emoji), true);
      };
      const props = { role: "menuitem", label: emojiText(emoji), testid: `pick-${emoji.name}`, onclick: pick };
      return button(emoji.id ? "own" : "", props, emojiNode(emoji));
    }),
  );
}

/** Actions on a message: in the document at all times, so that the keyboard reaches them; shown on hover and focus. */
export function toolbarOf(message, ctx) {
  if (isEphemeral(message) || isLoading(message)) return [];
  const mine = (emoji) => (message.reactions ?? []).some((reaction) => reaction.me && !reaction.emoji.id && reaction.emoji.name === emoji);
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
  const reply = button(
    "",
    { label: "Reply", tip: "Reply", testid: "message-reply", onclick: () => ctx.reply(message) },
    icon("reply"),
  );
  const mineToo = message.author?.id === ctx.me;
  const erase =
    mineToo &&
    button(
      "",
      { label: "Delete your message", tip: "Delete", testid: "message-delete", onclick: () => ctx.erase(message) },
      icon("close"),
    );
  const buttons = [...quick, more, reply, erase, apps].filter(Boolean);
  buttons.slice(1).forEach((button) => {
    button.tabIndex = -1;
  });
  return buttons;
}

/** One stop of the Tab key for each message; the arrows walk its actions. */
export function walkToolbar(event) {
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
