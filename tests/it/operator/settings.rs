//! Tests thirty broken configurations: each is refused with the key, the value, the place and what to
//! do; and that `greenlight config` shows what is in force.

use greenlight::config::Config;

use super::greenlight;
use crate::harness::run_test;

/// Where a broken setting stands.
enum In {
    /// In a file, as these lines.
    File(&'static str),
    /// In a variable, as this value.
    Variable(&'static str, &'static str),
}
use In::{File, Variable};

/// Each with what is told: the key and the value, then what to do.
const BROKEN: [(In, &str, &str); 44] = [
    // Unknown keys.
    (
        File("[pool]\nsize = 5"),
        "there is no setting pool.size",
        "there are: first_grant",
    ),
    (
        File("operator = [5]"),
        "there is no setting operator",
        "there are: operators",
    ),
    (
        File("[stages.draft]\nprice = 5"),
        "there is no setting stages.draft",
        "there are: ",
    ),
    (
        File("[engines.openai]\nkeys = \"x\""),
        "there is no setting engines.openai.keys",
        "there are: key",
    ),
    (
        Variable("GREENLIGHT_WATCH__PORT", "9464"),
        "there is no setting watch.port",
        "there are: listen",
    ),
    (
        Variable("GREENLIGHT_LIMITS__DAY", "9"),
        "there is no setting limits.day",
        "there are: ",
    ),
    // Where pictures are kept.
    (
        Variable("GREENLIGHT_BLOBS__URL", "gs://pictures"),
        "blobs.url = gs://pictures",
        "file:PATH, or s3://BUCKET/PREFIX",
    ),
    (
        File("[blobs]\nfolder = \"s3://pictures\""),
        "blobs.folder = s3://pictures",
        "a URL is named in blobs.url",
    ),
    (
        File("[blobs]\nurl = \"s3://key:secret@pictures\""),
        "blobs.url = (not shown)",
        "keys have no place in it",
    ),
    (
        File("[blobs]\nurl = \"s3://pictures\"\nendpoint = \"s3.example.com\""),
        "blobs.endpoint = s3.example.com",
        "it may be http://… or https://…",
    ),
    (
        File("[blobs]\nurl = \"s3://pictures\"\naccess_key_id = \"key\""),
        "blobs.access_key_id = (set)",
        "of no use without the other",
    ),
    // Wrong types.
    (
        File("operators = \"ana\""),
        "operators = ana",
        "an id of digits, or several in brackets",
    ),
    (
        File("[pool]\nfirst_grant = \"many\""),
        "pool.first_grant = many",
        "it must be a whole number",
    ),
    (
        File("[approval]\nown_vote = \"yes\""),
        "approval.own_vote = yes",
        "it must be true or false",
    ),
    (
        File("[drift]\nexact = \"high\""),
        "drift.exact = high",
        "it must be a number",
    ),
    (
        File("[stages.final]\nquorum = -1"),
        "stages.final.quorum = -1",
        "it must be a whole number from 0 on",
    ),
    (File("crops = 5"), "crops = 5", "it must be a list in brackets"),
    (File("[blobs]\nfolder = 5"), "blobs.folder = 5", "it must be "),
    (
        File("stages = 5"),
        "stages = 5",
        "a section with settings of its own",
    ),
    (
        Variable("GREENLIGHT_ADMINS__TREASURY", "maybe"),
        "admins.treasury = maybe",
        "true or false",
    ),
    (
        Variable("GREENLIGHT_LOG__FORMAT", "xml"),
        "log.format = xml",
        "it may be text, json",
    ),
    (
        Variable("GREENLIGHT_ENGINES__RACK__KIND", "oil"),
        "engines.rack.kind = oil",
        "it may be openai, gemini",
    ),
    (
        Variable("GREENLIGHT_STAGES__FINAL__TIER", "8K"),
        "stages.final.tier = 8K",
        "1K",
    ),
    // Out of range.
    (
        File("[pool]\nfirst_grant = -1"),
        "pool.first_grant = -1",
        "it may be 0 to",
    ),
    (
        File("[approval]\nwindow_days = 8"),
        "approval.window_days = 8",
        "it may be 1 to 7",
    ),
    (
        File("[stages.review]\nprice = 0"),
        "stages.review.price = 0",
        "it may be 1 to",
    ),
    (
        File("[references]\nprice = -5"),
        "references.price = -5",
        "it may be 0 to",
    ),
    (
        File("[engines.openai]\nat_once = 65"),
        "engines.openai.at_once = 65",
        "it may be 1 to 64",
    ),
    (
        File("[drift]\nremaster = 1.5"),
        "drift.remaster = 1.5",
        "it may be 0 to 1",
    ),
    (
        Variable("GREENLIGHT_LIMITS__MEMBER_DAY", "-2"),
        "limits.member_day = -2",
        "it may be 0 to",
    ),
    (
        Variable("GREENLIGHT_LIMITS__TIME_ZONE", "Mars"),
        "limits.time_zone = Mars",
        "did you mean Pacific/Marquesas",
    ),
    (
        Variable("GREENLIGHT_WATCH__LISTEN", "localhost"),
        "watch.listen = localhost",
        "such as 127.0.0.1:9464",
    ),
    (
        Variable("GREENLIGHT_DISCORD__API_BASE", "discord.com"),
        "discord.api_base = discord.com",
        "http://host:port",
    ),
    (
        File("[retention]\noriginals_days = 6"),
        "retention.originals_days = 6",
        "it may be 7 to 3650 days, or 0: for ever",
    ),
    (
        File("[retention]\noriginals_days = 30\nprompts_days = 31"),
        "retention.prompts_days = 31",
        "it may be no more than retention.originals_days = 30",
    ),
    (
        File("[links]\nvalid_hours = 169"),
        "links.valid_hours = 169",
        "it may be 1 to 168",
    ),
    (
        File("[links]\nlisten = \"127.0.0.1:0\"\npublic_url = \"pictures.example.com\""),
        "links.public_url = pictures.example.com",
        "https://",
    ),
    // Contradictions.
    (
        File("[links]\nlisten = \"127.0.0.1:8080\""),
        "links.listen = 127.0.0.1:8080",
        "set links.public_url to how members reach it",
    ),
    (
        Variable("GREENLIGHT_LINKS__PUBLIC_URL", "https://pictures.example.com"),
        "links.public_url = https://pictures.example.com",
        "set links.listen to the address here",
    ),
    (
        File(
            "[watch]\nlisten = \"127.0.0.1:80\"\n[links]\nlisten = \"127.0.0.1:80\"\npublic_url = \"http://x.example\"",
        ),
        "links.listen = 127.0.0.1:80",
        "name another port",
    ),
    (
        File("[engines.openai]\nkind = \"gemini\""),
        "engines.openai.kind = gemini",
        "give one of another kind another name",
    ),
    (
        File("[engines.rack]\nat_once = 1"),
        "engines.rack.kind = (empty)",
        "an engine needs one: openai, gemini",
    ),
    (
        File("[engines.fal]\npartials = 2"),
        "engines.fal.partials = 2",
        "only engines of kind openai show",
    ),
    (
        File("[engines.sketch]\na_minute = 5"),
        "engines.sketch.a_minute",
        "leave it out",
    ),
];

#[test]
fn thirty_broken_configurations_are_refused_with_key_value_place_and_fix() {
    for (place, what, fix) in BROKEN {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("broken.toml");
        let (file, variables, place) = match place {
            File(lines) => {
                std::fs::write(&path, lines).expect("a file");
                (Some(path.as_path()), vec![], "broken.toml")
            }
            Variable(name, value) => (None, vec![(name.to_owned(), value.to_owned())], name),
        };
        let refused = Config::load(file, variables).expect_err(what).to_string();
        for part in [what, fix, place] {
            assert!(refused.contains(part), "“{part}” is not in: {refused}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_shows_what_is_in_force_and_says_what_cannot_be() {
    run_test(async |w| {
        let said = greenlight(w, &["config"], &[("GREENLIGHT_POOL__FIRST_GRANT", "7")]).await;
        assert_eq!(said.code, 0, "{}", said.err);
        for line in [
            "pool.first_grant = 7  # GREENLIGHT_POOL__FIRST_GRANT\n",
            "discord.token = (set)  # DISCORD_TOKEN\n",
            "approval.window_days = 7  # default\n",
            "operators = [4]  # GREENLIGHT_OPERATORS\n",
        ] {
            assert!(said.out.contains(line), "{line} is not in\n{}", said.out);
        }
        let said = greenlight(w, &["config"], &[("GREENLIGHT_POOL__FIRST_GRANT", "-7")]).await;
        assert_eq!(said.code, 1);
        assert!(said.out.contains("pool.first_grant = -7"), "{}", said.out);
        let told = "it may be 0 to 10000000; it is set in GREENLIGHT_POOL__FIRST_GRANT";
        assert!(said.err.contains(told), "{}", said.err);
    })
    .await;
}
