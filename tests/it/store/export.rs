//! Tests the exported books: complete, in order, harmless in a spreadsheet, and recounted entry by
//! entry.

use futures::FutureExt;
use greenlight::domain::approval::ballot::{Kind, VoteSource};
use greenlight::domain::draft::prompt::Prompt;
use greenlight::domain::ids::{GuildId, UserId};
use greenlight::domain::money::export::{Book, BookLine, Format, Told};
use greenlight::flow::money::export::{export, recount};
use greenlight::store::export::{of_member, recent};
use greenlight::store::ledger::{self, Grant};
use greenlight::store::{Store, drafts, renders};
use serde_json::Value;

use super::db::on_both;
use super::steps::{ANA, BO, Close, GUILD, NOW, by_id, close, credits, draft, explore, grant, queue};

async fn text(store: &Store, guild: GuildId, book: Book, format: Format) -> String {
    let mut out = Vec::new();
    export(store, guild, book, format, &mut out)
        .await
        .expect("an export");
    String::from_utf8(out).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_is_handed_out_in_order_and_no_reason_is_a_formula() {
    on_both(async |db| {
        let store = db.store();
        let reason = "=HYPERLINK(\"http://x\",\"a, b\")".to_owned();
        let named = Grant {
            actor: Some(ANA),
            reason: Some(reason.clone()),
            once_key: None,
        };
        db.write(|tx| ledger::grant(tx, GUILD, credits(100), named, NOW).boxed())
            .await?;
        grant(store, GuildId::new(7), 5).await?;
        let held = queue(store, GUILD, 9, 10).await?.expect("a hold");
        close(store, held, Close::Settle).await?;

        let csv = text(store, GUILD, Book::Entries, Format::Csv).await;
        let first = format!(
            "1,2027-01-15T08:00:00Z,grant,100,,,{ANA},\"'=HYPERLINK(\"\"http://x\"\",\"\"a, b\"\")\""
        );
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines[0], "entry,at,kind,credits,image,closes,actor,reason");
        assert_eq!(lines[1], first);
        assert!(lines[2].contains(",hold,10,0000000000000009,,,"), "{}", lines[2]);
        assert!(
            lines[3].contains(",settle,10,0000000000000009,3,,"),
            "{}",
            lines[3]
        );
        assert_eq!(lines.len(), 4, "{csv}");

        let json: Value =
            serde_json::from_str(&text(store, GUILD, Book::Entries, Format::Json).await).expect("JSON");
        assert_eq!(json[0]["reason"], reason, "a program reads it as it was written");
        assert_eq!(json.as_array().expect("rows").len(), 3);
        let none = text(store, GuildId::new(8), Book::Entries, Format::Json).await;
        assert_eq!(none, "[]\n", "a guild without books");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lineage_names_parents_prompts_and_voters() {
    on_both(async |db| {
        let store = db.store();
        grant(store, GUILD, 1_000).await?;
        db.write(|tx| {
            async move {
                let mut draft = draft(GUILD, 50);
                draft.prompt = Prompt::parse("@SUM(A1)\nа fox").expect("a prompt");
                drafts::insert(tx, &draft, None).await?;
                let parent = explore(&draft, 60, 1, 10);
                renders::insert(tx, &parent).await?;
                renders::insert(tx, &super::steps::child(&parent, 61)).await?;
                for user in [BO, ANA] {
                    by_id::cast(tx, parent.id, user, Kind::Approve, VoteSource::Reaction, NOW).await?;
                }
                by_id::cast(tx, parent.id, BO, Kind::Approve, VoteSource::Button, NOW).await?;
                Ok(())
            }
            .boxed()
        })
        .await?;
        let csv = text(store, GUILD, Book::Lineage, Format::Csv).await;
        assert!(csv.contains("\"'@SUM(A1)\nа fox\""), "{csv}");
        assert!(csv.contains(&format!(",{ANA},{ANA} {BO},")), "{csv}");
        let json: Value =
            serde_json::from_str(&text(store, GUILD, Book::Lineage, Format::Json).await).expect("JSON");
        assert_eq!(json[1]["parent"], json[0]["image"]);
        assert_eq!(
            json[0]["voters"],
            serde_json::json!([ANA.to_string(), BO.to_string()])
        );
        assert_eq!(json[0]["prompt"], "@SUM(A1)\nа fox");
        Ok(())
    })
    .await;
}

/// There is one row more than fits on a page, so that a read crosses from one page to the next.
#[tokio::test(flavor = "multi_thread")]
async fn books_of_many_pages_have_every_row_once() {
    on_both(async |db| {
        let store = db.store();
        db.write(|tx| {
            async move {
                for _ in 0..1_001 {
                    ledger::grant(tx, GUILD, credits(1), Grant::default(), NOW).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await?;
        let json = text(store, GUILD, Book::Entries, Format::Json).await;
        let rows: Vec<Value> = serde_json::from_str(&json).expect("JSON");
        let mut ids: Vec<i64> = rows.iter().filter_map(|row| row["entry"].as_i64()).collect();
        assert!(ids.is_sorted());
        ids.dedup();
        assert_eq!(ids.len(), 1_001);
        assert!(recount(store).await.expect("a recount").is_empty());
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sum_that_was_tampered_with_is_found_with_its_entry() {
    on_both(async |db| {
        let store = db.store();
        grant(store, GUILD, 100).await?;
        let held = queue(store, GUILD, 9, 10).await?.expect("a hold");
        close(store, held, Close::Settle).await?;
        assert!(recount(store).await.expect("a recount").is_empty());
        db.sql("UPDATE pools SET held = 10, settled = 0")
            .await
            .expect("a tampering");
        assert_eq!(
            recount(store).await.expect("a recount"),
            [format!(
                "guild {GUILD}: 3 entries make 100 granted, 0 held, 10 settled; the pool says 100, 10, 0: \
                 they agree up to entry 2 and not after it"
            )]
        );
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_begins_with_the_newest_and_says_what_became_of_each_hold() {
    on_both(async |db| {
        let store = db.store();
        grant(store, GUILD, 100).await?;
        grant(store, GuildId::new(7), 5).await?;
        for (render, how) in [(9, Some(Close::Settle)), (10, Some(Close::Release)), (11, None)] {
            let held = queue(store, GUILD, render, 10).await?.expect("a hold");
            if let Some(how) = how {
                close(store, held, how).await?;
            }
        }
        let told = |lines: Vec<BookLine>| -> Vec<String> {
            let told = lines.into_iter().map(|line| match line.told {
                Told::Grant { .. } => format!("+{}", line.amount.get()),
                Told::Correction { .. } => format!("-{}", line.amount.get()),
                Told::Images(bought) => format!("{} {:?}", line.amount.get(), bought.fates[0].0),
            });
            told.collect()
        };
        let read = async |member: Option<UserId>, max| {
            super::steps::read(store, move |tx| recent(tx, GUILD, member, max).boxed()).await
        };
        let requester = draft(GUILD, 1).requester;
        let all = ["10 Held", "10 GivenBack", "10 Spent", "+100"];
        assert_eq!(told(read(None, 9).await?), all);
        assert_eq!(told(read(None, 2).await?), all[..2]);
        assert_eq!(told(read(Some(requester), 9).await?), all[..3]);
        assert_eq!(told(read(Some(UserId::new(404)), 9).await?), [""; 0]);
        let sums = super::steps::read(store, move |tx| of_member(tx, GUILD, requester).boxed()).await?;
        assert_eq!(sums, (credits(10), credits(10)), "spent and held");
        Ok(())
    })
    .await;
}
