//! What the played client knows from one session to the next: its items, its nonces, and which of the recorded
//! server's ids are which of ours.

use std::collections::{BTreeMap, HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use syncloom_wire::{Cred, Data, Message, Version};

use super::items::{Catalog, Content, store_name};
use super::recording::Data as Items;
use super::script::{Turn, statuses};

/// The names of credentials in `Meta/Type`.
const BASIC: &str = "syncml:auth-basic";
const MD5: &str = "syncml:auth-md5";

/// A user of the config.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) user: String,
    pub(super) password: String,
}

impl Account {
    fn pair(&self) -> (&str, &str) {
        (&self.user, &self.password)
    }
}

/// Who the client says it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Login<'a> {
    /// The recorded client's password, if it is known.
    pub(super) password: Option<&'a str>,
    /// As whom it comes here, where that is somebody else.
    pub(super) instead: Option<&'a Account>,
}

/// The client.
#[derive(Default)]
pub(super) struct Client {
    stores: HashMap<String, Store>,
    /// Nonces that the recorded server gave, and what ours gave in their place; the last one is the newest.
    nonces: Vec<(Vec<u8>, Vec<u8>)>,
    /// How many ids it has made up.
    made_up: u32,
    /// Its device information.
    pub(super) devinf: Option<Data>,
}

/// A datastore of the client's.
#[derive(Default)]
pub(super) struct Store {
    /// Its items by its own ids; `None` where the recording says nothing of items.
    pub(super) items: Option<BTreeMap<String, Content>>,
    /// Ids of items that the recorded client had been sent, and this one has not. What the recorded client did with
    /// them, this one cannot do.
    pub(super) foreign: HashSet<String>,
    /// Our ids for those of the recorded server.
    pub(super) guids: HashMap<String, String>,
    /// Items that the recorded client had been sent and this one has not: the recorded server's id, the client's,
    /// and the item.
    pub(super) missed: Vec<(String, String, Content)>,
}

impl Client {
    /// A client that has this nonce of ours for none of the recorded server's.
    pub(super) fn new(nonce: Vec<u8>) -> Self {
        Client { nonces: vec![(Vec::new(), nonce)], ..Client::default() }
    }

    /// A datastore of its own.
    pub(super) fn store(&mut self, name: &str) -> &mut Store {
        self.stores.entry(store_name(name)).or_default()
    }

    /// Takes over what the recorded client's user did between two moments: at first, everything it held.
    pub(super) fn follow(&mut self, catalog: &Catalog, from: Option<&Items>, to: &Items) {
        let none = BTreeMap::new();
        for (name, after) in to {
            let before = from.and_then(|from| from.get(name)).unwrap_or(&none);
            let Some(kind) = catalog.find(name) else { continue };
            let store = self.store(name);
            let items = store.items.get_or_insert_default();
            for id in before.keys().filter(|id| !after.contains_key(*id)) {
                items.remove(id);
            }
            for (id, text) in after.iter().filter(|(id, text)| before.get(*id) != Some(*text)) {
                // What it never got its user cannot change; what is new is its user's.
                if items.contains_key(id) || !before.contains_key(id) {
                    store.foreign.remove(id);
                    items.insert(id.clone(), kind.read(None, text.as_bytes()));
                }
            }
        }
    }

    /// Takes out what the recorded client took out by itself in a session: what it had before and not after, although
    /// nobody told it to delete that.
    pub(super) fn drop_as_recorded(
        &mut self,
        before: &Items,
        after: &Items,
        told: &HashSet<(String, String)>,
    ) {
        for (name, before) in before {
            let Some(after) = after.get(name) else { continue };
            let by_itself =
                |id: &&String| !after.contains_key(*id) && !told.contains(&(store_name(name), (*id).clone()));
            let dropped: Vec<&String> = before.keys().filter(by_itself).collect();
            if let Some(items) = &mut self.store(name).items {
                for id in dropped {
                    items.remove(id);
                }
            }
        }
    }

    /// An id that the recorded client has never used.
    pub(super) fn make_up(&mut self) -> String {
        self.made_up += 1;
        format!("replay-{}", self.made_up)
    }

    /// Learns the nonces of two answers to the same message.
    pub(super) fn learn_nonce(&mut self, then: Option<&Message>, now: &Message) {
        let then = then.and_then(next_nonce);
        let now = next_nonce(now);
        let newest = self.nonces.last().map(|(_, now)| now.clone()).unwrap_or_default();
        match (then, now) {
            (Some(then), now) => self.nonces.push((then, now.unwrap_or(newest))),
            (None, Some(now)) => {
                if let Some(last) = self.nonces.last_mut() {
                    last.1 = now;
                }
            }
            (None, None) => {}
        }
    }

    /// The credentials of a message as they would be with our nonces: where the recorded ones were right for a
    /// nonce of the recorded server's, they become right for the one that ours gave in its place; where they were
    /// wrong, they stay as they are.
    pub(super) fn credentials(&self, turn: &Turn<'_>, login: &Login<'_>, version: Version) -> Option<Cred> {
        let header = &turn.request.as_ref().ok()?.header;
        let cred = header.cred.clone()?;
        let is = |name: &str| cred.meta.type_.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case(name));
        if let (Some(account), true) = (login.instead, is(BASIC) || cred.meta.type_.is_none()) {
            let credentials = format!("{}:{}", account.user, account.password);
            let data = match cred.data {
                Data::Text(_) => Data::Text(STANDARD.encode(credentials)),
                _ => Data::Bytes(credentials.into_bytes()),
            };
            return Some(Cred { data, ..cred });
        }
        let said = header.source.name.as_deref().zip(login.password);
        let Some((user, password)) = login.instead.map(Account::pair).or(said).filter(|_| is(MD5)) else {
            return Some(cred);
        };
        let sent = match &cred.data {
            Data::Text(text) => STANDARD.decode(text.trim()).ok()?,
            data => data.as_bytes()?.to_vec(),
        };
        let was_for =
            |(user, password): (&str, &str), nonce: &[u8]| digest(user, password, nonce, version) == sent;
        let known = self.nonces.iter().rev().find(|(then, _)| said.is_some_and(|said| was_for(said, then)));
        // A client that comes with a nonce from before the recording was let in with it.
        let let_in = matches!(turn.status_of("SyncHdr", "0"), Some(200 | 212));
        let ours = known.or(if let_in { self.nonces.last() } else { None }).map(|(_, ours)| ours);
        let Some(ours) = ours else { return Some(cred) };
        let digest = digest(user, password, ours, version);
        let data = match cred.data {
            Data::Text(_) => Data::Text(STANDARD.encode(digest)),
            _ => Data::Bytes(digest),
        };
        Some(Cred { data, ..cred })
    }
}

impl Store {
    /// Whether it has an item; where nothing is known of its items, it has any.
    pub(super) fn holds(&self, luid: &str) -> bool {
        self.items.as_ref().is_none_or(|items| items.contains_key(luid))
    }
}

fn next_nonce(message: &Message) -> Option<Vec<u8>> {
    let nonce = statuses(message).find_map(|status| status.chal.as_ref()?.meta.next_nonce.as_ref())?;
    match nonce {
        Data::Text(text) => STANDARD.decode(text.trim()).ok(),
        data => data.as_bytes().map(<[u8]>::to_vec),
    }
}

/// The digest of name, password and nonce (OMA-SyncML-RepPro 5.4); SyncML 1.0 made it otherwise.
fn digest(user: &str, password: &str, nonce: &[u8], version: Version) -> Vec<u8> {
    let credentials = format!("{user}:{password}");
    let first = match version {
        Version::V1_0 => credentials,
        _ => STANDARD.encode(Md5::digest(credentials)),
    };
    Md5::digest([first.as_bytes(), b":", nonce].concat()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_real_peers() {
        let base64 = |version| STANDARD.encode(digest("sue", "secret", b"", version));
        assert_eq!(base64(Version::V1_2), "bu+k/AYdyAx7CA/7gGXLEA==");
        assert_eq!(base64(Version::V1_0), "Yi+m9pPGZ8Wtg4mc7iP3SQ==");
    }
}
