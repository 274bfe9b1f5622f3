//! Draws one subject: mixes its colours under the light of the scene, opens its box, and calls who
//! knows how it looks.

use super::brush::{Brush, Ink, Pose};
use super::{
    animals, buildings, figures, food, furnishings, gear, glass, plants, sweets, things, vessels, wild,
};
use crate::paint::colour::{Rgb, WHITE, hex};
use crate::plan::Cx;
use crate::plan::palette::own_colour;
use crate::prompt::vocabulary::{Hour, Look, Mood, Subject};

/// Returns the colour that something has by nature, used where the prompt names none. Without one
/// it takes the accent of the scene.
fn natural(subject: Subject) -> Option<Rgb> {
    use Subject as S;
    Some(match subject {
        S::Fox => hex("e0662a"),
        S::Cat => hex("d88a4a"),
        S::Dog => hex("c08a4e"),
        S::Wolf => hex("707a8a"),
        S::Deer => hex("a8683a"),
        S::Bear => hex("6b4630"),
        S::Rabbit => hex("c9b29a"),
        S::Owl => hex("8a6244"),
        S::Bird | S::Swan => hex("f4efe6"),
        S::Penguin => hex("222a38"),
        S::Whale => hex("35587a"),
        S::Tree | S::Plant => hex("4f7d4f"),
        S::Pine => hex("2f5d4c"),
        S::Palm => hex("3f7a52"),
        S::Cactus => hex("4d8259"),
        S::Rocket | S::Astronaut | S::Plane => hex("eef0f2"),
        S::Lighthouse | S::Windmill => hex("f3ece0"),
        S::House => hex("c9a27c"),
        S::Castle => hex("9a8fa0"),
        S::Robot => hex("9fb4bd"),
        S::Camera | S::Headphones | S::Phone => hex("3a3d46"),
        S::Candle => hex("f3e3c6"),
        S::Wine => hex("7a1f35"),
        S::Bowl => hex("3f5f7a"),
        S::Plate => hex("e8b44c"),
        S::Burger => hex("d9924a"),
        S::Pizza => hex("e2a553"),
        S::Cake => hex("f2c6c4"),
        S::Pancakes => hex("d99a4e"),
        S::Cone => hex("f2b8c0"),
        S::Apple => hex("c8382f"),
        S::Speaker | S::Laptop => hex("4a4f5a"),
        S::Fireplace => hex("b8694c"),
        S::Bed => hex("8a93b8"),
        S::Lion => hex("d9a050"),
        S::Guitar => hex("b8662e"),
        S::Fish
        | S::Butterfly
        | S::Boat
        | S::Car
        | S::Bicycle
        | S::Balloon
        | S::Tent
        | S::Bottle
        | S::Jar => return None,
        S::Cup | S::Lamp | S::Chair | S::Vase | S::Book | S::Watch | S::Shoe | S::Flower | S::Mushroom => {
            return None;
        }
        S::Person | S::Planet | S::Counter => return None,
    })
}

fn ink(cx: &Cx<'_>, pose: &Pose) -> Ink {
    let pal = &cx.pal;
    let body = pose
        .own
        .map(own_colour)
        .or_else(|| natural(pose.subject).map(|colour| fitted(cx, colour)));
    let body = body.unwrap_or(pal.accent);
    let leafy = matches!(pose.subject, Subject::Tree) && pose.own.is_none();
    let body = match cx.read.hues.first() {
        // "A cherry tree, pink": leaves and blossom take the colour of the picture.
        Some(hue) if leafy => own_colour(*hue).mix(body, 0.15),
        None if leafy && cx.plan.hour == Hour::Golden => body.mix(pal.accent, 0.5),
        _ => body,
    };
    let night = if pal.is_dark() { 0.26 } else { 0.06 };
    let body = body.mix(pal.near, night);
    let pale = WHITE.mix(pal.glow, 0.35).mix(pal.near, night * 0.9);
    Ink {
        body,
        lit: body.mix(pal.glow, 0.34),
        shade: body.mix(pal.near, 0.46),
        dark: pal.near,
        pale,
        accent: pal.accent.mix(pal.near, night * 0.5),
        glow: pal.glow,
        lamp: fitted(cx, hex("ffd27a")).mix(pal.glow, 0.25),
    }
}

/// Leads a natural colour towards the scheme, as far as moods bend the scheme itself.
fn fitted(cx: &Cx<'_>, colour: Rgb) -> Rgb {
    if cx.read.feels(Mood::Mono) {
        let mut c = colour.oklch();
        c.chroma = 0.004;
        return c.rgb();
    }
    if cx.read.feels(Mood::Neon) {
        let mut c = colour.mix(cx.pal.accent, 0.5).oklch();
        (c.hue, c.chroma) = (cx.pal.accent.oklch().hue, 0.22);
        return c.rgb();
    }
    let bent = if cx.read.feels(Mood::Pastel) { 0.22 } else { 0.06 };
    colour.mix(cx.pal.mid, bent)
}

/// What is around a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is whole, on land, in the air or under water.
    Free,
    /// It floats, and only what is over the water shows.
    Surface,
    /// The same upside down.
    Mirror,
}

/// Draws a subject, or its picture upside down in the water.
pub fn draw(cx: &mut Cx<'_>, pose: &Pose, place: Place) {
    let mirrored = place == Place::Mirror;
    let ink = ink(cx, pose);
    let unit = pose.size / 100.0;
    let (sun, level, dusk) = (cx.plan.side * pose.facing, cx.level, cx.pal.is_dark());
    cx.c.open(
        pose.at,
        (unit * pose.facing, if mirrored { -unit } else { unit }),
        0.0,
    );
    let vase = cx.is_indoors();
    let mut brush = Brush {
        c: &mut cx.c,
        ink,
        sun,
        level,
        dusk,
        shades: cx.read.looks(Look::Sunglasses),
    };
    match pose.subject {
        Subject::Whale if place != Place::Free => wild::breach(&mut brush),
        Subject::Flower if vase => plants::bouquet(&mut brush),
        Subject::Fish if place != Place::Free => wild::leap(&mut brush),
        other => subject(&mut brush, other),
    }
    cx.c.close();
}

fn subject(b: &mut Brush<'_>, subject: Subject) {
    use Subject as S;
    match subject {
        S::Fox => animals::fox(b),
        S::Cat => animals::cat(b),
        S::Dog => animals::dog(b),
        S::Wolf => animals::wolf(b),
        S::Deer => wild::deer(b),
        S::Bear => wild::bear(b),
        S::Rabbit => animals::rabbit(b),
        S::Owl => wild::owl(b),
        S::Bird => wild::bird(b),
        S::Swan => wild::swan(b),
        S::Penguin => wild::penguin(b),
        S::Whale => wild::whale(b),
        S::Fish => wild::fish(b),
        S::Butterfly => wild::butterfly(b),
        S::Boat => vessels::boat(b),
        S::Car => vessels::car(b),
        S::Bicycle => vessels::bicycle(b),
        S::Plane => vessels::plane(b),
        S::Balloon => vessels::balloon(b),
        S::Rocket => vessels::rocket(b),
        S::House => buildings::house(b),
        S::Lighthouse => buildings::lighthouse(b),
        S::Castle => buildings::castle(b),
        S::Windmill => buildings::windmill(b),
        S::Tent => buildings::tent(b),
        S::Tree => plants::tree(b),
        S::Pine => plants::pine(b),
        S::Palm => plants::palm(b),
        S::Cactus => plants::cactus(b),
        S::Flower => plants::flower(b),
        S::Mushroom => plants::mushroom(b),
        S::Plant => plants::potted(b),
        S::Vase => plants::vase(b),
        S::Bottle => glass::bottle(b),
        S::Jar => glass::jar(b),
        S::Wine => glass::wine(b),
        S::Cup => things::cup(b),
        S::Lamp => things::lamp(b),
        S::Chair => things::chair(b),
        S::Book => things::book(b),
        S::Candle => things::candle(b),
        S::Phone => gear::phone(b),
        S::Headphones => gear::headphones(b),
        S::Camera => gear::camera(b),
        S::Watch => gear::watch(b),
        S::Shoe => gear::shoe(b),
        S::Person => figures::person(b),
        S::Astronaut => figures::astronaut(b),
        S::Robot => figures::robot(b),
        S::Planet => figures::planet(b),
        S::Bowl => food::bowl(b),
        S::Plate => food::plate(b),
        S::Burger => food::burger(b),
        S::Pizza => food::pizza(b),
        S::Cake => sweets::cake(b),
        S::Pancakes => sweets::pancakes(b),
        S::Cone => sweets::cone(b),
        S::Apple => sweets::apple(b),
        S::Speaker => gear::speaker(b),
        S::Laptop => gear::laptop(b),
        S::Fireplace => furnishings::fireplace(b),
        S::Bed => furnishings::bed(b),
        S::Counter => furnishings::counter(b),
        S::Guitar => furnishings::guitar(b),
        S::Lion => animals::lion(b),
    }
}
