//! Playing a whole recording: the data before, the sessions with what happened between them, the data at the end.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use syncloom_config::{Config, PasswordForm};
use syncloom_stores::{Claim, Stores};
use syncloom_wire::{Command, Limits, decode};

use super::client::{Account, Client, Login};
use super::holdings::Holdings;
use super::items::{Catalog, Content, Difference, Kind, store_name};
use super::names::Names;
use super::recording::{Recording, Sides};
use super::script::{self, Script};
use super::server::Played;
use super::talk::Talk;
use super::verdict::Exchanged;

/// What came of a play.
pub(super) struct Outcome {
    /// The sessions.
    pub(super) sessions: Vec<Said>,
    /// The server's items at the end.
    pub(super) server: Vec<Compared>,
    /// The client's items at the end.
    pub(super) client: Vec<Compared>,
    /// How many messages were recorded.
    pub(super) messages: usize,
    /// How many statuses differ.
    pub(super) statuses: usize,
}

/// A recorded session as it was played.
pub(super) struct Said {
    /// What it is called.
    pub(super) label: String,
    /// What was said, in each SyncML session of it.
    pub(super) exchanged: Vec<Exchanged>,
    /// What else there is to say of it.
    pub(super) notes: Vec<String>,
    /// Lines for our server's log.
    pub(super) log: Vec<String>,
}

/// The items of a datastore then and now.
pub(super) struct Compared {
    /// The datastore.
    pub(super) store: String,
    /// How many there were, and how many there are.
    pub(super) counts: (usize, usize),
    /// Of the client's items: whether those of now are the server's as well.
    pub(super) both_sides: bool,
    /// How many of them say the same as another one, then and now.
    pub(super) doubles: (usize, usize),
    /// What items that differ are called, and in which fields they do.
    pub(super) changed: Vec<(String, Vec<Difference>)>,
    /// Items that are not there now; whether one that says the same is.
    pub(super) missing: Vec<(String, bool)>,
    /// Items that were not there then; whether one that says the same was.
    pub(super) new: Vec<(String, bool)>,
}

impl Outcome {
    /// How many items of the server's differ.
    pub(super) fn items(&self) -> usize {
        self.server.iter().map(Compared::differ).sum()
    }

    /// Whether statuses and items agree.
    pub(super) fn agrees(&self) -> bool {
        self.statuses == 0 && self.items() == 0
    }
}

/// Plays a recording on data that is a copy; `instead` is the user of ours that the recorded one is, where the command
/// line says so.
pub(super) fn play(
    config: &Arc<Config>,
    recording: &Recording,
    names: &Names,
    instead: Option<&str>,
) -> Result<Outcome, String> {
    let catalog = Catalog::of(config);
    let mut server = Played::new(config, recording.begins().unwrap_or_else(now))?;
    let stores = Arc::clone(&server.stores);
    let first = Beginning::of(recording)?;
    let account = account(config, &stores, instead)?;
    let user = account.as_ref().map_or(&first.user, |account| &account.user);
    let recorded = recording.sessions.iter().find_map(|session| session.password.as_ref());
    let password = account.as_ref().map(|account| &account.password).or(recorded);
    let password = password.map(String::as_str).unwrap_or_default();
    let holdings = Holdings::of(config, &stores, &catalog, &recording.types, user, password)?;
    let stored = stored_password(config, &stores, &first.user);
    let mut client = Client::new(first_nonce(config, &stores, &first.device)?);
    let mut outcome = Outcome {
        sessions: Vec::new(),
        server: Vec::new(),
        client: Vec::new(),
        messages: recording.sessions.iter().map(|session| session.exchanges.len()).sum(),
        statuses: 0,
    };
    let mut last: Option<&Sides> = None;
    let mut anchors = BTreeMap::new();
    for session in &recording.sessions {
        let mut notes = Vec::new();
        // What happened between two sessions happened shortly before the second; what was there at first, long ago.
        let begins = session.exchanges.first().and_then(|exchange| exchange.time);
        if last.is_some() {
            server.at(begins.map(|time| time - 500));
        }
        let filled = server.now();
        if let Some(before) = &session.before {
            match last {
                None => notes.extend(holdings.fill(&before.server, server.now())?),
                Some(last) => notes.extend(holdings.follow(&last.server, &before.server, server.now())?),
            }
            client.follow(&catalog, last.map(|last| &last.client), &before.client);
        }
        last = session.after.as_ref().or(last);
        let scripts = script::sessions(&catalog, names, &session.exchanges);
        // Who was not let in then, because the password was wrong, is not to be let in now.
        let let_in = scripts.iter().any(Script::is_let_in);
        let password = session.password.as_deref().or(stored.as_deref());
        let login = Login { password, instead: account.as_ref().filter(|_| let_in) };
        let mut said = Vec::new();
        let (before, after) = (session.before.as_ref(), session.after.as_ref());
        let mut told_to_delete = HashSet::new();
        for script in scripts {
            notes.extend(set_anchors(&holdings, &catalog, &script, &mut anchors, &mut client, filled)?);
            told_to_delete.extend(script.deleted());
            let talk = Talk::new(
                &catalog,
                &mut server,
                &mut client,
                script,
                login,
                before.map(|sides| &sides.client),
                after.map(|sides| &sides.client),
            );
            let mut exchanged = talk.play();
            outcome.statuses += exchanged.compare();
            said.push(exchanged);
        }
        if let (Some(before), Some(after)) = (before, after) {
            client.drop_as_recorded(&before.client, &after.client, &told_to_delete);
        }
        let log = std::mem::take(&mut server.notes);
        outcome.sessions.push(Said { label: session.label.clone(), exchanged: said, notes, log });
    }
    if let Some(last) = last {
        for (name, texts) in &last.server {
            let Some(kind) = holdings.kind(name, !texts.is_empty())? else { continue };
            let then: Vec<Content> = texts.values().map(|text| holdings.read(kind, name, text)).collect();
            let now: Vec<Content> = holdings.items(kind)?.into_iter().map(|(_, content)| content).collect();
            outcome.server.push(Compared::of(kind, name, &then, &now));
        }
        for (name, texts) in &last.client {
            let Some(kind) = catalog.find(name) else { continue };
            let Some(items) = &client.store(name).items else { continue };
            let then: Vec<Content> = texts.values().map(|text| kind.read(None, text.as_bytes())).collect();
            let now: Vec<Content> = items.values().cloned().collect();
            let ours: Vec<Content> = holdings.items(kind)?.into_iter().map(|(_, content)| content).collect();
            let both_sides = Compared::of(kind, name, &ours, &now).differ() == 0;
            outcome.client.push(Compared { both_sides, ..Compared::of(kind, name, &then, &now) });
        }
    }
    Ok(outcome)
}

/// Who begins.
struct Beginning {
    device: String,
    user: String,
}

impl Beginning {
    fn of(recording: &Recording) -> Result<Self, String> {
        let mut exchanges = recording.sessions.iter().flat_map(|session| &session.exchanges);
        let first = exchanges
            .find_map(|exchange| decode(&exchange.request, exchange.encoding, &Limits::default()).ok());
        let header = first.ok_or("there is no message in it that is SyncML")?.message.header;
        let basic = header.cred.as_ref().and_then(|cred| {
            let text = STANDARD.decode(cred.data.as_text()?.trim()).ok()?;
            Some(String::from_utf8(text).ok()?.split_once(':')?.0.to_owned())
        });
        Ok(Beginning { device: header.source.uri, user: header.source.name.or(basic).unwrap_or_default() })
    }
}

/// As whom the recorded client comes, where that is not for the recording to say: as whom the command line says, else
/// as the one user that the config knows.
fn account(config: &Config, stores: &Stores, instead: Option<&str>) -> Result<Option<Account>, String> {
    let simple = config.server.as_ref().and_then(|server| server.simple_auth.as_ref());
    let Some(said) = instead else {
        return Ok(simple.map(|one| Account { user: one.user.clone(), password: one.password.clone() }));
    };
    let (user, password) = match said.split_once(':') {
        Some((user, password)) => (user, Some(password.to_owned())),
        None => (said, stored_password(config, stores, said)),
    };
    let password = password.ok_or_else(|| {
        format!("--user {user}: the config does not tell the password; --user {user}:PASSWORD does")
    })?;
    Ok(Some(Account { user: user.to_owned(), password }))
}

/// The time, in milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The user's password, where the config's table of users has it as it is.
fn stored_password(config: &Config, stores: &Stores, user: &str) -> Option<String> {
    let server = config.server.as_ref()?;
    if let Some(simple) = &server.simple_auth {
        return Some(simple.password.clone());
    }
    let mut backend = stores.backend();
    if backend.password_form().unwrap_or(server.sql.password_form) != PasswordForm::ClearText {
        return None;
    }
    let users = backend.admin().ok()?.users(&Claim::of(user)).ok()?;
    users.into_iter().next().map(|user| user.secret)
}

/// What our server takes for the first nonce of a device.
fn first_nonce(config: &Config, stores: &Stores, device: &str) -> Result<Vec<u8>, String> {
    let Some(server) = &config.server else { return Ok(Vec::new()) };
    if !server.auto_nonce {
        return Ok(server.constant_nonce.clone().into_bytes());
    }
    if !server.keeps_devices() {
        return Ok(Vec::new());
    }
    let mut backend = stores.backend();
    let device =
        backend.admin().and_then(|mut admin| admin.device(device)).map_err(|error| error.to_string())?;
    Ok(device.map(|device| device.nonce.into_bytes()).unwrap_or_default())
}

/// Puts our server into the state of the recorded one, as far as the client's Alerts show it. Where the client comes
/// with the anchor of its last sync and the recorded server knew nothing of it (508), that one had lost its state, and
/// ours has to lose it as well. Where it comes with an anchor from before the recording and the recorded server knew
/// it, ours has to know it.
fn set_anchors(
    holdings: &Holdings<'_>,
    catalog: &Catalog,
    script: &Script<'_>,
    anchors: &mut BTreeMap<String, String>,
    client: &mut Client,
    stamp: i64,
) -> Result<Vec<String>, String> {
    let mut notes = Vec::new();
    for turn in script.turns.iter().filter(|turn| !turn.again) {
        let Ok(request) = &turn.request else { continue };
        for command in &request.body {
            let Command::Alert(alert) = command else { continue };
            let Some(item) = alert.items.first() else { continue };
            let Some((target, anchor)) = item.target.as_ref().zip(item.meta.anchor.as_ref()) else {
                continue;
            };
            let store = store_name(&target.uri);
            let status = turn.status_of("Alert", &alert.cmd_id);
            if matches!(status, Some(401 | 407)) {
                continue;
            }
            let known = anchors.insert(store.clone(), anchor.next.clone());
            let last = anchor.last.as_deref().filter(|last| !last.is_empty());
            let (Some(last), Some(kind)) = (last, catalog.find(&store)) else { continue };
            let path = item.source.as_ref().map(|source| source.uri.as_str()).unwrap_or_default();
            let device = &request.header.source.uri;
            match (status, known) {
                (Some(508), Some(known)) if known == last => {
                    holdings.forget(kind, device, path)?;
                    notes.push(format!("{store}: the recorded server had lost its anchors, and ours has to"));
                }
                (Some(200), None) if alert.code != Some(201) => {
                    let items = client.store(&store).items.iter().flatten();
                    let items: Vec<_> = items.map(|(id, content)| (id.clone(), content.clone())).collect();
                    holdings.remember(kind, device, path, last, &items, stamp)?;
                    notes.push(format!("{store}: the client had synced before, and ours is made to know it"));
                }
                _ => {}
            }
        }
    }
    Ok(notes)
}

impl Compared {
    fn of(kind: &Kind, store: &str, then: &[Content], now: &[Content]) -> Self {
        let (first, second): (Vec<&Content>, Vec<&Content>) = (then.iter().collect(), now.iter().collect());
        let pairing = kind.pair(&first, &second);
        let changed = pairing.changed.iter().map(|(then, now)| {
            let (then, now) = (first[*then], second[*now]);
            (kind.title(then), kind.differences(then, now))
        });
        let doubled =
            |content: &Content, among: &[Content]| among.iter().any(|other| kind.same(content, other));
        let missing =
            pairing.only_first.iter().map(|place| (kind.title(first[*place]), doubled(first[*place], now)));
        let new = pairing
            .only_second
            .iter()
            .map(|place| (kind.title(second[*place]), doubled(second[*place], then)));
        Compared {
            store: store.to_owned(),
            counts: (then.len(), now.len()),
            both_sides: false,
            doubles: (kind.doubles(&first), kind.doubles(&second)),
            changed: changed.collect(),
            missing: missing.collect(),
            new: new.collect(),
        }
    }

    /// How many items differ.
    pub(super) fn differ(&self) -> usize {
        self.changed.len() + self.missing.len() + self.new.len()
    }
}
