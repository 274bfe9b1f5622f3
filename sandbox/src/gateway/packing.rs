//! How payloads go over the wire: as text, each compressed by itself, or all as one zlib stream.

use std::io::Write;

use axum::extract::ws::Message;
use flate2::write::ZlibEncoder;
use flate2::{Compress, Compression, FlushCompress};

/// How many bytes the output buffer grows by whenever it is full.
const ROOM: usize = 4_096;

/// The compression of one connection.
#[derive(Debug)]
pub(crate) enum Packing {
    /// Plain text.
    Plain,
    /// Each payload is a zlib stream of its own: `compress: true` in IDENTIFY.
    Payload,
    /// One zlib stream for the whole connection, flushed after each payload: `compress=zlib-stream`
    /// in the URL.
    Stream(Box<Compress>),
}

impl Packing {
    /// Chooses the compression from the `compress` parameter of the gateway's URL. An unknown value
    /// gets plain text, which common clients accept.
    pub(crate) fn asked(compress: Option<&str>) -> Self {
        match compress {
            Some("zlib-stream") => Self::Stream(Box::new(Compress::new(Compression::fast(), true))),
            _ => Self::Plain,
        }
    }

    /// Compresses payloads one by one from now on. A connection that is one stream stays so:
    /// discord.py asks for both, and Discord does not combine them.
    pub(crate) fn payloads(&mut self) {
        if !matches!(self, Self::Stream(_)) {
            *self = Self::Payload;
        }
    }

    /// Compresses a payload.
    pub(crate) fn pack(&mut self, text: String) -> Message {
        match self {
            Self::Plain => Message::Text(text.into()),
            Self::Payload => Message::Binary(alone(text.as_bytes()).into()),
            Self::Stream(stream) => Message::Binary(next_of(stream, text.as_bytes()).into()),
        }
    }
}

fn alone(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Compresses the next part of a stream and flushes it. It ends in 00 00 FF FF, which tells clients
/// that the payload is complete.
fn next_of(stream: &mut Compress, bytes: &[u8]) -> Vec<u8> {
    let (mut packed, before) = (Vec::with_capacity(bytes.len() / 2 + ROOM), stream.total_in());
    loop {
        let taken = usize::try_from(stream.total_in() - before).unwrap_or(bytes.len());
        // This fails only on misuse; then what was compressed so far goes out.
        let _ = stream.compress_vec(&bytes[taken..], &mut packed, FlushCompress::Sync);
        let all = stream.total_in() - before == bytes.len() as u64;
        if all && packed.len() < packed.capacity() {
            return packed;
        }
        packed.reserve(ROOM);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::ZlibDecoder;
    use flate2::{Decompress, FlushDecompress};

    use super::*;

    fn bytes(message: Message) -> Vec<u8> {
        match message {
            Message::Binary(bytes) => bytes.to_vec(),
            other => panic!("{other:?} is not packed"),
        }
    }

    #[test]
    fn a_payload_packed_by_itself_is_read_by_itself() {
        let mut packing = Packing::asked(None);
        assert!(matches!(packing.pack("x".to_owned()), Message::Text(_)));
        packing.payloads();
        for text in ["{}".to_owned(), "so much ".repeat(10_000)] {
            let packed = bytes(packing.pack(text.clone()));
            let mut read = String::new();
            ZlibDecoder::new(&packed[..]).read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
        }
    }

    #[test]
    fn a_stream_goes_on_from_payload_to_payload() {
        let mut packing = Packing::asked(Some("zlib-stream"));
        packing.payloads();
        let mut reader = Decompress::new(true);
        let noise: String = (0..30_000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 16).to_string())
            .collect();
        for text in ["{}".to_owned(), noise, String::new(), "the end".to_owned()] {
            let packed = bytes(packing.pack(text.clone()));
            assert_eq!(packed[packed.len() - 4..], [0, 0, 0xff, 0xff]);
            let mut read = Vec::with_capacity(text.len() + 1);
            reader
                .decompress_vec(&packed, &mut read, FlushDecompress::Sync)
                .unwrap();
            assert_eq!(String::from_utf8(read).unwrap(), text);
        }
    }
}
