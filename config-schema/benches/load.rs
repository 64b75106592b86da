//! How long it takes to load and check a config: with all scripts and filters compiled, on one core. The small
//! config is the test's; a large one of 2,200 lines with 45 remote rules lies beside the workspace, and is left out
//! where it does not.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, criterion_group, criterion_main};
use syncloom_config::{LoadOptions, load_text};

fn load(bench: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("SYNCLOOM_SHARED").map_or_else(|| root.join("../../shared"), PathBuf::from);
    let options = LoadOptions::default();
    for (name, path) in [
        ("small", root.join("tests/configs/small.xml")),
        ("reference_server", shared.join("configs/reference_server.xml")),
        ("reference_client", shared.join("configs/reference_client.xml")),
    ] {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        bench.bench_function(name, |bencher| {
            bencher.iter(|| load_text(black_box(&path), black_box(&bytes), &options));
        });
    }
}

criterion_group!(benches, load);
criterion_main!(benches);
