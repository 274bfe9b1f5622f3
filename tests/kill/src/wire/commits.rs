//! Reads what a client of PostgreSQL sends, and names each commit by the tables that it writes.

use std::collections::{BTreeMap, BTreeSet};

/// How many bytes come before the length of a message, and how many it takes.
const TYPE: usize = 1;
const LENGTH: usize = 4;

/// What a connection has said so far.
#[derive(Debug, Default)]
pub struct Sayings {
    buffer: Vec<u8>,
    /// Whether the first message, which has no type, was read.
    begun: bool,
    prepared: BTreeMap<Vec<u8>, String>,
    written: BTreeSet<String>,
}

/// A message as it came, and the name of the commit, if it is one.
#[derive(Debug, PartialEq, Eq)]
pub struct Saying {
    /// The whole message.
    pub bytes: Vec<u8>,
    /// Names the tables that were written since the transaction began.
    pub commit: Option<String>,
}

impl Sayings {
    /// Takes bytes as they come.
    pub fn heard(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Returns the next message that is whole.
    pub fn next(&mut self) -> Option<Saying> {
        let before = if self.begun { TYPE } else { 0 };
        let length = self.buffer.get(before..before + LENGTH)?;
        let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
        if self.buffer.len() < before + length {
            return None;
        }
        let rest = self.buffer.split_off(before + length);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let commit = if self.begun {
            self.read(bytes[0], &bytes[TYPE + LENGTH..])
        } else {
            // The question whether there is TLS is as long as two numbers.
            self.begun = length > 2 * LENGTH;
            None
        };
        Some(Saying { bytes, commit })
    }

    fn read(&mut self, kind: u8, body: &[u8]) -> Option<String> {
        let mut words = body.split(|byte| *byte == 0);
        match kind {
            b'P' => {
                let (name, text) = (words.next()?.to_vec(), words.next()?);
                let text = String::from_utf8_lossy(text).into_owned();
                self.prepared.insert(name, text);
            }
            b'B' => {
                let name = words.nth(1)?;
                let tables = self.prepared.get(name).map(|text| written(text));
                self.written.extend(tables.unwrap_or_default());
            }
            b'Q' => {
                let text = String::from_utf8_lossy(words.next()?).into_owned();
                if text.ends_with("COMMIT") {
                    return Some(self.name());
                }
                if text.starts_with("BEGIN") {
                    self.written.clear();
                }
                self.written.extend(written(&text));
            }
            _ => {}
        }
        None
    }

    fn name(&mut self) -> String {
        let tables: Vec<String> = std::mem::take(&mut self.written).into_iter().collect();
        if tables.is_empty() {
            "nothing".to_owned()
        } else {
            tables.join("+")
        }
    }
}

/// Returns the tables that a statement writes.
fn written(statement: &str) -> BTreeSet<String> {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let mut tables = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |at| words[at]);
        let table = match *word {
            "INTO" if before.ends_with("INSERT") => words.get(at + 1),
            "FROM" if before.ends_with("DELETE") => words.get(at + 1),
            "UPDATE" if !["FOR", "DO", "KEY"].contains(&before) => words.get(at + 1),
            _ => None,
        };
        let table = table.map(|table| table.split(|c: char| !c.is_ascii_lowercase() && c != '_'));
        tables.extend(table.and_then(|mut parts| parts.next().map(str::to_owned)));
    }
    tables.remove("");
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + LENGTH).expect("short").to_be_bytes();
        [&[kind], &length[..], body].concat()
    }

    #[test]
    fn a_commit_is_named_by_the_tables_that_it_writes() {
        let mut said = Sayings::default();
        said.heard(&[0, 0, 0, 8, 4, 210, 22, 47]);
        said.heard(&[0, 0, 0, 9, 0, 3, 0, 0, 0]);
        said.heard(&message(b'P', b"s1\0INSERT INTO entries (id) VALUES ($1)\0\0\0"));
        said.heard(&message(b'P', b"s2\0SELECT 1 FROM pools FOR UPDATE\0\0\0"));
        said.heard(&message(b'Q', b"BEGIN\0"));
        said.heard(&message(b'B', b"\0s1\0\0\0"));
        said.heard(&message(b'B', b"\0s2\0\0\0"));
        said.heard(&message(b'Q', b"UPDATE pools SET held = 1\0"));
        let commit = message(b'Q', b"SELECT 1; COMMIT\0");
        said.heard(&commit[..7]);
        let names: Vec<_> = std::iter::from_fn(|| said.next()).collect();
        assert_eq!(names.len(), 8, "the commit has not come whole yet");
        assert!(names.iter().all(|said| said.commit.is_none()));
        said.heard(&commit[7..]);
        let last = said.next().expect("the commit");
        assert_eq!(last.commit.as_deref(), Some("entries+pools"));
        assert_eq!(last.bytes, commit);
    }

    #[test]
    fn a_lock_writes_nothing_and_an_upsert_writes_its_table() {
        let tables = |statement: &str| written(statement).into_iter().collect::<Vec<_>>();
        assert_eq!(tables("SELECT 1 FROM jobs FOR UPDATE SKIP LOCKED"), [""; 0]);
        assert_eq!(
            tables("INSERT INTO jobs (kind) VALUES ($1) ON CONFLICT DO UPDATE SET wanted = 1"),
            ["jobs"]
        );
        assert_eq!(
            tables("WITH due AS (SELECT 1) UPDATE jobs SET fence = 1"),
            ["jobs"]
        );
    }
}
