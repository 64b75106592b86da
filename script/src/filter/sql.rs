//! A filter as a condition of an SQL statement, where that says exactly what test mode says (manual 7, 12.20.9).
//!
//! Everything that a database may see differently is refused rather than approximated: its collations, its folding
//! of case, types that lose precision. Then the items are tested after reading.
//!
//! It is the one place of this crate that knows SQL, because it has to agree with test mode to the letter.
//!
//! Not its job: running statements, and the text around the condition (`%AF`, `%WF`).

use std::fmt;
use std::ops::Range;

use super::matching::{Constant, Manner, order};
use super::names::Slot;
use super::tree::{Filter, Node, Term, Test};
use crate::fields::FieldType;
use crate::time::{Timestamp, Zone};
use crate::value::Value;

/// Where the values of a filter are in a database.
pub trait Columns {
    /// The column that holds a value; `None` where none does, or not all of it.
    fn column(&self, slot: Slot) -> Option<Column>;

    /// How the database compares.
    fn dialect(&self) -> Dialect;
}

/// A column with one value of each item.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, as it stands in a statement. It comes from the config and is written as it is.
    pub name: String,
    /// What it holds, apart from NULL.
    pub kind: ColumnKind,
    /// What NULL is read as.
    pub null: NullReads,
}

/// What a column holds. A column that may hold anything else has no kind, and is not to be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text in UTF-8, of a text type. Line ends of any form are read as `\n`.
    Text,
    /// Whole numbers.
    Integer,
    /// A time as a whole number of units.
    Time {
        /// The zone in which it is read: floating or UTC.
        floating: bool,
        /// Milliseconds in a unit, 1 or more.
        unit_ms: i64,
        /// What 0 stands for, in milliseconds since 1970.
        zero_unix_ms: i64,
    },
}

/// What NULL in a column is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullReads {
    /// As a value that is assigned and empty.
    Empty,
    /// As not assigned.
    Unassigned,
}

/// How a database compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite without extensions that replace its functions.
    Sqlite,
    /// One of which only numbers and NULL are relied on.
    Other,
}

/// A condition, complete in itself: it can be joined to others by AND and OR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Its parts in order.
    pub parts: Vec<SqlPart>,
}

/// A part of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlPart {
    /// SQL.
    Text(String),
    /// A value, to be bound.
    Value(Bound),
}

/// A value to be bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// As text.
    Text(String),
    /// As a 64-bit integer.
    Integer(i64),
}

/// Why there is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotExact {
    /// The term that cannot be said in SQL, in bytes of its filter's text.
    pub span: Range<usize>,
    /// Why, in a sentence without a full stop.
    pub why: &'static str,
}

impl Condition {
    /// The condition with a question mark for every value, and the values in order.
    pub fn with_question_marks(self) -> (String, Vec<Bound>) {
        let mut text = String::new();
        let mut values = Vec::new();
        for part in self.parts {
            match part {
                SqlPart::Text(sql) => text.push_str(&sql),
                SqlPart::Value(value) => {
                    text.push('?');
                    values.push(value);
                }
            }
        }
        (text, values)
    }
}

impl fmt::Display for NotExact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why)
    }
}

/// Writes a filter as a condition that is true for exactly the rows whose items pass it in test mode, and false or
/// NULL for all others.
pub fn to_sql(filter: &Filter, columns: &dyn Columns) -> Result<Condition, NotExact> {
    let mut writer = Writer { columns, parts: Vec::new() };
    writer.node(&filter.root)?;
    Ok(Condition { parts: writer.parts })
}

struct Writer<'c> {
    columns: &'c dyn Columns,
    parts: Vec<SqlPart>,
}

impl Writer<'_> {
    fn node(&mut self, node: &Node) -> Result<(), NotExact> {
        let (parts, word) = match node {
            Node::All(parts) if parts.is_empty() => return self.fixed(true),
            Node::All(parts) => (parts, " AND "),
            Node::Any(parts) => (parts, " OR "),
            Node::Term(term) => return self.term(term),
            Node::Never => return self.fixed(false),
        };
        for (number, part) in parts.iter().enumerate() {
            self.text(if number > 0 { word } else { "(" });
            self.node(part)?;
        }
        self.text(")");
        Ok(())
    }

    fn term(&mut self, term: &Term) -> Result<(), NotExact> {
        let no = |why| Err(NotExact { span: term.span.clone(), why });
        if term.array {
            return no("an array has no column of its own");
        }
        let Some(column) = self.columns.column(term.slot) else {
            return no("no column holds exactly this value");
        };
        let null = match column.null {
            NullReads::Empty => term.value_passes(&Value::Empty),
            NullReads::Unassigned => term.value_passes(&Value::Unassigned),
        };
        match (column.kind, term.manner.kind) {
            (ColumnKind::Text, FieldType::String | FieldType::Multiline) => {
                self.text_term(term, &column, null)
            }
            (ColumnKind::Text, _) if term.test == Test::NotAssigned => {
                self.by_null(&column, term.value_passes(&Value::Empty), null)
            }
            (ColumnKind::Text, _) => no("values of this type change when they are read from text"),
            (ColumnKind::Integer, FieldType::Integer) => {
                let bound = match term.constant {
                    Constant::Integer(number) => Some(number),
                    _ => None,
                };
                self.number_term(term, &column, null, bound, &Value::Integer(0))
            }
            (
                ColumnKind::Time { floating, unit_ms, zero_unix_ms },
                FieldType::Timestamp | FieldType::Date,
            ) => {
                let zone = if floating { Zone::Floating } else { Zone::Utc };
                let some_time = Value::Timestamp(Timestamp::from_linear(0, zone));
                let bound = match (&term.constant, order(&some_time, &term.constant, term.manner)) {
                    (Constant::Time(time), Some(_)) => {
                        let from_zero = time.unix_ms().checked_sub(zero_unix_ms);
                        match from_zero.filter(|millis| unit_ms > 0 && millis % unit_ms == 0) {
                            Some(millis) => Some(millis / unit_ms),
                            None => return no("the column cannot hold this time exactly"),
                        }
                    }
                    _ => None,
                };
                self.number_term(term, &column, null, bound, &some_time)
            }
            _ => no("the column's type is not that of the field"),
        }
    }

    /// A term of a column of numbers. Without a number to compare with, all values fare as `some` does.
    fn number_term(
        &mut self,
        term: &Term,
        column: &Column,
        null: bool,
        bound: Option<i64>,
        some: &Value,
    ) -> Result<(), NotExact> {
        match (bound, sign(term)) {
            (Some(number), Some(sign)) => {
                self.or_null(column, null, |writer| {
                    writer.text(&column.name);
                    writer.text(sign);
                    writer.parts.push(SqlPart::Value(Bound::Integer(number)));
                });
                Ok(())
            }
            _ => self.by_null(column, term.value_passes(some), null),
        }
    }

    fn text_term(&mut self, term: &Term, column: &Column, null: bool) -> Result<(), NotExact> {
        let no = |why| Err(NotExact { span: term.span.clone(), why });
        if term.test == Test::NotAssigned {
            return self.by_null(column, term.value_passes(&Value::Empty), null);
        }
        if self.columns.dialect() != Dialect::Sqlite {
            return no("how this database compares text is not known");
        }
        if term.test == Test::Empty {
            self.or_null(column, null, |writer| {
                writer.text(&column.name);
                writer.text(if term.negated { "<>''" } else { "=''" });
            });
            return Ok(());
        }
        let constant: String = match &term.constant {
            Constant::Text(text) | Constant::Part(text) => text.to_string(),
            Constant::Needle(needle) => needle.characters().collect(),
            _ => return no("the constant is no text"),
        };
        // A database may hold other line ends than items do.
        if constant.chars().any(char::is_control) {
            return no("a constant with control characters compares differently in a database");
        }
        if term.manner.fold && !constant.is_ascii() {
            return no("SQLite does not know the case of letters beyond ASCII");
        }
        let value = expression(&column.name, term.manner, term.test);
        self.or_null(column, null, |writer| {
            let (before, behind) = match (term.test, sign(term)) {
                (Test::Contains, _) if term.negated => (format!("instr({value},"), ")=0"),
                (_, Some(sign)) => (format!("{value} COLLATE BINARY{sign}"), ""),
                _ => (format!("instr({value},"), ")>0"),
            };
            writer.text(&before);
            writer.parts.push(SqlPart::Value(Bound::Text(constant)));
            writer.text(behind);
        });
        Ok(())
    }

    /// A comparison that NULL does not pass by itself, with NULL added where it should.
    fn or_null(&mut self, column: &Column, null: bool, comparison: impl FnOnce(&mut Self)) {
        if null {
            self.text("(");
            self.text(&column.name);
            self.text(" IS NULL OR ");
        }
        comparison(self);
        self.text(if null { ")" } else { "" });
    }

    /// A term of which only NULL decides.
    fn by_null(&mut self, column: &Column, values: bool, null: bool) -> Result<(), NotExact> {
        if values == null {
            return self.fixed(null);
        }
        self.text(&column.name);
        self.text(if null { " IS NULL" } else { " IS NOT NULL" });
        Ok(())
    }

    fn fixed(&mut self, truth: bool) -> Result<(), NotExact> {
        self.text(if truth { "1=1" } else { "1=0" });
        Ok(())
    }

    fn text(&mut self, sql: &str) {
        match self.parts.last_mut() {
            Some(SqlPart::Text(text)) => text.push_str(sql),
            _ => self.parts.push(SqlPart::Text(sql.to_owned())),
        }
    }
}

/// What of a text column counts, as SQLite says it.
fn expression(column: &str, manner: Manner, test: Test) -> String {
    let mut value = column.to_owned();
    if manner.kind == FieldType::Multiline && test != Test::Contains {
        // Line feed, vertical tab (which FileMaker uses) and carriage return.
        value = format!("trim({value},char(10,11,13))");
    }
    if manner.fold { format!("lower({value})") } else { value }
}

fn sign(term: &Term) -> Option<&'static str> {
    Some(match (term.test, term.negated) {
        (Test::Equal, false) => "=",
        (Test::Equal, true) => "<>",
        (Test::Less, _) => "<",
        (Test::LessOrEqual, _) => "<=",
        (Test::Greater, _) => ">",
        (Test::GreaterOrEqual, _) => ">=",
        (Test::Contains | Test::Empty | Test::NotAssigned, _) => return None,
    })
}
