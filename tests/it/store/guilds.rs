//! Tests the settings that admins choose for their guild.

use std::collections::BTreeSet;

use futures::FutureExt;
use greenlight::domain::guild::settings::{ChosenSpendLimits, GuildSettings};
use greenlight::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use greenlight::domain::money::period::Period;
use greenlight::domain::money::spend_limit::{LimitScope, Spenders};
use greenlight::domain::stage::Stage;
use greenlight::store::{Error, guilds};

use super::db::{TestDb, on_both};
use super::steps::{GUILD, credits};

const OTHER: GuildId = GuildId::new(101);

fn roles(ids: &[u64]) -> BTreeSet<RoleId> {
    ids.iter().copied().map(RoleId::new).collect()
}

fn spend_limits() -> ChosenSpendLimits {
    let on = |scope, stage, period| LimitScope { scope, stage, period };
    ChosenSpendLimits::from([
        (on(Spenders::Server, None, Period::Month), Some(credits(2_000))),
        (on(Spenders::Each, None, Period::Day), None),
        (
            on(Spenders::Each, Some(Stage::Final), Period::Hours(744)),
            Some(credits(0)),
        ),
        (
            on(Spenders::Role(RoleId::new(u64::MAX >> 1)), None, Period::Day),
            Some(credits(7)),
        ),
        (
            on(Spenders::Member(UserId::new(5)), None, Period::Hours(1)),
            Some(credits(1)),
        ),
    ])
}

fn everything() -> GuildSettings {
    GuildSettings {
        explore_price: Some(credits(1)),
        review_price: Some(credits(2)),
        final_price: Some(credits(3)),
        review_quorum: Some(4),
        final_quorum: Some(5),
        own_vote: Some(true),
        lead_decides: Some(false),
        approve: Some("👍".parse().expect("an emoji")),
        veto: Some("<a:halt:77>".parse().expect("an emoji")),
        window_days: Some(7),
        file_prompts: Some(true),
        approvers: roles(&[1, 2]),
        leads: roles(&[2]),
        requesters: roles(&[3, u64::MAX >> 1]),
        channels: BTreeSet::from([ChannelId::new(8)]),
        gallery: Some(ChannelId::new(9)),
        log: Some(ChannelId::new(10)),
        digest: Some(ChannelId::new(13)),
        digest_hour: Some(23),
        votes_role: Some(RoleId::new(11)),
        low_pool_role: Some(RoleId::new(12)),
        spend_limits: spend_limits(),
        zone: Some("Europe/Berlin".parse().expect("a time zone")),
    }
}

async fn chosen(db: &TestDb, guild: GuildId) -> Result<GuildSettings, Error> {
    db.read(move |tx| guilds::read(tx, guild).boxed()).await
}

async fn choose(db: &TestDb, guild: GuildId, new: GuildSettings) -> Result<GuildSettings, Error> {
    db.write(move |tx| {
        async move {
            let row = guilds::lock(tx, guild).await?;
            let before = row.settings.clone();
            guilds::write(tx, &row, &new).await?;
            Ok(before)
        }
        .boxed()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_chosen_reads_back_and_a_guild_without_a_row_chose_nothing() {
    on_both(async |db| {
        assert_eq!(chosen(db, GUILD).await?, GuildSettings::default());
        assert_eq!(choose(db, GUILD, everything()).await?, GuildSettings::default());
        assert_eq!(chosen(db, GUILD).await?, everything());
        assert_eq!(chosen(db, OTHER).await?, GuildSettings::default());
        let fewer = GuildSettings {
            approvers: roles(&[2]),
            leads: roles(&[]),
            veto: None,
            ..everything()
        };
        assert_eq!(choose(db, GUILD, fewer.clone()).await?, everything());
        assert_eq!(chosen(db, GUILD).await?, fewer);
        choose(db, GUILD, GuildSettings::default()).await?;
        assert_eq!(chosen(db, GUILD).await?, GuildSettings::default());
        Ok(())
    })
    .await;
}

/// Two admins each read, change one setting and write all. The lock makes the second see the first
/// one's change.
#[tokio::test(flavor = "multi_thread")]
async fn two_admins_at_once_undo_nothing_of_each_other() {
    on_both(async |db| {
        for _ in 0..20 {
            choose(db, GUILD, GuildSettings::default()).await?;
            let change = |one: fn(&mut GuildSettings)| {
                db.write(move |tx| {
                    async move {
                        let row = guilds::lock(tx, GUILD).await?;
                        let mut new = row.settings.clone();
                        one(&mut new);
                        guilds::write(tx, &row, &new).await
                    }
                    .boxed()
                })
            };
            let (first, second) = tokio::join!(
                change(|settings| settings.final_quorum = Some(9)),
                change(|settings| settings.leads = roles(&[1]))
            );
            first?;
            second?;
            let both = chosen(db, GUILD).await?;
            assert_eq!((both.final_quorum, both.leads), (Some(9), roles(&[1])));
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_cannot_be_is_refused_by_the_tables() {
    on_both(async |db| {
        choose(db, GUILD, everything()).await?;
        for change in [
            "explore_price = 0",
            "final_quorum = 0",
            "own_vote = 2",
            "window_days = 8",
            "veto_emoji = approve_emoji",
        ] {
            let refused = db.sql(&format!("UPDATE guilds SET {change}")).await;
            assert!(refused.is_err(), "{change}");
        }
        for list in ["(100, 'friends', 1)", "(100, 'leads', 2)", "(4711, 'leads', 2)"] {
            let refused = db.sql(&format!("INSERT INTO guild_lists VALUES {list}")).await;
            assert!(refused.is_err(), "{list}");
        }
        Ok(())
    })
    .await;
}
