//! Tests what becomes of pictures that are too large to be posted: they are shown in the best form that
//! fits, their messages say which, and the original is handed out byte for byte.

use std::collections::BTreeMap;
use std::time::Duration;

use discord_sandbox::{Fault, world};
use greenlight::media;
use greenlight::providers::Answer;
use serde_json::{Value, json};

use super::photograph::Photograph;
use crate::harness::{Easel, Ending, Image, Kind, World, run_test, run_test_on};

const MIB: usize = 1024 * 1024;
/// A picture whose file is just too large to be attached anywhere.
pub const NOISE: Photograph = Photograph {
    width: 2048,
    height: 2048,
    grain: 255,
};

/// Returns an engine whose next call ends with a picture.
pub fn easel_of(picture: Photograph) -> Easel {
    let easel = Easel::new(false);
    easel.next_ends(Ending::Answer(Answer::File(picture.png())));
    easel
}

/// Has Ana type a command in a thread. Returns the text of the private answer as it was sent, and its
/// file.
pub async fn told_privately(
    w: &mut World,
    thread: u64,
    command: &str,
    options: Value,
) -> (String, Option<Vec<u8>>) {
    let asked = w
        .discord()
        .member(world::ANA)
        .command(thread, command, options)
        .await;
    let answer = w.discord().answer(asked.expect("a command")).await;
    assert!(answer.ephemeral, "everybody can see {}", answer.message);
    let url = answer.message["attachments"][0]["url"].as_str();
    let file = url.map(|url| w.discord().file(url).expect("the file is there"));
    (
        answer.message["content"].as_str().expect("a text").to_owned(),
        file,
    )
}

/// Returns the address behind words in an answer.
pub fn link_in(answer: &str) -> Option<String> {
    let (_, rest) = answer.split_once("](<")?;
    Some(rest.split_once(">)")?.0.to_owned())
}

impl World {
    /// Has an engine draw instead of the bot's own.
    pub async fn draw_with(&mut self, easel: Easel) {
        self.set_engines(easel.engines());
        self.restart().await;
    }

    /// Returns the file that the message of an image shows.
    fn posted(&self, image: &Image) -> Vec<u8> {
        let message = self.message(image.thread, image.message);
        let url = message["attachments"][0]["url"]
            .as_str()
            .expect("a file")
            .to_owned();
        self.discord().file(&url).expect("the file is there")
    }
}

/// A photograph, and a picture of grain alone, whose file is over 40 MiB.
const PHOTOGRAPHS: [Photograph; 2] = [
    Photograph {
        width: 4096,
        height: 4096,
        grain: 14,
    },
    Photograph {
        width: 5504,
        height: 3072,
        grain: 160,
    },
];

async fn photographs_are_delivered(kind: Kind, pictures: &[Photograph]) {
    let served = [
        ("LINKS__LISTEN", "127.0.0.1:0"),
        ("LINKS__PUBLIC_URL", "https://pictures.example.com"),
    ];
    run_test_on(kind, &served, async |w| {
        let easel = Easel::new(false);
        for picture in pictures {
            let file = picture.png();
            assert!(
                (20 * 1_000_000..60 * 1_000_000).contains(&file.len()),
                "{}",
                file.len()
            );
            easel.next_ends(Ending::Answer(Answer::File(file)));
        }
        w.draw_with(easel.clone()).await;
        let count = u32::try_from(pictures.len()).expect("a few");
        let thread = w.ana().draft("a harbour at dawn", count).await;
        w.starter(&thread);
        let images = w.images(&thread, "explore");
        let drawn: BTreeMap<_, _> = easel.calls().into_iter().zip(pictures).collect();
        for image in &images {
            let picture = drawn[&image.render()];
            let posted = w.posted(image);
            assert!(
                posted.len() <= 10 * MIB && posted.len() > 5 * MIB,
                "{}",
                posted.len()
            );
            // Of grain alone, no form of so many pixels fits.
            let parts = if picture.grain > 100 { 2 } else { 1 };
            let size = (picture.width / parts, picture.height / parts);
            assert_eq!(image.size, size, "as large as it can be");
            let said = image.text.lines().find(|line| line.contains("Posted as"));
            let said = said.expect("it says what is posted");
            assert!(
                said.starts_with("-# Posted as JPEG of ") && said.contains("original: PNG of "),
                "{said}"
            );
            let which = json!({ "image": image.position });
            let (answer, file) = told_privately(w, thread.id, "image original", which).await;
            assert!(file.is_none() && answer.contains("is a PNG of"), "{answer}");
            let url = link_in(&answer).expect("a link");
            let path = url
                .strip_prefix("https://pictures.example.com")
                .expect("the address");
            let address = w.app().links_at().expect("links are served");
            let loaded = reqwest::get(format!("http://{address}{path}"))
                .await
                .expect("an answer");
            let loaded = loaded.bytes().await.expect("the original");
            assert!(loaded == picture.png(), "byte for byte as the engine made it");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_like_photographs_are_delivered_under_the_limit_and_their_originals_by_link() {
    photographs_are_delivered(Kind::Sqlite, &PHOTOGRAPHS).await;
    photographs_are_delivered(Kind::Postgres, &PHOTOGRAPHS[..1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_of_links_the_answer_says_who_has_the_original_and_how_links_come() {
    run_test(async |w| {
        w.draw_with(easel_of(NOISE)).await;
        let thread = w.ana().draft("a red fox", 1).await;
        w.starter(&thread);
        let image = w.image_at(&thread, "explore");
        let (answer, file) = told_privately(w, thread.id, "image original", json!({})).await;
        assert!(file.is_none());
        let answer = answer.replace(&image.render().to_string(), "ID");
        insta::assert_snapshot!(answer, @"The original of **Image 1** · 1K draft is a PNG of 12 MiB. I may attach 10 MiB here. The picture in the thread is the best form that fits. The bot's operator can hand out the original (`ID`), or have me give links to such files (`links` in the settings).");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_that_discord_does_not_take_after_all_is_handed_out_otherwise() {
    run_test(async |w| {
        let thread = w.ana().draft("a red fox", 1).await;
        w.starter(&thread);
        w.image_at(&thread, "explore");
        let (_, file) = told_privately(w, thread.id, "image original", json!({})).await;
        assert!(file.is_some(), "it fits");
        w.discord().fail(Fault {
            method: Some("PATCH".to_owned()),
            path_contains: "/messages/@original".to_owned(),
            status: 413,
            code: 40_005,
            ..Fault::default()
        });
        let (answer, file) = told_privately(w, thread.id, "image original", json!({})).await;
        assert!(
            file.is_none() && answer.contains("The bot's operator can hand out the original"),
            "{answer}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_refused_it_is_not_offered_again_for_a_day() {
    run_test(async |w| {
        let refused = |w: &World| {
            w.discord()
                .calls()
                .iter()
                .filter(|call| call.status == 413)
                .count()
        };
        w.discord().fail(Fault {
            method: Some("POST".to_owned()),
            path_contains: "/messages".to_owned(),
            // The starter, and its thread.
            skip: 2,
            status: 413,
            code: 40_005,
            ..Fault::default()
        });
        let mut formats = Vec::new();
        for hours in [0, 0, 24] {
            w.advance(Duration::from_hours(hours));
            w.run_jobs().await;
            let thread = w.ana().draft("a red fox in the snow", 1).await;
            w.starter(&thread);
            let image = w.image_at(&thread, "explore");
            let posted = w.posted(&image);
            formats.push((media::extension(&posted), image.text.contains("Posted as JPEG")));
        }
        let (small, whole) = ((Some("jpg"), true), (Some("png"), false));
        assert_eq!(formats, [small, small, whole]);
        assert_eq!(
            refused(w),
            1,
            "the second picture began with what the first has taught"
        );
    })
    .await;
}
