// The left side: servers, channels with their threads, and who one is; and the line above the messages.
import { byId } from "./api.js";
import { button, el, icon } from "./markdown.js";
import { avatar } from "./parts.js";
import { toggleTools } from "./tools.js";
import { openMenu } from "./viewer.js";

const THREADS_SHOWN = 6;
const KIND = { CATEGORY: 4, FORUM: 15 };
const isThread = (channel) => [10, 11, 12].includes(channel.type);
const expanded = new Set();

const initialsOf = (name) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0])
    .join("")
    .toUpperCase();

/** The rail with the servers. */
export function drawRail(root, ctx) {
  const guilds = ctx.guilds.map((guild, at) =>
    button(
      `guild hue-${at % 2}`,
      {
        testid: `guild-${guild.name}`,
        "aria-current": String(guild.id === ctx.guild.id),
        tip: guild.name,
        onclick: () => ctx.enter(guild.id),
      },
      el("span", { "aria-hidden": "true", text: initialsOf(guild.name) }),
      el("span.sr", {}, guild.name),
    ),
  );
  root.replaceChildren(...guilds);
}

/** Channels by position, each with its threads under it. */
export function drawChannels(root, ctx) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  const all = [...ctx.channels.values()];
  const tops = all
    .filter((channel) => !isThread(channel))
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || byId(a.id, b.id));
  const loose = tops.filter((channel) => !channel.parent_id && channel.type !== KIND.CATEGORY);
  const list = el("ul.channel-list", {});
  const add = (channel) => list.append(channelItem(channel, all, ctx));
  loose.forEach(add);
  for (const category of tops.filter((channel) => channel.type === KIND.CATEGORY)) {
    list.append(el("li.category", {}, category.name));
    tops.filter((channel) => channel.parent_id === category.id).forEach(add);
  }
  root.replaceChildren(el("div.guild-name", {}, el("h2", { text: ctx.guild.name, title: ctx.guild.name })), list);
  if (focused) root.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

function channelItem(channel, all, ctx) {
  const threads = all.filter((one) => isThread(one) && one.parent_id === channel.id).sort((a, b) => byId(b.id, a.id));
  const live = threads.filter((one) => !one.thread_metadata?.archived || one.id === ctx.channelId);
  const open = expanded.has(channel.id);
  const shown = open ? threads : live.filter((one, at) => at < THREADS_SHOWN || one.id === ctx.channelId || ctx.isUnread(one));
  const toggle = () => {
    if (open) expanded.delete(channel.id);
    else expanded.add(channel.id);
    drawChannels(document.getElementById("channels"), ctx);
  };
  const rest = threads.length - shown.length;
  return el(
    "li",
    {},
    entry(channel, "hash", `channel-${channel.name}`, ctx),
    threads.length > 0 &&
      el(
        "ul.thread-list",
        { label: `Threads of ${channel.name}` },
        ...shown.map((one) => el("li", {}, entry(one, "thread", `thread-${one.id}`, ctx))),
        (rest > 0 || open) &&
          el(
            "li",
            {},
            button("more-threads", {
              testid: `more-threads-${channel.name}`,
              text: open ? "Show fewer threads" : `Show ${rest} more`,
              onclick: toggle,
            }),
          ),
      ),
  );
}

function entry(channel, kind, testid, ctx) {
  const here = channel.id === ctx.channelId;
  const unread = !here && ctx.isUnread(channel);
  return button(
    `entry ${kind}${here ? " here" : ""}${unread ? " unread" : ""}`,
    { testid: testid, "aria-current": here ? "page" : null, title: channel.name, onclick: () => ctx.jump(channel.id, null) },
    icon(kind),
    el("span.entry-name", {}, channel.name),
    unread && el("span.sr", {}, "unread"),
  );
}

/** The switch of who one is, at the lower left. */
export function drawMe(root, ctx) {
  const me = ctx.user({ id: ctx.me });
  const toggle = button(
    "persona",
    { testid: "persona-switch", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => openPersonas(toggle, ctx) },
    avatar(me),
    el(
      "span.persona-text",
      {},
      el("span.persona-name", {}, "You are ", el("strong", {}, me.name)),
      el("small", { text: hint(me) }),
    ),
    icon("chevron"),
  );
  root.replaceChildren(toggle);
}

/** What somebody is for, in a few words. */
export const hint = (user) => user.hint || (user.roles ?? []).join(", ") || (user.bot ? "App" : "Member");

function openPersonas(anchor, ctx) {
  openMenu(anchor, { label: "Who are you?", className: "personas" }, (close) => [
    el(
      "div.menu-title",
      { role: "presentation" },
      el("strong", {}, "Who are you?"),
      el("small", {}, "Open a second tab to be two people at once."),
    ),
    ...ctx.personas.map((id) => {
      const user = ctx.user({ id });
      return button(
        "",
        {
          role: "menuitemradio",
          "aria-checked": String(id === ctx.me),
          testid: `persona-${user.name.toLowerCase()}`,
          onclick: () => {
            close();
            ctx.become(id);
          },
        },
        avatar(user),
        el("span.persona-text", {}, el("strong", {}, user.name), el("small", { text: hint(user) })),
      );
    }),
  ]);
}

/** The line above the messages. */
export function drawHead(root, ctx) {
  const channel = ctx.channels.get(ctx.channelId);
  const parent = channel && isThread(channel) ? ctx.channels.get(channel.parent_id) : null;
  const drawer = button(
    "ghost drawer-open",
    { testid: "open-drawer", label: "Channels", "aria-controls": "drawer", onclick: () => ctx.drawer(true) },
    icon("menu"),
  );
  const members = button(
    "ghost members-toggle",
    { label: "Members", tip: "Members", onclick: () => ctx.toggleMembers() },
    icon("people"),
  );
  const tools = button(
    "ghost tools-toggle",
    {
      testid: "open-tools",
      label: "Tools: traffic and bad days",
      tip: "Tools: traffic and bad days",
      "aria-controls": "tools",
      "aria-expanded": String(Boolean(document.getElementById("tools"))),
      onclick: () => toggleTools(ctx),
    },
    icon("tools"),
  );
  const back =
    parent &&
    button(
      "crumb",
      { testid: "thread-back", label: `Back to #${parent.name}`, onclick: () => ctx.jump(parent.id, channel.id) },
      icon("back"),
      el("span", { text: `#${parent.name}` }),
    );
  const title =
    channel &&
    el(
      "h1.title",
      { testid: "channel-title", title: channel.name },
      icon(parent ? "thread" : "hash"),
      el("span", {}, channel.name),
    );
  const topic = channel?.topic && el("span.topic", { text: channel.topic, title: channel.topic });
  const bot = [...ctx.users.values()].find((user) => user.bot);
  const status =
    bot &&
    el("span", {
      class: `status ${ctx.botOnline ? "on" : "off"}`,
      testid: "bot-online",
      tip: ctx.botOnline ? `${bot.name} is connected` : `${bot.name} is not connected`,
      text: bot.name,
    });
  root.replaceChildren(...[drawer, back, title, topic || el("span.grow", {}), status, tools, members].filter(Boolean));
}
