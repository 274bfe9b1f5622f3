// What the page says to its server and hears from it, and the shape of commands:
// flattened to full names, read from plain text, checked before they are sent.

const EPOCH = 1_420_070_400_000n;
const REQUEST_TIMEOUT_MS = 20_000;
const RECONNECT_MS = [250, 500, 1000, 2000, 4000];

/** The time (ms) in a snowflake. */
export const snowflakeMs = (id) => Number((BigInt(id) >> 22n) + EPOCH);
/** Orders snowflakes, oldest first. */
export const byId = (a, b) => a.length - b.length || (a < b ? -1 : Number(a > b));
/** The id after this one, for "before and with". */
export const after = (id) => String(BigInt(id) + 1n);
/** "2.4 MB". */
export function bytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

/** An answer of the server that is an error; the message is meant for people. */
export class ApiError extends Error {}

/** The page's requests, as one person in one server. */
export class Api {
  /**
   * @param {string | null} as the acting user's id
   * @param {string | null} guild the server's id; without one, the first
   */
  constructor(as, guild = null) {
    this.as = as;
    this.guild = guild;
  }

  #url(path, query = {}) {
    const who = { ...(this.as ? { as: this.as } : {}), ...(this.guild ? { guild: this.guild } : {}) };
    const params = new URLSearchParams({ ...who, ...query });
    return `/sandbox${path}?${params}`;
  }

  async #ask(method, path, { query, body } = {}) {
    const form = body instanceof FormData;
    const request = { method, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) };
    if (body) request.body = form ? body : JSON.stringify(body);
    if (body && !form) request.headers = { "content-type": "application/json" };
    const response = await fetch(this.#url(path, query), request).catch((error) => {
      throw new ApiError(
        error.name === "TimeoutError" ? "The local Discord took too long to answer." : "The local Discord cannot be reached.",
      );
    });
    const text = await response.text();
    let answer = null;
    try {
      answer = text ? JSON.parse(text) : null;
    } catch {
      answer = { message: text };
    }
    if (!response.ok) throw new ApiError(answer?.message || `The local Discord answered ${response.status}.`);
    return answer;
  }

  state() {
    return this.#ask("GET", "/state");
  }

  messages(channel, query) {
    return this.#ask("GET", `/channels/${channel}/messages`, { query });
  }

  /** Posts a message; `reply` is the message that it replies to, and whether its author is pinged. */
  say(channel, text, files, reply) {
    const body = new FormData();
    const message = { content: text };
    if (reply) {
      message.message_reference = { message_id: reply.message.id };
      message.allowed_mentions = { parse: ["users", "roles", "everyone"], replied_user: reply.pings };
    }
    body.append("payload_json", JSON.stringify(message));
    for (const file of files) body.append("files[]", file, file.name);
    return this.#ask("POST", `/channels/${channel}/messages`, { body });
  }

  erase(channel, message) {
    return this.#ask("DELETE", `/channels/${channel}/messages/${message}`);
  }

  react(channel, message, emoji, on) {
    return this.#ask(on ? "PUT" : "DELETE", `/channels/${channel}/messages/${message}/reactions/${encodeURIComponent(emoji)}`);
  }

  /** Sends an interaction; `files` are attachments by option name. Answers `{id}`, or choices for autocomplete. */
  interact(payload, files = {}) {
    const names = Object.keys(files);
    if (names.length === 0) return this.#ask("POST", "/interactions", { body: payload });
    const body = new FormData();
    body.append("payload", JSON.stringify(payload));
    for (const name of names) body.append(name, files[name], files[name].name);
    return this.#ask("POST", "/interactions", { body });
  }

  addMember(name) {
    return this.#ask("POST", "/members", { body: { name } });
  }

  rejoin(user) {
    return this.#ask("PUT", `/members/${user}`);
  }

  /** Somebody leaves, or is sent away. */
  part(user) {
    return this.#ask("DELETE", `/members/${user}`);
  }

  addRole(name) {
    return this.#ask("POST", "/roles", { body: { name } });
  }

  setRole(user, role, has) {
    return this.#ask(has ? "PUT" : "DELETE", `/members/${user}/roles/${role}`);
  }

  /** What passed between the local Discord and its bot after the one with this id, oldest first. */
  traffic(after) {
    return this.#ask("GET", "/control/traffic", { query: { after } });
  }

  /** Asks the control API, which knows no person. */
  control(method, path, body) {
    return this.#ask(method, `/control${path}`, { body });
  }

  dismiss(message) {
    return this.#ask("DELETE", `/ephemeral/${message}`);
  }

  /**
   * Keeps a socket open and calls `onEvent({t, d})`; `onLink(true)` after each connect, `onLink(false)`
   * when it is lost. Returns a function that ends it.
   */
  listen(onEvent, onLink) {
    let socket = null;
    let timer = null;
    let tries = 0;
    let over = false;
    const open = () => {
      const url = new URL(this.#url("/events"), location.href);
      url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
      socket = new WebSocket(url);
      socket.onopen = () => {
        tries = 0;
        onLink(true);
      };
      socket.onmessage = (message) => {
        if (!over) onEvent(JSON.parse(message.data));
      };
      socket.onclose = () => {
        if (over) return;
        if (tries === 0) onLink(false);
        timer = setTimeout(open, RECONNECT_MS[Math.min(tries, RECONNECT_MS.length - 1)]);
        tries += 1;
      };
    };
    open();
    return () => {
      over = true;
      clearTimeout(timer);
      socket.close();
    };
  }
}

// A button is free again after this long, whatever was heard.
const BUSY_MS = 15_000;

/** What this tab has sent to the bot, and the buttons that wait for its answer. */
export class Pending {
  #send;
  #changed;
  #mine = new Set();
  #early = new Map();
  #inFlight = 0;
  #pressed = new Set();
  #asked = new Map();
  /** Message id -> why its last button failed. */
  failures = new Map();

  /** `send(payload, files)` answers `{id}`; `changed()` is called when a button's state changes. */
  constructor(send, changed) {
    this.#send = send;
    this.#changed = changed;
  }

  clear() {
    this.#pressed.clear();
    this.#asked.clear();
    this.failures.clear();
  }

  /** The custom ids on a message that wait. */
  waitingOn(message) {
    return new Set([...this.#pressed].filter((one) => one.message === message).map((one) => one.customId));
  }

  /** Sends an interaction; `known(id)` is called before any event about it is acted on. */
  async run(payload, files, known = () => {}) {
    this.#inFlight += 1;
    try {
      const { id } = await this.#send(payload, files);
      this.#mine.add(id);
      known(id);
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#catchUp();
    }
  }

  /** Sends an interaction and waits until the bot has answered it; throws what its user is told when it does not. */
  async ask(payload) {
    const answer = Promise.withResolvers();
    await this.run(payload, {}, (id) => this.#asked.set(id, answer));
    const timer = setTimeout(() => answer.resolve(), BUSY_MS);
    await answer.promise.finally(() => clearTimeout(timer));
  }

  /** An interaction has its answer. */
  answered(id) {
    this.#asked.get(id)?.resolve();
    this.#asked.delete(id);
    this.settle((one) => one.id === id);
  }

  /** An interaction has failed; true when somebody waits for it and is told. */
  refused(id, text) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    asked?.reject(new ApiError(text));
    return Boolean(asked);
  }

  /** Does `act` if the interaction is this tab's. An event may come before the answer that tells the id. */
  own(id, act) {
    if (this.#mine.has(id)) act();
    else if (this.#inFlight > 0) this.#early.set(id, [...(this.#early.get(id) ?? []), act]);
  }

  #catchUp() {
    const early = [...this.#early];
    this.#early.clear();
    for (const [id, acts] of early) if (this.#mine.has(id)) acts.forEach((act) => act());
  }

  /** Sends a click; the button waits until the answer is heard of. */
  async press(message, customId, payload) {
    this.failures.delete(message);
    const entry = { message, customId, timer: setTimeout(() => this.#release(entry), BUSY_MS) };
    this.#pressed.add(entry);
    this.#changed();
    try {
      await this.run(payload, {}, (id) => {
        entry.id = id;
      });
    } catch (error) {
      this.failures.set(message, error.message);
      this.#release(entry);
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** The interactions that `test` finds have their answer. */
  settle(test) {
    for (const entry of [...this.#pressed]) if (test(entry)) this.#release(entry);
  }

  /** The interaction failed; said at the message of its button. */
  fail(id, message, text) {
    const where = message ?? [...this.#pressed].find((one) => one.id === id)?.message;
    if (where) this.failures.set(where, text);
    this.settle((one) => one.id === id);
    this.#changed();
  }

  #release(entry) {
    clearTimeout(entry.timer);
    if (this.#pressed.delete(entry)) this.#changed();
  }
}

/** Types of command options. */
export const TYPE = {
  SUB: 1,
  GROUP: 2,
  STRING: 3,
  INTEGER: 4,
  BOOLEAN: 5,
  USER: 6,
  CHANNEL: 7,
  ROLE: 8,
  MENTIONABLE: 9,
  NUMBER: 10,
  ATTACHMENT: 11,
};

/** Chat commands as a flat list `{name: "credits pool", description, options}`, in their registered order. */
export function flatten(commands) {
  const out = [];
  const walk = (name, node) => {
    const subs = (node.options ?? []).filter((option) => option.type === TYPE.SUB || option.type === TYPE.GROUP);
    if (subs.length) for (const sub of subs) walk(`${name} ${sub.name}`, sub);
    else out.push({ name, description: node.description ?? "", options: ordered(node.options ?? []) });
  };
  for (const command of commands) if ((command.type ?? 1) === 1) walk(command.name, command);
  return out;
}

// A limit that a bot registered as null is none; the required ones come first.
const ordered = (options) =>
  options
    .map((option) => Object.fromEntries(Object.entries(option).filter(([, value]) => value !== null)))
    .sort((a, b) => Number(Boolean(b.required)) - Number(Boolean(a.required)));

/**
 * Reads `/draft prompt: a fox ratio: 16:9`: `{command, values: {prompt: "a fox", ratio: "16:9"}, extra: ""}`.
 * Text before the first name belongs to the first text option; `extra` is text that has no place.
 * Null when no command is named.
 */
export function parseCommand(text, commands) {
  const line = text.trimStart();
  if (!line.startsWith("/")) return null;
  const fits = (command) =>
    line.slice(1).toLowerCase().startsWith(command.name) && /^$|^\s/.test(line.slice(1 + command.name.length));
  const command = commands.filter(fits).sort((a, b) => b.name.length - a.name.length)[0];
  if (!command) return null;
  const rest = line.slice(1 + command.name.length);
  const places = [];
  for (const option of command.options) {
    if (option.type === TYPE.ATTACHMENT) continue;
    const match = new RegExp(`(^|\\s)${option.name}:`, "iu").exec(rest);
    if (match) places.push({ name: option.name, from: match.index, to: match.index + match[0].length });
  }
  places.sort((a, b) => a.from - b.from);
  const values = {};
  places.forEach((place, at) => {
    values[place.name] = rest.slice(place.to, places[at + 1]?.from).trim();
  });
  const lead = rest.slice(0, places[0]?.from).trim();
  const home = command.options.find((option) => option.type === TYPE.STRING && !(option.name in values));
  if (lead && home) values[home.name] = lead;
  return { command, values, extra: lead && !home ? lead : "" };
}

const listed = (names) => (names.length > 12 ? `${names.slice(0, 12).join(", ")} …` : names.join(", "));
const same = (a, b) => String(a).toLowerCase() === String(b).toLowerCase();
const thousands = (count) => count.toLocaleString("en");

/**
 * Checks one option as it stands in its field. `given` is `{text, picked, file}`; `candidates` are the
 * `{name, value}` that may be picked. Answers `{value}`, `{error}` or `{}` for one that is left out.
 */
export function checkOption(option, given, candidates) {
  const { name, type } = option;
  if (type === TYPE.ATTACHMENT) {
    if (given.file) return { value: given.file };
    return option.required ? { error: `${name} needs a file.` } : {};
  }
  const text = type === TYPE.STRING ? given.text : given.text.trim();
  if (given.picked) return { value: given.picked.value };
  if (text.trim() === "") return option.required ? { error: `${name} is required.` } : {};
  if (type === TYPE.INTEGER || type === TYPE.NUMBER) return checkNumber(option, text);
  if (type === TYPE.STRING && !option.choices?.length) return checkText(option, text);
  const bare = text.trim().replace(/^[@#]/, "");
  const found = candidates.find(
    (c) => same(c.name, text.trim()) || same(c.name.replace(/^[@#]/, ""), bare) || same(c.value, text.trim()),
  );
  if (found) return { value: found.value };
  if (option.choices?.length || type === TYPE.BOOLEAN)
    return { error: `${name} must be one of ${listed(candidates.map((c) => c.name))}.` };
  return { error: `${name}: nothing here is called “${text.trim()}”.` };
}

function checkNumber(option, text) {
  const whole = option.type === TYPE.INTEGER;
  if (option.choices?.length) {
    const found = option.choices.find((choice) => same(choice.name, text) || same(choice.value, text));
    return found
      ? { value: found.value }
      : { error: `${option.name} must be one of ${listed(option.choices.map((c) => c.name))}.` };
  }
  const { min_value: min, max_value: max } = option;
  const range =
    min !== undefined && max !== undefined
      ? ` from ${min} to ${max}`
      : min !== undefined
        ? ` of at least ${min}`
        : max !== undefined
          ? ` of at most ${max}`
          : "";
  const value = Number(text);
  const good = (whole ? /^-?\d{1,15}$/ : /^-?\d+(\.\d+)?$/).test(text) && !(value < min) && !(value > max);
  return good ? { value } : { error: `${option.name} must be a ${whole ? "whole number" : "number"}${range}.` };
}

function checkText(option, text) {
  const { min_length: min, max_length: max = 6000, name } = option;
  const value = text.trim();
  const length = [...value].length;
  if (length > max) return { error: `${name} may have at most ${thousands(max)} characters; this has ${thousands(length)}.` };
  if (length < (min ?? 0)) return { error: `${name} needs at least ${thousands(min)} characters.` };
  return { value };
}

/** The `{name, value, hint}` to pick from for an option of a command; `known` is what the page knows. */
export function candidates(option, known) {
  if (option.choices?.length) return option.choices;
  const people = () =>
    [...known.users.values()]
      .filter((user) => user.member !== false)
      .map((user) => ({ name: `@${user.name}`, value: user.id, hint: (user.roles ?? []).join(", ") }));
  const roles = () => [...known.roles].map(([value, name]) => ({ name: `@${name.replace(/^@/, "")}`, value, hint: "role" }));
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
      return [...known.channels.values()]
        .filter((one) => !option.channel_types?.length || option.channel_types.includes(one.type))
        .map((one) => ({ name: `#${one.name}`, value: one.id }));
    default:
      return [];
  }
}

// Select menus: 3 has its own options; 5 people, 6 roles, 7 both, 8 channels come from the server.
const SELECTS = { 5: TYPE.USER, 6: TYPE.ROLE, 7: TYPE.MENTIONABLE, 8: TYPE.CHANNEL };

/** What a select offers, as `{label, value, default}`. */
export const offered = (select, known) =>
  select.options ??
  candidates({ type: SELECTS[select.type], channel_types: select.channel_types }, known).map((one) => ({
    label: one.name,
    value: one.value,
    default: select.default_values?.some((preset) => preset.id === one.value),
  }));
