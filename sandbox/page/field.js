// One option of a command, as a field.
import { TYPE, bytes } from "./api.js";
import { button, el, icon } from "./markdown.js";

/** One option of the chosen command: its field and what stands in it. */
export class Field {
  constructor(option, form) {
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
    this.preview = this.isFile && el("img.option-preview", { alt: "", hidden: true });
    const remove =
      !option.required &&
      button(
        "ghost option-remove",
        { tabindex: "-1", label: `Leave out ${name}`, testid: `remove-option-${name}`, onclick: () => form.dropField(this) },
        icon("close"),
      );
    this.root = el(
      "div",
      { class: `option${long ? " long" : ""}${this.isFile ? " with-file" : ""}` },
      el("label", { for: id }, name, option.required && el("span.sr", {}, " (required)"), this.preview, this.fileName),
      this.input,
      remove,
    );
    this.input.addEventListener("input", () => {
      this.picked = null;
      this.touched = true;
      this.fit();
      form.fieldChanged(this);
    });
    this.input.addEventListener("change", () => {
      if (this.isFile) this.setFile(this.input.files[0] ?? this.file);
      form.fieldChanged(this);
    });
    this.input.addEventListener("focus", () => form.fieldFocused(this));
    this.input.addEventListener("blur", () => form.fieldLeft(this));
    this.input.addEventListener("keydown", (event) => form.fieldKey(event, this));
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
    const picture = Boolean(file?.type.startsWith("image/"));
    this.preview.hidden = !picture;
    if (picture) this.#show(file);
  }

  #show(file) {
    const url = URL.createObjectURL(file);
    const done = () => URL.revokeObjectURL(url);
    this.preview.onload = done;
    // A broken picture is still a file: only its preview is missing.
    this.preview.onerror = () => {
      done();
      this.preview.hidden = true;
    };
    this.preview.src = url;
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

/** Makes a text area as high as its text, up to a limit. */
export function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 220)}px`;
}
