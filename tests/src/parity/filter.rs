//! Filters beside the original's: test mode, make-pass mode, and CGI (manual 7).
//!
//! Where we differ on purpose, a rule over the input says so. The rules do not ask our parser whether a text is well
//! formed: [`malformed`] finds that out by itself, and a disagreement between the two is a difference.

use serde_json::{Value as Json, json};
use syncloom_script::filter::{
    Expression, Filter, Ids, Names, Operator, Problem, ProblemKind, WrittenTerm, parse, parse_cgi,
};
use syncloom_script::{Timestamp, Value};

use super::Verdict;
use super::config::{Datatype, lists};
use super::filter_items::{recorded, shown};
use super::script::made;

/// Compares a case of `filter.jsonl`.
pub fn run(input: &Json, output: &Json) -> Verdict {
    let text = |key: &str| input[key].as_str().unwrap_or_default();
    let mode = text("mode");
    if !matches!(mode, "test" | "make") {
        return translate(text("cgi"), output);
    }
    match lists().datatype(text("datatype")) {
        Some(datatype) => apply(datatype, text("filter"), text("item_script"), mode == "make", output),
        None => differs(output, json!(format!("no datatype {}", text("datatype")))),
    }
}

fn differs(wanted: impl ToString, got: impl ToString) -> Verdict {
    Verdict::Differs { wanted: wanted.to_string(), got: got.to_string() }
}

fn apply(datatype: &Datatype, text: &str, script: &str, make: bool, output: &Json) -> Verdict {
    let names = datatype.names();
    let (filter, problems) = match Filter::compile_lenient(text, &names) {
        Ok(compiled) => compiled,
        Err(problems) => return refused(text, malformed(text), &problems, output),
    };
    if malformed(text) {
        return differs("an error for a malformed filter", "a filter");
    }
    let before = match made(&datatype.list, script) {
        Ok(item) => item,
        Err(error) => return differs("an item", error),
    };
    let mut after = before.clone();
    // An item of the recordings has no ids.
    let ids = Ids::default();
    let passed = filter.test(&before, ids);
    let result = if make { filter.make_pass(&mut after, ids) } else { passed };
    let recorded_item = output["item"].as_object().map_or_else(|| shown(&before), recorded);
    let same_item = shown(&after) == recorded_item;
    if same_item && output["result"] == result {
        return Verdict::Equal;
    }
    let terms =
        parse(text).ok().flatten().map(|e| written(&e).cloned().collect::<Vec<_>>()).unwrap_or_default();
    // Notes: "make-pass reports success though the item still fails: manual: the result is that of the test after
    // the assignments".
    if make && same_item && output["result"] == true && output["passes_after"] == result {
        return Verdict::OnPurpose("the result of make-pass mode is that of the test afterwards");
    }
    // Manual 7.1: "the filter expression is applied to the data item first like in test mode, and if the result is
    // true, nothing more happens".
    if make && passed && result && shown(&before) == shown(&after) && terms.iter().any(|term| term.assign) {
        return Verdict::OnPurpose("an item that passes is left as it is");
    }
    match terms.iter().find_map(|term| on_purpose(term, &names)) {
        Some(why) => Verdict::OnPurpose(why),
        None => differs(
            json!({"result": output["result"], "item": recorded_item}),
            json!({"result": result, "item": shown(&after), "problems": format!("{problems:?}")}),
        ),
    }
}

/// Why a term may answer differently.
fn on_purpose(term: &WrittenTerm, names: &dyn Names) -> Option<&'static str> {
    let place = match term.identifier.get(2..) {
        Some(field) if term.identifier.starts_with(['F', 'f']) && term.identifier[1..].starts_with('.') => {
            names.field(field)
        }
        _ => names.identifier(&term.identifier),
    }?;
    // Notes: "`$` means contains, like `%`: manual: does not contain".
    if term.operator == Operator::ContainsNot {
        return Some("$ means: does not contain");
    }
    // Notes: "`*=N` is true when the field IS assigned: manual: true when not assigned".
    if term.special && term.constant.starts_with('N') {
        return Some("*=N is true for what is not assigned");
    }
    // Notes: "`=` on an array never matches: sane, true if an element matches". The other comparisons go with it.
    if place.array && !term.special && term.operator != Operator::Contains {
        return Some("an array passes if an element does");
    }
    // Manual 7.2: "numbers must be entered as decimal integers", dates "in ISO8601 format". The original reads the
    // rest as no value, which then is assigned.
    let constant = Value::from_text(term.constant.trim(), place.kind);
    let number = term.constant.trim().parse::<i64>().is_ok();
    let is_bad = match constant {
        Value::Integer(_) => !number,
        Value::Empty => !term.constant.trim().is_empty(),
        _ => false,
    };
    (is_bad && !term.special).then_some("a constant that is no number or time makes its term false")
}

/// A filter that we refuse: on purpose where it really is none.
fn refused(text: &str, malformed: bool, problems: &[Problem], output: &Json) -> Verdict {
    // Notes: "any other letter after `*=` counts as true: sane: an error". The manual knows E and N alone.
    if problems.iter().all(|problem| problem.kind == ProblemKind::BadSpecial) {
        let special = |term: &WrittenTerm| term.special && !matches!(term.constant.trim_end(), "E" | "N");
        let expression = parse(text).ok().flatten();
        if expression.is_some_and(|e| written(&e).any(|term| special(term) || !equality(term))) {
            return Verdict::OnPurpose("a special value other than E and N is an error");
        }
    } else if malformed {
        // Notes: "an identifier without an operator reads past the end: sane: an error", and "a bad filter loads
        // silently: errors".
        return Verdict::OnPurpose("a malformed filter is an error");
    }
    differs(output, format!("{problems:?}"))
}

fn equality(term: &WrittenTerm) -> bool {
    matches!(term.operator, Operator::Equal | Operator::NotEqual)
}

fn translate(cgi: &str, output: &Json) -> Verdict {
    let malformed = malformed(&without_entities(cgi));
    let filter = match parse_cgi(cgi) {
        Ok(filter) => filter,
        // Manual 7.3 says what these take; facts 14: bad grammar is answered 422. The original drops them unread.
        Err(problems) if problems.iter().all(|p| p.kind == ProblemKind::BadOption) && has_bad_limit(cgi) => {
            return Verdict::OnPurpose("a limit that cannot be read is an error");
        }
        Err(problems) => return refused(cgi, malformed, &problems, output),
    };
    if malformed {
        return differs("an error for malformed CGI", "a filter");
    }
    let got = filter.expression.map(|expression| expression.to_string()).unwrap_or_default();
    if output["filter"] == got && output["rest"] == "" {
        return Verdict::Equal;
    }
    differs(output, got)
}

/// Whether one of the pseudo-identifiers has a value that is nothing of its kind, or is one of several alternatives.
fn has_bad_limit(cgi: &str) -> bool {
    let text = without_entities(cgi);
    let Ok(Some(expression)) = parse(&text) else { return false };
    let has_alternatives = text.contains('|');
    written(&expression).any(|term| {
        let value = term.constant.trim();
        let readable = match term.identifier.to_ascii_uppercase().as_str() {
            "SINCE" | "BEFORE" => Timestamp::parse(value).is_some(),
            "MAXSIZE" | "MAXCOUNT" => value.parse::<u64>().is_ok(),
            "NOATT" => {
                ["0", "1", "true", "false", "yes", "no"].contains(&value.to_ascii_lowercase().as_str())
            }
            "DBOPTIONS" => true,
            _ => return false,
        };
        !readable || has_alternatives || term.special || term.operator != Operator::Equal
    })
}

fn written(expression: &Expression) -> Box<dyn Iterator<Item = &WrittenTerm> + '_> {
    match expression {
        Expression::Any(parts) | Expression::All(parts) => Box::new(parts.iter().flat_map(written)),
        Expression::Group(inner) => written(inner),
        Expression::Term(term) => Box::new(std::iter::once(term)),
    }
}

/// CGI with its entities as the signs that they stand for.
fn without_entities(cgi: &str) -> String {
    let mut text = String::new();
    let mut rest = cgi;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        let name = rest[at + 1..].split_once(';').map_or("", |(name, _)| name);
        let sign = match name.to_ascii_uppercase().as_str() {
            "EQ" => "=",
            "IEQ" => "^=",
            "NE" => "<>",
            "INE" => "^<>",
            "LT" | "GT" | "LE" | "GE" | "CON" | "NCON" => "%",
            "ILT" | "IGT" | "ILE" | "IGE" | "ICON" | "INCON" => "^%",
            "AND" | "AMP" => "&",
            "OR" => "|",
            "LUID" => "LUID",
            "NULL" | "UNASSIGNED" => "E",
            _ => {
                text.push('&');
                rest = &rest[at + 1..];
                continue;
            }
        };
        text.push_str(sign);
        rest = &rest[at + name.len() + 2..];
    }
    text + rest
}

/// Whether a text is no filter by the manual's 7.2, found out in the plainest way: it is cut at its logical operators
/// and parentheses, and each piece has to look like a term. A logical operator may stand at the end (notes).
fn malformed(text: &str) -> bool {
    if text.trim().is_empty() {
        return false;
    }
    let mut open = 0;
    let mut rest = text;
    let mut first = true;
    loop {
        // A term or an opening parenthesis.
        rest = rest.trim_start();
        if let Some(inner) = rest.strip_prefix('(') {
            (rest, open, first) = (inner, open + 1, true);
            continue;
        }
        let luid = if rest.starts_with("&LUID;") { "&LUID;".len() } else { 0 };
        let end = luid + rest[luid..].find(['&', '|', ')']).unwrap_or(rest.len() - luid);
        let (term, behind) = rest.split_at(end);
        let at_end = behind.is_empty() || behind.starts_with(')');
        let is_term = looks_like_a_term(term.trim_start_matches("&LUID;"), luid > 0);
        let is_needless = term.is_empty() && at_end && !first;
        if !is_term && !is_needless {
            return true;
        }
        // What follows it.
        rest = behind;
        while let Some(behind) = rest.strip_prefix(')') {
            if open == 0 {
                return true;
            }
            (rest, open) = (behind.trim_start(), open - 1);
        }
        match rest.strip_prefix(['&', '|']) {
            Some(behind) => (rest, first) = (behind, false),
            None => return open > 0 || !rest.is_empty(),
        }
    }
}

fn looks_like_a_term(term: &str, named: bool) -> bool {
    let behind = term.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_.-".contains(c));
    let prefixed =
        [':', '*', '^'].iter().fold(behind, |rest, prefix| rest.strip_prefix(*prefix).unwrap_or(rest));
    (named || behind.len() < term.len()) && prefixed.starts_with(['=', '<', '>', '%', '$'])
}
