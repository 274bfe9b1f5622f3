//! Draws charts: bars from left to right, or a column for each day.
//!
//! A phone shows a chart at less than half its width, so its letters are large. Its ground is its
//! own, so that it is read in a dark theme and in a light one.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places on a picture of some hundred pixels"
)]

use image::{DynamicImage, Rgb};

use super::canvas::{Canvas, Plate, QUIET, WHITE, width_of};
use super::outline::NotAPicture;
use super::resize::png;
use crate::domain::money::chart::{Bar, Bars, Chart, Columns, Tone};

const WIDTH: u32 = 840;
const MARGIN: f32 = 32.0;
/// How high a capital is, of a title and of a label.
const TITLE: f32 = 22.0;
const LABEL: f32 = 19.0;
/// How far the bars of a panel are apart, from middle to middle.
const ROW: f32 = 56.0;
const BAR: f32 = 34.0;
/// Between one panel and the title of the next.
const GAP: f32 = 28.0;
/// What a title takes with the space below it.
const HEAD: f32 = TITLE + 26.0;
/// How high the tallest column is.
const COLUMN: f32 = 200.0;
const AXIS: Rgb<u8> = Rgb([78, 80, 88]);

/// Returns the colour of a tone.
const fn colour(tone: Tone) -> Rgb<u8> {
    match tone {
        Tone::Blue => Rgb([88, 145, 242]),
        Tone::Green => Rgb([46, 204, 113]),
        Tone::Gold => Rgb([245, 190, 66]),
        Tone::Grey => Rgb([112, 116, 126]),
    }
}

/// Draws a chart as a PNG file.
///
/// # Errors
/// [`NotAPicture`] when it cannot be written.
pub fn draw(chart: &Chart) -> Result<Vec<u8>, NotAPicture> {
    let canvas = match chart {
        Chart::Bars(panels) => bars(panels),
        Chart::Columns(columns) => self::columns(columns),
    };
    Ok(png(&DynamicImage::from(canvas.0))?)
}

fn bars(panels: &[Bars]) -> Canvas {
    let tall = |panel: &Bars| HEAD + panel.bars.len() as f32 * ROW + GAP;
    let height = 2.0 * MARGIN - GAP + panels.iter().map(tall).sum::<f32>();
    let mut canvas = Canvas::new(WIDTH, height.max(1.0) as u32);
    let all = || panels.iter().flat_map(|panel| &panel.bars);
    let widest = |text: fn(&Bar) -> &String| {
        let widths = all().map(|bar| width_of(text(bar), LABEL));
        widths.fold(0.0, f32::max)
    };
    // Of all panels, so that their bars begin and end together.
    let left = MARGIN + widest(|bar| &bar.label) + 20.0;
    let room = (WIDTH as f32 - MARGIN - widest(|bar| &bar.told) - 16.0 - left).max(BAR);
    let mut y = MARGIN;
    for panel in panels {
        from_left(&mut canvas, &panel.title, (MARGIN, y + TITLE / 2.0), TITLE, WHITE);
        y += HEAD;
        let longest = panel.bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
        for bar in &panel.bars {
            let middle = y + BAR / 2.0;
            from_left(&mut canvas, &bar.label, (MARGIN, middle), LABEL, QUIET);
            // A bar of nothing is a line, so that its place is seen.
            let long = (room * (bar.value as f32 / longest as f32)).max(3.0);
            canvas.fill(plate((left, y), (long, BAR)), colour(bar.tone), 1.0);
            from_left(&mut canvas, &bar.told, (left + long + 16.0, middle), LABEL, WHITE);
            y += ROW;
        }
        y += GAP;
    }
    canvas
}

fn columns(chart: &Columns) -> Canvas {
    let height = 2.0 * MARGIN + HEAD + LABEL + 16.0 + COLUMN + 20.0 + LABEL;
    let mut canvas = Canvas::new(WIDTH, height as u32);
    from_left(
        &mut canvas,
        &chart.title,
        (MARGIN, MARGIN + TITLE / 2.0),
        TITLE,
        WHITE,
    );
    let foot = MARGIN + HEAD + LABEL + 16.0 + COLUMN;
    let room = WIDTH as f32 - 2.0 * MARGIN;
    let step = room / chart.values.len().max(1) as f32;
    let highest = chart.values.iter().copied().max().unwrap_or(0).max(1);
    let mut told = false;
    for (nth, value) in chart.values.iter().enumerate() {
        let tall = COLUMN * (*value as f32 / highest as f32);
        let left = MARGIN + nth as f32 * step + step * 0.1;
        if *value > 0 {
            let tall = tall.max(3.0);
            canvas.fill(
                plate((left, foot - tall), (step * 0.8, tall)),
                colour(Tone::Blue),
                1.0,
            );
        }
        if *value == highest && !told {
            told = true;
            let half = width_of(&chart.highest, LABEL) / 2.0;
            let middle = (left + step * 0.4)
                .min(WIDTH as f32 - MARGIN - half)
                .max(MARGIN + half);
            let above = foot - COLUMN - 16.0 - LABEL / 2.0;
            canvas.write(&chart.highest, (middle, above), LABEL, WHITE);
        }
    }
    canvas.fill(plate((MARGIN, foot), (room, 3.0)), AXIS, 1.0);
    let below = foot + 20.0 + LABEL / 2.0;
    let [first, last] = &chart.ends;
    from_left(&mut canvas, first, (MARGIN, below), LABEL, QUIET);
    let last_left = WIDTH as f32 - MARGIN - width_of(last, LABEL);
    from_left(&mut canvas, last, (last_left, below), LABEL, QUIET);
    canvas
}

/// Makes a plate by its upper left corner and its sides.
fn plate((left, top): (f32, f32), (wide, tall): (f32, f32)) -> Plate {
    Plate {
        middle: (left + wide / 2.0, top + tall / 2.0),
        half: (wide / 2.0, tall / 2.0),
        radius: (wide.min(tall) / 2.0).min(5.0),
    }
}

fn from_left(canvas: &mut Canvas, text: &str, (left, middle): (f32, f32), tall: f32, colour: Rgb<u8>) {
    let half = width_of(text, tall) / 2.0;
    canvas.write(text, (left + half, middle), tall, colour);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::canvas::GROUND;

    fn bar(value: u64, tone: Tone) -> Bar {
        Bar {
            label: "2K".to_owned(),
            value,
            told: value.to_string(),
            tone,
        }
    }

    fn drawn(chart: &Chart) -> image::RgbImage {
        let file = draw(chart).unwrap();
        image::load_from_memory_with_format(&file, image::ImageFormat::Png)
            .unwrap()
            .to_rgb8()
    }

    /// Counts the pixels of a colour.
    fn of(picture: &image::RgbImage, colour: Rgb<u8>) -> usize {
        picture.pixels().filter(|pixel| **pixel == colour).count()
    }

    #[test]
    fn a_bar_is_as_long_as_its_value_says() {
        let chart = Chart::Bars(vec![Bars {
            title: "Pictures".to_owned(),
            bars: vec![bar(40, Tone::Blue), bar(10, Tone::Green), bar(0, Tone::Gold)],
        }]);
        let picture = drawn(&chart);
        let [blue, green, gold] =
            [Tone::Blue, Tone::Green, Tone::Gold].map(|tone| of(&picture, colour(tone)));
        assert!((37..=43).contains(&(blue * 10 / green)), "{blue} to {green}");
        assert!(
            gold > 0 && gold < green / 10,
            "a bar of nothing is a line: {gold}"
        );
        assert!(of(&picture, GROUND) * 2 > (picture.width() * picture.height()) as usize);
    }

    #[test]
    fn a_column_is_as_high_as_its_value_says_and_nothing_is_no_column() {
        let columns = |values: Vec<u64>| {
            drawn(&Chart::Columns(Columns {
                title: "Credits a day".to_owned(),
                values,
                highest: "120".to_owned(),
                ends: ["1 Nov".to_owned(), "30 Nov".to_owned()],
            }))
        };
        let blue = |values| of(&columns(values), colour(Tone::Blue));
        let (one, half) = (
            blue(vec![0, 0, 120]),
            blue(vec![0, 60, 120]) - blue(vec![0, 0, 120]),
        );
        assert!((18..=22).contains(&(one * 10 / half)), "{one} to {half}");
        assert_eq!(blue(vec![0, 0, 0]), 0);
        assert_eq!(blue(Vec::new()), 0);
    }

    #[test]
    fn whatever_is_written_stays_on_the_chart() {
        let long = |text: &str| text.repeat(30);
        let mut wide = bar(u64::MAX, Tone::Grey);
        (wide.label, wide.told) = (long("W"), long("9"));
        for chart in [
            Chart::Bars(Vec::new()),
            Chart::Bars(vec![Bars {
                title: long("title "),
                bars: vec![wide],
            }]),
            Chart::Columns(Columns {
                title: String::new(),
                values: vec![u64::MAX; 400],
                highest: "9".to_owned(),
                ends: [String::new(), long("9")],
            }),
        ] {
            assert_eq!(drawn(&chart).width(), WIDTH);
        }
    }
}
