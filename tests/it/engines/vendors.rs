//! Lists the answers that all services give and their outcomes: one table, with how each service
//! words them. The answers that only one service gives have tables of their own.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use greenlight::domain::draft::prompt::Prompt;
use greenlight::domain::engine::catalog::Catalog;
use greenlight::domain::geometry::Tier;
use greenlight::domain::stage::Mode;
use greenlight::providers::{self, ImageRequest, InputPicture, Words};
use serde_json::{Value, json};

use crate::harness::service::{Answer, Service, picture};
use crate::harness::{Kind, Thread, World, run_test_on};

/// Longer than any answer here takes.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A name, an answer, and the beginning of its outcome.
pub type Outcome = (&'static str, Answer, String);

/// An answer that only the operator can mend, and what the operator reads of it.
type Said = (Answer, &'static str);

/// A service, by how it words what all services say.
pub struct Vendor {
    /// Its name in the settings, and in what operators read.
    pub name: &'static str,
    /// A key of the service, which nobody may read.
    pub key: &'static str,
    /// The environment variable of the key.
    pub variable: &'static str,
    /// What it calls that which draws.
    pub model: &'static str,
    /// The documented answer to a request that it accepts.
    pub takes: Value,
    pub bad_key: Said,
    pub no_such_request: Said,
    pub no_right: Said,
    pub no_such_model: Said,
    /// Says that the account has no credit left. `None` for a service that has no word for it.
    pub empty_account: Option<Said>,
    /// Says that the policy does not allow what is asked for.
    pub policy: Answer,
    /// Says that there are too many requests, for seven seconds more.
    pub too_early: Answer,
}

impl Vendor {
    /// Lists the answers that all services give.
    pub fn outcomes(&self) -> Vec<Outcome> {
        [self.connections(), self.gateways(), self.operators()].concat()
    }

    /// Lists every way in which a connection can end. The outcome is unknown.
    fn connections(&self) -> Vec<Outcome> {
        let body = self.takes.to_string().into_bytes();
        let cut = |bytes| Answer::Cut(body.clone(), bytes);
        let all = [
            ("half a head", Answer::HangUpAfter(0)),
            ("cut while the request is sent", Answer::HangUpAfter(10)),
            ("cut before an answer", Answer::HangUp),
            ("cut at once", cut(0)),
            ("cut within the answer", cut(body.len() / 2)),
            ("cut before the last byte", cut(body.len() - 1)),
            ("never an answer", Answer::Silence),
        ];
        all.map(|(name, answer)| (name, answer, "unknown".to_owned()))
            .into()
    }

    /// Lists the errors of a gateway, or of a service before it draws.
    fn gateways(&self) -> Vec<Outcome> {
        let page = |status| Answer::Whole(status, vec![], b"<html>".to_vec());
        let all = [
            ("policy", self.policy.clone(), "refused"),
            ("too early", self.too_early.clone(), "transient 7000"),
            ("busy", page(503), "transient"),
            ("a gateway's fault", page(502), "unknown"),
            ("a gateway's patience", page(504), "unknown"),
            ("another gateway's", page(524), "unknown"),
        ];
        all.map(|(name, answer, told)| (name, answer, told.to_owned()))
            .into()
    }

    /// Lists the answers that only the operator can mend.
    fn operators(&self) -> Vec<Outcome> {
        let (name, variable, model) = (self.name, self.variable, self.model);
        let location = vec![("location", "https://example.com".to_owned())];
        let elsewhere = (Answer::Whole(302, location, vec![]), "302");
        let catalog = "config/models.toml";
        let mut all = vec![
            (
                "a bad key",
                self.bad_key.clone(),
                format!("set engines.{name}.key ({variable}) to a key that is good"),
            ),
            (
                "a request that it does not take",
                self.no_such_request.clone(),
                format!("it takes no such request: see whether {catalog} still holds for this model"),
            ),
            (
                "a right",
                self.no_right.clone(),
                format!("the key may not use this {model} or this service"),
            ),
            (
                "a model",
                self.no_such_model.clone(),
                format!("there is no such {model}, or engines.{name}.base_url is not right: see {catalog}"),
            ),
            ("elsewhere", elsewhere, "nobody expected this answer".to_owned()),
        ];
        all.extend(self.empty_account.clone().map(|said| {
            let what = "the account has no credit left: add some, or raise its limit";
            ("an empty account", said, what.to_owned())
        }));
        let told =
            |(row, (answer, said), why)| (row, answer, format!("operator: {name} answered {said}: {why}"));
        all.into_iter().map(told).collect()
    }

    /// Asserts that a reply has the outcome of its row, and that it has neither key nor prompt.
    /// Returns the outcome in a word.
    pub fn assert_told(&self, row: &str, reply: &providers::CallReport, told: &str) -> String {
        let (word, all) = (word(&reply.answer), format!("{reply:?}"));
        let same = if word.starts_with("transient") {
            word == told
        } else {
            word.starts_with(told)
        };
        assert!(same, "{row}: {word}");
        assert!(
            !all.contains(self.key) && !all.contains("a red fox"),
            "{row}: {word}"
        );
        word
    }

    /// Draws a draft and a later stage for each row.
    pub async fn assert_outcomes(
        &self,
        rows: Vec<Outcome>,
        draw: impl AsyncFn(&str, Duration, Option<&[u8]>) -> providers::CallReport,
    ) {
        for (row, answer, told) in rows {
            let silence = silence(&answer);
            let service = Service::that_says(answer).await;
            for parent in [None, Some(picture("80x45"))] {
                let reply = draw(&service.url, silence, parent.as_deref()).await;
                self.assert_told(row, &reply, &told);
            }
            let asked = service.asked().len();
            assert_eq!(asked, 2, "{row}: nothing is sent again by itself");
        }
    }
}

/// Returns how long an engine waits for an answer: not long for one that never comes.
pub const fn silence(answer: &Answer) -> Duration {
    match answer {
        Answer::Silence => Duration::from_millis(200),
        _ => PATIENCE,
    }
}

/// Lists the answers of services that send the picture itself in base64. `drawn` documents it.
pub fn pictures(drawn: fn(&str) -> Value) -> Vec<Outcome> {
    let png = BASE64_STANDARD.encode(picture("1280x720"));
    let body = drawn(&png).to_string().into_bytes();
    let page = vec![("content-type", "text/html".to_owned())];
    let broken = "broken: the answer is not as documented, line 1";
    let all = [
        ("a picture", Answer::json(200, &drawn(&png)), "file".to_owned()),
        (
            "nothing at all",
            Answer::Whole(200, vec![], vec![]),
            format!("{broken}, column 0: Eof"),
        ),
        (
            "a page",
            Answer::Whole(200, page, b"<html>".to_vec()),
            format!("{broken}, column 1: Syntax"),
        ),
        (
            "half of the JSON",
            Answer::Whole(200, vec![], body[..body.len() / 2].to_vec()),
            broken.to_owned(),
        ),
        (
            "half of the base64",
            Answer::json(200, &drawn(&png[..png.len() - 3])),
            "broken: the picture is not base64".to_owned(),
        ),
        (
            "90 MiB",
            Answer::json(200, &drawn(&"A".repeat(90 << 20))),
            "broken: the answer is over 90527060 bytes".to_owned(),
        ),
        (
            "a whole answer that never said where it ends",
            Answer::Unframed(body.clone()),
            "file".to_owned(),
        ),
        (
            "half an answer that never said where it ends",
            Answer::Unframed(body[..body.len() / 2].to_vec()),
            "unknown".to_owned(),
        ),
        (
            "nothing of an answer that never said where it ends",
            Answer::Unframed(vec![]),
            "unknown".to_owned(),
        ),
        (
            "base64 in lines",
            Answer::json(200, &drawn(&in_lines(&png))),
            "file".to_owned(),
        ),
        (
            "base64 as an address",
            Answer::json(200, &drawn(&format!("data:image/png;base64,{png}"))),
            "file".to_owned(),
        ),
        (
            "base64 for addresses, unpadded",
            Answer::json(
                200,
                &drawn(png.replace('+', "-").replace('/', "_").trim_end_matches('=')),
            ),
            "file".to_owned(),
        ),
    ];
    all.into()
}

/// Breaks base64 into lines, as mail does.
fn in_lines(text: &str) -> String {
    let lines = text.as_bytes().chunks(76);
    let lines = lines.map(|line| String::from_utf8_lossy(line).into_owned());
    lines.collect::<Vec<_>>().join("\r\n")
}

/// Makes the rows of one service.
pub fn rows<const N: usize>(rows: [(&'static str, Answer, &str); N]) -> Vec<Outcome> {
    rows.map(|(name, answer, told)| (name, answer, told.to_owned()))
        .into()
}

/// Returns the outcome of an answer in a word, with what the operator reads.
pub fn word(answer: &providers::Answer) -> String {
    match answer {
        providers::Answer::File(_) => "file".to_owned(),
        providers::Answer::Transient(None) => "transient".to_owned(),
        providers::Answer::Transient(Some(ms)) => format!("transient {ms}"),
        providers::Answer::Unknown => "unknown".to_owned(),
        providers::Answer::Later => "later".to_owned(),
        providers::Answer::Refused => "refused".to_owned(),
        providers::Answer::Picture(refused) => format!("picture {refused}"),
        providers::Answer::CalledOff => "called off".to_owned(),
        providers::Answer::Operator(why) => format!("operator: {why}"),
        providers::Answer::Broken(why) => format!("broken: {why}"),
    }
}

/// Returns the shipped models.
pub fn models() -> Catalog {
    toml::from_str(include_str!("../../../config/models.toml")).expect("the models file")
}

/// Returns the request for a draft of a red fox, with the picture that it is made of at a later
/// stage.
pub fn a_red_fox(model: &str, parent: Option<&[u8]>) -> ImageRequest {
    ImageRequest {
        changes: Vec::new(),
        prompt: Prompt::parse("a red fox").expect("a prompt"),
        words: Words("a red fox, drawn with care".to_owned()),
        model: model.to_owned(),
        quality: None,
        mode: if parent.is_some() {
            Mode::Remaster
        } else {
            Mode::Draw
        },
        parent: parent.map(|bytes| InputPicture {
            bytes: bytes.into(),
            mime: "image/png",
        }),
        references: Vec::new(),
        member: "9876543210".to_owned(),
        ratio: "16:9".parse().expect("a ratio"),
        pixels: "1280x720".parse().expect("a size"),
        tier: Tier::K1,
        seed: 1,
    }
}

/// Runs a story with these settings.
pub async fn story(settings: &[(&str, String)], kind: Kind, story: impl AsyncFnOnce(&mut World)) {
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    run_test_on(kind, &settings, story).await;
}

/// Asserts that a draft whose one paid call was cut keeps its credits held and says so, and that a
/// restarted bot does not draw it again.
pub async fn assert_parked(w: &mut World, thread: &Thread) {
    w.restart().await;
    w.work_it_out().await;
    let notices = w.notices(thread);
    assert!(notices[0].contains("It may have been paid"), "{notices:?}");
    let (held, settled, _) = w.sums().await;
    assert_eq!((held, settled), (10, 0));
    w.starter(thread);
}

/// Returns an error as several services document it.
pub fn fault(status: u16, error: &Value) -> Answer {
    Answer::json(status, &json!({ "error": error }))
}
