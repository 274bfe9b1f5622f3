//! The server of the demo: who is in it, where, and what a newcomer is told.

use discord_sandbox::guide::{Deed, Guide, GuideButton, Step};
use discord_sandbox::world::{self, ChannelSpec, RoleSpec};
use discord_sandbox::{World, permissions};

/// The channel of a second campaign.
pub(super) const SECOND_CAMPAIGN: u64 = 1_100_000_000_000_000_034;
/// The channel in which the bot tells what is spent.
pub(super) const LOG: u64 = 1_100_000_000_000_000_035;
/// The role of those who approve.
pub(super) const APPROVER: u64 = 1_100_000_000_000_000_043;

/// Four days in milliseconds. A vote is open for seven: once brings the reminder at half-time, twice
/// the end.
const FOUR_DAYS_MS: u64 = 4 * 24 * 3_600_000;

/// Prompts to click: what many people type first, of three kinds.
const PROMPTS: [&str; 3] = [
    "a bowl of ramen, cosy evening",
    "a concert poster that says \"JAZZ NIGHT\"",
    "a red fox above a calm lake at dawn",
];

/// Returns the sandbox's own world with a second campaign, a channel for the log, and approvers.
pub(super) fn world() -> World {
    let mut world = World {
        system_channel: Some(world::GENERAL),
        ..World::default()
    };
    let channel = |id, name: &str, topic: &str| ChannelSpec {
        id,
        name: name.to_owned(),
        topic: topic.to_owned(),
    };
    world.channels.push(channel(
        SECOND_CAMPAIGN,
        "autumn-campaign",
        "Drafts for the autumn campaign: try /draft",
    ));
    world
        .channels
        .push(channel(LOG, "bot-log", "What the bot spends, as it spends it"));
    world.roles.push(RoleSpec {
        id: APPROVER,
        name: "Approver".to_owned(),
        permissions: permissions::MEMBER,
        color: 0x4f_9d_8f,
        mentionable: true,
    });
    world.neighbours.push(world::harbour());
    for person in &mut world.people {
        if [world::BO, world::CEM, world::DANA].contains(&person.id) {
            person.roles.push(APPROVER);
        }
    }
    world
}

/// Returns what a newcomer is told: to draft, to approve as somebody else, to watch the pool, and
/// to let time pass.
pub(super) fn guide() -> Guide {
    let button = |label: &str, does| GuideButton {
        label: label.to_owned(),
        does,
    };
    let become_one = |name: &str, user: u64| {
        let user = user.to_string();
        button(&format!("Be {name}"), Deed::Become { user })
    };
    let draft = |prompt: &&str| {
        let option = Some(("prompt".to_owned(), (*prompt).to_owned()));
        let name = "draft".to_owned();
        button(prompt, Deed::Command { name, option })
    };
    let step = |text: &str, buttons| Step {
        text: text.to_owned(),
        buttons,
    };
    let pool = Deed::Command {
        name: "credits pool".to_owned(),
        option: None,
    };
    Guide {
        title: "Your first minute".to_owned(),
        steps: vec![
            step(
                "Draft: click a prompt and press Enter, or type /draft. Each picture costs 10 credits.",
                PROMPTS.iter().map(draft).collect(),
            ),
            step(
                "Approve as another: open the thread and react with ✅. One vote draws the 2K; two draw \
                 its 4K.",
                vec![
                    become_one("Bo", world::BO),
                    become_one("Cem", world::CEM),
                    become_one("Ana again", world::ANA),
                ],
            ),
            step(
                "Watch the pool: everything is paid from it, and #bot-log tells each spend.",
                vec![button("/credits pool", pool)],
            ),
            step(
                "Let time pass: once, and open votes are called to mind; twice, and they close.",
                vec![button("Skip four days", Deed::Skip { ms: FOUR_DAYS_MS })],
            ),
        ],
    }
}
