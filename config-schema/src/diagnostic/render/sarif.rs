//! Diagnostics as SARIF 2.1.0, the format of OASIS for what static analysis finds.
//!
//! Not its job: anything that is not in the diagnostics; there is one run of one tool.

use serde_json::{Value, json};

use super::machine::end;
use crate::diagnostic::{Code, Diagnostic, Location, Page, Severity};
use crate::source::Sources;

/// A whole log.
pub fn sarif(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "syncloom",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": Code::ALL.iter().map(|(code, ..)| rule(*code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(|told| result(told, sources)).collect::<Vec<_>>(),
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

fn rule(code: Code) -> Value {
    let page = Page::of(code);
    json!({
        "id": code.id(),
        "shortDescription": {"text": code.title()},
        "fullDescription": {"text": page.map_or(code.title(), |page| page.why)},
        "help": {"text": page.map_or(code.title(), |page| page.mend)},
        "defaultConfiguration": {"level": level(code.severity())},
    })
}

fn result(told: &Diagnostic, sources: &Sources) -> Value {
    let message = match &told.hint {
        Some(hint) => format!("{}; {hint}", told.message),
        None => told.message.clone(),
    };
    let related: Vec<Value> = told
        .notes
        .iter()
        .filter_map(|(place, text)| Some((place.as_ref()?, text)))
        .map(|(place, text)| {
            let mut location = location(place, sources);
            location["message"] = json!({"text": text});
            location
        })
        .collect();
    let mut result = json!({
        "ruleId": told.code.id(),
        "ruleIndex": told.code as usize,
        "level": level(told.severity),
        "message": {"text": message},
        "locations": [location(&told.place, sources)],
    });
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    if !told.fix.is_empty() {
        let replacement = |edit: &crate::Edit| {
            let source = sources.find(&told.place.file);
            let at = |offset| source.map_or((1, 1), |source| source.line_and_column(offset));
            json!({
                "deletedRegion": region(at(edit.span.start), at(edit.span.end)),
                "insertedContent": {"text": edit.text},
            })
        };
        result["fixes"] = json!([{
            "artifactChanges": [{
                "artifactLocation": {"uri": uri(&told.place.file)},
                "replacements": told.fix.iter().map(replacement).collect::<Vec<_>>(),
            }],
        }]);
    }
    result
}

fn location(place: &Location, sources: &Sources) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&place.file)},
        "region": region((place.line, place.column), end(place, sources)),
    }})
}

fn region(start: (u32, u32), end: (u32, u32)) -> Value {
    json!({"startLine": start.0, "startColumn": start.1, "endLine": end.0, "endColumn": end.1})
}

/// A path as a reference of a URI: relative ones stay so, and what has a meaning in URIs is encoded.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::render::tests::example;

    /// The properties that the standard requires of each object (SARIF 2.1.0, 3.13 to 3.56), and that indices and
    /// places point at something.
    #[test]
    fn a_log_has_what_the_standard_requires() {
        let (found, sources) = example();
        let log = sarif(std::slice::from_ref(&found), &sources);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let driver = &run["tool"]["driver"];
        assert!(driver["name"].is_string());
        let rules = driver["rules"].as_array().unwrap();
        for rule in rules {
            assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string());
            assert!(
                ["error", "warning", "note"]
                    .contains(&rule["defaultConfiguration"]["level"].as_str().unwrap())
            );
        }
        let result = &run["results"][0];
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["level"], "error");
        assert!(result["message"]["text"].as_str().unwrap().contains("write yes or no"));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a.xml");
        assert_eq!(
            place["region"],
            json!({"startLine": 2, "startColumn": 12, "endLine": 2, "endColumn": 14})
        );
        assert_eq!(result["relatedLocations"][0]["message"]["text"], "in this");
        let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!(replacement["insertedContent"]["text"], "no");
        assert_eq!(replacement["deletedRegion"]["startColumn"], 12);
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/ä.xml"), "a%20b/%C3%A4.xml");
        assert_eq!(uri("/etc/x.xml"), "file:///etc/x.xml");
    }
}
