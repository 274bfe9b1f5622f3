//! Checks the page for people who see, point or read in other ways: axe-core on seventeen states
//! of it, at three widths, in both themes; and how large its targets are for a thumb.
//!
//! npm installs axe-core in the version that `axe/package.json` names into `target` at the first
//! run.

use std::path::Path;
use std::process::Command;

use super::demo::tell;
use super::machine::Demo;
use super::tab::Page;

const TAB: char = '\u{e004}';
const ESCAPE: char = '\u{e00c}';
/// In how many states the page is looked at.
const STATES: usize = 17;
/// Says what axe-core objects to, by its severity.
const CHECK: &str = "const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => done(violations.map(
  ({ id, impact, nodes }) => [impact, `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(' ')}`])));";
/// Lists the targets in view that are smaller than 40 pixels.
const SMALL: &str = "return [...document.querySelectorAll('button, a[href], select, textarea, [role=option]')]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }))
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([, box]) => box.bottom > 0 && box.right > 0 && box.width && (box.width < 39.5 || box.height < 39.5))
  .map(([node, box]) => `${node.outerHTML.slice(0, 120)} is ${box.width} × ${box.height}`);";

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_use_the_page_on_a_desk_in_both_themes() {
    tell("everybody-1400", async |demo, desk, _| {
        story(demo, desk, desk, 1_400).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_use_the_page_on_a_tablet_in_both_themes() {
    tell("everybody-820", async |demo, desk, _| {
        story(demo, desk, desk, 820).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_use_the_page_on_a_phone_in_both_themes() {
    tell("everybody-390", async |demo, desk, phone| {
        story(demo, desk, phone, 390).await;
    })
    .await;
}

async fn story(demo: &Demo, desk: &Page, page: &Page, width: u32) {
    let mut eye = Eye::new();
    desk.goto(&demo.url).await;
    desk.click("composer-input").await;
    // One Enter takes the command, another one sends it.
    desk.types("/draft\na red fox above a lake\n").await;
    desk.message("4 drawn").await;
    for theme in ["dark", "light"] {
        if width > 390 {
            page.resize(width, 860).await;
        }
        page.prefers(theme).await;
        page.goto(&format!("{}/#as=ana", demo.url)).await;
        page.message("4 drawn").await;
        eye.is_at(format!("{width}-{theme}"));
        walk(page, &mut eye, width).await;
    }
    eye.closes(2 * STATES);
}

/// What is looked for, and what was found.
pub(super) struct Eye {
    axe: String,
    place: String,
    states: usize,
    faults: Vec<String>,
}

impl Eye {
    pub(super) fn new() -> Self {
        Self {
            axe: installed(),
            place: String::new(),
            states: 0,
            faults: Vec::new(),
        }
    }

    /// Notes at which width, in pixels, and in which theme the page is looked at.
    pub(super) fn is_at(&mut self, place: String) {
        self.place = place;
    }

    /// Fails if anything was found, or if it was not looked so often.
    pub(super) fn closes(self, states: usize) {
        assert_eq!(self.states, states);
        assert!(self.faults.is_empty(), "{:#?}", self.faults);
    }

    /// Looks at what the page shows now.
    pub(super) async fn looks(&mut self, page: &Page, name: &str) {
        let place = format!("{name}-{}", self.place);
        page.keep_failure(&place).await;
        let script = format!("{}\n{CHECK}", self.axe);
        let found = page.finds_later(&script, vec![]).await;
        for objection in found.as_array().expect("a list of objections") {
            if matches!(objection[0].as_str(), Some("moderate" | "serious" | "critical")) {
                self.faults.push(format!("{place}: {objection}"));
            }
        }
        if self.place.starts_with("390") {
            let small = page.finds(SMALL, vec![]).await;
            let small = small.as_array().expect("a list of targets").iter();
            self.faults
                .extend(small.map(|target| format!("{place}: {target}")));
        }
        self.states += 1;
    }
}

/// Goes through [`STATES`] states of the page.
async fn walk(page: &Page, eye: &mut Eye, width: u32) {
    let away = format!("{ESCAPE}{ESCAPE}{ESCAPE}");
    eye.looks(page, "01-channel").await;
    page.click("composer-input").await;
    page.types("/").await;
    page.sees("command-draft").await;
    eye.looks(page, "02-commands").await;
    page.types("dr\na kite").await;
    eye.looks(page, "03-command").await;
    page.types(&TAB.to_string()).await;
    page.sees("add-option-images").await;
    eye.looks(page, "04-options").await;
    page.click("add-option-ratio").await;
    page.types("16").await;
    page.sees_one_that_begins("choice-16:9").await;
    page.reads_somewhere("Choices for ratio").await;
    eye.looks(page, "05-choices").await;
    page.types(&format!("\n{TAB}")).await;
    page.click("add-option-images").await;
    page.types("99\n").await;
    page.reads_somewhere("images: ").await;
    eye.looks(page, "06-what-is-wrong").await;
    page.types(&away).await;
    page.asks_for_the_pool("credits available").await;
    eye.looks(page, "07-private-answer").await;
    page.opens_the_newest_thread().await;
    let image = page.message("Image 4 · 1K draft").await;
    page.picture(&image).await;
    eye.looks(page, "08-thread").await;
    page.click_one_that_begins("button-words:").await;
    in_thread(page, eye, width, &away).await;
}

/// The states that begin in a thread.
async fn in_thread(page: &Page, eye: &mut Eye, width: u32, away: &str) {
    page.sees("modal").await;
    eye.looks(page, "09-form").await;
    page.click("modal-cancel").await;
    page.is_gone("modal").await;
    let image = page.message("Image 4 · 1K draft").await;
    page.opens_the_picture_of(&image).await;
    eye.looks(page, "10-viewer").await;
    page.click("viewer-close").await;
    page.is_gone("viewer").await;
    let open = "const add = [...document.querySelectorAll('.reaction.add')].at(-1);
add.scrollIntoView({ block: 'center' });
add.click()";
    page.finds(open, vec![]).await;
    page.sees_one_that_begins("pick-").await;
    eye.looks(page, "11-emoji").await;
    page.types(away).await;
    if width == 390 {
        page.click("open-drawer").await;
    }
    page.sees("persona-switch").await;
    eye.looks(page, "12-drawer").await;
    page.click("persona-switch").await;
    page.sees("persona-dana").await;
    eye.looks(page, "13-who-one-is").await;
    page.click("persona-dana").await;
    if width < 1_280 {
        let members = "document.querySelector('.members-toggle').click()";
        page.finds(members, vec![]).await;
    }
    page.sees("bot-status").await;
    eye.looks(page, "14-members").await;
    page.click_one_that_begins("member-menu-").await;
    eye.looks(page, "15-a-member").await;
    page.types(away).await;
    page.finds("document.body.classList.remove('show-members')", vec![])
        .await;
    with_tools(page, eye).await;
}

/// The states with the tools for who makes a bot.
async fn with_tools(page: &Page, eye: &mut Eye) {
    page.click("open-tools").await;
    page.sees("exchange-INTERACTION_CREATE").await;
    page.click("exchange-INTERACTION_CREATE").await;
    page.reads_somewhere("\"application_id\"").await;
    eye.looks(page, "16-traffic").await;
    page.click("tools-days").await;
    page.click("day-it-is-lost").await;
    page.sees("disarm").await;
    eye.looks(page, "17-bad-days").await;
    page.click("disarm").await;
    page.reads_somewhere("Nothing waits to happen.").await;
    page.click("tools-close").await;
    page.is_gone("tools").await;
}

/// Returns axe-core, which npm installs.
fn installed() -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    let wanted = include_str!("axe/package.json");
    // Tests run in processes of their own, and one of them installs.
    let lock = std::fs::File::create(folder.with_extension("lock")).expect("a lock can be made");
    lock.lock().expect("the lock can be taken");
    let there = std::fs::read_to_string(folder.join("installed"));
    if !there.is_ok_and(|there| there == wanted) {
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        for (name, text) in [
            ("package.json", wanted),
            ("package-lock.json", include_str!("axe/package-lock.json")),
        ] {
            std::fs::write(folder.join(name), text).expect("a list can be written");
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        let ran = npm.current_dir(&folder).output();
        let ran = ran.expect("npm cannot be run; scripts/test installs it");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        std::fs::write(folder.join("installed"), wanted).expect("the stamp can be written");
    }
    std::fs::read_to_string(script).expect("axe-core is there")
}
