//! Any text as a filter: an error or a filter, never a panic, in bounded time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use syncloom_script::filter::{
    Column, ColumnKind, Columns, Dialect, FieldNames, Filter, Ids, MAX_DEPTH, MAX_LENGTH, NullReads, Role,
    Slot, parse, parse_cgi, parse_path, to_sql,
};
use syncloom_script::{CompareMode, Field, FieldList, FieldType, Item, MergeMode, Value};

/// Debug builds on a busy machine are slow; what is meant is "no worse than linear".
const LONG: Duration = Duration::from_secs(60);

/// Numbers that are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn text(&mut self, pieces: &[&str], length: usize) -> String {
        (0..self.below(length)).map(|_| pieces[self.below(pieces.len())]).collect()
    }
}

const PIECES: &[&str] = &[
    "S",
    "I",
    "T",
    "AS",
    "F.",
    "LUID",
    "SINCE",
    "NOATT",
    "=",
    "<>",
    "<",
    ">",
    ">=",
    "<=",
    "%",
    "$",
    ":",
    "*",
    "^",
    "&",
    "|",
    "(",
    ")",
    " ",
    "E",
    "N",
    "1",
    "-9223372036854775808",
    "99999999999999999999",
    "20080715T120000Z",
    "é",
    "\u{0}",
    "\u{10ffff}",
    "&EQ;",
    "&iCON;",
    "&NULL;",
    "&UNASSIGNED;",
    "&AND;",
    "&OR;",
    "&amp;",
    "&LUID;",
    "&",
    ";",
    "%41",
    "%ff",
    "%0",
    "/",
    "/fi(",
    "/tf(",
    "/dr(",
    "/li(",
    "/o(",
    "/slow",
    "/na",
    "/max(",
    ",",
    "-5",
    "\r\n",
    "\"",
    "'",
    "--",
];

fn list() -> Arc<FieldList> {
    let mut list = FieldList::new("test");
    for (name, kind, array) in [
        ("S", FieldType::String, false),
        ("M", FieldType::Multiline, false),
        ("P", FieldType::Telephone, false),
        ("I", FieldType::Integer, false),
        ("T", FieldType::Timestamp, false),
        ("B", FieldType::Blob, false),
        ("AS", FieldType::String, true),
    ] {
        let (compare, merge) = (CompareMode::Always, MergeMode::No);
        list.push(Field { name: name.into(), kind, array, compare, age: false, merge }).unwrap();
    }
    Arc::new(list)
}

struct AllText;

impl Columns for AllText {
    fn column(&self, _: Slot) -> Option<Column> {
        Some(Column { name: "c".into(), kind: ColumnKind::Text, null: NullReads::Empty })
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

/// Does everything with a text that can be done with one. Returns what was a filter.
fn everything(text: &str, list: &Arc<FieldList>) -> Option<Filter> {
    let names = FieldNames::new(list, Role::Server);
    let place = |problems: &[syncloom_script::filter::Problem]| {
        for problem in problems {
            assert!(text.get(problem.span.clone()).is_some(), "{problem:?} lies outside of {text:?}");
            assert!(problem.to_string().len() < 500, "{problem:?}");
        }
    };
    let _ = Filter::compile(text, &names).map_err(|problems| place(&problems));
    let mut expressions = Vec::new();
    match parse_cgi(text) {
        Ok(filter) => expressions.push(filter.expression),
        Err(problems) => place(&problems),
    }
    match parse_path(text) {
        Ok(options) => expressions.extend([options.exclusive, options.inclusive]),
        Err(problems) => place(&problems),
    }
    let lenient = match Filter::compile_lenient(text, &names) {
        Ok((filter, problems)) => {
            place(&problems);
            Some(filter)
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            place(&problems);
            None
        }
    };
    let peers = expressions.iter().map(|e| Filter::from_expression(e.as_ref(), &names).0);
    for filter in peers.chain(lenient.clone()) {
        let mut item = Item::new(Arc::clone(list));
        let before = filter.test(&item, Ids::default());
        let after = filter.make_pass(&mut item, Ids::default());
        assert!(after || !before, "{text:?} was passed and is not any more");
        assert_eq!(filter.test(&item, Ids::default()), after, "{text:?}");
        let _ = to_sql(&filter, &AllText);
    }
    lenient
}

#[test]
fn any_text_is_an_error_or_a_filter() {
    let (list, mut numbers) = (list(), Numbers(0x9E37_79B9_7F4A_7C15));
    let mut filters = 0;
    for _ in 0..20_000 {
        let text = numbers.text(PIECES, 24);
        filters += usize::from(everything(&text, &list).is_some());
    }
    assert!(filters > 1_000, "only {filters} texts were filters: the pieces are ill chosen");
}

#[test]
fn what_is_shown_of_a_filter_reads_back_as_the_same() {
    let mut numbers = Numbers(7);
    let mut read = 0;
    for _ in 0..50_000 {
        let text = numbers.text(PIECES, 12);
        let Ok(Some(expression)) = parse(&text) else { continue };
        let shown = expression.to_string();
        let again = parse(&shown).unwrap_or_else(|problems| panic!("{text:?} -> {shown:?}: {problems:?}"));
        assert_eq!(again.map(|e| e.to_string()).as_deref(), Some(shown.as_str()), "{text:?}");
        read += 1;
    }
    assert!(read > 1_000, "only {read} texts were filters");
}

#[test]
fn long_and_deep_texts_take_no_long_time() {
    let list = list();
    let start = Instant::now();
    for piece in [
        "(", ")", "&", "|", "S", "S=a&", "S=a|", "(S=a)&", "X=1&", "&AND;", "%41", "/na", "/fi(", "I=x|",
        "((a)", "S^%é&", " ", "I=1&(", "é",
    ] {
        everything(&piece.repeat(MAX_LENGTH / piece.len()), &list);
    }
    for (open, close) in [("(", ")"), ("/fi((", "))")] {
        for depth in [MAX_DEPTH - 2, MAX_DEPTH, MAX_DEPTH + 2] {
            everything(&format!("{}S=a{}", open.repeat(depth), close.repeat(depth)), &list);
        }
    }
    let deep = format!("{}S=a{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
    assert!(everything(&deep, &list).is_some());
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}

#[test]
fn a_search_takes_time_linear_in_the_value() {
    let list = list();
    let names = FieldNames::new(&list, Role::Server);
    let mut item = Item::new(Arc::clone(&list));
    let value = "a".repeat(4 << 20);
    item.set(list.find("S").unwrap(), Value::Text(value.as_str().into()));
    item.set(list.find("P").unwrap(), Value::Text("1".repeat(value.len()).into()));
    item.set(list.find("B").unwrap(), Value::Blob(value.into_bytes()));
    let needle = "a".repeat(20_000);
    let start = Instant::now();
    for text in [
        format!("S%{needle}b"),
        format!("S^%{needle}B"),
        format!("P%{}2", "1".repeat(20_000)),
        format!("B%{needle}b"),
    ] {
        assert!(!Filter::compile(&text, &names).unwrap().test(&item, Ids::default()), "{}", &text[..3]);
    }
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}
