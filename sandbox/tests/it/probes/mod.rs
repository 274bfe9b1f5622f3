//! Requests as no client library would send them, each with the section of Discord's documents that
//! says what comes of it: a page of `docs.discord.com/developers`, and the heading on it.

mod commands;
mod components;
mod gateway;
mod http;
mod interactions;
mod listing;
mod messages;
mod thread_members;
mod threads;

use serde_json::Value;

use crate::support::{Reply, World};

/// What the documents say comes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It is done, with this status.
    Done(u16),
    /// It is refused, with this status and Discord's code.
    Refused(u16, u64),
    /// It is refused with a 50035 that names this field; an empty one is the whole form.
    At(&'static str),
}

pub use Expected::{At, Done, Refused};

impl Expected {
    /// Returns what is wrong with a reply, if something is.
    pub fn fault(self, reply: &Reply) -> Option<String> {
        let code = reply.body["code"].as_u64();
        let met = match self {
            Done(status) => reply.status == status,
            Refused(status, wanted) => (reply.status, code) == (status, Some(wanted)),
            At(field) => {
                let pointer: String = field
                    .split('.')
                    .filter(|part| !part.is_empty())
                    .fold(String::from("/errors"), |pointer, part| {
                        format!("{pointer}/{part}")
                    });
                let named = reply.body.pointer(&format!("{pointer}/_errors"));
                (reply.status, code) == (400, Some(50035)) && named.is_some()
            }
        };
        let told = reply.body.to_string();
        (!met).then(|| format!("expected {self:?}, got {} {told}", reply.status))
    }
}

/// A request of the bot.
pub struct Probe {
    /// The page and the heading, such as `resources/message#get-channel-messages`.
    pub section: &'static str,
    pub method: &'static str,
    pub path: String,
    pub body: Value,
    pub expected: Expected,
}

/// Sends all probes one after another, and tells every one that was answered otherwise.
pub async fn send_all(w: &World, probes: Vec<Probe>) {
    let mut faults = Vec::new();
    for probe in probes {
        assert!(probe.section.contains('#'), "{} has no heading", probe.section);
        let reply = w.call(probe.method, &probe.path, probe.body.clone()).await;
        if let Some(fault) = probe.expected.fault(&reply) {
            let shown: String = probe.body.to_string().chars().take(300).collect();
            faults.push(format!(
                "{}: {} {} {shown}\n    {fault}",
                probe.section, probe.method, probe.path
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A request's body with the section that it is from, and what comes of it.
pub type Row = (&'static str, Value, Expected);

/// Reads a table: sections after `==`, and below them a row a line, which says what is expected and
/// the body. A field that is named stands below `base`. A text `x*80` has 80 characters, a list
/// such as `"options*25"` so many things that `many` makes.
pub fn table(text: &'static str, base: &str, done: u16, many: &dyn Fn(usize) -> Value) -> Vec<Row> {
    let (mut section, mut rows) = ("", Vec::new());
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if let Some(heading) = line.strip_prefix("== ") {
            section = heading;
            continue;
        }
        let (expected, body) = line.split_once(' ').unwrap();
        let mut body = serde_json::from_str(body).unwrap_or_else(|why| panic!("{line}: {why}"));
        fill(&mut body, many);
        let parts = [base, expected]
            .into_iter()
            .filter(|part| !part.is_empty() && *part != "-");
        let field = parts.collect::<Vec<_>>().join(".");
        let expected = if expected == "done" {
            Done(done)
        } else {
            At(field.leak())
        };
        rows.push((section, body, expected));
    }
    rows
}

/// Writes out what a table only counts.
fn fill(value: &mut Value, many: &dyn Fn(usize) -> Value) {
    match value {
        Value::String(text) => {
            let counted = text
                .split_once('*')
                .and_then(|(what, count)| Some((what, count.parse().ok()?)));
            match counted {
                Some((before, count)) if before.ends_with('x') => {
                    *text = format!("{}{}", &before[..before.len() - 1], "x".repeat(count));
                }
                Some((_, count)) => *value = many(count),
                None => {}
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|one| fill(one, many)),
        Value::Object(fields) => fields.values_mut().for_each(|field| fill(field, many)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
