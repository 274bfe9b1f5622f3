// Which of a channel's messages are in the document: those in view and a screenful on both sides.
// The others are two empty rows as high as they were, or as they are guessed to be.
import { byId } from "./api.js";
import { heightOf } from "./media.js";

// A message of one line, in CSS pixels; the height of others is guessed by it until they are drawn.
const LINE_PX = 26;
const ROW_PX = 48;
const SCREEN_MIN = 25;

/** Where a message is in a list that is ordered by ids; where it would be, if it is not there. */
export function placeOf(list, id) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byId(list[middle].id, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The part `from`..`to` of a list of messages. */
export class Span {
  #heights = new Map();
  #screen = SCREEN_MIN;
  #least = 0;
  from = 0;
  to = 0;

  clear() {
    this.#heights.clear();
    this.from = 0;
    this.to = 0;
  }

  /**
   * Moves to the messages around place `at`, for a view that is `height` pixels high. Those before `least`
   * are never drawn.
   */
  move(list, at, height, least) {
    // A view has room for as many messages of one line.
    this.#screen = Math.max(SCREEN_MIN, Math.ceil(height / LINE_PX));
    const size = 3 * this.#screen;
    this.#least = least;
    this.from = Math.max(least, Math.min(at - this.#screen, list.length - size));
    this.to = Math.min(list.length, this.from + size);
  }

  /** True when a view that begins with the message at place `at` soon has an end of the span in it. */
  leaves(list, at) {
    const near = this.#screen / 2;
    return (!this.atStart && at - this.from < near) || (this.to < list.length && this.to - at < this.#screen + near);
  }

  /** True when no message before these can be drawn. */
  get atStart() {
    return this.from <= this.#least;
  }

  /** Remembers how high a message was drawn. */
  drawn(id, height) {
    this.#heights.set(id, height);
  }

  #height(message) {
    const known = this.#heights.get(message.id);
    if (known !== undefined) return known;
    const guess = ROW_PX + heightOf(message);
    this.#heights.set(message.id, guess);
    return guess;
  }

  #sum(list, from, to) {
    let sum = 0;
    for (let at = from; at < to; at += 1) sum += this.#height(list[at]);
    return sum;
  }

  /** The heights of what is left out above and below. */
  room(list) {
    return [this.#sum(list, 0, this.from), this.#sum(list, this.to, list.length)];
  }

  /** The place of the message that lies `y` pixels below the first one. */
  at(list, y) {
    let at = 0;
    for (let below = y; at < list.length - 1; at += 1) {
      below -= this.#height(list[at]);
      if (below < 0) break;
    }
    return at;
  }
}
