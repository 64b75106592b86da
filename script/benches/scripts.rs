//! How fast scripts run: the loops that the original engine was measured with.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use syncloom_script::Timestamp;
use syncloom_script::functions::Contexts;
use syncloom_script::lang::{ContextBuilder, Env, Library, Macros, System};

/// The machine as it is, without files and shell.
struct Real(Instant);

impl System for Real {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_unix_ms(0)
    }

    fn elapsed_ms(&mut self) -> u64 {
        self.0.elapsed().as_millis() as u64
    }

    fn random(&mut self, _: Option<i64>) -> u64 {
        0
    }
}

/// Name, rounds of its loop, script.
const SCRIPTS: &[(&str, u64, &str)] = &[
    ("append_number", 1_000_000, "STRING s; INTEGER i; i=0; WHILE (i<1000000) { s=s+i; i=i+1; } RETURN LENGTH(s);"),
    ("append_text", 20_000, "STRING s; INTEGER i; i=0; s=EMPTY; WHILE (i<20000) { s=s+\"x\"; i=i+1; } RETURN LENGTH(s);"),
    (
        "texts",
        100_000,
        "STRING s,t,u; INTEGER i,n,p; i=0; n=0; WHILE (i<100000) { s=\"item \"+i; t=SUBSTR(s,0,6); u=UPPERCASE(t);
         p=FIND(s,\"m\"); IF (LENGTH(s)>5 && u!=t) n=n+p; i=i+1; } RETURN n;",
    ),
    ("calls", 100_000, "INTEGER i,n; i=0; n=0; WHILE (i<100000) { n=add(n,i); i=i+1; } RETURN n;"),
    (
        "regex_match",
        100_000,
        "STRING m[]; INTEGER i,n; i=0; n=0; WHILE (i<100000) { n=n+REGEX_MATCH(\"abc123\",\"([a-z]+)([0-9]+)\",0,m); i=i+1; } RETURN m[2];",
    ),
];

fn scripts(criterion: &mut Criterion) {
    let (library, errors) =
        Library::new(Macros::new(), &["integer add(integer a, integer b) { return a+b; }"], 5000);
    assert!(errors.is_empty());
    let library = Arc::new(library);
    let mut group = criterion.benchmark_group("scripts");
    group.sample_size(20);
    for (name, rounds, text) in SCRIPTS {
        let mut builder = ContextBuilder::new(&library, Contexts::GLOBAL);
        let id = builder.script(text);
        let (context, errors) = builder.build();
        assert!(errors.is_empty(), "{errors:?}");
        let mut variables = context.variables();
        group.throughput(Throughput::Elements(*rounds));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| {
                // A text that a run before left would be appended to.
                context.set(&mut variables, "s", &syncloom_script::Value::Unassigned);
                let mut system = Real(Instant::now());
                black_box(context.run(id, &mut variables, &mut Env::new(&mut system)))
            });
        });
    }
}

criterion_group!(benches, scripts);
criterion_main!(benches);
