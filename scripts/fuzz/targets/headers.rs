#![no_main]

use fuzz::{check, is_address, is_line, rules};
use rules::{address, reply};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    let text = String::from_utf8_lossy(raw);
    is_line(&address::clean_header(&text), usize::MAX);
    let name = address::clean_name(&text);
    is_line(&name, usize::MAX);
    assert_eq!(address::clean_name(&name), name);
    if let Some(found) = address::clean_address(&text) {
        is_address(&found);
        assert!(address::is_same_mailbox(&found, &found));
        assert!(address::is_same_mailbox(&found, &address::mailbox_key(&found)));
        assert!(address::is_same_mailbox(&found, &address::with_tag(&found, "t1-x")));
    }
    assert!(reply::ticket_number(&text).is_none_or(|number| number >= 0));
    assert!(reply::support_number(&text).is_none_or(|number| number.len() == "SUP-2026-000001".len()));
    let key = reply::TokenKey::new(b"fuzz");
    assert_eq!(key.find(uuid::Uuid::nil(), [&*text], [&*text]), None, "nobody guesses a token");
    for field in ["Subject", "From", "To", "Reply-To", "References", "Message-ID", "Content-Type"] {
        let mail = [field.as_bytes(), b": ", raw, b"\nFrom: a@b.test\n\nx"].concat();
        if let Ok(found) = rules::read(&mail) {
            check(&mail, &found);
        }
    }
});
