//! Short ids that peers are sent in place of ours where they cannot keep long ones: `<maxguidsizesent>`, and the
//! `MaxGUIDSize` of device information.
//!
//! A short id is made of the long one alone. So it is the same in every session, and a Map that comes in a later one
//! finds its item.

use std::borrow::Cow;
use std::collections::HashMap;

/// What short ids begin with, as no short id is a number.
const SIGN: char = '#';
/// The longest short id: the sign and a number of 64 bits.
const LONGEST: usize = 17;
/// The shortest one that is worth making: 28 bits tell some thousand items apart. Where a peer takes less, it is sent the
/// long ones.
const SHORTEST: usize = 8;

/// Which ids of ours are too long for a peer.
pub(super) struct ShortIds {
    limit: usize,
}

impl ShortIds {
    /// `own` is the config's limit and `peers` that of the peer, in bytes; 0 is none.
    pub(super) fn new(own: u16, peers: Option<u64>) -> Self {
        let peers = peers.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let limits = [Some(usize::from(own)), peers].into_iter().flatten().filter(|limit| *limit >= SHORTEST);
        ShortIds { limit: limits.min().unwrap_or(usize::MAX) }
    }

    /// What the peer is sent for an id of ours.
    pub(super) fn of<'i>(&self, local_id: &'i str) -> Cow<'i, str> {
        if local_id.len() <= self.limit {
            return Cow::Borrowed(local_id);
        }
        let mut short = format!("{SIGN}{:016x}", digest(local_id.as_bytes()));
        short.truncate(self.limit.min(LONGEST));
        Cow::Owned(short)
    }

    /// The ids that short ones stand for. One that could be either of two is none.
    pub(super) fn index<'i>(
        &self,
        ids: impl Iterator<Item = &'i String>,
    ) -> HashMap<String, Option<&'i String>> {
        let mut index: HashMap<String, Option<&String>> = HashMap::new();
        for id in ids.filter(|id| id.len() > self.limit) {
            let entry = index.entry(self.of(id).into_owned()).or_insert(Some(id));
            if entry.is_some_and(|known| known != id) {
                *entry = None;
            }
        }
        index
    }

    /// Whether an id may be a short one.
    pub(super) fn is_short(&self, id: &str) -> bool {
        self.limit < usize::MAX && id.starts_with(SIGN) && id.len() == self.limit.min(LONGEST)
    }
}

/// FNV-1a: what it gives must never change, as peers come back with it.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_has_a_short_id_that_leads_back() {
        let long = "a-very-long-id-that-no-telephone-of-2003-could-keep".to_owned();
        let short = "short".to_owned();
        for (own, peers, expected) in [
            (32, None, "#be617af4ec5b4247"),
            (32, Some(12), "#be617af4ec5"),
            (10, Some(32), "#be617af4e"),
            (0, None, long.as_str()),
            (0, Some(4), long.as_str()),
            (64, Some(100), long.as_str()),
        ] {
            let ids = ShortIds::new(own, peers);
            assert_eq!(ids.of(&long), expected, "{own} {peers:?}");
            assert_eq!(ids.of(&short), short);
            let all = [long.clone(), short.clone()];
            let index = ids.index(all.iter());
            assert_eq!(ids.is_short(expected), expected != long);
            assert_eq!(index.get(expected).copied().flatten().is_some(), expected != long);
        }
        assert_eq!(digest(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest(b"a"), 0xaf63_dc4c_8601_ec8c, "as published");
    }
}
