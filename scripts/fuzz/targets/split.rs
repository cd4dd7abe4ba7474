#![no_main]

use fuzz::{is_whole, rules};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    let text = String::from_utf8_lossy(raw);
    is_whole(&rules::split_reply(&text), &text);
    let found = rules::split_html(&text);
    let is_empty = [&found.reply, &found.quoted, &found.signature].iter().all(|piece| piece.is_empty());
    assert!(is_empty || !found.reply.is_empty(), "a reply is never empty");
});
