// The right side: the members of the guild, their roles, and who has left.
import { openForm } from "./form.js";
import { button, el, icon } from "./markdown.js";
import { avatar } from "./parts.js";
import { hint } from "./sidebar.js";
import { openMenu } from "./viewer.js";

// Permission bits.
const CAN = { KICK: 1n << 1n, MANAGE_ROLES: 1n << 28n };
const NAME_MAX = 32;
const ROLE_MAX = 100;

const can = (ctx, bit) => Boolean(BigInt(ctx.users.get(ctx.me)?.permissions ?? 0) & bit);

/** People and apps of the guild, and those who left. */
export function drawMembers(root, ctx) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  const users = [...ctx.users.values()];
  const group = (title, some, row) =>
    some.length > 0 &&
    el("section", {}, el("h3", { text: `${title} — ${some.length}` }), el("ul", {}, ...some.map((user) => el("li", {}, row(user, ctx)))));
  const here = users.filter((user) => user.member !== false);
  const add = (testid, text, onclick) => button("more-threads", { testid, text, onclick });
  root.replaceChildren(
    ...[
      group(
        "People",
        here.filter((user) => !user.bot),
        memberRow,
      ),
      group(
        "Apps",
        here.filter((user) => user.bot),
        memberRow,
      ),
      group(
        "Left the server",
        users.filter((user) => user.member === false && !user.bot),
        goneRow,
      ),
      add("add-member", "Add a member", () => askName("Add a member", NAME_MAX, ctx, (name) => ctx.api.addMember(name))),
      can(ctx, CAN.MANAGE_ROLES) &&
        add("add-role", "Add a role", () => askName("Add a role", ROLE_MAX, ctx, (name) => ctx.api.addRole(name))),
    ].filter(Boolean),
  );
  if (focused) root.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

function memberRow(user, ctx) {
  const state = user.bot ? (ctx.botOnline ? "Online" : "Offline") : [user.hint, ...(user.roles ?? [])].filter(Boolean).join(" · ");
  const open = (event) => memberMenu(event.currentTarget, user, ctx);
  const label = `What can be done about ${user.name}`;
  return el(
    "div",
    { class: `member${user.bot && !ctx.botOnline ? " off" : ""}`, testid: user.bot ? "bot-status" : null },
    avatar(user),
    el(
      "span.persona-text",
      {},
      el("span.member-name", {}, user.name, user.bot && el("span.tag", {}, "BOT")),
      el("small", { text: state || hint(user), title: state || hint(user) }),
    ),
    hasMenu(user, ctx) &&
      button("ghost", { label, "aria-haspopup": "menu", testid: `member-menu-${user.id}`, onclick: open }, icon("more")),
  );
}

function goneRow(user, ctx) {
  return el(
    "div.member.off",
    {},
    avatar(user),
    el("span.persona-text", {}, el("span.member-name", {}, user.name)),
    button("link", { testid: `rejoin-${user.id}`, text: "Bring back", onclick: () => ctx.attempt(() => ctx.api.rejoin(user.id)) }),
  );
}

const hasMenu = (user, ctx) =>
  ctx.userCommands().length > 0 ||
  (!user.bot && (user.id === ctx.me || can(ctx, CAN.MANAGE_ROLES) || can(ctx, CAN.KICK)));

function memberMenu(anchor, user, ctx) {
  openMenu(anchor, { label: user.name }, (close) => {
    const then = (act) => () => {
      close();
      act();
    };
    const item = (testid, text, act) => button("", { role: "menuitem", testid, text, onclick: then(act) });
    const apps = ctx.userCommands().map((command) =>
      item(`user-command-${command.name}`, command.name, () => ctx.userCommand(user.id, command.name)),
    );
    if (user.bot) return apps;
    const roles = can(ctx, CAN.MANAGE_ROLES) ? ctx.givenRoles().map((role) => roleItem(role, user, ctx, then)) : [];
    const part = () => ctx.attempt(() => ctx.api.part(user.id));
    const leave =
      user.id === ctx.me
        ? item("leave-server", "Leave the server", part)
        : can(ctx, CAN.KICK) && item(`kick-${user.id}`, `Send ${user.name} away`, part);
    const title = roles.length > 0 && el("div.menu-title", { role: "presentation" }, el("strong", {}, `Roles of ${user.name}`));
    return [...apps, title, ...roles, leave].filter(Boolean);
  });
}

function roleItem(role, user, ctx, then) {
  const has = (user.role_ids ?? []).includes(role.id);
  return button("", {
    role: "menuitemcheckbox",
    "aria-checked": String(has),
    testid: `role-${role.id}`,
    text: role.name,
    onclick: then(() => ctx.attempt(() => ctx.api.setRole(user.id, role.id, !has))),
  });
}

function askName(title, max, ctx, send) {
  const input = { type: 4, custom_id: "name", label: "Name", style: 1, required: true, max_length: max };
  openForm({ title, components: [{ type: 1, components: [input] }] }, ctx, ({ name }) => send(name.trim()));
}
