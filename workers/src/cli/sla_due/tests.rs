//! Lines in, lines out.

use super::*;
use serde_json::{Value, json};

fn answers(input: &str) -> Vec<Value> {
    let mut output = Vec::new();
    answer_all(&mut input.as_bytes(), &mut output).unwrap();
    String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn schedule() -> Value {
    let day = json!([["09:00", "12:00"], ["13:00", "18:00"]]);
    json!({
        "tz": "Europe/Istanbul",
        "hours": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day },
        "holidays": ["2026-10-29"],
        "breaks": { "2026-10-28": [["13:00", "18:00"]] },
    })
}

fn ask(start: &str, minutes: u64) -> Value {
    json!({ "schedule": schedule(), "start": start, "minutes": minutes })
}

#[test]
fn every_line_is_answered_in_turn() {
    let mut span = ask("2026-10-28T10:00:00+03:00", 180);
    span["span_end"] = json!("2026-10-30T10:00");
    let input = [ask("2026-01-09T17:30", 60), ask("2026-10-28T13:00:00+03:00", 60), span]
        .map(|line| line.to_string());
    assert_eq!(
        answers(&input.join("\n")),
        [
            json!({ "deadline": "2026-01-12T06:30:00Z", "open_at_start": true }),
            json!({ "deadline": "2026-10-30T07:00:00Z", "open_at_start": false }),
            json!({ "deadline": "2026-10-30T07:00:00Z", "open_at_start": true, "business_seconds_in_span": 10_800 }),
        ]
    );
}

#[test]
fn nothing_to_work_is_due_at_the_start_or_at_the_next_opening() {
    let input = [ask("2026-01-12T09:00", 0), ask("2026-01-12T12:00", 0), ask("2026-01-12T18:00", 0)];
    let due: Vec<Value> = answers(&input.map(|line| line.to_string()).join("\n"))
        .iter()
        .map(|line| line["deadline"].clone())
        .collect();
    assert_eq!(due, ["2026-01-12T06:00:00Z", "2026-01-12T10:00:00Z", "2026-01-13T06:00:00Z"]);
}

#[test]
fn a_schedule_without_a_working_day_has_no_deadline() {
    let never =
        json!({ "schedule": { "tz": "UTC", "hours": {} }, "start": "2026-01-12T09:00", "minutes": 1 });
    assert_eq!(answers(&never.to_string()), [json!({ "deadline": null, "open_at_start": false })]);
    assert_eq!(answers(&ask("2026-01-12T09:00", u64::MAX).to_string())[0]["deadline"], Value::Null);
}

#[test]
fn a_bad_line_is_named_by_its_number_and_the_next_is_answered() {
    let good = ask("2026-01-12T09:00", 60).to_string();
    let mut bad_zone = ask("2026-01-12T09:00", 60);
    bad_zone["schedule"]["tz"] = json!("Nowhere");
    let bad = [
        "{",
        "[]",
        "not json",
        "\u{feff}{}",
        r#"{"start":"2026-01-12T09:00","minutes":1}"#,
        &good.replace(":60", ":-1"),
        &good.replace(":60", ":1.5"),
        &good.replace("2026-01-12T09:00", "tomorrow"),
        &good.replace("2026-01-12T09:00", "9999-01-12T09:00"),
        &(good.clone() + "x"),
        &bad_zone.to_string(),
    ];
    for bad in bad {
        // Behind a good line the short way is taken, in front of it the long one.
        let lines = answers(&format!("{bad}\n\n{good}\r\n{bad}\n{good}"));
        assert_eq!((&lines[0]["line"], &lines[2]["line"]), (&json!(1), &json!(4)), "{bad}");
        assert!(lines[0]["error"].is_string() && lines[2]["error"].is_string());
        let answer = json!({ "deadline": "2026-01-12T07:00:00Z", "open_at_start": true });
        assert_eq!((&lines[1], &lines[3], lines.len()), (&answer, &answer, 4), "{bad}");
    }
    let not_utf8 = [b"{\"start\":\"\xff\"}\n".as_slice(), good.as_bytes()].concat();
    let mut output = Vec::new();
    answer_all(&mut not_utf8.as_slice(), &mut output).unwrap();
    assert_eq!(output.iter().filter(|byte| **byte == b'\n').count(), 2);
}

/// Spacing, order of the fields and a schedule that changes and comes back make no difference.
#[test]
fn a_line_means_the_same_however_it_is_written() {
    let mut berlin = schedule();
    berlin["tz"] = json!("Europe/Berlin");
    let (schedule, berlin) = (schedule().to_string(), berlin.to_string());
    let line =
        |schedule: &str| format!(r#"{{"schedule":{schedule},"start":"2026-01-12T09:00","minutes":60}}"#);
    let lines = [
        line(&schedule),
        line(&schedule),
        line(&berlin),
        line(&schedule),
        format!(
            r#" {{ "schedule" : {schedule} , "start" : "2026-01-12T09:00" , "minutes" : 60 , "id" : 7 }} "#
        ),
        format!(r#" {{ "schedule" : {schedule}  ,"minutes":60,"start":"2026-01-12T09:00","span_end":null}}"#),
        format!(r#"{{"minutes":60,"schedule":{schedule},"start":"2026-01-12T09:00"}}"#),
        format!(r#"{{"minutes":60,"start":"2026\u002d01-12T09:00","schedule":{schedule}}}"#),
    ];
    let istanbul = json!({ "deadline": "2026-01-12T07:00:00Z", "open_at_start": true });
    for (number, answer) in answers(&lines.join("\n")).iter().enumerate() {
        match number {
            2 => assert_eq!(answer["deadline"], "2026-01-12T09:00:00Z"),
            _ => assert_eq!(answer, &istanbul, "{}", lines[number]),
        }
    }
}

#[test]
fn a_line_without_end_is_refused_and_the_next_is_answered() {
    let good = ask("2026-01-12T09:00", 60).to_string();
    for length in [BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1, 3 * BUFFER_BYTES, 3 * BUFFER_BYTES + 5] {
        let lines = answers(&format!("{good}\n{}\n{good}\n", "x".repeat(length)));
        assert_eq!((lines.len(), &lines[1]["line"]), (3, &json!(2)), "{length}");
        assert_eq!(lines[2], lines[0]);
        assert_eq!(answers(&"x".repeat(length)).len(), 1, "and no line end at all");
    }
}

/// A reader that gives out as much as it likes, as a pipe does.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.1 = self.1 % 97 + 1;
        let count = self.1.min(self.0.len()).min(buffer.len());
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

#[test]
fn what_comes_in_pieces_is_answered_as_if_whole() {
    let lines: Vec<String> =
        (0..50).map(|minutes| ask("2026-01-12T09:00", minutes * 7).to_string() + "\n").collect();
    let (input, mut output) = (lines.concat(), Vec::new());
    answer_all(&mut Drip(input.as_bytes(), 0), &mut output).unwrap();
    let whole = answers(&input);
    let pieces: Vec<Value> =
        String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(pieces, whole);
}
