//! What the receiving servers found out about a sender: whether his own domain disowns the mail (RFC 8601).
//!
//! Only bad news is believed. Anybody can write «pass» into a mail; nobody forges a «fail» of his own mail.

use super::header::Headers;

/// Whether a server on the mail's way says that its From is not who sent it.
pub(super) fn is_disowned(headers: &Headers<'_>) -> bool {
    headers.raw_all("Authentication-Results").any(|field| {
        let field = String::from_utf8_lossy(field).to_ascii_lowercase();
        without_comments(&field).split(';').any(says_fail)
    })
}

/// `dmarc=fail`, or Microsoft's own verdict over all signs.
fn says_fail(result: &str) -> bool {
    let verdict = result.split_whitespace().next().unwrap_or_default();
    matches!(verdict.split_once('='), Some(("dmarc" | "compauth", "fail")))
}

fn without_comments(field: &str) -> String {
    let mut depth = 0_usize;
    field
        .chars()
        .filter(|sign| match sign {
            '(' => {
                depth += 1;
                false
            }
            ')' if depth > 0 => {
                depth -= 1;
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failed_verdict_over_the_whole_sender_disowns_a_mail() {
        let cases = [
            ("mx.test; dkim=pass header.d=a.test; spf=pass; dmarc=pass (p=REJECT) header.from=a.test", false),
            (
                "mx.test;\r\n spf=fail smtp.mailfrom=a.test;\r\n dmarc=fail (p=REJECT dis=QUARANTINE) header.from=a.test",
                true,
            ),
            ("mx.test; DMARC=Fail action=none", true),
            ("spf=fail (sender IP is 1.2.3.4); dkim=none; compauth=fail reason=000", true),
            ("mx.test; spf=softfail; dkim=none (dmarc=fail)", false),
            ("mx.test; dmarc=none", false),
        ];
        for (verdict, expected) in cases {
            let raw = format!("Authentication-Results: {verdict}\r\nFrom: a@a.test\r\n\r\nx");
            assert_eq!(is_disowned(&Headers::of(raw.as_bytes())), expected, "{verdict}");
        }
        assert!(!is_disowned(&Headers::of(b"From: a@a.test\r\n\r\nAuthentication-Results: mx; dmarc=fail")));
    }
}
