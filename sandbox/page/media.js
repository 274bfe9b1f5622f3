// Pictures, files and embeds of a message.
import { bytes } from "./api.js";
import { button, el, icon, inline, localUrl, markdown, moment } from "./markdown.js";
import { allParts, isLayout, messageMs } from "./parts.js";

// The largest size at which a picture stands among messages, in CSS pixels.
const PICTURE_WIDTH = 550;
const PICTURE_HEIGHT = 420;
const EMBED_WIDTH = 500;
const THUMB_WIDTH = 80;
// An embed without a picture, about.
const LINES_PX = 90;

const isPicture = (file) =>
  Boolean(localUrl(file.url)) &&
  (/^image\/(?!svg)/.test(file.content_type ?? "") || (Boolean(file.width) && /\.(png|jpe?g|gif|webp)$/i.test(file.filename)));


// Where a file lies, without the signature that changes.
const pathOf = (url) => localUrl(url)?.split("?")[0] ?? null;

/** A picture of a layout as a file: of it a layout tells less. */
export function fileOf(item) {
  const media = item.media ?? {};
  return {
    id: media.attachment_id,
    url: media.url,
    filename: decodeURIComponent(pathOf(media.url)?.split("/").at(-1) ?? "picture"),
    description: item.description,
    content_type: media.content_type,
    width: media.width,
    height: media.height,
  };
}

// The pictures that a layout shows.
const inLayout = (message) =>
  [...allParts(message.components)].flatMap((part) => (part.type === 12 ? part.items : part.type === 11 ? [part] : [])).map(fileOf);

// Files that an embed shows are not shown again, and a layout shows none by themselves.
function loose(message) {
  if (isLayout(message)) return [];
  const shown = new Set((message.embeds ?? []).flatMap((embed) => [embed.image?.url, embed.thumbnail?.url]).filter(Boolean));
  const paths = new Set([...shown].map(pathOf).filter(Boolean));
  const used = (file) => shown.has(`attachment://${file.filename}`) || paths.has(pathOf(file.url));
  return (message.attachments ?? []).filter((file) => !used(file));
}

/** Pictures of a message as the viewer wants them. */
export function picturesOf(message, ctx) {
  const from = { author: ctx.user(message.author).name, at: messageMs(message) };
  const files = (isLayout(message) ? inLayout(message) : (message.attachments ?? []))
    .filter(isPicture)
    .map((file) => ({
      ...from,
      id: file.id,
      url: localUrl(file.url),
      name: file.filename,
      width: file.width,
      height: file.height,
      size: file.size,
    }));
  const known = new Set(files.map((file) => pathOf(file.url)));
  const inEmbeds = (message.embeds ?? [])
    .map((embed) => embed.image)
    .filter((part) => part?.url && pathOf(part.url) && !known.has(pathOf(part.url)));
  return [
    ...files,
    ...inEmbeds.map((part) => ({
      ...from,
      id: pathOf(part.url),
      url: localUrl(part.url),
      name: decodeURIComponent(pathOf(part.url).split("/").at(-1)),
      width: part.width,
      height: part.height,
    })),
  ];
}

// The size at which a picture stands in a box.
function fitted(width, height, widest) {
  const scale = Math.min(1, widest / width, PICTURE_HEIGHT / height);
  return [Math.round(width * scale), Math.round(height * scale)];
}

const sizeOf = (file) => [file?.width || 400, file?.height || 300];

/** About how high the pictures of a message are, in CSS pixels, before they are drawn. */
export function heightOf(message) {
  const pictures = (isLayout(message) ? inLayout(message) : loose(message)).filter(isPicture);
  const grid = pictures.length > 1;
  const heights = pictures.map((file) => fitted(...sizeOf(file), grid ? PICTURE_WIDTH / 2 : PICTURE_WIDTH)[1]);
  const inEmbeds = (message.embeds ?? []).map((embed) => (embed.image ? fitted(...sizeOf(embed.image), EMBED_WIDTH)[1] : LINES_PX));
  const rows = heights.filter((_, at) => !grid || at % 2 === 0);
  return [...rows, ...inEmbeds].reduce((sum, height) => sum + height, 0);
}

/** The files of a message: its pictures, then cards for the others. */
export function filesOf(message, ctx) {
  const files = loose(message);
  const pictures = files.filter(isPicture);
  const others = files.filter((file) => !isPicture(file));
  const grid = pictures.length > 1;
  const shown = pictures.map((file) => picture(file, grid ? "grid" : "", () => ctx.view(message, file.id)));
  return [shown.length ? el("div", { class: grid ? "pictures grid" : "pictures" }, ...shown) : null, ...others.map(fileCard)];
}

// How wide a picture is at most, by how it stands.
const WIDEST = { grid: PICTURE_WIDTH / 2, thumb: THUMB_WIDTH };

/** A picture that `open` shows large. It stands by itself, as one of several ("grid"), or beside a text ("thumb"). */
export function picture(file, form, open) {
  const [width, height] = sizeOf(file);
  const [wide, high] = fitted(width, height, WIDEST[form] ?? PICTURE_WIDTH);
  const image = el("img", {
    // Long histories have more pictures than are ever looked at.
    loading: "lazy",
    src: localUrl(file.url),
    alt: file.description || file.filename,
    width: wide,
    height: high,
    decoding: "async",
    testid: "attachment-image",
  });
  image.addEventListener("error", () => image.replaceWith(el("span.broken", { text: `${file.filename} could not be shown` })));
  return button("picture", { label: `Open ${file.filename} large, ${width}×${height}`, onclick: open }, image);
}

/** A card by which a file can be had. */
export function fileCard(file) {
  const url = localUrl(file.url);
  const name = url ? el("a", { href: url, download: file.filename, text: file.filename }) : el("span", {}, file.filename);
  return el(
    "div.file",
    { testid: "attachment-file" },
    icon("file"),
    el("div", {}, name, el("small", { text: bytes(file.size ?? 0) })),
  );
}

/** One embed. */
export function embedOf(embed, message, ctx) {
  const link = (text, url) =>
    url && /^https?:/.test(url)
      ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, ...inline(text, ctx, 0, true))
      : el("span", {}, ...inline(text, ctx, 0, true));
  const fields = (embed.fields ?? []).map((field) =>
    el(
      "div",
      { class: field.inline ? "embed-field inline" : "embed-field" },
      el("strong", {}, ...inline(field.name, ctx)),
      el("div", {}, ...markdown(field.value, ctx)),
    ),
  );
  const at = embed.timestamp && Date.parse(embed.timestamp);
  const foot = [embed.footer?.text, at && moment(at, "f")].filter(Boolean).join(" · ");
  const node = el(
    "div.embed",
    { testid: "embed" },
    embedPicture(embed.thumbnail, "thumb", message, ctx),
    embed.author?.name && el("div.embed-author", {}, link(embed.author.name, embed.author.url)),
    embed.title && el("div.embed-title", {}, link(embed.title, embed.url)),
    embed.description && el("div.embed-text", {}, ...markdown(embed.description, ctx)),
    fields.length > 0 && el("div.embed-fields", {}, ...fields),
    embedPicture(embed.image, "embed-image", message, ctx),
    foot && el("div.embed-foot", {}, foot),
  );
  if (embed.color) node.style.borderLeftColor = `#${embed.color.toString(16).padStart(6, "0")}`;
  return node;
}

function embedPicture(part, className, message, ctx) {
  if (!part?.url) return null;
  const path = pathOf(part.url);
  const file = (message.attachments ?? []).find(
    (one) => part.url === `attachment://${one.filename}` || (path && pathOf(one.url) === path),
  );
  const url = localUrl(file?.url ?? part.url);
  if (!url)
    return el("a", {
      class: className,
      href: /^https?:/.test(part.url) ? part.url : null,
      target: "_blank",
      rel: "noopener noreferrer nofollow",
      text: part.url,
    });
  const [wide, high] = fitted(...sizeOf(file ?? part), className === "thumb" ? THUMB_WIDTH : EMBED_WIDTH);
  const image = el("img", {
    loading: "lazy",
    src: url,
    alt: file?.filename ?? "Picture",
    width: wide,
    height: high,
    decoding: "async",
    testid: "attachment-image",
  });
  return button(
    `picture ${className}`,
    { label: "Open the picture large", onclick: () => ctx.view(message, file?.id ?? path) },
    image,
  );
}
