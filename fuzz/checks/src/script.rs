//! Scripts: any text is compiled or refused with places in it, and what is compiled ends with a value or an error.

use std::sync::Arc;

use syncloom_script::functions::Contexts;
use syncloom_script::lang::{
    ContextBuilder, Env, Event, ItemSlot, Library, MAX_TEXT, Macros, System, Tracer,
};
use syncloom_script::{CompareMode, Field, FieldList, FieldType, Item, MergeMode, Timestamp};

/// Inputs to begin with.
pub const SEEDS: &[&str] = &[
    "INTEGER i,j; STRING s,a[]; i=0; WHILE (i<20) { s=s+i; a[i]=SUBSTR(s,1,i); IF (i%3==0) CONTINUE; i=i+1; } RETURN EXPLODE(\",\",a);",
    "STRING m[]; REGEX_MATCH(\"abc123\",\"([a-z]+)([0-9]+)\",0,m); RETURN REGEX_REPLACE(m[1],\"/b*/i\",\"<\\\\0>\");",
    "TIMESTAMP t; t=20030604T164922Z+DAYUNITS(1); IF (t>\"20030604\" && !EMPTY) { LOOP { BREAK; } } ELSE RETURN (date)t-1;",
    "STRING n,e; PARSEEMAILSPEC(\"\\\"J \\\\\\\" D\\\" <j@x>, (c) d\",n,e); SWAP(n,e); RETURN NUMFORMAT(-5,-4,\"0\")+MAKEEMAILSPEC(n,e);",
    "INTEGER x; x=$M(1,\"a,b\"); RETURN LOCAL.x[+0]|~-x<<70/(x-1); /* c */ // d",
    "TARGET.S=\"x\"; A[3]=S[+0]; S=S+A[3]+twice(2); RETURN RECURRENCE_DATE(\"20040229\",\"MW\",1,8,32,TRUE,7);",
    "STRING s; s=\"x\"; LOOP s=s+s;",
];

/// A machine whose clock goes on by a millisecond each time it is looked at.
struct Ticking(u64);

impl System for Ticking {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_unix_ms(1_339_761_600_000)
    }

    fn elapsed_ms(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    fn random(&mut self, _: Option<i64>) -> u64 {
        4
    }
}

/// Counts what it is told.
struct Counter(usize);

impl Tracer for Counter {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Line { line, .. } = event {
            assert!(line > 0);
        }
        self.0 += 1;
    }
}

/// See [`crate::TARGETS`].
pub fn check(data: &[u8]) {
    let text = crate::text(data);
    let macros: Macros = [("M", "$1+LENGTH($2)*$M2(7)"), ("M2", "\"$1\"")]
        .map(|(name, body)| (name.into(), body.into()))
        .into();
    // Few milliseconds: the clock goes on at each look, and is looked at every so many rounds.
    let (library, errors) = Library::new(macros, &["integer twice(integer n) { return n*2; }", &text], 20);
    assert!(errors.iter().all(|(_, error)| text.get(error.span.clone()).is_some()), "{errors:?} of {text:?}");
    let library = Arc::new(library);
    let list = Arc::new(list());
    let mut builder = ContextBuilder::new(&library, Contexts::GLOBAL).target(&list, true);
    let script = builder.script(&text);
    let (context, errors) = builder.build();
    for (_, error) in &errors {
        assert!(text.get(error.span.clone()).is_some(), "{error:?} of {text:?}");
        assert!(!error.to_string().is_empty());
    }
    let (mut system, mut item) = (Ticking(0), Item::new(Arc::clone(&list)));
    let mut variables = context.variables();
    let mut env = Env::new(&mut system);
    env.items.target = ItemSlot::Write(&mut item);
    let result = match text.len() % 8 {
        0 => context.run_traced(script, &mut variables, &mut env, &mut Counter(0)),
        _ => context.run(script, &mut variables, &mut env),
    };
    match result {
        Ok(value) => assert!(value.is_none_or(|value| value.value.to_text().len() <= 2 * MAX_TEXT)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    assert!(errors.is_empty() || context.values(&variables).all(|(_, value)| value.value.is_empty()));
}

fn list() -> FieldList {
    let mut list = FieldList::new("fuzz");
    for (name, kind, array) in
        [("S", FieldType::String, false), ("I", FieldType::Integer, false), ("A", FieldType::String, true)]
    {
        let (compare, merge) = (CompareMode::Always, MergeMode::No);
        let _ = list.push(Field { name: name.into(), kind, array, compare, age: false, merge });
    }
    list
}
