//! Tests who imports whom: layers, and subjects within a layer.

use std::collections::BTreeSet;

use super::code::{Crate, File, Target};
use super::greenlight;

const LAYERS: [&str; 18] = [
    "domain",
    "clock",
    "random",
    "telemetry",
    "wording",
    "config",
    "store",
    "media",
    "blobs",
    "discord",
    "providers",
    "flow",
    "gateway",
    "worker",
    "watch",
    "links",
    "app",
    "cli",
];

/// Returns what a layer may import of ours.
fn allowed(layer: &str) -> &'static [&'static str] {
    match layer {
        "domain" | "clock" | "random" | "telemetry" => &[],
        "wording" | "config" | "store" | "media" | "blobs" => &["domain"],
        "discord" => &["domain", "clock", "telemetry"],
        "providers" => &["clock", "domain", "media", "store::ledger::Held", "telemetry"],
        "flow" => &[
            "domain",
            "wording",
            "store",
            "providers",
            "media",
            "blobs",
            "discord",
            "clock",
            "random",
            "telemetry",
        ],
        "gateway" => &["domain", "wording", "flow", "discord", "telemetry"],
        "worker" => &["domain", "store", "flow", "random", "telemetry"],
        "watch" => &["domain", "store", "blobs", "flow", "clock", "random", "telemetry"],
        "links" => &["domain", "wording", "flow", "telemetry"],
        _ => &LAYERS,
    }
}

/// The subjects of a layer, lowest first. Each imports only those before it, and the other files of
/// its layer.
type Subjects = &'static [&'static [&'static str]];

const DOMAIN: Subjects = &[
    &["engine"],
    &["image"],
    &["money"],
    &["approval"],
    &["guild"],
    &["draft"],
];
/// `services` is below them, as are the words that all flows use.
const FLOW: Subjects = &[
    &["settings", "engine"],
    &["money"],
    &["draft", "approval"],
    &["image"],
    &["announce", "privacy"],
    &["dispatch"],
];

/// Returns the layer of a file, and its subject within the layer. The subject is empty for the
/// layer's own `mod.rs`.
fn place(file: &File) -> (&str, &str) {
    let part = |at: usize| file.module.get(at).map_or("", String::as_str);
    (part(0), part(1))
}

/// Returns how high a subject is.
fn height(subjects: Subjects, subject: &str) -> usize {
    let at = subjects.iter().position(|peers| peers.contains(&subject));
    at.map_or(0, |at| at + 1)
}

/// Lists every mention of one layer in another that the table does not allow.
fn across_layers(code: &Crate) -> Vec<String> {
    let mut wrong = BTreeSet::new();
    for mention in code.mentions() {
        let file = &code.files[mention.file];
        let (layer, _) = place(file);
        let path = match &mention.target {
            Target::Item(module, name) => [&module[..], std::slice::from_ref(name)].concat(),
            Target::Module(module) => module.clone(),
            Target::Outside(_) => continue,
        };
        let shown = path.join("::");
        let may = |allowed: &&str| shown == **allowed || shown.starts_with(&format!("{allowed}::"));
        let own = layer.is_empty() || path.first().is_some_and(|first| first == layer);
        if !own && !allowed(layer).iter().any(may) {
            wrong.insert(format!("{}: crate::{shown}", file.path));
        }
    }
    wrong.into_iter().collect()
}

/// Lists every import of a higher subject of the same layer.
fn upwards(code: &Crate, layer: &str, subjects: Subjects) -> Vec<String> {
    let mut wrong = BTreeSet::new();
    for mention in code.mentions().iter().filter(|mention| !mention.test) {
        let (Some(to), Target::Item(_, name)) = (code.file_of(&mention.target), &mention.target) else {
            continue;
        };
        let (from, to) = (&code.files[mention.file], &code.files[to]);
        let ((from_layer, low), (to_layer, high)) = (place(from), place(to));
        let inside = from_layer == layer && to_layer == layer && low != high;
        let own_root = low.is_empty();
        if inside && !own_root && height(subjects, low) < height(subjects, high) {
            wrong.insert(format!("{} -> {} ({name})", from.path, to.path));
        }
    }
    wrong.into_iter().collect()
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let code = greenlight();
    for file in &code.files {
        let (layer, _) = place(file);
        assert!(
            layer.is_empty() || LAYERS.contains(&layer),
            "{layer} is in no table"
        );
    }
    let wrong = across_layers(&code);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_subject_imports_a_higher_one() {
    let code = greenlight();
    let wrong = [upwards(&code, "domain", DOMAIN), upwards(&code, "flow", FLOW)].concat();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_forbidden_layer_is_found_however_it_is_named() {
    let found = |text: &str| {
        let files = [
            ("lib.rs", "mod domain; mod store;"),
            ("store/mod.rs", "pub mod ledger; pub struct Tx;"),
            ("store/ledger.rs", "pub struct Held; pub fn hold() {}"),
            ("providers.rs", text),
        ];
        across_layers(&Crate::of(&files))
    };
    let hold = ["providers.rs: crate::store::ledger::hold"];
    assert_eq!(found("use crate::store::ledger::{Held, hold};"), hold);
    assert_eq!(found("fn f() { super::store::ledger::hold(); }"), hold);
    assert_eq!(found("fn f() { assert!(crate::store::ledger::hold()); }"), hold);
    assert_eq!(
        found("#[cfg(test)] mod tests { use crate::store::ledger::hold; }"),
        hold
    );
    assert_eq!(found("use crate::store;"), ["providers.rs: crate::store"]);
    assert_eq!(
        found("use crate::store::ledger::Held; // crate::store::Tx"),
        [""; 0]
    );
}

#[test]
fn an_import_of_a_higher_subject_is_found() {
    let found = |path: &str, text: &str| {
        let files = [
            (
                "domain/mod.rs",
                "pub mod draft; pub mod money; pub use draft::Draft;",
            ),
            ("domain/ids.rs", "pub struct Id;"),
            (
                "domain/draft/mod.rs",
                "pub struct Draft; pub use crate::domain::money::Pool;",
            ),
            ("domain/money/mod.rs", "pub struct Pool;"),
            (path, text),
        ];
        upwards(&Crate::of(&files), "domain", DOMAIN)
    };
    let up = "domain/money/more.rs -> domain/draft/mod.rs (Draft)";
    assert_eq!(
        found("domain/money/more.rs", "use crate::domain::draft::Draft;"),
        [up]
    );
    assert_eq!(found("domain/money/more.rs", "use crate::domain::Draft;"), [up]);
    assert_eq!(
        found("domain/credits.rs", "fn f(_: super::money::Pool) {}"),
        ["domain/credits.rs -> domain/money/mod.rs (Pool)"]
    );
    assert_eq!(
        found("domain/money/more.rs", "use super::super::ids::Id;"),
        [""; 0]
    );
    assert_eq!(
        found("domain/draft/more.rs", "use crate::domain::money::Pool;"),
        [""; 0]
    );
}
