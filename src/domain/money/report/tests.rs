use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_796_047_200_000; // 30 November 2026, 15:00 in Berlin.

fn credits(n: i64) -> Credits {
    Credits::new(n).unwrap()
}

fn row(stage: Stage, outcome: Outcome, who: u64, project: Option<u64>, images: usize, price: i64) -> Row {
    let sum = Sum {
        images,
        credits: credits(price).times(images).unwrap(),
        usd: Usd::micros(1_000 * images as u64),
        known: images,
    };
    Row {
        stage,
        outcome,
        requester: UserId::new(who),
        project: project.map(ProjectId::new),
        sum,
    }
}

fn report(rows: Vec<Row>) -> Report {
    let books = Books {
        rows,
        ..Books::default()
    };
    Report::new(&books, credits(40))
}

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

#[test]
fn the_campaign_of_the_design_is_reported_as_it_was_estimated() {
    let told = report(vec![
        row(Stage::Explore, Outcome::Spent, 1, None, 20, 10),
        row(Stage::Review, Outcome::Spent, 1, None, 5, 20),
        row(Stage::Final, Outcome::Spent, 1, None, 2, 40),
    ]);
    assert_eq!(told.spent.credits, credits(380));
    assert_eq!(told.all_at_last, Some(credits(800)));
    assert_eq!(told.saved, Some(credits(420)));
    assert_eq!(told.per_final(), Some(credits(190)));
    assert_eq!(told.usd_per_final(), Some(Usd::micros(13_500)));
    assert_eq!(told.share(Stage::Explore), None);
    assert_eq!(told.share(Stage::Review), Some(25));
    assert_eq!(told.share(Stage::Final), Some(40));
}

#[test]
fn what_there_is_none_of_has_no_share_and_no_price() {
    let nothing = report(Vec::new());
    assert!(nothing.is_empty());
    assert_eq!((nothing.share(Stage::Review), nothing.per_final()), (None, None));
    assert_eq!((nothing.usd_per_final(), nothing.saved), (None, None));
    let drawn = report(vec![row(Stage::Explore, Outcome::Held, 1, None, 1, 10)]);
    assert!(!drawn.is_empty());
    assert_eq!(drawn.saved, None, "nothing was drawn yet");
    let mut unknown = row(Stage::Final, Outcome::Spent, 1, None, 1, 40);
    (unknown.sum.usd, unknown.sum.known) = (Usd::default(), 0);
    assert_eq!(report(vec![unknown]).usd_per_final(), None, "nobody knows");
}

#[test]
fn the_largest_come_first_and_a_share_is_rounded() {
    let told = report(vec![
        row(Stage::Explore, Outcome::Spent, 1, None, 3, 10),
        row(Stage::Explore, Outcome::Spent, 2, Some(7), 3, 10),
        row(Stage::Review, Outcome::Spent, 2, Some(7), 1, 20),
        row(Stage::Explore, Outcome::Refused, 3, Some(8), 9, 10),
    ]);
    let members: Vec<_> = told
        .members
        .iter()
        .map(|(who, sum)| (who.get(), sum.credits.get()))
        .collect();
    assert_eq!(members, [(2, 50), (1, 30)]);
    let projects: Vec<_> = told
        .projects
        .iter()
        .map(|(of, _)| of.map(ProjectId::get))
        .collect();
    assert_eq!(projects, [Some(7), None]);
    assert_eq!(told.share(Stage::Review), Some(17), "one of six");
    assert_eq!(told.unspent.map(|sum| sum.images), [0, 9, 0, 0]);
}

#[test]
fn a_report_begins_at_midnight_of_the_server() {
    let from = |span, zone: &Zone| {
        let page = ReportPage {
            span,
            until_ms: NOW,
            project: None,
            member: None,
        };
        page.from_ms(zone)
    };
    let (berlin, auckland) = (zone("Europe/Berlin"), zone("Pacific/Auckland"));
    assert_eq!(berlin.date(from(Span::Week, &berlin)), "2026-11-24");
    assert_eq!(berlin.date(from(Span::ThirtyDays, &berlin)), "2026-11-01");
    assert_eq!(berlin.date(from(Span::Month, &berlin)), "2026-11-01");
    assert_eq!(from(Span::All, &berlin), 0);
    // It is the first of December there.
    assert_eq!(auckland.date(from(Span::Month, &auckland)), "2026-12-01");
    assert_eq!(auckland.date(from(Span::Week, &auckland)), "2026-11-25");
    let first = from(Span::Week, &berlin);
    assert_eq!(berlin.date(first - 1), "2026-11-23");
    assert_eq!(berlin.day_and_month(first), "24 Nov");
}

#[test]
fn a_pool_ends_when_its_pace_says_so_and_no_pace_is_made_up() {
    let berlin = zone("Europe/Berlin");
    let day = |before: i64, spent: i64| (NOW - before * DAY_MS, credits(spent));
    let ends = |spent: &[(i64, Credits)], available: i64| {
        let days = Days::new(&berlin, NOW, spent);
        days.pool_ends(credits(available))
    };
    let steady = [day(3, 30), day(2, 30), day(0, 30)];
    // Three days and fifteen hours for 90 credits.
    assert_eq!(ends(&steady, 90), Some(NOW + 3 * DAY_MS + 15 * 3_600_000));
    assert_eq!(ends(&steady, 0), None, "it has ended");
    assert_eq!(ends(&steady[..2], 90), None, "two days are no pace");
    assert_eq!(ends(&[day(40, 1), day(35, 1), day(31, 1)], 90), None, "long ago");
    assert_eq!(
        ends(&[day(3, 1), day(2, 1), day(1, 1)], 1_000_000),
        None,
        "for years"
    );
}

proptest! {
    #[test]
    fn every_sum_of_a_report_is_that_of_its_rows(
        rows in prop::collection::vec((0..3_usize, 0..5_usize, 1..5_u64, 0..3_u64, 1..40_usize), 0..40)
    ) {
        let outcomes = [Outcome::Spent, Outcome::Held, Outcome::Refused, Outcome::Failed, Outcome::CalledOff];
        let rows: Vec<Row> = rows.into_iter().map(|(stage, outcome, who, project, images)| {
            let project = (project > 0).then_some(project);
            row(Stage::ALL[stage], outcomes[outcome], who, project, images, [10, 20, 40][stage])
        }).collect();
        let held: i64 = rows.iter().map(|row| row.sum.credits.get()).sum();
        let told = report(rows);
        let sum = |all: &[Sum]| all.iter().map(|sum| sum.credits.get()).sum::<i64>();
        prop_assert_eq!(told.spent.credits.get() + sum(&told.unspent), held);
        prop_assert_eq!(sum(&told.stages), told.spent.credits.get());
        let of = |all: Vec<Sum>| all.iter().map(|sum| (sum.images, sum.credits.get(), sum.known))
            .fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
        let spent = (told.spent.images, told.spent.credits.get(), told.spent.known);
        prop_assert_eq!(of(told.projects.iter().map(|(_, sum)| *sum).collect()), spent);
        prop_assert_eq!(of(told.members.iter().map(|(_, sum)| *sum).collect()), spent);
    }

    #[test]
    fn a_day_has_what_was_spent_on_it_in_any_zone(
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu"]),
        now_ms in 1_700_000_000_000_i64..1_900_000_000_000,
        spent in prop::collection::vec((0..60 * DAY_MS, 1..100_i64), 0..50),
    ) {
        let zone: Zone = zone.parse().unwrap();
        let spent: Vec<_> = spent.into_iter().map(|(ago, sum)| (now_ms - ago, credits(sum))).collect();
        let days = Days::new(&zone, now_ms, &spent);
        prop_assert_eq!(days.days.len(), 30);
        let within = spent.iter().filter(|(at_ms, _)| *at_ms >= days.days[0].0);
        prop_assert_eq!(days.spent().get(), within.map(|(_, sum)| sum.get()).sum::<i64>());
        for pair in days.days.windows(2) {
            let of_day = spent.iter().filter(|(at_ms, _)| (pair[0].0..pair[1].0).contains(at_ms));
            prop_assert_eq!(pair[0].1.get(), of_day.map(|(_, sum)| sum.get()).sum::<i64>());
        }
    }
}

#[test]
fn a_chart_names_the_day_on_which_most_was_spent() {
    let berlin = zone("Europe/Berlin");
    let day = |before: i64, spent: i64| (NOW - before * DAY_MS, credits(spent));
    let most = |spent: &[(i64, Credits)]| {
        let (day, spent) = Days::new(&berlin, NOW, spent).most()?;
        Some((berlin.day_and_month(day), spent.get()))
    };
    assert_eq!(most(&[]), None, "nothing was spent");
    assert_eq!(most(&[day(31, 9)]), None, "it was before the chart begins");
    let spent = [day(5, 20), day(3, 30), day(1, 10), day(1, 20), day(0, 1)];
    assert_eq!(
        most(&spent),
        Some(("29 Nov".to_owned(), 30)),
        "the latest of the largest"
    );
}

#[test]
fn a_pace_is_told_for_a_year_and_not_for_longer() {
    let berlin = zone("Europe/Berlin");
    let day = |before: i64| (NOW - before * DAY_MS, credits(29));
    // 87 credits in the 87 hours since midnight of 27 November.
    let days = Days::new(&berlin, NOW, &[day(3), day(2), day(1)]);
    let ends = |available| days.pool_ends(credits(available));
    assert_eq!(ends(8_760), Some(NOW + 365 * 24 * 3_600_000));
    assert_eq!(ends(8_761), None);
}

#[test]
fn an_outcome_has_a_name_in_tables() {
    assert_eq!(Outcome::Spent.name(), "spent");
    let names = ["held", "refused", "failed", "called off"];
    assert_eq!(Outcome::UNSPENT.map(Outcome::name), names);
}

#[test]
fn without_a_final_no_final_has_a_price() {
    let ideas = report(vec![row(Stage::Explore, Outcome::Spent, 1, None, 3, 10)]);
    assert_eq!((ideas.per_final(), ideas.usd_per_final()), (None, None));
}
