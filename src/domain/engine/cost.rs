//! What a picture costs the operator in dollars, and how an engine counts it.
//!
//! It is shown beside the credits and never instead of them. Members pay credits, at the price that
//! they were shown.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::domain::geometry::{Pixels, Tier};
use crate::domain::stage::Quality;

/// An amount in millionths of a US dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Usd(u64);

impl Usd {
    /// Makes an amount of millionths of a dollar.
    #[must_use]
    pub const fn micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Returns the amount in millionths of a dollar.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Formats dollars with six decimal places, for a table: `0.028410`.
    #[must_use]
    pub fn exact(self) -> String {
        format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }

    /// Returns the sum. It stops at the largest amount instead of overflowing.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Returns the amount `n` times. It stops at the largest amount instead of overflowing.
    #[must_use]
    pub fn times(self, n: usize) -> Self {
        Self(self.0.saturating_mul(u64::try_from(n).unwrap_or(u64::MAX)))
    }

    /// Returns the amount rounded up to a multiple of another. Zero leaves it as it is.
    #[must_use]
    pub const fn rounded_up(self, to: Self) -> Self {
        if to.0 == 0 {
            return self;
        }
        Self(self.0.div_ceil(to.0).saturating_mul(to.0))
    }
}

impl fmt::Display for Usd {
    /// Writes two decimal places from a dollar on, and three below.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >= 1_000_000 {
            let cents = self.0.saturating_add(5_000) / 10_000;
            write!(f, "${}.{:02}", cents / 100, cents % 100)
        } else {
            let mills = self.0.saturating_add(500) / 1_000;
            write!(f, "${}.{:03}", mills / 1_000, mills % 1_000)
        }
    }
}

/// How an engine charges for a picture. What has no price here is not drawn: nothing is free by
/// default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Cost {
    /// Nothing: it is drawn on this machine.
    Free,
    /// The same for every picture.
    Image(Usd),
    /// By the tier.
    Tier(BTreeMap<Tier, Usd>),
    /// By tokens. The quality and the size say how many tokens a picture has.
    Tokens(Tokens),
}

/// The prices of tokens, in millionths of a dollar each, which is dollars per million tokens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// A token of the drawn picture.
    pub image_out: u64,
    /// A token of a picture that is sent.
    pub image_in: u64,
    /// A token of the words that are sent.
    pub text_in: u64,
    /// The factor of each quality in the published formula.
    pub factor: BTreeMap<Quality, u64>,
}

/// The tokens that a call used, as the engine says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Tokens of the drawn picture.
    pub image_out: u64,
    /// Tokens of the pictures that were sent.
    pub image_in: u64,
    /// Tokens of the words that were sent.
    pub text_in: u64,
}

impl Tokens {
    /// Returns how many tokens a picture has, by the formula that OpenAI's published prices follow:
    /// `ceil(q · round(q · short / long) · (2,000,000 + w · h) / 4,000,000)`. Returns `None` if the
    /// quality has no factor.
    #[must_use]
    pub fn of_picture(&self, quality: Quality, pixels: Pixels) -> Option<u64> {
        let q = *self.factor.get(&quality)?;
        let (long, short) = (pixels.width.max(pixels.height), pixels.width.min(pixels.height));
        let (long, short) = (u64::from(long.max(1)), u64::from(short));
        let rows = (2 * q * short + long) / (2 * long);
        Some((q * rows * (2_000_000 + pixels.count())).div_ceil(4_000_000))
    }

    /// Returns what these tokens cost. It stops at the largest amount instead of overflowing.
    #[must_use]
    pub const fn cost(&self, used: Used) -> Usd {
        let sent = used
            .image_in
            .saturating_mul(self.image_in)
            .saturating_add(used.text_in.saturating_mul(self.text_in));
        Usd(used.image_out.saturating_mul(self.image_out).saturating_add(sent))
    }
}

impl Cost {
    /// Returns what one drawn picture is expected to cost. The words and pictures that are sent are
    /// not included. Returns `None` if the table
    /// has no price.
    #[must_use]
    pub fn quote(&self, quality: Option<Quality>, tier: Tier, pixels: Pixels) -> Option<Usd> {
        match (self, quality) {
            (Self::Free, None) => Some(Usd::default()),
            (Self::Image(each), None) => Some(*each),
            (Self::Tier(by), None) => by.get(&tier).copied(),
            (Self::Tokens(tokens), Some(quality)) => tokens.of_picture(quality, pixels).map(|image_out| {
                tokens.cost(Used {
                    image_out,
                    ..Used::default()
                })
            }),
            (Self::Free | Self::Image(_) | Self::Tier(_), Some(_)) | (Self::Tokens(_), None) => None,
        }
    }

    /// Returns whether the tokens of pictures that are sent have a price.
    #[must_use]
    pub const fn counts_what_is_sent(&self) -> bool {
        match self {
            Self::Tokens(tokens) => tokens.image_in > 0,
            Self::Free | Self::Image(_) | Self::Tier(_) => false,
        }
    }

    /// Returns the qualities of which a stage must name one. It is empty if there is nothing to
    /// choose.
    #[must_use]
    pub fn qualities(&self) -> Vec<Quality> {
        match self {
            Self::Free | Self::Image(_) | Self::Tier(_) => Vec::new(),
            Self::Tokens(tokens) => tokens.factor.keys().copied().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::catalog::tests::shipped;

    #[test]
    fn an_amount_reads_as_people_write_it() {
        let told = |micros| Usd::micros(micros).to_string();
        assert_eq!(told(0), "$0.000");
        assert_eq!(told(5_880), "$0.006");
        assert_eq!(told(28_400), "$0.028");
        assert_eq!(told(999_600), "$1.000");
        assert_eq!(told(1_234_999), "$1.23");
        assert_eq!(told(12_345_678), "$12.35");
        assert_eq!(Usd::micros(28_410).exact(), "0.028410");
        assert_eq!(Usd::micros(u64::MAX).plus(Usd::micros(1)), Usd::micros(u64::MAX));
    }

    /// The prices that OpenAI and gateways publish, in ten-thousandths of a dollar.
    /// `config/models.toml` has the day.
    #[test]
    fn the_formula_gives_the_published_prices() {
        let published = [
            ("gpt-image-2", "1024x1024", [59, 527, 2107]),
            ("gpt-image-2", "2048x2048", [119, 1070, 4282]),
            ("gpt-image-2", "2880x2880", [198, 1779, 7116]),
            ("gpt-image-2", "1280x720", [32, 284, 1136]),
            ("gpt-image-2", "3840x2160", [111, 1001, 4003]),
            ("gpt-image-2", "768x1152", [38, 332, 1329]),
            ("gpt-image-2", "1632x3808", [69, 621, 2425]),
            ("gpt-image-2.5-flare", "1024x1024", [59, 132, 527]),
            ("gpt-image-2.5-flare", "2560x1440", [62, 143, 553]),
            ("gpt-image-2.5-flare", "2304x1536", [73, 160, 638]),
        ];
        let catalog = shipped();
        for (model, size, prices) in published {
            let Cost::Tokens(tokens) = &catalog.engine["openai"].model[model].cost else {
                panic!("{model} is paid by tokens");
            };
            let pixels: Pixels = size.parse().unwrap();
            for (quality, price) in [Quality::Low, Quality::Medium, Quality::High]
                .into_iter()
                .zip(prices)
            {
                let image_out = tokens.of_picture(quality, pixels).unwrap();
                let cost = tokens.cost(Used {
                    image_out,
                    ..Used::default()
                });
                let told = (cost.as_micros() + 50) / 100;
                assert_eq!(
                    told, price,
                    "{model} {size} {quality}: {image_out} tokens, {cost}"
                );
            }
        }
    }

    #[test]
    fn what_was_sent_is_paid_too() {
        let tokens = Tokens {
            image_out: 30,
            image_in: 8,
            text_in: 5,
            factor: BTreeMap::new(),
        };
        let used = Used {
            image_out: 1_000,
            image_in: 100,
            text_in: 10,
        };
        assert_eq!(tokens.cost(used), Usd::micros(30_850));
    }

    #[test]
    fn pictures_that_are_sent_are_quoted_where_they_are_billed_and_cents_are_rounded_up() {
        let catalog = shipped();
        let pixels: Pixels = "3840x2160".parse().unwrap();
        let quote = |engine: &str, model: &str, quality, sent| {
            let model = &catalog.engine[engine].model[model];
            model.quote(quality, Tier::K4, pixels, sent).map(Usd::as_micros)
        };
        let (nano, pro) = ("gemini-nano-banana-2.1", "gemini-3-pro-image");
        assert_eq!(quote("gemini", nano, None, 0), Some(113_400));
        assert_eq!(quote("gemini", nano, None, 1), Some(115_100));
        assert_eq!(quote("gemini", pro, None, 4), Some(246_800));
        let medium = Some(Quality::Medium);
        // 3,337 tokens at 30 are ten cents and a little.
        assert_eq!(quote("fal", "gpt-image-2", medium, 0), Some(110_000));
        assert_eq!(quote("fal", "gpt-image-2", medium, 2), Some(130_000));
        assert_eq!(quote("fal", "recraft-crisp", None, 1), Some(4_000));
        // What openai counts itself is not added.
        let counted = quote("openai", "gpt-image-2", medium, 0);
        assert_eq!(quote("openai", "gpt-image-2", medium, 3), counted);
    }

    #[test]
    fn a_batch_is_offered_for_the_models_that_have_one() {
        let catalog = shipped();
        let offered = |engine: &str, model: &str| catalog.engine[engine].model[model].batch;
        assert!(offered("openai", "gpt-image-2") && offered("openai", "gpt-image-2.5-flare"));
        assert!(offered("gemini", "gemini-3-pro-image"));
        assert!(!offered("openai", "gpt-image-2.6-flare") && !offered("fal", "gpt-image-2"));
    }

    #[test]
    fn without_a_price_there_is_no_quote() {
        let pixels: Pixels = "1280x720".parse().unwrap();
        let by_tier = Cost::Tier(BTreeMap::from([(Tier::K1, Usd::micros(34_000))]));
        assert_eq!(by_tier.quote(None, Tier::K1, pixels), Some(Usd::micros(34_000)));
        assert_eq!(by_tier.quote(None, Tier::K4, pixels), None);
        assert_eq!(by_tier.quote(Some(Quality::Low), Tier::K1, pixels), None);
        assert_eq!(Cost::Free.quote(None, Tier::K4, pixels), Some(Usd::default()));
        let catalog = shipped();
        let cost = &catalog.engine["openai"].model["gpt-image-2"].cost;
        assert!(cost.quote(None, Tier::K1, pixels).is_none());
        assert!(cost.quote(Some(Quality::Max), Tier::K1, pixels).is_none());
    }
}
