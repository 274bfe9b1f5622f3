//! Finds the subject of a picture: what contrasts with its edges.
//!
//! The measure is that of Zhang, Sclaroff, Lin, Shen, Měch and Price, "Minimum Barrier Salient Object
//! Detection at 80 FPS" (ICCV 2015), on a small copy:
//!
//! 1. The *barrier* of a place is the least range of values that every way from it to the edge of the
//!    picture must cross. It is small in a sky that grows darker, and on ground that reaches the edge.
//! 2. A place is *foreign* as far as its colours are from those along three sides of the picture. The
//!    side that it is least like does not count, because the subject may stand there.
//! 3. What is near the middle counts more.
//!
//! What is left above Otsu's threshold is gathered into parts. The subject is the largest of them,
//! with those that weigh nearly as much.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places on a picture of some hundred pixels, and colours"
)]

use image::DynamicImage;

use super::fit::on_white;
use super::resize::{ResizeError, at_most, average};
use super::tint::opponent;
use crate::domain::geometry::{Focus, Pixels};
use crate::domain::image::crop::{Area, Finder, Subject};

/// The longest side of the copy that is looked at, in pixels. Grain and texture are gone at it.
const LOOK: u32 = 128;
/// How deep the border of a picture is, of its shorter side.
const BORDER: f32 = 0.1;
/// The least spread of a border's colours, as a variance: the grain of an even ground.
const EVEN: f32 = 36.0;
/// The least barrier of a subject, in steps of 255, over all three colours. Below it nothing stands out.
const FAINT: f32 = 12.0;
/// How much a place at the middle of a side still counts, as the width of a bell curve over the sides.
const MIDDLE: f32 = 0.5;
/// The least threshold of what belongs to a subject, of what stands out most.
const LEAST: f32 = 0.4;
/// The least weight of a part that belongs to the subject, of that of the largest.
const PART: f32 = 0.35;
/// How often all places are visited, there and back in turn.
const PASSES: usize = 4;

/// A small copy of a picture, in lightness and two opponent colours.
struct Small {
    width: usize,
    height: usize,
    pixels: Vec<[f32; 3]>,
}

/// A part of the copy that stands out.
struct Part {
    weight: f32,
    /// Its left, upper, right and lower edge.
    edges: [usize; 4],
    /// The sum of its places, by their weights.
    moment: [f32; 2],
}

/// Returns where the subject of a picture that was [read](super::read::read) stands. `None` if nothing
/// stands out.
///
/// # Errors
/// [`ResizeError`] when no small copy can be made.
pub(super) fn subject(picture: &DynamicImage) -> Result<Option<Subject>, ResizeError> {
    let size = Pixels {
        width: picture.width(),
        height: picture.height(),
    };
    let look = at_most(picture, LOOK.min(size.width.max(size.height)));
    let copy = on_white(average(picture, look)?).to_rgb8();
    let small = Small {
        width: look.width as usize,
        height: look.height as usize,
        pixels: copy.pixels().map(|pixel| opponent(pixel.0)).collect(),
    };
    Ok(small.map().map(|map| small.place(&map, size)))
}

impl Small {
    /// Returns how much each place stands out, 0 to 1. `None` if nothing does.
    fn map(&self) -> Option<Vec<f32>> {
        let mut barrier = vec![0.0; self.pixels.len()];
        for colour in 0..3 {
            let own = self.barrier(colour);
            barrier.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        }
        let highest = most(&barrier);
        if highest < FAINT {
            return None;
        }
        let foreign = self.foreign();
        let most_foreign = most(&foreign);
        let places = barrier.iter().zip(&foreign).enumerate();
        let map: Vec<f32> = places
            .map(|(at, (barrier, foreign))| {
                let (x, y) = self.place_of(at);
                let across = (x as f32 + 0.5) / self.width as f32 - 0.5;
                let down = (y as f32 + 0.5) / self.height as f32 - 0.5;
                let near = (-(across * across + down * down) / (2.0 * MIDDLE * MIDDLE)).exp();
                f32::midpoint(barrier / highest, foreign / most_foreign) * near
            })
            .collect();
        let highest = most(&map);
        Some(map.into_iter().map(|weight| weight / highest).collect())
    }

    fn place_of(&self, at: usize) -> (usize, usize) {
        (at % self.width, at / self.width)
    }

    fn is_edge(&self, at: usize) -> bool {
        let (x, y) = self.place_of(at);
        x == 0 || y == 0 || x + 1 == self.width || y + 1 == self.height
    }

    /// Returns the barrier of each place in one colour. A way is followed by rows and columns, there and
    /// back, which finds all but the most winding.
    fn barrier(&self, colour: usize) -> Vec<f32> {
        let count = self.pixels.len();
        let value = |at: usize| self.pixels[at][colour];
        let mut range: Vec<(f32, f32)> = (0..count).map(|at| (value(at), value(at))).collect();
        let mut barrier: Vec<f32> = (0..count)
            .map(|at| if self.is_edge(at) { 0.0 } else { f32::INFINITY })
            .collect();
        for pass in 0..PASSES {
            for nth in 0..count {
                let there = pass % 2 == 0;
                let at = if there { nth } else { count - 1 - nth };
                if self.is_edge(at) {
                    continue;
                }
                let before = if there {
                    [at - 1, at - self.width]
                } else {
                    [at + 1, at + self.width]
                };
                for from in before {
                    if !barrier[from].is_finite() {
                        continue;
                    }
                    let (low, high) = (range[from].0.min(value(at)), range[from].1.max(value(at)));
                    if high - low < barrier[at] {
                        barrier[at] = high - low;
                        range[at] = (low, high);
                    }
                }
            }
        }
        barrier
            .iter_mut()
            .filter(|one| !one.is_finite())
            .for_each(|one| *one = 0.0);
        barrier
    }

    /// Returns how far the colours of each place are from those along the sides, but for the side that it
    /// is least like.
    fn foreign(&self) -> Vec<f32> {
        let deep = ((self.width.min(self.height) as f32 * BORDER) as usize).max(1);
        let sides: [&dyn Fn((usize, usize)) -> bool; 4] = [
            &|(x, _)| x < deep,
            &|(x, _)| x + deep >= self.width,
            &|(_, y)| y < deep,
            &|(_, y)| y + deep >= self.height,
        ];
        let (mut sum, mut worst) = (vec![0.0; self.pixels.len()], vec![0.0_f32; self.pixels.len()]);
        for side in sides {
            let along = (0..self.pixels.len()).filter(|at| side(self.place_of(*at)));
            let away = self.away_from(&along.map(|at| self.pixels[at]).collect::<Vec<_>>());
            let furthest = most(&away);
            for (at, away) in away.into_iter().enumerate() {
                let away = away / furthest;
                sum[at] += away;
                worst[at] = worst[at].max(away);
            }
        }
        sum.iter().zip(worst).map(|(sum, worst)| sum - worst).collect()
    }

    /// Returns how far each place is from the mean of some colours, by their spread.
    fn away_from(&self, colours: &[[f32; 3]]) -> Vec<f32> {
        let n = colours.len().max(1) as f32;
        let mean = |of: &dyn Fn(&[f32; 3]) -> f32| colours.iter().map(of).sum::<f32>() / n;
        let middle: [f32; 3] = std::array::from_fn(|i| mean(&|colour| colour[i]));
        let spread: [f32; 3] = std::array::from_fn(|i| mean(&|colour| (colour[i] - middle[i]).powi(2)));
        let away = |colour: &[f32; 3]| -> f32 {
            let parts = (0..3).map(|i| (colour[i] - middle[i]).powi(2) / (spread[i] + EVEN));
            parts.sum::<f32>().sqrt()
        };
        self.pixels.iter().map(away).collect()
    }

    /// Returns the subject that a map shows, in a picture of a size.
    fn place(&self, map: &[f32], picture: Pixels) -> Subject {
        let parts = self.parts(map, threshold(map).max(LEAST));
        let heaviest = parts.iter().map(|part| part.weight).fold(0.0, f32::max);
        let mut all = Part::none();
        for part in parts.iter().filter(|part| part.weight >= heaviest * PART) {
            all.add(part.weight, part.edges, part.moment);
        }
        let scale = [
            picture.width as f32 / self.width as f32,
            picture.height as f32 / self.height as f32,
        ];
        let [left, top, right, bottom] = all.edges;
        let from = [(left as f32 * scale[0]) as u32, (top as f32 * scale[1]) as u32];
        let to = [
            ((right as f32 * scale[0]).ceil() as u32).min(picture.width),
            ((bottom as f32 * scale[1]).ceil() as u32).min(picture.height),
        ];
        // Between where the weight lies and the middle of the whole: none of it stands at the very edge.
        let focus = |nth: usize, edges: (usize, usize)| {
            let weight = all.moment[nth] / all.weight.max(f32::MIN_POSITIVE) + 0.5;
            let middle = (edges.0 + edges.1) as f32 / 2.0;
            (f32::midpoint(weight, middle) * scale[nth]) as u32
        };
        Subject {
            area: Area {
                x: from[0],
                y: from[1],
                size: Pixels {
                    width: to[0].saturating_sub(from[0]).max(1),
                    height: to[1].saturating_sub(from[1]).max(1),
                },
            },
            focus: Focus::at(focus(0, (left, right)), focus(1, (top, bottom)), picture),
            by: Finder::Contrast,
        }
    }

    /// Gathers neighbouring places above a threshold into parts.
    fn parts(&self, map: &[f32], least: f32) -> Vec<Part> {
        let (mut seen, mut parts) = (vec![false; map.len()], Vec::new());
        for first in 0..map.len() {
            let (mut part, mut open) = (Part::none(), vec![first]);
            while let Some(at) = open.pop() {
                if seen[at] || map[at] < least {
                    continue;
                }
                seen[at] = true;
                let (x, y) = self.place_of(at);
                let moment = [x as f32 * map[at], y as f32 * map[at]];
                part.add(map[at], [x, y, x + 1, y + 1], moment);
                let beside = [
                    (x > 0).then(|| at - 1),
                    (x + 1 < self.width).then_some(at + 1),
                    (y > 0).then(|| at - self.width),
                    (y + 1 < self.height).then_some(at + self.width),
                ];
                open.extend(beside.into_iter().flatten());
            }
            if part.weight > 0.0 {
                parts.push(part);
            }
        }
        parts
    }
}

impl Part {
    const fn none() -> Self {
        Self {
            weight: 0.0,
            edges: [usize::MAX, usize::MAX, 0, 0],
            moment: [0.0; 2],
        }
    }

    fn add(&mut self, weight: f32, edges: [usize; 4], moment: [f32; 2]) {
        let [left, top, right, bottom] = self.edges;
        self.weight += weight;
        self.edges = [
            left.min(edges[0]),
            top.min(edges[1]),
            right.max(edges[2]),
            bottom.max(edges[3]),
        ];
        self.moment = [self.moment[0] + moment[0], self.moment[1] + moment[1]];
    }
}

/// Returns the largest of some values, and never 0.
fn most(values: &[f32]) -> f32 {
    values.iter().copied().fold(f32::MIN_POSITIVE, f32::max)
}

/// Returns the value that parts the values of a map best into two kinds (Otsu 1979).
fn threshold(map: &[f32]) -> f32 {
    const BINS: usize = 64;
    let mut counts = [0.0_f32; BINS];
    for value in map {
        counts[((value * (BINS - 1) as f32) as usize).min(BINS - 1)] += 1.0;
    }
    let sum_of = |counts: &[f32]| -> (f32, f32) {
        let weighed = counts.iter().enumerate().map(|(bin, count)| bin as f32 * count);
        (counts.iter().sum(), weighed.sum())
    };
    let (all, whole) = sum_of(&counts);
    let parted = |bin: &usize| -> f32 {
        let (below, sum) = sum_of(&counts[..=*bin]);
        let above = all - below;
        if below == 0.0 || above == 0.0 {
            return 0.0;
        }
        below * above * (sum / below - (whole - sum) / above).powi(2)
    };
    let best = (0..BINS).max_by(|a, b| parted(a).total_cmp(&parted(b)));
    (best.unwrap_or(BINS / 2) + 1) as f32 / BINS as f32
}
