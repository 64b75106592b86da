//! Items as the config's datatypes read them: what two texts have in common, whoever wrote them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use syncloom_config::{Config, Datastore};
use syncloom_formats::{Codec, Hosts, NoteKind, Peer, Pipeline, Profiles};
use syncloom_script::filter::Ids;
use syncloom_script::{CompareMode, Comparer, FieldId, Item, Lookup, MatchKey};

use crate::script::Machine;

/// The datastores of the config.
pub(super) struct Catalog {
    kinds: Vec<Kind>,
}

/// What the items of a datastore are.
pub(super) struct Kind {
    /// The datastore.
    pub(super) datastore: Arc<Datastore>,
    codecs: Vec<Codec>,
    /// The scripts of each type.
    scripts: RefCell<Vec<Pipeline>>,
    peer: Peer,
    comparer: Comparer,
}

/// An item.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// One that could be read.
    Item(Item),
    /// One that could not, or that there is no datatype for.
    Text(String),
}

/// A field in which two items differ: its name, and the texts of both.
pub(super) type Difference = (String, String, String);

/// Which of the items that there were are which of those that there are.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    /// Places of items that are the same.
    pub(super) same: Vec<(usize, usize)>,
    /// Places of items that are one and differ.
    pub(super) changed: Vec<(usize, usize)>,
    /// Places of items that are only among the first.
    pub(super) only_first: Vec<usize>,
    /// Places of items that are only among the second.
    pub(super) only_second: Vec<usize>,
}

impl Catalog {
    pub(super) fn of(config: &Config) -> Self {
        let datastores = config.server.iter().flat_map(|server| &server.datastores);
        let profiles = Arc::new(Profiles::new(&config.mime_profiles, &config.text_profiles));
        let peer = Peer { zones: config.zones.clone(), ..Peer::default() };
        Catalog { kinds: datastores.map(|datastore| Kind::of(datastore, &profiles, &peer)).collect() }
    }

    /// The datastore that an address or a name means.
    pub(super) fn find(&self, uri: &str) -> Option<&Kind> {
        let name = store_name(uri);
        let first = name.split('/').next().unwrap_or_default();
        let is_it = |kind: &&Kind| {
            let mut names = std::iter::once(&kind.datastore.name).chain(&kind.datastore.aliases);
            names.any(|known| known.eq_ignore_ascii_case(&name) || known.eq_ignore_ascii_case(first))
        };
        self.kinds.iter().find(is_it)
    }
}

/// An address of a datastore without what does not tell it from others.
pub(super) fn store_name(uri: &str) -> String {
    let path = uri.split('?').next().unwrap_or_default();
    path.trim_start_matches("./").trim_matches('/').to_ascii_lowercase()
}

impl Kind {
    fn of(datastore: &Arc<Datastore>, profiles: &Arc<Profiles>, peer: &Peer) -> Self {
        let codecs: Vec<Codec> =
            datastore.types.iter().map(|used| Codec::new(Arc::clone(&used.datatype))).collect();
        let list = datastore.fields();
        let mut comparer = Comparer::new(Arc::clone(list));
        let kept = |id: FieldId| datastore.reads(id);
        let sent: Vec<Vec<bool>> = codecs.iter().map(|codec| codec.available_fields(peer)).collect();
        for (id, _) in list.iter() {
            let said = sent.iter().any(|fields| fields.get(id.index()).copied().unwrap_or(false));
            comparer.set_available(id, said && kept(id));
        }
        let scripts = |codec: &Codec| Pipeline::new(Arc::clone(codec.datatype()), Arc::clone(profiles), None);
        let scripts = RefCell::new(codecs.iter().map(scripts).collect());
        Kind { datastore: Arc::clone(datastore), codecs, scripts, peer: peer.clone(), comparer }
    }

    /// Reads an item. The MIME type decides how; where there is none, or the item is of another version than it says,
    /// the other types are tried.
    pub(super) fn read(&self, mime_type: Option<&str>, text: &[u8]) -> Content {
        let named = mime_type.map(|name| name.split(';').next().unwrap_or_default().trim());
        let is_named =
            |codec: &&Codec| named.is_some_and(|name| codec.datatype().mime_type.eq_ignore_ascii_case(name));
        let codecs = || self.codecs.iter().enumerate();
        let first = codecs().filter(|(_, codec)| is_named(codec));
        let others = codecs().filter(|(_, codec)| !is_named(codec));
        let mut other_version = None;
        for (place, codec) in first.chain(others) {
            let Ok(parsed) = codec.parse(text, &self.peer) else { continue };
            if !parsed.notes.iter().any(|note| matches!(note.kind, NoteKind::OtherVersion(_))) {
                return Content::Item(self.come(place, parsed.item));
            }
            other_version.get_or_insert((place, parsed.item));
        }
        match other_version {
            Some((place, item)) => Content::Item(self.come(place, item)),
            None => Content::Text(String::from_utf8_lossy(text).into_owned()),
        }
    }

    /// What the scripts of a type make of an item that comes.
    fn come(&self, place: usize, mut item: Item) -> Item {
        let mut zones = self.peer.zones.clone();
        let mut hosts = Hosts {
            system: &mut Machine::new(),
            zones: &mut zones,
            session: None,
            datastore: None,
            item: None,
        };
        self.scripts.borrow_mut()[place].incoming(&mut item, &mut hosts);
        item
    }

    /// An item as one of the datastore that its peers see; `None` if it is for no part of a superdatastore.
    pub(super) fn admit(&self, item: &Item) -> Option<Item> {
        let parts = self.datastore.parts();
        let part =
            if parts.is_empty() { None } else { Some(&parts[self.datastore.part_for(item)?].datastore) };
        let mut item = Cow::Borrowed(item);
        for level in std::iter::once(&self.datastore).chain(part) {
            if let Some(filter) = &level.filters.local_db {
                filter.make_pass(item.to_mut(), Ids::default());
            }
            level.filters.admit(&mut item, false);
        }
        Some(item.into_owned())
    }

    /// Whether two items say the same, in the fields that count in a conflict and that the datastore keeps.
    pub(super) fn same(&self, first: &Content, second: &Content) -> bool {
        match (first, second) {
            (Content::Item(first), Content::Item(second)) => {
                self.comparer.equal(first, second, CompareMode::Conflict)
            }
            (Content::Text(first), Content::Text(second)) => first == second,
            _ => false,
        }
    }

    /// Whether two items are about the same thing, as a first sync would find.
    fn alike(&self, first: &Content, second: &Content) -> bool {
        match (first, second) {
            (Content::Item(first), Content::Item(second)) => {
                self.comparer.matches(first, second, CompareMode::Always)
            }
            _ => false,
        }
    }

    /// The fields in which two items differ.
    pub(super) fn differences(&self, first: &Content, second: &Content) -> Vec<Difference> {
        let (Content::Item(first), Content::Item(second)) = (first, second) else {
            return vec![("text".to_owned(), self.title(first), self.title(second))];
        };
        let mut differences = Vec::new();
        for (id, field) in first.list().iter() {
            let counts = field.compare >= CompareMode::Conflict && self.comparer.is_available(id);
            let (a, b) = (first.get(id), second.get(id));
            if counts && !syncloom_script::compare::equal_values(a, b, field.kind, None) {
                differences.push((field.name.clone(), said(a), said(b)));
            }
        }
        differences
    }

    /// What an item is called: what tells it from others.
    pub(super) fn title(&self, content: &Content) -> String {
        match content {
            Content::Text(text) => text.lines().next().unwrap_or_default().to_owned(),
            Content::Item(item) => {
                let counting = |mode: CompareMode| {
                    let fields = item.list().iter().filter(move |(_, field)| field.compare >= mode);
                    let texts = fields.map(|(id, _)| said(item.get(id))).filter(|text| !text.is_empty());
                    texts.take(2).collect::<Vec<_>>().join(" ")
                };
                let named = counting(CompareMode::Always);
                if named.is_empty() { counting(CompareMode::Conflict) } else { named }
            }
        }
    }

    /// How many items of a list say the same as one before them.
    pub(super) fn doubles(&self, items: &[&Content]) -> usize {
        let mut by_key: HashMap<Option<MatchKey>, Vec<&Content>> = HashMap::new();
        let mut doubles = 0;
        for content in items {
            let known = by_key.entry(self.key(content, CompareMode::Conflict)).or_default();
            doubles += usize::from(known.iter().any(|other| self.same(content, other)));
            known.push(content);
        }
        doubles
    }

    /// Pairs the items of two lists: first those that say the same, then those that are about the same thing.
    pub(super) fn pair(&self, first: &[&Content], second: &[&Content]) -> Pairing {
        let mut pairing = Pairing::default();
        let all_first: Vec<usize> = (0..first.len()).collect();
        let all_second: Vec<usize> = (0..second.len()).collect();
        let same = |a: usize, b: usize| self.same(first[a], second[b]);
        let (rest_first, rest_second);
        (pairing.same, rest_first, rest_second) =
            self.pair_by(CompareMode::Conflict, (first, all_first), (second, all_second), same);
        let alike = |a: usize, b: usize| self.alike(first[a], second[b]);
        (pairing.changed, pairing.only_first, pairing.only_second) =
            self.pair_by(CompareMode::Always, (first, rest_first), (second, rest_second), alike);
        pairing
    }

    /// Pairs what fits, each with the first one left; what has no key in this mode stays alone, except text.
    fn pair_by(
        &self,
        mode: CompareMode,
        (first, places_first): (&[&Content], Vec<usize>),
        (second, places_second): (&[&Content], Vec<usize>),
        fits: impl Fn(usize, usize) -> bool,
    ) -> (Vec<(usize, usize)>, Vec<usize>, Vec<usize>) {
        let mut by_key: HashMap<Option<MatchKey>, Vec<usize>> = HashMap::new();
        for place in places_second.iter().rev() {
            by_key.entry(self.key(second[*place], mode)).or_default().push(*place);
        }
        let (mut pairs, mut alone) = (Vec::new(), Vec::new());
        for place in places_first {
            let candidates = by_key.get_mut(&self.key(first[place], mode));
            let found = candidates.and_then(|candidates| {
                let at = candidates.iter().rposition(|candidate| fits(place, *candidate))?;
                Some(candidates.remove(at))
            });
            match found {
                Some(other) => pairs.push((place, other)),
                None => alone.push(place),
            }
        }
        let mut rest: Vec<usize> = by_key.into_values().flatten().collect();
        rest.sort_unstable();
        (pairs, alone, rest)
    }

    fn key(&self, content: &Content, mode: CompareMode) -> Option<MatchKey> {
        match content {
            Content::Item(item) => match self.comparer.lookup(item, mode) {
                Lookup::Key(key) => Some(key),
                Lookup::All | Lookup::Nothing => None,
            },
            Content::Text(_) => None,
        }
    }

    /// The place of the item that a content means: one that says the same, else one about the same thing.
    pub(super) fn place_of<'c>(
        &self,
        wanted: &Content,
        among: impl Iterator<Item = &'c Content> + Clone,
    ) -> Option<usize> {
        let exact = among.clone().position(|content| self.same(wanted, content));
        exact.or_else(|| among.clone().position(|content| self.alike(wanted, content)))
    }
}

/// A value on one line.
fn said(value: &syncloom_script::Value) -> String {
    match value {
        syncloom_script::Value::Array(elements) => {
            let mut texts: Vec<String> = elements.iter().map(said).collect();
            while texts.last().is_some_and(String::is_empty) {
                texts.pop();
            }
            texts.join(", ")
        }
        syncloom_script::Value::Blob(bytes) if bytes.is_empty() => String::new(),
        syncloom_script::Value::Blob(bytes) => format!("{} bytes", bytes.len()),
        value if value.is_empty() => String::new(),
        value => value.to_text(),
    }
}
