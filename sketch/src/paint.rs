//! What every picture is made with: numbers, chance, colours, and a canvas of shapes.

pub mod canvas;
pub mod colour;
pub mod letters;
pub mod maths;
pub mod rng;
