//! `--fix`: writes the certain mends into the files of a config.
//!
//! Not its job: what a mend is (each problem says that) and how it is put into a text (`syncloom-config`).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use syncloom_config::Edit;

use crate::ConfigArgs;
use crate::config;
use crate::rewrite::rewrite;

/// How often a config is read again: a mend can bring others to light, and of mistakes in the XML only one is seen
/// at a time.
const MAX_ROUNDS: usize = 1000;

/// Mends the files, and returns how many problems are mended.
pub(super) fn run(args: &ConfigArgs) -> Result<usize, String> {
    let mut mended = 0;
    for _ in 0..MAX_ROUNDS {
        let loaded = syncloom_config::load(&args.path, &config::options(args, false));
        let mut mends: BTreeMap<Arc<str>, Vec<&[Edit]>> = BTreeMap::new();
        for told in loaded.diagnostics.iter().filter(|told| !told.fix.is_empty()) {
            mends.entry(Arc::clone(&told.place.file)).or_default().push(&told.fix);
        }
        if mends.is_empty() {
            return Ok(mended);
        }
        for (file, mends) in mends {
            mended += rewrite(Path::new(&*file), mends)?;
        }
    }
    Ok(mended)
}
