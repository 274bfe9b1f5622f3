// The message box: text and files, and commands with their options.
// Typing "/" lists the commands; a chosen one is filled in field by field, or the whole line is typed
// as `/draft prompt: a fox ratio: 16:9`. Everything is checked here before it is sent.
import { ApiError, TYPE, bytes, checkOption, parseCommand } from "./api.js";
import { button, el, icon } from "./markdown.js";
import { Suggestions } from "./viewer.js";

const MAX_TEXT = 2000;
const MAX_FILES = 10;
const ASK_AFTER_MS = 180;
const KIND_NAMES = {
  [TYPE.STRING]: "text",
  [TYPE.INTEGER]: "whole number",
  [TYPE.NUMBER]: "number",
  [TYPE.BOOLEAN]: "true or false",
  [TYPE.USER]: "member",
  [TYPE.CHANNEL]: "channel",
  [TYPE.ROLE]: "role",
  [TYPE.MENTIONABLE]: "member or role",
  [TYPE.ATTACHMENT]: "file",
};

/** One option of the chosen command: its field and what stands in it. */
class Field {
  constructor(option, composer) {
    this.option = option;
    this.picked = null;
    this.offered = [];
    const { name, type } = option;
    const id = `option-${name}`;
    this.isFile = type === TYPE.ATTACHMENT;
    const long = type === TYPE.STRING && !option.choices?.length && !option.autocomplete && (option.max_length ?? 6000) > 100;
    this.input = el(long ? "textarea" : "input", {
      id,
      testid: id,
      class: this.isFile ? "sr file-input" : null,
      type: this.isFile ? "file" : long ? null : "text",
      rows: long ? 1 : null,
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": "composer-hint",
      "aria-required": option.required ? "true" : null,
      ...(this.isFile || long ? {} : { role: "combobox", "aria-expanded": "false", "aria-controls": "suggestions" }),
    });
    if (!this.isFile && !long) this.input.size = 8;
    this.fileName = this.isFile && el("span.option-file", {}, "Choose a file");
    const remove =
      !option.required &&
      button(
        "ghost option-remove",
        { tabindex: "-1", label: `Leave out ${name}`, testid: `remove-option-${name}`, onclick: () => composer.dropField(this) },
        icon("close"),
      );
    this.root = el(
      "div",
      { class: `option${long ? " long" : ""}${this.isFile ? " with-file" : ""}` },
      el("label", { for: id }, name, option.required && el("span.sr", {}, " (required)"), this.fileName),
      this.input,
      remove,
    );
    this.input.addEventListener("input", () => {
      this.picked = null;
      this.touched = true;
      this.fit();
      composer.fieldChanged(this);
    });
    this.input.addEventListener("change", () => {
      if (this.isFile) this.setFile(this.input.files[0] ?? this.file);
      composer.fieldChanged(this);
    });
    this.input.addEventListener("focus", () => composer.fieldFocused(this));
    this.input.addEventListener("blur", () => composer.fieldLeft(this));
    this.input.addEventListener("keydown", (event) => composer.fieldKey(event, this));
  }

  get text() {
    return this.isFile ? "" : this.input.value;
  }

  set(text) {
    this.input.value = text;
    this.picked = null;
    this.fit();
  }

  setFile(file) {
    this.file = file;
    this.fileName.textContent = file ? `${file.name} · ${bytes(file.size)}` : "Choose a file";
  }

  choose(candidate) {
    this.input.value = candidate.name;
    this.picked = candidate;
    this.fit();
  }

  fit() {
    if (this.input.tagName === "TEXTAREA") grow(this.input);
    else if (!this.isFile) this.input.size = Math.min(40, Math.max(8, this.input.value.length + 1));
  }

  mark(error) {
    this.error = error ?? null;
    this.root.classList.toggle("wrong", Boolean(error));
    this.input.setAttribute("aria-invalid", String(Boolean(error)));
  }
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 220)}px`;
}

/** The message box in `root`; `ctx` is what the page knows and can do. */
export class Composer {
  #drafts = new Map();
  #files = [];
  #command = null;
  #fields = [];
  #asked = 0;
  #busy = false;

  constructor(root, ctx) {
    this.ctx = ctx;
    this.panel = el("div.suggestions", {
      id: "suggestions",
      role: "listbox",
      label: "Suggestions",
      testid: "suggestions",
      hidden: true,
    });
    this.list = new Suggestions(this.panel);
    this.problem = el("div.composer-problem", { role: "alert", testid: "composer-error" });
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
      el("div.box", {}, this.tray, el("div.box-row", {}, this.attach, this.picker, this.input, this.chips, this.sendButton)),
      this.hint,
    );
    this.input.addEventListener("input", () => {
      this.#say("");
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
  open(channel, note) {
    if (this.channel) this.#drafts.set(this.channel.id, this.input.value);
    this.#leave();
    this.channel = channel;
    this.#files = [];
    this.#drawTray();
    this.#say("");
    this.input.value = this.#drafts.get(channel.id) ?? "";
    this.describe(channel, note);
    grow(this.input);
  }

  /** What the empty box says; `note` is a reason why nothing can be said here. */
  describe(channel, note) {
    this.channel = channel;
    const text = note || (this.ctx.isThread(channel.id) ? "Message in this thread" : `Message #${channel.name}`);
    this.input.placeholder = text;
    this.input.setAttribute("aria-label", text);
    for (const control of [this.input, this.attach, this.sendButton]) control.disabled = Boolean(note);
  }

  focus() {
    (this.#fields[0]?.input ?? this.input).focus();
  }

  #say(problem) {
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
    } else if (event.key === "Escape" && this.input.value) {
      this.input.value = "";
      grow(this.input);
      this.#say("");
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
      if (this.#command) this.#giveFile(file);
      else if (this.#files.length < MAX_FILES) this.#files.push(file);
      else this.#say(`A message may carry at most ${MAX_FILES} files.`);
    }
    this.#drawTray();
  }

  #giveFile(file) {
    const free = this.#fields.find((field) => field.isFile && !field.file);
    const option = !free && this.#unused().find((one) => one.type === TYPE.ATTACHMENT);
    if (!free && !option) {
      this.#say(`/${this.#command.name} takes no more files.`);
      return;
    }
    const field = free ?? this.#addField(option);
    field.setFile(file);
    this.fieldChanged(field);
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

  // ---- commands

  /** Begins to fill in a command by its full name. */
  start(name, values = {}) {
    const command = this.ctx.commands.find((one) => one.name === name);
    if (!command || this.input.disabled) return;
    this.#leave();
    this.#command = command;
    this.input.value = "";
    this.input.hidden = true;
    this.attach.hidden = true;
    this.chips.hidden = false;
    this.chips.setAttribute("aria-label", `Options of /${name}`);
    this.more = button("more-options", { testid: "more-options", onclick: () => this.#offerOptions() });
    this.more.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.list.open) this.#leaveTo("");
      else this.list.key(event);
    });
    const chip = button(
      "command-name",
      { testid: "command-chip", label: `/${name}. Leave this command`, onclick: () => this.#leaveTo("") },
      `/${name}`,
    );
    chip.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#leaveTo("");
      else if (event.key === "Enter" && !command.options.length) {
        event.preventDefault();
        this.submit();
      } else if (event.key === "Backspace") {
        event.preventDefault();
        this.#leaveTo(`/${name}`);
      }
    });
    this.chips.replaceChildren(chip, this.more);
    for (const option of command.options)
      if (option.required || option.name in values) this.#addField(option).set(values[option.name] ?? "");
    this.#countOptions();
    this.list.hide();
    this.hint.textContent = command.options.length ? "" : `${command.description} — Enter sends it`;
    this.#files.splice(0).forEach((file) => this.#giveFile(file));
    this.#drawTray();
    if (this.#fields.length) this.#fields[0].input.focus();
    else (command.options.length ? this.more : chip).focus();
  }

  #unused() {
    return this.#command.options.filter((option) => !this.#fields.some((field) => field.option === option));
  }

  #addField(option) {
    const field = new Field(option, this);
    this.#fields.push(field);
    this.chips.insertBefore(field.root, this.more);
    this.#countOptions();
    return field;
  }

  #countOptions() {
    const count = this.#unused().length;
    this.more.hidden = count === 0;
    this.more.textContent = `+${count} optional`;
  }

  #offerOptions() {
    const items = this.#unused().map((option) => ({
      label: option.name,
      hint: KIND_NAMES[option.type],
      detail: option.description,
      testid: `add-option-${option.name}`,
      pick: () => {
        this.list.hide();
        const field = this.#addField(option);
        field.input.focus();
        if (field.isFile) field.input.click();
      },
    }));
    this.list.show(`Options of /${this.#command.name}`, items);
    this.more.focus();
  }

  /** Takes an optional field away. */
  dropField(field) {
    const at = this.#fields.indexOf(field);
    this.#fields.splice(at, 1);
    field.root.remove();
    this.list.hide();
    this.#countOptions();
    (this.#fields[at - 1]?.input ?? this.#fields[0]?.input ?? this.more).focus();
  }

  #leave() {
    this.#command = null;
    this.#fields = [];
    this.list.hide();
    this.chips.hidden = true;
    this.chips.replaceChildren();
    this.input.hidden = false;
    this.attach.hidden = false;
    this.hint.textContent = "";
  }

  #leaveTo(text) {
    this.#leave();
    this.#say("");
    this.input.value = text;
    grow(this.input);
    this.input.focus();
  }

  // ---- one field

  fieldKey(event, field) {
    if (event.isComposing) return;
    const known =
      !field.option.autocomplete ||
      field.picked ||
      !field.offered.length ||
      field.offered.some((one) => one.name === field.text.trim());
    const settled = event.key === "Enter" && field.text.trim() !== "" && known && !this.#check(field).error;
    if (this.list.key(event, !settled && (event.key !== "Tab" || field.text.trim() !== ""))) return;
    if (event.key === "Enter" && !event.shiftKey && !field.isFile) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#leaveTo("");
    } else if (event.key === "Backspace" && (field.isFile || field.input.value === "")) {
      event.preventDefault();
      this.#backspace(field);
    }
  }

  #backspace(field) {
    if (!field.option.required) this.dropField(field);
    else if (this.#fields[0] === field) this.#leaveTo(`/${this.#command.name}`);
    else this.#fields[this.#fields.indexOf(field) - 1].input.focus();
  }

  fieldFocused(field) {
    const { option } = field;
    const limit = option.max_length && option.type === TYPE.STRING ? ` (${[...field.text].length} / ${option.max_length})` : "";
    this.hint.textContent = `${option.name}: ${option.description}${limit}`;
    this.#suggest(field);
  }

  fieldChanged(field) {
    if (field.error) {
      field.mark(this.#check(field).error);
      this.#say(
        this.#fields
          .map((one) => one.error)
          .filter(Boolean)
          .join(" "),
      );
    } else this.#say("");
    if (document.activeElement === field.input) this.fieldFocused(field);
  }

  // A field that was left with something wrong in it says so; an empty one waits for the sending.
  fieldLeft(field) {
    this.list.hide();
    if (!field.touched || field.text.trim() === "" || !this.#fields.includes(field)) return;
    field.mark(this.#check(field).error);
    this.#say(
      this.#fields
        .map((one) => one.error)
        .filter(Boolean)
        .join(" "),
    );
  }

  #check(field) {
    if (field.option.autocomplete && !field.picked) {
      const text = field.text.trim();
      const known = field.offered.find((one) => one.name === text);
      return known ? { value: known.value } : checkOption({ ...field.option, choices: undefined }, field, []);
    }
    return checkOption(field.option, field, this.ctx.candidates(field.option));
  }

  #suggest(field) {
    if (field.isFile) {
      this.list.hide();
      return;
    }
    if (field.option.autocomplete) {
      this.#autocomplete(field);
      return;
    }
    this.#offer(field, this.ctx.candidates(field.option));
  }

  #offer(field, candidates) {
    field.offered = candidates;
    const text = field.picked ? "" : field.text.trim().toLowerCase();
    const exact = candidates.some((one) => one.name.toLowerCase() === text);
    const fitting = candidates.filter((one) => exact || field.option.autocomplete || one.name.toLowerCase().includes(text));
    const items = fitting.slice(0, 25).map((one) => ({
      label: one.name,
      hint: one.hint,
      testid: `choice-${one.name}`,
      pick: () => {
        field.choose(one);
        this.list.hide();
        field.mark(null);
        this.#next(field);
      },
    }));
    const at = Math.max(
      0,
      fitting.findIndex((one) => one.name.toLowerCase() === field.text.trim().toLowerCase()),
    );
    this.list.show(field.option.name, items, at);
  }

  #next(field) {
    const next = this.#fields[this.#fields.indexOf(field) + 1];
    const empty = next && !next.isFile && next.text === "";
    if (empty) next.input.focus();
    else this.hint.textContent = "Enter sends it";
  }

  async #autocomplete(field) {
    const turn = (this.#asked += 1);
    await new Promise((done) => {
      setTimeout(done, ASK_AFTER_MS);
    });
    const current = () => turn === this.#asked && document.activeElement === field.input && this.#command;
    if (!current()) return;
    const options = {};
    for (const one of this.#fields) if (one.text && !one.isFile) options[one.option.name] = this.#check(one).value ?? one.text;
    options[field.option.name] = field.text;
    const payload = {
      kind: "autocomplete",
      channel_id: this.channel.id,
      name: this.#command.name,
      focused: field.option.name,
      options,
    };
    const answer = await this.ctx.interact(payload).catch(() => []);
    if (current()) this.#offer(field, Array.isArray(answer) ? answer : (answer?.choices ?? []));
  }

  // ---- sending

  /** Sends what stands in the box, if it is right. */
  async submit() {
    if (this.#busy || this.sendButton.disabled) return;
    const value = this.input.value;
    if (!this.#command && parseCommand(value, this.ctx.commands)) {
      this.#readLine(value);
      if (!this.#command) return;
    }
    this.#busy = true;
    try {
      if (this.#command) await this.#sendCommand();
      else await this.#sendText(value);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#say(error.message);
    } finally {
      this.#busy = false;
    }
  }

  // Turns a typed line into fields; what is wrong is then shown at its field.
  #readLine(value) {
    const { command, values, extra } = parseCommand(value, this.ctx.commands);
    if (extra) {
      this.#say(`/${command.name} has no place for “${extra.slice(0, 60)}”. ${usage(command)}`);
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
      this.#say("Choose one of the commands of the list; type / to see them.");
      return;
    }
    const length = [...text].length;
    if (length > MAX_TEXT) {
      this.#say(`A message may have at most 2,000 characters; this has ${length.toLocaleString("en")}.`);
      return;
    }
    await this.ctx.say(this.channel.id, text, this.#files);
    this.#files = [];
    this.#drawTray();
    this.#leaveTo("");
  }

  async #sendCommand() {
    const options = {};
    const files = {};
    for (const field of this.#fields) {
      const { value, error } = this.#check(field);
      field.mark(error);
      if (value === undefined) continue;
      if (field.isFile) files[field.option.name] = value;
      else options[field.option.name] = value;
    }
    const wrong = this.#fields.filter((field) => field.error);
    if (wrong.length) {
      this.#say(wrong.map((field) => field.error).join(" "));
      wrong[0].input.focus();
      return;
    }
    this.list.hide();
    this.hint.textContent = `Sending /${this.#command.name}…`;
    await this.ctx.run({ kind: "command", channel_id: this.channel.id, name: this.#command.name, options }, files);
    this.#leaveTo("");
  }
}

const usage = (command) =>
  `/${command.name}${command.options.map((option) => (option.required ? ` ${option.name}: …` : ` [${option.name}]`)).join("")}`;
