// A form that the bot asked for (a modal): texts to write, values to pick, and what is to be read between them.
import { ApiError } from "./api.js";
import { button, el, icon, markdown } from "./markdown.js";
import { openDialog } from "./viewer.js";

const KIND = { ROW: 1, STRING_SELECT: 3, INPUT: 4, TEXT: 10, LABEL: 18 };
const TEXT_MAX = 4000;

/**
 * Shows a modal. `send(fields)` resolves when the bot has answered and may throw; then its message is shown and the form
 * stays open, to be sent again.
 */
export function openForm(modal, ctx, send) {
  const problem = el("p.form-problem", { role: "alert", testid: "modal-problem" });
  const parts = (modal.components ?? []).map((part) => partOf(part, ctx));
  const fields = parts.filter((part) => part.id);
  const submit = el("button", { type: "submit", class: "button primary", testid: "modal-submit", text: "Submit" });
  const cancel = () => close();
  const form = el(
    "form",
    { novalidate: true },
    el("header", {}, el("h2", {}, modal.title), button("ghost", { label: "Close the form", onclick: cancel }, icon("close"))),
    ...parts.map((part) => part.root),
    problem,
    el("footer", {}, button("button plain", { text: "Cancel", testid: "modal-cancel", onclick: cancel }), submit),
  );
  const dialog = el("dialog.form", { testid: "modal", label: modal.title }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = fields.map((field) => field.check()).filter(Boolean);
    problem.textContent = wrong.join(" ");
    if (wrong.length || submit.disabled) return;
    submit.disabled = true;
    submit.textContent = "Sending…";
    try {
      await send(Object.fromEntries(fields.map((field) => [field.id, field.value()])));
      close();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.textContent = `${error.message}. What you wrote is still here.`;
      submit.disabled = false;
      submit.textContent = "Submit";
    }
  });
  const close = openDialog(dialog);
  fields[0]?.input.focus();
}

// A part is a row or a label with an input in it, or a text.
function partOf(part, ctx) {
  if (part.type === KIND.TEXT) return { root: el("div.form-text", {}, ...markdown(part.content ?? "", ctx)) };
  const input = part.component ?? part.components?.[0] ?? {};
  const label = part.type === KIND.LABEL ? part.label : input.label;
  return input.type === KIND.INPUT
    ? textField(input, label, part.description)
    : selectField(input, label, part.description, ctx);
}

function fieldRoot(id, label, description, required, ...children) {
  const note = description && el("small.field-note", { id: `${id}-note`, text: description });
  return el("div.field", {}, el("label", { for: id }, label, required && el("span.needed", {}, " *")), note, ...children);
}

function textField(part, label = part.custom_id, description) {
  const id = `field-${part.custom_id}`;
  const long = part.style === 2;
  const required = part.required ?? true;
  const input = el(long ? "textarea" : "input", {
    id,
    placeholder: part.placeholder,
    rows: long ? 5 : null,
    required,
    autocomplete: "off",
    "aria-describedby": description ? `${id}-note` : null,
    testid: id,
  });
  input.value = part.value ?? "";
  const max = part.max_length ?? TEXT_MAX;
  const count = el("span.count", {});
  const update = () => {
    count.textContent = `${[...input.value].length} / ${max}`;
  };
  input.addEventListener("input", update);
  update();
  const check = () => {
    const length = [...input.value].length;
    let wrong = "";
    if (required && input.value.trim() === "") wrong = `${label} is required.`;
    else if (length > max) wrong = `${label} may have at most ${max} characters; this has ${length}.`;
    else if (length && length < (part.min_length ?? 0)) wrong = `${label} needs at least ${part.min_length} characters.`;
    input.setAttribute("aria-invalid", String(Boolean(wrong)));
    return wrong;
  };
  const root = fieldRoot(id, label, description, required, input, count);
  return { root, input, id: part.custom_id, check, value: () => input.value };
}

function selectField(part, label = part.custom_id, description, ctx) {
  const id = `field-${part.custom_id}`;
  const required = part.required ?? true;
  const [min, max] = [required ? (part.min_values ?? 1) : 0, part.max_values ?? 1];
  const input = el(
    "select",
    { id, testid: id, multiple: max > 1, "aria-describedby": description ? `${id}-note` : null },
    max === 1 && el("option", { value: "", text: part.placeholder ?? (required ? "Choose…" : "Nothing") }),
    ...ctx
      .offered(part)
      .map((option) => el("option", { value: option.value, selected: option.default, text: option.label })),
  );
  const value = () => [...input.selectedOptions].map((option) => option.value).filter(Boolean);
  const check = () => {
    const count = value().length;
    const wrong = count >= min && count <= max ? "" : `${label}: choose ${min === max ? min : `${min} to ${max}`}.`;
    input.setAttribute("aria-invalid", String(Boolean(wrong)));
    return wrong;
  };
  const root = fieldRoot(id, label, description, required, input);
  return { root, input, id: part.custom_id, check, value };
}
