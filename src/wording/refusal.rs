//! Why something may not be: what is allowed, and who can change it.

use super::{
    WAITS_ITS_TURN, budget_short, no_project, permissions, plain, pool_short, project_is_closed, spend_limits,
};
use crate::domain::draft::admission::Refusal;
use crate::domain::draft::prompt::BadPrompt;
use crate::domain::engine::catalog::Ladder;
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::ids::ChannelId;
use crate::domain::image::reference::{BadFile, BadReference};
use crate::domain::limits;
use crate::domain::money::authorization::Shortage;
use crate::domain::permission::Permission;
use crate::domain::text::shorten;

/// A private answer: something of ours failed.
pub const TROUBLE: &str = "Something on the bot's side failed, and nothing was spent. Please try again; if it stays so, tell its operator.";

/// A private answer: the bot does not work in this server.
pub const NOT_ALLOWED_HERE: &str = "The operator of this bot has not opened it for this server.";

/// A private answer: a command or a button for those who may manage the server.
pub const ONLY_MANAGERS: &str = "Only those who may manage this server can do this.";

/// A private answer: a button that is about nothing of this server.
pub const NOT_OF_THIS_SERVER: &str = "There is nothing in this server that this button could be about.";

/// A private answer: a command that needs a server.
pub const ONLY_IN_A_SERVER: &str = "This works in a server's text channel, not in direct messages.";

/// A private answer: `/draft` in a channel that has neither threads nor messages to show it in.
pub const NOT_IN_SUCH_A_CHANNEL: &str = "A draft is shown in a thread, and this channel cannot have one. Use `/draft` in a text channel, in a thread or in a forum's post.";

/// A private answer: `/draft` in a private thread.
pub const NOT_IN_PRIVATE: &str = "Drafts are not made in private threads: finals are shown in the server's gallery, and spends in its log. Use `/draft` in a \
     channel that only the right people see, or in a public thread.";

/// What a reference is called that is an image of ours, and has no file's name.
pub const THE_PICTURE: &str = "The picture";

/// Answers privately: permissions that the bot lacks, by the names that Discord's settings show.
#[must_use]
pub fn missing_permissions(missing: &[Permission], channel: ChannelId) -> String {
    let list = missing_names(missing);
    format!(
        "I am missing {list} in <#{channel}>. Someone who manages the channel can allow it; nothing was spent."
    )
}

/// Lists the names of permissions.
pub(super) fn missing_names(missing: &[Permission]) -> String {
    let names = missing
        .iter()
        .map(|one| format!("**{}**", permissions::name(*one)));
    names.collect::<Vec<_>>().join(", ")
}

fn any_of(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(" or ")
}

/// Says why a draft cannot be based on the references that were given.
fn reference(bad: &BadReference) -> String {
    match bad {
        BadReference::NotTaken { engine } => format!(
            "Ideas are drawn by `{engine}` here, which draws from words alone: leave the references out. The bot's operator can \
             choose another engine."
        ),
        BadReference::TooMany { given, max } => {
            format!("{given} references are too many: there can be {max}.")
        }
        BadReference::File { name, why } => bad_file(&plain(name), *why),
    }
}

/// Says why a file cannot be a reference, and what would do.
fn bad_file(name: &str, why: BadFile) -> String {
    const TAKEN: &str = "a reference is a PNG, JPEG, WebP or GIF";
    match why {
        BadFile::TooLarge => {
            let mib = limits::REFERENCE_BYTES / (1024 * 1024);
            format!("{name} is too large for a reference: it may have {mib} MiB.")
        }
        BadFile::Gone => format!("{name} cannot be had from Discord any more: please attach it again."),
        BadFile::NotAPicture => format!("{name} is no picture that I can read: {TAKEN}."),
        BadFile::Format(format) => {
            format!("{name} is a {format} file, which I cannot read: {TAKEN}. Please save it as one of them.")
        }
        BadFile::Cut => format!("{name} is not whole: its end is missing. Please attach it again."),
        BadFile::TooManyPixels(pixels) => {
            format!(
                "{name} has {pixels} pixels, which is too large for a reference: 2,048 a side are enough."
            )
        }
        BadFile::Overloaded => format!(
            "{name} carries too much beside its pixels, or a colour profile that cannot be unpacked. Please save it anew."
        ),
        BadFile::TooSmall(pixels) => {
            let shortest = limits::REFERENCE_SHORTEST;
            format!(
                "{name} has {pixels} pixels, which is too small for a reference: each side needs {shortest}."
            )
        }
    }
}

fn size(asked: Pixels, like: &Ladder, crop: bool) -> String {
    let [first, last] = [Tier::K1, Tier::K4].map(|tier| like.at(tier));
    let ratio = like.ratio;
    let which = if Tier::ALL.iter().any(|tier| like.at(*tier) == asked) {
        format!("is asked for by its ratio: `{ratio}`, which is drawn at {first} to {last}")
    } else if ratio.fits(asked) {
        format!("cannot be drawn: `{ratio}` can, at {first} to {last}")
    } else {
        format!("cannot be drawn: the nearest shape that can is `{ratio}`, at {first} to {last}")
    };
    let cut = if crop {
        format!(". A crop to {asked} is free: `/image crops`")
    } else {
        String::new()
    };
    format!("{asked} {which}{cut}.")
}

/// Answers privately: why a draft or another try cannot be paid.
#[must_use]
pub fn unpaid(shortage: &Shortage) -> String {
    match shortage {
        Shortage::Limit(full) => spend_limits::full(full),
        Shortage::Budget(over) => budget_short(over),
        Shortage::Line => WAITS_ITS_TURN.to_owned(),
        Shortage::Pool(short) => pool_short(short),
    }
}

/// Answers privately: why a draft may not start.
#[must_use]
pub fn refusal(why: &Refusal) -> String {
    match why {
        Refusal::Elsewhere(channels) => format!(
            "Drafts are not made here: use `/draft` in {}. Someone who manages the server can change that with \
             `/settings channels`.",
            any_of(channels.iter().map(|channel| format!("<#{channel}>")))
        ),
        Refusal::NoRole(roles) => format!(
            "Only {} can draft in this server, and you have no such role. Someone who manages the server can give it \
             to you, or change that with `/settings channels`.",
            any_of(roles.iter().map(|role| format!("<@&{role}>")))
        ),
        Refusal::Prompt(BadPrompt::Empty) => {
            "The prompt is empty: say in a few words what to draw.".to_owned()
        }
        Refusal::Prompt(BadPrompt::TooLong(chars)) => {
            format!(
                "The prompt has {chars} characters; {} are allowed.",
                limits::PROMPT_CHARS
            )
        }
        Refusal::Prompt(BadPrompt::Flag(flag)) => format!(
            "The prompt carries `{}`, which would be drawn as words. Use the options `ratio` and `images` instead.",
            flag.replace('`', "")
        ),
        Refusal::KeepTooLong(chars) => {
            format!(
                "`keep` has {chars} characters; {} are allowed.",
                limits::KEEP_CHARS
            )
        }
        Refusal::Ratio { given, offered } => {
            let list = offered
                .iter()
                .map(|ratio| format!("`{ratio}`"))
                .collect::<Vec<_>>()
                .join(", ");
            format!(
                "“{}” is not a ratio that can be drawn. There are: {list}.",
                plain(&shorten(given, 40))
            )
        }
        Refusal::Size { asked, like, crop } => size(*asked, like, *crop),
        Refusal::Images(given) => {
            format!(
                "{given} images cannot be drawn at once: choose 1 to {}.",
                limits::IMAGES_PER_DRAFT
            )
        }
        Refusal::Reference(bad) => reference(bad),
        Refusal::Undrawable(why) => format!("This cannot be drawn: {why}. Choose another ratio."),
        Refusal::TooManyDrafts(open) => {
            format!(
                "{open} drafts of this server are still being drawn, and more cannot be at once. There is room when one of them is done or cancelled."
            )
        }
        Refusal::NoProject(no) => no_project(no),
        Refusal::ProjectClosed(name) => project_is_closed(name),
        Refusal::Short(shortage) => unpaid(shortage),
        Refusal::Sum(sum) => format!("These prices cannot be added up: {sum}. Tell the bot's operator."),
    }
}

/// Says privately that of an animation the first picture is used.
#[must_use]
pub fn first_frames(names: &[String]) -> String {
    let list: Vec<String> = names.iter().map(|name| plain(name)).collect();
    match list.as_slice() {
        [one] => format!("{one} is an animation: its first picture is used."),
        all => format!(
            "{} are animations: the first picture of each is used.",
            all.join(" and ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::catalog::tests::shipped;

    #[test]
    fn a_size_is_answered_with_what_can_be_drawn() {
        let told = |asked: &str, crop| {
            let asked = asked.parse().unwrap();
            let like = *shipped().like(asked).unwrap();
            refusal(&Refusal::Size { asked, like, crop })
        };
        insta::assert_snapshot!(told("1080x1350", true), @"1080×1350 cannot be drawn: `4:5` can, at 768×960 to 2304×2880. A crop to 1080×1350 is free: `/image crops`.");
        insta::assert_snapshot!(told("1920x1080", true), @"1920×1080 cannot be drawn: `16:9` can, at 1280×720 to 3840×2160. A crop to 1920×1080 is free: `/image crops`.");
        insta::assert_snapshot!(told("2560x1440", false), @"2560×1440 is asked for by its ratio: `16:9`, which is drawn at 1280×720 to 3840×2160.");
        insta::assert_snapshot!(told("1000x700", false), @"1000×700 cannot be drawn: the nearest shape that can is `3:2`, at 1152×768 to 3456×2304.");
    }

    #[test]
    fn a_file_that_cannot_be_a_reference_is_told_with_what_would_do() {
        let told = |why| bad_file("fox.heic", why);
        insta::assert_snapshot!(told(BadFile::Format("HEIC")), @"fox.heic is a HEIC file, which I cannot read: a reference is a PNG, JPEG, WebP or GIF. Please save it as one of them.");
        insta::assert_snapshot!(told(BadFile::Cut), @"fox.heic is not whole: its end is missing. Please attach it again.");
        insta::assert_snapshot!(told(BadFile::TooManyPixels("16384x10000".parse().unwrap())), @"fox.heic has 16384×10000 pixels, which is too large for a reference: 2,048 a side are enough.");
        insta::assert_snapshot!(told(BadFile::Overloaded), @"fox.heic carries too much beside its pixels, or a colour profile that cannot be unpacked. Please save it anew.");
        insta::assert_snapshot!(told(BadFile::TooSmall("63x64".parse().unwrap())), @"fox.heic has 63×64 pixels, which is too small for a reference: each side needs 64.");
        let names = ["a.gif".to_owned(), "b.webp".to_owned()];
        insta::assert_snapshot!(first_frames(&names[..1]), @"a.gif is an animation: its first picture is used.");
        insta::assert_snapshot!(first_frames(&names), @"a.gif and b.webp are animations: the first picture of each is used.");
    }
}
