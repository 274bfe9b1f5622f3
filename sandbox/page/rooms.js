// What the page knows of each channel's messages, and what each person has read.
import { after, byId } from "./api.js";

// As many as one request may ask for.
const PAGE = 100;
// A message type: the first message of a thread, which quotes the one it was opened from.
const STARTER = 21;

/** True for the types of a thread. */
export const isThread = (channel) => channel?.type >= 10 && channel.type <= 12;

/** The messages of the channels that were looked at: `{list: oldest first, whole: nothing older exists}` each. */
export class Rooms {
  #rooms = new Map();
  #loading = 0;
  #held = [];
  #take;

  /** `take(event)` is called for the events that waited. */
  constructor(ctx, take) {
    this.ctx = ctx;
    this.#take = take;
  }

  get here() {
    return this.#rooms.get(this.ctx.channelId);
  }

  clear() {
    this.#rooms.clear();
  }

  drop(channel) {
    this.#rooms.delete(channel);
  }

  /** Forgets what may be out of date. */
  keepOnly(channel) {
    for (const id of [...this.#rooms.keys()]) if (id !== channel) this.#rooms.delete(id);
  }

  /** While an answer is on its way events wait, so that an older answer cannot undo a newer event. */
  async holding(work) {
    this.#loading += 1;
    try {
      return await work();
    } finally {
      this.#loading -= 1;
      if (this.#loading === 0) {
        const some = this.#held;
        this.#held = [];
        some.forEach(this.#take);
      }
    }
  }

  /** True when the event was kept for later. */
  hold(event) {
    if (this.#loading > 0) this.#held.push(event);
    return this.#loading > 0;
  }

  /** Loads the newest messages of a channel; with `again`, all that were here before. */
  async load(id, again = false) {
    await this.holding(async () => {
      const oldest = again ? this.#rooms.get(id)?.list[0]?.id : null;
      let some = await this.ctx.api.messages(id, { limit: PAGE });
      const room = { list: some.sort((a, b) => byId(a.id, b.id)), whole: some.length < PAGE };
      while (oldest && !room.whole && byId(room.list[0].id, oldest) > 0) {
        some = await this.ctx.api.messages(id, { limit: PAGE, before: room.list[0].id });
        room.list = [...some.sort((a, b) => byId(a.id, b.id)), ...room.list];
        room.whole = some.length < PAGE;
      }
      this.#rooms.set(id, room);
      const channel = this.ctx.channels.get(id);
      if (isThread(channel) && !some.some((one) => one.type === STARTER)) room.starter = await this.#starterOf(channel);
    });
  }

  // The message a thread was opened from has the thread's id.
  async #starterOf(thread) {
    const some = await this.ctx.api.messages(thread.parent_id, { limit: 1, before: after(thread.id) }).catch(() => []);
    return some.find((one) => one.id === thread.id) ?? null;
  }

  /** Loads a page of older messages of the channel where one is; true when that was done. */
  async loadOlder() {
    const room = this.here;
    if (!room || room.whole || room.busy) return false;
    room.busy = true;
    try {
      await this.holding(async () => {
        const some = await this.ctx.api.messages(this.ctx.channelId, { limit: PAGE, before: room.list[0].id });
        room.list = [...some.sort((a, b) => byId(a.id, b.id)), ...room.list];
        room.whole = some.length < PAGE;
      });
    } finally {
      room.busy = false;
    }
    return true;
  }

  /** Adds a message, or changes what is known of it. */
  upsert(message) {
    this.#quoteAnew(message.id, message);
    const room = this.#rooms.get(message.channel_id);
    if (!room) return;
    const at = room.list.findIndex((one) => one.id === message.id);
    const whole = at < 0 ? message : { ...room.list[at], ...message };
    if (whole.reactions) whole.reactions = this.#withMine(whole.reactions);
    if (at >= 0) room.list[at] = whole;
    else if (whole.author) {
      room.list.push(whole);
      room.list.sort((a, b) => byId(a.id, b.id));
    }
  }

  forget(channel, id) {
    this.#quoteAnew(id, null);
    const room = this.#rooms.get(channel);
    if (room) room.list = room.list.filter((one) => one.id !== id);
  }

  react(channel, id, reactions) {
    const message = this.#rooms.get(channel)?.list.find((one) => one.id === id);
    if (message) message.reactions = this.#withMine(reactions);
  }

  #withMine(reactions) {
    return (reactions ?? []).map((one) => (one.users ? { ...one, me: one.users.includes(this.ctx.me) } : one));
  }

  // Replies and the first message of a thread show what they refer to as it is now.
  #quoteAnew(id, message) {
    for (const room of this.#rooms.values()) {
      for (const one of room.list) {
        if (one.referenced_message?.id === id) one.referenced_message = message && { ...one.referenced_message, ...message };
      }
      if (room.starter?.id === id && message) room.starter = { ...room.starter, ...message };
    }
  }
}

/** The newest message that a person has seen, for each channel; kept in the browser. */
export class ReadMarks {
  #marks = {};
  #key = null;

  /** Takes over what a person has read. */
  recall(person) {
    this.#key = `local-discord.read.${person}`;
    try {
      this.#marks = JSON.parse(localStorage.getItem(this.#key)) ?? {};
    } catch {
      this.#marks = {};
    }
  }

  /** The newest message read in a channel; null if it was never opened. */
  of(channel) {
    return this.#marks[channel] ?? null;
  }

  isUnread(channel) {
    return Boolean(channel.last_message_id) && byId(channel.last_message_id, this.of(channel.id) ?? "0") > 0;
  }

  /** True when that is news. */
  mark(channel, message) {
    if (this.#marks[channel] === message) return false;
    this.#marks[channel] = message;
    try {
      localStorage.setItem(this.#key, JSON.stringify(this.#marks));
    } catch {
      /* a browser without storage forgets */
    }
    return true;
  }
}
