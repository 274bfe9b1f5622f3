//! Places what stands, swims or flies in a picture: how large it is, where, and what is under it.

mod animals;
mod brush;
mod buildings;
mod draw;
mod figures;
pub mod flora;
mod food;
mod furnishings;
mod gear;
mod glass;
mod plants;
mod sweets;
mod things;
mod vessels;
mod wild;

use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::WHITE;
use crate::paint::maths::lerp;
use crate::plan::Cx;
use crate::plan::habitat::{Habitat, habitat};
use crate::prompt::vocabulary::{Setting, Subject};
use brush::Pose;

/// What a setting offers to stand on.
pub struct Stand<'a> {
    /// The height of the ground at a place.
    pub ground: &'a dyn Fn(f64) -> f64,
    /// The water line where the hero is, if it floats.
    pub water: Option<f64>,
    /// How large things are here, 1 being usual.
    pub scale: f64,
}

/// Returns the height of a subject over the shorter side of the picture.
fn tall(subject: Subject) -> f64 {
    use Subject as S;
    match subject {
        S::Fox | S::Wolf | S::Dog | S::Owl | S::Penguin | S::Robot | S::Astronaut | S::Person => 0.30,
        S::Deer | S::Bear | S::Flower | S::Cactus => 0.33,
        S::Cat | S::Rabbit | S::Mushroom | S::Bicycle => 0.25,
        S::Bird | S::Butterfly => 0.25,
        S::Whale | S::Fish => 0.22,
        S::Boat | S::Balloon | S::Rocket | S::Windmill => 0.36,
        S::House => 0.27,
        S::Lighthouse | S::Castle | S::Tree | S::Pine | S::Palm => 0.46,
        S::Car => 0.155,
        S::Plane => 0.13,
        S::Tent => 0.20,
        S::Swan => 0.26,
        S::Planet => 0.30,
        S::Chair | S::Bottle | S::Wine | S::Lamp | S::Plant | S::Vase => 0.34,
        S::Jar | S::Cup => 0.20,
        S::Book => 0.20,
        S::Phone | S::Headphones | S::Watch => 0.32,
        S::Camera | S::Shoe => 0.21,
        S::Candle => 0.28,
        S::Bowl => 0.24,
        S::Plate => 0.17,
        S::Burger => 0.28,
        S::Pizza => 0.14,
        S::Cake => 0.31,
        S::Pancakes => 0.26,
        S::Cone => 0.34,
        S::Apple => 0.22,
        S::Speaker => 0.32,
        S::Laptop => 0.25,
        S::Fireplace => 0.36,
        S::Bed => 0.27,
        S::Counter => 0.56,
        S::Lion => 0.38,
        S::Guitar => 0.42,
    }
}

/// Draws every subject of the prompt: the hero where the plan wants it, the others beside it.
pub fn place(cx: &mut Cx<'_>, stand: &Stand<'_>) {
    let subjects = cx.read.subjects.clone();
    // From the back to the front: the hero last.
    for (index, (subject, own)) in subjects.into_iter().enumerate().rev() {
        // Drawn already: the great planet of the sky, the vase that holds the flowers.
        let sky = subject == Subject::Planet && cx.plan.setting == Setting::Space;
        if sky || subject == Subject::Vase && cx.is_indoors() && cx.read.shows(Subject::Flower) {
            continue;
        }
        let frame = if cx.h > cx.w * 1.25 && tall(subject) > 0.24 {
            1.14
        } else {
            1.0
        };
        let zoom = cx.plan.zoom * stand.scale * frame * beside(cx, subject, index);
        let size = cx.s * tall(subject) * zoom;
        let at = spot(cx, stand, subject, index, size);
        let facing = if index == 1 { -facing(cx) } else { facing(cx) };
        let pose = Pose {
            subject,
            own,
            at,
            size,
            facing,
        };
        let mut free = true;
        match (habitat(subject), stand.water) {
            (Habitat::Water, Some(_)) => {
                mirrored(cx, &pose);
                free = false;
            }
            (Habitat::Air, _) => {}
            (Habitat::Water, None) if cx.plan.setting == Setting::Undersea => {}
            (Habitat::Ground | Habitat::Object, Some(_)) => islet(cx, at, size),
            _ => contact(cx, at, size),
        }
        if index == 0 {
            cx.c.open_subject();
        }
        let place = if free {
            draw::Place::Free
        } else {
            draw::Place::Surface
        };
        draw::draw(cx, &pose, place);
        if index == 0 {
            cx.c.close();
        }
        if !free {
            ripples(cx, &pose);
        }
    }
}

/// Draws the hero alone into a sign or a small frame, its foot at this place. It is a person where
/// the prompt names nothing.
pub fn emblem(cx: &mut Cx<'_>, at: Point, size: f64) {
    let hero = cx.read.subjects.first().copied();
    let (subject, own) = hero.unwrap_or((Subject::Person, None));
    // What is wide is made as small as what is tall.
    let size = size * (tall(subject) / 0.30).clamp(0.55, 1.0);
    let pose = Pose {
        subject,
        own,
        at,
        size,
        facing: 1.0,
    };
    draw::draw(cx, &pose, draw::Place::Free);
}

/// Returns how large a companion is beside the hero: a person is larger than a dog, a house than a
/// fox.
fn beside(cx: &Cx<'_>, subject: Subject, index: usize) -> f64 {
    use Subject as S;
    if index == 0 {
        return 1.0;
    }
    let rank = |subject: Subject| match subject {
        S::House | S::Lighthouse | S::Castle | S::Windmill | S::Tree | S::Pine | S::Palm => Some(3),
        S::Person | S::Astronaut | S::Robot | S::Deer | S::Bear | S::Car | S::Tent | S::Bicycle => Some(2),
        S::Lion | S::Fireplace | S::Bed | S::Counter => Some(2),
        S::Fox | S::Cat | S::Dog | S::Wolf | S::Rabbit | S::Owl | S::Penguin | S::Swan | S::Bird => Some(1),
        S::Flower | S::Mushroom | S::Butterfly => Some(0),
        // Things, and what is far away in any case.
        _ => None,
    };
    let hero = cx.read.subjects.first().and_then(|(hero, _)| rank(*hero));
    let factor = match (rank(subject), hero) {
        (Some(it), Some(hero)) if it > hero => 1.12,
        (Some(it), Some(hero)) if it < hero => 0.56,
        _ => 0.74,
    };
    if index == 1 { factor } else { factor * 0.85 }
}

/// Turns the hero into the picture, or to the light when it stands in the middle: 1 right, -1 left.
fn facing(cx: &Cx<'_>) -> f64 {
    let off = cx.plan.hero / cx.w - 0.5;
    if off.abs() > 0.06 {
        -off.signum()
    } else {
        cx.plan.side
    }
}

fn spot(cx: &Cx<'_>, stand: &Stand<'_>, subject: Subject, index: usize, size: f64) -> Point {
    let hero = cx.plan.hero;
    let roomy = if hero < cx.w / 2.0 { 1.0 } else { -1.0 };
    let on_table = habitat(subject) == Habitat::Object && cx.plan.setting == Setting::Interior;
    let wide = if on_table {
        0.23
    } else if habitat(subject) == Habitat::Water {
        0.46
    } else {
        0.36
    };
    let wide = if index == 1 && beside(cx, subject, 1) > 1.0 {
        0.48
    } else {
        wide
    };
    let gap = (cx.s * wide).min(cx.w * 0.36);
    let x = match index {
        0 => hero,
        1 => hero + roomy * gap,
        _ => hero - roomy * gap * 0.9,
    };
    let x = if subject == Subject::Counter {
        cx.w * 0.5
    } else {
        x.clamp(cx.w * 0.08, cx.w * 0.92)
    };
    if habitat(subject) == Habitat::Air {
        let free = stand.water.unwrap_or(cx.plan.horizon).min(cx.plan.horizon);
        let middle = free * [0.39, 0.30, 0.62][index.min(2)];
        return (x, (middle + size * 0.5).max(size * 1.12));
    }
    (x, (stand.ground)(x) + if index > 0 { -cx.s * 0.012 } else { 0.0 })
}

/// Draws the shade where something touches the ground.
fn contact(cx: &mut Cx<'_>, (x, y): Point, size: f64) {
    let near = cx.pal.near;
    let away = -cx.plan.side * size * 0.16;
    let reach = size * 0.62;
    let paint = cx.c.radial(
        (0.0, 0.0),
        reach,
        &[(0.0, near, 0.55), (0.5, near, 0.25), (1.0, near, 0.0)],
    );
    cx.c.open((x + away, y), (1.0, 0.13), 0.0);
    cx.c.disc((0.0, 0.0), reach, paint);
    cx.c.close();
}

/// Draws a rock in the water for what cannot swim.
fn islet(cx: &mut Cx<'_>, (x, y): Point, size: f64) {
    let pal = cx.pal;
    let (half, rise) = (size * 0.62, size * 0.10);
    let mut pen = Pen::new();
    pen.lens((x, y + rise * 1.5), half * 1.25, rise * 0.7);
    cx.c.fill(&pen.done(), Paint::Flat(pal.near, 0.35));
    let mut pen = Pen::new();
    pen.start((x - half, y + rise * 1.5));
    pen.curve(
        (x - half * 0.8, y + rise * 0.2),
        (x - half * 0.7, y - rise * 0.1),
        (x - half * 0.4, y - rise * 0.1),
    );
    pen.run((x + half * 0.5, y - rise * 0.1));
    pen.curve(
        (x + half * 0.75, y),
        (x + half * 0.8, y + rise * 0.6),
        (x + half, y + rise * 1.5),
    );
    pen.shut();
    let rock = pal.mid.mix(pal.near, 0.4);
    let paint = cx.c.linear(
        (0.0, y),
        (0.0, y + rise * 1.5),
        &[(0.0, rock.mix(pal.glow, 0.2), 1.0), (1.0, pal.near, 1.0)],
    );
    cx.c.fill(&pen.done(), paint);
}

/// Draws the reflection of something on the water.
fn mirrored(cx: &mut Cx<'_>, pose: &Pose) {
    cx.c.open_faded(0.30);
    draw::draw(cx, pose, draw::Place::Mirror);
    cx.c.close();
}

/// Breaks the reflection of something on the water by ripples.
fn ripples(cx: &mut Cx<'_>, pose: &Pose) {
    let (s, level) = (cx.s, pose.at.1);
    let colours = [cx.pal.sky[3].mix(WHITE, 0.2), cx.pal.mid.mix(cx.pal.sky[1], 0.4)];
    cx.sizes("wake", |cx, detail, rng| {
        let mut pens = [Pen::new(), Pen::new()];
        for i in 0..[16, 14][detail] {
            let t = rng.unit();
            let half = pose.size * lerp(0.30, 0.12, t) * rng.range(0.35, 1.0) / [1.0, 1.5][detail];
            let x = pose.at.0 + rng.range(-0.34, 0.34) * pose.size;
            pens[i % 2].lens(
                (x, level + s * 0.002 + t * pose.size * 0.62),
                half,
                s * lerp(0.0012, 0.003, t),
            );
        }
        for (pen, colour) in pens.into_iter().zip(colours) {
            cx.c.fill(&pen.done(), Paint::Flat(colour, 0.5));
        }
    });
}
