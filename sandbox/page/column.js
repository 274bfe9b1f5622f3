// The column of messages: what stands at its top, and where the reader is in it.
import { byId } from "./api.js";
import { button, el, icon } from "./markdown.js";
import { MessageList } from "./messages.js";
import { isEphemeral } from "./parts.js";
import { isThread } from "./rooms.js";
import { attempt, toast } from "./viewer.js";

const BOTTOM_PX = 80;
const OLDER_PX = 120;
const FLASH_MS = 1800;
const $ = (id) => document.getElementById(id);

/** The messages of the channel where one is. `seen()` is called when its end is in view. */
export class Column {
  #pinned = true;
  #lastTop = 0;
  #unread = null;
  #seen;

  constructor(ctx, rooms, seen) {
    this.ctx = ctx;
    this.rooms = rooms;
    this.#seen = seen;
    this.scroller = $("scroller");
    this.present = $("present");
    this.list = new MessageList($("messages"), ctx);
    this.present.addEventListener("click", () => {
      this.toBottom();
      this.#seen();
    });
    this.scroller.addEventListener("scroll", () => this.#scrolled());
    const sizes = new ResizeObserver(() => {
      if (this.staying) this.toBottom();
    });
    sizes.observe(this.scroller);
    sizes.observe($("messages"));
  }

  get atBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < BOTTOM_PX;
  }

  /** True for a reader at the end. A scroll upwards may be a moment old and its event still to come. */
  get staying() {
    return this.atBottom || (this.#pinned && this.scroller.scrollTop >= this.#lastTop - 1);
  }

  toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#pinned = true;
    this.#lastTop = this.scroller.scrollTop;
    this.present.hidden = true;
  }

  // A reader at the end stays there while pictures and the composer change heights; scrolling up ends that.
  #scrolled() {
    if (this.scroller.scrollTop < OLDER_PX)
      attempt(async () => {
        if (await this.rooms.loadOlder()) this.draw();
      });
    if (this.atBottom) {
      this.#pinned = true;
      this.present.hidden = true;
      this.#seen();
    } else if (this.scroller.scrollTop < this.#lastTop) this.#pinned = false;
    this.#lastTop = this.scroller.scrollTop;
  }

  /** Shows a channel that was just opened, from its end; `read` is the newest message that was read, if any. */
  open(read) {
    const fresh = (one) => byId(one.id, read) > 0 && one.author.id !== this.ctx.me && !isEphemeral(one);
    this.#unread = (read && this.rooms.here?.list.find(fresh)?.id) ?? null;
    this.draw();
    this.toBottom();
    this.#seen();
  }

  /** Draws the messages; the reader stays at the newest one, or where they were. */
  draw() {
    const room = this.rooms.here;
    if (!room) return;
    const stay = this.staying;
    const { scroller } = this;
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    const first = $("messages").querySelector("article")?.id;
    this.list.render(room.list, { intro: this.#top(room), unread: this.#unread });
    const grewAbove = first && first !== $("messages").querySelector("article")?.id && $(first);
    if (stay) this.toBottom();
    else if (grewAbove) scroller.scrollTop = scroller.scrollHeight - fromEnd;
  }

  /** Draws with a message that has just come. */
  drawNew() {
    const stay = this.staying;
    this.draw();
    if (stay) this.#seen();
    else this.present.hidden = false;
  }

  // The first row is made once for a channel, or the scroll position would move.
  #top(room) {
    const channel = this.ctx.channels.get(this.ctx.channelId);
    if (!room.whole) room.older ??= this.#older();
    else {
      const key = JSON.stringify([channel.name, this.ctx.commands.map((command) => command.name)]);
      if (room.introOf !== key) room.intro = this.#intro(room, channel);
      room.introOf = key;
    }
    return [room.whole ? room.intro : room.older];
  }

  #older() {
    const load = async () => {
      await this.rooms.loadOlder();
      this.draw();
    };
    return el("div.older", {}, button("link", { text: "Load older messages", onclick: () => attempt(load) }));
  }

  #intro(room, channel) {
    const thread = isThread(channel);
    const by = room.starter && this.ctx.user(room.starter.author).name;
    let text = channel.topic || "This is the start of the channel.";
    if (thread) text = by ? `This thread was opened from a message by ${by}.` : "This is the start of the thread.";
    const back = () => this.ctx.jump(channel.parent_id, channel.id);
    return el(
      "div.intro",
      {},
      el("span.intro-mark", {}, icon(thread ? "thread" : "hash")),
      el("h2", { text: thread ? channel.name : `Welcome to #${channel.name}` }),
      el("p", {}, ...this.#withCommands(text), " ", room.starter && button("link", { text: "See that message", onclick: back })),
    );
  }

  // A command that a text names can be begun by a click.
  #withCommands(text) {
    return text.split(/(\/[a-z][\w-]*)/).map((part) => {
      const name = part.slice(1);
      const known = part.startsWith("/") && this.ctx.commands.some((command) => command.name === name);
      return known ? button("pill", { onclick: () => this.ctx.startCommand(name) }, part) : part;
    });
  }

  /** Scrolls to a message of the channel, however old, and marks it for a moment. */
  async show(channel, id) {
    const find = () => $(`message-${id}`);
    while (!find() && this.rooms.here && !this.rooms.here.whole && channel === this.ctx.channelId) {
      await this.rooms.loadOlder();
      this.draw();
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
}
