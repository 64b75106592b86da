//! A filter as SQL picks the rows whose items pass the filter, and no others: random filters over random rows.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, params_from_iter};
use syncloom_script::filter::{
    Bound, Column, ColumnKind, Columns, Dialect, FieldNames, Filter, Ids, NullReads, Role, Slot, to_sql,
};
use syncloom_script::time::{DAY_MS, UNIX_EPOCH_DAY};
use syncloom_script::{
    CompareMode, Field, FieldId, FieldList, FieldType, Item, MergeMode, Timestamp, Value, Zone,
};

/// The fields, their columns, and what NULL is in them. The last ones have no exact counterpart in SQL.
const FIELDS: &[(&str, FieldType, Option<ColumnKind>, NullReads)] = &[
    ("S", FieldType::String, Some(ColumnKind::Text), NullReads::Empty),
    ("U", FieldType::String, Some(ColumnKind::Text), NullReads::Unassigned),
    ("M", FieldType::Multiline, Some(ColumnKind::Text), NullReads::Empty),
    ("I", FieldType::Integer, Some(ColumnKind::Integer), NullReads::Empty),
    ("J", FieldType::Integer, Some(ColumnKind::Integer), NullReads::Unassigned),
    ("T", FieldType::Timestamp, Some(MILLIS), NullReads::Empty),
    ("F", FieldType::Timestamp, Some(FLOATING_SECONDS), NullReads::Unassigned),
    ("D", FieldType::Date, Some(DAYS), NullReads::Empty),
    ("P", FieldType::Telephone, Some(ColumnKind::Text), NullReads::Empty),
    ("W", FieldType::Url, Some(ColumnKind::Text), NullReads::Unassigned),
    ("X", FieldType::String, None, NullReads::Empty),
];
const MILLIS: ColumnKind = ColumnKind::Time { floating: false, unit_ms: 1, zero_unix_ms: 0 };
const FLOATING_SECONDS: ColumnKind = ColumnKind::Time { floating: true, unit_ms: 1000, zero_unix_ms: 0 };
const DAYS: ColumnKind =
    ColumnKind::Time { floating: true, unit_ms: DAY_MS, zero_unix_ms: -UNIX_EPOCH_DAY * DAY_MS };

struct Table;

impl Columns for Table {
    fn column(&self, slot: Slot) -> Option<Column> {
        match slot {
            Slot::Field(id) => {
                let (name, _, kind, null) = FIELDS[id.index()];
                Some(Column { name: format!("c_{name}"), kind: kind?, null })
            }
            Slot::LocalId => {
                Some(Column { name: "key".into(), kind: ColumnKind::Text, null: NullReads::Empty })
            }
            Slot::RemoteId => None,
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

/// Numbers that are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// Texts that databases are known to see in their own way.
const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "ab",
    "AB",
    "abc",
    "b",
    "B c",
    "ä",
    "Ä",
    "äb",
    "K",
    "k",
    "\u{212a}",
    "İ",
    "i",
    "ſ",
    "s",
    "S",
    "a%b",
    "a_b",
    "a\tb",
    "a'b",
    "a\"b",
    " a",
    "a ",
    "1",
    "01",
    "10",
    "9",
    "z\u{10ffff}",
    "ẞ",
    "ß",
    "null",
    "é",
    "e\u{301}",
];
const NUMBERS: &[&str] = &["0", "1", "-1", "5", "42", "-9223372036854775808", "9223372036854775807"];
const TIMES: &[&str] = &[
    "20080715T120000Z",
    "20080715T120000",
    "20080715",
    "20080715T140000+0200",
    "20080715T120000.250Z",
    "19691231T235959Z",
    "20080716T000000",
    "19000101",
    "20080715T120000.500",
    "99991231T235959Z",
];

fn list() -> Arc<FieldList> {
    let mut list = FieldList::new("test");
    for (name, kind, ..) in FIELDS {
        let (compare, merge) = (CompareMode::Always, MergeMode::No);
        list.push(Field { name: (*name).into(), kind: *kind, array: false, compare, age: false, merge })
            .unwrap();
    }
    Arc::new(list)
}

/// A value as it is in the item, and as it is in the row.
fn value(
    numbers: &mut Numbers,
    kind: FieldType,
    column: Option<ColumnKind>,
    null: NullReads,
) -> (Value, SqlValue) {
    if numbers.below(5) == 0 {
        let missing = if null == NullReads::Empty { Value::Empty } else { Value::Unassigned };
        return (missing, SqlValue::Null);
    }
    match column {
        Some(ColumnKind::Integer) => {
            let number = numbers.of(NUMBERS).parse().unwrap();
            (Value::Integer(number), SqlValue::Integer(number))
        }
        Some(ColumnKind::Time { floating, unit_ms, zero_unix_ms }) => {
            let time = Timestamp::parse(numbers.of(TIMES)).unwrap();
            let units = (time.unix_ms() - zero_unix_ms).div_euclid(unit_ms);
            let zone = if floating { Zone::Floating } else { Zone::Utc };
            let linear = units * unit_ms + zero_unix_ms + UNIX_EPOCH_DAY * DAY_MS;
            let time = Timestamp::from_linear(linear, zone);
            let time = if kind == FieldType::Date { time.date_only() } else { time };
            (Value::Timestamp(time), SqlValue::Integer(units))
        }
        _ => {
            let mut text = numbers.of(TEXTS).to_owned();
            if kind == FieldType::Multiline {
                text =
                    format!("{}{text}{}", numbers.of(&["", "\n", "a\n"]), numbers.of(&["", "\n\n", "\nb"]));
            }
            // Line ends come in all forms, and are read as one.
            let row = text.replace('\n', numbers.of(&["\n", "\r\n", "\r", "\u{b}"]));
            (if text.is_empty() { Value::Empty } else { Value::Text(text.into()) }, SqlValue::Text(row))
        }
    }
}

fn term(numbers: &mut Numbers) -> String {
    let (name, kind, ..) = FIELDS[numbers.below(FIELDS.len())];
    let name = if numbers.below(20) == 0 { "LOCALID" } else { name };
    if numbers.below(6) == 0 {
        return format!("{name}*{}{}", numbers.of(&["=", "<>"]), numbers.of(&["E", "N"]));
    }
    let fold = numbers.of(&["", "", "^"]);
    let operator = numbers.of(&["=", "<>", "<", "<=", ">", ">=", "%", "$"]);
    let constant = match kind {
        _ if numbers.below(12) == 0 => "",
        _ if name == "LOCALID" => numbers.of(NUMBERS),
        FieldType::Integer => numbers.of(NUMBERS),
        FieldType::Timestamp | FieldType::Date => numbers.of(TIMES),
        _ => numbers.of(TEXTS),
    };
    format!("{name}{fold}{operator}{constant}")
}

fn filter(numbers: &mut Numbers, depth: usize) -> String {
    let mut text = if depth > 0 && numbers.below(3) == 0 {
        format!("({})", filter(numbers, depth - 1))
    } else {
        term(numbers)
    };
    if depth > 0 && numbers.below(2) == 0 {
        text = format!("{text}{}{}", numbers.of(&["&", "|"]), filter(numbers, depth - 1));
    }
    text
}

/// Rows, and the items that they are read as.
fn rows(numbers: &mut Numbers, connection: &Connection) -> Vec<(String, Item)> {
    let columns: Vec<String> = FIELDS
        .iter()
        .map(|(name, _, kind, _)| match kind {
            // A collation of the column's own must make no difference.
            Some(ColumnKind::Text) | None => format!("c_{name} TEXT COLLATE NOCASE"),
            Some(_) => format!("c_{name} INTEGER"),
        })
        .collect();
    connection.execute_batch(&format!("CREATE TABLE t (key TEXT, {});", columns.join(", "))).unwrap();
    let marks = ["?"; FIELDS.len() + 1].join(",");
    let list = list();
    let mut rows = Vec::new();
    for number in 0..300 {
        let mut item = Item::new(Arc::clone(&list));
        let key = (number * 7 % 50).to_string() + numbers.of(&["", "x", "K"]) + &number.to_string();
        let mut row = vec![SqlValue::Text(key.clone())];
        for (field, (_, kind, column, null)) in FIELDS.iter().enumerate() {
            let (value, sql) = value(numbers, *kind, *column, *null);
            item.set(FieldId(field as u16), value);
            row.push(sql);
        }
        connection.execute(&format!("INSERT INTO t VALUES ({marks})"), params_from_iter(row)).unwrap();
        rows.push((key, item));
    }
    rows
}

fn selected(connection: &Connection, condition: &str, values: Vec<Bound>) -> BTreeSet<String> {
    let values = values.into_iter().map(|value| match value {
        Bound::Text(text) => SqlValue::Text(text),
        Bound::Integer(number) => SqlValue::Integer(number),
    });
    let sql = format!("SELECT key FROM t WHERE 1=1 AND {condition}");
    let mut statement = connection.prepare(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let keys = statement.query_map(params_from_iter(values), |row| row.get(0)).unwrap();
    keys.map(|key| key.unwrap()).collect()
}

#[test]
fn sql_picks_exactly_the_items_that_pass() {
    let mut numbers = Numbers(0x5DEE_CE66_D1CE_4E5B);
    let connection = Connection::open_in_memory().unwrap();
    let rows = rows(&mut numbers, &connection);
    let list = list();
    let names = FieldNames::new(&list, Role::Server);
    let (mut translated, mut some, mut refused) = (0, 0, BTreeSet::new());
    for round in 0..20_000 {
        let text = if round % 2 == 0 { term(&mut numbers) } else { filter(&mut numbers, 3) };
        // Operators that do not go with the type make a term false.
        let (filter, _) = Filter::compile_lenient(&text, &names).unwrap();
        let (condition, values) = match to_sql(&filter, &Table) {
            Ok(condition) => condition.with_question_marks(),
            Err(no) => {
                refused.insert(no.why);
                continue;
            }
        };
        let by_sql = selected(&connection, &condition, values);
        let ids = |key| Ids { local: key, remote: "" };
        let passing = rows.iter().filter(|(key, item)| filter.test(item, ids(key)));
        let by_test: BTreeSet<String> = passing.map(|(key, _)| key.clone()).collect();
        assert_eq!(by_sql, by_test, "{text} as {condition}");
        translated += 1;
        some += usize::from(!by_test.is_empty() && by_test.len() < rows.len());
    }
    println!("{translated} translated, {some} of them picked some; refused: {refused:#?}");
    assert!(translated > 5_000, "only {translated} filters were translated");
    assert!(some > 3_000, "only {some} filters picked some of the rows but not all");
    assert!(refused.len() == 5, "{refused:?}");
}

#[test]
fn what_sql_cannot_say_exactly_is_not_said() {
    let list = list();
    let names = FieldNames::new(&list, Role::Server);
    let written = |text: &str| {
        let filter = Filter::compile(text, &names).unwrap();
        to_sql(&filter, &Table).map(|condition| condition.with_question_marks().0).map_err(|no| no.span)
    };
    for (text, sql) in [
        ("", "1=1"),
        ("S=a", "c_S COLLATE BINARY=?"),
        ("S<>a&I>=5", "((c_S IS NULL OR c_S COLLATE BINARY<>?) AND c_I>=?)"),
        ("U<>a|I<5", "(c_U COLLATE BINARY<>? OR (c_I IS NULL OR c_I<?))"),
        ("S^%a_b", "instr(lower(c_S),?)>0"),
        ("U*=E", "(c_U IS NULL OR c_U='')"),
        ("S*=N", "1=0"),
        ("T<=20080715T120000", "1=1"),
        ("T>=20080715T120000", "c_T IS NOT NULL"),
        ("F>=20080715T120000Z", "c_F IS NOT NULL"),
    ] {
        assert_eq!(written(text).as_deref(), Ok(sql), "{text}");
    }
    for (text, span) in [
        ("S=a&S^=Ä", 4..9),
        ("X=1", 0..3),
        ("P=1", 0..3),
        ("W=a", 0..3),
        ("S=a\nb", 0..5),
        ("F=20080715T120000.5", 0..19),
        ("LUID=1", 0..6),
    ] {
        assert_eq!(written(text), Err(span), "{text}");
    }
}
