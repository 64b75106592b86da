//! What filters say about items, in both modes and both spellings.

use std::sync::Arc;

use super::*;
use crate::fields::{CompareMode, Field, FieldList, FieldType, MergeMode};
use crate::item::Item;
use crate::value::Value;

fn list() -> Arc<FieldList> {
    let mut list = FieldList::new("test");
    for (name, kind, array) in [
        ("S", FieldType::String, false),
        ("OTHER", FieldType::String, false),
        ("NOTE", FieldType::Multiline, false),
        ("TEL", FieldType::Telephone, false),
        ("WEB", FieldType::Url, false),
        ("I", FieldType::Integer, false),
        ("T", FieldType::Timestamp, false),
        ("D", FieldType::Date, false),
        ("B", FieldType::Blob, false),
        ("TAGS", FieldType::String, true),
        ("NONE", FieldType::String, false),
    ] {
        let (compare, merge) = (CompareMode::Always, MergeMode::No);
        list.push(Field { name: name.into(), kind, array, compare, age: false, merge }).unwrap();
    }
    Arc::new(list)
}

/// An item in which every field but NONE is assigned, and OTHER is empty.
fn item() -> Item {
    let list = list();
    let mut item = Item::new(Arc::clone(&list));
    for (name, text) in [
        ("S", "Hello World"),
        ("OTHER", ""),
        ("NOTE", "\nfirst\nsecond\n"),
        ("TEL", "+41 (44) 123 45 67"),
        ("WEB", "example.org/a"),
        ("I", "42"),
        ("T", "20080715T120000Z"),
        ("D", "20080715"),
        ("B", "bytes"),
    ] {
        let (id, field) = (list.find(name).unwrap(), list.get(list.find(name).unwrap()).unwrap());
        item.set(id, Value::from_text(text, field.kind));
    }
    let tags = ["aa", "bb"].map(|tag| Value::Text(tag.into()));
    item.set(list.find("TAGS").unwrap(), Value::Array(tags.into()));
    item
}

fn compiled(text: &str) -> Filter {
    let list = list();
    let mut names = FieldNames::new(&list, Role::Server);
    names.add_property("SUBJECT", &[list.find("S").unwrap()]);
    names.add_property("N", &[list.find("S").unwrap(), list.find("OTHER").unwrap()]);
    names.add_property("DTSTART", &[list.find("T").unwrap()]);
    Filter::compile(text, &names).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn problems(text: &str) -> Vec<Problem> {
    let list = list();
    Filter::compile(text, &FieldNames::new(&list, Role::Server)).map(|_| ()).unwrap_err()
}

#[track_caller]
fn passes(item: &Item, rows: &[(&str, bool)]) {
    for (text, wanted) in rows {
        let ids = Ids { local: "17", remote: "r1" };
        assert_eq!(compiled(text).test(item, ids), *wanted, "{text}");
    }
}

#[test]
fn operators_compare_by_the_type_of_the_field() {
    passes(
        &item(),
        &[
            ("", true),
            ("S=Hello World", true),
            ("S= Hello World", false),
            ("S=hello world", false),
            ("S^=hello world", true),
            ("S<>Hello", true),
            ("S>A", true),
            ("S>=hello", false),
            ("S^>=hello", true),
            ("S%World", true),
            ("S%world", false),
            ("S^%WORLD", true),
            ("S$World", false),
            ("S$nothing", true),
            ("S=Hello(World", false),
            ("I=042", true),
            ("I= 42 ", true),
            ("I>9", true),
            ("I<=41", false),
            ("T>20080101T000000Z", true),
            ("T=20080715T140000+0200", true),
            ("D=20080715T230000Z", true),
            ("NOTE=first\nsecond", true),
            ("NOTE^%SECOND", true),
            ("TEL=+41441234567", true),
            ("TEL%44123", true),
            ("TEL%41 44", true),
            ("TEL%(", true),
            ("WEB=example.org/a", true),
            ("WEB%://", true),
            ("B=bytes", true),
            ("B%yte", true),
        ],
    );
}

#[test]
fn what_cannot_be_compared_is_not_less_and_not_more() {
    passes(
        &item(),
        &[
            ("T=20080715T120000", false),
            ("T>20080101", false),
            ("T<20090101", false),
            ("T>=20090101", true),
            ("T<=20010101", true),
            ("T<>20080715T120000", true),
        ],
    );
}

#[test]
fn empty_and_unassigned_are_told_apart() {
    passes(
        &item(),
        &[
            ("OTHER*=E", true),
            ("OTHER*=N", false),
            ("OTHER*<>N", true),
            ("OTHER=", true),
            ("OTHER<x", true),
            ("OTHER<>x", true),
            ("NONE*=E", true),
            ("NONE*=N", true),
            ("NONE*<>N", false),
            ("NONE*<>E", false),
            ("NONE=", false),
            ("NONE<x", false),
            ("NONE<=x", false),
            ("NONE<>x", false),
            ("NONE$x", false),
            ("S*=E", false),
            ("S*=N", false),
            ("S*<>E", true),
            ("I=", false),
            ("I>", true),
        ],
    );
}

#[test]
fn one_element_of_an_array_is_enough() {
    passes(
        &item(),
        &[
            ("TAGS=bb", true),
            ("TAGS=cc", false),
            ("TAGS<>bb", false),
            ("TAGS<>cc", true),
            ("TAGS%b", true),
            ("TAGS$b", false),
            ("TAGS$c", true),
            ("TAGS>aa", true),
            ("TAGS>bb", false),
            ("TAGS*=E", false),
        ],
    );
}

#[test]
fn identifiers_name_fields_properties_and_ids() {
    passes(
        &item(),
        &[
            ("f.s=Hello World", true),
            ("SUBJECT=Hello World", true),
            ("n%World", true),
            ("FAMILY%World", true),
            ("GIVEN*=E", true),
            ("START>20080101T000000Z", true),
            ("LUID=r1", true),
            ("&LUID;=r1", true),
            ("I=1|&LUID;=r1", true),
            ("REMOTEID=r1", true),
            ("LOCALID=17", true),
            ("GUID^%7", true),
            ("GUID*=E", false),
            ("GUID*=N", false),
        ],
    );
    assert!(compiled("LUID=").test(&item(), Ids::default()));
    assert_eq!(compiled("S=a&(I=1|LUID=2)").fields().len(), 2);
}

#[test]
fn and_binds_closer_than_or() {
    passes(
        &item(),
        &[
            ("I=42|S=x&I=1", true),
            ("(I=42|S=x)&I=1", false),
            ("I=1&S=x|I=42", true),
            ("I=1&(S=x|I=42)", false),
            ("I=42 & ( I>1 )", true),
            ("I=42&", true),
            ("I=1|", false),
            ("(I=42|)", true),
        ],
    );
    assert!(compiled("I=42").and(compiled("S%World")).test(&item(), Ids::default()));
    assert!(Filter::everything().and(compiled("")).is_everything());
    assert!(!compiled("I=42").is_everything());
}

#[test]
fn make_pass_assigns_from_left_to_right_what_is_needed() {
    for (text, wanted, assigned) in [
        ("I:=5", true, vec![("I", "5")]),
        ("I=5", false, vec![]),
        ("I:=5|S=Hello World", true, vec![]),
        ("I:=5&S=x", false, vec![("I", "5")]),
        ("S=x&I:=5", false, vec![("I", "5")]),
        ("I:=5|OTHER:=x", true, vec![("I", "5")]),
        ("S=x|OTHER:=x", true, vec![("OTHER", "x")]),
        ("OTHER:=x&(I:=5|S:=y)", true, vec![("OTHER", "x"), ("I", "5")]),
        ("I:>50", false, vec![("I", "50")]),
        ("I:>=50", true, vec![("I", "50")]),
        ("I:>=5", true, vec![]),
        ("OTHER:=a&OTHER:=b", false, vec![("OTHER", "b")]),
        ("S:*=E", true, vec![("S", "")]),
        ("S:^=X", true, vec![("S", "X")]),
        ("TAGS:=zz", true, vec![("TAGS", "zz")]),
        ("T:=20200101T000000Z", true, vec![("T", "20200101T000000Z")]),
    ] {
        let (before, mut after) = (item(), item());
        assert_eq!(compiled(text).make_pass(&mut after, Ids::default()), wanted, "{text}");
        let changed = before.list().iter().filter(|(id, _)| before.get(*id) != after.get(*id));
        let changed: Vec<_> =
            changed.map(|(id, field)| (field.name.clone(), after.get(id).to_text())).collect();
        let mut assigned: Vec<_> = assigned.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        assigned.sort_by_key(|(name, _)| before.list().find(name));
        assert_eq!(changed, assigned, "{text}");
    }
    let mut item = item();
    assert!(compiled("S:*=N").make_pass(&mut item, Ids::default()));
    assert_eq!(item.get(item.list().find("S").unwrap()), &Value::Unassigned);
}

#[test]
fn every_mistake_is_found_with_its_place() {
    use ProblemKind::*;
    for (text, wanted) in [
        ("S", vec![(MissingOperator, 0..1)]),
        ("S = 1", vec![(MissingOperator, 0..5)]),
        ("S!=1", vec![(MissingOperator, 0..4)]),
        ("S*:=E", vec![(MissingOperator, 0..5)]),
        ("!S=1", vec![(MissingOperator, 0..4)]),
        ("S&EQ;1", vec![(MissingOperator, 0..1), (MissingOperator, 2..6)]),
        ("S=1&&I=1", vec![(MissingTerm, 4..4)]),
        ("&S=1|", vec![(MissingTerm, 0..0)]),
        ("()", vec![(MissingTerm, 1..1)]),
        ("(S=1", vec![(Parenthesis, 0..1)]),
        ("S=1)&T", vec![(Parenthesis, 3..4), (MissingTerm, 4..4), (MissingOperator, 5..6)]),
        ("(S=1)I=2", vec![(Trailing, 5..8)]),
        ("S*=U", vec![(BadSpecial, 3..4)]),
        ("S*>E", vec![(BadSpecial, 0..4)]),
        (
            "X=1&F.Y=2|Z=3",
            vec![(UnknownIdentifier, 0..1), (UnknownIdentifier, 4..7), (UnknownIdentifier, 10..11)],
        ),
        ("SINCE=20080101", vec![(CgiOnly, 0..5)]),
        ("I=4x|T=soon", vec![(BadConstant, 2..4), (BadConstant, 7..11)]),
        ("I%4", vec![(OperatorType, 0..3)]),
        ("LUID:=4", vec![(NotAssignable, 0..7)]),
    ] {
        let found: Vec<_> = problems(text).into_iter().map(|p| (p.kind, p.span)).collect();
        assert_eq!(found, wanted, "{text}");
    }
    assert_eq!(problems("OTHR=1")[0].hint.as_deref(), Some("did you mean OTHER?"));
    assert_eq!(problems("S =1")[0].hint.as_deref(), Some("remove the blank before the operator"));
    assert_eq!(problems(&"(".repeat(MAX_DEPTH + 1))[0].kind, TooDeep);
    assert_eq!(problems(&"x".repeat(MAX_LENGTH + 1))[0].kind, TooLong);
}

#[test]
fn what_a_peer_gets_wrong_about_names_makes_its_term_false() {
    let list = list();
    let names = FieldNames::new(&list, Role::Client);
    let (filter, problems) = Filter::compile_lenient("X=1|I%4|I=42", &names).unwrap();
    assert_eq!(problems.len(), 2);
    assert!(filter.test(&item(), Ids::default()));
    let (filter, _) = Filter::compile_lenient("REMOTEID=", &names).unwrap();
    assert!(!filter.test(&item(), Ids::default()));
    assert!(Filter::compile_lenient("S*=X", &names).is_err());
}

#[test]
fn cgi_becomes_the_basic_syntax() {
    for (cgi, basic) in [
        ("", ""),
        ("S&EQ;abc", "S=abc"),
        ("S&inE;abc", "S^<>abc"),
        ("S:&iEQ;test", "S:^=test"),
        ("FIELD1*&EQ;&NULL;&or;FIELD2:&iEQ;test", "FIELD1*=E|FIELD2:^=test"),
        ("S&EQ;&UNASSIGNED;", "S*=N"),
        ("S&NE;&null;", "S*<>E"),
        ("&LUID;&EQ;5&OR;&LUID;&EQ;6", "LUID=5|LUID=6"),
        ("S&EQ;a&AND;&LUID;&EQ;b", "S=a&LUID=b"),
        ("S&EQ;a&amp;I&GE;5", "S=a&I>=5"),
        ("S&NCON;a&I&LT;5", "S$a&I<5"),
        ("S=a|(S^%b&I<>5)", "S=a|(S^%b&I<>5)"),
        ("S&EQ;a%20b%C3%A9%zz%", "S=a bé%zz%"),
        ("S&EQ;a&AND;", "S=a"),
        ("((S&EQ;a))", "((S=a))"),
        ("S&EQ;a/b", "S=a/b"),
        ("SINCE&EQ;20080101T000000Z&BEFORE&EQ;20090101T000000Z", ""),
        ("MAXSIZE&EQ;100&AND;(S&EQ;a)", "(S=a)"),
    ] {
        let filter = parse_cgi(cgi).unwrap_or_else(|problems| panic!("{cgi}: {problems:?}"));
        assert_eq!(filter.expression.map(|e| e.to_string()).unwrap_or_default(), basic, "{cgi}");
    }
    for cgi in
        ["S", "S&NUL;", "S&EQ;&NUL;", "S&EQ;a&amp;b", "(S&EQ;a", "S&EQ;%ff", "S&EQ;&NULL;x", "S&GT;&NULL;"]
    {
        let names = list();
        let names = FieldNames::new(&names, Role::Server);
        let good = parse_cgi(cgi).is_ok_and(|filter| {
            let (_, problems) = Filter::from_expression(filter.expression.as_ref(), &names);
            problems.is_empty()
        });
        assert!(!good, "{cgi}");
    }
}

#[test]
fn an_escaped_sign_in_a_value_is_no_operator() {
    let list = list();
    let names = FieldNames::new(&list, Role::Server);
    let filter = parse_cgi("S&EQ;a%26b%7Cc%29").unwrap();
    let (filter, problems) = Filter::from_expression(filter.expression.as_ref(), &names);
    assert_eq!(problems, vec![]);
    let mut item = Item::new(Arc::clone(&list));
    item.set(list.find("S").unwrap(), Value::Text("a&b|c)".into()));
    assert!(filter.test(&item, Ids::default()));
}

#[test]
fn pseudo_identifiers_become_limits() {
    let time = |text| crate::time::Timestamp::parse(text);
    let limits = parse_cgi(
        "SINCE&EQ;20061206T120000&AND;before&EQ;20061231T090000&MAXSIZE&LE;2000&MAXCOUNT=5&NOATT=yes&DBOPTIONS=a%26b",
    );
    let wanted = Limits {
        since: time("20061206T120000"),
        before: time("20061231T090000"),
        max_size: Some(2000),
        max_count: Some(5),
        no_attachments: true,
        db_options: Some("a&b".into()),
    };
    assert_eq!(limits, Ok(CgiFilter { expression: None, limits: wanted }));
    for cgi in
        ["S=a|SINCE=20080101", "SINCE=soon", "SINCE<20080101", "MAXSIZE=-1", "NOATT=maybe", "MAXCOUNT=&NULL;"]
    {
        let problems = parse_cgi(cgi).map(|_| ()).unwrap_err();
        assert_eq!(problems[0].kind, ProblemKind::BadOption, "{cgi}");
    }
}

#[test]
fn options_of_a_path_are_read() {
    let shown = |expression: Option<Expression>| expression.map(|e| e.to_string());
    let options =
        parse_path("/dr(-30,90)/li(2)/o(a%29b) /SLOW/na&/max(7)/fi(T>20030630T000000Z|(I=1))/tf(S=a)")
            .unwrap();
    assert_eq!(options.days, Some(DayRange { first: -30, last: 90 }));
    assert_eq!(options.limits.max_size, Some(2048));
    assert_eq!(options.limits.db_options.as_deref(), Some("a)b"));
    assert!(options.slow_sync && options.limits.no_attachments);
    assert_eq!(options.limits.max_count, Some(7));
    assert_eq!(shown(options.exclusive).as_deref(), Some("T>20030630T000000Z|(I=1)"));
    assert_eq!(shown(options.inclusive).as_deref(), Some("S=a"));
    for same in ["FIELD1=3", "/tf(FIELD1=3)"] {
        assert_eq!(shown(parse_path(same).unwrap().inclusive).as_deref(), Some("FIELD1=3"));
    }
    assert_eq!(parse_path(""), Ok(PathOptions::default()));
    assert_eq!(
        shown(parse_path("/tf(S=a|S=b)I=1&MAXCOUNT=3").unwrap().inclusive).as_deref(),
        Some("(S=a|S=b)&I=1")
    );
    for (path, kind) in [
        ("/dr(3)", ProblemKind::BadOption),
        ("/dr(3,-3)", ProblemKind::BadOption),
        ("/slow(1)", ProblemKind::BadOption),
        ("/max", ProblemKind::BadOption),
        ("/fi", ProblemKind::BadOption),
        ("/quick", ProblemKind::UnknownOption),
        ("/fi(S=1", ProblemKind::Parenthesis),
        ("/fi(S)", ProblemKind::MissingOperator),
        ("/max(3", ProblemKind::Parenthesis),
    ] {
        assert_eq!(parse_path(path).map(|_| ()).unwrap_err()[0].kind, kind, "{path}");
    }
}
