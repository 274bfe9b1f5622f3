//! Reads the id of a button or a form: what is pressed, and on what.

use crate::domain::credits::Credits;
use crate::domain::geometry::Pixels;
use crate::domain::ids::{DraftId, RenderId};
use crate::domain::money::project::Buckets;

/// A button of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum Pressed {
    Approve(RenderId),
    Reason(RenderId),
    Lift(RenderId),
    Reopen(RenderId),
    Retry(RenderId),
    Original(RenderId),
    Crops(RenderId),
    /// Cut to this size.
    Crop(RenderId, Pixels),
    Lineage(RenderId),
    Again(RenderId),
    /// Draft with other words.
    Words(RenderId),
    /// Draft after this picture.
    After(RenderId),
    Cancel(DraftId),
    /// Keep these sums as the budget of a project.
    Keep(Buckets<Credits>),
}

pub(in crate::gateway) fn parse(custom_id: &str) -> Option<Pressed> {
    match custom_id.split_once(':')? {
        ("approve", id) => id.parse().ok().map(Pressed::Approve),
        ("reason", id) => id.parse().ok().map(Pressed::Reason),
        ("lift", id) => id.parse().ok().map(Pressed::Lift),
        ("reopen", id) => id.parse().ok().map(Pressed::Reopen),
        ("retry", id) => id.parse().ok().map(Pressed::Retry),
        ("original", id) => id.parse().ok().map(Pressed::Original),
        ("crops", id) => id.parse().ok().map(Pressed::Crops),
        ("crop", rest) => rest
            .split_once(':')
            .and_then(|(id, size)| Some(Pressed::Crop(id.parse().ok()?, size.parse().ok()?))),
        ("lineage", id) => id.parse().ok().map(Pressed::Lineage),
        ("again", id) => id.parse().ok().map(Pressed::Again),
        ("words", id) => id.parse().ok().map(Pressed::Words),
        ("after", id) => id.parse().ok().map(Pressed::After),
        ("cancel", id) => id.parse().ok().map(|id| Pressed::Cancel(DraftId::new(id))),
        ("keep", sums) => sums_of(sums).map(Pressed::Keep),
        _ => None,
    }
}

/// Reads one sum for each stage, in the stages' order.
fn sums_of(text: &str) -> Option<Buckets<Credits>> {
    let mut sums = text.split(':').map(|sum| Credits::new(sum.parse().ok()?).ok());
    let budget = Buckets {
        explore: sums.next()??,
        review: sums.next()??,
        r#final: sums.next()??,
    };
    sums.next().is_none().then_some(budget)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_what_is_pressed_and_on_what() {
        let render = RenderId::new(0xabc);
        assert_eq!(
            parse(&format!("approve:{render}")),
            Some(Pressed::Approve(render))
        );
        assert_eq!(parse(&format!("reason:{render}")), Some(Pressed::Reason(render)));
        assert_eq!(parse(&format!("lift:{render}")), Some(Pressed::Lift(render)));
        assert_eq!(parse(&format!("retry:{render}")), Some(Pressed::Retry(render)));
        assert_eq!(parse(&format!("reopen:{render}")), Some(Pressed::Reopen(render)));
        assert_eq!(
            parse(&format!("original:{render}")),
            Some(Pressed::Original(render))
        );
        assert_eq!(
            parse(&format!("lineage:{render}")),
            Some(Pressed::Lineage(render))
        );
        assert_eq!(parse(&format!("crops:{render}")), Some(Pressed::Crops(render)));
        let size = Pixels {
            width: 1080,
            height: 1350,
        };
        assert_eq!(
            parse(&format!("crop:{render}:1080x1350")),
            Some(Pressed::Crop(render, size))
        );
        assert_eq!(parse(&format!("again:{render}")), Some(Pressed::Again(render)));
        assert_eq!(parse(&format!("words:{render}")), Some(Pressed::Words(render)));
        assert_eq!(parse(&format!("after:{render}")), Some(Pressed::After(render)));
        assert_eq!(parse("cancel:42"), Some(Pressed::Cancel(DraftId::new(42))));
        let sums = [200, 100, 80].map(|sum| Credits::new(sum).expect("credits"));
        let [explore, review, r#final] = sums;
        let budget = Buckets {
            explore,
            review,
            r#final,
        };
        assert_eq!(parse("keep:200:100:80"), Some(Pressed::Keep(budget)));
        for foreign in [
            "",
            "approve",
            "approve:",
            "approve:xyz",
            "dance:1",
            "keep:1:2",
            "keep:1:2:3:4",
            "keep:1:2:-3",
            "crop:1",
            "crop:1:0x5",
        ] {
            assert_eq!(parse(foreign), None, "{foreign}");
        }
    }
}
