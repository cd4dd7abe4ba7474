//! Mail that is made to break its reader. Each case must end with an answer, soon and in bounded memory.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::read::SIZE_BYTES_MAX;
use super::super::{Bounds, Unreadable, identity, read, read_within};

const HEAD: &str = "From: a@b.test\r\nTo: destek@ornek.test\r\nSubject: x\r\n";
/// Debug builds on a busy machine are slow; what these cases guard against takes minutes or never ends.
const SOON: Duration = Duration::from_secs(20);

fn soon<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let done = work();
    assert!(begin.elapsed() < SOON, "{name} took {:?}", begin.elapsed());
    done
}

fn nested_multiparts(depth: usize) -> Vec<u8> {
    let mut raw = HEAD.to_owned();
    for level in 0..depth {
        raw.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=\"b{level}-\"\r\n\r\n--b{level}-\r\n"
        ));
    }
    raw.push_str("\r\ntext\r\n");
    raw.into_bytes()
}

#[test]
fn deep_multiparts_are_refused_and_thirty_are_not() {
    assert!(read(&nested_multiparts(30)).is_ok());
    assert_eq!(read(&nested_multiparts(31)), Err(Unreadable::TooDeep));
    soon("100,000 multiparts", || assert_eq!(read(&nested_multiparts(100_000)), Err(Unreadable::TooDeep)));
}

#[test]
fn a_deeply_nested_message_of_1_6_megabytes_is_read_on_a_small_stack() {
    let level = "Content-Type: message/rfc822\r\n\r\n";
    let raw = HEAD.to_owned() + &level.repeat(1_600_000 / level.len());
    let small = std::thread::Builder::new().stack_size(512 * 1024);
    let reader = small.spawn(move || read(raw.as_bytes()).map(|mail| mail.attachments.len()));
    assert_eq!(reader.unwrap().join().unwrap(), Ok(1));
}

#[test]
fn a_million_parts_and_a_hundred_thousand_headers_are_refused() {
    let parts = |count: usize| {
        let head = format!("{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n");
        (head + &"--b\r\n\r\nx\r\n".repeat(count)).into_bytes()
    };
    assert!(read(&parts(1_000)).is_ok());
    assert_eq!(read(&parts(1_001)), Err(Unreadable::TooManyParts));
    soon("a million parts", || assert_eq!(read(&parts(1_000_000)), Err(Unreadable::TooManyParts)));
    let headers = |count: usize| (HEAD.to_owned() + &"X-A: b\r\n".repeat(count) + "\r\nx").into_bytes();
    assert!(read(&headers(9_997)).is_ok());
    assert_eq!(read(&headers(9_998)), Err(Unreadable::HeadersTooLarge));
    assert_eq!(read(&headers(100_000)), Err(Unreadable::HeadersTooLarge));
}

#[test]
fn a_message_at_the_size_limit_is_read_and_one_byte_more_is_not() {
    let mut raw = format!("{HEAD}\r\n").into_bytes();
    raw.resize(SIZE_BYTES_MAX, b'x');
    let mail = soon("the largest message", || read(&raw)).unwrap();
    assert!(mail.is_text_cut);
    raw.push(b'x');
    assert_eq!(read(&raw), Err(Unreadable::TooLarge));
}

#[test]
fn narrower_bounds_are_kept_too() {
    let mail = format!("{HEAD}\r\nx");
    let within = |bounds: Bounds| read_within(mail.as_bytes(), &bounds).map(|mail| mail.text);
    assert_eq!(within(Bounds::default()), Ok("x".to_owned()));
    let size_bytes_max = mail.len() - 1;
    assert_eq!(within(Bounds { size_bytes_max, ..Bounds::default() }), Err(Unreadable::TooLarge));
    assert_eq!(within(Bounds { header_lines_max: 2, ..Bounds::default() }), Err(Unreadable::HeadersTooLarge));
}

#[test]
fn a_text_of_nothing_but_signs_of_quoting_is_split_soon() {
    let wrote = "Destek <destek@ornek.test>, 20 Kas 2026 Cum, 14:05 tarihinde şunu yazdı:\r\n";
    for piece in [
        ">",
        "> ",
        ">\r\n",
        "> x\r\ny\r\n",
        wrote,
        "Kimden: a@b.test\r\n",
        "-----Orijinal Mesaj",
        "-- \r\n",
        "|\r\n",
        ":\r\n",
        "On 20 Nov 2026\r\n",
        "> wrote:\r\n<\r\n",
        "bu e-posta gizli\r\n\r\n",
        "Saygılarımla\r\n",
        "begin 644 a\r\n",
        "+AAAA",
        "=?utf-8?Q?",
        "\u{1b}$B",
    ] {
        let raw = format!(
            "{HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\n{}",
            piece.repeat(400_000 / piece.len())
        );
        let read = soon(piece, || read(raw.as_bytes())).unwrap();
        assert!(read.text.chars().count() <= 200_000, "{piece}");
    }
}

#[test]
fn headers_made_of_encoded_words_do_not_cost_the_square_of_their_length() {
    for name in ["Subject", "From", "To", "Content-Type", "References", "Message-ID"] {
        for piece in [
            "=?",
            "=?utf-8?Q?a?= ",
            "=?utf-8?B?",
            "?=",
            "(",
            "\"",
            "<",
            "a@b.test, ",
            ";",
            ";a*0*=b",
            "<a@b>",
            "=?a?q?=?",
            "\\",
            "'",
            "%C5",
        ] {
            let raw = format!("{name}: {}\r\n{HEAD}\r\nx", piece.repeat(200_000 / piece.len()));
            let _either = soon(&format!("{name} {piece}"), || read(raw.as_bytes()));
            soon("identity", || identity(raw.as_bytes()));
        }
    }
}

#[test]
fn monstrous_html_is_still_text() {
    for piece in [
        "<div>",
        "<b>",
        "<table><tr><td>",
        "<p>",
        "<",
        "<!--",
        "<a href='",
        "&#x41;",
        "<ul><li>",
        "<blockquote>",
        "<svg><math>",
        "<select>",
    ] {
        let html = piece.repeat(400_000 / piece.len()) + "son";
        let raw = format!("{HEAD}Content-Type: text/html\r\n\r\n{html}");
        let small = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
        let reader = small.spawn(move || read(raw.as_bytes()).map(|mail| mail.subject)).unwrap();
        assert_eq!(soon(piece, || reader.join().unwrap()), Ok("x".to_owned()), "{piece}");
    }
}

#[test]
fn no_nul_reaches_what_is_stored() {
    let raw = ["Mail Delivery", "Undelivered", "12345"]
        .iter()
        .fold(include_str!("../../testdata/bounce-failed.eml").replace("5.1.1", "5.1\0.1"), |raw, word| {
            raw.replace(word, &format!("\0{word}\0"))
        });
    let mut mail = read(raw.as_bytes()).unwrap();
    mail.attachments.iter_mut().for_each(|file| file.content.clear());
    assert!(!format!("{mail:?}").contains("\\0"), "{mail:?}");
    assert!(mail.delivery_report.is_some_and(|report| report.status.as_deref() == Some("5.1.1")));
}

#[test]
fn no_nul_of_a_page_reaches_what_is_stored() {
    for page in
        ["<pre>a\0b</pre>", "a\0b", "<pre>\0</pre>", "<img alt='a\0b'>", "<b>a</b>&#0;\0<p title='\0'>b"]
    {
        let raw = format!("{HEAD}Content-Type: text/html\r\n\r\n{page}");
        let mail = read(raw.as_bytes()).unwrap();
        let shown = mail.page.map(|page| page.clean()).unwrap_or_default();
        assert!(!format!("{}{:?}{}", mail.text, mail.sections, shown.reply).contains(['\0']), "{page:?}");
        assert!(!format!("{:?}", mail.sections).contains("\\0"), "{page:?}");
    }
}

#[test]
fn parts_with_strange_parameters_do_not_panic() {
    for parameter in [
        "name*0*=a; name*0=b",
        "name*+0*=x''y",
        "name*=%",
        "name**=a; name*=b",
        "boundary=",
        "boundary=\"\"",
        "charset=\"\0\"",
        "name*1*=utf-8''a",
        "name*99999999999999999999=a",
    ] {
        for kind in ["text/plain", "multipart/mixed", "application/pdf", "/", ""] {
            let raw = format!(
                "{HEAD}Content-Type: {kind}; {parameter}\r\nContent-Disposition: attachment; file{parameter}\r\n\r\n--\r\n--\r\nx"
            );
            assert!(read(raw.as_bytes()).is_ok(), "{kind}; {parameter}");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(raw in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _either = read(&raw);
        let mail = [HEAD.as_bytes(), &raw].concat();
        let _either = read(&mail);
        identity(&mail);
    }

    #[test]
    fn no_broken_copy_of_a_good_mail_makes_the_reader_panic(cut in 0_usize..900, at in 0_usize..900, byte: u8) {
        let mut raw = include_bytes!("../../testdata/bounce-failed.eml").to_vec();
        let at = at % raw.len();
        raw[at] = byte;
        raw.truncate(cut.max(1));
        let _either = read(&raw);
        identity(&raw);
    }
}
