//! `/approvals`.

use super::bounded::{Number, Page};
use super::context::{Answer, Context, reply, take};
use crate::domain::queue_page::Show;
use crate::flow::approval::list as flow;

/// Which votes, as people choose them.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum ShowChoice {
    MyVote,
    Mine,
    Waiting,
    All,
}

impl From<ShowChoice> for Show {
    fn from(choice: ShowChoice) -> Self {
        match choice {
            ShowChoice::MyVote => Self::MyVote,
            ShowChoice::Mine => Self::Mine,
            ShowChoice::Waiting => Self::Waiting,
            ShowChoice::All => Self::All,
        }
    }
}

/// Answers `/approvals`.
#[poise::command(slash_command, install_context = "Guild", interaction_context = "Guild")]
pub(in crate::gateway) async fn approvals(
    ctx: Context<'_>,
    show: Option<ShowChoice>,
    page: Option<Page>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let (show, page) = (show.map(Show::from), page.map_or(1, Number::get));
    let answer = flow::list(&ctx.data().services, &caller, show, page).await;
    reply(ctx, answer).await
}
