//! Estimates what a campaign costs before it begins.

use super::project::Buckets;
use super::spend_limit::{LimitScope, SpendLimit, SpendLimits, Spenders};
use crate::domain::credits::{Credits, OutOfRange};
use crate::domain::limits;
use crate::domain::stage::{Stage, Stages};

/// How many images of each stage an admin plans. Each image is made from one of the stage before,
/// so no stage has more images than the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Campaign {
    images: [usize; 3],
}

/// Why a campaign is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidCampaign {
    /// A number is out of range: 1 to [`limits::CAMPAIGN_IMAGES`] drafts, and 0 to as many images
    /// of each later stage.
    Images(i64),
    /// A stage has more images than the stage before.
    Narrows {
        /// The stage at which the images are drawn.
        stage: Stage,
        /// The number of images that were planned at the stage.
        images: i64,
        /// The number of images that were planned at the stage before.
        before: i64,
    },
}

impl Campaign {
    /// Checks what a member typed.
    ///
    /// # Errors
    /// The first [`InvalidCampaign`].
    pub fn new(drafts: i64, reviews: i64, finals: i64) -> Result<Self, InvalidCampaign> {
        let wanted = [drafts, reviews, finals];
        let max = i64::try_from(limits::CAMPAIGN_IMAGES).unwrap_or(i64::MAX);
        for (n, min) in wanted.into_iter().zip([1, 0, 0]) {
            if !(min..=max).contains(&n) {
                return Err(InvalidCampaign::Images(n));
            }
        }
        for (stage, pair) in [Stage::Review, Stage::Final].into_iter().zip(wanted.windows(2)) {
            if let &[before, images] = pair
                && images > before
            {
                return Err(InvalidCampaign::Narrows {
                    stage,
                    images,
                    before,
                });
            }
        }
        Ok(Self {
            images: wanted.map(|n| usize::try_from(n).unwrap_or_default()),
        })
    }
}

/// The cost of the images of one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EstimateLine {
    /// The stage at which the images are drawn.
    pub stage: Stage,
    /// The number of images that are planned at the stage.
    pub images: usize,
    /// The price of one image.
    pub price: Credits,
    /// What all cost.
    pub cost: Credits,
}

/// The cost of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// A line for each stage: explore, review, final.
    pub lines: [EstimateLine; 3],
    /// The cost of all stages.
    pub total: Credits,
    /// The price of drawing every first image at the last stage at once.
    pub all_final: Credits,
}

/// Works out what a campaign costs at the prices of these stages.
///
/// # Errors
/// [`OutOfRange`] when the sum is above [`Credits::MAX`].
pub fn estimate(campaign: &Campaign, stages: &Stages) -> Result<Estimate, OutOfRange> {
    let line = |stage: Stage, images: usize| {
        let price = stages.spec(stage).price;
        Ok(EstimateLine {
            stage,
            images,
            price,
            cost: price.times(images)?,
        })
    };
    let [drafts, reviews, finals] = campaign.images;
    let lines = [
        line(Stage::Explore, drafts)?,
        line(Stage::Review, reviews)?,
        line(Stage::Final, finals)?,
    ];
    let mut total = Credits::ZERO;
    for line in &lines {
        total = total.plus(line.cost)?;
    }
    Ok(Estimate {
        lines,
        total,
        all_final: all_at_last(drafts, stages.spec(Stage::Final).price)?,
    })
}

/// Returns the price of drawing so many first images at the last stage at once. `price` is that of
/// one image at the last stage.
///
/// # Errors
/// [`OutOfRange`] when the sum is above [`Credits::MAX`].
pub fn all_at_last(ideas: usize, price: Credits) -> Result<Credits, OutOfRange> {
    price.times(ideas)
}

/// Returns what is saved against [`all_at_last`] by drawing larger only what is approved, where all
/// stages together cost `total`. Returns `None` if nothing is.
#[must_use]
pub fn saved(all_at_last: Credits, total: Credits) -> Option<Credits> {
    let saved = all_at_last.minus(total).ok();
    saved.filter(|saved| *saved > Credits::ZERO)
}

impl Estimate {
    /// Returns what is saved by drawing larger only what is approved. Returns `None` if nothing is.
    #[must_use]
    pub fn saved(&self) -> Option<Credits> {
        saved(self.all_final, self.total)
    }

    /// Returns a budget that allows each stage what the stage was estimated at.
    #[must_use]
    pub fn budget(&self) -> Buckets<Credits> {
        let [explore, review, r#final] = self.lines.map(|line| line.cost);
        Buckets {
            explore,
            review,
            r#final,
        }
    }

    /// Returns how many credits `available` is short of the total. Returns `None` if the available
    /// credits are enough.
    #[must_use]
    pub fn lacks(&self, available: Credits) -> Option<Credits> {
        let lack = self.total.minus(available).ok();
        lack.filter(|lack| *lack > Credits::ZERO)
    }

    /// Returns the spending limits on the whole server and on each member that the campaign exceeds
    /// within one period.
    #[must_use]
    pub fn passes(&self, spend_limits: &SpendLimits) -> Vec<SpendLimit> {
        let cost = |on: &LimitScope| match on.stage {
            None => self.total,
            Some(stage) => {
                let of_stage = self.lines.iter().find(|line| line.stage == stage);
                of_stage.map_or(Credits::ZERO, |line| line.cost)
            }
        };
        spend_limits
            .iter()
            .filter(|(on, _)| matches!(on.scope, Spenders::Server | Spenders::Each))
            .filter(|(on, max)| !max.covers(cost(on)))
            .map(|(on, max)| SpendLimit { on: *on, max: *max })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{RoleId, UserId};
    use crate::domain::money::period::Period;
    use crate::domain::stage::tests::stages;

    fn campaign(drafts: i64, reviews: i64, finals: i64) -> Result<Campaign, InvalidCampaign> {
        Campaign::new(drafts, reviews, finals)
    }

    fn costs(drafts: i64, reviews: i64, finals: i64) -> Estimate {
        estimate(&campaign(drafts, reviews, finals).unwrap(), &stages()).unwrap()
    }

    #[test]
    fn the_campaign_of_the_design_costs_380_against_800() {
        let estimate = costs(20, 5, 2);
        assert_eq!(estimate.lines.map(|line| line.cost.get()), [200, 100, 80]);
        assert_eq!((estimate.total.get(), estimate.all_final.get()), (380, 800));
        assert_eq!(estimate.saved().map(Credits::get), Some(420));
    }

    #[test]
    fn whoever_draws_every_idea_to_the_end_saves_nothing() {
        assert_eq!(costs(1, 1, 1).saved(), None, "70 against 40");
        assert_eq!(costs(2, 1, 1).saved(), None, "80 against 80");
        assert_eq!(costs(1, 0, 0).saved().map(Credits::get), Some(30));
    }

    #[test]
    fn a_pool_that_is_exactly_enough_lacks_nothing() {
        let lacks = |available: i64| {
            let available = Credits::new(available).unwrap();
            costs(20, 5, 2).lacks(available).map(Credits::get)
        };
        assert_eq!(lacks(379), Some(1));
        assert_eq!(lacks(380), None);
        assert_eq!(lacks(1_000), None);
        assert_eq!(lacks(0), Some(380));
    }

    #[test]
    fn a_campaign_narrows_from_stage_to_stage() {
        let narrows = |stage, images, before| {
            Err(InvalidCampaign::Narrows {
                stage,
                images,
                before,
            })
        };
        assert_eq!(campaign(3, 4, 0), narrows(Stage::Review, 4, 3));
        assert_eq!(campaign(9, 1, 2), narrows(Stage::Final, 2, 1));
        assert_eq!(campaign(0, 0, 0), Err(InvalidCampaign::Images(0)));
        assert_eq!(campaign(5, -1, 0), Err(InvalidCampaign::Images(-1)));
        let max = i64::try_from(limits::CAMPAIGN_IMAGES).unwrap();
        assert!(campaign(max, max, max).is_ok());
        assert_eq!(campaign(max + 1, 0, 0), Err(InvalidCampaign::Images(max + 1)));
        assert!(campaign(1, 1, 1).is_ok());
    }

    #[test]
    fn prices_that_add_up_to_no_sum_are_refused() {
        let mut stages = stages();
        stages.r#final.price = Credits::MAX;
        assert_eq!(estimate(&campaign(2, 0, 0).unwrap(), &stages), Err(OutOfRange));
    }

    #[test]
    fn a_budget_of_an_estimate_is_what_each_stage_costs() {
        let budget = costs(20, 5, 2).budget();
        assert_eq!(Stage::ALL.map(|stage| budget.of(stage).get()), [200, 100, 80]);
    }

    #[test]
    fn a_campaign_passes_a_limit_by_one_credit_and_no_limit_of_somebody_in_particular() {
        let (lead, ana) = (Spenders::Role(RoleId::new(4)), Spenders::Member(UserId::new(1)));
        for (scope, stage, fits) in [
            (Spenders::Server, None, 380),
            (Spenders::Each, None, 380),
            (Spenders::Server, Some(Stage::Explore), 200),
            (Spenders::Each, Some(Stage::Review), 100),
            (Spenders::Server, Some(Stage::Final), 80),
            (lead, None, 1),
            (ana, Some(Stage::Review), 1),
        ] {
            let on = LimitScope {
                scope,
                stage,
                period: Period::Day,
            };
            let passed = |max: i64| {
                let max = Credits::new(max).unwrap();
                let passed = costs(20, 5, 2).passes(&SpendLimits::from([(on, max)]));
                assert!(passed.iter().all(|limit| *limit == SpendLimit { on, max }));
                passed.len()
            };
            let counts = matches!(scope, Spenders::Server | Spenders::Each);
            assert_eq!(
                (passed(fits), passed(fits - 1)),
                (0, usize::from(counts)),
                "{on:?}"
            );
        }
    }
}
