//! Which ticket a mail answers.
//!
//! Three signs, in the order of trust: our own keyed token (in the Message-ID of what we sent, and in the
//! plus-address that answers go to), ids known to the site (the caller's look-up), and a number in the
//! subject. Only the first proves that the writer had a mail of ours before him; numbers can be guessed, so
//! they count only for participants of the ticket.
//!
//! A token is `t<number>-<mac>`: the ticket's number and 80 bits of HMAC-SHA256 over site and number, in
//! letters that survive a program that lowers the case of addresses. It is looked for anywhere in an id or in the
//! local part of an address, because gateways put their own words before and behind what they rewrite
//! (`prvs=…=destek+t5-…`); what is found counts for nothing until its code is proven. `Thread-Index` and
//! `Thread-Topic` are not looked at: anybody can copy them, and nobody can prove them.

use std::sync::LazyLock;

use hmac::{Hmac, KeyInit as _, Mac as _};
use regex::Regex;
use sha2::Sha256;
use uuid::Uuid;

use super::address;

/// Bytes of the code that are kept: 80 bits cannot be guessed over a mail queue.
const MAC_BYTES: usize = 10;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

static HASH_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"#([0-9]+)").expect("the pattern is a constant and compiles"));
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i-u)\bt[0-9]{1,19}-[a-z2-7]{16}\b").expect("the pattern is a constant and compiles")
});
/// Tokens looked at in one id or address.
const TOKENS_MAX: usize = 8;
static SUPPORT_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\bSUP-[0-9]{4}-[0-9]{6}\b").expect("the pattern is a constant and compiles")
});

/// The first `#` with digits behind it (B10-19); `None` also for a number that no ticket can have.
pub fn ticket_number(subject: &str) -> Option<i64> {
    HASH_NUMBER.captures(subject)?.get(1)?.as_str().parse().ok()
}

/// The first `SUP-YYYY-NNNNNN` (B10-24).
pub fn support_number(subject: &str) -> Option<&str> {
    SUPPORT_NUMBER.find(subject).map(|found| found.as_str())
}

/// Mints and proves tokens. The key must be secret, stable and the same for all workers.
#[derive(Clone)]
pub struct TokenKey(Hmac<Sha256>);

impl TokenKey {
    /// `secret` may have any length; 32 random bytes are right.
    pub fn new(secret: &[u8]) -> TokenKey {
        let mac = Hmac::<Sha256>::new_from_slice(secret);
        TokenKey(mac.expect("HMAC takes a key of any length"))
    }

    /// `t12345-abcdefghijklmnop`
    pub fn token(&self, site: Uuid, ticket_number: i64) -> String {
        let code = self.mac(site, ticket_number).finalize().into_bytes();
        format!("t{ticket_number}-{}", base32(&code[..MAC_BYTES]))
    }

    /// The stable Message-ID, without brackets, of the mail that the outbound row `outbound` sends.
    pub fn message_id(&self, site: Uuid, ticket_number: i64, outbound: Uuid, domain: &str) -> String {
        format!("{}.{}@{domain}", self.token(site, ticket_number), outbound.simple())
    }

    /// The address answers go to: `destek+t12345-…@ornek.test`.
    pub fn reply_to(&self, site: Uuid, ticket_number: i64, support: &str) -> String {
        address::with_tag(support, &self.token(site, ticket_number))
    }

    /// The ticket of the first id or address that carries a token of this site.
    ///
    /// `ids` are Message-IDs (In-Reply-To, References, a report's original), `recipients` are addresses.
    pub fn find<'a>(
        &self,
        site: Uuid,
        ids: impl IntoIterator<Item = &'a str>,
        recipients: impl IntoIterator<Item = &'a str>,
    ) -> Option<i64> {
        self.tickets(site, ids, recipients).next()
    }

    /// All tickets that tokens of this site name, each once, the most trusted first: a mail may carry several when
    /// tickets were merged or somebody answers an old mail. Tokens of other sites are passed over.
    pub fn find_all<'a>(
        &self,
        site: Uuid,
        ids: impl IntoIterator<Item = &'a str>,
        recipients: impl IntoIterator<Item = &'a str>,
    ) -> Vec<i64> {
        let mut found = Vec::new();
        for number in self.tickets(site, ids, recipients) {
            if !found.contains(&number) {
                found.push(number);
            }
        }
        found
    }

    fn tickets<'a>(
        &self,
        site: Uuid,
        ids: impl IntoIterator<Item = &'a str>,
        recipients: impl IntoIterator<Item = &'a str>,
    ) -> impl Iterator<Item = i64> {
        let texts = ids.into_iter().chain(recipients.into_iter().map(address::local_part));
        texts.flat_map(move |text| {
            TOKEN.find_iter(text).take(TOKENS_MAX).filter_map(move |token| self.verify(site, token.as_str()))
        })
    }

    /// Compares in constant time.
    fn verify(&self, site: Uuid, token: &str) -> Option<i64> {
        let token = token.to_ascii_lowercase();
        let (number, code) = token.strip_prefix('t')?.split_once('-')?;
        let number: i64 = number.parse().ok().filter(|number| *number > 0)?;
        let code = from_base32(code).filter(|code| code.len() == MAC_BYTES)?;
        self.mac(site, number).verify_truncated_left(&code).ok().map(|()| number)
    }

    fn mac(&self, site: Uuid, ticket_number: i64) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(b"ticket-mail/1");
        mac.update(site.as_bytes());
        mac.update(&ticket_number.to_be_bytes());
        mac
    }
}

fn base32(bytes: &[u8]) -> String {
    let bits = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
    let digit = |from: usize| (from..from + 5).fold(0, |value, at| value << 1 | usize::from(bits(at)));
    (0..bytes.len() * 8).step_by(5).map(|from| char::from(ALPHABET[digit(from)])).collect()
}

/// `None` for any sign outside the alphabet. Only whole groups of 8 letters, which is all that is minted.
fn from_base32(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(8) || text.len() > 64 {
        return None;
    }
    let digits: Option<Vec<u64>> = text
        .bytes()
        .map(|sign| ALPHABET.iter().position(|letter| *letter == sign).map(|at| at as u64))
        .collect();
    let groups = digits?
        .chunks(8)
        .map(|group| group.iter().fold(0, |value, digit| value << 5 | digit))
        .collect::<Vec<_>>();
    Some(groups.into_iter().flat_map(|group| group.to_be_bytes()[3..].to_vec()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: Uuid = Uuid::from_u128(1);

    fn key() -> TokenKey {
        TokenKey::new(b"secret")
    }

    #[test]
    fn the_first_number_after_a_hash_is_the_ticket() {
        let cases = [
            ("Re: [Ticket #12345] Yeni Yanıt", Some(12345)),
            ("a #1 b #2", Some(1)),
            ("# 5 #7", Some(7)),
            ("sipariş#42iptal", Some(42)),
            ("#٣", None),
            ("ticket 5", None),
            ("#", None),
            ("#9223372036854775807", Some(i64::MAX)),
            ("#9223372036854775808 #5", None),
        ];
        for (subject, number) in cases {
            assert_eq!(ticket_number(subject), number, "{subject}");
        }
    }

    #[test]
    fn a_support_reference_is_found_whole_or_not_at_all() {
        assert_eq!(support_number("Re: Destek Talebiniz Alındı - SUP-2026-000042"), Some("SUP-2026-000042"));
        assert_eq!(support_number("SUP-2026-00042"), None);
        assert_eq!(support_number("SUP-2026-0000421"), None);
        assert_eq!(support_number("XSUP-2026-000042"), None);
    }

    #[test]
    fn a_minted_token_is_found_in_ids_and_addresses() {
        let key = key();
        let id = key.message_id(SITE, 17, Uuid::from_u128(9), "ornek.test");
        let address = key.reply_to(SITE, 17, "destek@ornek.test");
        assert_eq!(key.find(SITE, ["other@x", id.as_str()], []), Some(17));
        assert_eq!(key.find(SITE, [], [address.as_str()]), Some(17));
        assert_eq!(key.find(SITE, [], [address.to_uppercase().as_str()]), Some(17));
        assert!(address::local_part(&address).len() <= 64, "{address}");
    }

    #[test]
    fn a_token_is_found_in_what_gateways_make_of_ids_and_addresses() {
        let key = key();
        let token = key.token(SITE, 17);
        for address in [
            format!("destek+tr+{token}@ornek.test"),
            format!("prvs=0123abcdef=destek+{token}@ornek.test"),
            format!("SRS0=x=TT=ornek.test=destek+{token}@relay.test"),
            format!("destek+{}@ornek.test", token.to_uppercase()),
        ] {
            assert_eq!(key.find(SITE, [], [address.as_str()]), Some(17), "{address}");
        }
        let id = format!("x.{token}.0123@relay.test");
        assert_eq!(key.find(SITE, [id.as_str()], []), Some(17));
        let in_host = format!("destek@{token}.test");
        assert_eq!(key.find(SITE, [], [in_host.as_str()]), None, "the host is anybody's");
    }

    #[test]
    fn of_several_tokens_those_of_the_site_count_in_their_order() {
        let (key, other) = (key(), Uuid::from_u128(2));
        let id = |site, number| key.message_id(site, number, Uuid::from_u128(9), "ornek.test");
        let ids = [id(other, 5), id(SITE, 17), id(SITE, 18), id(SITE, 17)];
        let recipient = key.reply_to(SITE, 19, "destek@ornek.test");
        let found = key.find_all(SITE, ids.iter().map(String::as_str), [recipient.as_str()]);
        assert_eq!(found, [17, 18, 19]);
        let both = format!("{}-{}", key.token(other, 5), key.token(SITE, 20));
        assert_eq!(key.find_all(SITE, [both.as_str()], []), [20]);
        assert_eq!(key.find_all(other, ids.iter().map(String::as_str), []), [5]);
    }

    #[test]
    fn a_token_proves_nothing_for_another_site_ticket_or_key() {
        let key = key();
        let token = key.token(SITE, 17);
        assert_eq!(key.verify(Uuid::from_u128(2), &token), None);
        assert_eq!(key.verify(SITE, &token.replace("t17", "t18")), None);
        assert_eq!(TokenKey::new(b"other").verify(SITE, &token), None);
    }

    #[test]
    fn every_changed_letter_and_every_cut_is_refused() {
        let key = key();
        let token = key.token(SITE, 17);
        for (at, letter) in token.char_indices().skip(4) {
            let other = if letter == 'a' { "b" } else { "a" };
            let mut forged = token.clone();
            forged.replace_range(at..=at, other);
            assert_eq!(key.verify(SITE, &forged), None, "{forged}");
            assert_eq!(key.verify(SITE, &token[..at]), None);
        }
        for bad in
            ["", "t", "t17", "t17-", "-", "t-1-aaaaaaaaaaaaaaaa", "t17-ıııııııı", "t0-aaaaaaaaaaaaaaaa"]
        {
            assert_eq!(key.verify(SITE, bad), None, "{bad}");
        }
    }

    #[test]
    fn base32_is_its_own_reverse() {
        let bytes: Vec<u8> = (0..10).map(|n| n * 25).collect();
        assert_eq!(from_base32(&base32(&bytes)), Some(bytes));
    }
}
