//! Which messages are fetched together.

use super::SIZE_BYTES_MAX;

/// A batch is one command and is held in memory at once. A message that is larger comes in pieces.
pub(super) const BATCH_BYTES_MAX: u64 = 8 * 1024 * 1024;
const BATCH_COUNT_MAX: usize = 200;

/// A message that lies in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    pub uid: u32,
    /// RFC822.SIZE, the server's word.
    pub size_bytes: u32,
}

/// What to do with a list of messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// To be fetched in this order. A message over the batch size is a batch of its own.
    pub batches: Vec<Vec<Listed>>,
    /// Not to be fetched; each is to be made visible.
    pub too_large: Vec<Listed>,
}

impl Plan {
    /// Every message alone, for a server whose word is in doubt.
    pub fn one_by_one(listed: impl IntoIterator<Item = Listed>) -> Plan {
        let (too_large, rest): (Vec<_>, Vec<_>) =
            listed.into_iter().partition(|mail| mail.size_bytes > SIZE_BYTES_MAX);
        Plan { batches: rest.into_iter().map(|mail| vec![mail]).collect(), too_large }
    }

    pub fn of(listed: impl IntoIterator<Item = Listed>) -> Plan {
        let mut plan = Plan::default();
        let mut bytes = 0;
        for mail in listed {
            if mail.size_bytes > SIZE_BYTES_MAX {
                plan.too_large.push(mail);
                continue;
            }
            let size = u64::from(mail.size_bytes);
            let has_room =
                |batch: &Vec<Listed>| batch.len() < BATCH_COUNT_MAX && bytes + size <= BATCH_BYTES_MAX;
            match plan.batches.last_mut().filter(|batch| has_room(batch)) {
                Some(batch) => batch.push(mail),
                None => {
                    plan.batches.push(vec![mail]);
                    bytes = 0;
                }
            }
            bytes += size;
        }
        plan
    }
}

/// `1:3,7`: neighbours are joined, so that a command stays short.
pub(super) fn uid_set(batch: &[Listed]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for mail in batch {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(mail.uid) => *last = mail.uid,
            _ => ranges.push((mail.uid, mail.uid)),
        }
    }
    let texts: Vec<String> = ranges
        .into_iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}:{last}") })
        .collect();
    texts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(sizes: &[u32]) -> Vec<Listed> {
        (1..).zip(sizes).map(|(uid, size)| Listed { uid, size_bytes: *size }).collect()
    }

    fn lengths(plan: &Plan) -> Vec<usize> {
        plan.batches.iter().map(Vec::len).collect()
    }

    #[test]
    fn batches_are_bounded_by_bytes_and_by_count() {
        let half = u32::try_from(BATCH_BYTES_MAX / 2).unwrap();
        assert_eq!(lengths(&Plan::of(mails(&[half, half, 1]))), [2, 1]);
        assert_eq!(lengths(&Plan::of(mails(&[half, half + 1, 1]))), [1, 2]);
        assert_eq!(lengths(&Plan::of(mails(&[half * 4, 1]))), [1, 1]);
        assert_eq!(lengths(&Plan::of(mails(&[1; 401]))), [200, 200, 1]);
        assert_eq!(Plan::of([]), Plan::default());
    }

    #[test]
    fn a_message_at_the_limit_is_fetched_and_one_byte_more_is_named() {
        let plan = Plan::of(mails(&[1, SIZE_BYTES_MAX + 1, SIZE_BYTES_MAX]));
        assert_eq!(plan.too_large, [Listed { uid: 2, size_bytes: SIZE_BYTES_MAX + 1 }]);
        assert_eq!(lengths(&plan), [1, 1]);
    }

    #[test]
    fn neighbours_become_ranges() {
        let listed =
            |uids: &[u32]| uids.iter().map(|uid| Listed { uid: *uid, size_bytes: 1 }).collect::<Vec<_>>();
        assert_eq!(uid_set(&listed(&[1, 2, 3, 7, 9, 10, u32::MAX])), "1:3,7,9:10,4294967295");
        assert_eq!(uid_set(&listed(&[5])), "5");
    }
}
