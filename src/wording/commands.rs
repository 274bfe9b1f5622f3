//! What people read while they choose a command and fill in its options.

mod offered;
mod text;
mod unresolved;

pub use self::offered::{draft_text, offered_images, offered_ratio};
pub use self::text::{CommandText, OptionText};
use self::text::{choice, command, option};
use self::unresolved::UNRESOLVED;

const WHICH_IMAGE: &str = "Which image of the draft (the newest picture here if you do not say)";

/// Every command and every option.
pub const COMMANDS: &[CommandText] = &[
    command(
        "draft",
        "Draft 1 to 4 images; teammates approve with ✅ what is rendered larger",
        &[
            option("prompt", "What to draw"),
            option("ratio", "The shape, such as 16:9"),
            option("images", "How many images, 1 to 4 (4 if you do not say)"),
            option(
                "keep",
                "What to keep from stage to stage, such as: product angle, free space on the left",
            ),
            option("project", "The project that it is for, whose budget pays"),
            option(
                "reference",
                "A picture to draw after, such as a logo, a product or a style",
            ),
            option("reference-2", "Another picture to draw after"),
            option("reference-3", "Another picture to draw after"),
            option("reference-4", "Another picture to draw after"),
        ],
    ),
    command("image", "What is kept of a picture of this thread", &[]),
    command(
        "image original",
        "The file as it was drawn, for you alone",
        &[option("image", WHICH_IMAGE)],
    ),
    command(
        "image crops",
        "The picture cut to the sizes that channels want, for nothing",
        &[option("image", WHICH_IMAGE)],
    ),
    command(
        "image lineage",
        "Draft → 2K → 4K, with who approved and what it cost",
        &[option("image", WHICH_IMAGE)],
    ),
    command(
        "image pack",
        "One ZIP: the original, every crop, its description and where it comes from",
        &[option("image", WHICH_IMAGE)],
    ),
    command("greenlight", "Greenlight", &[]),
    command(
        "approvals",
        "Images that still need votes or wait for credits, with links",
        &[
            choice(
                "show",
                "Which of them; without it, what needs your vote comes first",
                &[
                    ("MyVote", "what needs my vote"),
                    ("Mine", "mine"),
                    ("Waiting", "what waits for credits"),
                    ("All", "all"),
                ],
            ),
            option("page", "Which page, if there are several"),
        ],
    ),
    command("credits", "The server's credits", &[]),
    command(
        "credits pool",
        "What is left in the server's pool, what is spent and what is held",
        &[],
    ),
    command(
        "credits mine",
        "What your own drafts have spent and hold, on what, and what your limits leave",
        &[],
    ),
    command(
        "credits history",
        "The latest grants, and the latest images with what became of their credits",
        &[],
    ),
    command("project", "What a piece of work costs, and what it may cost", &[]),
    command(
        "project estimate",
        "What a campaign would cost, before a credit is spent",
        &[
            option("drafts", "How many ideas: images at the first stage"),
            option("reviews", "How many of them are drawn again for review"),
            option("finals", "How many of those become finals"),
        ],
    ),
    command(
        "project create",
        "Make a project; drafts name it, and its budget limits what they cost",
        &[
            option("name", "What it is called"),
            option(
                "exploration",
                "Most credits for images at the first stage (as much as there is if you do not say)",
            ),
            option("review", "Most credits for reviews"),
            option("final", "Most credits for finals"),
        ],
    ),
    command(
        "project show",
        "What a project may cost and what it has cost, stage by stage",
        &[option("project", "Which one")],
    ),
    command("project list", "The projects of this server", &[]),
    command(
        "project budget",
        "Change what a project may cost; for those who may manage the server",
        &[
            option("project", "Which one"),
            option("exploration", "Most credits for images at the first stage"),
            option("review", "Most credits for reviews"),
            option("final", "Most credits for finals"),
            option("no_limits", "Lift the limits that are not given here"),
        ],
    ),
    command(
        "project close",
        "Take no more drafts for a project",
        &[
            option("project", "Which one"),
            option("reopen", "Open it again instead"),
        ],
    ),
    command(
        "report",
        "What was drawn, approved and spent, what a final cost and what was saved; a chart",
        &[
            choice(
                "period",
                "The days, by this server's time zone (30 days if you do not say)",
                &[
                    ("Week", "7 days"),
                    ("ThirtyDays", "30 days"),
                    ("Month", "this month"),
                    ("All", "everything"),
                ],
            ),
            option("project", "Only drafts of this project"),
            option("member", "Only drafts of this member"),
        ],
    ),
    command(
        "help",
        "What to do here as a member, as an approver, as who manages the server",
        &[],
    ),
    command("privacy", "What the bot remembers of you", &[]),
    command(
        "privacy forget-me",
        "Take your name and your prompts out of the bot's books, in every server",
        &[option(
            "sure",
            "True: do it. It cannot be undone. Otherwise you are told what it does",
        )],
    ),
    command("settings", "How this server works with the bot", &[]),
    command("settings show", "Every setting of this server", &[]),
    command(
        "settings approvals",
        "Who approves what, how, and for how long; without options: what holds",
        &[
            option("review_quorum", "How many must approve before a review is drawn"),
            option("final_quorum", "How many must approve before a final is drawn"),
            option("approvers", "Only this role approves, instead of those who did"),
            option("approvers_2", "And this role"),
            option("approvers_3", "And this role"),
            option(
                "leads",
                "This role leads, besides who manages the server: leads stop and override votes",
            ),
            option("leads_2", "And this role"),
            option("leads_3", "And this role"),
            option("own_vote", "Whether the vote of who asked for the draft counts"),
            option("lead_decides", "Whether the approval of one lead is enough"),
            option("approve_emoji", "The emoji that approves"),
            option("stop_emoji", "The emoji with which a lead stops a vote"),
            option("window_days", "How many days a vote stays open"),
            choice(
                "reset",
                "What to set back to the default",
                &[
                    ("Approvers", "who approves: everyone"),
                    ("Leads", "leads: whoever may manage the server"),
                    ("Quorums", "quorums"),
                    ("Votes", "own vote and a lead's approval"),
                    ("Emoji", "emoji"),
                    ("Window", "how long a vote stays open"),
                    ("All", "all of these"),
                ],
            ),
        ],
    ),
    command(
        "settings limits",
        "How much may be spent, and by whom; without options: what holds",
        &[
            option("credits", "How many credits may be spent at most"),
            choice(
                "period",
                "In what time, in this server's time zone",
                &[("Day", "a day"), ("Month", "a month")],
            ),
            option(
                "hours",
                "Instead of a day or a month: in so many hours, at any time",
            ),
            choice(
                "stage",
                "Only for images of this stage",
                &[
                    ("Explore", "explore images"),
                    ("Review", "review images"),
                    ("Final", "final images"),
                ],
            ),
            choice(
                "whose",
                "By whom (each member if you do not say)",
                &[
                    ("Each", "each member by themselves"),
                    ("Server", "the whole server together"),
                ],
            ),
            option(
                "role",
                "By each member with this role, instead of what holds for each member",
            ),
            option("member", "By this member, instead of what holds for others"),
            option("time_zone", "Where days and months begin, such as Europe/Berlin"),
            choice(
                "remove",
                "What to take away",
                &[
                    (
                        "This",
                        "this server's own limit; one of the bot's operator then holds",
                    ),
                    ("Lifted", "the limit altogether, also one of the bot's operator"),
                    ("All", "every limit that this server set for itself"),
                    ("Zone", "the time zone that this server set"),
                ],
            ),
        ],
    ),
    command(
        "settings channels",
        "Who drafts where, and where finals and alerts go; without options: what holds",
        &[
            option("requesters", "Only this role drafts, instead of those who did"),
            option("requesters_2", "And this role"),
            option("requesters_3", "And this role"),
            option("drafts", "Drafts only in this channel, not where they were"),
            option("drafts_2", "And in this channel"),
            option("drafts_3", "And in this channel"),
            option("gallery", "Where finals are shown"),
            option("log", "Where the bot tells what admins should know"),
            option(
                "file_prompts",
                "Whether files that the bot writes tell the prompt",
            ),
            choice(
                "reset",
                "What to set back to the default",
                &[
                    ("Requesters", "who drafts: everyone"),
                    ("Channels", "where: in every channel"),
                    ("Gallery", "no gallery"),
                    ("Log", "no log"),
                    ("FilePrompts", "files tell no prompt"),
                    ("All", "all of these"),
                ],
            ),
        ],
    ),
    command(
        "settings crops",
        "The sizes of this server's own that pictures are cut to; without options: what holds",
        &[
            option("name", "What a size is called, such as: Billboard"),
            option("size", "The size in pixels, such as 970x250"),
            option("remove", "The name of a size to take away"),
        ],
    ),
    command(
        "settings notify",
        "Who is told of votes that are wanted and of a low pool; without options: what holds",
        &[
            option("votes", "Mention this role in each new draft, to vote on it"),
            option(
                "low_pool",
                "Mention this role in the log when 80 % of the pool are used, and when all is",
            ),
            option(
                "digest",
                "Tell this channel once a day what waits for votes, with a contact sheet",
            ),
            option(
                "hour",
                "At which hour of the server's time zone the digest comes, 0 to 23 (9 if you do not say)",
            ),
            choice(
                "reset",
                "What to switch off",
                &[
                    ("Votes", "drafts mention nobody"),
                    ("LowPool", "a low pool mentions nobody"),
                    ("Digest", "no daily digest"),
                    ("All", "all of these"),
                ],
            ),
        ],
    ),
    command(
        "settings stages",
        "What a stage costs, where the operator leaves that to servers; without options: what holds",
        &[
            option("explore_price", "Credits for an explore image"),
            option("review_price", "Credits for a review image"),
            option("final_price", "Credits for a final image"),
            option("reset", "Set all prices back to the operator's"),
        ],
    ),
    command(
        "treasury",
        "The pool is looked after by the bot's operators, and by who manages the server where they say so",
        &[],
    ),
    command(
        "treasury grant",
        "Add credits to this server's pool",
        &[
            option("credits", "How many credits"),
            option("reason", "Why, for the books"),
        ],
    ),
    command(
        "treasury correct",
        "Take back credits that are neither held nor spent, for a reason that the books keep",
        &[
            option("credits", "How many credits are taken back"),
            option("reason", "Why, for the books"),
        ],
    ),
    command(
        "treasury export",
        "The books of this server as a file, for you alone",
        &[
            choice(
                "book",
                "Which book (entries if you do not say)",
                &[
                    ("Entries", "entries: every grant, hold and what became of it"),
                    (
                        "Lineage",
                        "lineage: every image, draft → 2K → 4K, with prompts and voters",
                    ),
                ],
            ),
            choice(
                "format",
                "How it is written (CSV if you do not say)",
                &[("Csv", "CSV, for spreadsheets"), ("Json", "JSON, for programs")],
            ),
        ],
    ),
    UNRESOLVED,
];
