//! Mails of `testdata/split`: every line says by its first letter where it belongs.
//!
//! `r` what the writer says, `q` what he quotes, `s` his signature; `# ` begins a mail with what it stands for.

use super::check;

#[test]
fn every_line_belongs_where_it_is_written() {
    let files = [
        include_str!("../../../testdata/split/turkish.txt"),
        include_str!("../../../testdata/split/languages.txt"),
        include_str!("../../../testdata/split/signatures.txt"),
        include_str!("../../../testdata/split/shapes.txt"),
        include_str!("../../../testdata/split/traps.txt"),
    ];
    let mails: Vec<&str> = files.iter().flat_map(|file| file.split("\n# ")).collect();
    assert!(mails.len() >= 180, "{} mails", mails.len());
    for mail in mails {
        let (name, lines) = mail.trim_start_matches("# ").split_once('\n').unwrap();
        let lines: Vec<(&str, &str)> = lines
            .lines()
            .filter(|line| !line.is_empty())
            .map(|line| (&line[..1], line.get(2..).unwrap_or("")))
            .collect();
        check(name, &lines);
    }
}
