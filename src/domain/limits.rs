//! Every limit of the product, with a name and a unit.

/// Longest prompt of a draft, in characters.
pub const PROMPT_CHARS: usize = 4_000;
/// Longest list of what to keep, in characters.
pub const KEEP_CHARS: usize = 500;
/// Most images of one draft.
pub const IMAGES_PER_DRAFT: usize = 4;
/// Most references of one draft.
pub const REFERENCES: usize = 4;
/// Largest file that is accepted as a reference, in bytes.
pub const REFERENCE_BYTES: usize = 20 * 1024 * 1024;
/// Longest side of a reference as it is stored and sent, in pixels. It is more than a service looks
/// at.
pub const REFERENCE_EDGE: u32 = 2_048;
/// Largest file of a reference as it is stored and sent, in bytes. Four of them fit in a draft's
/// first message.
pub const REFERENCE_KEPT_BYTES: usize = 2 * 1024 * 1024;
/// Shortest side of a file that is given as a reference, in pixels. Services refuse less.
pub const REFERENCE_SHORTEST: u32 = 64;
/// Most memory that decoding a reference may take, in bytes: a photo of 50 million pixels.
pub const REFERENCE_DECODED_BYTES: u64 = 144 * 1024 * 1024;
/// Most of what a reference carries beside its pixels, unpacked, in bytes: colour profiles of
/// printers have 3 MiB.
pub const REFERENCE_BESIDE_BYTES: usize = 6 * 1024 * 1024;
/// Within so many milliseconds the same press by the same member asks for the same draft.
pub const SAME_PRESS_MS: i64 = 10_000;
/// Most drafts of a guild at a time that have something queued or rendering.
pub const OPEN_DRAFTS_PER_GUILD: u32 = 50;
/// Most paid attempts at one render. After them a passing failure counts as a lasting one.
pub const RENDER_ATTEMPTS: u32 = 4;
/// First pause before a render is tried again, in milliseconds. Each further one is four times as
/// long.
pub const RENDER_RETRY_MS: i64 = 2_000;
/// How often a service that took a call is asked how it ended, in milliseconds.
pub const RENDER_ASK_MS: i64 = 60_000;
/// After so many attempts such a call is of unknown outcome: an hour and more.
pub const RENDER_ASKS: u32 = 30;
/// How often a draft's place in the queue is updated, in milliseconds.
pub const PLACE_EVERY_MS: i64 = 20_000;
/// Longest wait that a service's `Retry-After` is obeyed for, in milliseconds.
pub const RETRY_AFTER_MAX_MS: i64 = 15 * 60_000;
/// Largest file of a picture that is read, in bytes. A 4K PNG of grain is about 50 MB.
pub const PICTURE_BYTES: usize = 64 * 1024 * 1024;
/// Largest answer of a service that is read, in bytes: a picture as base64, and a mebibyte of words.
pub const ANSWER_BYTES: usize = PICTURE_BYTES / 3 * 4 + 1024 * 1024;
/// Longest side of a picture that is read, in pixels.
pub const PICTURE_EDGE: u32 = 16_384;
/// Most memory that decoding an engine's picture may take, in bytes.
pub const PICTURE_DECODED_BYTES: u64 = 512 * 1024 * 1024;
/// Most memory that decoded pictures take at once in the whole process, in bytes.
pub const DECODED_AT_ONCE_BYTES: u64 = 160 * 1024 * 1024;
/// Most of what an engine's picture carries beside its pixels, unpacked, in bytes.
pub const PICTURE_BESIDE_BYTES: usize = 64 * 1024 * 1024;
/// Most parts of a picture's file: chunks, segments, frames.
pub const PICTURE_PARTS: usize = 65_536;
/// The operator is warned of a model that shuts down within so many days.
pub const SHUTDOWN_DAYS: i32 = 30;
/// Most faults of engines that are remembered as told to the operator.
pub const OPERATOR_LOG_ENTRIES: usize = 64;
/// Largest picture that is compared with another, in pixels. Two of them are in memory at once.
pub const COMPARED_PIXELS: u64 = 1 << 25;
/// OpenAI: most previews of one call.
pub const PARTIALS: u8 = 3;
/// Shortest time between two previews in a draft, in milliseconds.
pub const PREVIEW_EVERY_MS: i64 = 2_000;
/// How long it is remembered that a guild refused a file as too large, in milliseconds: a day.
pub const LEARNT_UPLOAD_MS: i64 = 24 * 60 * 60_000;
/// Longest time for which a link to a file can be valid, in hours: a week. A bucket signs none for longer.
pub const LINK_HOURS: i64 = 168;
/// Most files that one process hands out by links at once.
pub const HANDED_OUT_AT_ONCE: usize = 32;
/// Most packs of images that one process hands out by links at once. Each is in memory.
pub const PACKS_AT_ONCE: usize = 2;
/// Most characters of a project's name in the name of a file.
pub const FILE_PROJECT_CHARS: usize = 24;
/// How many first bytes of a file are read to know its format.
pub const FORMAT_BYTES: u64 = 64;
/// Discord: longest message, in characters.
pub const MESSAGE_CHARS: usize = 2_000;
/// Discord: longest description of a file, in characters.
pub const ALT_TEXT_CHARS: usize = 1_024;
/// Most characters of a prompt in the name of a file.
pub const FILE_WORDS_CHARS: usize = 40;
/// Discord: longest thread name, in characters.
pub const THREAD_NAME_CHARS: usize = 100;
/// Discord: a thread is archived after this many minutes without a message. It is the longest time
/// that can be asked for.
pub const THREAD_ARCHIVE_MINUTES: u16 = 10_080;
/// Longest vote window, in days. Nobody can react in an archived thread.
pub const VOTE_WINDOW_DAYS: u32 = 7;
/// A reminder also covers the votes of its thread that are half-way within so long, in
/// milliseconds.
pub const REMIND_TOGETHER_MS: i64 = 60 * 60_000;
/// Largest quorum that can be set, in members.
pub const QUORUM: u32 = 100;
/// Most voters whom a message names one by one.
pub const NAMED: usize = 10;
/// Highest price of one image, in credits.
pub const PRICE_CREDITS: i64 = 1_000_000;
/// A contact sheet that changes after the drawing is drawn again so much later, in milliseconds,
/// with what changes meanwhile.
pub const SHEET_GATHER_MS: i64 = 10_000;
/// A stored image waits for so long at most for an earlier one of its draft, in milliseconds.
pub const ORDER_WAIT_MS: i64 = 15_000;
/// How often it is looked whether the earlier one was shown, in milliseconds.
pub const ORDER_LOOK_MS: i64 = 1_000;
/// Edits that show votes are gathered for so long, in milliseconds.
pub const GATHER_MS: i64 = 1_000;
/// How often it is looked whether a draft is drawn whose images are told of in one line of the log
/// channel, in milliseconds.
pub const LOG_GATHER_MS: i64 = 5_000;
/// A message of the bot that shows no recorded image is looked up again after a reaction for so
/// long after it was posted, in milliseconds.
pub const LOOK_UP_FOR_MS: i64 = 60_000;
/// Edits that show votes are gathered for so long on messages older than [`OLD_MESSAGE_MS`], in
/// milliseconds.
pub const GATHER_OLD_MS: i64 = 20_000;
/// Discord: edits of messages older than this are limited, in milliseconds. Nothing says how.
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
/// Longest note on an image, in characters.
pub const NOTE_CHARS: usize = 300;
/// Most notes of one member that stand on one image.
pub const NOTES_A_MEMBER: usize = 5;
/// Most notes that stand on one image.
pub const NOTES_AN_IMAGE: usize = 20;
/// Most characters that the list of notes has on an image's message.
pub const NOTES_SHOWN_CHARS: usize = 900;
/// Most versions of one image, the first included.
pub const VERSIONS: u32 = 9;
/// Pause between edits of the starters of a member who is forgotten, in milliseconds.
pub const FORGET_APART_MS: i64 = 2_000;
/// Pause until what could not be forgotten yet is tried again, in milliseconds. It is longer than an
/// act of a member takes from its beginning to its record.
pub const FORGET_AGAIN_MS: i64 = 10 * 60_000;
/// Fewest days for which the operator can have files and words kept: as long as a vote can be open.
pub const RETENTION_DAYS_MIN: i64 = 7;
/// Most days for which the operator can have files and words kept, short of for ever: ten years.
pub const RETENTION_DAYS_MAX: i64 = 3_650;
/// Most drafts of which something is removed in one run, because it was kept long enough.
pub const REMOVED_A_RUN: usize = 500;
/// Pause between the removals of files, and of words from messages, of two such drafts, in
/// milliseconds. With [`REMOVED_A_RUN`] it is less than half an hour.
pub const REMOVED_APART_MS: i64 = 2_000;
/// How many drafts are looked at for that at once.
pub const RETENTION_PAGE: i64 = 100;
/// Discord: an interaction's token is valid for so long, in milliseconds.
pub const INTERACTION_MS: i64 = 15 * 60_000;

/// Most lines of a history in one private answer. Each is below 150 characters, and a message holds
/// 2,000.
pub const HISTORY_LINES: i64 = 10;
/// Most paid calls of unknown outcome in one private answer. Each line is below 370 characters, and
/// a message holds 2,000.
pub const UNRESOLVED_LINES: i64 = 4;
/// Discord: most choices that are offered while a user types.
pub const CHOICES: usize = 25;
/// Discord: longest name of a choice, in characters.
pub const CHOICE_CHARS: usize = 100;
/// How long no layout is sent after Discord has refused one, in milliseconds: an hour.
pub const LAYOUTS_PAUSE_MS: i64 = 60 * 60 * 1_000;
/// Most drafts on a page of `/approvals`. Each takes below 540 characters, and a message holds 2,000.
pub const DRAFTS_PER_PAGE: u32 = 3;
/// Longest window of a spending limit, in hours: 31 days.
pub const SPEND_LIMIT_HOURS: u32 = 744;
/// Most spending limits that the admins of a guild can set. A message lists them all, before and
/// after a change.
pub const SPEND_LIMITS_PER_GUILD: usize = 10;
/// How many threads are recounted at once; the next ones follow [`RECOUNT_APART_MS`] later. Half of
/// what Discord allows a bot stays free for everything else.
pub const RECOUNT_AT_ONCE: usize = 10;
/// Pause between two groups of threads that are recounted, in milliseconds. See
/// [`RECOUNT_AT_ONCE`].
pub const RECOUNT_APART_MS: i64 = 500;
/// Most roles or channels that can be picked from a list of the panel of settings. A message names them
/// three times: before, after and now.
pub const PICKED: u8 = 10;
/// The highest quorum that a list of the panel of settings offers. `/settings approvals` takes more.
pub const QUORUMS_OFFERED: u32 = 10;
/// Highest page of a list that can be asked for: nobody comes so far.
pub const PAGES: u32 = 1_000_000;
/// Longest name of a time zone that is read, in characters.
pub const TIME_ZONE_CHARS: usize = 64;
/// A server is greeted if the bot came to it no longer ago, in milliseconds: a day. A bot with a new
/// database is new to no server.
pub const NEW_IN_SERVER_MS: i64 = 24 * 60 * 60_000;
/// The last hour of a day, for those that settings name.
pub const LAST_HOUR: u32 = 23;
/// Most drafts in a daily digest. Each line is below 290 characters, and a message holds 2,000.
pub const DIGEST_DRAFTS: usize = 6;
/// Most open votes that are read for a digest.
pub const DIGEST_VOTES: u32 = 100;
/// How often it is looked whether the hour of a digest has come, in milliseconds. A clock that was
/// wrong, or another hour, is noticed so.
pub const DIGEST_LOOK_MS: i64 = 10 * 60_000;
/// How long the log channel is not told again that the same is gone, in milliseconds: a week.
pub const TELL_AGAIN_MS: i64 = 7 * 24 * 60 * 60_000;
