//! What words can mean.

/// Where the picture plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    Mountains,
    Lake,
    Sea,
    Forest,
    City,
    Desert,
    Field,
    Snow,
    Space,
    Studio,
    Interior,
    Undersea,
    Portrait,
    Screens,
    Mark,
    Abstract,
}

/// What a board of screens shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Board {
    Dashboard,
    Page,
    Phones,
    Frames,
}

/// What a person wears or looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Look {
    Long,
    Short,
    Old,
    Beard,
    Glasses,
    Sunglasses,
    Viking,
    Chef,
    Crown,
    Wizard,
}

/// What an abstract picture is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    Arches,
    Ribbons,
    Tiles,
    Balance,
}

/// The light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hour {
    Dawn,
    Day,
    Golden,
    Dusk,
    Night,
    Storm,
    Fog,
}

/// What falls, shines or hangs in the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Air {
    Rain,
    Snowfall,
    Mist,
    Stars,
    Aurora,
    Clouds,
    Moon,
    Sun,
}

/// What can stand, swim or fly in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Fox,
    Cat,
    Dog,
    Wolf,
    Deer,
    Bear,
    Rabbit,
    Owl,
    Bird,
    Swan,
    Penguin,
    Whale,
    Fish,
    Butterfly,
    Boat,
    Car,
    Bicycle,
    Plane,
    Balloon,
    Rocket,
    House,
    Lighthouse,
    Castle,
    Windmill,
    Tent,
    Tree,
    Pine,
    Palm,
    Cactus,
    Bottle,
    Jar,
    Wine,
    Cup,
    Lamp,
    Chair,
    Plant,
    Vase,
    Book,
    Phone,
    Headphones,
    Camera,
    Watch,
    Shoe,
    Candle,
    Flower,
    Mushroom,
    Person,
    Astronaut,
    Robot,
    Planet,
    Bowl,
    Plate,
    Burger,
    Pizza,
    Cake,
    Pancakes,
    Cone,
    Apple,
    Speaker,
    Laptop,
    Fireplace,
    Bed,
    Counter,
    Lion,
    Guitar,
}

/// A colour that was asked for by name: hue in turns of OKLCH, how colourful, how light.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hue {
    /// In turns; without meaning where `chroma` is 0.
    pub hue: f64,
    /// Of OKLCH.
    pub chroma: f64,
    /// Of OKLCH.
    pub light: f64,
}

/// How the picture should feel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mood {
    Calm,
    Bold,
    Minimal,
    Retro,
    Cosy,
    Dramatic,
    Pastel,
    Neon,
    Mono,
    Dark,
    Bright,
}

/// Where the subject stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Left,
    Centre,
    Right,
}

/// What one word says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning {
    Place(Setting),
    Light(Hour),
    Air(Air),
    Thing(Subject),
    Hue(Hue),
    Mood(Mood),
    Side(Side),
    Look(Look),
    /// Of the hair; the colour before it is the hair's.
    Hair,
    Board(Board),
    Form(Form),
    /// A sheet with words on it.
    Poster,
    /// A mark that fills a rounded square.
    Icon,
    /// A room where coffee is drunk.
    Cafe,
    /// A word that is known and changes nothing.
    Nothing,
}

/// Words with commas between, and what each of them means.
pub type Row = (&'static str, Meaning);
