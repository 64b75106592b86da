//! Filters: any text is one or diagnostics with places in it, in all the forms that filters come in; and what a
//! filter says of an item it says again.

use std::sync::Arc;

use syncloom_script::filter::{
    Column, ColumnKind, Columns, Dialect, FieldNames, Filter, Ids, NullReads, Problem, Role, Slot, parse,
    parse_cgi, parse_path, to_sql,
};
use syncloom_script::{CompareMode, Field, FieldList, FieldType, Item, MergeMode};

/// Inputs to begin with.
pub const SEEDS: &[&str] = &[
    "F.S:=abc&(F.I:>=5|F.T<20080101T000000Z)",
    "S^%Meet&AS<>x|F.P=+41 44 123",
    "F.S*=E|F.B*<>N",
    "S&iEQ;a%20b&OR;(&LUID;&NE;5&AND;I&GE;&NULL;)",
    "SINCE&EQ;20080101T000000Z&MAXSIZE&EQ;1000",
    "contacts?/dr(-7,30)/li(100)/o(x)/slow/na/max(5)/fi(S=a)/tf(I>5)",
];

struct Text;

impl Columns for Text {
    fn column(&self, _: Slot) -> Option<Column> {
        Some(Column { name: "c".into(), kind: ColumnKind::Text, null: NullReads::Empty })
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

/// See [`crate::TARGETS`].
pub fn check(data: &[u8]) {
    let text = crate::text(data);
    let list = Arc::new(list());
    let names = FieldNames::new(&list, Role::Server);
    let mut expressions = Vec::new();
    match parse(&text) {
        Ok(expression) => {
            // What is shown of a filter is that filter.
            let shown = expression.as_ref().map(ToString::to_string).unwrap_or_default();
            let again = parse(&shown).ok().flatten().map(|again| again.to_string());
            assert_eq!(again.unwrap_or_default(), shown, "{text:?}");
            expressions.push(expression);
        }
        Err(problems) => in_their_place(&problems, &text),
    }
    match parse_cgi(&text) {
        Ok(filter) => expressions.push(filter.expression),
        Err(problems) => in_their_place(&problems, &text),
    }
    match parse_path(&text) {
        Ok(options) => expressions.extend([options.exclusive, options.inclusive]),
        Err(problems) => in_their_place(&problems, &text),
    }
    if let Err(problems) = Filter::compile(&text, &names) {
        in_their_place(&problems, &text);
    }
    for expression in &expressions {
        let (filter, _) = Filter::from_expression(expression.as_ref(), &names);
        let mut item = Item::new(Arc::clone(&list));
        let before = filter.test(&item, Ids::default());
        let after = filter.make_pass(&mut item, Ids::default());
        assert!(after || !before, "{text:?} was passed and is not any more");
        assert_eq!(filter.test(&item, Ids::default()), after, "{text:?}");
        let _ = to_sql(&filter, &Text);
    }
}

fn in_their_place(problems: &[Problem], text: &str) {
    assert!(!problems.is_empty(), "{text:?}");
    for problem in problems {
        assert!(text.get(problem.span.clone()).is_some(), "{problem:?} lies outside of {text:?}");
        assert!(problem.to_string().len() < 1000, "{problem:?}");
    }
}

fn list() -> FieldList {
    let mut list = FieldList::new("fuzz");
    for (name, kind, array) in [
        ("S", FieldType::String, false),
        ("M", FieldType::Multiline, false),
        ("P", FieldType::Telephone, false),
        ("U", FieldType::Url, false),
        ("I", FieldType::Integer, false),
        ("T", FieldType::Timestamp, false),
        ("D", FieldType::Date, false),
        ("B", FieldType::Blob, false),
        ("AS", FieldType::String, true),
    ] {
        let (compare, merge) = (CompareMode::Always, MergeMode::No);
        let _ = list.push(Field { name: name.into(), kind, array, compare, age: false, merge });
    }
    list
}
