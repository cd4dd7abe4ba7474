//! An invitation that came without any text, told in words.

/// Lines of a calendar that are looked at.
const LINES_MAX: usize = 2_000;

/// What an `.ics` says of its first event; `None` when it says nothing.
pub(crate) fn told(ics: &str) -> Option<String> {
    let lines = unfolded(ics);
    let event = lines.iter().position(|line| line.eq_ignore_ascii_case("BEGIN:VEVENT"))?;
    let value = |name: &str| field(&lines[event..], name);
    let told: Vec<String> = [
        value("SUMMARY"),
        value("LOCATION").map(|place| format!("Yer: {place}")),
        value("DTSTART").map(|time| format!("Başlangıç: {}", readable(&time))),
        value("DTEND").map(|time| format!("Bitiş: {}", readable(&time))),
        value("DESCRIPTION").map(|text| format!("\n{text}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

/// A line that starts with a space goes on where the last one stopped.
fn unfolded(ics: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in ics.lines().take(LINES_MAX) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.trim_end().to_owned()),
        }
    }
    lines
}

/// The value of `NAME;PARAMETER=x:value` within the event.
fn field(lines: &[String], name: &str) -> Option<String> {
    let event = lines.iter().take_while(|line| !line.eq_ignore_ascii_case("END:VEVENT"));
    let mut values = event.filter_map(|line| {
        let rest = line
            .get(..name.len())
            .filter(|start| start.eq_ignore_ascii_case(name))
            .map(|_| &line[name.len()..])?;
        rest.starts_with([':', ';']).then(|| rest.split_once(':').map(|(_, value)| value))?
    });
    values.next().map(unescaped).filter(|value| !value.trim().is_empty())
}

fn unescaped(value: &str) -> String {
    value
        .replace("\\n", "\n")
        .replace("\\N", "\n")
        .replace("\\,", ",")
        .replace("\\;", ";")
        .replace("\\\\", "\\")
}

/// `20261120T140500Z` → `20.11.2026 14:05 UTC`.
fn readable(time: &str) -> String {
    let digits: Vec<&str> =
        [0..4, 4..6, 6..8].into_iter().filter_map(|at| time.get(at)).filter(|part| is_number(part)).collect();
    let [year, month, day] = digits[..] else { return time.to_owned() };
    let clock = match (time.get(9..11), time.get(11..13)) {
        (Some(hour), Some(minute)) if is_number(hour) && is_number(minute) => format!(" {hour}:{minute}"),
        _ => String::new(),
    };
    let zone = if time.ends_with('Z') { " UTC" } else { "" };
    format!("{day}.{month}.{year}{clock}{zone}")
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_told_in_words() {
        let ics = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=tr:Kurulum\\, 2. aş\r\n ama\r\nLOCATION:Ofis\r\n\
            DTSTART;TZID=Europe/Istanbul:20261120T140500\r\nDTEND:20261120T120500Z\r\nEND:VEVENT\r\nDESCRIPTION:x\r\n";
        assert_eq!(
            told(ics).as_deref(),
            Some("Kurulum, 2. aşama\nYer: Ofis\nBaşlangıç: 20.11.2026 14:05\nBitiş: 20.11.2026 12:05 UTC")
        );
        assert_eq!(told("BEGIN:VCALENDAR"), None);
        assert_eq!(told("BEGIN:VEVENT\nSUMMARYX:a\nDTSTART:dün\n").as_deref(), Some("Başlangıç: dün"));
    }
}
