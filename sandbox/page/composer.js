// The message box: text and files, and commands with their options.
// Typing "/" lists the commands; a chosen one is filled in field by field, or the whole line is typed
// as `/draft prompt: a fox ratio: 16:9`. Everything is checked here before it is sent.
import { ApiError, bytes, parseCommand } from "./api.js";
import { CommandForm } from "./command-form.js";
import { grow } from "./field.js";
import { button, el, icon } from "./markdown.js";
import { Suggestions } from "./viewer.js";

const MAX_TEXT = 2000;
const MAX_FILES = 10;

/** The message box in `root`; `ctx` is what the page knows and can do. */
export class Composer {
  #drafts = new Map();
  #files = [];
  /** The message that is replied to, and whether its author is pinged. */
  #reply = null;
  #busy = false;
  /** The command that is being filled in. */
  form = null;

  constructor(root, ctx) {
    this.ctx = ctx;
    this.panel = el("div.suggestions", {
      id: "suggestions",
      role: "listbox",
      label: "Suggestions",
      testid: "suggestions",
      tabindex: "0",
      hidden: true,
    });
    this.list = new Suggestions(this.panel);
    this.problem = el("div.composer-problem", { role: "alert", testid: "composer-error" });
    this.answering = el("div.answering", { hidden: true });
    this.tray = el("div.tray", {});
    this.picker = el("input", {
      type: "file",
      multiple: true,
      class: "sr",
      tabindex: "-1",
      label: "Files to send",
      testid: "composer-file",
    });
    this.input = el("textarea", {
      testid: "composer-input",
      rows: "1",
      "aria-controls": "suggestions",
      "aria-autocomplete": "list",
      autocomplete: "off",
    });
    this.chips = el("div.command", { hidden: true, role: "group" });
    this.hint = el("div.composer-hint", { id: "composer-hint", "aria-live": "polite" });
    this.attach = button(
      "ghost attach",
      { label: "Add files", tip: "Add files", onclick: () => this.picker.click() },
      icon("plus"),
    );
    this.sendButton = button(
      "ghost send",
      { testid: "composer-send", label: "Send", onclick: () => this.submit() },
      icon("send"),
    );
    root.append(
      this.panel,
      this.problem,
      el("div.box", {}, this.answering, this.tray, el("div.box-row", {}, this.attach, this.picker, this.input, this.chips, this.sendButton)),
      this.hint,
    );
    this.input.addEventListener("input", () => {
      this.say("");
      grow(this.input);
      this.#listCommands();
    });
    this.input.addEventListener("keydown", (event) => this.#textKey(event));
    this.input.addEventListener("blur", () => this.list.hide());
    this.input.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) {
        event.preventDefault();
        this.addFiles(event.clipboardData.files);
      }
    });
    this.picker.addEventListener("change", () => {
      this.addFiles(this.picker.files);
      this.picker.value = "";
    });
  }

  /** Called when another channel is shown: what was typed stays with its channel. */
  open(channel) {
    if (this.channel) this.#drafts.set(this.channel.id, this.input.value);
    this.#leave();
    this.channel = channel;
    this.#files = [];
    this.#drawTray();
    this.#answer(null);
    this.say("");
    this.input.value = this.#drafts.get(channel.id) ?? "";
    grow(this.input);
  }

  /** What the empty box says; `note` is a reason why nothing can be said here. */
  describe(channel, note) {
    this.channel = channel;
    // The second half only where it is not cut.
    const how = matchMedia("(max-width: 699px)").matches ? "" : ", or / for a command";
    const text = note || (this.ctx.isThread(channel.id) ? "Message in this thread" : `Message #${channel.name}${how}`);
    this.input.placeholder = text;
    this.input.setAttribute("aria-label", text);
    for (const control of [this.input, this.attach, this.sendButton]) control.disabled = Boolean(note);
  }

  focus() {
    (this.form ?? this.input).focus();
  }

  /** Says what is wrong, above the box. */
  say(problem) {
    this.problem.textContent = problem;
  }

  // ---- text

  #textKey(event) {
    if (event.isComposing) return;
    const plain = event.key === "Enter" && this.#ready();
    if (this.list.key(event, !plain)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && this.#reply) {
      this.#answer(null);
    } else if (event.key === "Escape" && this.input.value) {
      this.input.value = "";
      grow(this.input);
      this.say("");
    }
  }

  // A command that takes nothing and is fully typed is sent by Enter; there is nothing to fill in.
  #ready() {
    const parsed = parseCommand(this.input.value, this.ctx.commands);
    return Boolean(parsed) && parsed.command.options.length === 0 && `/${parsed.command.name}` === this.input.value.trim();
  }

  #listCommands() {
    const { value } = this.input;
    this.hint.textContent = "";
    if (!value.startsWith("/") || value.includes("\n")) {
      this.list.hide();
      return;
    }
    const query = value.slice(1).toLowerCase();
    const { commands } = this.ctx;
    const rank = (command) =>
      command.name.startsWith(query) ? 0 : command.name.includes(query.trim()) && !query.includes(" ") ? 1 : 2;
    const fitting = commands.filter((command) => rank(command) < 2).sort((a, b) => rank(a) - rank(b));
    const typed = parseCommand(value, commands);
    if (fitting.length)
      this.list.show(
        query ? `Commands matching “/${query}”` : "Commands",
        fitting.map((command) => this.#commandItem(command)),
      );
    else this.list.hide();
    if (!fitting.length && typed) this.hint.textContent = `${usage(typed.command)} — Enter sends it`;
    else if (!commands.length) this.hint.textContent = "No commands are registered yet.";
  }

  #commandItem(command) {
    return {
      label: `/${command.name}`,
      hint: command.options.map((option) => (option.required ? option.name : `${option.name}?`)).join("  "),
      detail: command.description,
      testid: `command-${command.name.replaceAll(" ", "-")}`,
      pick: () => this.start(command.name),
    };
  }

  // ---- files

  /** Adds files to the message, or to the command's file options. */
  addFiles(files) {
    for (const file of files) {
      if (this.form) this.form.giveFile(file);
      else if (this.#files.length < MAX_FILES) this.#files.push(file);
      else this.say(`A message may carry at most ${MAX_FILES} files.`);
    }
    this.#drawTray();
  }

  #drawTray() {
    this.tray.replaceChildren(
      ...this.#files.map((file) => {
        const drop = () => {
          this.#files = this.#files.filter((one) => one !== file);
          this.#drawTray();
          this.focus();
        };
        return el(
          "div.tray-file",
          {},
          icon("file"),
          el("span", {}, file.name),
          el("small", { text: bytes(file.size) }),
          button("ghost", { label: `Leave out ${file.name}`, onclick: drop }, icon("close")),
        );
      }),
    );
  }

  // ---- replies

  /** Begins a reply to a message. It pings the author, as Discord's own clients do until one turns that off. */
  replyTo(message, name) {
    if (this.input.disabled) return;
    if (this.form) this.leaveTo("");
    this.#answer({ message, name, pings: true });
    this.input.focus();
  }

  #answer(reply) {
    this.#reply = reply;
    this.answering.hidden = !reply;
    if (!reply) return this.answering.replaceChildren();
    const ping = button(
      "ghost ping",
      {
        "aria-pressed": String(reply.pings),
        testid: "reply-ping",
        onclick: () => this.#answer({ ...reply, pings: !reply.pings }),
      },
      reply.pings ? "@ on" : "@ off",
    );
    const leave = button("ghost", { label: "Do not reply", testid: "reply-leave", onclick: () => this.#answer(null) }, icon("close"));
    this.answering.replaceChildren(icon("reply"), el("span", {}, `Replying to ${reply.name}`), ping, leave);
  }

  // ---- commands

  /** Begins to fill in a command by its full name. */
  start(name, values = {}) {
    const command = this.ctx.commands.find((one) => one.name === name);
    if (!command || this.input.disabled) return;
    this.#leave();
    this.input.value = "";
    this.input.hidden = true;
    this.attach.hidden = true;
    this.chips.hidden = false;
    this.form = new CommandForm(this, command, values);
    this.#files.splice(0).forEach((file) => this.form.giveFile(file));
    this.#drawTray();
    this.form.focus();
  }

  #leave() {
    this.form = null;
    this.list.hide();
    this.chips.hidden = true;
    this.chips.replaceChildren();
    this.input.hidden = false;
    this.attach.hidden = false;
    this.hint.textContent = "";
  }

  /** Leaves the command; the box then has this text. */
  leaveTo(text) {
    this.#leave();
    this.say("");
    this.input.value = text;
    grow(this.input);
    this.input.focus();
  }

  // ---- sending

  /** Sends what stands in the box, if it is right. */
  async submit() {
    if (this.#busy || this.sendButton.disabled) return;
    const value = this.input.value;
    if (!this.form && parseCommand(value, this.ctx.commands)) {
      this.#readLine(value);
      if (!this.form) return;
    }
    this.#busy = true;
    try {
      if (this.form) await this.#sendCommand();
      else await this.#sendText(value);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.say(error.message);
    } finally {
      this.#busy = false;
    }
  }

  // Turns a typed line into fields; what is wrong is then shown at its field.
  #readLine(value) {
    const { command, values, extra } = parseCommand(value, this.ctx.commands);
    if (extra) {
      this.say(`/${command.name} has no place for “${extra.slice(0, 60)}”. ${usage(command)}`);
      return;
    }
    this.start(command.name, values);
  }

  async #sendText(value) {
    const text = value.trim();
    if (!text && this.#files.length === 0) return;
    if (
      text.startsWith("/") &&
      /^\/[a-z]/.test(text) &&
      this.ctx.commands.some((one) => text.slice(1).split(" ")[0] === one.name.split(" ")[0])
    ) {
      this.say("Choose one of the commands of the list; type / to see them.");
      return;
    }
    const length = [...text].length;
    if (length > MAX_TEXT) {
      this.say(`A message may have at most 2,000 characters; this has ${length.toLocaleString("en")}.`);
      return;
    }
    await this.ctx.say(this.channel.id, text, this.#files, this.#reply);
    this.#answer(null);
    this.#files = [];
    this.#drawTray();
    this.leaveTo("");
  }

  async #sendCommand() {
    const given = this.form.read();
    if (!given) return;
    const { name } = this.form.command;
    this.list.hide();
    this.hint.textContent = `Sending /${name}…`;
    await this.ctx.run({ kind: "command", channel_id: this.channel.id, name, options: given.options }, given.files);
    this.leaveTo("");
  }
}

const usage = (command) =>
  `/${command.name}${command.options.map((option) => (option.required ? ` ${option.name}: …` : ` [${option.name}]`)).join("")}`;
