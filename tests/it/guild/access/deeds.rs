//! Lists every command, completion, button and form, with who may use it and what then shows.

use discord_sandbox::{Forgery, world};
use greenlight::domain::button::{
    Around, Button, Cut, Frames, Mark, NextVersion, Offer, Repeat, Sizes, StageSums,
};
use greenlight::domain::credits::Credits;
use greenlight::domain::geometry::Pixels;
use greenlight::domain::pick::Pick;
use greenlight::domain::queue_page::{QueuePage, Show};
use greenlight::domain::report_page::{ReportPage, Span};
use serde_json::{Value, json};

use super::scene::{PROMPT, Rules, Scene, Who};

/// Who may use something.
#[derive(Clone, Copy, Debug)]
pub enum May {
    /// Every member of a guild, about that guild.
    Anyone,
    /// Every member of this guild.
    Member,
    Requester,
    RequesterOrManager,
    Voter,
    Lead,
    /// The requester, and who leads.
    RequesterOrLead,
    /// The requester, and whoever may vote.
    Reopener,
    /// Who has a role that drafts.
    Drafter,
    Manager,
    /// Who may manage a guild, about that guild.
    AnyManager,
    Treasurer,
}

impl May {
    /// Returns whether a member may.
    pub fn allows(self, rules: Rules, who: Who) -> bool {
        if !who.here() {
            return matches!(self, Self::Anyone | Self::AnyManager);
        }
        let manager = who == Who::Manager;
        let leads = manager || (rules.roles && who == Who::Lead);
        // The requester has the role too, to draft.
        let artist = matches!(who, Who::Requester | Who::Approver);
        let eligible = !rules.roles || artist || leads;
        !rules.closed
            && match self {
                Self::Anyone | Self::Member => true,
                Self::Requester => who == Who::Requester,
                Self::RequesterOrManager => manager || who == Who::Requester,
                Self::Voter => eligible && (rules.own_vote || who != Who::Requester),
                Self::Lead => leads,
                Self::RequesterOrLead => leads || who == Who::Requester,
                Self::Reopener => eligible || who == Who::Requester,
                Self::Drafter => !rules.roles || artist,
                Self::Manager | Self::AnyManager => manager,
                Self::Treasurer => who == Who::Operator || (rules.admins_treasury && manager),
            }
    }
}

/// How it shows that somebody may.
#[derive(Clone, Copy, Debug)]
pub enum Shows {
    /// Rows of the guild change.
    Change,
    /// The answer has this text, and nothing changes.
    Text(&'static str),
}

/// Something that a member does.
#[derive(Debug)]
pub struct Deed {
    pub forgery: Forgery,
    pub may: May,
    pub shows: Shows,
}

const fn deed(forgery: Forgery, may: May, shows: Shows) -> Deed {
    Deed { forgery, may, shows }
}

/// Returns everything that a member does in turn.
pub fn all(scene: &Scene, who: Who) -> Vec<Deed> {
    [
        completions(),
        members_commands(scene, who),
        admins_commands(scene, who),
        notes(scene),
        likes(scene),
        buttons(scene, who),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn command(name: &str, options: Value, may: May, shows: Shows) -> Deed {
    deed(Forgery::Command(name.to_owned(), options), may, shows)
}

fn members_commands(scene: &Scene, who: Who) -> Vec<Deed> {
    use May::{Anyone, Drafter, Manager, Member, Requester, RequesterOrManager};
    let (change, text) = (Shows::Change, Shows::Text);
    let name = format!("of {who:?}");
    let menu = Forgery::Menu("Greenlight".to_owned(), scene.message);
    vec![
        command("draft", json!({ "prompt": PROMPT, "images": 1 }), Drafter, change),
        command("image original", json!({}), Member, text(".png")),
        command("image crops", json!({}), Member, text("Nothing is cut yet")),
        command("image lineage", json!({}), Member, text(PROMPT)),
        command("image pack", json!({}), Member, text("in one ZIP")),
        deed(menu, Member, text(PROMPT)),
        command(
            "approvals",
            json!({}),
            Member,
            text("channels/1100000000000000001/"),
        ),
        command("credits pool", json!({}), Member, text("51,000 granted")),
        command("credits mine", json!({}), Requester, text("spent by your drafts")),
        command("credits history", json!({}), Member, text("1 draft · ")),
        command(
            "project estimate",
            json!({ "drafts": 2, "reviews": 1, "finals": 0 }),
            Anyone,
            text("credits"),
        ),
        command("project create", json!({ "name": name }), Member, change),
        command(
            "project create",
            json!({ "name": format!("dear, {name}"), "final": 9 }),
            Manager,
            change,
        ),
        command(
            "project show",
            json!({ "project": "Spring" }),
            Member,
            text("spent or held"),
        ),
        command("project list", json!({}), Member, text("Spring")),
        command(
            "project budget",
            json!({ "project": "Spring", "final": 99 }),
            Manager,
            change,
        ),
        command(
            "project close",
            json!({ "project": "Spring" }),
            RequesterOrManager,
            change,
        ),
        command(
            "project close",
            json!({ "project": "Spring", "reopen": true }),
            RequesterOrManager,
            change,
        ),
        command("report", json!({}), Member, text("report.png")),
        command("help", json!({}), Anyone, text("**As a member**")),
        command("privacy forget-me", json!({}), Anyone, text("sure")),
    ]
}

fn admins_commands(scene: &Scene, who: Who) -> Vec<Deed> {
    use May::{Manager, Treasurer};
    let (change, text) = (Shows::Change, Shows::Text);
    let unknown = scene.unknown(who).to_string();
    vec![
        command("settings show", json!({}), Manager, text("**3 days**")),
        command(
            "settings approvals",
            json!({ "final_quorum": 7 }),
            Manager,
            change,
        ),
        command(
            "settings limits",
            json!({ "credits": 90_000, "period": 0 }),
            Manager,
            change,
        ),
        command(
            "settings channels",
            json!({ "log": world::GENERAL.to_string() }),
            Manager,
            change,
        ),
        command(
            "settings notify",
            json!({ "votes": world::STUDIO_LEAD.to_string() }),
            Manager,
            change,
        ),
        command(
            "settings crops",
            json!({ "name": format!("of {who:?}"), "size": "970x250" }),
            Manager,
            change,
        ),
        command("settings stages", json!({ "final_price": 41 }), Manager, change),
        command("treasury grant", json!({ "credits": 1 }), Treasurer, change),
        command(
            "treasury correct",
            json!({ "credits": 1, "reason": "a test" }),
            Treasurer,
            change,
        ),
        command(
            "treasury export",
            json!({}),
            Treasurer,
            text("1100000000000000001.csv"),
        ),
        command("treasury unresolved", json!({}), Treasurer, text("asked sketch")),
        command(
            "treasury unresolved",
            json!({ "image": unknown, "decision": 1 }),
            Treasurer,
            change,
        ),
    ]
}

fn completions() -> Vec<Deed> {
    use May::{Anyone, Member, Treasurer};
    let typing = |name: &str, option: &str, typed: &str, may, shows| {
        let options = json!({ option: typed });
        deed(
            Forgery::Typing(name.to_owned(), options, option.to_owned()),
            may,
            Shows::Text(shows),
        )
    };
    vec![
        typing("draft", "ratio", "1", Anyone, "16:9"),
        typing("draft", "images", "", Anyone, "4 · 40 credits"),
        typing("draft", "project", "", Member, "Spring"),
        typing("project show", "project", "", Member, "Spring"),
        typing("project budget", "project", "", Member, "Spring"),
        typing("project close", "project", "", Member, "Spring"),
        typing("report", "project", "", Member, "Spring"),
        typing("treasury unresolved", "image", "", Treasurer, "fox"),
    ]
}

fn press(scene: &Scene, button: Button, may: May, shows: Shows) -> Deed {
    deed(Forgery::Button(button.to_string(), scene.message), may, shows)
}

fn form(scene: &Scene, button: Button, text: &str, may: May) -> Deed {
    let fields = json!({ "text": text });
    let forgery = Forgery::Form(button.to_string(), scene.message, fields);
    deed(forgery, may, Shows::Change)
}

fn notes(scene: &Scene) -> Vec<Deed> {
    use May::{Member, Reopener, RequesterOrLead, Voter};
    let press = |button, may, shows| press(scene, button, may, shows);
    let form = |button, text, may| form(scene, button, text, may);
    let (change, text) = (Shows::Change, Shows::Text);
    vec![
        press(Button::ApproveNoted(scene.open), Voter, text(FORM)),
        form(Button::ApproveNoted(scene.open), "warmer", Voter),
        press(Button::AddNote(scene.open), Reopener, text(FORM)),
        form(Button::AddNote(scene.open), "cooler", Reopener),
        press(Button::Notes(scene.open), Member, text("Notes on Image 1")),
        press(
            Button::Strike(Mark {
                image: scene.open,
                number: 1,
            }),
            RequesterOrLead,
            change,
        ),
        press(Button::Prompt(scene.open), Member, text(PROMPT)),
        press(Button::Compare(scene.open), Member, text("the first of its line")),
        // It is drawn once, however many press; nobody is shown this one.
        press(
            Button::Version(NextVersion {
                image: scene.open,
                nth: 99,
                price: Credits::ZERO,
            }),
            May::Drafter,
            text("was asked for already"),
        ),
    ]
}

/// Lists what asks for a draft like one that is there.
fn likes(scene: &Scene) -> Vec<Deed> {
    use May::{Drafter, Member};
    let (image, price) = (scene.open, Credits::new(20).ok());
    let offer = Offer { image, price };
    let repeat = Repeat {
        image,
        images: 2,
        project: None,
        price,
    };
    vec![
        press(scene, Button::Again(offer), Drafter, Shows::Change),
        press(scene, Button::Repeat(repeat), Drafter, Shows::Change),
        press(scene, Button::Words(offer), Member, Shows::Text(FORM)),
        form(scene, Button::Words(offer), "a hare", Drafter),
        press(scene, Button::After(offer), Member, Shows::Text(FORM)),
        form(scene, Button::After(offer), "a hare", Drafter),
    ]
}

fn buttons(scene: &Scene, who: Who) -> Vec<Deed> {
    use May::{AnyManager, Anyone, Lead, Manager, Member, Reopener, Requester, RequesterOrManager, Voter};
    let press = |button, may, shows| press(scene, button, may, shows);
    let form = |button, text: String, may| form(scene, button, &text, may);
    let (change, text) = (Shows::Change, Shows::Text);
    let size = Pixels {
        width: 1080,
        height: 1080,
    };
    let sums = StageSums([9, 9, 9].map(|sum| Credits::new(sum).expect("credits")));
    vec![
        press(Button::Original(scene.open), Member, text(".png")),
        press(
            Button::Crops(Frames {
                image: scene.open,
                around: Around::Subject,
            }),
            Member,
            text("Nothing is cut yet"),
        ),
        press(
            Button::Crop(Cut {
                image: scene.open,
                sizes: Sizes::One(size),
                focus: None,
            }),
            Member,
            text("for Feed, square"),
        ),
        press(Button::Lineage(scene.open), Member, text(PROMPT)),
        press(Button::Approve(scene.open), Voter, change),
        press(Button::TakeBack(scene.stopped), Member, text("stopped the vote")),
        press(Button::Reason(scene.stopped), Lead, text(FORM)),
        form(Button::Reason(scene.stopped), format!("because of {who:?}"), Lead),
        press(Button::Lift(scene.stopped), Lead, change),
        press(Button::Reopen(scene.closed), Reopener, change),
        press(Button::Retry(scene.failed), Requester, change),
        press(Button::Cancel(scene.queued(who)), RequesterOrManager, change),
        press(
            Button::Queue(QueuePage {
                show: Show::All,
                number: 1,
            }),
            Member,
            text("channels/1100000000000000001/"),
        ),
        press(
            Button::Report(ReportPage {
                span: Span::All,
                until_ms: i64::MAX,
                project: None,
                member: None,
            }),
            Anyone,
            text("greenlight-report"),
        ),
        press(Button::Panel(Pick::Topic), AnyManager, text("Quorum for review")),
        press(Button::Keep(sums), AnyManager, text(FORM)),
        form(Button::Keep(sums), format!("kept by {who:?}"), Manager),
    ]
}

/// What the answer to a press says if it opens a form.
pub const FORM: &str = "(a form)";

/// Returns which button it is. A new one does not compile here, so that the table gets a row for it.
pub const fn number(button: Button) -> usize {
    match button {
        Button::Approve(_) => 0,
        Button::Reason(_) => 1,
        Button::Lift(_) => 2,
        Button::Reopen(_) => 3,
        Button::Retry(_) => 4,
        Button::Original(_) => 5,
        Button::Crops(_) => 6,
        Button::Crop(_) => 7,
        Button::Lineage(_) => 8,
        Button::Again(_) => 9,
        Button::Words(_) => 10,
        Button::After(_) => 11,
        Button::Cancel(_) => 12,
        Button::Keep(_) => 13,
        Button::TakeBack(_) => 14,
        Button::Queue(_) => 15,
        Button::Panel(_) => 16,
        Button::ApproveNoted(_) => 17,
        Button::AddNote(_) => 18,
        Button::Notes(_) => 19,
        Button::Strike(_) => 20,
        Button::Prompt(_) => 21,
        Button::Report(_) => 22,
        Button::Compare(_) => 23,
        Button::Version(_) => 24,
        Button::Repeat(_) => 25,
    }
}
/// How many buttons there are.
pub const BUTTONS: usize = 26;
