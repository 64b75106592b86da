//! What the peer keeps of items of ours that are more than it takes: how they look there, and what is to be kept here when
//! they come back.
//!
//! Not its job: how long a value it holds is, which comparers know, and what that does to the text of an item.

use std::sync::Arc;

use syncloom_formats::{Codec, Had, Peer};
use syncloom_script::{Comparer, Item};

use super::incoming::Came;

/// The limits of the peer, for the type of what it is sent.
pub(super) struct PeerLimits {
    pub(super) codec: Arc<Codec>,
    /// The peer, if it says that it takes only so many or so long values.
    pub(super) peer: Option<Peer>,
    /// Mails go to it with a size limit.
    pub(super) cut_mails: bool,
}

impl PeerLimits {
    /// An item of ours as the peer has it, but for texts that it cuts; `None` where it has all of it.
    pub(super) fn held(&self, ours: &Item) -> Option<Item> {
        self.codec.held(ours, self.peer.as_ref()?)
    }

    /// Whether anything may come back that is not whole.
    pub(super) fn apply_to(&self, came: &Came, comparer: &Comparer) -> bool {
        self.peer.is_some() || comparer.knows_cuts() || came.codec.body_field().is_some()
    }

    /// Gives an item that came what the peer has cut off or left out: that does not replace the whole.
    pub(super) fn make_whole(&self, came: &mut Came, ours: &Item, comparer: &Comparer, had: Had) {
        came.codec.restore_parts(&mut came.item, ours, self.cut_mails);
        comparer.restore_cut(&mut came.item, ours);
        if let Some(peer) = &self.peer {
            self.codec.restore_rest(&mut came.item, ours, peer, had);
        }
    }
}
