#![no_main]

use fuzz::{check, rules};

const HEAD: &str =
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.test\nTo: destek@ornek.test\nSubject: Undelivered mail\n";
const STRUCTURED: &str = "Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nx\n--r\n\
    Content-Type: message/delivery-status\n\n";

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    // The first byte says whether the report has structure or is only told.
    let Some((first, said)) = raw.split_first() else { return };
    let start = if first % 2 == 0 { "\n" } else { STRUCTURED };
    let mail = [HEAD.as_bytes(), start.as_bytes(), said].concat();
    if let Ok(found) = rules::read(&mail) {
        check(&mail, &found);
    }
});
