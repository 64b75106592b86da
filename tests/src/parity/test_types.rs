//! The two field lists that were made for recording cases, for recordings without their config.
//!
//! Most cases name no others. Not its job: the lists of real items, which only the config says.

use syncloom_script::{CompareMode, Field, FieldList, FieldType, MergeMode};

const OTEST: &[(&str, FieldType, bool)] = &[
    ("SYNCLVL", FieldType::Integer, false),
    ("S1", FieldType::String, false),
    ("S2", FieldType::String, false),
    ("S3", FieldType::String, false),
    ("I1", FieldType::Integer, false),
    ("I2", FieldType::Integer, false),
    ("T1", FieldType::Timestamp, false),
    ("T2", FieldType::Timestamp, false),
    ("D1", FieldType::Date, false),
    ("TEL1", FieldType::Telephone, false),
    ("TEL2", FieldType::Telephone, false),
    ("U1", FieldType::Url, false),
    ("M1", FieldType::Multiline, false),
    ("B1", FieldType::Blob, false),
    ("AS", FieldType::String, true),
    ("AI", FieldType::Integer, true),
    ("AT", FieldType::Timestamp, true),
];

/// Fields of every type.
pub(super) fn otest() -> FieldList {
    let mut list = FieldList::new("otest");
    for (name, kind, array) in OTEST {
        let compare = if *name == "SYNCLVL" { CompareMode::Never } else { CompareMode::Always };
        add(&mut list, name, (*kind, *array), compare, MergeMode::No);
    }
    list
}

/// Fields of every way to merge and to compare.
pub(super) fn mtest() -> FieldList {
    let mut list = FieldList::new("mtest");
    for (prefix, kind) in [
        ("STR", FieldType::String),
        ("MUL", FieldType::Multiline),
        ("INT", FieldType::Integer),
        ("TIM", FieldType::Timestamp),
        ("TEL", FieldType::Telephone),
    ] {
        for (name, mode) in [
            ("NO", MergeMode::No),
            ("FILLEMPTY", MergeMode::FillEmpty),
            ("ADDUNASSIGNED", MergeMode::AddUnassigned),
            ("APPEND", MergeMode::Append),
            ("LINES", MergeMode::Parts('\n')),
            ("SEMI", MergeMode::Parts(';')),
        ] {
            add(&mut list, &format!("{prefix}_{name}"), (kind, false), CompareMode::Conflict, mode);
        }
    }
    for (name, compare) in [
        ("CMP_NEVER", CompareMode::Never),
        ("CMP_CONFLICT", CompareMode::Conflict),
        ("CMP_SLOWSYNC", CompareMode::SlowSync),
        ("CMP_ALWAYS", CompareMode::Always),
        ("CMP_SCRIPTED", CompareMode::Scripted),
    ] {
        add(&mut list, name, (FieldType::String, false), compare, MergeMode::No);
    }
    add(&mut list, "AGE", (FieldType::Timestamp, false), CompareMode::Never, MergeMode::No);
    add(&mut list, "ARR_FILL", (FieldType::String, true), CompareMode::Conflict, MergeMode::FillEmpty);
    add(&mut list, "ARR_APP", (FieldType::String, true), CompareMode::Conflict, MergeMode::Append);
    list
}

fn add(
    list: &mut FieldList,
    name: &str,
    (kind, array): (FieldType, bool),
    compare: CompareMode,
    merge: MergeMode,
) {
    // The names differ.
    let _ = list.push(Field { name: name.to_owned(), kind, array, compare, age: name == "AGE", merge });
}

#[cfg(test)]
mod tests {
    use super::super::config::lists;
    use super::*;

    #[test]
    fn they_are_those_of_the_config() {
        for list in [otest(), mtest()] {
            // Without a config these are compared with themselves.
            let known = lists().fields(list.name());
            assert_eq!(known.map(|known| known.fields()), Some(list.fields()), "{}", list.name());
        }
    }
}
