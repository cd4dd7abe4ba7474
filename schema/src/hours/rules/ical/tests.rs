//! Files as calendar programs write them, and files as nobody should.

use super::*;

fn window() -> RangeInclusive<NaiveDate> {
    date("2026-01-01")..=date("2028-12-31")
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//deneme//TR\r\n{events}END:VCALENDAR\r\n")
}

fn event(lines: &[&str]) -> String {
    format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.join("\r\n"))
}

fn read(lines: &[&str]) -> Imported {
    import(&calendar(&event(lines)), window()).unwrap()
}

fn days(imported: &Imported) -> String {
    imported.dates.keys().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_day_lasts_one_day_and_several_end_before_their_end() {
    let one = read(&["UID:1", "DTSTART;VALUE=DATE:20261029", "SUMMARY:Cumhuriyet Bayramı"]);
    assert_eq!(one.dates, BTreeMap::from([(date("2026-10-29"), "Cumhuriyet Bayramı".to_owned())]));
    let four = read(&["DTSTART;VALUE=DATE:20260527", "DTEND;VALUE=DATE:20260531", "SUMMARY:Kurban"]);
    assert_eq!(days(&four), "2026-05-27 2026-05-28 2026-05-29 2026-05-30");
    let same = read(&["DTSTART;VALUE=DATE:20260527", "DTEND;VALUE=DATE:20260527"]);
    assert_eq!(same.dates, BTreeMap::from([(date("2026-05-27"), "Tatil".to_owned())]));
    assert_eq!(days(&read(&["DTSTART;VALUE=DATE:20260527", "DURATION:P2D"])), "2026-05-27 2026-05-28");
    assert_eq!(read(&["DTSTART;VALUE=DATE:20260501", "DURATION:P1W"]).dates.len(), 7);
    let midnights = read(&["DTSTART;TZID=Europe/Istanbul:20260501T000000", "DTEND:20260502T000000"]);
    assert_eq!(days(&midnights), "2026-05-01");
    let over_new_year = read(&["DTSTART;VALUE=DATE:20251230", "DTEND;VALUE=DATE:20260103"]);
    assert_eq!(days(&over_new_year), "2026-01-01 2026-01-02", "only what lies in the window");
}

#[test]
fn a_yearly_event_comes_again_within_the_window() {
    let rule = |rule: &str| days(&read(&["DTSTART;VALUE=DATE:20201126", rule, "SUMMARY:X"]));
    assert_eq!(rule("RRULE:FREQ=YEARLY"), "2026-11-26 2027-11-26 2028-11-26");
    assert_eq!(rule("RRULE:FREQ=YEARLY;UNTIL=20271126"), "2026-11-26 2027-11-26");
    assert_eq!(rule("RRULE:FREQ=YEARLY;UNTIL=20271125T235959Z"), "2026-11-26");
    assert_eq!(rule("RRULE:FREQ=YEARLY;COUNT=7"), "2026-11-26");
    assert_eq!(rule("RRULE:FREQ=YEARLY;COUNT=6"), "");
    assert_eq!(rule("RRULE:FREQ=YEARLY;INTERVAL=3"), "2026-11-26");
    assert_eq!(rule("RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"), "2026-11-26 2027-11-25 2028-11-23");
    assert_eq!(rule("RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"), "2026-05-25 2027-05-31 2028-05-29");
    assert_eq!(rule("RRULE:FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=-1;UNTIL=20261231"), "2026-01-31 2026-07-31");
    let leap = days(&read(&["DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY"]));
    assert_eq!(leap, "2028-02-29");
    let except = read(&[
        "DTSTART;VALUE=DATE:20200423",
        "RRULE:FREQ=YEARLY",
        "EXDATE;VALUE=DATE:20270423",
        "RDATE:20260424",
    ]);
    assert_eq!(days(&except), "2026-04-23 2026-04-24 2028-04-23");
    let long =
        read(&["DTSTART;VALUE=DATE:20201230", "DTEND;VALUE=DATE:20210103", "RRULE:FREQ=YEARLY;COUNT=6"]);
    assert_eq!(days(&long), "2026-01-01 2026-01-02", "the last one began the year before");
}

#[test]
fn what_becomes_no_date_is_named() {
    let why = |lines: &[&str]| {
        let imported = read(lines);
        assert!(imported.dates.is_empty());
        imported.skipped.first().map(|skipped| skipped.why)
    };
    assert_eq!(why(&["SUMMARY:X"]), Some(Why::NoDate));
    assert_eq!(why(&["DTSTART:20261301"]), Some(Why::NoDate));
    assert_eq!(why(&["DTSTART:2026-01-01"]), Some(Why::NoDate));
    assert_eq!(why(&["DTSTART:20260101T090000Z"]), Some(Why::NotAllDay));
    assert_eq!(why(&["DTSTART;VALUE=DATE:20260101", "DTEND:20260101T120000"]), Some(Why::NotAllDay));
    assert_eq!(why(&["DTSTART;VALUE=DATE:20260101", "DURATION:PT2H"]), Some(Why::NotAllDay));
    assert_eq!(why(&["DTSTART;VALUE=DATE:20260101", "STATUS:CANCELLED"]), Some(Why::Cancelled));
    assert_eq!(why(&["DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20270103"]), Some(Why::TooLong));
    let too_often = format!("FREQ=YEARLY;BYMONTHDAY={}", ["1"; 32].join(","));
    for rule in [
        too_often.as_str(),
        "FREQ=MONTHLY",
        "FREQ=YEARLY;BYDAY=MO",
        "FREQ=YEARLY;BYSETPOS=1",
        "COUNT=2",
        "FREQ=YEARLY;X",
        "",
    ] {
        let rule = format!("RRULE:{rule}");
        assert_eq!(why(&["DTSTART;VALUE=DATE:20260101", &rule]), Some(Why::OtherRule), "{rule}");
    }
}

#[test]
fn folded_lines_and_escapes_are_read_whatever_ends_the_lines() {
    let file = calendar(&event(&[
        "DTSTART;VALUE=DA",
        " TE:20261029",
        "SUMMARY:Cumhuriyet\\, Bay",
        "\tramı\\nİkinci satır",
    ]));
    for file in [file.clone(), file.replace("\r\n", "\n"), format!("\u{feff}{file}\r\n\r\n")] {
        let imported = import(&file, window()).unwrap();
        assert_eq!(imported.dates[&date("2026-10-29")], "Cumhuriyet, Bayramı İkinci satır");
    }
}

#[test]
fn other_components_and_alarms_are_no_holidays_and_the_first_of_two_names_a_date() {
    let alarm = "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nACTION:DISPLAY\r\nEND:VALARM";
    let file = calendar(
        &[
            event(&["DTSTART;VALUE=DATE:20260101", "SUMMARY:Yılbaşı", alarm]),
            event(&["DTSTART;VALUE=DATE:20260101", "SUMMARY:Neujahr"]),
            "BEGIN:VTODO\r\nDTSTART;VALUE=DATE:20260102\r\nEND:VTODO\r\n".to_owned(),
        ]
        .concat(),
    );
    let imported = import(&(file.clone() + &file), window()).unwrap();
    assert_eq!(imported.dates, BTreeMap::from([(date("2026-01-01"), "Yılbaşı".to_owned())]));
}

#[test]
fn a_file_that_is_none_or_too_much_is_refused() {
    let refused = |text: &str| import(text, window()).unwrap_err();
    for text in
        ["", "hello", "BEGIN:VCALENDAR", "BEGIN:VEVENT\r\nEND:VEVENT\r\n", "\0\u{1}", "{\"json\": true}"]
    {
        assert_eq!(refused(text), IcalError::NotACalendar, "{text:?}");
    }
    assert_eq!(refused(&calendar(&"BEGIN:VEVENT\r\n".repeat(70_000))), IcalError::NotACalendar);
    assert_eq!(refused(&calendar(&"begin:vevent\n \n".repeat(60_000))), IcalError::NotACalendar);
    assert_eq!(refused(&" ".repeat(FILE_BYTES_MAX + 1)), IcalError::FileTooLarge);
    let one = event(&["DTSTART;VALUE=DATE:20260101"]);
    assert!(import(&calendar(&one.repeat(EVENTS_MAX)), window()).is_ok());
    assert_eq!(refused(&calendar(&one.repeat(EVENTS_MAX + 1))), IcalError::TooManyEvents);
    let every_day = "DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20261231\r\nRRULE:FREQ=YEARLY";
    let century = import(&calendar(&event(&[every_day])), date("2026-01-01")..=date("2125-12-31"));
    assert_eq!(century, Err(IcalError::TooManyDates));
}

/// The oldest rule over the longest list of days, two thousand times.
#[test]
fn the_most_laborious_file_is_read_in_no_time() {
    let days: Vec<String> = (1..=31).map(|day| day.to_string()).collect();
    let rule = format!("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY={};UNTIL=20250101", days.join(","));
    let file = calendar(&event(&["DTSTART;VALUE=DATE:16000101", &rule]).repeat(EVENTS_MAX));
    let begun = std::time::Instant::now();
    assert_eq!(import(&file, window()).unwrap().dates.len(), 0);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
