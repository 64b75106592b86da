//! Tries a config on its databases: whether each file opens, and whether SQLite takes each statement. Nothing is
//! changed, and no file is made.
//!
//! Not its job: running statements, and telling about it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use syncloom_config::{
    ArrayMap, Config, Map, Place, Placeholder, Sql, SqlItems, SqlPart, SqlStatement, SqlTargets, SqliteFile,
};

/// What came of trying a config.
#[derive(Debug, Default)]
pub struct Probe {
    /// The files that were opened, or would be made by their schema, each with the number of statements tried.
    pub files: BTreeMap<PathBuf, usize>,
    /// What does not work.
    pub faults: Vec<Fault>,
}

/// Something that does not work.
#[derive(Debug)]
pub struct Fault {
    /// The file of the database.
    pub file: PathBuf,
    /// The tag whose statement is refused, and where its text begins; `None`: the file itself is at fault.
    pub statement: Option<(&'static str, Place)>,
    /// What SQLite or the system says.
    pub reason: String,
}

/// Tries all databases and statements of a config.
pub fn probe(config: &Config) -> Probe {
    let mut probe = Probe::default();
    let Some(server) = &config.server else { return probe };
    if let Some(file) = &server.sql.sqlite {
        let sql = &server.sql;
        let statements = [&sql.get_device, &sql.new_device, &sql.save_nonce, &sql.save_info, &sql.user_key];
        probe.database(file, statements.into_iter().flatten().map(|sql| (sql, Vec::new())).collect());
    }
    for datastore in &server.datastores {
        if let Some(sql) = datastore.sql_targets() {
            probe.database(&sql.sqlite, of_targets(sql));
        }
        if let Some(sql) = datastore.sql_items() {
            probe.database(&sql.sqlite, of_items(sql));
        }
    }
    probe
}

/// A statement with the columns that its lists stand for.
type Tried<'a> = (&'a Sql, Vec<&'a Map>);

fn of_targets(sql: &SqlTargets) -> Vec<Tried<'_>> {
    let all = [
        &sql.get,
        &sql.new,
        &sql.update,
        &sql.delete,
        &sql.map_select,
        &sql.map_insert,
        &sql.map_update,
        &sql.map_delete,
    ];
    all.into_iter().flatten().map(|sql| (sql, Vec::new())).collect()
}

fn of_items(sql: &SqlItems) -> Vec<Tried<'_>> {
    let those =
        |test: fn(&Map) -> bool| sql.field_map.maps.iter().filter(move |map| test(map)).collect::<Vec<_>>();
    let mut tried = vec![(&sql.select_ids, Vec::new()), (&sql.select_data, those(|map| map.read))];
    tried.extend(sql.insert_data.as_ref().map(|sql| (sql, those(|map| map.insert))));
    tried.extend(sql.update_data.as_ref().map(|sql| (sql, those(|map| map.update))));
    let plain = [&sql.folder_key, &sql.delete_data, &sql.zap_data, &sql.obtain_local_id];
    tried.extend(plain.into_iter().flatten().map(|sql| (sql, Vec::new())));
    tried.extend(sql.field_map.arrays.iter().flat_map(of_details));
    tried
}

fn of_details(array: &ArrayMap) -> Vec<Tried<'_>> {
    let mut tried = vec![(&array.select, array.maps.iter().filter(|map| map.read).collect())];
    tried.extend(array.delete.as_ref().map(|sql| (sql, Vec::new())));
    tried
        .extend(array.insert.as_ref().map(|sql| (sql, array.maps.iter().filter(|map| map.insert).collect())));
    tried
}

impl Probe {
    fn database(&mut self, file: &SqliteFile, statements: Vec<Tried<'_>>) {
        let known = self.faults.iter().any(|fault| fault.file == file.path && fault.statement.is_none());
        let connection = match open(file) {
            Ok(connection) => connection,
            // Once is enough.
            Err(_) if known => return,
            Err(reason) => {
                self.faults.push(Fault { file: file.path.clone(), statement: None, reason });
                return;
            }
        };
        *self.files.entry(file.path.clone()).or_default() += statements.len();
        for (sql, maps) in statements {
            for statement in &sql.statements {
                if let Err(error) = connection.prepare(&text(statement, &maps)) {
                    self.faults.push(Fault {
                        file: file.path.clone(),
                        statement: Some((sql.tag, sql.place.clone())),
                        reason: reason(&error),
                    });
                }
            }
        }
    }
}

/// The file as it is, or, where it is to be made yet, a database in memory that its schema makes.
fn open(file: &SqliteFile) -> Result<Connection, String> {
    let said = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    match (file.path.exists(), &file.schema) {
        (false, None) => {
            Err(said(&file.path, &"there is no such file, and no <sqliteschema> to make it with"))
        }
        (false, Some(schema)) => {
            let sql = fs::read_to_string(schema).map_err(|error| said(schema, &error))?;
            let connection = Connection::open_in_memory().map_err(|error| said(schema, &reason(&error)))?;
            connection.execute_batch(&sql).map_err(|error| said(schema, &reason(&error)))?;
            Ok(connection)
        }
        (true, _) => {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&file.path, flags)
                .map_err(|error| said(&file.path, &reason(&error)))?;
            // Opening reads nothing; whether it is a database shows here.
            connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
                .map_err(|error| said(&file.path, &reason(&error)))?;
            Ok(connection)
        }
    }
}

/// What SQLite says, without the text of the statement.
fn reason(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } | rusqlite::Error::SqliteFailure(_, Some(msg)) => {
            msg.clone()
        }
        other => other.to_string(),
    }
}

/// The statement as it is prepared when it runs with all its columns.
fn text(statement: &SqlStatement, maps: &[&Map]) -> String {
    let list = |write: &dyn Fn(&Map) -> String| {
        let maps = maps.iter().filter(|map| map.set_no == statement.set_no);
        maps.map(|map| write(map)).collect::<Vec<_>>().join(",")
    };
    let part = |part: &SqlPart| match part {
        SqlPart::Text(text) => text.clone(),
        SqlPart::Bind { what: Placeholder::Columns { .. }, .. } => list(&|map| map.column.clone()),
        SqlPart::Bind { what: Placeholder::Assignments { .. }, .. } => {
            list(&|map| format!("{}=?", map.column))
        }
        SqlPart::Bind { what: Placeholder::Values { .. }, .. } => list(&|_| "?".to_owned()),
        SqlPart::Bind { what: Placeholder::Filter { .. }, .. } | SqlPart::Splice(_) => String::new(),
        SqlPart::Bind { .. } => "?".to_owned(),
    };
    statement.parts.iter().map(part).collect()
}
