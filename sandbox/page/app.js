// Ties the page together: what is known (`ctx`), what comes over the socket, where one is.
// The address holds both the person and the channel, `#as=ana&in=<channel id>`, so that two tabs can be two people.
import { Api, ApiError, Pending, TYPE, after, byId, flatten } from "./api.js";
import { Composer } from "./composer.js";
import { button, el, icon, jumpTarget, tick } from "./markdown.js";
import { MessageList, isEphemeral, picturesOf } from "./messages.js";
import { drawChannels, drawHead, drawMe, drawMembers, drawRail } from "./sidebar.js";
import { openForm, openViewer, startTips, toast } from "./viewer.js";

const PAGE = 50;
const BOTTOM_PX = 80;
const FLASH_MS = 1800;
const FAILED = "The application did not respond";
const $ = (id) => document.getElementById(id);
// A message type: the first message of a thread, which quotes the one it was opened from.
const STARTER = 21;
const isThread = (channel) => channel?.type >= 10 && channel.type <= 12;

// channel id -> {list: oldest first, whole: nothing older exists}
const rooms = new Map();
const pending = new Pending(
  (payload, files) => api.interact(payload, files),
  () => draw(),
);
let api = new Api(null);
let hangUp = null;
let loading = 0;
let held = [];
let linked = false;
let read = {};
let unreadMark = null;
let visit = 0;
let pinned = true;
let lastTop = 0;
let list = null;
let composer = null;

/** What every part of the page knows and can do. */
const ctx = {
  me: null,
  guild: { name: "" },
  users: new Map(),
  personas: [],
  channels: new Map(),
  roles: new Map(),
  commands: [],
  raw: [],
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
  thread: (message) => {
    const own = ctx.channels.get(message.id);
    return isThread(own) ? own : message.thread;
  },
  waitingOn: (id) => pending.waitingOn(id),
  failure: (id) => pending.failures.get(id) ?? null,
  menuCommands: () => ctx.raw.filter((command) => command.type === 3),
  isUnread: (channel) => Boolean(channel.last_message_id) && byId(channel.last_message_id, read[channel.id] ?? "0") > 0,
  candidates,
  jump: (channel, message) => go(channel, message),
  home: () =>
    go([...ctx.channels.values()].filter((one) => !isThread(one)).sort((a, b) => (a.position ?? 0) - (b.position ?? 0))[0]?.id),
  followLink: (event, url) => {
    const target = jumpTarget(url ?? "");
    if (target) {
      event.preventDefault();
      go(target.channel, target.message);
    }
  },
  view: (message, file) => {
    const all = picturesHere();
    openViewer(
      all,
      Math.max(
        0,
        all.findIndex((one) => one.id === file),
      ),
    );
  },
  react: (message, emoji, on) => attempt(() => api.react(message.channel_id, message.id, emoji, on)),
  dismiss: (message) =>
    attempt(async () => {
      await api.dismiss(message.id);
      forget(message.channel_id, message.id);
    }),
  press,
  messageCommand: (message, name) =>
    attempt(() => pending.run({ kind: "menu", channel_id: message.channel_id, message_id: message.id, name })),
  interact: (payload, files) => api.interact(payload, files),
  run: (payload, files) => {
    toBottom();
    return pending.run(payload, files);
  },
  say: async (channel, text, files) => {
    const message = await api.say(channel, text, files);
    if (message?.id) {
      upsert(message);
      draw();
      toBottom();
    }
  },
  startCommand: (name) => composer.start(name),
  become: (id) => {
    if (id !== ctx.me) {
      setHash(id, ctx.channelId);
      attempt(boot);
    }
  },
  drawer: (open) => setDrawer(open),
  toggleMembers: () => document.body.classList.toggle("show-members"),
};

/** Values to pick from for an option of a command. */
function candidates(option) {
  if (option.choices?.length) return option.choices;
  const people = () =>
    [...ctx.users.values()]
      .filter((user) => user.member !== false)
      .map((user) => ({ name: `@${user.name}`, value: user.id, hint: (user.roles ?? []).join(", ") }));
  const roles = () => [...ctx.roles].map(([value, name]) => ({ name: `@${name}`, value, hint: "role" }));
  switch (option.type) {
    case TYPE.BOOLEAN:
      return [
        { name: "True", value: true },
        { name: "False", value: false },
      ];
    case TYPE.USER:
      return people();
    case TYPE.ROLE:
      return roles();
    case TYPE.MENTIONABLE:
      return [...people(), ...roles()];
    case TYPE.CHANNEL:
      return [...ctx.channels.values()]
        .filter((one) => !option.channel_types?.length || option.channel_types.includes(one.type))
        .map((one) => ({ name: `#${one.name}`, value: one.id }));
    default:
      return [];
  }
}

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(error.message);
  }
}

// ---- where one is

const hash = () => new URLSearchParams(location.hash.slice(1));

function setHash(as, channel, push = false) {
  const name = ctx.users.get(as)?.name.toLowerCase().replaceAll(" ", "-") ?? as;
  const next = `#${new URLSearchParams({ as: name, ...(channel ? { in: channel } : {}) })}`;
  if (next === location.hash) return;
  history[push ? "pushState" : "replaceState"](null, "", next);
}

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
  if (message) await attempt(() => showMessage(channel, message));
}

async function openChannel(id) {
  ctx.channelId = id;
  visit += 1;
  const turn = visit;
  const channel = ctx.channels.get(id);
  document.title = `${isThread(channel) ? "" : "#"}${channel.name} · Local Discord`;
  list.clear();
  composer.open(channel, composerNote(channel));
  drawAround();
  await attempt(() => load(id));
  if (turn !== visit) return;
  const seen = read[id] ?? "0";
  unreadMark =
    rooms.get(id)?.list.find((one) => byId(one.id, seen) > 0 && one.author.id !== ctx.me && !isEphemeral(one))?.id ?? null;
  if (seen === "0") unreadMark = null;
  draw();
  toBottom();
  markRead();
}

const composerNote = (channel) => (channel.thread_metadata?.locked ? "This thread is locked" : "");

async function showMessage(channel, id) {
  const find = () => document.getElementById(`message-${id}`);
  while (!find() && !rooms.get(channel)?.whole && channel === ctx.channelId) {
    await loadOlder();
    draw();
  }
  const node = find();
  if (!node) {
    toast("That message is not there any more.");
    return;
  }
  node.scrollIntoView({ block: "center" });
  node.focus({ preventScroll: true });
  node.classList.add("flash");
  setTimeout(() => node.classList.remove("flash"), FLASH_MS);
}

// ---- messages

// While an answer is on its way events wait, so that an older answer cannot undo a newer event.
async function holding(work) {
  loading += 1;
  try {
    return await work();
  } finally {
    loading -= 1;
    if (loading === 0) {
      const some = held;
      held = [];
      some.forEach(take);
    }
  }
}

async function load(id) {
  await holding(async () => {
    const some = await api.messages(id, { limit: PAGE });
    rooms.set(id, { list: some.sort((a, b) => byId(a.id, b.id)), whole: some.length < PAGE });
    const channel = ctx.channels.get(id);
    const quoted = some.some((one) => one.type === STARTER);
    if (isThread(channel) && !quoted) rooms.get(id).starter = await starterOf(channel);
  });
}

// The message a thread was opened from has the thread's id.
async function starterOf(thread) {
  const some = await api.messages(thread.parent_id, { limit: 1, before: after(thread.id) }).catch(() => []);
  return some.find((one) => one.id === thread.id) ?? null;
}

async function loadOlder() {
  const room = rooms.get(ctx.channelId);
  if (!room || room.whole || room.busy) return;
  room.busy = true;
  try {
    await holding(async () => {
      const some = await api.messages(ctx.channelId, { limit: PAGE, before: room.list[0].id });
      room.list = [...some.sort((a, b) => byId(a.id, b.id)), ...room.list];
      room.whole = some.length < PAGE;
    });
  } finally {
    room.busy = false;
  }
}

function withMine(reactions) {
  return (reactions ?? []).map((one) => (one.users ? { ...one, me: one.users.includes(ctx.me) } : one));
}

// Replies and the first message of a thread show what they refer to as it is now.
function quoteAnew(id, message) {
  for (const room of rooms.values()) {
    for (const one of room.list) {
      if (one.referenced_message?.id === id) one.referenced_message = message && { ...one.referenced_message, ...message };
    }
  }
}

function upsert(message) {
  quoteAnew(message.id, message);
  const room = rooms.get(message.channel_id);
  if (!room) return;
  const at = room.list.findIndex((one) => one.id === message.id);
  const whole = at < 0 ? message : { ...room.list[at], ...message };
  if (whole.reactions) whole.reactions = withMine(whole.reactions);
  if (at >= 0) room.list[at] = whole;
  else if (whole.author) {
    room.list.push(whole);
    room.list.sort((a, b) => byId(a.id, b.id));
  }
}

function forget(channel, id) {
  quoteAnew(id, null);
  const room = rooms.get(channel);
  if (room) room.list = room.list.filter((one) => one.id !== id);
  draw();
}

const picturesHere = () => (rooms.get(ctx.channelId)?.list ?? []).flatMap((message) => picturesOf(message, ctx));

const scroller = $("scroller");
const atBottom = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < BOTTOM_PX;
// A scroll upwards may be a moment old and its event still to come.
const staying = () => atBottom() || (pinned && scroller.scrollTop >= lastTop - 1);

function toBottom() {
  scroller.scrollTop = scroller.scrollHeight;
  pinned = true;
  lastTop = scroller.scrollTop;
  $("present").hidden = true;
}

// A reader at the end stays there while pictures and the composer change heights; scrolling up ends that.
function followScroll() {
  if (atBottom()) {
    pinned = true;
    $("present").hidden = true;
    markRead();
  } else if (scroller.scrollTop < lastTop) pinned = false;
  lastTop = scroller.scrollTop;
}

/** Draws the messages; the reader stays at the newest one, or where they were. */
function draw() {
  const room = rooms.get(ctx.channelId);
  if (!room) return;
  const stay = staying();
  const fromEnd = scroller.scrollHeight - scroller.scrollTop;
  const first = $("messages").querySelector("article")?.id;
  list.render(room.list, { intro: intro(room), unread: unreadMark });
  const grewAbove = first && first !== $("messages").querySelector("article")?.id && document.getElementById(first);
  if (stay) toBottom();
  else if (grewAbove) scroller.scrollTop = scroller.scrollHeight - fromEnd;
}

// The first row is made once for a channel, or the scroll position would move.
function intro(room) {
  const channel = ctx.channels.get(ctx.channelId);
  if (!room.whole)
    return [
      (room.older ??= el(
        "div.older",
        {},
        button("link", {
          text: "Load older messages",
          onclick: () =>
            attempt(async () => {
              await loadOlder();
              draw();
            }),
        }),
      )),
    ];
  if (room.intro?.dataset.name === channel.name) return [room.intro];
  const thread = isThread(channel);
  const by = room.starter && ctx.user(room.starter.author).name;
  const text = thread
    ? by
      ? `This thread was opened from a message by ${by}.`
      : "This is the start of the thread."
    : channel.topic || "This is the start of the channel.";
  const starter = room.starter && button("link", { text: "See that message", onclick: () => go(channel.parent_id, channel.id) });
  room.intro = el(
    "div.intro",
    { "data-name": channel.name },
    el("span.intro-mark", {}, icon(thread ? "thread" : "hash")),
    el("h2", { text: thread ? channel.name : `Welcome to #${channel.name}` }),
    el("p", {}, `${text} `, starter),
  );
  return [room.intro];
}

function drawAround() {
  drawChannels($("channels"), ctx);
  drawHead($("head"), ctx);
  drawMembers($("members"), ctx);
  const bot = [...ctx.users.values()].find((user) => user.bot)?.name ?? "The bot";
  const text = linked
    ? ctx.botOnline
      ? ""
      : `${bot} is not connected. Reactions are kept; commands and buttons get no answer.`
    : "The connection to the local Discord was lost. Trying again…";
  $("banner").hidden = !text;
  $("banner").textContent = text;
}

// ---- read and unread, kept for each person

const readKey = () => `local-discord.read.${ctx.me}`;

function recallRead() {
  try {
    read = JSON.parse(localStorage.getItem(readKey())) ?? {};
  } catch {
    read = {};
  }
}

function markRead() {
  const channel = ctx.channels.get(ctx.channelId);
  const last = [channel?.last_message_id, rooms.get(ctx.channelId)?.list.at(-1)?.id].filter(Boolean).sort(byId).at(-1);
  if (!last || document.hidden || read[ctx.channelId] === last) return;
  read[ctx.channelId] = last;
  try {
    localStorage.setItem(readKey(), JSON.stringify(read));
  } catch {
    /* a browser without storage forgets */
  }
  drawChannels($("channels"), ctx);
}

// ---- interactions

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

function failed({ id, name, text, message_id: message }) {
  pending.fail(id, message, text || FAILED);
  toast(`${message ? "" : `/${name}: `}${text || FAILED}`);
}

function openModal({ interaction_id: id, modal, channel_id: channel, message_id: message }) {
  pending.settle((one) => one.id === id);
  openForm(modal, (fields) =>
    pending.run({
      kind: "modal",
      interaction_id: id,
      custom_id: modal.custom_id,
      channel_id: channel ?? ctx.channelId,
      message_id: message,
      fields,
    }),
  );
}

// ---- events

function take(event) {
  if (loading > 0) {
    held.push(event);
    return;
  }
  const handler = EVENTS[event.t];
  if (handler) handler(event.d);
}

function channelChanged(channel) {
  const known = ctx.channels.get(channel.id);
  ctx.channels.set(channel.id, { ...known, ...channel });
  if (known?.name !== ctx.channels.get(channel.id).name) ctx.names += 1;
  if (channel.id === ctx.channelId) composer.describe(ctx.channels.get(channel.id), composerNote(ctx.channels.get(channel.id)));
  drawAround();
  draw();
}

async function channelGone({ id }) {
  const parent = ctx.channels.get(id)?.parent_id;
  ctx.channels.delete(id);
  rooms.delete(id);
  ctx.names += 1;
  drawAround();
  if (id === ctx.channelId) {
    if (ctx.channels.has(parent)) await go(parent);
    else ctx.home();
  }
}

function messageMade(message) {
  const channel = ctx.channels.get(message.channel_id);
  if (channel && !isEphemeral(message) && byId(message.id, channel.last_message_id ?? "0") > 0) {
    channel.last_message_id = message.id;
    if (message.author.id === ctx.me) read[channel.id] = message.id;
    if (isThread(channel)) channel.message_count = (channel.message_count ?? 0) + 1;
  }
  upsert(message);
  const born = message.interaction_metadata?.id;
  if (born) pending.settle((one) => one.id === born);
  if (message.channel_id === ctx.channelId) {
    const stay = staying();
    draw();
    if (stay) markRead();
    else $("present").hidden = false;
  }
  drawChannels($("channels"), ctx);
  if (channel && channel.parent_id === ctx.channelId) draw();
}

function messageChanged(message) {
  upsert(message);
  pending.settle((one) => one.message === message.id);
  draw();
}

const EVENTS = {
  MESSAGE_CREATE: messageMade,
  MESSAGE_UPDATE: messageChanged,
  MESSAGE_DELETE: ({ channel_id: channel, id, message_id: other }) => forget(channel, id ?? other),
  REACTIONS: ({ channel_id: channel, message_id: id, reactions }) => {
    const message = rooms.get(channel)?.list.find((one) => one.id === id);
    if (!message) return;
    message.reactions = withMine(reactions);
    if (channel === ctx.channelId) draw();
  },
  CHANNEL_CREATE: channelChanged,
  CHANNEL_UPDATE: channelChanged,
  CHANNEL_DELETE: channelGone,
  THREAD_CREATE: channelChanged,
  THREAD_UPDATE: channelChanged,
  THREAD_DELETE: channelGone,
  INTERACTION_FAILED: (event) => pending.own(event.id, () => failed(event)),
  INTERACTION_ANSWERED: ({ id }) => pending.own(id, () => pending.settle((one) => one.id === id)),
  MODAL_OPEN: (event) => pending.own(event.interaction_id, () => openModal(event)),
  COMMANDS: ({ commands }) => {
    setCommands(commands);
    draw();
  },
  USERS: ({ users }) => {
    setUsers(users);
    drawAround();
    draw();
  },
  CLOCK: ({ now_ms: now }) => {
    ctx.offset = now - Date.now();
    tick(ctx.now());
  },
  BOT: ({ online }) => {
    ctx.botOnline = online;
    drawAround();
  },
};

// ---- start

function setCommands(commands) {
  ctx.raw = commands ?? [];
  ctx.commands = flatten(ctx.raw);
}

function setUsers(users) {
  ctx.users = new Map((users ?? []).map((user) => [user.id, user]));
  ctx.names += 1;
}

function adopt(state) {
  ctx.guild = state.guild ?? { name: "" };
  ctx.personas = state.personas ?? [];
  ctx.botOnline = Boolean(state.bot_online);
  ctx.roles = new Map((state.roles ?? state.guild?.roles ?? []).map((role) => [role.id, role.name]));
  if (state.now_ms) ctx.offset = state.now_ms - Date.now();
  ctx.channels = new Map((state.channels ?? []).map((channel) => [channel.id, channel]));
  setUsers(state.users);
  setCommands(state.commands);
}

// The address names a person by name or id; without one the first persona is taken.
function whoAmI(state) {
  const wanted = hash().get("as")?.toLowerCase();
  const named = (state.users ?? []).find((user) => user.id === wanted || user.name.toLowerCase().replaceAll(" ", "-") === wanted);
  return named?.id ?? state.personas?.[0];
}

async function refresh() {
  await holding(async () => {
    adopt(await api.state());
    for (const id of [...rooms.keys()]) if (id !== ctx.channelId) rooms.delete(id);
    if (ctx.channelId && ctx.channels.has(ctx.channelId)) await load(ctx.channelId);
  });
}

let booted = 0;

async function boot() {
  booted += 1;
  const turn = booted;
  hangUp?.();
  const state = await new Api(null).state();
  if (turn !== booted) return;
  ctx.me = whoAmI(state);
  api = new Api(ctx.me);
  rooms.clear();
  pending.clear();
  recallRead();
  adopt(state);
  drawRail($("rail"), ctx);
  drawMe($("me"), ctx);
  linked = true;
  ctx.channelId = null;
  const wanted = hash().get("in");
  const start = ctx.channels.has(wanted) ? wanted : defaultChannel();
  setHash(ctx.me, start);
  hangUp = api.listen(take, (up) => onLink(up, turn));
  if (start) await openChannel(start);
}

const defaultChannel = () => {
  const tops = [...ctx.channels.values()]
    .filter((one) => !isThread(one) && one.type !== 4)
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  return (tops.find((one) => one.name === "campaign-pictures") ?? tops[0])?.id;
};

// After each connect everything is read anew: what happened in between is not told.
function onLink(up, turn) {
  if (turn !== booted) return;
  linked = up;
  drawAround();
  if (!up) return;
  attempt(async () => {
    await refresh();
    if (turn !== booted) return;
    if (!ctx.channels.has(ctx.channelId)) {
      ctx.home();
      return;
    }
    drawAround();
    draw();
  });
}

function setDrawer(open) {
  document.body.classList.toggle("drawer-shown", open);
  if (open) $("drawer").querySelector("button.here, button.entry")?.focus();
}

function wire() {
  list = new MessageList($("messages"), ctx);
  composer = new Composer($("composer"), ctx);
  startTips();
  $("backdrop").addEventListener("click", () => setDrawer(false));
  $("present").addEventListener("click", () => {
    toBottom();
    markRead();
  });
  scroller.addEventListener("scroll", () => {
    if (scroller.scrollTop < 120)
      attempt(async () => {
        const room = rooms.get(ctx.channelId);
        if (room && !room.whole && !room.busy) {
          await loadOlder();
          draw();
        }
      });
    followScroll();
  });
  const sizes = new ResizeObserver(() => {
    if (staying()) toBottom();
  });
  sizes.observe(scroller);
  sizes.observe($("messages"));
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
    if (!document.hidden && atBottom()) markRead();
  });
  for (const type of ["dragover", "drop"]) addEventListener(type, (event) => dropFiles(event, type === "drop"));
  setInterval(() => tick(ctx.now()), 10_000);
}

function dropFiles(event, dropped) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  if (dropped) {
    composer.addFiles(event.dataTransfer.files);
    composer.focus();
  }
}

function onAddress() {
  const as = hash().get("as");
  const channel = hash().get("in");
  const who = as && whoAmI({ users: [...ctx.users.values()], personas: ctx.personas });
  if (who && who !== ctx.me) attempt(boot);
  else if (channel && channel !== ctx.channelId && ctx.channels.has(channel)) openChannel(channel);
}

wire();
boot().catch((error) => {
  $("banner").hidden = false;
  $("banner").textContent = error.message;
  setTimeout(() => location.reload(), 3000);
});
