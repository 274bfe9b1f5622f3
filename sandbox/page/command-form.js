// A chosen command in the message box: its options as fields, with what fits into them.
import { TYPE, checkOption } from "./api.js";
import { Field } from "./field.js";
import { button } from "./markdown.js";

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

/** What an option takes, in a word or two. */
const kindOf = (option) => (option.choices?.length || option.autocomplete ? "choice" : KIND_NAMES[option.type]);

/** A command that is being filled in; `box` is the message box that it stands in. */
export class CommandForm {
  #box;
  #fields = [];
  #asked = 0;

  /** `values` are texts by option name. */
  constructor(box, command, values) {
    this.#box = box;
    this.ctx = box.ctx;
    this.list = box.list;
    this.command = command;
    box.chips.setAttribute("aria-label", `Options of /${command.name}`);
    this.more = this.#moreButton();
    this.chip = this.#chip();
    box.chips.replaceChildren(this.chip, this.more);
    for (const option of command.options)
      if (option.required || option.name in values) this.#addField(option).set(values[option.name] ?? "");
    this.#countOptions();
    box.hint.textContent = `${command.description} — ${this.#what()}`;
  }

  focus() {
    (this.#fields[0]?.input ?? (this.command.options.length ? this.more : this.chip)).focus();
  }

  // What the keys do where nothing is left to choose.
  #what() {
    return this.#unused().length ? "Enter sends it, Tab for options" : "Enter sends it";
  }

  // Tab offers the options that are left, once; after Escape it goes on to the next control.
  #tabs(event) {
    if (event.key !== "Tab" || event.shiftKey || this.list.open || this.declined || !this.#unused().length) return false;
    event.preventDefault();
    this.#offerOptions();
    return true;
  }

  #chip() {
    const { name } = this.command;
    const leave = () => this.#box.leaveTo("");
    const chip = button(
      "command-name",
      { testid: "command-chip", label: `/${name}. Leave this command`, onclick: leave },
      `/${name}`,
    );
    chip.addEventListener("keydown", (event) => {
      if (event.key === "Escape") leave();
      else if (event.key === "Enter") {
        event.preventDefault();
        this.#box.submit();
      } else if (event.key === "Backspace") {
        event.preventDefault();
        this.#box.leaveTo(`/${name}`);
      }
    });
    return chip;
  }

  // ---- which options there are

  #moreButton() {
    const more = button("more-options", { testid: "more-options", onclick: () => this.#offerOptions() });
    more.addEventListener("keydown", (event) => {
      if (this.#tabs(event)) return;
      if (event.key === "Escape" && this.list.open) this.declined = true;
      else if (event.key === "Escape") this.#box.leaveTo("");
      else if (event.key === "Enter" && !this.list.open) {
        event.preventDefault();
        this.#box.submit();
        return;
      }
      this.list.key(event);
    });
    return more;
  }

  #unused() {
    return this.command.options.filter((option) => !this.#fields.some((field) => field.option === option));
  }

  #addField(option) {
    const field = new Field(option, this);
    this.#fields.push(field);
    this.#box.chips.insertBefore(field.root, this.more);
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
      hint: kindOf(option),
      detail: option.description,
      testid: `add-option-${option.name}`,
      pick: () => {
        this.list.hide();
        const field = this.#addField(option);
        field.input.focus();
        if (field.isFile) field.input.click();
      },
    }));
    // A field that loses the focus hides the list, so the focus moves first.
    this.more.focus();
    this.#box.hint.textContent = "Enter adds the option, Escape goes back";
    this.list.show(`Options of /${this.command.name}`, items);
  }

  /** Puts a file into the first file option that is free. */
  giveFile(file) {
    const free = this.#fields.find((field) => field.isFile && !field.file);
    const option = !free && this.#unused().find((one) => one.type === TYPE.ATTACHMENT);
    if (!free && !option) {
      this.#box.say(`/${this.command.name} takes no more files.`);
      return;
    }
    const field = free ?? this.#addField(option);
    field.setFile(file);
    this.fieldChanged(field);
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
    const last = this.#fields.at(-1) === field;
    if (last && (field.text.trim() !== "" || field.file) && this.#tabs(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !field.isFile) {
      event.preventDefault();
      this.#box.submit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#box.leaveTo("");
    } else if (event.key === "Backspace" && (field.isFile || field.input.value === "")) {
      event.preventDefault();
      this.#backspace(field);
    }
  }

  #backspace(field) {
    if (!field.option.required) this.dropField(field);
    else if (this.#fields[0] === field) this.#box.leaveTo(`/${this.command.name}`);
    else this.#fields[this.#fields.indexOf(field) - 1].input.focus();
  }

  fieldFocused(field) {
    const { option } = field;
    const limit = option.max_length && option.type === TYPE.STRING ? ` (${[...field.text].length} / ${option.max_length})` : "";
    this.#box.hint.textContent = `${option.name}: ${option.description}${limit}`;
    this.#suggest(field);
  }

  fieldChanged(field) {
    if (field.error) {
      field.mark(this.#check(field).error);
      this.#sayProblems();
    } else this.#box.say("");
    if (document.activeElement === field.input) this.fieldFocused(field);
  }

  // A field that was left with something wrong in it says so; an empty one waits for the sending.
  fieldLeft(field) {
    this.list.hide();
    if (!field.touched || field.text.trim() === "" || !this.#fields.includes(field)) return;
    field.mark(this.#check(field).error);
    this.#sayProblems();
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
    this.list.show(`${candidates.length ? "Choices for " : ""}${field.option.name}`, items, at);
  }

  #next(field) {
    const next = this.#fields[this.#fields.indexOf(field) + 1];
    const empty = next && !next.isFile && next.text === "";
    if (empty) next.input.focus();
    else this.#box.hint.textContent = this.#what();
  }

  async #autocomplete(field) {
    const turn = (this.#asked += 1);
    await new Promise((done) => {
      setTimeout(done, ASK_AFTER_MS);
    });
    const current = () => turn === this.#asked && document.activeElement === field.input && this.#box.form === this;
    if (!current()) return;
    const options = {};
    for (const one of this.#fields) if (one.text && !one.isFile) options[one.option.name] = this.#check(one).value ?? one.text;
    options[field.option.name] = field.text;
    const payload = {
      kind: "autocomplete",
      channel_id: this.#box.channel.id,
      name: this.command.name,
      focused: field.option.name,
      options,
    };
    const answer = await this.ctx.interact(payload).catch(() => []);
    if (current()) this.#offer(field, Array.isArray(answer) ? answer : (answer?.choices ?? []));
  }

  // ---- the whole

  /** What the fields say, `{options, files}`; null when something is wrong, which is then marked. */
  read() {
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
    this.#sayProblems();
    wrong[0]?.input.focus();
    return wrong.length ? null : { options, files };
  }

  #sayProblems() {
    this.#box.say(
      this.#fields
        .map((one) => one.error)
        .filter(Boolean)
        .join(" "),
    );
  }
}
