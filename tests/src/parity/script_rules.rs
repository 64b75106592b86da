//! Where scripts differ on purpose: each rule looks at what a case is given and how it ended, and names its decision.
//!
//! The order matters only for what a case is counted as. A rule must not excuse what it doesn't explain, so it asks
//! for the form of script that the decision is about.

use serde_json::Value as Json;
use syncloom_script::recurrence::Block;
use syncloom_script::time::Zones;
use syncloom_script::{Timestamp, Zone};

use super::rrule;
use super::script::{End, NO_TEXT, Outcome};
use super::script_case::{Case, TYPES};
use super::time::reason_of_name;

/// The decision by which a case differs.
pub(super) fn on_purpose(input: &Json, wanted: &Outcome, got: &Outcome) -> Option<&'static str> {
    let case = Case::new(input);
    let rules = [load_time, times, languages, values, functions, recurrences];
    rules.iter().find_map(|rule| rule(&case, &wanted.end, &got.end))
}

const COMPARISONS: &[&str] = &["==", "!=", "<>", "<=", ">=", "<", ">"];

/// A wrong form, call or name is told when a script is loaded, with its place; the original went on until it came
/// there, or took no notice where only a closing sign was missing.
fn load_time(case: &Case, wanted: &End, got: &End) -> Option<&'static str> {
    let End::Refused(message) = got else { return None };
    // A mistake in its form is one whether or not the script comes there.
    let form = ["missing", "expected", "without", "takes", "unexpected", "gives no value", "text behind"];
    let of_form = !case.balanced() || form.iter().any(|word| message.contains(word));
    match wanted {
        End::Failed(_) => Some("what is wrong with a script is told when it is loaded"),
        End::Value(_) | End::Crashed if of_form => {
            Some("what is wrong with a script is told when it is loaded")
        }
        _ => None,
    }
}

/// Decisions about times and zones.
fn times(case: &Case, wanted: &End, got: &End) -> Option<&'static str> {
    if case.calls("TIMEONLY") {
        return Some("TIMEONLY gives the time units since midnight (manual 6.14.3)");
    }
    if case.calls("SETUSERTIMEZONE") && *wanted == End::Crashed {
        return Some("SETUSERTIMEZONE doesn't end the process");
    }
    let is_half = |call: &Vec<&str>| {
        let time =
            |place: usize| call.get(place).and_then(|text| Timestamp::parse(text.trim().trim_matches('"')));
        match (time(0), time(1)) {
            (Some(start), Some(end)) => end.linear() < start.linear(),
            (start, end) => start.is_some() != end.is_some(),
        }
    };
    if case.arguments("ALLDAYCOUNT").iter().any(is_half) {
        return Some("an event without an end is one day, one without a start or that ends before it none");
    }
    if case.follows(COMPARISONS, &["TIMEUNITS(", "DAYUNITS("]) {
        return Some("the operands of a comparison are converted (manual 6.10)");
    }
    let taking = ["SETTIMEZONE", "CONVERTTOZONE"];
    if taking.iter().any(|name| case.argument(name, |first| first == '-')) {
        return Some("seconds west of UTC are a zone (manual 6.14.4)");
    }
    let in_offset =
        |text: &str| Timestamp::parse(text).is_some_and(|time| matches!(time.zone(), Zone::Offset(_)));
    let nameless = |end: &End| matches!(end, End::Value(Some(value)) if value == "string UNASSIGNED");
    let offset = case.argument("SETTIMEZONE", |first| first.is_ascii_digit()) || case.texts().any(in_offset);
    if case.calls_itself("TIMEZONE") && offset && nameless(wanted) && !nameless(got) {
        return Some("an offset is named as ISO 8601 has it (manual 6.14.4)");
    }
    let takes_names = taking.iter().any(|name| case.calls(name));
    let names = case.texts().filter(|text| takes_names && Timestamp::parse(text).is_none());
    let zones = Zones::default();
    let in_user_zone = case.has(&["USERZONE(", "USERTIMEZONE(", "ALLDAYCOUNT("]);
    let mut names = names.chain(case.user_zone.as_deref().filter(|_| in_user_zone));
    names.find_map(|name| reason_of_name(name, zones.find(name).is_ok()))
}

/// Decisions about the language.
fn languages(case: &Case, wanted: &End, got: &End) -> Option<&'static str> {
    let failed_with = |part: &str| matches!(wanted, End::Failed(log) if log.contains(part));
    let got_value = matches!(got, End::Value(_));
    if matches!(got, End::Failed(message) if message.contains("division by zero")) && *wanted == End::Crashed
    {
        return Some("division by zero is a run-time error");
    }
    if has_iso_literal(&case.bare) {
        return Some("an unquoted ISO 8601 literal is a timestamp (manual 6.7)");
    }
    if case.has(&["CONTINUE;"]) && matches!(wanted, End::Failed(_) | End::Crashed) && got_value {
        return Some("CONTINUE works inside of IF (manual 6.11)");
    }
    if dangling_else(&case.tight) {
        return Some("an ELSE belongs to the IF before it, and what follows is run");
    }
    if failed_with("too many IF/ELSE/WHILE/LOOP nested") && got_value {
        return Some("statements may stand in each other as deep as expressions");
    }
    if failed_with("missing ';'") && got_value && !case.bare.trim_end().ends_with([';', '}']) {
        return Some("the last statement needs no semicolon");
    }
    let casts: Vec<_> = TYPES.iter().map(|kind| format!("({kind})")).collect();
    let casts: Vec<&str> = casts.iter().map(String::as_str).collect();
    let unary = ["-", "!", "~"];
    let before: Vec<&str> = casts.iter().copied().chain(unary).collect();
    if case.follows(&before, &unary) && matches!(wanted, End::Failed(_)) {
        return Some("unary operators and casts nest");
    }
    let after_operator = ["(", "=", "RETURN", "+", "*", "/", "%", "&", "|", ",", "<", ">"];
    if case.follows(&after_operator, &unary) && case.has(&["\"", "TIMESTAMP"]) {
        return Some("behind a unary operator each operand keeps its type");
    }
    if case.follows(&casts, &casts) || casts.iter().any(|cast| cast_of_call(&case.tight, cast)) {
        return Some("casts nest, and apply to function calls (manual 6.10)");
    }
    if case.follows(&casts, &["EMPTY", "UNASSIGNED"]) {
        return Some("casting EMPTY gives an empty value of the type");
    }
    if matches!(wanted, End::Failed(_) | End::Crashed) && case.texts().any(|text| text.len() > 255) {
        return Some("texts may be longer than 255 bytes");
    }
    if matches!(wanted, End::Refused(log) if log.contains("Undefined function")) && got_value {
        return Some("user functions may call those defined after them");
    }
    if case.macros && case.has(&["$"]) && case.bare.contains('"') {
        return Some("quotes protect commas in the arguments of a macro");
    }
    if matches!(got, End::Failed(message) if message.contains("array index")) {
        return Some("array indexes are bounded");
    }
    let deep = matches!(got, End::Failed(message) if message.contains("too deeply"));
    (deep && *wanted == End::Crashed).then_some("recursion is bounded")
}

/// Decisions about values.
fn values(case: &Case, wanted: &End, got: &End) -> Option<&'static str> {
    if matches!(wanted, End::Value(Some(value)) if value.contains(NO_TEXT)) {
        return Some("bytes that are no UTF-8 are no text");
    }
    if case.follows(&["EMPTY", "UNASSIGNED"], COMPARISONS) {
        return Some("EMPTY and UNASSIGNED compare on both sides");
    }
    if case.compares_with_text() && matches!(got, End::Value(_)) {
        return Some("the operands of a comparison are converted (manual 6.10)");
    }
    if matches!(wanted, End::Failed(log) if log.contains("by-reference parameter of type"))
        && case.has(&["[],", "[])"])
        && case.tight.contains('&')
    {
        return Some("arrays can be given by reference (manual 6.13.1)");
    }
    let arrays = case.arrays();
    let pair = |form: &dyn Fn(&str, &str) -> String| {
        arrays.iter().any(|a| arrays.iter().any(|b| a != b && case.tight.contains(&form(a, b))))
    };
    (pair(&|a, b| format!("{a}={b};"))
        || pair(&|a, b| format!("APPEND({a},{b})"))
        || pair(&|a, b| format!("SWAP({a},{b})")))
    .then_some("assigning, appending and swapping arrays keeps all elements (manual 6.9, 6.14.6)")
}

/// Decisions about single functions.
fn functions(case: &Case, wanted: &End, got: &End) -> Option<&'static str> {
    let failed = |part: &str| matches!(wanted, End::Failed(log) if log.contains(part));
    let crashed = *wanted == End::Crashed;
    if (case.calls("UPPERCASE") || case.calls("LOWERCASE")) && !case.raw.is_ascii() {
        return Some("UPPERCASE and LOWERCASE know all letters");
    }
    if case.calls("NORMALIZED") && failed("by-reference") {
        return Some("NORMALIZED takes any expression");
    }
    if case.calls("NUMFORMAT") && failed("basic_string") {
        return Some("NUMFORMAT doesn't fail where it has nothing to cut");
    }
    if case.calls("SHELLEXECUTE") {
        return Some("SHELLEXECUTE gives the exit code (manual 6.14.6)");
    }
    if case.calls("ISAVAILABLE") && matches!(got, End::Value(Some(value)) if value.ends_with("UNASSIGNED")) {
        return Some("ISAVAILABLE of what is no field is UNASSIGNED (manual 6.14.6)");
    }
    if case.calls("REGEX_SPLIT") && case.arrays().iter().any(|name| case.has(&[&format!("{name}[")])) {
        return Some("REGEX_SPLIT leaves no old elements");
    }
    if case.calls("REGEX_REPLACE") && crashed {
        return Some("REGEX_REPLACE goes on behind an empty match");
    }
    if case.calls("REGEX_MATCH") && case.raw.matches('(').count() > 12 {
        return Some("a pattern may have as many groups as it likes (manual 6.14.2: PCRE)");
    }
    if case.calls("URLENCODE") && crashed {
        return Some("URLENCODE doesn't end the process");
    }
    // A half character is no text.
    (case.calls("SUBSTR") && !case.raw.is_ascii()).then_some("SUBSTR doesn't cut through characters")
}

/// Decisions about recurrence rules, which are those about the rules themselves.
fn recurrences(case: &Case, _: &End, _: &End) -> Option<&'static str> {
    let block = |arguments: &[&str]| {
        let number = |place: usize| arguments.get(place).and_then(|text| text.parse().ok());
        Block::from_fields(arguments.first()?.trim_matches('"'), number(1)?, number(2)?, number(3)?, None)
            .ok()
    };
    let in_vcalendar = |call: &Vec<&str>| {
        call.first() == Some(&"FALSE")
            && call.get(1..).and_then(block).is_some_and(|block| rrule::is_plain_long(&block))
    };
    if case.arguments("MAKE_RRULE").iter().any(in_vcalendar) {
        return Some(rrule::PLAIN_HAS_TEXT);
    }
    case.arguments("RECURRENCE_DATE").iter().find_map(|call| {
        let (start, block) = (case.assigned_time(call.first()?)?, block(call.get(1..)?)?);
        if rrule::never_has_the_day(&block, start) {
            return Some(rrule::NEVER_HAS_THE_DAY);
        }
        rrule::is_on_leap_day(&block, start).then_some(rrule::ON_LEAP_DAY)
    })
}

/// Eight digits, T and six digits.
fn has_iso_literal(bare: &str) -> bool {
    bare.match_indices('T').any(|(at, _)| {
        let digits = |range: std::ops::Range<usize>| {
            bare.get(range)
                .is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        at >= 8 && digits(at - 8..at) && digits(at + 1..at + 7)
    })
}

/// An IF whose statement is an IF with an ELSE, without braces.
fn dangling_else(tight: &str) -> bool {
    tight.match_indices("IF(").any(|(at, _)| {
        let mut depth = 0;
        let end = tight[at..].find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ')' && depth == 0
        });
        end.is_some_and(|end| tight[at + end + 1..].starts_with("IF(")) && tight[at..].contains("ELSE")
    })
}

fn cast_of_call(tight: &str, cast: &str) -> bool {
    tight.match_indices(cast).any(|(at, _)| {
        let name =
            tight[at + cast.len()..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        name.len() < tight.len() - at - cast.len() && name.starts_with('(')
    })
}
