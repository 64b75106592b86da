//! What a session asks of whoever runs it while it works off a message: how long it may go on, and that nobody else
//! works in the same place.
//!
//! Not its job: clocks and threads. Who has none of them leaves everything as it stands here.

/// A place that one session at a time works in: a datastore, for a device and a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The device's id.
    pub device: String,
    /// The key of the user.
    pub user_key: String,
    /// The name of the datastore.
    pub datastore: String,
}

/// What a session asks between two items.
pub trait Watch: Send {
    /// Whether it is time to make durable what has been done so far, so that the peer can be told of it.
    fn is_due(&mut self) -> bool {
        false
    }

    /// That has been done, and nothing is locked: the moment for others who have been waiting to write.
    fn give_way(&mut self) {}

    /// Whether the answer has to leave now, as full as it is.
    fn is_late(&self) -> bool {
        false
    }

    /// Whether the session is to go no further.
    fn is_stopped(&mut self) -> bool {
        false
    }

    /// The session is going to work in this place, and no other one may do so any more. `true` if another one has to come
    /// to an end first, for which [`Watch::wait`] waits. Nothing is open in a database then for which that one might wait.
    fn claim(&mut self, place: Place) -> bool {
        let _ = place;
        false
    }

    /// Waits for that.
    fn wait(&mut self) {}
}

/// A session that nobody watches takes its time.
pub(super) struct Unwatched;

impl Watch for Unwatched {}
