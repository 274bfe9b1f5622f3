// Ties the page together: what is known (`ctx`), where one is, and as whom.
// The address holds both the person and the channel, `#as=ana&in=<channel id>`, so that two tabs can be two people.
import { Api, Pending, byId, candidates, flatten, offered } from "./api.js";
import { Column } from "./column.js";
import { Composer } from "./composer.js";
import { handlers } from "./events.js";
import { startGuide } from "./guide.js";
import { jumpTarget, tick } from "./markdown.js";
import { picturesOf } from "./media.js";
import { drawMembers } from "./people.js";
import { ReadMarks, Rooms, isThread } from "./rooms.js";
import { drawChannels, drawHead, drawMe, drawRail } from "./sidebar.js";
import { attempt, openViewer, startTips, toast } from "./viewer.js";

const TICK_MS = 10_000;
const RELOAD_MS = 3000;
const $ = (id) => document.getElementById(id);

let hangUp = null;
let linked = false;
let booted = 0;
let visit = 0;

/** What every part of the page knows and can do. */
const ctx = {
  api: new Api(null),
  me: null,
  guild: { name: "" },
  guilds: [],
  users: new Map(),
  personas: [],
  channels: new Map(),
  roles: new Map(),
  allRoles: [],
  emojis: [],
  commands: [],
  raw: [],
  registered: [],
  botOnline: true,
  channelId: null,
  names: 0,
  offset: 0,
  now: () => Date.now() + ctx.offset,
  user: (author) =>
    ctx.users.get(author?.id) ?? {
      id: author?.id,
      name: author?.global_name || author?.username || "Someone who left",
      bot: author?.bot,
    },
  userName: (id) => ctx.users.get(id)?.name,
  channelName: (id) => ctx.channels.get(id)?.name,
  isThread: (id) => isThread(ctx.channels.get(id)),
  roleName: (id) => ctx.roles.get(id),
  givenRoles: () => ctx.allRoles.filter((role) => !role.managed && role.id !== ctx.guild.id),
  attempt,
  thread: (message) => {
    const own = ctx.channels.get(message.id);
    return isThread(own) ? own : message.thread;
  },
  waitingOn: (id) => pending.waitingOn(id),
  failure: (id) => pending.failures.get(id) ?? null,
  menuCommands: () => ctx.raw.filter((command) => command.type === 3),
  isUnread: (channel) => read.isUnread(channel),
  userCommands: () => ctx.raw.filter((command) => command.type === 2),
  candidates: (option) => candidates(option, ctx),
  offered: (select) => offered(select, ctx),
  jump: (channel, message) => go(channel, message),
  home: () => go(tops()[0]?.id),
  followLink: (event, url) => {
    const target = jumpTarget(url ?? "");
    if (target) {
      event.preventDefault();
      go(target.channel, target.message);
    }
  },
  view: (message, file) => {
    const all = (rooms.here?.list ?? []).flatMap((one) => picturesOf(one, ctx));
    const at = all.findIndex((one) => one.id === file);
    openViewer(all, Math.max(0, at));
  },
  react: (message, emoji, on) => attempt(() => ctx.api.react(message.channel_id, message.id, emoji, on)),
  dismiss: (message) =>
    attempt(async () => {
      await ctx.api.dismiss(message.id);
      rooms.forget(message.channel_id, message.id);
      column.draw();
    }),
  press,
  messageCommand: (message, name) =>
    attempt(() => pending.run({ kind: "menu", channel_id: message.channel_id, message_id: message.id, name })),
  userCommand: (user, name) =>
    attempt(() => pending.run({ kind: "user-menu", channel_id: ctx.channelId, user_id: user, name })),
  interact: (payload, files) => ctx.api.interact(payload, files),
  run: (payload, files) => {
    column.toBottom();
    return pending.run(payload, files);
  },
  reply: (message) => composer.replyTo(message, ctx.user(message.author).name),
  erase: (message) => attempt(() => ctx.api.erase(message.channel_id, message.id)),
  say: async (channel, text, files, reply) => {
    const message = await ctx.api.say(channel, text, files, reply);
    if (message?.id) {
      rooms.upsert(message);
      column.draw();
      column.toBottom();
    }
  },
  startCommand: (name) => composer.start(name),
  become: (id) => {
    setDrawer(false);
    if (id !== ctx.me) {
      setHash(id, ctx.channelId);
      attempt(boot);
    }
  },
  enter: (guild) => {
    setDrawer(false);
    if (guild === ctx.guild.id) {
      ctx.home();
      return;
    }
    setHash(ctx.me, null, false, guild);
    attempt(boot);
  },
  drawer: (open) => setDrawer(open),
  toggleMembers: () => document.body.classList.toggle("show-members"),
};

const read = new ReadMarks();
const rooms = new Rooms(ctx, take);
const pending = new Pending(
  (payload, files) => ctx.api.interact(payload, files),
  () => column.draw(),
);
const column = new Column(ctx, rooms, markRead);
const composer = new Composer($("composer"), ctx);
const described = (channel) =>
  composer.describe(channel, channel.thread_metadata?.locked ? "This thread is locked" : "");
const events = handlers({
  ctx,
  rooms,
  read,
  column,
  pending,
  described,
  drawAround,
  drawChannels: () => drawChannels($("channels"), ctx),
  setCommands,
  setUsers: peopleChanged,
});

function take(event) {
  if (!rooms.hold(event)) events[event.t]?.(event.d);
}

async function press(message, customId, values) {
  const payload = {
    kind: values ? "select" : "button",
    channel_id: message.channel_id,
    message_id: message.id,
    custom_id: customId,
    ...(values ? { values } : {}),
  };
  await attempt(() => pending.press(message.id, customId, payload));
}

// ---- where one is

const hash = () => new URLSearchParams(location.hash.slice(1));
const slug = (name) => name.toLowerCase().replaceAll(" ", "-");

function setHash(as, channel, push = false, guild = ctx.guild.id) {
  const name = ctx.users.has(as) ? slug(ctx.users.get(as).name) : as;
  // The first server needs no name.
  const at = guild && guild !== ctx.guilds[0]?.id ? { at: guild } : {};
  const next = `#${new URLSearchParams({ as: name, ...at, ...(channel ? { in: channel } : {}) })}`;
  if (next === location.hash) return;
  history[push ? "pushState" : "replaceState"](null, "", next);
}

/** The channels that are not threads, from top to bottom. */
const tops = () =>
  [...ctx.channels.values()]
    .filter((one) => !isThread(one) && one.type !== 4)
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || byId(a.id, b.id));

/** Shows a channel, and in it a message. */
async function go(channel, message = null) {
  setDrawer(false);
  if (!ctx.channels.has(channel)) {
    toast("That channel is not there any more.");
    return;
  }
  if (channel !== ctx.channelId) {
    setHash(ctx.me, channel, true);
    await openChannel(channel);
    if (!matchMedia("(pointer: coarse)").matches && !message) composer.focus();
  }
  if (message) await attempt(() => column.show(channel, message));
}

async function openChannel(id) {
  ctx.channelId = id;
  visit += 1;
  const turn = visit;
  const channel = ctx.channels.get(id);
  document.title = `${isThread(channel) ? "" : "#"}${channel.name} · Local Discord`;
  column.list.clear();
  composer.open(channel);
  described(channel);
  drawAround();
  await attempt(() => rooms.load(id));
  if (turn === visit) column.open(read.of(id));
}

function markRead() {
  const channel = ctx.channels.get(ctx.channelId);
  const last = [channel?.last_message_id, rooms.here?.list.at(-1)?.id].filter(Boolean).sort(byId).at(-1);
  if (last && !document.hidden && read.mark(ctx.channelId, last)) drawChannels($("channels"), ctx);
}

function drawAround() {
  drawChannels($("channels"), ctx);
  drawHead($("head"), ctx);
  drawMembers($("members"), ctx);
  const bot = [...ctx.users.values()].find((user) => user.bot)?.name ?? "The bot";
  let text = "";
  if (!linked) text = "The connection to the local Discord was lost. Trying again…";
  else if (!ctx.botOnline) text = `${bot} is not connected. Reactions are kept; commands and buttons get no answer.`;
  $("banner").hidden = !text;
  $("banner").textContent = text;
}

// ---- who one is

// Discord does not offer a command to those who may not use it; "0" is for administrators alone.
function mayUse(command) {
  const needed = command.default_member_permissions;
  if (needed === null || needed === undefined) return true;
  const [has, bits] = [BigInt(ctx.users.get(ctx.me)?.permissions ?? 0), BigInt(needed)];
  return Boolean(has & 8n) || (bits !== 0n && (has & bits) === bits);
}

function setCommands(commands) {
  // Those of other servers are told as well.
  ctx.registered = (commands ?? []).filter((command) => !command.guild_id || command.guild_id === ctx.guild.id);
  ctx.raw = ctx.registered.filter(mayUse);
  ctx.commands = flatten(ctx.raw);
}

function setUsers(users, roles) {
  ctx.users = new Map((users ?? []).map((user) => [user.id, user]));
  ctx.personas = [...ctx.users.values()].filter((user) => user.persona && user.member).map((user) => user.id);
  ctx.allRoles = roles ?? [];
  ctx.roles = new Map(ctx.allRoles.map((role) => [role.id, role.name]));
  ctx.names += 1;
  setCommands(ctx.registered);
}

// Who left is somebody else from now on; who has other permissions may see other channels.
function peopleChanged(users, roles) {
  const before = ctx.users.get(ctx.me)?.permissions;
  setUsers(users, roles);
  if (!ctx.personas.includes(ctx.me)) {
    attempt(boot);
    return;
  }
  drawMe($("me"), ctx);
  if (ctx.users.get(ctx.me)?.permissions !== before) attempt(() => refresh(booted));
}

function adopt(state) {
  ctx.guild = state.guild ?? { name: "" };
  ctx.guilds = state.guilds ?? [ctx.guild];
  ctx.botOnline = Boolean(state.bot_online);
  ctx.offset = state.now_ms - Date.now();
  ctx.channels = new Map((state.channels ?? []).map((channel) => [channel.id, channel]));
  ctx.emojis = state.emojis ?? [];
  setUsers(state.users, state.roles);
  setCommands(state.commands);
}

// The address names a person by name or id; without one the first persona is taken.
function whoAmI(state) {
  const wanted = hash().get("as")?.toLowerCase();
  const here = (state.users ?? []).filter((user) => user.member !== false);
  const named = here.find((user) => user.id === wanted || slug(user.name) === wanted);
  return named?.id ?? state.personas?.[0];
}

async function boot() {
  booted += 1;
  const turn = booted;
  hangUp?.();
  const guild = hash().get("at");
  const state = await new Api(null, guild).state();
  if (turn !== booted) return;
  ctx.me = whoAmI(state);
  ctx.api = new Api(ctx.me, guild);
  rooms.clear();
  pending.clear();
  read.recall(ctx.me);
  adopt(state);
  drawRail($("rail"), ctx);
  drawMe($("me"), ctx);
  linked = true;
  ctx.channelId = null;
  const wanted = hash().get("in");
  const first = tops().find((one) => one.name === "campaign-pictures") ?? tops()[0];
  const start = ctx.channels.has(wanted) ? wanted : first?.id;
  setHash(ctx.me, start);
  hangUp = ctx.api.listen(take, (up) => onLink(up, turn));
  if (start) await openChannel(start);
}

// After each connect everything is read anew: what happened in between is not told.
function onLink(up, turn) {
  if (turn !== booted) return;
  linked = up;
  drawAround();
  if (up) attempt(() => refresh(turn));
}

async function refresh(turn) {
  await rooms.holding(async () => {
    const state = await ctx.api.state();
    if (turn !== booted) return;
    adopt(state);
    rooms.keepOnly(ctx.channelId);
    if (ctx.channels.has(ctx.channelId)) await rooms.load(ctx.channelId, true);
  });
  if (turn !== booted) return;
  if (!ctx.channels.has(ctx.channelId)) {
    ctx.home();
    return;
  }
  drawAround();
  column.draw();
}

// ---- start

function setDrawer(open) {
  document.body.classList.toggle("drawer-shown", open);
  if (open) $("drawer").querySelector("button.here, button.entry")?.focus();
}

function dropFiles(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  if (event.type === "drop") {
    composer.addFiles(event.dataTransfer.files);
    composer.focus();
  }
}

function onAddress() {
  const as = hash().get("as");
  const channel = hash().get("in");
  if ((hash().get("at") ?? ctx.guilds[0]?.id) !== ctx.guild.id) {
    attempt(boot);
    return;
  }
  const who = as && whoAmI({ users: [...ctx.users.values()], personas: ctx.personas });
  if (who && who !== ctx.me) attempt(boot);
  else if (channel && channel !== ctx.channelId && ctx.channels.has(channel)) openChannel(channel);
}

function wire() {
  startTips();
  startGuide($("banner"), ctx, (name, values) => composer.start(name, values));
  $("backdrop").addEventListener("click", () => setDrawer(false));
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    composer.focus();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") setDrawer(false);
  });
  addEventListener("hashchange", onAddress);
  addEventListener("popstate", onAddress);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && column.atBottom) markRead();
  });
  for (const type of ["dragover", "drop"]) addEventListener(type, dropFiles);
  setInterval(() => tick(ctx.now()), TICK_MS);
}

wire();
boot().catch((error) => {
  $("banner").hidden = false;
  $("banner").textContent = error.message;
  setTimeout(() => location.reload(), RELOAD_MS);
});
