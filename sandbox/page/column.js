// The column of messages: what stands at its top, and where the reader is in it.
import { byId } from "./api.js";
import { button, el, icon, plainText } from "./markdown.js";
import { MessageList } from "./messages.js";
import { isEphemeral, isLoading, wordsOf } from "./parts.js";
import { isThread } from "./rooms.js";
import { placeOf } from "./span.js";
import { attempt, toast } from "./viewer.js";

const BOTTOM_PX = 80;
const SCREENS_AHEAD = 2;
const FLASH_MS = 1800;
const HEARD_MAX = 300;
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
      if (this.staying) this.#stayAtBottom();
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

  /** Goes to the newest message. */
  toBottom() {
    const room = this.rooms.here;
    if (room) this.#render(room, room.list.length);
    this.#stayAtBottom();
  }

  #stayAtBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#pinned = true;
    this.#lastTop = this.scroller.scrollTop;
    this.present.hidden = true;
  }

  // A reader at the end stays there while pictures and the composer change heights; scrolling up ends that.
  #scrolled() {
    if (this.atBottom) {
      this.#pinned = true;
      this.present.hidden = true;
      this.#seen();
    } else if (this.scroller.scrollTop < this.#lastTop) this.#pinned = false;
    this.#lastTop = this.scroller.scrollTop;
    if (this.list.strays(this.#eye)) this.draw();
    this.#loadAhead();
  }

  // Older messages are asked for before the reader comes to the end of those that are here.
  #loadAhead() {
    const { scrollTop, clientHeight } = this.scroller;
    if (!this.list.atStart || scrollTop > SCREENS_AHEAD * clientHeight) return;
    attempt(async () => {
      if (!(await this.rooms.loadOlder())) return;
      this.draw();
      this.#loadAhead();
    });
  }

  // The upper end of the view, in the window.
  get #eye() {
    return this.scroller.getBoundingClientRect().top;
  }

  /** Shows a channel that was just opened, from its end; `read` is the newest message that was read, if any. */
  open(read) {
    const fresh = (one) => byId(one.id, read) > 0 && one.author.id !== this.ctx.me && !isEphemeral(one);
    this.#unread = (read && this.rooms.here?.list.find(fresh)?.id) ?? null;
    this.toBottom();
    this.#seen();
    this.#loadAhead();
  }

  /** Draws the messages; the reader stays at the newest one, or where they were. */
  draw() {
    const room = this.rooms.here;
    if (!room) return;
    if (this.staying) {
      this.toBottom();
      return;
    }
    // The row under the eye stays where it is, whatever changes above it; if it is gone, the next one does.
    const seen = this.list.from(this.#eye).find(({ id }) => room.list[placeOf(room.list, id)]?.id === id);
    const out = !seen || seen.top > this.#eye + this.scroller.clientHeight;
    this.#render(room, out ? this.list.placeAt(this.#eye) : placeOf(room.list, seen.id));
    const top = this.list.topOf(seen?.id);
    if (!out && top !== undefined) this.scroller.scrollTop += top - seen.top;
  }

  #render(room, at) {
    const focused = $("messages").contains(document.activeElement);
    const { clientHeight: height } = this.scroller;
    const around = { intro: this.#top(room), unread: this.#unread, at, height, whole: room.whole };
    this.list.render(room.list, around);
    // Who was in a message that is out of sight now goes on with the keys that scroll.
    if (focused && document.activeElement === document.body) this.scroller.focus({ preventScroll: true });
  }

  /** Draws with a message that has just come. */
  drawNew() {
    const stay = this.staying;
    this.draw();
    if (stay) this.#seen();
    else this.present.hidden = false;
  }

  /** Says a message of this channel to those who listen to the page. Rows that come by scrolling are not said. */
  hear(message) {
    if (message.channel_id !== this.ctx.channelId || isLoading(message) || !message.author) return;
    const words = plainText(wordsOf(message), this.ctx).slice(0, HEARD_MAX);
    const rest = words || message.attachments?.map((file) => file.filename).join(", ");
    $("heard").textContent = `${this.ctx.user(message.author).name}: ${rest}`;
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
    const here = () => channel === this.ctx.channelId && this.rooms.here;
    while (here() && !here().whole && byId(id, here().list[0].id) <= 0) {
      // Another load may be on its way.
      if (!(await this.rooms.loadOlder())) await new Promise(requestAnimationFrame);
    }
    const { list } = here() || { list: [] };
    const at = placeOf(list, id);
    if (list[at]?.id !== id) {
      if (here()) this.draw();
      toast("That message is not there any more.");
      return;
    }
    this.#render(here(), at);
    const node = $(`message-${id}`);
    node.scrollIntoView({ block: "center" });
    this.#pinned = this.atBottom;
    this.#lastTop = this.scroller.scrollTop;
    node.focus({ preventScroll: true });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), FLASH_MS);
  }
}
