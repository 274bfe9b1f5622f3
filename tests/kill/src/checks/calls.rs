//! The service's own log against the images and the stored pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::evidence::{Evidence, Findings, Render, doubled};
use crate::service::{Call, picture};

/// The calls and the images of one prompt at one stage: as close as the service can tell which
/// image a call was for.
#[derive(Default)]
struct Group<'a> {
    calls: Vec<&'a Call>,
    renders: Vec<&'a Render>,
}

/// Checks the calls.
pub(super) fn check(evidence: &Evidence<'_>, renders: &[Render], findings: &mut Findings) {
    let calls = &evidence.calls;
    for call in calls {
        findings.check("no paid call without a hold", call.paid, || {
            format!("call {} for a {} of “{}”", call.number, call.stage, call.prompt)
        });
    }
    for ((prompt, stage), group) in groups(calls, renders) {
        let what = format!("{stage} of “{prompt}”");
        compare(&what, &group, findings);
    }
    pictures(evidence, renders, findings);
}

fn groups<'a>(calls: &'a [Call], renders: &'a [Render]) -> BTreeMap<(&'a str, &'a str), Group<'a>> {
    let mut drafts: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    let mut groups: BTreeMap<(&str, &str), Group<'_>> = BTreeMap::new();
    for call in calls {
        drafts.entry(&call.prompt).or_default().extend(&call.drafts);
        let group = groups.entry((&call.prompt, &call.stage)).or_default();
        group.calls.push(call);
    }
    for ((prompt, stage), group) in &mut groups {
        let of_prompt = &drafts[prompt];
        let fits = |render: &&Render| of_prompt.contains(&render.draft) && render.stage == **stage;
        group.renders = renders.iter().filter(fits).collect();
    }
    groups
}

fn compare(what: &str, group: &Group<'_>, findings: &mut Findings) {
    let calls = |fits: &dyn Fn(&Call) -> bool| group.calls.iter().filter(|call| fits(call)).count();
    let renders = |states: &[&str]| {
        let fits = |render: &&&Render| states.contains(&render.state.as_str());
        group.renders.iter().filter(fits).count()
    };
    // An answer that says so may be answered by another call. After any other nobody knows, or
    // everything is known.
    let may_repeat = calls(&|call| call.way.passes() && call.answered == Some(true));
    let once = group.calls.len() - may_repeat;
    findings.check(
        "no paid call is repeated whose outcome is unknown",
        once <= group.renders.len(),
        || {
            let told: Vec<_> = group
                .calls
                .iter()
                .map(|call| (call.number, call.way.name(), call.answered))
                .collect();
            format!("{what}: {} images, and calls {told:?}", group.renders.len())
        },
    );
    let drawn = calls(&|call| call.way.draws() && call.answered == Some(true));
    let sent = calls(&|call| call.way.draws());
    let done = renders(&["done"]);
    findings.check("an image is settled only for a picture", done <= sent, || {
        format!("{what}: {done} are done, and {sent} pictures were drawn")
    });
    // What an operator has decided about stands as broken.
    let kept = renders(&["done", "unknown", "broken"]);
    findings.check("no call is forgotten that was paid", drawn <= kept, || {
        format!("{what}: {drawn} pictures were sent, and {kept} images are done or of unknown end")
    });
}

/// Compares each stored picture with the call that it came of.
fn pictures(evidence: &Evidence<'_>, renders: &[Render], findings: &mut Findings) {
    let calls: BTreeMap<u64, &Call> = evidence.calls.iter().map(|call| (call.number, call)).collect();
    let mut of_calls = Vec::new();
    for render in renders.iter().filter(|render| render.is_done()) {
        let path = evidence.pictures.join(format!("renders/{:016x}", render.id));
        let stored = fs::read(path.with_extension("png")).or_else(|_| fs::read(&path));
        findings.check("a settled image has its picture", stored.is_ok(), || {
            format!("{}: {} is not there", render.name(), path.display())
        });
        let Ok(stored) = stored else { continue };
        let call = picture::call_of(&stored).and_then(|number| calls.get(&number));
        let fits = call.is_some_and(|call| {
            call.way.draws() && call.stage == render.stage && call.drafts.contains(&render.draft)
        });
        findings.check("a picture is of the call that was made for it", fits, || {
            format!("{}: {call:?}", render.name())
        });
        of_calls.extend(call.map(|call| call.number));
    }
    let twice = doubled(of_calls);
    findings.check("a call pays for one image", twice.is_empty(), || {
        format!("calls {twice:?}")
    });
}
