//! Kinds, parents and names that several tables share.
//!
//! Not its job: the tags (the tables beside it).

use syncloom_script::{CompareMode, FieldType};

use super::Kind;
use crate::model::{Auth, DbType, LineEnds, LineKind, MimeMode, Strategy};

/// What a config can be of.
pub(super) const AGENT: &[&str] = &["server", "client"];

/// What keeps the items of a datastore.
pub(super) const STORE_TYPE: Kind = Kind::Enum(&["sql", "odbc", "plugin", "textdb"]);
/// The attribute of tags of SQL databases.
pub(super) const SQL: &str = "type=\"sql\"";
/// The attribute of tags of plugins.
pub(super) const PLUGIN: &str = "type=\"plugin\"";

// In which products the Synthesis engine has a tag.
pub(super) const PRO: &str = "PRO versions";
pub(super) const SERVERS: &str = "servers";
pub(super) const STANDALONE: &str = "the standalone server";
pub(super) const PIPE: &str = "the server behind Apache";
pub(super) const LIBRARY: &str = "library products";
pub(super) const SOME: &str = "some products";

/// The words of a table of names, for a kind that is one of them.
const fn words<T, const N: usize>(names: &[(&'static str, T)]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut at = 0;
    while at < N {
        words[at] = names[at].0;
        at += 1;
    }
    words
}

pub(super) const DB_TYPE: Kind = Kind::Enum(&words::<_, { DbType::NAMES.len() }>(DbType::NAMES));
pub(super) const FIELD_TYPE: Kind = Kind::Enum(&words::<_, { FieldType::NAMES.len() }>(FieldType::NAMES));
pub(super) const COMPARE: Kind = Kind::Enum(&words::<_, { CompareMode::NAMES.len() }>(CompareMode::NAMES));
pub(super) const AUTH: Kind = Kind::Enum(&words::<_, { Auth::NAMES.len() }>(Auth::NAMES));
pub(super) const STRATEGY: Kind = Kind::Enum(&words::<_, { Strategy::NAMES.len() }>(Strategy::NAMES));
pub(super) const LINE_ENDS: Kind = Kind::Enum(&words::<_, { LineEnds::NAMES.len() }>(LineEnds::NAMES));
pub(super) const LINE_KIND: Kind = Kind::Enum(&words::<_, { LineKind::NAMES.len() }>(LineKind::NAMES));
pub(super) const MIME_MODE: Kind = Kind::Enum(&words::<_, { MimeMode::NAMES.len() }>(MimeMode::NAMES));
/// `unknown` leaves the choice to the engine.
pub(super) const SYNCML_VERSION: Kind = Kind::Enum(&["unknown", "1.0", "1.1", "1.2"]);
pub(super) const DB_CHARSET: Kind =
    Kind::Enum(&["unknown", "ASCII", "ANSI", "ISO-8859-1", "UTF-8", "UTF-16", "GB2312", "CP936"]);
/// The same, as peers call them.
pub(super) const PEER_CHARSET: Kind =
    Kind::Enum(&["unknown", "US-ASCII", "ANSI", "ISO-8859-1", "UTF-8", "UTF-16", "GB2312", "CP936"]);
pub(super) const QUOTING: Kind = Kind::Enum(&["none", "singlequote", "doublequote", "backslash"]);
