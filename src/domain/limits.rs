//! Everything has a limit, with a name and a unit.

/// Longest prompt of a draft, in characters.
pub const PROMPT_CHARS: usize = 4_000;
/// Longest list of what to keep, in characters.
pub const KEEP_CHARS: usize = 500;
/// Most images of one draft.
pub const IMAGES_PER_DRAFT: usize = 4;
/// Most references of one draft.
pub const REFERENCES: usize = 4;
/// Largest file that is taken as a reference, in bytes.
pub const REFERENCE_BYTES: usize = 20 * 1024 * 1024;
/// Longest side of a reference as it is kept and sent, in pixels: more than a service looks at.
pub const REFERENCE_EDGE: u32 = 2_048;
/// Largest file of a reference as it is kept and sent, in bytes: four of them can be posted with a draft's first message.
pub const REFERENCE_KEPT_BYTES: usize = 2 * 1024 * 1024;
/// Most drafts of a guild that still have something queued or rendering.
pub const OPEN_DRAFTS_PER_GUILD: u32 = 50;
/// Paid attempts at one render before a passing fault is taken for a lasting one.
pub const RENDER_ATTEMPTS: u32 = 4;
/// First pause before a render is tried again, in milliseconds; each further one is four times as long.
pub const RENDER_RETRY_MS: i64 = 2_000;
/// How often a service that has taken a call is asked anew how it ended, in milliseconds.
pub const RENDER_ASK_MS: i64 = 60_000;
/// Attempts after which such a call is of unknown outcome: an hour and more.
pub const RENDER_ASKS: u32 = 30;
/// How often the place of a draft in the queue is shown anew, in milliseconds.
pub const PLACE_EVERY_MS: i64 = 20_000;
/// Longest pause that a provider's `Retry-After` is obeyed for, in milliseconds.
pub const RETRY_AFTER_MAX_MS: i64 = 15 * 60_000;
/// Largest answer of a provider that is read, in bytes.
pub const PICTURE_BYTES: usize = 40 * 1024 * 1024;
/// Whoever runs the bot is warned of a model that is shut down within so many days.
pub const SHUTDOWN_DAYS: i32 = 30;
/// Most troubles of engines that are remembered as told to the operator.
pub const OPERATOR_LOG_ENTRIES: usize = 64;
/// Largest picture that is compared with another, in pixels: two of them are in memory at once.
pub const COMPARED_PIXELS: u64 = 1 << 25;
/// OpenAI: most pictures that come of one call before it is done.
pub const PARTIALS: u8 = 3;
/// A picture that is not done is shown at most so often in a draft, in milliseconds.
pub const PREVIEW_EVERY_MS: i64 = 2_000;
/// Discord: longest message, in characters.
pub const MESSAGE_CHARS: usize = 2_000;
/// Discord: longest thread name, in characters.
pub const THREAD_NAME_CHARS: usize = 100;
/// Discord: a thread is archived after this many minutes without a message; the longest that can be asked for.
pub const THREAD_ARCHIVE_MINUTES: u16 = 10_080;
/// Longest vote window, in days: a reaction in an archived thread is impossible.
pub const VOTE_WINDOW_DAYS: u32 = 7;
/// Votes of a thread whose half-time comes within so long are reminded of together, in milliseconds.
pub const REMIND_TOGETHER_MS: i64 = 60 * 60_000;
/// Largest quorum that can be asked for, in members.
pub const QUORUM: u32 = 100;
/// Highest price of one image, in credits.
pub const PRICE_CREDITS: i64 = 1_000_000;
/// Edits of a message that shows votes are gathered for so long, in milliseconds.
pub const GATHER_MS: i64 = 1_000;
/// The same for messages older than [`OLD_MESSAGE_MS`].
pub const GATHER_OLD_MS: i64 = 20_000;
/// Discord: edits of messages that are older than this are limited, in milliseconds; nothing says how.
pub const OLD_MESSAGE_MS: i64 = 60 * 60_000;
/// Most credits in one grant.
pub const GRANT_CREDITS: i64 = 10_000_000;
/// Longest name of a project, in characters.
pub const PROJECT_NAME_CHARS: usize = 50;
/// Most open projects of a guild.
pub const OPEN_PROJECTS_PER_GUILD: usize = 200;
/// Most images of one stage that are estimated at once.
pub const CAMPAIGN_IMAGES: usize = 10_000;
/// Longest reason of a grant or of a stop, in characters.
pub const REASON_CHARS: usize = 200;
/// Starters of somebody who is forgotten are edited so far apart, in milliseconds.
pub const FORGET_APART_MS: i64 = 2_000;
/// What could not be forgotten yet is looked at again after so long, in milliseconds.
pub const FORGET_AGAIN_MS: i64 = 10 * 60_000;
/// An interaction's token is good for this long, in milliseconds.
pub const INTERACTION_MS: i64 = 15 * 60_000;

/// Most lines of a history in one private answer: each is below 150 characters, and a message holds 2,000.
pub const HISTORY_LINES: i64 = 10;
/// Most paid calls of unknown end in one private answer: each line is below 370 characters, and a message holds 2,000.
pub const UNRESOLVED_LINES: i64 = 4;
/// Most choices that are offered while somebody types, set by Discord.
pub const CHOICES: usize = 25;
/// Longest name of a choice, in characters, set by Discord.
pub const CHOICE_CHARS: usize = 100;
/// Most votes on a page of `/approvals`: each line is below 270 characters, and a message holds 2,000.
pub const APPROVALS_PER_PAGE: u32 = 6;
/// Most hours over which a cap can roll: 31 days.
pub const SPEND_LIMIT_HOURS: u32 = 744;
/// Most caps that the admins of a guild can set: a message lists them all, before and after.
pub const SPEND_LIMITS_PER_GUILD: usize = 10;
/// Threads whose votes are recounted at once; the next ones [`RECOUNT_APART_MS`] later. Half of what Discord allows a bot
/// stays free for everybody else.
pub const RECOUNT_AT_ONCE: usize = 10;
/// See [`RECOUNT_AT_ONCE`]; in milliseconds.
pub const RECOUNT_APART_MS: i64 = 500;
