//! Who may try to log in: a bound on wrong logins across sessions, and the nonces that wait for an answer.
//!
//! Not its job: the bound within a session (`session::login`).

use std::collections::{HashMap, VecDeque};

use md5::{Digest, Md5};

/// Challenges, names with wrong logins, and devices that have logged in, which are remembered at a time, each. Anybody
/// can make up names, so there has to be an end; the oldest one goes first. One takes some 100 bytes.
const MAX_REMEMBERED: usize = 10_000;
/// Wrong logins after which a name or a device has to wait. A client with a mistyped password makes four or five in a
/// sync; whoever guesses makes thousands.
const MAX_WRONG_LOGINS: i64 = 20;
/// After so many milliseconds one of them is forgotten: who guesses has 1,440 tries in a day.
const FORGOTTEN_AFTER: i64 = 60_000;

/// What stands for a name in memory: names are as long as peers like.
type Key = [u8; 16];

fn key(kind: u8, parts: [&str; 2]) -> Key {
    let mut digest = Md5::new();
    digest.update([kind]);
    for part in parts {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// Challenges and wrong logins of a server.
#[derive(Default)]
pub(crate) struct Guard {
    challenges: Recent<String>,
    wrong: Recent<Bucket>,
    /// User and device that have logged in together.
    trusted: Recent<()>,
}

impl Guard {
    /// Remembers the nonce that a device has been asked to answer.
    pub(crate) fn challenge(&mut self, device: &str, nonce: &str) {
        self.challenges.set(key(0, [device, ""]), nonce.to_owned());
    }

    /// The nonce that a device has been asked to answer; each is good for one answer.
    pub(crate) fn take_challenge(&mut self, device: &str) -> Option<String> {
        self.challenges.take(&key(0, [device, ""]))
    }

    /// Whether there were too many wrong logins of late, by this name or from this device. Those of strangers do not
    /// lock out a user on the device that is known as the user's.
    pub(crate) fn is_barred(&mut self, user: &str, device: &str, now: i64) -> bool {
        let trusted = self.trusted.values.contains_key(&key(3, [user, device]));
        let own = [Some(key(2, [device, ""])), Some(key(1, [user, ""])).filter(|_| !trusted)];
        own.into_iter().flatten().any(|key| self.wrong_at(&key, now) >= MAX_WRONG_LOGINS)
    }

    /// Counts a wrong login.
    pub(crate) fn was_wrong(&mut self, user: &str, device: &str, now: i64) {
        for key in [key(1, [user, ""]), key(2, [device, ""])] {
            let count = self.wrong_at(&key, now).saturating_add(1).min(MAX_WRONG_LOGINS);
            let since = self.wrong.values.get(&key).map_or(now, |bucket| bucket.since);
            self.wrong.set(key, Bucket { count, since });
        }
    }

    /// A login was right: the device is the user's.
    pub(crate) fn was_right(&mut self, user: &str, device: &str) {
        self.wrong.take(&key(2, [device, ""]));
        self.trusted.set(key(3, [user, device]), ());
    }

    /// The wrong logins that are not forgotten yet.
    fn wrong_at(&mut self, key: &Key, now: i64) -> i64 {
        let Some(bucket) = self.wrong.values.get_mut(key) else { return 0 };
        let forgotten = now.saturating_sub(bucket.since).max(0) / FORGOTTEN_AFTER;
        bucket.count = bucket.count.saturating_sub(forgotten);
        bucket.since = bucket.since.saturating_add(forgotten.saturating_mul(FORGOTTEN_AFTER));
        let count = bucket.count;
        if count <= 0 {
            self.wrong.take(key);
        }
        count.max(0)
    }
}

/// Wrong logins, and from when on they are being forgotten.
struct Bucket {
    count: i64,
    since: i64,
}

/// Values by their keys, the latest ones.
struct Recent<V> {
    values: HashMap<Key, V>,
    order: VecDeque<Key>,
}

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Recent { values: HashMap::new(), order: VecDeque::new() }
    }
}

impl<V> Recent<V> {
    fn set(&mut self, key: Key, value: V) {
        if self.values.insert(key, value).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > MAX_REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.values.remove(&oldest);
            }
        }
    }

    /// The key keeps its place in the order; what is set there later may go a little early.
    fn take(&mut self, key: &Key) -> Option<V> {
        self.values.remove(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_bounded_and_the_oldest_go_first() {
        let mut guard = Guard::default();
        for device in 0..MAX_REMEMBERED + 5 {
            guard.challenge(&device.to_string(), "nonce");
            guard.challenge(&device.to_string(), "again");
        }
        let challenges = &guard.challenges;
        assert_eq!((challenges.values.len(), challenges.order.len()), (MAX_REMEMBERED, MAX_REMEMBERED));
        assert_eq!(guard.take_challenge("4"), None);
        assert_eq!(guard.take_challenge("5").as_deref(), Some("again"));
        assert_eq!(guard.take_challenge("5"), None, "good for one answer");
    }

    #[test]
    fn whoever_guesses_has_to_wait_and_is_forgiven_in_time() {
        let mut guard = Guard::default();
        for number in 0..MAX_WRONG_LOGINS {
            let device = format!("made up {number}");
            assert!(!guard.is_barred("sue", &device, 1000));
            guard.was_wrong("sue", &device, 1000);
        }
        assert!(guard.is_barred("sue", "another", 1000));
        assert!(!guard.is_barred("eva", "another", 1000));
        assert!(!guard.is_barred("eva", "made up 1", 1000));
        assert!(guard.is_barred("sue", "another", 1000 + FORGOTTEN_AFTER - 1));
        assert!(!guard.is_barred("sue", "another", 1000 + FORGOTTEN_AFTER));
        guard.was_wrong("sue", "another", 1000 + FORGOTTEN_AFTER);
        assert!(guard.is_barred("sue", "another", 1000 + FORGOTTEN_AFTER));
        // A clock that goes back forgives nothing, and does not fail.
        assert!(guard.is_barred("sue", "another", 0));
        assert!(!guard.is_barred("sue", "another", 1000 + 30 * FORGOTTEN_AFTER));
        assert!(guard.wrong.values.len() <= 21);
    }

    #[test]
    fn a_device_that_guesses_names_has_to_wait_too() {
        let mut guard = Guard::default();
        for number in 0..MAX_WRONG_LOGINS {
            guard.was_wrong(&format!("user {number}"), "imei:1", 0);
        }
        assert!(guard.is_barred("sue", "imei:1", 0));
        guard.was_right("sue", "imei:1");
        assert!(!guard.is_barred("sue", "imei:1", 0));
    }

    #[test]
    fn strangers_do_not_lock_out_a_user_on_a_known_device() {
        let mut guard = Guard::default();
        guard.was_right("sue", "imei:1");
        for _ in 0..100 {
            guard.was_wrong("sue", "stranger", 0);
        }
        assert!(guard.is_barred("sue", "stranger", 0) && guard.is_barred("sue", "imei:2", 0));
        assert!(!guard.is_barred("sue", "imei:1", 0));
        for _ in 0..100 {
            guard.was_wrong("sue", "imei:1", 0);
        }
        assert!(guard.is_barred("sue", "imei:1", 0), "but not without a bound");
    }

    #[test]
    fn names_that_are_made_up_take_a_bounded_room() {
        let mut guard = Guard::default();
        for number in 0..2 * MAX_REMEMBERED {
            guard.was_wrong(&number.to_string(), "x", number as i64);
        }
        assert_eq!(guard.wrong.values.len(), MAX_REMEMBERED);
        assert_eq!(guard.wrong.order.len(), MAX_REMEMBERED);
    }
}
