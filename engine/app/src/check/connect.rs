//! `--connect`: opens the databases of a config and has them prepare its statements.
//!
//! Not its job: plugins and databases that are not opened yet; they are named.

use std::path::Path;

use syncloom_config::{Code, Diagnostic, Loaded, Location, Place, Sources};
use syncloom_stores::sqlite::{Fault, probe};

/// Tries the databases, adds what is wrong to the problems, and returns what there is to say besides.
pub(super) fn run(loaded: &mut Loaded) -> Vec<String> {
    let Some(config) = &loaded.config else {
        return vec!["no database was opened: the config has errors".to_owned()];
    };
    let probe = probe(config);
    let faults: Vec<Diagnostic> =
        probe.faults.iter().filter_map(|fault| told(fault, &loaded.sources)).collect();
    loaded.diagnostics.extend(faults);
    let files = probe.files.iter().map(|(path, statements)| match path.exists() {
        true => format!("{}: opened, {statements} statements prepared", path.display()),
        false => format!("{}: to be made yet, {statements} statements prepared", path.display()),
    });
    let datastores = config.server.iter().flat_map(|server| &server.datastores);
    let others = datastores.filter(|datastore| datastore.has_plugin());
    let others = others.map(|datastore| format!("./{}: its plugin was not opened", datastore.name));
    files.chain(others).collect()
}

fn told(fault: &Fault, sources: &Sources) -> Option<Diagnostic> {
    Some(match &fault.statement {
        None => Diagnostic::new(Code::Database, tag_of(&fault.file, sources)?, fault.reason.clone()),
        Some((tag, place)) => {
            let message = format!("{} refuses <{tag}>: {}", fault.file.display(), fault.reason);
            Diagnostic::new(Code::Refused, words(place, &fault.reason, sources)?, message)
        }
    })
}

/// Where the config names a file; variables may hide it, and then it is the first place where it names any.
fn tag_of(file: &Path, sources: &Sources) -> Option<Location> {
    let file = file.to_string_lossy();
    let lower: Vec<_> =
        sources.all().iter().map(|source| (source, source.text().to_ascii_lowercase())).collect();
    let places = lower.iter().flat_map(|(source, text)| {
        text.match_indices("<sqlitefile").map(|(at, name)| (*source, at + 1, at + name.len()))
    });
    let all: Vec<_> = places.collect();
    let names = |(source, _, end): &&(&syncloom_config::Source, usize, usize)| {
        let rest = &source.text()[*end..];
        rest.split(['>', '<']).nth(1).is_some_and(|value| value.trim() == file)
    };
    let (source, begin, end) = all.iter().find(names).or(all.first())?;
    Some(source.locate(*begin..*end))
}

/// How far behind the beginning of a statement the word is looked for that the database does not know.
const LONGEST_STATEMENT: usize = 20_000;

/// The word that the database complains of, or where the statement begins.
fn words(place: &Place, reason: &str, sources: &Sources) -> Option<Location> {
    let source = sources.find(&place.file)?;
    let line = source.line_start(place.line);
    let ahead = source.text().get(line..)?.chars().take((place.column as usize).saturating_sub(1));
    let begin = line + ahead.map(char::len_utf8).sum::<usize>();
    let statement = source.text().get(begin..)?;
    let end = statement.find("</").unwrap_or(statement.len()).min(LONGEST_STATEMENT);
    let statement = statement.get(..end).unwrap_or(statement);
    // "no such table: x", "no such column: y", "near \"z\": syntax error"
    let word = reason.split('"').nth(1).or_else(|| reason.rsplit_once(": ").map(|(_, word)| word));
    let found = word.and_then(|word| Some((statement.find(word)?, word.len())));
    Some(match found {
        Some((at, length)) => source.locate(begin + at..begin + at + length),
        None => source.locate(begin..begin + statement.trim_end().len()),
    })
}
