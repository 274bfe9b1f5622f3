// Messages that are a layout of components: texts, sections, pictures, files, lines and containers.
import { componentOf, failedOf } from "./controls.js";
import { button, el, localUrl, markdown } from "./markdown.js";
import { fileCard, fileOf, picture } from "./media.js";

const KIND = { ROW: 1, BUTTON: 2, SECTION: 9, TEXT: 10, THUMBNAIL: 11, GALLERY: 12, FILE: 13, LINE: 14, CONTAINER: 17 };

/** The components of a message, in their order. */
export function layoutOf(message, waiting, ctx) {
  return [...(message.components ?? []).map((part) => partOf(part, message, waiting, ctx)), failedOf(message, ctx)];
}

function partOf(part, message, waiting, ctx) {
  const inner = () => (part.components ?? []).map((child) => partOf(child, message, waiting, ctx));
  switch (part.type) {
    case KIND.ROW:
      return el("div.components", {}, ...(part.components ?? []).map((child) => componentOf(child, message, waiting, ctx)));
    case KIND.TEXT:
      return el("div.part-text", { testid: "part-text" }, ...markdown(part.content ?? "", ctx));
    case KIND.SECTION:
      return el(
        "div.part-section",
        { testid: "part-section" },
        el("div.part-texts", {}, ...inner()),
        el("div.part-beside", {}, besideOf(part.accessory ?? {}, message, waiting, ctx)),
      );
    case KIND.GALLERY:
      return galleryOf(part.items ?? [], message, ctx);
    case KIND.FILE:
      return hidden(part, fileCard({ url: part.file?.url, filename: part.name ?? "file", size: part.size ?? 0 }));
    case KIND.LINE:
      return el("div", {
        class: `part-line${part.divider === false ? " bare" : ""}${part.spacing === 2 ? " wide" : ""}`,
        role: part.divider === false ? null : "separator",
      });
    case KIND.CONTAINER: {
      const node = el("div.part-container", { testid: "part-container" }, ...inner());
      if (part.accent_color != null) node.style.borderLeftColor = `#${part.accent_color.toString(16).padStart(6, "0")}`;
      return hidden(part, node);
    }
    default:
      return null;
  }
}

function besideOf(part, message, waiting, ctx) {
  if (part.type === KIND.BUTTON) return componentOf(part, message, waiting, ctx);
  return part.type === KIND.THUMBNAIL ? pictureOf(part, "thumb", message, ctx) : null;
}

// One picture stands as wide as it can be; several are tiles.
function galleryOf(items, message, ctx) {
  const many = items.length > 1;
  const shown = items.map((item) => pictureOf(item, many ? "grid" : "", message, ctx));
  return el("div", { class: many ? "pictures grid" : "pictures", testid: "part-gallery" }, ...shown);
}

function pictureOf(item, form, message, ctx) {
  const media = item.media ?? {};
  if (!localUrl(media.url)) {
    const href = /^https?:/.test(media.url ?? "") ? media.url : null;
    return el("a.elsewhere", { href, target: "_blank", rel: "noopener noreferrer nofollow", text: media.url ?? "no picture" });
  }
  return hidden(item, picture(fileOf(item), form, () => ctx.view(message, media.attachment_id)));
}

// What is a spoiler is shown once somebody asks for it.
function hidden(part, node) {
  if (!part.spoiler) return node;
  const cover = button("button secondary", { text: "Show the spoiler", onclick: () => cover.replaceWith(node) });
  return cover;
}
