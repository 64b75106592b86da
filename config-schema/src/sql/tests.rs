//! What becomes of statements of every kind, of literals, comments and mistakes.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::model::{DbType, FieldPlaceholder};
use crate::source::Source;
use syncloom_script::{CompareMode, Field, FieldId, FieldType, MergeMode};

fn list() -> Arc<FieldList> {
    let mut list = FieldList::new("f");
    for name in ["A", "TEL"] {
        let field = Field {
            name: name.into(),
            kind: FieldType::String,
            array: name == "TEL",
            compare: CompareMode::Never,
            age: false,
            merge: MergeMode::No,
        };
        list.push(field).unwrap();
    }
    Arc::new(list)
}

/// Through the XML reader, so that places are those of a file: the SQL begins in column 13.
fn run(kind: Statement, sql: &str) -> (Option<Sql>, Vec<Diagnostic>) {
    let source = Source::new("x", format!("<a><![CDATA[{sql}]]></a>"));
    let mut report = Report::new(&source);
    let root = crate::xml::parse(&mut report).unwrap();
    let cut = cut("test", kind, &root.text, Some(&list()), &mut report);
    (cut.sql, report.diagnostics)
}

/// The parts in short: `[X]` bound, `['X']` bound with quotes, `{X}` spliced, `;n;` between statements.
fn shape(kind: Statement, sql: &str) -> String {
    let (cut, told) = run(kind, sql);
    let mut out = String::new();
    for (index, statement) in cut.iter().flat_map(|sql| &sql.statements).enumerate() {
        if index > 0 || statement.set_no > 0 {
            out.push_str(&format!(";{};", statement.set_no));
        }
        for part in &statement.parts {
            match part {
                SqlPart::Text(text) => out.push_str(text),
                SqlPart::Bind { what, text: false } => out.push_str(&format!("[{what:?}]")),
                SqlPart::Bind { what, text: true } => out.push_str(&format!("['{what:?}']")),
                SqlPart::Splice(what) => out.push_str(&format!("{{{what:?}}}")),
            }
        }
    }
    told.iter().for_each(|told| out.push_str(&format!(" !{}@{}", told.code, told.place.column - 13)));
    out
}

#[test]
fn the_same_letters_mean_what_the_statement_says() {
    for (kind, sql, expected) in [
        (Statement::Device, "'%D'", "['DeviceId']"),
        (Statement::UserKey, "'%D' %M '%N' %dU", "['Domain'] [Credential] ['Nonce'] [LoginName]"),
        (Statement::Nonce, "%N %d", "[Nonce] [DeviceKey]"),
        (Statement::Info, "%nR %vR %d", "[DeviceName] [DeviceInfo] [DeviceKey]"),
        (Statement::FolderKey, "%F %u", "[FolderName] [UserKey]"),
        (
            Statement::Target,
            "%D %P %A %L %S %t",
            "[DeviceId] [RemotePath] [Anchor] [LastSync] [LocalAnchor] [TargetKey]",
        ),
        (Statement::Map, "%k %r %e %x", "[LocalId] [RemoteId] [MapKind] [MapFlags]"),
        (Statement::Data, "%x %X %S %M", "[LastId] [NewId] [TextSize] [Modified]"),
        (
            Statement::Data,
            "%N %aV %av",
            "[Columns { all: false }] [Assignments { all: true }] [Values { all: true }]",
        ),
        (Statement::Data, "%AF%WF", "[Filter { with_where: false }][Filter { with_where: true }]"),
        (Statement::Data, "IN(%d)", "IN([DeviceKey])"),
        (Statement::NewId, "%x %C", "[LastId] [Domain]"),
    ] {
        assert_eq!(shape(kind, sql), expected, "{sql}");
    }
}

#[test]
fn quotes_decide_between_binding_and_splicing() {
    let data = |sql| shape(Statement::Data, sql);
    assert_eq!(data("a='%k' AND b=%k"), "a=['LocalId'] AND b=[LocalId]");
    assert_eq!(data("x LIKE '%k-%u%'"), "x LIKE '{LocalId}-{UserKey}%'");
    assert_eq!(data("'it''s' '%k'''"), "'it''s' '{LocalId}'''");
    assert_eq!(data("N'%k'"), "N'{LocalId}'");
    assert_eq!(data("LIKE '%' || '%1' 5 % 2"), "LIKE '%' || '%1' 5 % 2");
    assert_eq!(data("\"%k\" 1"), "\"%k\" 1 !SLC0085@1");
    assert_eq!(data("\"a'b\" '%k'"), "\"a'b\" ['LocalId']");
    assert_eq!(
        data("-- it's %k\n%k /* ' %GO %k */ x - y / z"),
        "-- it's %k\n[LocalId] /* ' %GO %k */ x - y / z"
    );
    assert_eq!(data("a 'open %k"), " !SLC0082@2");
    assert_eq!(data("'%v'"), " !SLC0083@1");
    assert_eq!(data("'x %N'"), " !SLC0083@3");
}

#[test]
fn statements_are_told_apart_and_empty_ones_left_out() {
    let data = |sql| shape(Statement::Data, sql);
    assert_eq!(data(" a %GO b %GO(2) c %k %GO "), "a;0;b;2;c [LocalId]");
    assert_eq!(data("%GO(1)a"), ";1;a");
    assert_eq!(data("'%GO'"), "'%GO'");
    assert_eq!(data("  "), "");
    assert_eq!(data("a %GO(x) b"), " !SLC0084@2");
}

#[test]
fn fields() {
    let field = |sql: &str| match run(Statement::Data, sql).0.unwrap().statements.remove(0).parts.remove(0) {
        SqlPart::Bind { what: Placeholder::Field(field), text } => (field, text),
        other => panic!("{other:?}"),
    };
    let plain = FieldPlaceholder {
        field: FieldId(0),
        index: None,
        lower: false,
        upper: false,
        ascii: false,
        kind: DbType::Numeric,
    };
    assert_eq!(field("%d(a)"), (plain.clone(), false));
    assert_eq!(
        field("'%d([ua]A,string)'"),
        (FieldPlaceholder { upper: true, ascii: true, kind: DbType::String, ..plain.clone() }, true)
    );
    assert_eq!(field("%d(TEL#2)"), (FieldPlaceholder { field: FieldId(1), index: Some(1), ..plain }, false));
    for (sql, expected) in [
        ("x=%d(TLE)", " !SLC0050@5"),
        ("%d(A,strng)", " !SLC0084@5"),
        ("%d(TEL#0)", " !SLC0084@7"),
        ("%d([q]A)", " !SLC0084@4"),
    ] {
        assert_eq!(shape(Statement::Data, sql), expected);
    }
}

#[test]
fn what_is_not_known_stays_and_what_is_not_acted_on_bars_the_statement() {
    assert_eq!(shape(Statement::Device, "LIKE '%foo'"), "LIKE '%foo' !SLC0080@6");
    assert_eq!(shape(Statement::Data, "LIKE '%foo'"), "LIKE '{FolderKey}oo' !SLC0086@6");
    assert_eq!(shape(Statement::Device, "%u"), "%u !SLC0080@0");
    assert_eq!(shape(Statement::Target, "a=%dSU, c=%dL"), " !SLC0081@2 !SLC0081@10");
    assert_eq!(shape(Statement::Target, "%SUA,'%pSU'"), "[ResumeAlert],['PartialSource']");
    assert_eq!(shape(Statement::Data, "%p(io,A) %sv(x)"), " !SLC0081@0 !SLC0081@9");
    let (_, told) = run(Statement::Device, "%q");
    assert_eq!(told[0].hint.as_deref(), Some("known here: %GO, %D"));
}

#[test]
fn nothing_cut_anywhere_does_harm() {
    let sql = "'%k''x' %d([l]A#1,string) %GO(3) \"%N\" /* %p( */ -- %ü\n'ä%sv(a)' %";
    for end in (0..=sql.len()).filter(|end| sql.is_char_boundary(*end)) {
        for kind in [Statement::Data, Statement::Target, Statement::Device] {
            let (cut, told) = run(kind, &sql[..end]);
            assert!(told.iter().all(|told| told.place.line <= 2));
            assert!(cut.is_none_or(|sql| sql.statements.iter().all(|statement| !statement.parts.is_empty())));
        }
    }
}
