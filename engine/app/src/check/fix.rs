//! `--fix`: writes the certain mends into the files of a config.
//!
//! Not its job: what a mend is (each problem says that) and how it is put into a text (`syncloom-config`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use syncloom_config::{Edit, mend};

use crate::ConfigArgs;
use crate::config;

/// How often a config is read again: a mend can bring others to light, and of mistakes in the XML only one is seen
/// at a time.
const MAX_ROUNDS: usize = 1000;

/// Mends the files, and returns how many problems are mended.
pub(super) fn run(args: &ConfigArgs) -> Result<usize, String> {
    let mut mended = 0;
    for _ in 0..MAX_ROUNDS {
        let loaded = syncloom_config::load(&args.path, &config::options(args, false));
        let mut edits: BTreeMap<Arc<str>, Vec<Edit>> = BTreeMap::new();
        let mut count = 0;
        for told in loaded.diagnostics.iter().filter(|told| !told.fix.is_empty()) {
            let known = edits.entry(Arc::clone(&told.place.file)).or_default();
            // A problem is mended as a whole or, if it overlaps with another one, in the next round.
            let free = told.fix.iter().all(|edit| known.iter().all(|other| apart(edit, other)));
            if free {
                known.extend(told.fix.iter().cloned());
                count += 1;
            }
        }
        if count == 0 {
            return Ok(mended);
        }
        for (file, edits) in &edits {
            change(Path::new(&**file), edits)?;
        }
        mended += count;
    }
    Ok(mended)
}

fn apart(a: &Edit, b: &Edit) -> bool {
    a.span.end <= b.span.start && a.span != b.span || b.span.end <= a.span.start && a.span != b.span
}

/// The file changes as a whole, or stays as it was.
fn change(path: &Path, edits: &[Edit]) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = fs::read(path).map_err(said)?;
    let mended =
        mend(&bytes, edits).ok_or_else(|| format!("{}: its encoding cannot be written", path.display()))?;
    let permissions = fs::metadata(path).map_err(said)?.permissions();
    // What a link points at is changed, not the link.
    let path = fs::canonicalize(path).map_err(said)?;
    let mut unfinished = path.clone().into_os_string();
    unfinished.push(format!(".{}.new", std::process::id()));
    fs::write(&unfinished, mended)
        .and_then(|()| fs::set_permissions(&unfinished, permissions))
        .and_then(|()| fs::rename(&unfinished, &path))
        .map_err(|error| {
            let _ = fs::remove_file(&unfinished);
            said(error)
        })
}
