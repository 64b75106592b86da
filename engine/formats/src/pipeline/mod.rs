//! The scripts of a datatype in their order around its items (manual 10.5.8 to 10.5.13).
//!
//! ```text
//! received: decode, incoming, process_item, compare (many times), merge
//! own:      filter, outgoing, encode
//! ```
//!
//! A script that fails changes nothing of this order: what it did to the item until then stays, and the answer is the
//! one of a script without a value. Failures are kept for the log ([`Pipeline::take_faults`]).
//!
//! Not its job: what a script asks of the session, the datastore and the item's sync, which [`Hosts`] brings along;
//! and what comes of the answers.

mod host;
mod judging;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use syncloom_config::{DataType, DatatypeScript, Place};
use syncloom_script::functions::calls::{DatastoreCall, ItemCall, SessionCall};
use syncloom_script::lang::{Env, Host, ItemPair, ItemSlot, RunError, System, TypedValue, Variables};
use syncloom_script::{CompareMode, Comparer, Comparison, FieldId, Item, Merged, Value, Zones};

use crate::codec::Codec;
use crate::peer::{Limit, Peer};
use crate::profiles::Profiles;
use host::ItemHost;
use judging::Judging;

/// The scripts of one datatype for as long as its context lives: one sync of one datastore.
#[derive(Debug)]
pub struct Pipeline {
    datatype: Arc<DataType>,
    profiles: Arc<Profiles>,
    variables: Variables,
    is_ready: bool,
    /// By field index, whether the peer has the field; `None` where it did not say.
    available: Option<Vec<bool>>,
    /// What SETFIELDOPTIONS said of fields.
    options: Vec<FieldOptions>,
    filters_all: bool,
    faults: Vec<ScriptFault>,
}

/// What scripts are run with. It lives for a call; scripts that are not there are not run, and then it is not used.
pub struct Hosts<'h> {
    /// The machine.
    pub system: &'h mut dyn System,
    /// The zones that scripts can name. What a script makes the user's zone, or defines, is here afterwards.
    pub zones: &'h mut Zones,
    /// The session.
    pub session: Option<&'h mut dyn Host<SessionCall>>,
    /// The datastore.
    pub datastore: Option<&'h mut dyn Host<DatastoreCall>>,
    /// The item in its sync. It is not asked for what follows from the datatype and the items: ITEMDATATYPE and the
    /// like, ISAVAILABLE, the size limit, COMPAREFIELDS and MERGEFIELDS with what belongs to them, SETFILTERALL.
    pub item: Option<&'h mut dyn Host<ItemCall>>,
}

/// What SETFIELDOPTIONS says of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FieldOptions {
    field: FieldId,
    available: bool,
    limit: Limit,
}

/// A script that ended with an error.
#[derive(Debug)]
pub struct ScriptFault {
    /// Its tag, such as `incomingscript`.
    pub tag: &'static str,
    /// Where it begins; the line of the error counts from there, unless it is one of a function.
    pub place: Place,
    /// What happened.
    pub error: RunError,
}

impl fmt::Display for ScriptFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ScriptFault { tag, place, error } = self;
        match error.function {
            None => {
                write!(f, "{}:{}: <{tag}>: {}", place.file, place.line + error.line.max(1) - 1, error.fault)
            }
            Some(_) => write!(f, "{}:{}: <{tag}>: {error}", place.file, place.line),
        }
    }
}

impl Pipeline {
    /// The scripts of a datatype towards a peer, with the profiles that they can name. `available` says by field index
    /// what the peer has, if it said so.
    pub fn new(datatype: Arc<DataType>, profiles: Arc<Profiles>, available: Option<Vec<bool>>) -> Pipeline {
        let variables = datatype.scripts.variables();
        Pipeline {
            datatype,
            profiles,
            variables,
            is_ready: false,
            available,
            options: Vec::new(),
            filters_all: false,
            faults: Vec::new(),
        }
    }

    /// The datatype.
    pub fn datatype(&self) -> &Arc<DataType> {
        &self.datatype
    }

    /// What went wrong since this was last asked.
    pub fn take_faults(&mut self) -> Vec<ScriptFault> {
        std::mem::take(&mut self.faults)
    }

    /// Which fields the peer has as SETFIELDOPTIONS says it, by field index.
    pub fn apply_to(&self, available: &mut [bool]) {
        for options in &self.options {
            if let Some(slot) = available.get_mut(options.field.index()) {
                *slot = options.available;
            }
        }
    }

    /// What SETFIELDOPTIONS said, for the peer that items are written for. A property is there as soon as one of its
    /// fields is; single fields are left out by [`leave_out`](Pipeline::leave_out).
    pub fn adapt(&self, codec: &Codec, peer: &mut Peer) {
        for options in &self.options {
            for name in codec.properties_of(options.field) {
                if let Some(available) = peer.available.as_mut().filter(|_| options.available) {
                    available.insert(name.to_owned());
                }
                if options.limit != Limit::default() {
                    peer.limits.insert(name.to_owned(), options.limit);
                }
            }
        }
    }

    /// Makes the fields that the peer does not have, as SETFIELDOPTIONS says, ones of which an item says nothing.
    pub fn leave_out(&self, item: &mut Item) {
        for options in self.options.iter().filter(|options| !options.available) {
            item.set(options.field, Value::Unassigned);
        }
    }

    /// Runs `<initscript>`, once. The other functions do it where it has not been done. Its item has nothing in it; it is
    /// there so that the script can name fields.
    pub fn init(&mut self, hosts: &mut Hosts<'_>) {
        if !std::mem::replace(&mut self.is_ready, true) && self.datatype.scripts.has(DatatypeScript::Init) {
            let nothing = Item::new(Arc::clone(self.datatype.fields()));
            let items = ItemPair { target: ItemSlot::Read(&nothing), reference: ItemSlot::None };
            self.run(DatatypeScript::Init, items, hosts, &mut ItemHost::default());
        }
    }

    /// A received item: `<incomingscript>`.
    pub fn incoming(&mut self, item: &mut Item, hosts: &mut Hosts<'_>) {
        let items = ItemPair { target: ItemSlot::Write(item), reference: ItemSlot::None };
        self.run_ready(DatatypeScript::Incoming, items, hosts, &mut ItemHost::default());
    }

    /// An own item that is about to be written: `<outgoingscript>`. It begins with this size limit, and what comes
    /// back is the one that it leaves.
    pub fn outgoing(
        &mut self,
        item: &mut Item,
        size_limit: Option<u64>,
        hosts: &mut Hosts<'_>,
    ) -> Option<u64> {
        let items = ItemPair { target: ItemSlot::Write(item), reference: ItemSlot::None };
        let mut host = ItemHost { size_limit, ..ItemHost::default() };
        self.run_ready(DatatypeScript::Outgoing, items, hosts, &mut host);
        host.size_limit
    }

    /// Whether own items have to be asked for with [`filter`](Pipeline::filter): `<filterinitscript>`.
    pub fn filter_init(&mut self, size_limit: Option<u64>, hosts: &mut Hosts<'_>) -> bool {
        let mut host = ItemHost { size_limit, ..ItemHost::default() };
        let needed = self.run_ready(DatatypeScript::FilterInit, ItemPair::default(), hosts, &mut host);
        needed.is_some_and(|needed| truth(&needed))
    }

    /// Whether `<filterinitscript>` wants items to be filtered that did not change, too (SETFILTERALL).
    pub fn filters_all(&self) -> bool {
        self.filters_all
    }

    /// Whether an own item takes part: `<filterscript>`. Without its word it does.
    pub fn filter(&mut self, item: &Item, size_limit: Option<u64>, hosts: &mut Hosts<'_>) -> bool {
        let items = ItemPair { target: ItemSlot::Read(item), reference: ItemSlot::None };
        let mut host = ItemHost { size_limit, ..ItemHost::default() };
        let passes = self.run_ready(DatatypeScript::Filter, items, hosts, &mut host);
        passes.is_none_or(|passes| truth(&passes))
    }

    /// A received item before it is stored: `<processitemscript>`. What it wants done with the item it says to the
    /// item's host.
    pub fn process_item(&mut self, item: &mut Item, size_limit: Option<u64>, hosts: &mut Hosts<'_>) {
        let items = ItemPair { target: ItemSlot::Write(item), reference: ItemSlot::None };
        let mut host = ItemHost { size_limit, ..ItemHost::default() };
        self.run_ready(DatatypeScript::ProcessItem, items, hosts, &mut host);
    }

    /// Compares two items: `<comparescript>` if there is one, else their fields. A script without a value says that
    /// they cannot be compared.
    pub fn compare(
        &mut self,
        item: &Item,
        other: &Item,
        comparer: &Comparer,
        mode: CompareMode,
        hosts: &mut Hosts<'_>,
    ) -> Comparison {
        if !self.datatype.scripts.has(DatatypeScript::Compare) {
            return comparer.compare(item, other, mode);
        }
        let items = ItemPair { target: ItemSlot::Read(item), reference: ItemSlot::Read(other) };
        let mut host = ItemHost { judging: Judging::by(Some(comparer), Some(mode)), ..ItemHost::default() };
        let result = self.run_ready(DatatypeScript::Compare, items, hosts, &mut host);
        match result.and_then(|result| result.value.to_integer()) {
            Some(0) => Comparison::Equal,
            Some(1) => Comparison::Newer,
            Some(-1) => Comparison::Older,
            _ => Comparison::Incomparable,
        }
    }

    /// Whether a script says to which size items are cut.
    pub fn limits_size(&self) -> bool {
        self.datatype.scripts.calls(DatatypeScript::Outgoing, "SETSIZELIMIT")
    }

    /// Whether items are compared by a script, so that no [`Comparer::lookup`] finds the ones that match.
    pub fn has_compare_script(&self) -> bool {
        self.datatype.scripts.has(DatatypeScript::Compare)
    }

    /// Merges two items: `<mergescript>` if there is one, else their fields.
    pub fn merge(
        &mut self,
        winning: &mut Item,
        loosing: &mut Item,
        comparer: &Comparer,
        hosts: &mut Hosts<'_>,
    ) -> Merged {
        if !self.datatype.scripts.has(DatatypeScript::Merge) {
            return syncloom_script::merge(winning, loosing, comparer);
        }
        let items = ItemPair { target: ItemSlot::Write(winning), reference: ItemSlot::Write(loosing) };
        let mut host = ItemHost { judging: Judging::by(Some(comparer), None), ..ItemHost::default() };
        self.run_ready(DatatypeScript::Merge, items, hosts, &mut host);
        host.judging.merged
    }

    fn run_ready(
        &mut self,
        script: DatatypeScript,
        items: ItemPair<'_>,
        hosts: &mut Hosts<'_>,
        host: &mut ItemHost<'_>,
    ) -> Option<TypedValue> {
        if self.datatype.scripts.is_empty() {
            return None;
        }
        self.init(hosts);
        self.run(script, items, hosts, host)
    }

    fn run(
        &mut self,
        script: DatatypeScript,
        items: ItemPair<'_>,
        hosts: &mut Hosts<'_>,
        host: &mut ItemHost<'_>,
    ) -> Option<TypedValue> {
        let scripts = &self.datatype.scripts;
        let (tag, place) = scripts.origin(script)?;
        host.filters_all = self.filters_all;
        let zones = hosts.zones.clone();
        let mut asked = host::Asked {
            datatype: &self.datatype,
            profiles: &self.profiles,
            zones: &zones,
            available: self.available.as_deref(),
            options: &mut self.options,
            own: host,
            outer: match &mut hosts.item {
                Some(item) => Some(&mut **item),
                None => None,
            },
        };
        let mut env = Env {
            items,
            zones: std::mem::take(hosts.zones),
            session: match &mut hosts.session {
                Some(session) => Some(&mut **session),
                None => None,
            },
            datastore: match &mut hosts.datastore {
                Some(datastore) => Some(&mut **datastore),
                None => None,
            },
            item: Some(&mut asked),
            ..Env::new(&mut *hosts.system)
        };
        let result = scripts.run(script, &mut self.variables, &mut env);
        *hosts.zones = std::mem::take(&mut env.zones);
        self.filters_all = host.filters_all;
        result.unwrap_or_else(|error| {
            self.faults.push(ScriptFault { tag, place: place.clone(), error });
            None
        })
    }
}

/// Whether a script's value is a yes (manual 6.9.2).
fn truth(value: &TypedValue) -> bool {
    value.value.to_integer().is_some_and(|number| number != 0)
}
