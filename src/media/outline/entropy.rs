//! Reads the bits of a JPEG's compressed data, and the codes that they are written in.

use super::shape::{NotAPicture, big_endian, broken, part};

/// Codes of at most so many bits are looked up at once.
const QUICK: u32 = 8;
/// The longest code, in bits.
const LONGEST: usize = 16;

/// The compressed data of a scan, read bit by bit. Reading past their end, or past a mark in them,
/// fails: what is missing is never made up.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The bits that were read and not used yet: the lowest `left` ones.
    buffer: u64,
    left: u32,
}

impl<'a> Bits<'a> {
    pub(super) const fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            buffer: 0,
            left: 0,
        }
    }

    /// Reads bytes until there are 32 bits, or no more before a mark or the end.
    fn fill(&mut self) {
        while self.left < 32 {
            let byte = match self.data[self.at..] {
                // A byte of the data that is 255.
                [0xff, 0, ..] => {
                    self.at += 2;
                    0xff
                }
                [] | [0xff, ..] => return,
                [byte, ..] => {
                    self.at += 1;
                    byte
                }
            };
            self.buffer = self.buffer << 8 | u64::from(byte);
            self.left += 8;
        }
    }

    /// Takes so many bits, at most 16.
    ///
    /// # Errors
    /// [`NotAPicture::Cut`] when the data end before.
    pub(super) fn take(&mut self, n: u32) -> Result<u32, NotAPicture> {
        if self.left < n {
            self.fill();
        }
        self.left = self.left.checked_sub(n).ok_or(NotAPicture::Cut)?;
        let bits = self.buffer >> self.left & ((1 << n) - 1);
        Ok(u32::try_from(bits).unwrap_or_default())
    }

    /// Takes a code, and returns what it stands for.
    ///
    /// # Errors
    /// [`NotAPicture::Cut`] when the data end before; [`NotAPicture::Broken`] when it is no code.
    pub(super) fn symbol(&mut self, code: &Code) -> Result<u8, NotAPicture> {
        if self.left < 16 {
            self.fill();
        }
        if self.left >= QUICK {
            let next = (self.buffer >> (self.left - QUICK)) & ((1 << QUICK) - 1);
            let (symbol, length) = code.quick[usize::try_from(next).unwrap_or_default()];
            if length > 0 {
                self.left -= u32::from(length);
                return Ok(symbol);
            }
        }
        let mut bits = 0;
        for &(first, count, index) in &code.lengths {
            bits = bits << 1 | self.take(1)?;
            if bits < first + count {
                let at = bits.checked_sub(first).map(|n| (index + n) as usize);
                let symbol = at.and_then(|at| code.symbols.get(at));
                return symbol.copied().ok_or_else(|| broken("codes that are none"));
            }
        }
        Err(broken("data that make no sense"))
    }

    /// Moves behind the next mark from which decoding can go on.
    ///
    /// # Errors
    /// [`NotAPicture::Cut`] when there is none.
    pub(super) fn restart(&mut self) -> Result<(), NotAPicture> {
        (self.buffer, self.left) = (0, 0);
        let rest = &self.data[self.at..];
        let mark = rest
            .windows(2)
            .position(|two| two[0] == 0xff && matches!(two[1], 0xd0..=0xd7));
        self.at += mark.ok_or(NotAPicture::Cut)? + 2;
        Ok(())
    }
}

/// A table of codes, by ITU-T T.81, annex C.
pub(super) struct Code {
    /// For each length from 1: the first code, how many there are, and where their symbols begin.
    lengths: [(u32, u32, u32); LONGEST],
    symbols: Vec<u8>,
    /// What short codes stand for, and their length, by the bits that begin with them.
    quick: Box<[(u8, u8); 1 << QUICK]>,
}

impl Code {
    /// Reads a table, and returns it with the bytes that it takes.
    ///
    /// # Errors
    /// [`NotAPicture`] when it is cut, or has more codes than its lengths have room for.
    pub(super) fn read(data: &[u8]) -> Result<(Self, usize), NotAPicture> {
        let counts = part(data, 0, LONGEST)?;
        let all = counts.iter().map(|count| usize::from(*count)).sum();
        let symbols = part(data, LONGEST, all)?.to_vec();
        let mut lengths = [(0, 0, 0); LONGEST];
        let mut quick = Box::new([(0, 0); 1 << QUICK]);
        let (mut code, mut index) = (0_u32, 0_u32);
        for (i, entry) in lengths.iter_mut().enumerate() {
            let count = big_endian(counts, i, 1)?;
            let length = i + 1;
            if code + count > 1 << length {
                return Err(broken("more codes than there are"));
            }
            *entry = (code, count, index);
            if length <= QUICK as usize {
                let wide = 1 << (QUICK as usize - length);
                for n in 0..count {
                    let first = (code + n) as usize * wide;
                    let symbol = symbols[(index + n) as usize];
                    quick[first..first + wide].fill((symbol, u8::try_from(length).unwrap_or_default()));
                }
            }
            index += count;
            code = (code + count) << 1;
        }
        Ok((
            Self {
                lengths,
                symbols,
                quick,
            },
            LONGEST + all,
        ))
    }
}
