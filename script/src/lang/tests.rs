//! Whole scripts: what they give, what is said of wrong ones, and that none runs away.

use std::sync::Arc;

use super::{Context, ContextBuilder, Env, Event, Fault, Library, Macros, System, Tracer, TypedValue};
use crate::fields::{CompareMode, Field, FieldList, FieldType, MergeMode};
use crate::functions::Contexts;
use crate::time::Timestamp;
use crate::value::Value;

/// A machine whose clock goes on by a millisecond each time it is looked at.
#[derive(Default)]
struct Ticking {
    elapsed: u64,
}

impl System for Ticking {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_unix_ms(1_339_761_600_000)
    }

    fn elapsed_ms(&mut self) -> u64 {
        self.elapsed += 1;
        self.elapsed
    }

    fn random(&mut self, _: Option<i64>) -> u64 {
        4
    }
}

fn library(functions: &[&str]) -> Arc<Library> {
    let (library, errors) = Library::new(Macros::new(), functions, 50);
    assert_eq!(errors, []);
    Arc::new(library)
}

fn compiled(functions: &[&str], script: &str) -> (Context, super::ScriptId) {
    let mut builder = ContextBuilder::new(&library(functions), Contexts::GLOBAL);
    let id = builder.script(script);
    let (context, errors) = builder.build();
    assert_eq!(errors, [], "{script}");
    (context, id)
}

fn run(functions: &[&str], script: &str) -> Result<Option<TypedValue>, super::RunError> {
    let (context, id) = compiled(functions, script);
    let mut system = Ticking::default();
    context.run(id, &mut context.variables(), &mut Env::new(&mut system))
}

fn text(functions: &[&str], script: &str) -> String {
    run(functions, script).unwrap().unwrap().value.to_text()
}

fn errors(script: &str) -> Vec<String> {
    let mut builder =
        ContextBuilder::new(&library(&["integer twice(integer n) { return n*2; }"]), Contexts::GLOBAL);
    builder.script(script);
    builder.build().1.iter().map(|(_, error)| error.to_string()).collect()
}

#[test]
fn blobs_are_joined_byte_by_byte() {
    let bytes = |script: &str| run(&[], script).unwrap().unwrap().value;
    let start = "BLOB b; b=\"\\xff\"; ";
    assert_eq!(bytes(&format!("{start}RETURN b+\"x\"+1;")), Value::Blob(vec![0xff, b'x', b'1']));
    assert_eq!(bytes(&format!("{start}b=b+b; RETURN b;")), Value::Blob(vec![0xff, 0xff]));
    assert_eq!(bytes(&format!("{start}APPEND(b, \"x\"); RETURN b;")), Value::Blob(vec![0xff, b'x']));
    assert_eq!(text(&[], "BLOB b; RETURN b+\"x\";"), "x");
    assert_eq!(text(&[], "BLOB b; b=\"abc\"; RETURN CONTAINS(b, \"B\", TRUE);"), "1");
}

#[test]
fn variables_are_shared_by_the_scripts_of_a_context() {
    let mut builder = ContextBuilder::new(&library(&[]), Contexts::GLOBAL);
    let first = builder.script("RETURN late + 1;");
    let second = builder.script("INTEGER late; late = 41;");
    let (context, errors) = builder.build();
    assert_eq!(errors, []);
    let mut variables = context.variables();
    let mut system = Ticking::default();
    let mut env = Env::new(&mut system);
    assert_eq!(context.run(second, &mut variables, &mut env), Ok(None));
    let value = context.run(first, &mut variables, &mut env).unwrap().unwrap();
    assert_eq!(value.value, Value::Integer(42));
    assert!(context.set(&mut variables, "LATE", &Value::Text("7x".into())));
    assert_eq!(context.value(&variables, "late").unwrap().value, Value::Integer(7));
}

#[test]
fn a_context_goes_on_where_an_earlier_one_ended() {
    let (context, id) = compiled(&[], "INTEGER n; STRING a[]; n=7; a[1]=LOWERCASE(\"X\");");
    let mut variables = context.variables();
    let mut system = Ticking::default();
    context.run(id, &mut variables, &mut Env::new(&mut system)).unwrap();
    let mut builder = ContextBuilder::new(&library(&[]), Contexts::GLOBAL).after(&context);
    let id = builder.script("INTEGER m; STRING t; m=n+1; IF (t!=UNASSIGNED) RETURN t; RETURN a[1]+m;");
    let (later, errors) = builder.build();
    assert_eq!(errors, []);
    let mut variables = later.take_over(variables);
    let value = later.run(id, &mut variables, &mut Env::new(&mut system)).unwrap().unwrap();
    assert_eq!(value.value, Value::Text("x8".into()));
}

#[test]
fn a_traced_run_tells_lines_values_and_results() {
    #[derive(Default)]
    struct Told(Vec<String>);
    impl Tracer for Told {
        fn event(&mut self, event: Event<'_>) {
            self.0.push(match event {
                Event::Line { line, function, depth } => format!("{depth}:{}{line}", function.unwrap_or("")),
                Event::Set { name, value } => format!("{name}={:?}", value.value.to_text()),
                Event::Gave { function, value } => format!("{function} {:?}", value.value.to_text()),
            });
        }
    }
    let functions = ["string twice(string &s) {\n  s = s+s;\n  return s+\"!\";\n}"];
    let text = "STRING a, l[];\nINTEGER i;\na = \"x\";\nl[1] = twice(a);\nWHILE (i<2)\n  i = i+1;\n\
                l[0] = SUBSTR(l[1], 2);\nAPPEND(a, i);\nRETURN a;";
    let (context, id) = compiled(&functions, text);
    let (mut system, mut told) = (Ticking::default(), Told::default());
    let mut env = Env::new(&mut system);
    let result = context.run_traced(id, &mut context.variables(), &mut env, &mut told).unwrap();
    assert_eq!(result.unwrap().value.to_text(), "xx2");
    let wanted = "0:3 a=\"x\" 0:4 s=\"x\" 1:twice2 a=\"xx\" 1:twice3 twice \"xx!\" l[1]=\"xx!\" 0:5 0:6 i=\"1\" 0:5 \
                  0:6 i=\"2\" 0:5 0:7 SUBSTR \"!\" l[0]=\"!\" 0:8 a=\"xx2\" 0:9";
    assert_eq!(told.0.join(" "), wanted);
}

#[test]
fn functions_change_what_they_are_given_by_reference() {
    let functions = [
        "swap2(string &a, string &b) { string t; t=a; a=b; b=t; }",
        "fill(string &list[], integer n) { if (n==0) return; append(list, n); fill(list, n-1); }",
        "integer even(integer n) { if (n==0) return 1; return odd(n-1); }",
        "integer odd(integer n) { if (n==0) return 0; return even(n-1); }",
        "string inner(string &s) { s=s+\"!\"; return s; }",
    ];
    assert_eq!(text(&functions, "STRING a,b; a=\"x\"; swap2(a,b); RETURN \"<\"+a+\"|\"+b+\">\";"), "<|x>");
    assert_eq!(text(&functions, "STRING a[]; fill(a, 3); RETURN EXPLODE(\"\", a);"), "321");
    assert_eq!(text(&functions, "STRING a[]; inner(a[2]); inner(a[2]); RETURN a[2]+SIZE(a);"), "!!3");
    assert_eq!(text(&functions, "RETURN even(10) + odd(7)*10;"), "11");
    // The left operand is read before the call on the right changes it.
    assert_eq!(text(&functions, "STRING s; s=\"a\"; RETURN s+inner(s)+s;"), "aa!a!");
    assert_eq!(text(&functions, "STRING s; s=\"a\"; s=s+inner(s); RETURN s;"), "aa!");
}

#[test]
fn text_is_appended_in_place_only_where_that_says_the_same() {
    assert_eq!(text(&[], "STRING s; s=\"a\"; s=s+s+\"b\"+s; RETURN s;"), "aaba");
    assert_eq!(text(&[], "STRING s; s=s+1+2; RETURN s;"), "12");
    assert_eq!(text(&[], "STRING s,t; t=\"x\"; s=t; t=t+\"y\"; RETURN s+t;"), "xxy");
    assert_eq!(text(&[], "INTEGER i; i=1; i=i+\"2\"; RETURN i;"), "3");
    assert_eq!(text(&[], "STRING s; s=\"x\"; s=s[+0]; s=s+s[+0]; RETURN s;"), "xx");
    assert_eq!(text(&[], "STRING a,b; b=\"x\"; b=a[+1]; b=b+a[+1]; a[+1]=b[+0]; RETURN b;"), "xx");
    assert_eq!(text(&["f(string &s) { s=s; s=s+s; }"], "STRING s; s=\"x\"; f(s); RETURN s;"), "xx");
}

#[test]
fn casts_nest_and_literals_are_times() {
    assert_eq!(text(&[], "RETURN (string)ABS(-5)+\"x\";"), "5x");
    assert_eq!(text(&[], "RETURN (integer)\"12x\"+1;"), "13");
    assert_eq!(text(&[], "RETURN (string)(date)20030604T164922Z;"), "20030604");
    assert_eq!(text(&[], "RETURN -~2 + !!5;"), "4");
}

#[test]
fn wrong_scripts_are_refused_with_a_hint() {
    for (script, wanted) in [
        ("INTEGER count; coutn=1;", "unknown variable or field coutn; did you mean count?"),
        ("RETURN LENGHT(\"a\");", "unknown function LENGHT; did you mean LENGTH?"),
        ("RETURN twcie(1);", "unknown function twcie; did you mean twice?"),
        ("RETURN twice(1,2);", "twice takes 1 parameter, not 2; TWICE(n)"),
        ("RETURN SQLCOMMIT();", "function SQLCOMMIT is not offered in this context; it is offered in: SQL"),
        ("RETURN ISRELATIVE(1);", "function ISRELATIVE is no longer supported; use ISFLOATING"),
        ("STRING s; s[1]=2;", "s is not an array; declare it as s[]"),
        ("RETURN SIZE(1);", "parameter var needs a variable; the function changes it, or looks at all of it"),
        ("BREAK;", "BREAK without a loop around it"),
        (
            "INTEGER i; STRING i;",
            "i is declared as integer already; all scripts of a context share their variables; choose another name",
        ),
        ("RETURN 1+DEBUGMESSAGE(\"x\");", "this function gives no value"),
    ] {
        assert_eq!(errors(script), [wanted], "{script}");
    }
    assert_eq!(errors("a=1; b=2; LENGTH(); RETURN $X;").len(), 4);
}

#[test]
fn what_goes_wrong_while_running_names_its_line() {
    let functions = ["integer bad(integer n) {\n return 1/n; }"];
    let error = run(&functions, "INTEGER i;\n\ni = bad(0);").unwrap_err();
    assert_eq!(error.to_string(), "division by zero at line 2 of function bad");
    let error = run(&[], "INTEGER a[];\na[0-1] = 2;").unwrap_err();
    assert_eq!((error.fault, error.line), (Fault::ArrayIndex(-1), 2));
    assert_eq!(run(&[], "INTEGER a[]; RETURN a[100000];").unwrap_err().fault, Fault::ArrayIndex(100_000));
}

#[test]
fn a_field_of_no_item_ends_the_script_where_it_is_first_needed() {
    let mut list = FieldList::new("test");
    let (compare, merge) = (CompareMode::Never, MergeMode::No);
    let field = Field { name: "F".into(), kind: FieldType::String, array: false, compare, age: false, merge };
    list.push(field).unwrap();
    let list = Arc::new(list);
    for (script, line) in [
        ("INTEGER n;\nIF (n==1)\n  F=\"a\";\nn=2;\nF=\"b\";", Some(5)),
        ("INTEGER n;\nIF (n==1)\n  F=\"a\";\nELSE\n  F=\"b\";", Some(5)),
        ("INTEGER n;\nWHILE (n==1) { F=\"a\"; }\nIF (F==EMPTY) n=1;", Some(3)),
        ("INTEGER n;\nIF (n==1)\n  F=\"a\";", None),
    ] {
        let mut builder = ContextBuilder::new(&library(&[]), Contexts::GLOBAL).target(&list, true);
        let id = builder.script(script);
        let (context, errors) = builder.build();
        assert_eq!(errors, [], "{script}");
        let result = context.run(id, &mut context.variables(), &mut Env::new(&mut Ticking::default()));
        let fault = result.err().map(|error| (error.fault, error.line));
        assert_eq!(fault, line.map(|line| (Fault::NoItem, line)), "{script}");
    }
}

#[test]
fn nothing_runs_for_ever() {
    let functions = [
        "integer deep(integer n) { return deep(n+1); }",
        "integer wide(integer n) { if (n<1) return 1; return wide(n-1)+wide(n-1); }",
    ];
    for (script, fault) in [
        ("LOOP { }", Fault::LoopTimeout),
        ("WHILE (TRUE) CONTINUE;", Fault::LoopTimeout),
        ("LOOP { WHILE (1) { IF (1) BREAK; } }", Fault::LoopTimeout),
        ("RETURN deep(0);", Fault::CallDepth),
        ("RETURN wide(60);", Fault::LoopTimeout),
        ("STRING s; s=\"x\"; LOOP { s=s+s; }", Fault::TextLength),
        ("STRING s,t; t=NUMFORMAT(1,9999); LOOP { s=s+t; t=t+t+t; }", Fault::TextLength),
        (
            "STRING a[],s; INTEGER i; s=NUMFORMAT(1,9999); WHILE (LENGTH(s)<4000000) s=s+s; LOOP { a[i]=s; i=i+1; }",
            Fault::Memory,
        ),
    ] {
        assert_eq!(run(&functions, script).unwrap_err().fault, fault, "{script}");
    }
}

/// Scripts from which others are made by chance.
const SEEDS: &[&str] = &[
    "INTEGER i,j; STRING s,a[]; i=0; WHILE (i<20) { s=s+i; a[i]=SUBSTR(s,1,i); IF (i%3==0) CONTINUE; i=i+1; } RETURN EXPLODE(\",\",a);",
    "STRING m[]; REGEX_MATCH(\"abc123\",\"([a-z]+)([0-9]+)\",0,m); RETURN REGEX_REPLACE(m[1],\"/b*/i\",\"<\\\\0>\");",
    "TIMESTAMP t; t=20030604T164922Z+DAYUNITS(1); IF (t>\"20030604\" && !EMPTY) { LOOP { BREAK; } } ELSE RETURN (date)t-1;",
    "STRING n,e; PARSEEMAILSPEC(\"\\\"J \\\\\\\" D\\\" <j@x>, (c) d\",n,e); SWAP(n,e); RETURN NUMFORMAT(-5,-4,\"0\")+MAKEEMAILSPEC(n,e);",
    "INTEGER x; x=$M(1,\"a,b\"); RETURN LOCAL.x[+0]|~-x<<70/(x-1); /* c */ // d",
];

/// A sequence of numbers that is the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

#[test]
fn any_text_is_refused_or_runs() {
    let words = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "+",
        "-",
        ";",
        "\"",
        "\\",
        "$M",
        "$1",
        "i",
        "s",
        "a",
        "é",
        "0x",
        "IF",
        "RETURN",
        "LOOP",
        "=",
        ",",
        "9223372036854775807",
        "twice",
        "UNASSIGNED",
        "/",
        "%",
        "TARGET.",
        "[+",
    ];
    let macros: Macros =
        [("M".to_owned(), "$1+LENGTH($2)*$M2(7)".to_owned()), ("M2".to_owned(), "\"$1\"".to_owned())].into();
    let library = Arc::new(Library::new(macros, &["integer twice(integer n) { return n*2; }"], 20).0);
    let mut numbers = Numbers(1);
    let (mut ran, mut refused) = (0, 0);
    for round in 0..6000 {
        let mut script: Vec<char> = SEEDS[round % SEEDS.len()].chars().collect();
        // The first round of each is the script as it stands.
        for _ in 0..if round < SEEDS.len() { 0 } else { 1 + numbers.below(3) } {
            let at = numbers.below(script.len());
            match numbers.below(3) {
                0 => drop(script.remove(at)),
                1 => drop(script.splice(at..at, words[numbers.below(words.len())].chars())),
                _ => {
                    let end = (at + numbers.below(12)).min(script.len());
                    let part: Vec<char> = script[at..end].to_vec();
                    let to = numbers.below(script.len());
                    drop(script.splice(to..to, part));
                }
            }
        }
        let script: String = script.into_iter().collect();
        let mut builder = ContextBuilder::new(&library, Contexts::GLOBAL);
        let id = builder.script(&script);
        let (context, errors) = builder.build();
        for (_, error) in &errors {
            assert!(script.get(error.span.clone()).is_some(), "{error:?} of {script}");
        }
        if !errors.is_empty() {
            assert!(round >= SEEDS.len(), "{errors:?} of {script}");
            refused += 1;
            continue;
        }
        let mut system = Ticking::default();
        ran += usize::from(context.run(id, &mut context.variables(), &mut Env::new(&mut system)).is_ok());
    }
    assert!(ran > 300 && refused > 300, "{ran} ran, {refused} refused");
}

#[test]
fn a_text_that_would_be_too_long_stays_as_it_is() {
    let (context, id) = compiled(&[], "STRING s; s=\"x\"; LOOP { s=s+s; }");
    let mut variables = context.variables();
    let mut system = Ticking::default();
    let ended = context.run(id, &mut variables, &mut Env::new(&mut system));
    assert_eq!(ended.unwrap_err().fault, Fault::TextLength);
    let length = context.value(&variables, "s").unwrap().value.to_text().len();
    assert_eq!(length, super::MAX_TEXT);
}

#[test]
fn long_and_deep_texts_are_read_in_time() {
    for script in [
        "1+".repeat(200_000),
        "((".repeat(100_000),
        "RETURN \"".to_owned() + &"x".repeat(1 << 20),
        "a[".repeat(50_000),
        "f(".repeat(50_000),
        "IF (1) {".repeat(20_000),
        "INTEGER x;".repeat(20_000),
        "ELSE ".repeat(20_000),
        "$".repeat(50_000),
    ] {
        let _ = errors(&script);
    }
    let sum = format!("RETURN 0{};", "+1".repeat(200));
    assert_eq!(text(&[], &sum), "200");
}
