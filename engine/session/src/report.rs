//! What a session did, for the lines on the console and in the log.

use std::fmt;

/// The account of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The device's id.
    pub device: String,
    /// What a remote rule calls it (manual 11.36.3).
    pub device_name: Option<String>,
    /// The user, once logged in.
    pub user: Option<String>,
    /// The datastores that are synced.
    pub datastores: Vec<DatastoreReport>,
    /// How it ended, once it has.
    pub outcome: Option<Outcome>,
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Both sides are through, and the anchors are saved.
    Complete,
    /// The peer asked to stop.
    Suspended,
    /// The peer could not say who it is.
    Refused(u16),
    /// It broke off.
    Broken(String),
}

/// The account of one datastore.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatastoreReport {
    /// The datastore's name, with that of the folder in it if the peer names one: `contacts/Work`.
    pub name: String,
    /// The kind of sync, in words.
    pub mode: &'static str,
    /// Whether it goes on where another session broke off.
    pub resumed: bool,
    /// The status that ended it early.
    pub failed: Option<u16>,
    /// Items that came from the peer.
    pub received: Counts,
    /// Items that went to the peer.
    pub sent: Counts,
    /// Items found to be on both sides already.
    pub matched: u32,
    /// Items that both sides had changed.
    pub conflicts: u32,
}

/// Items by what was done with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Added.
    pub added: u32,
    /// Changed.
    pub changed: u32,
    /// Deleted.
    pub deleted: u32,
    /// Refused by the receiver.
    pub failed: u32,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{} ~{} -{}", self.added, self.changed, self.deleted)?;
        if self.failed > 0 {
            write!(f, " !{}", self.failed)?;
        }
        Ok(())
    }
}

impl fmt::Display for DatastoreReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resumed = if self.resumed { "resumed " } else { "" };
        write!(f, "{} {resumed}{} received {} sent {}", self.name, self.mode, self.received, self.sent)?;
        if self.matched > 0 {
            write!(f, " matched {}", self.matched)?;
        }
        if self.conflicts > 0 {
            write!(f, " conflicts {}", self.conflicts)?;
        }
        if let Some(status) = self.failed {
            write!(f, " failed with status {status}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Complete => f.write_str("complete"),
            Outcome::Suspended => f.write_str("suspended by the peer"),
            Outcome::Refused(status) => write!(f, "login refused with status {status}"),
            Outcome::Broken(why) => write!(f, "incomplete: {why}"),
        }
    }
}
