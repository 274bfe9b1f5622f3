//! The places in which pictures play.

mod abstracts;
mod city;
mod clouds;
mod coast;
mod desert;
mod forest;
mod interior;
mod land;
mod peaks;
mod sky;
mod space;
mod studio;
mod undersea;
mod water;
mod waves;

use crate::plan::Cx;
use crate::prompt::vocabulary::Setting;

/// Draws the setting of the plan with all that stands in it, and the weather over it.
pub fn draw(cx: &mut Cx<'_>) {
    match cx.plan.setting {
        Setting::Snow if cx.plan.lane % 2 == 1 => land::field(cx),
        Setting::Mountains | Setting::Snow => land::mountains(cx),
        Setting::Field => land::field(cx),
        Setting::Lake => water::lake(cx),
        Setting::Sea => water::sea(cx),
        Setting::Forest => forest::draw(cx),
        Setting::City => city::draw(cx),
        Setting::Desert => desert::draw(cx),
        Setting::Space => space::draw(cx),
        Setting::Studio => studio::draw(cx),
        Setting::Interior => interior::draw(cx),
        Setting::Undersea => undersea::draw(cx),
        Setting::Abstract => abstracts::draw(cx),
    }
    if !matches!(
        cx.plan.setting,
        Setting::Studio | Setting::Interior | Setting::Abstract | Setting::Undersea
    ) {
        clouds::weather(cx);
    }
}
