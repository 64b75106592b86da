//! What the peer has of items of ours that are more than it takes, or say what it cannot say: how they look there, and
//! what is to be kept here when they come back.
//!
//! Not its job: how long a value it holds is, which comparers know, and what that does to the text of an item.

use std::borrow::Cow;
use std::sync::Arc;

use syncloom_formats::{Codec, Had, Peer};
use syncloom_script::{Comparer, Item, Zones};
use syncloom_stores::{Store, StoreError};

use super::incoming::Came;
use super::matcher::{Form, Matcher};

/// The limits of the peer, for the type of what it is sent.
pub(super) struct PeerLimits {
    pub(super) codec: Arc<Codec>,
    pub(super) peer: Peer,
    /// Mails go to it with a size limit.
    pub(super) cut_mails: bool,
}

impl PeerLimits {
    /// An item of ours as the peer has it, but for texts that it cuts, and for what it cannot say.
    fn held<'i>(&self, ours: &'i Item) -> Cow<'i, Item> {
        self.codec.held(ours, &self.peer).map_or(Cow::Borrowed(ours), Cow::Owned)
    }

    /// Lets an item of ours wait for its counterpart: as the peer holds it, and as it comes back, if that is something
    /// else.
    pub(super) fn await_counterpart(
        &self,
        waiting: &mut Matcher,
        home: usize,
        local_id: String,
        ours: &Item,
    ) {
        let held = self.held(ours);
        let echo = self.codec.differing_echo(&held, &self.peer);
        waiting.add(home, local_id, &held, echo.as_ref());
    }

    /// An item of ours in the form in which it waits.
    pub(super) fn read(
        &self,
        store: &mut dyn Store,
        local_id: &str,
        form: Form,
    ) -> Result<Option<Item>, StoreError> {
        let Some(ours) = store.read(local_id)? else { return Ok(None) };
        let held = self.codec.held(&ours, &self.peer).unwrap_or(ours);
        Ok(match form {
            Form::Held => Some(held),
            Form::Echo => self.codec.differing_echo(&held, &self.peer),
        })
    }

    /// Whether an item that waits in a form is all of ours.
    pub(super) fn shows_whole(&self, form: Form) -> bool {
        form == Form::Held && self.peer.limits.is_empty()
    }

    /// Takes over the zones that an item of the peer's has defined.
    pub(super) fn learn_zones(&mut self, zones: &Zones) {
        self.peer.zones = zones.clone();
    }

    /// Gives an item that came what the peer has cut off, left out or could not say: that does not replace the whole.
    pub(super) fn make_whole(&self, came: &mut Came, ours: &Item, comparer: &Comparer, had: Had) {
        came.codec.restore_parts(&mut came.item, ours, self.cut_mails);
        self.codec.restore_echo(&mut came.item, &self.held(ours), &self.peer);
        comparer.restore_cut(&mut came.item, ours);
        self.codec.restore_rest(&mut came.item, ours, &self.peer, had);
    }
}
