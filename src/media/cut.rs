//! Cuts a picture, and says where its subject stands.

use std::io::Cursor;

use image::DynamicImage;

use super::outline::{Format, NotAPicture};
use super::read::read;
use super::resize::{ResizeError, png, resize};
use super::saliency;
use crate::domain::geometry::{Focus, Pixels};
use crate::domain::image::crop::{Area, Finder, Subject};

/// The keyword of the text in a PNG file that says where the subject stands, as the engine `sketch`
/// writes it: the left and the upper edge, the width and the height, in pixels.
const SUBJECT_KEY: &str = "Subject area";

/// A picture that was decoded, to be looked at and cut.
#[derive(Debug)]
pub struct Uncut {
    picture: DynamicImage,
    told: Option<Area>,
}

impl Uncut {
    /// Decodes a picture.
    ///
    /// # Errors
    /// [`NotAPicture`].
    pub fn read(file: &[u8]) -> Result<Self, NotAPicture> {
        let uncut = Self {
            picture: read(file)?,
            told: told(file),
        };
        let size = uncut.size();
        let whole = Area { x: 0, y: 0, size };
        Ok(Self {
            told: uncut
                .told
                .filter(|area| whole.holds(*area) && area.size.count() > 0),
            ..uncut
        })
    }

    /// Returns the size of the picture.
    #[must_use]
    pub fn size(&self) -> Pixels {
        Pixels {
            width: self.picture.width(),
            height: self.picture.height(),
        }
    }

    /// Returns where the subject stands: as the engine said, or what contrasts with the edges. `None` if
    /// nothing does.
    ///
    /// # Errors
    /// [`ResizeError`] when the picture cannot be looked at.
    pub fn subject(&self) -> Result<Option<Subject>, ResizeError> {
        let Some(area) = self.told else {
            return saliency::subject(&self.picture);
        };
        let (x, y) = (area.x + area.size.width / 2, area.y + area.size.height / 2);
        Ok(Some(Subject {
            area,
            focus: Focus::at(x, y, self.size()),
            by: Finder::Engine,
        }))
    }

    /// Cuts a part out, and resizes it to exactly a size, as PNG.
    ///
    /// # Errors
    /// [`ResizeError`] when no picture can have the size.
    pub fn cut(&self, part: Area, to: Pixels) -> Result<Vec<u8>, ResizeError> {
        let Area { x, y, size } = part;
        let part = self.picture.crop_imm(x, y, size.width, size.height);
        Ok(png(&resize(&part, to)?)?)
    }

    pub(super) const fn picture(&self) -> &DynamicImage {
        &self.picture
    }
}

/// Returns where a file says that its subject stands.
fn told(file: &[u8]) -> Option<Area> {
    if Format::of(file) != Some(Format::Png) {
        return None;
    }
    let reader = png::Decoder::new(Cursor::new(file)).read_info().ok()?;
    let texts = &reader.info().uncompressed_latin1_text;
    let text = texts.iter().find(|text| text.keyword == SUBJECT_KEY)?;
    let numbers: Option<Vec<u32>> = text.text.split(' ').map(|number| number.parse().ok()).collect();
    let [x, y, width, height] = numbers?.try_into().ok()?;
    let size = Pixels { width, height };
    Some(Area { x, y, size })
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::media::probe::probe;
    use crate::media::tests::{noise, png as file};

    const fn size(width: u32, height: u32) -> Pixels {
        Pixels { width, height }
    }

    #[test]
    fn a_part_is_cut_out_and_nothing_is_stretched() {
        // A third each is red, green and blue.
        let bands = RgbImage::from_fn(300, 100, |x, _| {
            let mut colour = [0, 0, 0];
            colour[(x / 100) as usize] = 255;
            Rgb(colour)
        });
        let uncut = Uncut::read(&file(bands)).unwrap();
        let part = Area {
            x: 200,
            y: 0,
            size: size(100, 100),
        };
        let blue = uncut.cut(part, size(50, 50)).unwrap();
        assert_eq!(probe(&blue).unwrap().pixels, size(50, 50));
        let blue = image::load_from_memory(&blue).unwrap().to_rgb8();
        assert!(blue.pixels().all(|pixel| pixel[2] > 200 && pixel[1] < 50));
        assert!(uncut.cut(part, size(0, 8)).is_err());
        assert!(Uncut::read(b"no picture").is_err());
    }

    #[test]
    fn a_picture_of_one_colour_or_of_one_pixel_has_no_subject() {
        let plain = |width, height| file(RgbImage::from_pixel(width, height, Rgb([40, 90, 60])));
        for picture in [plain(300, 200), plain(1, 1), plain(1, 500), plain(2, 2)] {
            assert_eq!(Uncut::read(&picture).unwrap().subject().unwrap(), None);
        }
        // Whatever is found in noise lies in the picture.
        let found = Uncut::read(&noise(90, 40)).unwrap();
        let whole = Area {
            x: 0,
            y: 0,
            size: found.size(),
        };
        assert!(
            found
                .subject()
                .unwrap()
                .is_none_or(|subject| whole.holds(subject.area))
        );
    }

    #[test]
    fn what_a_file_says_of_its_subject_counts_only_where_it_can_be() {
        let told = |text: &str| {
            let mut bytes = Vec::new();
            let mut encoder = png::Encoder::new(&mut bytes, 40, 30);
            encoder.set_color(png::ColorType::Rgb);
            encoder
                .add_text_chunk(SUBJECT_KEY.to_owned(), text.to_owned())
                .unwrap();
            let mut writer = encoder.write_header().unwrap();
            writer.write_image_data(&[90; 40 * 30 * 3]).unwrap();
            writer.finish().unwrap();
            let subject = Uncut::read(&bytes).unwrap().subject().unwrap();
            subject.map(|subject| (subject.by, subject.area, subject.focus.to_string()))
        };
        let area = Area {
            x: 10,
            y: 0,
            size: size(20, 30),
        };
        assert_eq!(
            told("10 0 20 30"),
            Some((Finder::Engine, area, "500:500".to_owned()))
        );
        for wrong in [
            "10 0 31 30",
            "0 0 0 5",
            "1 2 3",
            "",
            "a b c d",
            "4294967295 0 5 5",
            "-1 0 5 5",
        ] {
            assert_eq!(told(wrong), None, "{wrong}");
        }
    }
}
