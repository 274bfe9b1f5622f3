//! Decides what the picture is before anything is drawn: setting, light, framing. Nothing here
//! knows the number of pixels, so every size of one prompt and seed gets the same plan.

pub mod habitat;
pub mod palette;

use self::habitat::{Habitat, habitat, homes};
use self::palette::Palette;
use crate::paint::canvas::{Canvas, Point};
use crate::paint::maths::lerp;
use crate::paint::rng::{Noise, Rng, scatter};
use crate::prompt::vocabulary::{Air, Hour, Mood, Setting, Side, Subject};
use crate::prompt::words::Reading;

/// Where things are. Lengths are in scene units, of which the picture's area has a million.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The main setting.
    pub setting: Setting,
    /// The light.
    pub hour: Hour,
    /// Which of four compositions; seeds that follow each other get different ones.
    pub lane: usize,
    /// Centre of the sun or moon.
    pub sun: Point,
    /// Its radius.
    pub sun_radius: f64,
    /// Height of the horizon from the top.
    pub horizon: f64,
    /// Where the hero stands, from the left.
    pub hero: f64,
    /// How large the hero is, 1 being usual.
    pub zoom: f64,
    /// -1: light from the left of the hero; 1: from the right.
    pub side: f64,
    /// Layers and extras: 0.5 for a minimal picture, 1 usual.
    pub busy: f64,
}

/// The context of one picture: all that a drawing function needs.
#[derive(Debug)]
pub struct Cx<'a> {
    /// Width of the view.
    pub w: f64,
    /// Height of the view.
    pub h: f64,
    /// The shorter side.
    pub s: f64,
    /// 0 draft, 1 review, 2 final.
    pub level: usize,
    key: u64,
    /// The colours.
    pub pal: Palette,
    /// What the prompt says.
    pub read: &'a Reading,
    /// The composition.
    pub plan: Plan,
    /// What has been drawn.
    pub c: Canvas,
}

impl<'a> Cx<'a> {
    /// Plans the picture of a reading and a seed for this ratio of width to height.
    pub fn new(read: &'a Reading, seed: u64, ratio: f64, level: usize) -> Self {
        let ratio = ratio.clamp(0.05, 20.0);
        let root = ratio.sqrt();
        let (w, h) = (1000.0 * root, 1000.0 / root);
        let key = scatter(read.hash ^ scatter(seed));
        // Seeds in a row walk through the choices, so that four drafts are four different pictures.
        let turn =
            |salt: u64, count: u64| ((scatter(read.hash ^ salt) % count + seed % count) % count) as usize;
        let setting = setting(read, turn(1, 12));
        let hour = hour(read, turn(2, 20));
        let mut rng = Rng::named(key, "palette");
        let scheme = match setting {
            Setting::Studio
            | Setting::Interior
            | Setting::Portrait
            | Setting::Screens
            | Setting::Mark
            | Setting::Abstract => {
                let hour = if read.feels(Mood::Neon) {
                    Some(Hour::Night)
                } else {
                    read.hour
                };
                palette::of_studio(hour, turn(3, 8))
            }
            Setting::Space if read.hour.is_none() => {
                palette::of_hour(if turn(5, 3) == 0 { Hour::Dusk } else { Hour::Night }, turn(3, 4))
            }
            _ if read.feels(Mood::Neon) && read.hour.is_none() => palette::of_hour(Hour::Night, turn(3, 4)),
            _ => palette::of_hour(hour, turn(3, 4)),
        };
        let plan = frame(
            read,
            setting,
            hour,
            turn(4, 4),
            (w, h),
            &mut Rng::named(key, "frame"),
        );
        Self {
            w,
            h,
            s: w.min(h),
            level,
            key,
            pal: scheme.steered(read, &mut rng),
            read,
            plan,
            c: Canvas::default(),
        }
    }

    /// Returns the random stream of this name.
    pub fn rng(&self, name: &str) -> Rng {
        Rng::named(self.key, name)
    }

    /// Returns the noise of this name.
    pub fn noise(&self, name: &str) -> Noise {
        Noise::named(self.key, name)
    }

    /// Runs `draw` twice, for the large ones of a kind (0) and for the small ones (1), each with a
    /// stream of its own. Every stage has the same ones.
    pub fn sizes(&mut self, name: &str, mut draw: impl FnMut(&mut Self, usize, &mut Rng)) {
        for size in 0..2 {
            let mut rng = self.rng(&format!("{name}/{size}"));
            draw(self, size, &mut rng);
        }
    }

    /// Returns whether this is the review or the final, 2K and more: lines show inside shapes.
    pub fn fine(&self) -> bool {
        self.level >= 1
    }

    /// Returns whether this is the final, 4K: more lines show between those of the review.
    pub fn finest(&self) -> bool {
        self.level >= 2
    }

    /// Returns whether the scene is lit by a moon.
    pub fn is_night(&self) -> bool {
        self.plan.hour == Hour::Night
    }

    /// Returns whether snow lies.
    pub fn is_snowy(&self) -> bool {
        self.plan.setting == Setting::Snow || self.read.at(Setting::Snow) || self.read.airs(Air::Snowfall)
    }

    /// Returns whether there is a floor and no earth: flowers need a vase here.
    pub fn is_indoors(&self) -> bool {
        matches!(self.plan.setting, Setting::Interior | Setting::Studio)
    }
}

/// Chooses the setting: what was named, or where the hero lives, or a landscape for words of light,
/// else abstract.
fn setting(read: &Reading, lane: usize) -> Setting {
    const ORDER: [Setting; 16] = [
        Setting::Mark,
        Setting::Screens,
        Setting::Portrait,
        Setting::Undersea,
        Setting::Studio,
        Setting::Interior,
        Setting::Space,
        Setting::Lake,
        Setting::Sea,
        Setting::City,
        Setting::Desert,
        Setting::Forest,
        Setting::Snow,
        Setting::Mountains,
        Setting::Field,
        Setting::Abstract,
    ];
    let hero = read.subjects.first().map(|(subject, _)| *subject);
    let lives = hero.map(habitat);
    let named = ORDER.iter().copied().find(|it| read.at(*it));
    // Who is looked at from near fills a room and stands small under a sky.
    let person = hero.is_none_or(|hero| matches!(hero, Subject::Person | Subject::Counter));
    let inside = named.is_none_or(|named| matches!(named, Setting::Interior | Setting::Studio));
    if !read.looks.is_empty() && person && inside {
        return Setting::Portrait;
    }
    // "Abstract" said aloud is meant, whatever else the words could be.
    if read.at(Setting::Abstract) && hero.is_none() && !read.at(Setting::Mark) && !read.at(Setting::Screens) {
        return Setting::Abstract;
    }
    if let Some(named) = named {
        let dry = matches!(
            named,
            Setting::Mountains | Setting::Forest | Setting::Field | Setting::Snow
        );
        return match lives {
            Some(Habitat::Water) if dry => Setting::Lake,
            _ => named,
        };
    }
    if read.form.is_some() && hero.is_none() {
        return Setting::Abstract;
    }
    if let Some(hero) = hero {
        let homes = homes(hero);
        return homes[lane % homes.len()];
    }
    let outside = [
        Setting::Mountains,
        Setting::Sea,
        Setting::Lake,
        Setting::Field,
        Setting::Desert,
        Setting::Forest,
    ];
    if read.hour.is_some() || !read.air.is_empty() {
        return outside[lane % outside.len()];
    }
    Setting::Abstract
}

fn hour(read: &Reading, lane: usize) -> Hour {
    if let Some(hour) = read.hour {
        return hour;
    }
    let choices: &[Hour] = if read.airs(Air::Stars) || read.airs(Air::Aurora) || read.airs(Air::Moon) {
        &[Hour::Night]
    } else if read.airs(Air::Rain) {
        &[Hour::Storm, Hour::Dusk]
    } else if read.feels(Mood::Dark) || read.feels(Mood::Neon) {
        &[Hour::Night, Hour::Dusk]
    } else if read.feels(Mood::Bright) || read.feels(Mood::Pastel) {
        &[Hour::Day, Hour::Dawn]
    } else if read.airs(Air::Sun) || read.feels(Mood::Cosy) {
        &[Hour::Golden, Hour::Dawn, Hour::Day, Hour::Dusk]
    } else if read.airs(Air::Mist) {
        &[Hour::Fog, Hour::Dawn]
    } else if read.feels(Mood::Dramatic) {
        &[Hour::Dusk, Hour::Golden, Hour::Storm, Hour::Night]
    } else if read.at(Setting::Snow) {
        &[Hour::Dawn, Hour::Dusk, Hour::Day, Hour::Night]
    } else {
        &[Hour::Golden, Hour::Dusk, Hour::Day, Hour::Dawn, Hour::Night]
    };
    choices[lane % choices.len()]
}

/// Four compositions: emblem, hero left, hero right, and close with a huge sun. Shares of width,
/// height, short side.
const LAYOUTS: [[f64; 6]; 4] = [
    // hero, sun, lift of the sun over the horizon, radius, horizon, zoom
    [0.50, 0.50, 0.34, 0.190, 0.68, 1.00],
    [0.32, 0.69, 0.24, 0.080, 0.63, 0.95],
    [0.66, 0.31, 0.48, 0.110, 0.73, 1.08],
    [0.41, 0.57, 0.12, 0.265, 0.60, 1.22],
];

fn frame(read: &Reading, setting: Setting, hour: Hour, lane: usize, (w, h): Point, rng: &mut Rng) -> Plan {
    let s = w.min(h);
    let [hero, sun, lift, radius, horizon, zoom] = LAYOUTS[lane];
    let mirrored = rng.chance(0.5);
    let mut hero = hero + rng.range(-0.025, 0.025);
    let mut sun = sun + rng.range(-0.03, 0.03);
    if mirrored {
        (hero, sun) = (1.0 - hero, 1.0 - sun);
    }
    match read.side {
        Some(Side::Left) => (hero, sun) = (0.29, sun.max(1.0 - sun)),
        Some(Side::Right) => (hero, sun) = (0.71, sun.min(1.0 - sun)),
        Some(Side::Centre) => hero = 0.5,
        None => {}
    }
    // Narrow frames have no room at the sides.
    let wide = (w / h).clamp(0.4, 1.0);
    hero = 0.5 + (hero - 0.5) * lerp(0.55, 1.0, wide);
    let horizon = (horizon + rng.range(-0.02, 0.02)) * h;
    let (lift, radius) = match hour {
        Hour::Day => (lerp(lift, 0.68, 0.6), radius * 0.62),
        Hour::Night => (lerp(lift, 0.66, 0.7), radius * 0.62),
        Hour::Fog => (lerp(lift, 0.45, 0.5), radius * 0.75),
        Hour::Dawn | Hour::Golden | Hour::Dusk | Hour::Storm => (lift, radius),
    };
    let drama = if read.feels(Mood::Dramatic) || read.feels(Mood::Bold) {
        1.15
    } else {
        1.0
    };
    let minimal = read.feels(Mood::Minimal) || read.feels(Mood::Calm);
    let radius = radius * s * drama;
    // In a tall frame the sky is long: the sun stays near the land.
    let reach = horizon.min(s * 0.85);
    let sun = (sun * w, horizon - lift * reach);
    let hero = hero * w;
    let side = if (sun.0 - hero).abs() < 0.02 * w {
        rng.sign()
    } else {
        (sun.0 - hero).signum()
    };
    let zoom = zoom * if minimal { 0.85 } else { 1.0 };
    Plan {
        setting,
        hour,
        lane,
        sun,
        sun_radius: radius,
        horizon,
        hero,
        zoom,
        side,
        busy: if minimal { 0.5 } else { 1.0 },
    }
}
