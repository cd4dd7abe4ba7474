#![no_main]

use fuzz::{is_harmless, rules};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    let page = |html: &str| rules::Page::new(html.to_owned()).clean();
    let shown = page(&String::from_utf8_lossy(raw));
    is_harmless(&shown);
    is_harmless(&page(&shown.reply));
    is_harmless(&page(&rules::html::with_pictures(&shown.reply)));
});
