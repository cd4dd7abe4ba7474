#![no_main]

use fuzz::{check, rules};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    rules::identity(raw);
    if let Ok(mail) = rules::read(raw) {
        check(raw, &mail);
    }
});
