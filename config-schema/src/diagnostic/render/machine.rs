//! Diagnostics for programs: one line each, JSON, and the annotations of GitHub.
//!
//! Not its job: SARIF (`sarif`).

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::source::Sources;

/// One line: `file:line:column: severity[code]: message`.
pub fn concise(diagnostic: &Diagnostic) -> String {
    let Diagnostic { place, severity, code, message, .. } = diagnostic;
    format!("{}:{}:{}: {}[{code}]: {message}", place.file, place.line, place.column, severity.word())
}

/// An array with an object for each. Lines and columns (in characters) count from 1, `end_column` is behind the
/// last character; `bytes` are those of the decoded file.
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    let object = |told: &Diagnostic| {
        let mut object = place(&told.place, sources);
        object["code"] = json!(told.code.id());
        object["title"] = json!(told.code.title());
        object["severity"] = json!(told.severity.word());
        object["message"] = json!(told.message);
        object["hint"] = json!(told.hint);
        object["notes"] = told
            .notes
            .iter()
            .map(|(at, text)| {
                let mut note = at.as_ref().map_or_else(|| json!({}), |at| place(at, sources));
                note["message"] = json!(text);
                note
            })
            .collect();
        let edit = |edit: &crate::Edit| json!({"bytes": [edit.span.start, edit.span.end], "text": edit.text});
        object["fix"] = told.fix.iter().map(edit).collect();
        object
    };
    diagnostics.iter().map(object).collect()
}

fn place(place: &Location, sources: &Sources) -> Value {
    let (end_line, end_column) = end(place, sources);
    json!({
        "file": &*place.file,
        "line": place.line,
        "column": place.column,
        "end_line": end_line,
        "end_column": end_column,
        "bytes": [place.span.start, place.span.end],
    })
}

/// Line and column behind the last character of a place.
pub(super) fn end(place: &Location, sources: &Sources) -> (u32, u32) {
    let source = sources.find(&place.file);
    source.map_or((place.line, place.column), |source| source.line_and_column(place.span.end))
}

/// One line that a GitHub workflow shows beside the line of the file.
pub fn github(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let Diagnostic { place, severity, code, .. } = diagnostic;
    let command = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "notice",
    };
    let (end_line, end_column) = end(place, sources);
    // Columns of an annotation count only within one line.
    let columns = match end_line == place.line {
        true => format!(",col={},endColumn={end_column}", place.column),
        false => String::new(),
    };
    let hint = diagnostic.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!(
        "::{command} file={},line={},endLine={end_line}{columns},title={code}::{}",
        escaped(&place.file, true),
        place.line,
        escaped(&format!("{}{hint}", diagnostic.message), false)
    )
}

fn escaped(text: &str, property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::render::tests::example;

    #[test]
    fn programs_get_the_same_as_people() {
        let (found, sources) = example();
        assert_eq!(concise(&found), "a.xml:2:12: error[SLC0030]: 'nö' is no boolean");
        let value = json(std::slice::from_ref(&found), &sources);
        let told = &value[0];
        for (key, expected) in [
            ("code", json!("SLC0030")),
            ("severity", json!("error")),
            ("line", json!(2)),
            ("column", json!(12)),
            ("end_line", json!(2)),
            ("end_column", json!(14)),
            ("hint", json!("write yes or no")),
            ("fix", json!([{"bytes": [16, 19], "text": "no"}])),
        ] {
            assert_eq!(told[key], expected, "{key}");
        }
        assert_eq!(told["notes"][0]["message"], json!("in this"));
        let line = "::error file=a.xml,line=2,endLine=2,col=12,endColumn=14,title=SLC0030::'nö' is no boolean (write \
                    yes or no)";
        assert_eq!(github(&found, &sources), line);
        assert_eq!(escaped("a:b,c%\n", true), "a%3Ab%2Cc%25%0A");
    }
}
