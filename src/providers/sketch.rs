//! The engine `sketch`: draws a picture from the words of the prompt on this machine, for nothing.
//!
//! The crate `greenlight-sketch` draws. This file is its adapter: it turns a paid picture into a
//! brief, gives the picture the colours of a reference, and hands back an answer.
//!
//! In the demo and in tests the engine can be told to misbehave, so that every ending of a paid
//! call can be tried without one. A word in the prompt does it: `#sketch:ENDING`. After the ending,
//! `@STAGE` (`1K`, `2K`, `4K`) limits it to one stage, and `*N` to the first N calls, such as
//! `#sketch:refused@2K` or `#sketch:transient@4K*2`.
//!
//! | ENDING | How the call ends |
//! |---|---|
//! | `slow=MS` | with a picture, after MS milliseconds, at most 60,000 |
//! | `transient` | the engine is busy and nothing is paid |
//! | `unknown` | the connection breaks after the call was sent |
//! | `refused` | the engine refuses the prompt by policy |
//! | `operator` | the key is not good |
//! | `broken` | with half a file |
//! | `smaller` | with a picture of half the size that was asked for |
//!
//! A word with another ending does nothing. No word that begins with `#sketch:` is drawn.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use greenlight_sketch::{Brief, Detail};

use super::{Answer, CallObserver, CallReport, ImageRequest, NotKnown, PaidRender, Provider};
use crate::domain::draft::prompt::Prompt;
use crate::domain::geometry::Tier;
use crate::media;

/// How a word begins that tells an ending.
const MARK: &str = "#sketch:";
/// Longest time that `slow` waits, in milliseconds.
const SLOWEST_MS: u64 = 60_000;

/// The local engine.
#[derive(Debug, Default)]
pub struct Sketch {
    /// Whether it obeys the endings in prompts.
    told: bool,
    /// How many calls each image had at each tier, if its prompt tells an ending.
    calls: Mutex<HashMap<(u64, Tier), u32>>,
}

/// How a call is told to end; the table at the top of this file says what each word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `slow=MS`: with a picture, after so many milliseconds.
    Slow(u64),
    /// `transient`: the engine is busy, and nothing is paid.
    Transient,
    /// `unknown`: the connection breaks after the call was sent.
    Unknown,
    /// `refused`: the engine refuses the prompt by policy.
    Refused,
    /// `operator`: the key is not good.
    Operator,
    /// `broken`: with half a file.
    Broken,
    /// `smaller`: with a picture of half the size that was asked for.
    Smaller,
}

#[async_trait]
impl Provider for Sketch {
    async fn draw(&self, paid: &PaidRender, _notes: &dyn CallObserver) -> CallReport {
        self.answer(paid.picture()).await.into()
    }

    fn may_repeat(&self) -> bool {
        true
    }

    fn is_trained(&self) -> bool {
        false
    }

    fn not_known(&self, prompt: &Prompt) -> Option<NotKnown> {
        let prompt = without_endings(prompt.as_str());
        let words = greenlight_sketch::unknown_words(&prompt);
        (!words.is_empty()).then(|| NotKnown {
            words,
            draws_shapes: greenlight_sketch::draws_shapes(&prompt),
        })
    }
}

impl Sketch {
    /// Makes an engine that obeys the endings in prompts if it is `told`, and ignores them if not.
    #[must_use]
    pub fn new(told: bool) -> Self {
        Self {
            told,
            calls: Mutex::default(),
        }
    }

    async fn answer(&self, picture: &ImageRequest) -> Answer {
        let ending = self.ending(picture);
        match ending {
            Some(Ending::Transient) => return Answer::Transient(None),
            Some(Ending::Unknown) => return Answer::Unknown,
            Some(Ending::Refused) => return Answer::Refused,
            Some(Ending::Operator) => {
                return Answer::Operator("the prompt told sketch to fail so".to_owned());
            }
            Some(Ending::Slow(ms)) => tokio::time::sleep(Duration::from_millis(ms)).await,
            Some(Ending::Broken | Ending::Smaller) | None => {}
        }
        let file = paint(picture.clone(), ending == Some(Ending::Smaller)).await;
        match (file, ending) {
            (Answer::File(mut bytes), Some(Ending::Broken)) => {
                bytes.truncate(bytes.len() / 2);
                Answer::File(bytes)
            }
            (answer, _) => answer,
        }
    }

    fn ending(&self, picture: &ImageRequest) -> Option<Ending> {
        let mut words = picture
            .prompt
            .as_str()
            .split_whitespace()
            .filter(|word| word.starts_with(MARK));
        if !self.told || words.clone().next().is_none() {
            return None;
        }
        let call = self.count(picture);
        words.find_map(|word| ending(word, picture.tier, call))
    }

    /// Counts the call. Returns which one it is for this image at this tier, from 1.
    fn count(&self, picture: &ImageRequest) -> u32 {
        let mut calls = self
            .calls
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = calls.entry((picture.seed, picture.tier)).or_insert(0);
        *count += 1;
        *count
    }
}

/// Draws the picture on a thread for blocking work, because it keeps a core busy for most of a
/// second.
async fn paint(picture: ImageRequest, smaller: bool) -> Answer {
    let load = media::load_of_resizing(&[], picture.pixels);
    let painted = media::work(load, move || {
        let told = [picture.prompt.as_str()]
            .into_iter()
            .chain(picture.changes.iter().map(String::as_str));
        let prompt = without_endings(&told.collect::<Vec<_>>().join(", "));
        let divisor = if smaller { 2 } else { 1 };
        let scene = greenlight_sketch::png(&Brief {
            prompt: &prompt,
            seed: picture.seed,
            width: picture.pixels.width / divisor,
            height: picture.pixels.height / divisor,
            detail: match picture.tier {
                Tier::K1 => Detail::Draft,
                Tier::K2 => Detail::Review,
                Tier::K4 => Detail::Final,
            },
        });
        let scene = scene.map_err(|error| error.to_string())?;
        match picture.references.first() {
            None => Ok(scene),
            Some(like) => media::in_colours_of(&scene, &like.bytes).map_err(|error| error.to_string()),
        }
    });
    match painted.await {
        Ok(Ok(bytes)) => Answer::File(bytes),
        Ok(Err(why)) => Answer::Broken(why),
        Err(panicked) => Answer::Broken(panicked.to_string()),
    }
}

/// Reads the ending that a word of the prompt asks for, if it means this tier and this call.
fn ending(word: &str, tier: Tier, call: u32) -> Option<Ending> {
    let told = word.strip_prefix(MARK)?;
    let (told, calls) = told
        .split_once('*')
        .map_or((told, None), |(told, n)| (told, Some(n)));
    let (told, only) = told
        .split_once('@')
        .map_or((told, None), |(told, tier)| (told, Some(tier)));
    if only.is_some_and(|only| only != tier.to_string())
        || calls.is_some_and(|n| n.parse().is_ok_and(|n: u32| call > n))
    {
        return None;
    }
    match told.split_once('=') {
        Some(("slow", ms)) => Some(Ending::Slow(ms.parse().unwrap_or(SLOWEST_MS).min(SLOWEST_MS))),
        None => match told {
            "transient" => Some(Ending::Transient),
            "unknown" => Some(Ending::Unknown),
            "refused" => Some(Ending::Refused),
            "operator" => Some(Ending::Operator),
            "broken" => Some(Ending::Broken),
            "smaller" => Some(Ending::Smaller),
            _ => None,
        },
        Some(_) => None,
    }
}

/// Returns the prompt without the words that tell an ending.
fn without_endings(prompt: &str) -> String {
    let words = prompt.split_whitespace().filter(|word| !word.starts_with(MARK));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_means_its_stage_and_its_calls() {
        assert_eq!(ending("#sketch:refused", Tier::K1, 1), Some(Ending::Refused));
        assert_eq!(ending("#sketch:refused@2K", Tier::K1, 1), None);
        assert_eq!(ending("#sketch:refused@2K", Tier::K2, 9), Some(Ending::Refused));
        assert_eq!(
            ending("#sketch:transient@4K*2", Tier::K4, 2),
            Some(Ending::Transient)
        );
        assert_eq!(ending("#sketch:transient@4K*2", Tier::K4, 3), None);
        assert_eq!(ending("#sketch:slow=250", Tier::K1, 1), Some(Ending::Slow(250)));
        assert_eq!(
            ending("#sketch:slow=99999999", Tier::K1, 1),
            Some(Ending::Slow(SLOWEST_MS))
        );
        assert_eq!(ending("#sketch:dance", Tier::K1, 1), None);
        assert_eq!(ending("refused", Tier::K1, 1), None);
    }

    /// Draws a prompt 400 pixels wide, and that many times larger, in this detail.
    fn drawn(prompt: &str, seed: u64, times: u32, detail: Detail) -> Vec<u8> {
        let brief = Brief {
            prompt,
            seed,
            width: 400 * times,
            height: 224 * times,
            detail,
        };
        greenlight_sketch::png(&brief).unwrap()
    }

    /// What is approved as 1K is what comes as 2K and 4K, in every place, in every light.
    #[test]
    fn exact_is_exact_in_all_scenes_and_hours() {
        let scenes = "mountains,lake,sea,forest,city,desert,field,snow,space,studio,interior,underwater,\
            abstract";
        let hours = ["dawn", "noon", "golden hour", "dusk", "night", "storm", "fog"];
        std::thread::scope(|scope| {
            for (index, scene) in scenes.split(',').enumerate() {
                scope.spawn(move || {
                    for (seed, hour) in (index as u64..).zip(hours) {
                        let prompt = format!("{scene}, {hour}");
                        let draft = drawn(&prompt, seed, 1, Detail::Draft);
                        for (times, detail) in [(2, Detail::Review), (3, Detail::Final)] {
                            let later = drawn(&prompt, seed, times, detail);
                            let alike = media::likeness(&draft, &later).unwrap();
                            assert!(alike >= 0.98, "{prompt}, seed {seed}, {detail:?}: {alike:.3}");
                        }
                    }
                });
            }
        });
    }

    #[test]
    fn what_is_not_known_is_told_without_the_endings() {
        let told = |prompt| Sketch::new(true).not_known(&Prompt::parse(prompt).unwrap());
        assert_eq!(told("a fox at dawn #sketch:slow=10"), None);
        let kimchi = told("kimchi #sketch:slow=10").unwrap();
        assert_eq!(
            (kimchi.words, kimchi.draws_shapes),
            (vec!["kimchi".to_owned()], true)
        );
        assert!(!told("kimchi by the sea").unwrap().draws_shapes);
    }

    #[test]
    fn an_ending_is_not_drawn() {
        assert_eq!(without_endings("a fox #sketch:broken*1 at dawn"), "a fox at dawn");
    }
}
