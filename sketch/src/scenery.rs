//! The places in which pictures play.

mod abstracts;
mod city;
mod clouds;
mod coast;
mod desert;
mod forest;
mod interior;
mod land;
mod mark;
mod peaks;
mod portrait;
mod poster;
mod screens;
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
        Setting::Snow if cx.plan.lane % 2 == 1 && !cx.read.at(Setting::Mountains) => land::field(cx),
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
        Setting::Portrait => portrait::draw(cx),
        Setting::Screens => screens::draw(cx),
        Setting::Mark => mark::draw(cx),
        Setting::Abstract => abstracts::draw(cx),
    }
    if is_outside(cx.plan.setting) {
        clouds::weather(cx);
    }
    if cx.read.poster && !matches!(cx.plan.setting, Setting::Mark | Setting::Screens) {
        poster::over(cx);
    }
}

/// Returns whether rain and snow fall here.
fn is_outside(setting: Setting) -> bool {
    match setting {
        Setting::Studio | Setting::Interior | Setting::Abstract | Setting::Undersea => false,
        Setting::Portrait | Setting::Screens | Setting::Mark => false,
        Setting::Mountains | Setting::Lake | Setting::Sea | Setting::Forest | Setting::City => true,
        Setting::Desert | Setting::Field | Setting::Snow | Setting::Space => true,
    }
}
