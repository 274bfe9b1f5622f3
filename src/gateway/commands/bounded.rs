//! Options with a limit. The limit is part of the type, and each is one of [`limits`].

use poise::serenity_prelude::{CommandInteraction, Context, CreateCommandOption, ResolvedValue};
use poise::{SlashArgError, SlashArgument};

use crate::domain::credits::Credits;
use crate::domain::image::crop;
use crate::domain::limits;

/// A text of at most so many characters.
#[derive(Clone, Debug)]
pub(super) struct Text<const CHARS: usize>(String);

/// A whole number from the first to the last.
///
/// Discord keeps to it. A value that comes all the same is left to the flow, which refuses it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number<T, const FIRST: i64, const LAST: i64>(T);

impl<const CHARS: usize> Text<CHARS> {
    /// Returns what was typed.
    pub(super) fn get(self) -> String {
        self.0
    }
}

impl<T, const FIRST: i64, const LAST: i64> Number<T, FIRST, LAST> {
    /// Returns what was typed.
    pub(super) fn get(self) -> T {
        self.0
    }
}

/// What to draw.
pub(super) type Prompt = Text<{ limits::PROMPT_CHARS }>;
/// What to keep from stage to stage.
pub(super) type Keep = Text<{ limits::KEEP_CHARS }>;
/// The name of a project.
pub(super) type ProjectName = Text<{ limits::PROJECT_NAME_CHARS }>;
/// Why, for the books.
pub(super) type Reason = Text<{ limits::REASON_CHARS }>;
/// The name of a time zone.
pub(super) type TimeZone = Text<{ limits::TIME_ZONE_CHARS }>;

/// The name of a size that pictures are cut to.
pub(super) type CropName = Text<{ crop::NAME_CHARS }>;
/// Such a size, as it is typed.
pub(super) type CropSize = Text<{ crop::SIZE_CHARS }>;

/// Which page of a list.
pub(super) type Page = Number<u32, 1, { of(limits::PAGES as usize) }>;
/// How many images, or which of them.
pub(super) type Images<T> = Number<T, 1, { of(limits::IMAGES_PER_DRAFT) }>;
/// How many images of a campaign: at least so many.
pub(super) type Campaign<const FIRST: i64> = Number<i64, FIRST, { of(limits::CAMPAIGN_IMAGES) }>;
/// What a project may cost at one stage, in credits.
pub(super) type Budget = Number<i64, 0, { Credits::MAX.get() }>;
/// How many must approve.
pub(super) type Quorum = Number<u32, 1, { of(limits::QUORUM as usize) }>;
/// How long a vote stays open, in days.
pub(super) type Window = Number<u32, 1, { of(limits::VOTE_WINDOW_DAYS as usize) }>;
/// What one image costs, in credits.
pub(super) type Price = Number<i64, 1, { limits::PRICE_CREDITS }>;
/// What is granted or taken back, in credits.
pub(super) type Grant = Number<i64, 1, { limits::GRANT_CREDITS }>;
/// What may be spent, in credits.
pub(super) type Spend = Number<i64, 0, { limits::GRANT_CREDITS }>;
/// Over how many hours a spending limit rolls.
pub(super) type Hours = Number<u32, 1, { of(limits::SPEND_LIMIT_HOURS as usize) }>;

/// An hour of a day.
pub(super) type DayHour = Number<u32, 0, { of(limits::LAST_HOUR as usize) }>;

/// Returns a limit as the number that Discord is told.
const fn of(limit: usize) -> i64 {
    #[expect(clippy::cast_possible_wrap, reason = "limits are small, and constants")]
    let limit = limit as i64;
    limit
}

#[poise::async_trait]
impl<const CHARS: usize> SlashArgument for Text<CHARS> {
    async fn extract(
        context: &Context,
        interaction: &CommandInteraction,
        value: &ResolvedValue<'_>,
    ) -> Result<Self, SlashArgError> {
        String::extract(context, interaction, value).await.map(Self)
    }

    fn create(option: CreateCommandOption) -> CreateCommandOption {
        String::create(option).max_length(u16::try_from(CHARS).unwrap_or(u16::MAX))
    }
}

#[poise::async_trait]
impl<T: SlashArgument, const FIRST: i64, const LAST: i64> SlashArgument for Number<T, FIRST, LAST> {
    async fn extract(
        context: &Context,
        interaction: &CommandInteraction,
        value: &ResolvedValue<'_>,
    ) -> Result<Self, SlashArgError> {
        T::extract(context, interaction, value).await.map(Self)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "Discord's own numbers are no more exact"
    )]
    fn create(option: CreateCommandOption) -> CreateCommandOption {
        T::create(option)
            .min_number_value(FIRST as f64)
            .max_number_value(LAST as f64)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::gateway::commands;
    use crate::wording::commands::COMMANDS;

    /// Discord's number for this kind of option.
    const INTEGER: u64 = 4;
    #[expect(clippy::cast_precision_loss, reason = "it has none")]
    const CREDITS: f64 = Credits::MAX.get() as f64;

    const SOURCES: [&str; 13] = [
        include_str!("approvals.rs"),
        include_str!("credits.rs"),
        include_str!("draft.rs"),
        include_str!("help.rs"),
        include_str!("image.rs"),
        include_str!("privacy.rs"),
        include_str!("project.rs"),
        include_str!("report.rs"),
        include_str!("settings.rs"),
        include_str!("settings/crops.rs"),
        include_str!("settings/limits.rs"),
        include_str!("settings/notify.rs"),
        include_str!("treasury.rs"),
    ];

    #[test]
    fn no_limit_stands_beside_an_option_as_a_number() {
        let commands = SOURCES
            .iter()
            .map(|source| source.matches("#[poise::command(").count());
        assert_eq!(commands.sum::<usize>(), COMMANDS.len(), "a file is not looked at");
        for source in SOURCES {
            let literal = |line: &&str| line.contains("#[min") || line.contains("#[max");
            let literals: Vec<&str> = source.lines().filter(literal).collect();
            assert_eq!(literals, Vec::<&str>::new(), "use a type of this file");
        }
    }

    /// Collects the options that ask for any number whatever.
    fn unbounded(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::Array(all) => all.iter().for_each(|one| unbounded(one, into)),
            Value::Object(fields) => {
                let asks =
                    fields.get("type") == Some(&json!(INTEGER)) && fields.get("choices") == Some(&json!([]));
                let max = fields.get("max_value").and_then(Value::as_f64);
                if asks && max.is_none_or(|max| max >= f64::from(u32::MAX) && max != CREDITS) {
                    into.push(value["name"].to_string());
                }
                fields.values().for_each(|one| unbounded(one, into));
            }
            _ => {}
        }
    }

    #[test]
    fn every_number_has_a_limit() {
        let all = poise::builtins::create_application_commands(&commands::all());
        let mut without = Vec::new();
        unbounded(&serde_json::to_value(all).unwrap(), &mut without);
        assert_eq!(without, Vec::<String>::new());
    }
}
