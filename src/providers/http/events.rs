//! Reads server-sent events as they come.
//!
//! `sse-stream` takes them apart. This module limits how much is held, and decides what their end
//! means for the money.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use sse_stream::{Sse, SseByteStream};

use super::body::{Body, Unreadable};

/// How much is read, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct MaxBytes {
    /// Of one event, with the comments before it.
    pub event: usize,
    /// Of the whole answer.
    pub stream: usize,
}

/// An event that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// What it says.
    pub data: String,
}

/// The events of an answer.
pub struct Events {
    inner: BoxStream<'static, Result<Sse, sse_stream::Error>>,
    /// Bytes that came since the event before.
    held: Arc<AtomicUsize>,
    framed: bool,
}

impl Events {
    /// Reads the events of an answer, up to `max`.
    #[must_use]
    pub fn of(body: impl Into<Body>, max: MaxBytes) -> Self {
        let body = body.into();
        let framed = body.is_framed();
        let held = Arc::new(AtomicUsize::new(0));
        let (counted, mut all) = (held.clone(), 0_usize);
        let parts = body.into_parts().map(move |part| {
            let part = part.map_err(|_| Unreadable::Cut)?;
            let event = counted.fetch_add(part.len(), Ordering::Relaxed) + part.len();
            all = all.saturating_add(part.len());
            if event > max.event {
                Err(too_long("an event of the answer", max.event))
            } else if all > max.stream {
                Err(too_long("the answer", max.stream))
            } else {
                Ok(part)
            }
        });
        // An event ends with an empty line. One that came whole is not lost without it, because it
        // may be paid.
        let end = stream::iter(framed.then(|| Ok("\n\n".into())));
        Self {
            inner: SseByteStream::new(parts.chain(end)).boxed(),
            held,
            framed,
        }
    }

    /// Returns the next event that says something; nothing at the end of the answer.
    ///
    /// # Errors
    /// [`Unreadable`]. An answer that does not say where it ends counts as cut.
    pub async fn next(&mut self) -> Result<Option<Event>, Unreadable> {
        while let Some(event) = self.inner.next().await {
            self.held.store(0, Ordering::Relaxed);
            let Sse {
                event: name, data, ..
            } = event.map_err(why)?;
            if let Some(data) = data {
                return Ok(Some(Event { name, data }));
            }
        }
        if self.framed {
            Ok(None)
        } else {
            Err(Unreadable::Cut)
        }
    }
}

fn too_long(what: &str, max_bytes: usize) -> Unreadable {
    Unreadable::Wrong(format!("{what} is over {max_bytes} bytes"))
}

fn why(error: sse_stream::Error) -> Unreadable {
    match error {
        sse_stream::Error::Body(why) => why
            .downcast::<Unreadable>()
            .map_or(Unreadable::Cut, |unreadable| *unreadable),
        _ => Unreadable::Wrong("the answer is not as documented: an event is not text".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use proptest::prelude::*;
    use reqwest::Response;

    use super::*;

    const LITTLE: MaxBytes = MaxBytes {
        event: 60,
        stream: 200,
    };
    const ENOUGH: MaxBytes = MaxBytes {
        event: 1_000,
        stream: 1_000,
    };
    const TEXT: &str = ": hello\n\nevent: a\ndata: one\ndata: two\n\nid: 7\nretry: 5\n\ndata:three\n\n: still there\n\nevent: b\ndata: ü";

    /// Returns an answer whose parts come one by one.
    fn answer(parts: Vec<io::Result<Vec<u8>>>, framed: bool) -> Response {
        let mut answer = axum::http::Response::builder();
        if framed {
            answer = answer.header("transfer-encoding", "chunked");
        }
        let body = reqwest::Body::wrap_stream(stream::iter(parts));
        answer.body(body).unwrap().into()
    }

    async fn read(
        parts: Vec<io::Result<Vec<u8>>>,
        framed: bool,
        max: MaxBytes,
    ) -> (Vec<Event>, Option<String>) {
        let (mut events, mut all) = (Events::of(answer(parts, framed), max), Vec::new());
        loop {
            match events.next().await {
                Ok(Some(event)) => all.push(event),
                Ok(None) => return (all, None),
                Err(why) => return (all, Some(why.to_string())),
            }
        }
    }

    fn event(name: Option<&str>, data: &str) -> Event {
        let (name, data) = (name.map(str::to_owned), data.to_owned());
        Event { name, data }
    }

    #[tokio::test]
    async fn wherever_a_stream_is_split_and_however_its_lines_end_the_events_are_the_same() {
        let told = [
            event(Some("a"), "one\ntwo"),
            event(None, "three"),
            event(Some("b"), "ü"),
        ];
        for ending in ["\n", "\r\n", "\r"] {
            let bytes = TEXT.replace('\n', ending).into_bytes();
            for at in 0..=bytes.len() {
                let parts = vec![Ok(bytes[..at].to_vec()), Ok(bytes[at..].to_vec())];
                assert_eq!(
                    read(parts, true, ENOUGH).await,
                    (told.to_vec(), None),
                    "{ending:?} {at}"
                );
            }
            let single = bytes.iter().map(|byte| Ok(vec![*byte])).collect();
            assert_eq!(
                read(single, true, ENOUGH).await,
                (told.to_vec(), None),
                "{ending:?}"
            );
        }
    }

    #[tokio::test]
    async fn an_end_that_cannot_be_told_from_a_cut_is_one() {
        let cut = Some("the answer was cut".to_owned());
        let (all, end) = read(vec![Ok(TEXT.as_bytes().to_vec())], false, ENOUGH).await;
        assert_eq!(
            (all.len(), end),
            (2, cut.clone()),
            "the last one may not be whole"
        );
        let parts = vec![Ok(TEXT.as_bytes().to_vec()), Err(io::Error::other("reset"))];
        let (all, end) = read(parts, true, ENOUGH).await;
        assert_eq!((all.len(), end), (2, cut));
    }

    #[tokio::test]
    async fn neither_an_event_nor_a_stream_is_read_beyond_its_limit() {
        let fits = format!("data: {}\n\n", "x".repeat(LITTLE.event - 8));
        let times = |n| (0..n).map(|_| Ok(fits.clone().into_bytes())).collect();
        let (all, end) = read(times(3), true, LITTLE).await;
        assert_eq!((all.len(), end), (3, None));
        let (all, end) = read(times(4), true, LITTLE).await;
        assert_eq!(
            (all.len(), end.as_deref()),
            (3, Some("the answer is over 200 bytes"))
        );
        let over = format!("data: {}", "x".repeat(LITTLE.event - 5));
        for over in [over, ":".repeat(LITTLE.event + 1)] {
            // Also in small parts, of which none is too long.
            let parts = over.bytes().map(|byte| Ok(vec![byte])).collect();
            let told = Some("an event of the answer is over 60 bytes".to_owned());
            assert_eq!(read(parts, true, LITTLE).await, (vec![], told));
        }
        let (_, end) = read(vec![Ok(b"data: \xff\n\n".to_vec())], true, LITTLE).await;
        assert_eq!(
            end.as_deref(),
            Some("the answer is not as documented: an event is not text")
        );
    }

    proptest! {
        /// Lines, names and letters of streams, and what is none of them, split anywhere.
        #[test]
        fn whatever_comes_is_read_as_the_same_events_however_it_is_split(
            text in "(data: ?|event: ?|id:|retry:|:|[a-z ]{0,8}|[\\r\\n]{1,3}|\\PC){0,40}",
            odd in proptest::option::of((any::<proptest::sample::Index>(), any::<u8>())),
            splits in prop::collection::vec(any::<proptest::sample::Index>(), 0..4),
        ) {
            let mut bytes = text.into_bytes();
            if let Some((at, byte)) = odd.filter(|_| !bytes.is_empty()) {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let mut ends: Vec<usize> = splits.iter().map(|at| at.index(bytes.len() + 1)).collect();
            ends.extend([0, bytes.len()]);
            ends.sort_unstable();
            let parts = ends.windows(2).map(|ends| Ok(bytes[ends[0]..ends[1]].to_vec())).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let whole = runtime.block_on(read(vec![Ok(bytes.clone())], true, ENOUGH));
            prop_assert_eq!(runtime.block_on(read(parts, true, ENOUGH)), whole);
            let single = bytes.iter().map(|byte| Ok(vec![*byte])).collect();
            let (little, _) = runtime.block_on(read(single, true, LITTLE));
            prop_assert!(little.iter().all(|event| event.data.len() <= LITTLE.event));
        }
    }
}
