//! What is read, and what is refused.

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::Config;
use crate::domain::credits::Credits;
use crate::domain::ids::UserId;
use crate::domain::image::drift::Likeness;
use crate::domain::image::place::Place;
use crate::domain::stage::StageSpec;

fn with(variables: &[(&str, &str)]) -> Result<Config, String> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(None, variables).map_err(|error| error.to_string())
}

#[test]
fn the_defaults_are_those_of_the_design() {
    let config = with(&[]).unwrap();
    let terms = |spec: &StageSpec| (spec.tier.to_string(), spec.price.get(), spec.quorum);
    assert_eq!(terms(&config.rules.stages.explore), ("1K".to_owned(), 10, 1));
    assert_eq!(terms(&config.rules.stages.review), ("2K".to_owned(), 20, 1));
    assert_eq!(terms(&config.rules.stages.r#final), ("4K".to_owned(), 40, 2));
    assert!(!config.rules.own_vote);
    assert_eq!(config.rules.vote_window_days, 7);
    assert_eq!(config.rules.first_grant, Credits::ZERO);
    let drift = [config.rules.drift.exact, config.rules.drift.remaster];
    assert_eq!(drift.map(Likeness::permille), [950, 800]);
    assert!(config.require_token().is_err());
}

#[test]
fn the_environment_wins_and_its_long_names_win_over_the_short() {
    let config = with(&[
        ("GREENLIGHT_DATABASE__URL", "postgres://long"),
        ("DATABASE_URL", "postgres://short"),
        ("DISCORD_TOKEN", "12345"),
        ("GREENLIGHT_OPERATORS", "[7, 8]"),
        ("GREENLIGHT_STAGES__FINAL__QUORUM", "3"),
        ("PATH", "/bin"),
    ]);
    let config = config.unwrap();
    assert_eq!(config.database_url.expose_secret(), "postgres://long");
    assert_eq!(config.discord.token.expose_secret(), "12345");
    assert_eq!(config.rules.operators, [UserId::new(7), UserId::new(8)]);
    assert_eq!(config.rules.stages.r#final.quorum, 3);
}

/// A variable, what it is set to, and what is told.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "GREENLIGHT_POOL__SIZE",
        "5",
        "there is no setting pool.size (GREENLIGHT_POOL__SIZE); there are: first_grant",
    ),
    (
        "GREENLIGHT_OPERATORS",
        "ana",
        "operators = ana (GREENLIGHT_OPERATORS): it must be an id of digits, or several in brackets: [1, 2]",
    ),
    (
        "GREENLIGHT_ADMINS__TREASURY",
        "maybe",
        "admins.treasury = maybe (GREENLIGHT_ADMINS__TREASURY): it must be true or false",
    ),
    (
        "GREENLIGHT_POOL__FIRST_GRANT",
        "-1",
        "pool.first_grant = -1: it may be 0 to 10000000",
    ),
    (
        "GREENLIGHT_STAGES__REVIEW__QUORUM",
        "0",
        "stages.review.quorum = 0: it may be 1 to 100",
    ),
    (
        "GREENLIGHT_STAGES__REVIEW__ENGINE",
        "oil",
        "there is no engine “oil”; there are: fal, gemini, local, openai, sketch",
    ),
    (
        "GREENLIGHT_STAGES__FINAL__MODEL",
        "x",
        "sketch has no model “x”; it has: sketch-1",
    ),
    (
        "GREENLIGHT_STAGES__FINAL__TIER",
        "2K",
        "stages.final.tier: each stage must be larger",
    ),
    (
        "GREENLIGHT_APPROVAL__WINDOW_DAYS",
        "8",
        "approval.window_days = 8: it may be 1 to 7",
    ),
    (
        "GREENLIGHT_LIMITS__MEMBER_DAY",
        "10000001",
        "limits.member_day = 10000001: it may be 0 to 10000000",
    ),
    (
        "GREENLIGHT_LIMITS__TIME_ZONE",
        "Europe/Berln",
        "limits.time_zone = Europe/Berln: not a time zone: did you mean Europe/Berlin, ",
    ),
    (
        "GREENLIGHT_DISCORD__API_BASE",
        "localhost",
        "discord.api_base = localhost: it may be empty or http://",
    ),
    (
        "GREENLIGHT_ENGINES__OPENAI__BASE_URL",
        "https://gateway/v1/",
        "engines.openai.base_url = https://gateway/v1/: it may be http://",
    ),
    (
        "GREENLIGHT_ENGINES__GEMINI__BASE_URL",
        "generativelanguage.googleapis.com",
        "engines.gemini.base_url = generativelanguage.googleapis.com: it may be http://",
    ),
    (
        "GREENLIGHT_PROMPTS__FINAL",
        "sharper",
        "prompts.final = (as it is): it needs {prompt}, once",
    ),
    (
        "GREENLIGHT_STAGES__REVIEW__MODE",
        "draw",
        "stages.review.mode: sketch-1 cannot draw there; it can: exact",
    ),
    (
        "GREENLIGHT_STAGES__EXPLORE__QUALITY",
        "low",
        "stages.explore.quality: sketch-1 has none to choose from",
    ),
    (
        "GREENLIGHT_DRIFT__EXACT",
        "1.01",
        "drift.exact = 1.01: it may be 0 to 1",
    ),
    (
        "GREENLIGHT_DRIFT__REMASTER",
        "-0.1",
        "drift.remaster = -0.1: it may be 0 to 1",
    ),
    ("GREENLIGHT_MODELS_FILE", "/nowhere", "models_file = /nowhere: "),
    (
        "GREENLIGHT_ENGINES__SKETCH__AT_ONCE",
        "many",
        "engines.sketch.at_once = many (GREENLIGHT_ENGINES__SKETCH__AT_ONCE): it must be a whole number from 0 on",
    ),
    (
        "GREENLIGHT_ENGINES__OPENAI__AT_ONCE",
        "0",
        "engines.openai.at_once = 0: it may be 1 to 64",
    ),
    (
        "GREENLIGHT_ENGINES__OPENAI__PARTIALS",
        "4",
        "engines.openai.partials = 4: it may be 0 to 3",
    ),
    (
        "GREENLIGHT_ENGINES__FAL__PARTIALS",
        "1",
        "engines.fal.partials = 1: only engines of kind openai show",
    ),
    (
        "GREENLIGHT_ENGINES__RACK__AT_ONCE",
        "1",
        "engines.rack.kind = (empty): an engine needs one: openai, gemini, fal, sketch or local",
    ),
    (
        "GREENLIGHT_ENGINES__OPENAI__KIND",
        "gemini",
        "engines.openai.kind = gemini: an engine of this name is of that kind",
    ),
    (
        "GREENLIGHT_ENGINES__RACK__KIND",
        "openai",
        "engines.rack.key = (empty): set GREENLIGHT_ENGINES__RACK__KEY to its key, or base_url to a server",
    ),
    (
        "GREENLIGHT_ENGINES__RACK__KIND",
        "oil",
        "engines.rack.kind = oil (GREENLIGHT_ENGINES__RACK__KIND): it may be openai, gemini",
    ),
    ("GREENLIGHT_ENGINES__A.B__KIND", "local", "engines"),
    (
        "GREENLIGHT_ENGINES__SKETCH__A_MINUTE",
        "5",
        "engines.sketch.a_minute = (not shown): an engine on this machine has none",
    ),
    (
        "OPENAI_API_KEY",
        "sk one two",
        "engines.openai.key = (not shown): a key has neither white space",
    ),
    ("GEMINI_API_KEY", "schlüssel", "it is set in GEMINI_API_KEY"),
];

#[test]
fn what_cannot_be_right_names_the_key_the_value_and_the_fix() {
    for (name, value, told) in REFUSED {
        let error = with(&[(*name, *value)]).expect_err(name);
        assert!(error.contains(*told), "{name}={value} told: {error}");
    }
}

#[test]
fn white_space_around_a_key_or_a_token_is_dropped() {
    let config = with(&[
        ("OPENAI_API_KEY", " sk-1\r\n"),
        ("GEMINI_API_KEY", "\n"),
        ("DISCORD_TOKEN", "token\n"),
    ]);
    let config = config.unwrap();
    let access = |engine: &str| config.engines[engine].access.clone().unwrap();
    assert_eq!(access("openai").key.expose_secret(), "sk-1");
    assert!(access("openai").is_there && !access("gemini").is_there);
    assert_eq!(config.discord.token.expose_secret(), "token");
}

#[test]
fn an_engine_of_ones_own_has_the_models_of_its_kind_or_its_own() {
    let rack = [
        ("GREENLIGHT_ENGINES__RACK__KIND", "openai"),
        ("GREENLIGHT_ENGINES__RACK__BASE_URL", "http://10.0.0.7/v1"),
        ("GREENLIGHT_STAGES__EXPLORE__ENGINE", "rack"),
        ("GREENLIGHT_STAGES__EXPLORE__MODEL", "gpt-image-2"),
        ("GREENLIGHT_STAGES__EXPLORE__QUALITY", "low"),
    ];
    let config = with(&rack).unwrap();
    let access = config.engines["rack"].access.clone().unwrap();
    assert!(access.is_there && access.key.expose_secret().is_empty());
    assert_eq!(config.rules.shares["rack"].at_once, 4);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("models.toml");
    let shipped = include_str!("../../config/models.toml");
    let own = "[engine.rack]\nsize = { multiple_of = 1, max_edge = 4096, min_pixels = 1, max_pixels = 9000000, max_ratio = 3 }\n\
        model.quick = { modes = [\"draw\"], cost = { image = 7_000 } }\n";
    std::fs::write(&file, format!("{shipped}\n{own}")).unwrap();
    let file = file.display().to_string();
    let mut own = vec![("GREENLIGHT_MODELS_FILE", file.as_str())];
    own.extend(rack);
    let refused = with(&own).unwrap_err();
    assert!(
        refused.contains("rack has no model “gpt-image-2”; it has: quick"),
        "{refused}"
    );
    own.truncate(4);
    own.push(("GREENLIGHT_STAGES__EXPLORE__MODEL", "quick"));
    assert!(with(&own).is_ok());
}

#[test]
fn ids_are_taken_with_brackets_and_without() {
    for (given, ids) in [
        ("7", vec![7]),
        ("[7]", vec![7]),
        ("[7, 8]", vec![7, 8]),
        ("7, 8", vec![7, 8]),
        ("", vec![]),
    ] {
        let config = with(&[("GREENLIGHT_OPERATORS", given)]).unwrap();
        let operators: Vec<u64> = config.rules.operators.iter().map(|id| id.get()).collect();
        assert_eq!(operators, ids, "{given}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Config::load(Some(std::path::Path::new("/nowhere/bot.toml")), []).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("there is no settings file /nowhere/bot.toml"),
        "{error}"
    );
}

#[test]
fn a_secret_is_not_printed() {
    let config = with(&[
        ("DISCORD_TOKEN", "very-secret"),
        ("DATABASE_URL", "postgres://u:very-secret@h/d"),
        ("OPENAI_API_KEY", "very-secret"),
        ("GEMINI_API_KEY", "very-secret"),
    ]);
    assert!(!format!("{:?}", config.unwrap()).contains("very-secret"));
}

#[test]
fn a_bucket_is_reached_by_the_variables_of_amazons_tools_and_our_own_win() {
    let bucket = |variables: &[(&str, &str)]| {
        let url = [("GREENLIGHT_BLOBS__URL", "s3://pictures/bot")];
        match with(&[url.as_slice(), variables].concat()).unwrap().blobs.place {
            Place::Bucket(bucket) => bucket.access,
            folder @ Place::Folder(_) => panic!("{folder} is a folder"),
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "from a file\n").unwrap();
    let access = bucket(&[
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY_FILE", &secret.display().to_string()),
        ("AWS_REGION", "eu-north-1"),
        ("AWS_SESSION_TOKEN", "session"),
        ("AWS_PROFILE", ""),
        ("AWS_ENDPOINT_URL", "https://short"),
        ("GREENLIGHT_BLOBS__ENDPOINT", "https://long"),
    ]);
    assert_eq!(access.endpoint, "https://long");
    let mut variables = access.variables.clone();
    variables.sort_by(|one, other| one.0.cmp(&other.0));
    let variables = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose_secret()));
    assert_eq!(
        variables.collect::<Vec<_>>(),
        [
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_REGION", "eu-north-1"),
            ("AWS_SECRET_ACCESS_KEY", "from a file"),
            ("AWS_SESSION_TOKEN", "session"),
        ]
    );
    // As Amazon's tools do, the one that is for S3 alone goes first.
    let s3 = [
        ("AWS_ENDPOINT_URL", "https://all"),
        ("AWS_ENDPOINT_URL_S3", "https://s3"),
    ];
    assert_eq!(bucket(&s3).endpoint, "https://s3");
    assert_eq!(bucket(&[("AWS_ENDPOINT", "http://old")]).endpoint, "http://old");
    // Whoever keeps pictures in a folder may have set them for something else.
    assert!(with(&[("AWS_ACCESS_KEY_ID", "key"), ("AWS_ENDPOINT_URL", "nowhere")]).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 2, ..ProptestConfig::default() })]

    /// A file of settings: those that there are, and others, with values of every kind.
    #[test]
    fn whatever_is_set_is_right_or_refused_in_words(
        lines in prop::collection::vec(
            "(\\[(discord|database|stages\\.final|engines\\.x|blobs|pool|links|\\PC{0,6})\\]|(token|url|quorum|price|kind|operators|window_days|listen|public_url|first_grant|[a-z_.]{1,9}) = (-?[0-9]{1,20}|[0-9]\\.[0-9]e[0-9]{1,3}|true|\"\\PC{0,12}\"|\\[[0-9, ]{0,9}\\]|\\{ a = 1 \\}|1979-05-27|\\PC{0,8}))",
            0..8,
        ),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, lines.join("\n")).expect("the file");
        if let Err(error) = Config::load(Some(&file), []) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn whatever_a_variable_is_set_to_is_right_or_refused_in_words(
        name in "(OPERATORS|POOL__FIRST_GRANT|STAGES__FINAL__QUORUM|ENGINES__OPENAI__BASE_URL|LINKS__PUBLIC_URL|DISCORD__API_BASE|APPROVAL__WINDOW_DAYS|PROMPTS__FINAL|LOG__FILTER|[A-Z_]{1,12})",
        value in "(-?[0-9]{1,20}|\\[[^\\]]{0,9}\\]|https?://\\PC{0,12}|\\{[a-z]{0,9}\\}|\\PC{0,20})",
    ) {
        if let Err(error) = with(&[(&format!("GREENLIGHT_{name}"), &value)]) {
            prop_assert!(!error.is_empty());
        }
    }
}
