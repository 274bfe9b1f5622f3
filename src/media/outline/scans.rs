//! Follows the compressed data of a JPEG to its last block.
//!
//! A file that was cut and given an end looks whole, and decoders fill what is missing with grey,
//! or with the rough picture that the first scans of a progressive one make. So every code is read
//! here, by ITU-T T.81, annexes F and G, without computing a pixel.

use super::entropy::{Bits, Code};
use super::jpeg::{self, BLOCK, Frame, START_OF_SCAN};
use super::shape::{NotAPicture, big_endian, broken};

/// Most scans of a picture. The decoder reads no more.
const SCANS: usize = 100;
/// The coefficients of a block.
const COEFFICIENTS: usize = 64;

/// Checks that the compressed data of a JPEG are all there.
///
/// # Errors
/// [`NotAPicture::Cut`] when data or whole scans are missing; [`NotAPicture::Broken`] when they make
/// no sense.
pub(in crate::media) fn whole(bytes: &[u8]) -> Result<(), NotAPicture> {
    let mut at = jpeg::FIRST;
    let mut tables = Tables::default();
    let mut picture: Option<Picture> = None;
    let mut scans = 0;
    loop {
        let found = jpeg::segment(bytes, &mut at)?;
        match found.marker {
            jpeg::END_OF_IMAGE => break,
            0xc0..=0xc2 if picture.is_none() => {
                picture = Some(Picture::new(Frame::read(found.data, found.marker)?));
            }
            0xc4 => tables.read_codes(found.data)?,
            0xdd => tables.interval = u64::from(big_endian(found.data, 0, 2)?),
            START_OF_SCAN => {
                scans += 1;
                if scans > SCANS {
                    return Err(NotAPicture::Overloaded);
                }
                let picture = picture.as_mut().ok_or_else(|| broken("a scan of no picture"))?;
                let scan = Scan::read(found.data, &picture.frame)?;
                picture.follow(&scan, &tables, found.scan)?;
            }
            _ => {}
        }
    }
    let all = picture.is_some_and(|picture| picture.channels.iter().all(Channel::is_whole));
    if all { Ok(()) } else { Err(NotAPicture::Cut) }
}

/// The codes that scans are written in, and after how many units marks stand in them.
#[derive(Default)]
struct Tables {
    /// Those of the means of blocks, and those of all else.
    codes: [[Option<Code>; 4]; 2],
    /// 0 if there are no marks.
    interval: u64,
}

impl Tables {
    fn read_codes(&mut self, mut data: &[u8]) -> Result<(), NotAPicture> {
        while let [head, rest @ ..] = data {
            let (kind, name) = (usize::from(head >> 4), usize::from(head & 15));
            let (code, length) = Code::read(rest)?;
            let place = self.codes.get_mut(kind).and_then(|codes| codes.get_mut(name));
            *place.ok_or_else(|| broken("codes of an unknown kind"))? = Some(code);
            data = &rest[length..];
        }
        Ok(())
    }

    fn code(&self, kind: usize, name: usize) -> Result<&Code, NotAPicture> {
        let code = self.codes[kind].get(name).and_then(Option::as_ref);
        code.ok_or_else(|| broken("its codes are missing"))
    }
}

/// What the header of a scan says.
struct Scan {
    /// The channels by their place in the frame, each with the names of its codes.
    channels: Vec<(usize, [usize; 2])>,
    /// The first and the last coefficient.
    from: usize,
    to: usize,
    /// The bits below these are not in the scan; nor are those above, which a scan before had. 0 of
    /// those for a first one.
    before: u32,
    low: u32,
}

impl Scan {
    fn read(data: &[u8], frame: &Frame) -> Result<Self, NotAPicture> {
        let n = big_endian(data, 0, 1)? as usize;
        let mut channels = Vec::new();
        for i in 0..n {
            let id = big_endian(data, 1 + 2 * i, 1)?;
            let place = frame.components.iter().position(|component| component.id == id);
            let codes = big_endian(data, 2 + 2 * i, 1)? as usize;
            let place = place.ok_or_else(|| broken("a scan of an unknown channel"))?;
            channels.push((place, [codes >> 4, codes & 15]));
        }
        let at = 1 + 2 * n;
        let precision = big_endian(data, at + 2, 1)?;
        let mut scan = Self {
            channels,
            from: 0,
            to: COEFFICIENTS - 1,
            before: 0,
            low: 0,
        };
        // In others these say nothing, and some programs write anything.
        if frame.progressive {
            scan.from = big_endian(data, at, 1)? as usize;
            scan.to = big_endian(data, at + 1, 1)? as usize;
            (scan.before, scan.low) = (precision >> 4, precision & 15);
            let details = scan.from > 0 && scan.from <= scan.to && scan.to < COEFFICIENTS;
            if !(scan.from == 0 && scan.to == 0 || details && scan.channels.len() == 1) {
                return Err(broken("a scan that makes no sense"));
            }
        }
        if scan.channels.is_empty() {
            return Err(broken("a scan of nothing"));
        }
        Ok(scan)
    }
}

/// A picture whose scans are followed.
struct Picture {
    frame: Frame,
    channels: Vec<Channel>,
}

/// What is known of a channel.
struct Channel {
    /// How many blocks stand in a row of whole units.
    stride: usize,
    /// Which coefficients of each block are not 0: later scans are written by them.
    filled: Vec<u64>,
    /// The lowest bit that was seen of each coefficient.
    seen: [Option<u32>; COEFFICIENTS],
}

impl Channel {
    fn is_whole(&self) -> bool {
        self.seen.iter().all(|bit| *bit == Some(0))
    }
}

impl Picture {
    fn new(frame: Frame) -> Self {
        let (across, down) = frame.units();
        let channels = frame.components.iter().map(|component| {
            let (stride, rows) = (across * component.sampled.0, down * component.sampled.1);
            // Only progressive pictures need to know.
            let blocks = if frame.progressive { stride * rows } else { 0 };
            Channel {
                stride: length(stride),
                filled: vec![0; length(blocks)],
                seen: [None; COEFFICIENTS],
            }
        });
        Self {
            channels: channels.collect(),
            frame,
        }
    }

    /// Follows the data of a scan to their end.
    fn follow(&mut self, scan: &Scan, tables: &Tables, data: &[u8]) -> Result<(), NotAPicture> {
        let mut blocks = Blocks {
            bits: Bits::new(data),
            run: 0,
            scan,
            progressive: self.frame.progressive,
        };
        let (across, down) = self.size(scan);
        for unit in 0..across * down {
            if tables.interval > 0 && unit > 0 && unit % tables.interval == 0 {
                blocks.bits.restart()?;
                blocks.run = 0;
            }
            let at = (unit % across, unit / across);
            for &(place, codes) in &scan.channels {
                let sampled = match scan.channels[..] {
                    [_] => (1, 1),
                    _ => self.frame.components[place].sampled,
                };
                let channel = &mut self.channels[place];
                for block in 0..sampled.0 * sampled.1 {
                    let (x, y) = (block % sampled.0, block / sampled.0);
                    let (x, y) = (length(at.0 * sampled.0 + x), length(at.1 * sampled.1 + y));
                    let mut unknown = 0;
                    let filled = channel.filled.get_mut(y * channel.stride + x);
                    blocks.follow(tables, codes, filled.unwrap_or(&mut unknown))?;
                }
            }
        }
        for (place, _) in &scan.channels {
            self.channels[*place].seen[scan.from..=scan.to].fill(Some(scan.low));
        }
        Ok(())
    }

    /// Returns how many units the scan has, across and down. Those of a single channel are its
    /// blocks, without the ones that only fill up a unit of all channels.
    fn size(&self, scan: &Scan) -> (u64, u64) {
        let [(place, _)] = scan.channels[..] else {
            return self.frame.units();
        };
        let (sampled, most) = (self.frame.components[place].sampled, self.frame.most_sampled());
        let blocks = |side: u32, sampled: u64, most: u64| (u64::from(side) * sampled).div_ceil(most * BLOCK);
        let pixels = self.frame.pixels;
        (
            blocks(pixels.width, sampled.0, most.0),
            blocks(pixels.height, sampled.1, most.1),
        )
    }
}

/// The blocks of a scan, one after the other.
struct Blocks<'a> {
    bits: Bits<'a>,
    /// How many blocks, from this one on, have nothing more.
    run: u32,
    scan: &'a Scan,
    progressive: bool,
}

impl Blocks<'_> {
    /// Reads the next block.
    fn follow(&mut self, tables: &Tables, codes: [usize; 2], filled: &mut u64) -> Result<(), NotAPicture> {
        let Scan { from, before, .. } = *self.scan;
        match (self.progressive, from, before) {
            (false, ..) => {
                self.mean(tables.code(0, codes[0])?)?;
                self.details(tables.code(1, codes[1])?)
            }
            (true, 0, 0) => self.mean(tables.code(0, codes[0])?),
            (true, 0, _) => self.bits.take(1).map(drop),
            (true, _, 0) if self.run > 0 => {
                self.run -= 1;
                Ok(())
            }
            (true, _, 0) => self.first(tables.code(1, codes[1])?, filled),
            (true, ..) => self.refined(tables.code(1, codes[1])?, filled),
        }
    }

    fn mean(&mut self, code: &Code) -> Result<(), NotAPicture> {
        let length = self.bits.symbol(code)?;
        self.skip(length)
    }

    fn skip(&mut self, bits: u8) -> Result<(), NotAPicture> {
        if bits > 16 {
            return Err(broken("a value of too many bits"));
        }
        self.bits.take(u32::from(bits)).map(drop)
    }

    /// Reads all coefficients but the mean.
    fn details(&mut self, code: &Code) -> Result<(), NotAPicture> {
        let mut at = 1;
        while at < COEFFICIENTS {
            let symbol = self.bits.symbol(code)?;
            let (zeros, length) = (usize::from(symbol >> 4), symbol & 15);
            match (zeros, length) {
                (15, 0) => at += 16,
                (_, 0) => return Ok(()),
                _ => {
                    self.skip(length)?;
                    at += zeros + 1;
                }
            }
        }
        Ok(())
    }

    /// Reads the highest bits of coefficients.
    fn first(&mut self, code: &Code, filled: &mut u64) -> Result<(), NotAPicture> {
        let mut at = self.scan.from;
        while at <= self.scan.to {
            let symbol = self.bits.symbol(code)?;
            let (zeros, length) = (symbol >> 4, symbol & 15);
            match (zeros, length) {
                (15, 0) => at += 16,
                (_, 0) => {
                    // This block is one of them.
                    self.run = self.run_of(zeros)? - 1;
                    return Ok(());
                }
                _ => {
                    self.skip(length)?;
                    at += usize::from(zeros);
                    *filled |= 1_u64.checked_shl(place(at)).unwrap_or_default();
                    at += 1;
                }
            }
        }
        Ok(())
    }

    /// Reads one more bit of coefficients, and the highest of those that were 0 before.
    fn refined(&mut self, code: &Code, filled: &mut u64) -> Result<(), NotAPicture> {
        let mut at = self.scan.from;
        while self.run == 0 && at <= self.scan.to {
            let symbol = self.bits.symbol(code)?;
            let (zeros, length) = (symbol >> 4, symbol & 15);
            if length == 0 && zeros < 15 {
                self.run = self.run_of(zeros)?;
                break;
            }
            self.skip(length)?;
            at = self.corrected(at, Some(zeros), *filled)?;
            if length > 0 && at <= self.scan.to {
                *filled |= 1 << at;
            }
            at += 1;
        }
        if self.run > 0 {
            self.corrected(at, None, *filled)?;
            self.run -= 1;
        }
        Ok(())
    }

    /// Reads a bit of each coefficient that was not 0, up to the one behind so many that were, or
    /// to the last. Returns where it stops.
    fn corrected(&mut self, mut at: usize, zeros: Option<u8>, filled: u64) -> Result<usize, NotAPicture> {
        let mut left = zeros;
        while at <= self.scan.to {
            if filled >> at & 1 == 1 {
                self.bits.take(1)?;
            } else if let Some(zeros) = &mut left {
                let Some(fewer) = zeros.checked_sub(1) else { break };
                *zeros = fewer;
            }
            at += 1;
        }
        Ok(at)
    }

    /// Returns how many blocks have nothing more.
    fn run_of(&mut self, bits: u8) -> Result<u32, NotAPicture> {
        let bits = u32::from(bits);
        Ok((1 << bits) + self.bits.take(bits)?)
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn length(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
