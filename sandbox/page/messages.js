// The message column: groups, replies, pictures, embeds, buttons, reactions.
// Only messages around the view are in the document. There a message's node is kept, and the parts that
// changed are made anew, so that pictures do not flicker and the focus stays where it is.
import { componentsOf, reactionsOf, threadCard, toolbarOf, walkToolbar } from "./controls.js";
import { button, el, icon, markdown, moment, onlyEmoji, plainText } from "./markdown.js";
import { layoutOf } from "./layout.js";
import { embedOf, filesOf } from "./media.js";
import { avatar, clockTime, dots, isEphemeral, isLayout, isLoading, messageMs, wordsOf } from "./parts.js";
import { Span, placeOf } from "./span.js";

const GROUP_MS = 7 * 60_000;
const KIND = { ADDED: 1, REMOVED: 2, RENAMED: 4, JOIN: 7, THREAD_CREATED: 18, REPLY: 19, STARTER: 21 };
/** Shows the messages of one channel in `root`; `ctx` is what the page knows and can do. */
export class MessageList {
  #kept = new Map();
  #span = new Span();
  #list = [];
  #above = spacer();
  #below = spacer();

  constructor(root, ctx) {
    this.root = root;
    this.ctx = ctx;
  }

  clear() {
    this.#kept.clear();
    this.#span.clear();
    this.#list = [];
    this.root.replaceChildren();
  }

  /**
   * Draws those of `messages` (oldest first) that are around the place `at`, in a view that is `height`
   * pixels high; `intro` nodes come first, `unread` is the first unread id. If they are not the `whole`
   * channel, the first one waits: what is before it decides how it looks.
   */
  render(messages, { intro, unread, at, height, whole }) {
    this.#measure();
    this.#list = messages;
    this.#span.move(messages, at, height, whole ? 0 : 1);
    const { from, to } = this.#span;
    const rows = [...intro, this.#above];
    const kept = new Map();
    let before = messages[from - 1];
    for (const message of messages.slice(from, to)) {
      const day = moment(messageMs(message), "D");
      const newDay = !before || moment(messageMs(before), "D") !== day;
      const row = this.#kept.get(message.id) ?? makeRow(message);
      row.top = null;
      const add = (node) => {
        row.top ??= node;
        rows.push(node);
      };
      if (newDay) add(el("div.divider", { role: "separator" }, el("span", {}, day)));
      if (message.id === unread) add(el("div.divider.new", { role: "separator" }, el("span", {}, "New")));
      const head = newDay || message.id === unread || !joins(before, message, this.ctx);
      this.#fill(row, message, head);
      kept.set(message.id, row);
      add(row.node);
      before = message;
    }
    this.#kept = kept;
    [this.#above.style.height, this.#below.style.height] = this.#span.room(messages).map((px) => `${px}px`);
    place(this.root, [...rows, this.#below]);
  }

  // What is drawn now is known to be as high as it is.
  #measure() {
    let [id, top] = [null, 0];
    const ends = (y) => {
      if (id !== null) this.#span.drawn(id, y - top);
    };
    for (const [next, row] of this.#kept) {
      const y = row.top.getBoundingClientRect().top;
      ends(y);
      [id, top] = [next, y];
    }
    if (this.#below.isConnected) ends(this.#below.getBoundingClientRect().top);
  }

  /** The messages in the document that reach below `y` in the window: `{id, top}` each. */
  from(y) {
    const boxes = [...this.#kept].map(([id, row]) => ({ id, box: row.node.getBoundingClientRect() }));
    return boxes.filter(({ box }) => box.bottom > y).map(({ id, box }) => ({ id, top: box.top }));
  }

  /** Where a message is in the window, if it is in the document. */
  topOf(id) {
    return this.#kept.get(id)?.node.getBoundingClientRect().top;
  }

  /** The place in the list of the message at `y` in the window. */
  placeAt(y) {
    const [above, below] = [this.#above, this.#below].map((node) => node.getBoundingClientRect());
    if (y >= above.bottom && y < below.top) {
      const seen = this.from(y)[0];
      if (seen) return placeOf(this.#list, seen.id);
    }
    if (y < above.bottom) return this.#span.at(this.#list, y - above.top);
    const [unseen] = this.#span.room(this.#list);
    return this.#span.at(this.#list, unseen + y - above.bottom);
  }

  /** True when the view that begins at `y` in the window comes near to what is not drawn. */
  strays(y) {
    return this.#span.leaves(this.#list, this.placeAt(y));
  }

  /** True when the first message that can be drawn is. */
  get atStart() {
    return this.#span.atStart;
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

const spacer = () => el("div", { "aria-hidden": "true" });

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
        message.referenced_message && wordsOf(message.referenced_message),
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
        message.type === KIND.STARTER && message.referenced_message && wordsOf(message.referenced_message),
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
    components: [
      key(message.components, [...waiting], ctx.failure(message.id), isLayout(message) && ctx.names),
      () => (isLayout(message) ? layoutOf : componentsOf)(message, waiting, ctx),
    ],
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
        (message.reactions ?? []).filter((r) => r.me).map((r) => r.emoji),
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
    plainText(wordsOf(quoted), ctx).slice(0, 160) ||
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
  if (message.type === KIND.RENAMED)
    return [el("span.system", {}, icon("thread"), ` changed the name of this thread: ${message.content}`)];
  if (message.type === KIND.ADDED || message.type === KIND.REMOVED) return [whoCameOrWent(message, ctx)];
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

function whoCameOrWent(message, ctx) {
  const who = (message.mentions ?? []).map((user) => ctx.user(user).name).join(", ");
  const what = message.type === KIND.ADDED ? `added ${who} to this thread` : `removed ${who} from this thread`;
  return el("span.system", {}, icon("people"), ` ${what}`);
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
      ...markdown(wordsOf(quoted), ctx),
    ),
  ];
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
