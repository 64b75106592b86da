//! Running a statement of the config: its text with parameters in place of the placeholders.
//!
//! Values are bound. The one exception is a placeholder inside a longer literal, where the value is put in as
//! text with its quotes doubled (manual 12.20.8, mode `singlequote`, which is how SQLite reads literals).

use std::fmt::Write;

use rusqlite::types::Value as SqlValue;
use rusqlite::{CachedStatement, Connection, Row, params_from_iter};
use syncloom_config::{
    Datastore, DbType, FieldPlaceholder, LineEnds, Map, Placeholder, Sql, SqlPart, SqlStatement,
};
use syncloom_script::{FieldId, Item, Value, Zones};

use super::convert;
use crate::error::StoreError;
use crate::traits::{Partial, Scope, Target};

/// `%pM`: the item comes from the peer.
pub(super) const PARTIAL_INCOMING: i64 = 1;

/// What the placeholders of a statement stand for. What a statement's kind does not offer stays empty.
#[derive(Clone, Copy, Default)]
pub(super) struct Values<'a> {
    pub(super) user_key: &'a str,
    pub(super) user_name: &'a str,
    pub(super) login_name: &'a str,
    pub(super) domain: &'a str,
    pub(super) credential: &'a str,
    pub(super) nonce: &'a str,
    pub(super) device_key: &'a str,
    pub(super) device_id: &'a str,
    pub(super) device_name: &'a str,
    pub(super) device_info: &'a str,
    pub(super) devinf: &'a str,
    pub(super) folder_key: &'a str,
    pub(super) folder_name: &'a str,
    pub(super) target_key: &'a str,
    pub(super) remote_path: &'a str,
    /// The target that is saved.
    pub(super) target: Option<&'a Target>,
    pub(super) stamp: Option<i64>,
    pub(super) stamp_kind: Option<DbType>,
    pub(super) local_id: &'a str,
    pub(super) remote_id: &'a str,
    pub(super) map_flags: u32,
    /// What scripts have set for `%AF` and `%WF`; empty for nothing.
    pub(super) condition: &'a str,
    /// The columns that `%N`, `%V` and `%v` stand for, with their values.
    pub(super) columns: Option<&'a Columns<'a>>,
}

impl<'a> Values<'a> {
    /// Those of a session, in the statements of a datastore.
    pub(super) fn of(scope: &'a Scope, stamp_kind: DbType) -> Self {
        Values {
            user_key: &scope.user_key,
            device_key: &scope.device_key,
            device_id: &scope.device_id,
            domain: &scope.domain,
            folder_key: &scope.folder_key,
            remote_path: &scope.remote_path,
            stamp: Some(scope.stamp),
            stamp_kind: Some(stamp_kind),
            ..Values::default()
        }
    }
}

/// The columns of a reading or writing statement.
pub(super) struct Columns<'a> {
    /// The maps that are read or written.
    pub(super) maps: Vec<&'a Map>,
    /// The item that is written, and the element of its arrays.
    pub(super) item: Option<(&'a Item, usize)>,
    /// How lines end in the database.
    pub(super) line_ends: LineEnds,
    /// The zones that have names.
    pub(super) zones: &'a Zones,
}

impl Columns<'_> {
    /// Whether the item has anything to write into a column. What it leaves out stays as it is.
    fn is_written(&self, map: &Map) -> bool {
        self.item.is_some_and(|(item, index)| index > 0 || element(item, map, index).is_assigned())
    }

    /// What is written into a column; NULL where the item leaves it out.
    fn value(&self, map: &Map) -> SqlValue {
        match self.item {
            Some((item, index)) if self.is_written(map) => self.limited(map, element(item, map, index)),
            _ => SqlValue::Null,
        }
    }

    fn limited(&self, map: &Map, value: &Value) -> SqlValue {
        match (map.size, convert::to_sql(value, map.kind, map.floating, self.line_ends, self.zones)) {
            (Some(size), SqlValue::Text(text)) => SqlValue::Text(cut(text, size as usize)),
            (Some(size), SqlValue::Blob(mut bytes)) => {
                bytes.truncate(size as usize);
                SqlValue::Blob(bytes)
            }
            (_, value) => value,
        }
    }

    fn of_set(&self, set_no: u16) -> impl Iterator<Item = &&Map> {
        self.maps.iter().filter(move |map| map.set_no == set_no)
    }
}

/// The field of a map in a detail record of plain fields: the one so many places further on (manual 12.20.20). A
/// variable stays where it is.
pub(super) fn place(map: &Map, index: usize) -> Option<FieldId> {
    if map.variable {
        return Some(map.field);
    }
    i32::try_from(index).ok().and_then(|offset| map.field.offset(offset))
}

/// The value that a map writes: the field, an element of an array field, or one of the fields behind it.
pub(super) fn element<'a>(item: &'a Item, map: &Map, index: usize) -> &'a Value {
    if item.is_array(map.field) {
        return item.get_at(map.field, index);
    }
    match place(map, index) {
        Some(field) => item.get(field),
        None => &Value::Unassigned,
    }
}

fn cut(mut text: String, characters: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(characters) {
        text.truncate(end);
    }
    text
}

/// A statement that is to be run: the config has to have it.
pub(super) fn needed<'s>(
    sql: &'s Option<Sql>,
    tag: &str,
    datastore: &Datastore,
) -> Result<&'s Sql, StoreError> {
    sql.as_ref().ok_or_else(|| StoreError::missing(tag, &datastore.name))
}

/// Runs the statements of a tag in order and gives the rows of the last one to `row`, until it says `false`.
/// Returns the number of records that the last one changed.
pub(super) fn run<F>(
    connection: &Connection,
    sql: &Sql,
    values: &Values<'_>,
    mut row: F,
) -> Result<usize, StoreError>
where
    F: FnMut(&Row<'_>) -> rusqlite::Result<bool>,
{
    let mut changed = 0;
    for (number, statement) in sql.statements.iter().enumerate() {
        let last = number + 1 == sql.statements.len();
        let result = run_one(connection, statement, values, |found| if last { row(found) } else { Ok(true) });
        changed = result.map_err(|error| StoreError::of_statement(sql, &error))?;
    }
    Ok(changed)
}

/// Runs one statement, and gives its rows to `row` until it says `false`.
pub(super) fn run_one<F>(
    connection: &Connection,
    statement: &SqlStatement,
    values: &Values<'_>,
    mut row: F,
) -> rusqlite::Result<usize>
where
    F: FnMut(&Row<'_>) -> rusqlite::Result<bool>,
{
    let (text, parameters) = render(statement, values);
    let mut prepared: CachedStatement<'_> = connection.prepare_cached(&text)?;
    if prepared.column_count() == 0 {
        return prepared.execute(params_from_iter(parameters));
    }
    let mut rows = prepared.query(params_from_iter(parameters))?;
    while let Some(found) = rows.next()? {
        if !row(found)? {
            break;
        }
    }
    drop(rows);
    Ok(usize::try_from(connection.changes()).unwrap_or(usize::MAX))
}

/// The statement's text and its parameters.
pub(super) fn render(statement: &SqlStatement, values: &Values<'_>) -> (String, Vec<SqlValue>) {
    let mut text = String::new();
    let mut parameters = Vec::new();
    for part in &statement.parts {
        match part {
            SqlPart::Text(sql) => text.push_str(sql),
            SqlPart::Bind { what, text: quoted } => {
                if !list(what, statement.set_no, values, &mut text, &mut parameters) {
                    text.push('?');
                    parameters.push(bound(what, *quoted, values));
                }
            }
            SqlPart::Splice(what) => text.push_str(&plain(&bound(what, true, values)).replace('\'', "''")),
        }
    }
    (text, parameters)
}

/// Writes a placeholder that stands for a list; `false` if it stands for one value.
fn list(
    what: &Placeholder,
    set_no: u16,
    values: &Values<'_>,
    text: &mut String,
    parameters: &mut Vec<SqlValue>,
) -> bool {
    let (all, show_name, show_value) = match what {
        Placeholder::Columns { all } => (*all, true, false),
        Placeholder::Assignments { all } => (*all, true, true),
        Placeholder::Values { all } => (*all, false, true),
        Placeholder::Filter { with_where } => {
            if !values.condition.is_empty() {
                let word = if *with_where { "WHERE" } else { "AND" };
                let _ = write!(text, " {word} ({}) ", values.condition);
            }
            return true;
        }
        _ => return false,
    };
    let Some(columns) = values.columns else { return true };
    let mut first = true;
    let mut comma = |text: &mut String| {
        if !std::mem::take(&mut first) {
            text.push(',');
        }
    };
    for map in columns.of_set(set_no) {
        if columns.item.is_some() && !all && !columns.is_written(map) {
            continue;
        }
        comma(text);
        if show_name {
            text.push_str(&map.column);
        }
        if show_value {
            text.push_str(if show_name { "=?" } else { "?" });
            parameters.push(columns.value(map));
        }
    }
    if first && show_name && show_value {
        // Nothing of the record itself changes, but the statement may have more to say, such as the time.
        if let Some(map) = columns.of_set(set_no).next() {
            let _ = write!(text, "{0}={0}", map.column);
        }
    }
    true
}

fn bound(what: &Placeholder, quoted: bool, values: &Values<'_>) -> SqlValue {
    let key = |text: &str| {
        // A key stands in the statement as it is: as a number where it is one, so that it compares as one.
        match text.parse::<i64>() {
            Ok(number) if !quoted && number.to_string() == text => SqlValue::Integer(number),
            _ => SqlValue::Text(text.to_owned()),
        }
    };
    let stamp = |stamp: Option<i64>| match (stamp, values.stamp_kind) {
        (Some(stamp), Some(kind)) => convert::stamp_to_sql(stamp, kind),
        _ => SqlValue::Null,
    };
    match what {
        Placeholder::UserKey => key(values.user_key),
        Placeholder::DeviceKey => key(values.device_key),
        Placeholder::FolderKey => key(values.folder_key),
        Placeholder::TargetKey => key(values.target_key),
        Placeholder::LocalId | Placeholder::LastId | Placeholder::NewId => key(values.local_id),
        Placeholder::RemoteId => SqlValue::Text(values.remote_id.to_owned()),
        Placeholder::Domain => SqlValue::Text(values.domain.to_owned()),
        Placeholder::FolderName => SqlValue::Text(values.folder_name.to_owned()),
        Placeholder::UserName => SqlValue::Text(values.user_name.to_owned()),
        Placeholder::LoginName => SqlValue::Text(values.login_name.to_owned()),
        Placeholder::Credential => SqlValue::Text(values.credential.to_owned()),
        Placeholder::Nonce => SqlValue::Text(values.nonce.to_owned()),
        Placeholder::DeviceId => SqlValue::Text(values.device_id.to_owned()),
        Placeholder::DeviceName => SqlValue::Text(values.device_name.to_owned()),
        Placeholder::DeviceInfo => SqlValue::Text(values.device_info.to_owned()),
        Placeholder::DevInf => SqlValue::Text(values.devinf.to_owned()),
        Placeholder::RemotePath => SqlValue::Text(values.remote_path.to_owned()),
        Placeholder::Anchor
        | Placeholder::LastSync
        | Placeholder::LocalAnchor
        | Placeholder::LastSent
        | Placeholder::Token
        | Placeholder::ResumeAlert
        | Placeholder::SuspendStamp
        | Placeholder::SuspendToken
        | Placeholder::PartialSource
        | Placeholder::PartialTarget
        | Placeholder::PartialStatus
        | Placeholder::PartialMode
        | Placeholder::PartialTotal
        | Placeholder::PartialUnconfirmed
        | Placeholder::PartialStored
        | Placeholder::PartialData => {
            values.target.map_or(SqlValue::Null, |target| target_value(what, target, stamp))
        }
        Placeholder::Modified => stamp(values.stamp),
        // A normal entry: the other kinds are of clients, and of ids that are too long for a peer.
        Placeholder::MapKind => SqlValue::Integer(1),
        Placeholder::MapFlags => SqlValue::Integer(i64::from(values.map_flags)),
        Placeholder::TextSize => SqlValue::Integer(text_size(values)),
        Placeholder::Field(field) => field_value(field, values),
        Placeholder::Columns { .. }
        | Placeholder::Assignments { .. }
        | Placeholder::Values { .. }
        | Placeholder::Filter { .. } => SqlValue::Null,
    }
}

/// A placeholder of the statements that save a target (manual 12.20.2).
fn target_value(what: &Placeholder, target: &Target, stamp: impl Fn(Option<i64>) -> SqlValue) -> SqlValue {
    let nothing = Partial::default();
    let partial = target.resume.partial.as_ref().unwrap_or(&nothing);
    let size = |bytes: u64| SqlValue::Integer(i64::try_from(bytes).unwrap_or(i64::MAX));
    match what {
        Placeholder::Anchor => SqlValue::Text(target.anchor.clone()),
        Placeholder::LastSync | Placeholder::LocalAnchor => stamp(target.last_sync),
        Placeholder::LastSent => stamp(target.last_sent),
        Placeholder::Token => SqlValue::Text(target.token.clone()),
        Placeholder::SuspendToken => SqlValue::Text(String::new()),
        Placeholder::ResumeAlert => SqlValue::Integer(i64::from(target.resume.alert)),
        Placeholder::SuspendStamp => stamp(target.resume.stamp),
        Placeholder::PartialSource => SqlValue::Text(partial.source.clone()),
        Placeholder::PartialTarget => SqlValue::Text(partial.target.clone()),
        Placeholder::PartialStatus => SqlValue::Integer(i64::from(partial.status)),
        Placeholder::PartialMode => {
            SqlValue::Integer(if target.resume.partial.is_some() { PARTIAL_INCOMING } else { 0 })
        }
        Placeholder::PartialTotal => size(partial.total.unwrap_or(0)),
        Placeholder::PartialUnconfirmed => size(partial.unconfirmed),
        Placeholder::PartialStored => size(partial.data.len() as u64),
        Placeholder::PartialData => SqlValue::Blob(partial.data.clone()),
        _ => SqlValue::Null,
    }
}

fn field_value(what: &FieldPlaceholder, values: &Values<'_>) -> SqlValue {
    let Some((columns, (item, element))) = values.columns.and_then(|c| Some((c, c.item?))) else {
        return SqlValue::Null;
    };
    let index = what.index.map_or(element, |index| index as usize);
    let value = item.get_at(what.field, index);
    match convert::to_sql(value, what.kind, false, columns.line_ends, columns.zones) {
        SqlValue::Text(mut text) => {
            if what.lower {
                text = text.to_lowercase();
            }
            if what.upper {
                text = text.to_uppercase();
            }
            if what.ascii {
                text.retain(|c| c.is_ascii());
            }
            SqlValue::Text(text)
        }
        other => other,
    }
}

/// Bytes of all texts that the statement writes.
fn text_size(values: &Values<'_>) -> i64 {
    let Some(columns) = values.columns else { return 0 };
    let size = |map: &&Map| match columns.value(map) {
        SqlValue::Text(text) => text.len() as i64,
        _ => 0,
    };
    columns.maps.iter().map(size).sum()
}

fn plain(value: &SqlValue) -> String {
    match value {
        SqlValue::Null => String::new(),
        SqlValue::Integer(number) => number.to_string(),
        SqlValue::Real(number) => number.to_string(),
        SqlValue::Text(text) => text.clone(),
        SqlValue::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}
