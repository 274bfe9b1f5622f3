//! Reads HTTP messages off a connection as they are, byte by byte, and says where each ends.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// The most headers of a message.
const HEADERS: usize = 64;

/// The end of a connection that is read, with what was read of the next message already.
#[derive(Debug)]
pub struct Reader<R> {
    from: R,
    buffer: Vec<u8>,
}

/// A message: its first line, and all of its bytes.
#[derive(Debug)]
pub struct Message {
    /// The words of the first line: of a request its method and path, of an answer its status.
    pub first: [String; 2],
    /// Its headers and its body, as they came.
    pub bytes: Vec<u8>,
    /// Where the body begins.
    pub body: usize,
    /// Whether the connection goes on with another protocol.
    pub upgraded: bool,
    /// Whether the connection ended before the message did.
    pub cut: bool,
}

impl Message {
    /// Returns the body.
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.body..]
    }
}

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunked,
    UntilEnd,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    /// Reads from a connection.
    pub const fn new(from: R) -> Self {
        let buffer = Vec::new();
        Self { from, buffer }
    }

    /// Gives the connection back, with what was read and not used.
    pub fn into_parts(self) -> (R, Vec<u8>) {
        (self.from, self.buffer)
    }

    /// Reads more. Returns whether there was more.
    async fn more(&mut self) -> io::Result<bool> {
        Ok(self.from.read_buf(&mut self.buffer).await? > 0)
    }

    /// Waits until something comes, and leaves it to be read. Returns whether the connection lasts.
    pub async fn wait(&mut self) -> bool {
        !self.buffer.is_empty() || self.more().await.unwrap_or(false)
    }

    /// Reads a request. Returns nothing where the connection ends instead.
    ///
    /// # Errors
    /// When the connection fails, or what comes is no request.
    pub async fn request(&mut self) -> io::Result<Option<Message>> {
        let mut has_body = Framing::Length(0);
        let read = |head: &[u8]| {
            let mut headers = [httparse::EMPTY_HEADER; HEADERS];
            let mut parsed = httparse::Request::new(&mut headers);
            let httparse::Status::Complete(length) = parsed.parse(head).map_err(io::Error::other)? else {
                return Ok(None);
            };
            has_body = framing(parsed.headers).unwrap_or(Framing::Length(0));
            let first = [parsed.method, parsed.path].map(|word| word.unwrap_or_default().to_owned());
            Ok(Some((length, first, false)))
        };
        let Some((body, first, upgraded)) = self.head(read).await? else {
            return Ok(None);
        };
        self.whole(body, first, upgraded, has_body).await.map(Some)
    }

    /// Reads an answer to a request of a method. Returns nothing where the connection ends instead.
    ///
    /// # Errors
    /// When the connection fails, or what comes is no answer.
    pub async fn answer(&mut self, method: &str) -> io::Result<Option<Message>> {
        let mut has_body = Framing::Length(0);
        let read = |head: &[u8]| {
            let mut headers = [httparse::EMPTY_HEADER; HEADERS];
            let mut parsed = httparse::Response::new(&mut headers);
            let httparse::Status::Complete(length) = parsed.parse(head).map_err(io::Error::other)? else {
                return Ok(None);
            };
            let code = parsed.code.unwrap_or_default();
            if method != "HEAD" && code >= 200 && code != 204 && code != 304 {
                has_body = framing(parsed.headers).unwrap_or(Framing::UntilEnd);
            }
            Ok(Some((length, [code.to_string(), String::new()], code == 101)))
        };
        let Some((body, first, upgraded)) = self.head(read).await? else {
            return Ok(None);
        };
        self.whole(body, first, upgraded, has_body).await.map(Some)
    }

    async fn head<T>(
        &mut self,
        mut read: impl FnMut(&[u8]) -> io::Result<Option<T>>,
    ) -> io::Result<Option<T>> {
        loop {
            if !self.buffer.is_empty()
                && let Some(head) = read(&self.buffer)?
            {
                return Ok(Some(head));
            }
            if !self.more().await? {
                return Ok(None);
            }
        }
    }

    async fn whole(
        &mut self,
        body: usize,
        first: [String; 2],
        upgraded: bool,
        framing: Framing,
    ) -> io::Result<Message> {
        let mut cut = false;
        let end = loop {
            let end = match framing {
                Framing::Length(length) => Some(body + length).filter(|end| self.buffer.len() >= *end),
                Framing::Chunked => end_of_chunks(&self.buffer, body),
                Framing::UntilEnd => None,
            };
            if let Some(end) = end {
                break end;
            }
            // A connection that is reset is cut too.
            if !self.more().await.unwrap_or(false) {
                cut = framing != Framing::UntilEnd;
                break self.buffer.len();
            }
        };
        let rest = self.buffer.split_off(end);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        Ok(Message {
            first,
            bytes,
            body,
            upgraded,
            cut,
        })
    }
}

/// Returns how the end of a body is told, if a header does.
fn framing(headers: &[httparse::Header<'_>]) -> Option<Framing> {
    headers.iter().find_map(|header| {
        let value = str::from_utf8(header.value).unwrap_or_default();
        if header.name.eq_ignore_ascii_case("content-length") {
            return value.trim().parse().ok().map(Framing::Length);
        }
        let chunked = header.name.eq_ignore_ascii_case("transfer-encoding") && value.contains("chunked");
        chunked.then_some(Framing::Chunked)
    })
}

/// Returns where chunks end that begin at a place, if they end within these bytes.
fn end_of_chunks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let line = bytes.get(at..)?.windows(2).position(|two| two == b"\r\n")?;
        let size = str::from_utf8(&bytes[at..at + line]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        // The line, the chunk, and the end of the chunk's last line.
        at += line + 2 + size + 2;
        if size == 0 {
            return Some(at).filter(|end| bytes.len() >= *end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn requests(bytes: &[u8]) -> Vec<(String, Vec<u8>, bool)> {
        let mut reader = Reader::new(bytes);
        let mut all = Vec::new();
        while let Some(message) = reader.request().await.expect("a request") {
            all.push((message.first[1].clone(), message.body().to_vec(), message.cut));
        }
        all
    }

    #[tokio::test]
    async fn each_message_ends_where_it_says() {
        let two = b"POST /a HTTP/1.1\r\ncontent-length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n";
        let read = requests(two).await;
        assert_eq!(
            read,
            [
                ("/a".to_owned(), b"abc".to_vec(), false),
                ("/b".to_owned(), Vec::new(), false)
            ]
        );
        let chunks = b"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        let read = requests(chunks).await;
        assert_eq!(read[0].1, b"3\r\nabc\r\n0\r\n\r\n");
        assert!(!read[0].2);
        let cut = b"POST /d HTTP/1.1\r\ncontent-length: 3\r\n\r\nab";
        assert!(requests(cut).await[0].2);
    }
}
