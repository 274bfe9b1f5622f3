//! Who and what there is when a sandbox starts.

use crate::permissions;

/// The guild "Northlight Studio". Also the id of its @everyone role.
pub const NORTHLIGHT: u64 = 1_100_000_000_000_000_001;
/// Ana, who asks for pictures.
pub const ANA: u64 = 1_100_000_000_000_000_011;
/// Bo, who approves.
pub const BO: u64 = 1_100_000_000_000_000_012;
/// Cem, who approves.
pub const CEM: u64 = 1_100_000_000_000_000_013;
/// Dana, who owns the server and is its Studio lead (Manage Server).
pub const DANA: u64 = 1_100_000_000_000_000_014;
/// The bot "Greenlight"; its application has the same id.
pub const BOT: u64 = 1_100_000_000_000_000_020;
/// The channel "general".
pub const GENERAL: u64 = 1_100_000_000_000_000_031;
/// The channel "campaign-pictures".
pub const CAMPAIGN: u64 = 1_100_000_000_000_000_032;
/// The channel "gallery".
pub const GALLERY: u64 = 1_100_000_000_000_000_033;
/// The role "Studio lead", with Manage Server.
pub const STUDIO_LEAD: u64 = 1_100_000_000_000_000_041;
/// The role that the bot got when it was invited.
pub const BOT_ROLE: u64 = 1_100_000_000_000_000_042;
/// The guild "Harbour Press" of [`harbour`]. Also the id of its @everyone role.
pub const HARBOUR: u64 = 1_100_000_000_000_000_002;
/// Its channel "covers".
pub const HARBOUR_COVERS: u64 = 1_100_000_000_000_000_051;
/// Its role "Editor", with Manage Server: Bo's.
pub const HARBOUR_EDITOR: u64 = 1_100_000_000_000_000_061;
/// The role that the bot got there.
pub const HARBOUR_BOT_ROLE: u64 = 1_100_000_000_000_000_062;

/// What a sandbox starts with. Ignored if there is saved data.
#[derive(Clone, Debug)]
pub struct World {
    /// The guild's id.
    pub guild: u64,
    /// The guild's name.
    pub guild_name: String,
    /// Its owner: one of [`World::people`].
    pub owner: u64,
    /// Boost tier 0 to 3: it sets the upload limit (10, 10, 50, 100 MiB).
    pub premium_tier: u8,
    /// The channel in which Discord itself tells who joined; bots greet there. `None`: there is none.
    pub system_channel: Option<u64>,
    /// The bot: one of [`World::people`]. Its application id is the same.
    pub bot: u64,
    /// Everybody, the bot included.
    pub people: Vec<Person>,
    /// The roles besides @everyone, lowest first.
    pub roles: Vec<RoleSpec>,
    /// The text channels, from top to bottom.
    pub channels: Vec<ChannelSpec>,
    /// How many servers the bot is in besides this one. The gateway announces them, each with 40
    /// channels; nothing else knows them.
    pub other_guilds: u32,
    /// More guilds of the same bot and the same people.
    pub neighbours: Vec<Neighbour>,
}

/// Another guild of the same bot. Its people are some of [`World::people`], with other roles.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// The guild's id.
    pub guild: u64,
    /// The guild's name.
    pub guild_name: String,
    /// Its owner: one of its members.
    pub owner: u64,
    /// Who is a member, with which of its roles. The bot is one of them.
    pub members: Vec<(u64, Vec<u64>)>,
    /// The roles besides @everyone, lowest first.
    pub roles: Vec<RoleSpec>,
    /// The text channels, from top to bottom.
    pub channels: Vec<ChannelSpec>,
}

/// Returns a second guild for [`World::neighbours`]: "Harbour Press", which Ana owns. Dana is a guest
/// there, and Cem is no member.
#[must_use]
pub fn harbour() -> Neighbour {
    Neighbour {
        guild: HARBOUR,
        guild_name: "Harbour Press".to_owned(),
        owner: ANA,
        members: vec![
            (ANA, vec![]),
            (BO, vec![HARBOUR_EDITOR]),
            (DANA, vec![]),
            (BOT, vec![HARBOUR_BOT_ROLE]),
        ],
        roles: vec![
            role(HARBOUR_BOT_ROLE, "Greenlight", permissions::MEMBER, 0x3b_a5_5d),
            role(HARBOUR_EDITOR, "Editor", LEAD, 0x4f_9d_8f),
        ],
        channels: vec![channel(
            HARBOUR_COVERS,
            "covers",
            "Drafts for book covers: try /draft",
        )],
    }
}

/// A user who is a member of the guild.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user's id.
    pub id: u64,
    /// The name others see.
    pub name: String,
    /// A colour for the page, `#rrggbb`.
    pub color: String,
    /// Ids of roles.
    pub roles: Vec<u64>,
    /// What this person is for, in a few words; the page shows it.
    pub hint: String,
    /// Whether the page offers to act as this person.
    pub persona: bool,
}

/// A role.
#[derive(Clone, Debug)]
pub struct RoleSpec {
    /// The role's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Bits of [`permissions`].
    pub permissions: u64,
    /// Its colour, 0xrrggbb.
    pub color: u32,
    /// Whether anybody may mention it.
    pub mentionable: bool,
}

/// A text channel.
#[derive(Clone, Debug)]
pub struct ChannelSpec {
    /// The channel's id.
    pub id: u64,
    /// Its name, without `#`.
    pub name: String,
    /// The line above its messages.
    pub topic: String,
}

impl Default for World {
    fn default() -> Self {
        Self {
            guild: NORTHLIGHT,
            guild_name: "Northlight Studio".to_owned(),
            owner: DANA,
            premium_tier: 0,
            system_channel: None,
            bot: BOT,
            people: vec![
                person(ANA, "Ana", "#e0795b", &[], "asks for pictures"),
                person(BO, "Bo", "#4f9d8f", &[], "approves"),
                person(CEM, "Cem", "#8a73d6", &[], "approves"),
                person(
                    DANA,
                    "Dana",
                    "#d6a33c",
                    &[STUDIO_LEAD],
                    "runs the studio and the bot",
                ),
                Person {
                    persona: false,
                    ..person(BOT, "Greenlight", "#3ba55d", &[BOT_ROLE], "the bot")
                },
            ],
            roles: vec![
                role(BOT_ROLE, "Greenlight", permissions::MEMBER, 0x3b_a5_5d),
                role(STUDIO_LEAD, "Studio lead", LEAD, 0xd6_a3_3c),
            ],
            neighbours: Vec::new(),
            channels: vec![
                channel(GENERAL, "general", "Anything about the studio"),
                channel(
                    CAMPAIGN,
                    "campaign-pictures",
                    "Drafts for the campaigns: try /draft",
                ),
                channel(GALLERY, "gallery", "What was finished"),
            ],
            other_guilds: 0,
        }
    }
}

const LEAD: u64 = permissions::MEMBER
    | permissions::MANAGE_GUILD
    | permissions::MANAGE_CHANNELS
    | permissions::MANAGE_MESSAGES
    | permissions::MANAGE_THREADS;

fn person(id: u64, name: &str, color: &str, roles: &[u64], hint: &str) -> Person {
    Person {
        id,
        name: name.to_owned(),
        color: color.to_owned(),
        roles: roles.to_vec(),
        hint: hint.to_owned(),
        persona: true,
    }
}

fn role(id: u64, name: &str, permissions: u64, color: u32) -> RoleSpec {
    RoleSpec {
        id,
        name: name.to_owned(),
        permissions,
        color,
        mentionable: true,
    }
}

fn channel(id: u64, name: &str, topic: &str) -> ChannelSpec {
    ChannelSpec {
        id,
        name: name.to_owned(),
        topic: topic.to_owned(),
    }
}
