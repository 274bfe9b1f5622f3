use super::*;

fn ms(time: &str) -> i64 {
    time.parse::<Timestamp>().unwrap().as_millisecond()
}

/// Returns the window of a moment, as times in UTC.
fn window(period: Period, zone: &str, now: &str) -> (String, String) {
    let window = period.window(&zone.parse().unwrap(), ms(now));
    let time = |ms: i64| Timestamp::from_millisecond(ms).unwrap().to_string();
    let until = window.until_ms.map_or_else(|| "-".to_owned(), time);
    (time(window.from_ms), until)
}

/// A period, a zone, a moment, and the first instant and the end of its window.
const CALENDAR: &str = "
# Their first and their last instant.
day   UTC                2026-11-26T00:00:00Z     2026-11-26T00:00:00Z 2026-11-27T00:00:00Z
day   UTC                2026-11-26T23:59:59.999Z 2026-11-26T00:00:00Z 2026-11-27T00:00:00Z
day   UTC                2026-11-27T00:00:00Z     2026-11-27T00:00:00Z 2026-11-28T00:00:00Z
month UTC                2026-11-30T23:59:59.999Z 2026-11-01T00:00:00Z 2026-12-01T00:00:00Z
month UTC                2026-12-01T00:00:00Z     2026-12-01T00:00:00Z 2027-01-01T00:00:00Z
# A leap year, and one that is none.
month UTC                2028-02-29T12:00:00Z     2028-02-01T00:00:00Z 2028-03-01T00:00:00Z
day   UTC                2028-02-28T12:00:00Z     2028-02-28T00:00:00Z 2028-02-29T00:00:00Z
day   UTC                2027-02-28T12:00:00Z     2027-02-28T00:00:00Z 2027-03-01T00:00:00Z
# One instant is of different days and months.
day   Asia/Tokyo         2026-12-31T15:00:00Z     2026-12-31T15:00:00Z 2027-01-01T15:00:00Z
month Asia/Tokyo         2026-12-31T15:00:00Z     2026-12-31T15:00:00Z 2027-01-31T15:00:00Z
month America/New_York   2027-01-01T04:59:59Z     2026-12-01T05:00:00Z 2027-01-01T05:00:00Z
day   Asia/Kathmandu     2026-11-26T18:14:59Z     2026-11-25T18:15:00Z 2026-11-26T18:15:00Z
day   Pacific/Kiritimati 2026-11-26T10:00:00Z     2026-11-26T10:00:00Z 2026-11-27T10:00:00Z
# Days of 23 and of 25 hours, and months with them.
day   Europe/Berlin      2026-03-29T12:00:00Z     2026-03-28T23:00:00Z 2026-03-29T22:00:00Z
day   Europe/Berlin      2026-10-25T12:00:00Z     2026-10-24T22:00:00Z 2026-10-25T23:00:00Z
day   America/New_York   2026-03-08T06:59:59Z     2026-03-08T05:00:00Z 2026-03-09T04:00:00Z
month Europe/Berlin      2026-03-30T12:00:00Z     2026-02-28T23:00:00Z 2026-03-31T22:00:00Z
month Europe/Berlin      2026-10-01T12:00:00Z     2026-09-30T22:00:00Z 2026-10-31T23:00:00Z
# A midnight that never was, one that came twice, and a day that was left out.
day   America/Sao_Paulo  2018-11-04T12:00:00Z     2018-11-04T03:00:00Z 2018-11-05T02:00:00Z
day   America/Sao_Paulo  2018-11-03T12:00:00Z     2018-11-03T03:00:00Z 2018-11-04T03:00:00Z
day   America/Havana     2019-11-03T12:00:00Z     2019-11-03T04:00:00Z 2019-11-04T05:00:00Z
day   Pacific/Apia       2011-12-30T09:00:00Z     2011-12-29T10:00:00Z 2011-12-30T10:00:00Z
";

#[test]
fn days_and_months_begin_and_end_where_the_zone_says() {
    for line in CALENDAR
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [period, zone, now, from, until] = cells.try_into().unwrap();
        let told = window(period.parse().unwrap(), zone, now);
        assert_eq!(told, (from.to_owned(), until.to_owned()), "{line}");
    }
}

#[test]
fn the_next_window_begins_where_this_one_ends() {
    for zone in [
        "UTC",
        "Europe/Berlin",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    ] {
        let zone: Zone = zone.parse().unwrap();
        for period in [Period::Day, Period::Month] {
            let mut window = period.window(&zone, ms("2010-01-01T00:00:00Z"));
            while window.from_ms < ms("2028-01-01T00:00:00Z") {
                let until_ms = window.until_ms.unwrap();
                assert!(window.from_ms < until_ms);
                assert_eq!(
                    period.window(&zone, until_ms - 1),
                    window,
                    "{period} in {}",
                    zone.name()
                );
                let next = period.window(&zone, until_ms);
                assert_eq!(next.from_ms, until_ms, "{period} in {}", zone.name());
                window = next;
            }
        }
    }
}

#[test]
fn hours_roll_whatever_the_clocks_do() {
    let (from, until) = window(Period::Hours(24), "Europe/Berlin", "2026-10-25T12:00:00Z");
    assert_eq!((from.as_str(), until.as_str()), ("2026-10-24T12:00:00.001Z", "-"));
    let (hour, now_ms) = (Period::Hours(1), ms("2026-11-26T12:00:00Z"));
    let utc = "UTC".parse().unwrap();
    let spent_ms = hour.window(&utc, now_ms).from_ms;
    let leaves_ms = hour.leaves_ms(spent_ms).unwrap();
    assert_eq!(
        leaves_ms,
        now_ms + 1,
        "what is just inside leaves at the next instant"
    );
    assert_eq!(hour.window(&utc, leaves_ms).from_ms, spent_ms + 1);
}

#[test]
fn a_zone_goes_by_its_name_and_a_wrong_name_is_answered_with_the_likely_ones() {
    for (given, name) in [
        ("UTC", "UTC"),
        ("Europe/Berlin", "Europe/Berlin"),
        (" america/new york ", "America/New_York"),
    ] {
        assert_eq!(given.parse::<Zone>().unwrap().name(), name);
    }
    let near = |given: &str| given.parse::<Zone>().unwrap_err().near;
    assert_eq!(near("Berlin")[0], "Europe/Berlin");
    assert_eq!(near("Europe/Berln")[0], "Europe/Berlin");
    assert_eq!(near("new york")[0], "America/New_York");
    assert_eq!(near("").len(), SUGGESTED);
    assert!("Etc/Unknown".parse::<Zone>().is_err());
    assert!("../../etc/passwd".parse::<Zone>().is_err());
}

#[test]
fn a_period_is_read_back_and_stays_in_its_limits() {
    for period in [
        Period::Hours(1),
        Period::Hours(limits::SPEND_LIMIT_HOURS),
        Period::Day,
        Period::Month,
    ] {
        assert_eq!(period.to_string().parse(), Ok(period));
    }
    let past = format!("{}h", limits::SPEND_LIMIT_HOURS + 1);
    for text in ["0h", past.as_str(), "h", "-1h", "week", ""] {
        assert!(text.parse::<Period>().is_err(), "{text}");
    }
}

#[test]
fn what_is_suggested_is_a_place() {
    for typed in ["etc/gmt+20", "est5"] {
        let near = typed.parse::<Zone>().expect_err(typed).near;
        let place = |name: &String| name.contains('/') && !name.starts_with("Etc/");
        assert!(near.len() == SUGGESTED && near.iter().all(place), "{near:?}");
    }
}

#[test]
fn an_offset_is_read_as_people_write_it() {
    for (typed, minutes) in [
        ("utc+2", Some(120)),
        ("gmt-3", Some(-180)),
        ("+05:30", Some(330)),
        ("-3:30", Some(-210)),
        ("utc_+14", Some(840)),
        ("+15", None),
        ("+4:59", Some(299)),
        ("+4:60", None),
        ("utc", None),
        ("5", None),
    ] {
        assert_eq!(offset(typed), minutes, "{typed}");
    }
    assert!(
        at_offset(345).iter().all(|name| name.starts_with("Asia/Kat")),
        "only Nepal has it"
    );
    let spread = at_offset(120);
    assert_eq!(spread.len(), SUGGESTED, "{spread:?}");
    assert!(
        spread[0].starts_with("Europe/") && !spread[2].starts_with("Europe/"),
        "{spread:?}"
    );
    let nowhere = "UTC+13:37".parse::<Zone>().expect_err("no zone").near;
    assert_eq!(nowhere.len(), SUGGESTED, "the likely names are told: {nowhere:?}");
}

#[test]
fn an_offset_is_answered_with_places_that_have_it() {
    for (typed, place) in [
        ("UTC+2", "Europe/"),
        ("gmt-3", "America/"),
        ("+05:30", "Asia/"),
        ("utc \u{2212}5", "America/"),
    ] {
        let near = typed.parse::<Zone>().expect_err(typed).near;
        assert!(
            near.iter().any(|name| name.starts_with(place)),
            "{typed}: {near:?}"
        );
    }
    let near = "UTC+2".parse::<Zone>().expect_err("no zone").near;
    assert!(near.iter().all(|name| name.parse::<Zone>().is_ok()), "{near:?}");
}

#[test]
fn a_name_whose_sign_is_the_other_way_round_says_what_it_means() {
    let means = |name: &str| name.parse::<Zone>().expect(name).reversed();
    assert_eq!(means("Etc/GMT+2"), Some("UTC-2".to_owned()));
    assert_eq!(means("Etc/GMT-5"), Some("UTC+5".to_owned()));
    assert_eq!(means("Etc/GMT"), None);
    assert_eq!(means("Europe/Berlin"), None);
}

#[test]
fn an_hour_comes_once_a_day_also_where_summer_time_skips_it_or_brings_it_twice() {
    let due = |zone: &str, hour, now: &str| {
        let zone: Zone = zone.parse().unwrap();
        let slots = zone.daily(hour, ms(now)).unwrap();
        slots.map(|slot| {
            (
                slot.day,
                Timestamp::from_millisecond(slot.due_ms).unwrap().to_string(),
            )
        })
    };
    let days = |zone, hour, now, first: &str, second: &str| {
        let [today, tomorrow] = due(zone, hour, now);
        assert_eq!(
            (today.1.as_str(), tomorrow.1.as_str()),
            (first, second),
            "{zone} {now}"
        );
        assert_eq!(tomorrow.0, today.0 + 1);
    };
    days(
        "UTC",
        9,
        "2026-11-30T23:59:59Z",
        "2026-11-30T09:00:00Z",
        "2026-12-01T09:00:00Z",
    );
    days(
        "Asia/Tokyo",
        0,
        "2026-11-30T15:00:00Z",
        "2026-11-30T15:00:00Z",
        "2026-12-01T15:00:00Z",
    );
    // Half past two never was, and then came twice.
    days(
        "Europe/Berlin",
        2,
        "2026-03-29T12:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-30T00:00:00Z",
    );
    days(
        "Europe/Berlin",
        2,
        "2026-10-25T12:00:00Z",
        "2026-10-25T00:00:00Z",
        "2026-10-26T01:00:00Z",
    );
    days(
        "America/Sao_Paulo",
        0,
        "2018-11-04T12:00:00Z",
        "2018-11-04T03:00:00Z",
        "2018-11-05T02:00:00Z",
    );
    assert_eq!(due("UTC", 9, "1970-01-02T00:00:00Z")[0].0, 1);
    let utc: Zone = "UTC".parse().unwrap();
    assert_eq!((utc.daily(24, 0), utc.daily(9, i64::MAX)), (None, None));
}

proptest::proptest! {
    #[test]
    fn every_slot_of_tomorrow_is_that_of_today_a_day_later(
        hour in 0_u32..24,
        at in 1_500_000_000_000_i64..1_900_000_000_000,
        zone in proptest::sample::select(vec!["UTC", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    ) {
        let zone: Zone = zone.parse().unwrap();
        let [today, tomorrow] = zone.daily(hour, at).unwrap();
        proptest::prop_assert!(today.due_ms < tomorrow.due_ms);
        let then = zone.daily(hour, tomorrow.due_ms).unwrap();
        proptest::prop_assert_eq!(then[0], tomorrow);
    }
}
