// What the server tells the page, and what the page does about it.
import { byId } from "./api.js";
import { openForm } from "./form.js";
import { tick } from "./markdown.js";
import { isEphemeral } from "./parts.js";
import { isThread } from "./rooms.js";
import { toast } from "./viewer.js";

const FAILED = "The application did not respond";

/**
 * The handlers of all events by their type. `page` is `{ctx, rooms, read, column, pending, drawAround, drawChannels,
 * described(channel), setCommands, setUsers}`.
 */
export function handlers(page) {
  const { ctx, rooms, pending, column } = page;
  const on = {};

  on.MESSAGE_CREATE = (message) => messageMade(page, message);
  on.MESSAGE_UPDATE = (message) => {
    rooms.upsert(message);
    pending.settle((one) => one.message === message.id);
    column.draw();
    column.hear(message);
  };
  on.MESSAGE_DELETE = ({ channel_id: channel, id }) => {
    rooms.forget(channel, id);
    column.draw();
  };
  on.REACTIONS = ({ channel_id: channel, message_id: id, reactions }) => {
    rooms.react(channel, id, reactions);
    if (channel === ctx.channelId) column.draw();
  };

  const changed = (channel) => channelChanged(page, channel);
  const gone = (channel) => channelGone(page, channel);
  for (const kind of ["CHANNEL", "THREAD"])
    Object.assign(on, { [`${kind}_CREATE`]: changed, [`${kind}_UPDATE`]: changed, [`${kind}_DELETE`]: gone });

  on.INTERACTION_FAILED = (event) => pending.own(event.id, () => failed(page, event));
  on.INTERACTION_ANSWERED = ({ id }) => pending.own(id, () => pending.answered(id));
  on.MODAL_OPEN = (event) => pending.own(event.interaction_id, () => openModal(page, event));
  on.COMMANDS = ({ commands }) => {
    page.setCommands(commands);
    page.drawAround();
    column.draw();
  };
  on.USERS = ({ users, roles }) => {
    page.setUsers(users, roles);
    page.drawAround();
    column.draw();
  };
  on.EMOJIS = ({ emojis }) => {
    ctx.emojis = emojis;
  };
  on.CLOCK = ({ now_ms: now }) => {
    ctx.offset = now - Date.now();
    tick(ctx.now());
    column.draw();
  };
  on.BOT = ({ online }) => {
    ctx.botOnline = online;
    page.drawAround();
  };
  return on;
}

function messageMade({ ctx, rooms, read, pending, column, drawChannels }, message) {
  const channel = ctx.channels.get(message.channel_id);
  if (channel && !isEphemeral(message) && byId(message.id, channel.last_message_id ?? "0") > 0) {
    channel.last_message_id = message.id;
    if (message.author.id === ctx.me) read.mark(channel.id, message.id);
    if (isThread(channel)) channel.message_count = (channel.message_count ?? 0) + 1;
  }
  rooms.upsert(message);
  const born = message.interaction_metadata?.id;
  if (born) pending.settle((one) => one.id === born);
  if (message.channel_id === ctx.channelId) column.drawNew();
  column.hear(message);
  drawChannels();
  if (channel && channel.parent_id === ctx.channelId) column.draw();
}

function channelChanged({ ctx, column, described, drawAround }, channel) {
  const known = ctx.channels.get(channel.id);
  const whole = { ...known, ...channel };
  ctx.channels.set(channel.id, whole);
  if (known?.name !== whole.name) ctx.names += 1;
  if (channel.id === ctx.channelId) described(whole);
  drawAround();
  column.draw();
}

async function channelGone({ ctx, rooms, drawAround }, { id }) {
  const parent = ctx.channels.get(id)?.parent_id;
  ctx.channels.delete(id);
  rooms.drop(id);
  ctx.names += 1;
  drawAround();
  if (id !== ctx.channelId) return;
  if (ctx.channels.has(parent)) await ctx.jump(parent);
  else ctx.home();
}

function failed({ pending }, { id, name, text, message_id: message }) {
  // Who filled in a form is told in it.
  if (pending.refused(id, text || FAILED)) return;
  pending.fail(id, message, text || FAILED);
  toast(`${message ? "" : `/${name}: `}${text || FAILED}`);
}

function openModal({ ctx, pending }, { interaction_id: id, modal, channel_id: channel, message_id: message }) {
  pending.settle((one) => one.id === id);
  openForm(modal, ctx, (fields) =>
    pending.ask({
      kind: "modal",
      interaction_id: id,
      custom_id: modal.custom_id,
      channel_id: channel ?? ctx.channelId,
      message_id: message,
      fields,
    }),
  );
}
