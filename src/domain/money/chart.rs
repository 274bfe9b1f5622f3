//! What a chart shows.

/// The colour of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The first stage.
    Blue,
    /// A stage on the way.
    Green,
    /// The last stage.
    Gold,
    /// What is only compared with.
    Grey,
}

/// A bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What stands before it. The letters are those of ASCII.
    pub label: String,
    /// How long it is, against the longest of its panel.
    pub value: u64,
    /// What stands behind it.
    pub told: String,
    /// Its colour.
    pub tone: Tone,
}

/// A panel of bars, one below the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// What stands above them.
    pub title: String,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// Columns, one beside the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// What stands above them.
    pub title: String,
    /// How high each is, against the highest.
    pub values: Vec<u64>,
    /// What stands above the highest.
    pub highest: String,
    /// What stands below the first and below the last.
    pub ends: [String; 2],
}

/// A chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chart {
    /// Panels of bars, one below the other.
    Bars(Vec<Bars>),
    /// Columns.
    Columns(Columns),
}
