// Small parts that many places draw, and what a message says about itself.
import { snowflakeMs } from "./api.js";
import { el, moment } from "./markdown.js";

const FLAG = { EPHEMERAL: 64, LOADING: 128, LAYOUT: 1 << 15 };

export const isEphemeral = (message) => Boolean((message.flags ?? 0) & FLAG.EPHEMERAL);
export const isLoading = (message) => Boolean((message.flags ?? 0) & FLAG.LOADING);
/** True when a message is a layout of components, and nothing beside them. */
export const isLayout = (message) => Boolean((message.flags ?? 0) & FLAG.LAYOUT);
export const messageMs = (message) => Date.parse(message.timestamp) || snowflakeMs(message.id);

/** All components of a message, those within others too. */
export function* allParts(parts) {
  for (const part of parts ?? []) {
    yield part;
    yield* allParts(part.components);
    if (part.accessory) yield part.accessory;
  }
}

/** What a message says: its text, or the texts of its layout. */
export function wordsOf(message) {
  if (!isLayout(message)) return message.content ?? "";
  const texts = [...allParts(message.components)].filter((part) => part.type === 10);
  return texts.map((part) => part.content).join("\n");
}

/** "08:31", or with the day when that is another one. */
export function clockTime(ms, now) {
  const day = (at) => new Date(at).toDateString();
  if (day(ms) === day(now)) return `Today at ${moment(ms, "t")}`;
  if (day(ms) === day(now - 86_400_000)) return `Yesterday at ${moment(ms, "t")}`;
  return `${moment(ms, "d")} ${moment(ms, "t")}`;
}

/** A round avatar with initials in the person's colour. */
export function avatar(user, small = false) {
  const initials = (user.name || "?")
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0])
    .join("")
    .toUpperCase();
  const node = el("span", {
    class: `avatar${small ? " small" : ""}${user.bot ? " bot" : ""}`,
    "aria-hidden": "true",
    text: initials,
  });
  const color = typeof user.color === "number" ? `#${user.color.toString(16).padStart(6, "0")}` : user.color;
  if (/^#[0-9a-f]{6}$/i.test(color ?? "")) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
    node.style.backgroundColor = color;
    node.style.color = r * 0.299 + g * 0.587 + b * 0.114 > 140 ? "#10141a" : "#ffffff";
  }
  return node;
}

/** Three dots that say "wait". */
export const dots = () => el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i"));
