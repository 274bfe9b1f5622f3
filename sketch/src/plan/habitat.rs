//! Where subjects live: what they need under them, and in which settings they are at home.

use crate::prompt::vocabulary::{Setting, Subject};

/// What a subject needs under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habitat {
    /// Land.
    Ground,
    /// A table, a plinth, or land.
    Object,
    /// A surface of water.
    Water,
    /// Nothing.
    Air,
}

/// Returns what a subject needs under it.
pub fn habitat(subject: Subject) -> Habitat {
    use Subject as S;
    match subject {
        S::Bottle
        | S::Jar
        | S::Wine
        | S::Cup
        | S::Lamp
        | S::Plant
        | S::Vase
        | S::Book
        | S::Phone
        | S::Headphones => Habitat::Object,
        S::Camera | S::Watch | S::Shoe | S::Candle | S::Speaker | S::Laptop => Habitat::Object,
        S::Bowl | S::Plate | S::Burger | S::Pizza | S::Cake | S::Pancakes | S::Cone | S::Apple => {
            Habitat::Object
        }
        S::Swan | S::Whale | S::Fish | S::Boat => Habitat::Water,
        S::Bird | S::Butterfly | S::Plane | S::Balloon | S::Rocket | S::Planet => Habitat::Air,
        S::Fox | S::Cat | S::Dog | S::Wolf | S::Deer | S::Bear | S::Rabbit | S::Owl | S::Penguin => {
            Habitat::Ground
        }
        S::Car | S::Bicycle | S::House | S::Lighthouse | S::Castle | S::Windmill | S::Tent => Habitat::Ground,
        S::Tree | S::Pine | S::Palm | S::Cactus | S::Chair | S::Flower | S::Mushroom => Habitat::Ground,
        S::Person | S::Astronaut | S::Robot | S::Lion => Habitat::Ground,
        S::Fireplace | S::Bed | S::Counter | S::Guitar => Habitat::Ground,
    }
}

/// Lists settings for a subject whose prompt names none, the best first.
pub fn homes(subject: Subject) -> &'static [Setting] {
    use Setting as P;
    use Subject as S;
    match subject {
        S::Fox | S::Wolf | S::Deer | S::Bear | S::Owl => &[P::Forest, P::Mountains, P::Snow, P::Field],
        S::Rabbit | S::Windmill | S::Flower | S::Bicycle | S::Butterfly => &[P::Field],
        S::Cat | S::Chair | S::Fireplace | S::Bed | S::Counter | S::Guitar => &[P::Interior],
        S::Lion => &[P::Field, P::Desert],
        S::Bowl | S::Plate | S::Burger | S::Pizza | S::Cake | S::Pancakes | S::Cone | S::Apple => {
            &[P::Studio, P::Interior]
        }
        S::Dog | S::House | S::Castle | S::Tree => &[P::Field, P::Mountains],
        S::Tent | S::Pine => &[P::Mountains, P::Lake, P::Forest],
        S::Person | S::Bird | S::Plane | S::Balloon => &[P::Mountains, P::Sea, P::Field, P::Lake],
        S::Swan => &[P::Lake],
        S::Boat | S::Whale | S::Lighthouse => &[P::Sea],
        S::Fish => &[P::Undersea],
        S::Palm => &[P::Sea],
        S::Penguin => &[P::Snow],
        S::Car => &[P::Desert, P::City, P::Mountains],
        S::Cactus => &[P::Desert],
        S::Rocket | S::Planet | S::Astronaut => &[P::Space],
        S::Mushroom => &[P::Forest],
        S::Robot => &[P::City, P::Desert],
        S::Cup | S::Lamp | S::Book | S::Plant | S::Vase | S::Candle => &[P::Interior, P::Studio],
        S::Bottle | S::Jar | S::Wine | S::Phone | S::Headphones | S::Camera | S::Watch | S::Shoe => {
            &[P::Studio]
        }
        S::Speaker | S::Laptop => &[P::Studio, P::Interior],
    }
}
