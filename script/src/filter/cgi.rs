//! What a peer sends: filters in CGI syntax, with limits among their terms, and the options of a database path
//! (manual 7.3 to 7.5).
//!
//! Not its job: acting on the limits; a session or its scripts do that.

use pest::iterators::Pair;

use super::compile::CGI_ONLY;
use super::expression::{Expression, Operator, WrittenTerm};
use super::parse::{Rule, Walk, range, read, short};
use super::problem::{Problem, ProblemKind};
use crate::time::Timestamp;

/// What a `<Filter>` element says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CgiFilter {
    /// Which items; `None` for all.
    pub expression: Option<Expression>,
    /// What was said by way of pseudo-identifiers.
    pub limits: Limits,
}

/// Limits that a peer sets on a sync (manual 7.3).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// `SINCE`: no items before this time.
    pub since: Option<Timestamp>,
    /// `BEFORE`: no items from this time on.
    pub before: Option<Timestamp>,
    /// `MAXSIZE` or `/li`: the size of an item, in bytes.
    pub max_size: Option<u64>,
    /// `MAXCOUNT` or `/max`: the number of items.
    pub max_count: Option<u64>,
    /// `NOATT` or `/na`: attachments are left out.
    pub no_attachments: bool,
    /// `DBOPTIONS` or `/o`: a text for the datastore's scripts.
    pub db_options: Option<String>,
}

/// What stands behind the question mark of a database path.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PathOptions {
    /// Limits, from options and from pseudo-identifiers of the filters alike.
    pub limits: Limits,
    /// `/dr`.
    pub days: Option<DayRange>,
    /// `/slow`: the peer wants a slow sync.
    pub slow_sync: bool,
    /// `/fi`: the dynamic, exclusive filter. Items that do not pass are no part of the sync.
    pub exclusive: Option<Expression>,
    /// `/tf`, or a filter without an option: the temporary, inclusive filter. Items that do not pass are not sent.
    pub inclusive: Option<Expression>,
}

/// A range of days relative to today, both ends included: -1 is yesterday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRange {
    /// The first day.
    pub first: i32,
    /// The last day, not before the first.
    pub last: i32,
}

/// Reads a filter in CGI syntax.
pub fn parse_cgi(text: &str) -> Result<CgiFilter, Vec<Problem>> {
    let mut walk = Walk { cgi: true, problems: Vec::new() };
    let mut filter = CgiFilter::default();
    if let Some(cgi) = read(text, Rule::cgi, &mut walk) {
        let expression = walk.whole(cgi.into_inner());
        filter.expression = take_limits(expression, &mut filter.limits, &mut walk);
    }
    walk.finish(filter)
}

/// Reads the options of a database path: what follows the question mark.
pub fn parse_path(text: &str) -> Result<PathOptions, Vec<Problem>> {
    let mut walk = Walk { cgi: true, problems: Vec::new() };
    let mut options = PathOptions::default();
    if let Some(path) = read(text, Rule::path, &mut walk) {
        let (given, rest): (Vec<_>, Vec<_>) =
            path.into_inner().partition(|part| part.as_rule() == Rule::option);
        for option in given.into_iter().flat_map(Pair::into_inner) {
            match option.as_rule() {
                Rule::filter_option => filter_option(option, &mut options, &mut walk),
                _ => plain_option(option, &mut options, &mut walk),
            }
        }
        let expression = walk.whole(rest.into_iter());
        let expression = take_limits(expression, &mut options.limits, &mut walk);
        options.inclusive = both(options.inclusive.take(), expression);
    }
    walk.finish(options)
}

fn filter_option(option: Pair<'_, Rule>, options: &mut PathOptions, walk: &mut Walk) {
    let span = range(&option);
    let mut exclusive = true;
    let mut expression = None;
    for part in option.into_inner() {
        match part.as_rule() {
            Rule::filter_name => exclusive = part.as_str().eq_ignore_ascii_case("fi"),
            Rule::cgi_any_of => expression = walk.any(part, true),
            Rule::closing if part.as_str().is_empty() => unclosed(span.start, walk),
            _ => {}
        }
    }
    let expression = take_limits(expression, &mut options.limits, walk);
    let slot = if exclusive { &mut options.exclusive } else { &mut options.inclusive };
    *slot = both(slot.take(), expression);
}

fn plain_option(option: Pair<'_, Rule>, options: &mut PathOptions, walk: &mut Walk) {
    let span = range(&option);
    let mut name = String::new();
    let mut argument = None;
    for part in option.into_inner() {
        match part.as_rule() {
            Rule::option_name => name = part.as_str().to_ascii_lowercase(),
            Rule::argument => argument = walk.decoded(part.as_str(), range(&part)),
            Rule::closing if part.as_str().is_empty() => unclosed(span.start, walk),
            _ => {}
        }
    }
    let limits = &mut options.limits;
    let argument = argument.as_deref().map(str::trim);
    let understood = match (name.as_str(), argument) {
        ("slow", None | Some("")) => {
            options.slow_sync = true;
            true
        }
        ("na", None | Some("")) => {
            limits.no_attachments = true;
            true
        }
        ("dr", Some(days)) => set(&mut options.days, day_range(days)),
        ("li" | "limit", Some(size)) => {
            set(&mut limits.max_size, size.parse::<u64>().ok().and_then(|size| size.checked_mul(1024)))
        }
        ("max", Some(count)) => set(&mut limits.max_count, count.parse().ok()),
        ("o", Some(text)) => set(&mut limits.db_options, Some(text.to_owned())),
        ("slow" | "na" | "dr" | "li" | "limit" | "max" | "o" | "fi" | "tf", _) => false,
        _ => {
            let message = format!("no option is called `/{}`", short(&name));
            let hint = "the options are /dr /li /o /slow /na /max /fi /tf";
            walk.problems.push(Problem::new(ProblemKind::UnknownOption, span, message).with_hint(hint));
            return;
        }
    };
    if !understood {
        let message = format!("the option `/{name}` does not take this");
        let hint = "as in /dr(-30,90) /li(100) /o(text) /slow /na /max(50) /fi(A=1) /tf(A=1)";
        walk.problems.push(Problem::new(ProblemKind::BadOption, span, message).with_hint(hint));
    }
}

fn unclosed(start: usize, walk: &mut Walk) {
    let message = "the parenthesis of this option is never closed";
    walk.problems.push(Problem::new(ProblemKind::Parenthesis, start..start + 1, message));
}

fn day_range(text: &str) -> Option<DayRange> {
    let (first, last) = text.split_once(',')?;
    let range = DayRange { first: first.trim().parse().ok()?, last: last.trim().parse().ok()? };
    (range.first <= range.last).then_some(range)
}

fn set<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let understood = value.is_some();
    if understood {
        *slot = value;
    }
    understood
}

fn both(first: Option<Expression>, second: Option<Expression>) -> Option<Expression> {
    let grouped = |expression| match expression {
        Expression::Any(_) => Expression::Group(Box::new(expression)),
        other => other,
    };
    match (first, second) {
        (Some(first), Some(second)) => Some(Expression::All(vec![grouped(first), grouped(second)])),
        (first, second) => first.or(second),
    }
}

/// Takes the pseudo-identifiers out of a filter. They limit the whole sync, so that they mean nothing as one of
/// several alternatives.
fn take_limits(expression: Option<Expression>, limits: &mut Limits, walk: &mut Walk) -> Option<Expression> {
    without_limits(expression?, true, limits, walk)
}

fn without_limits(
    expression: Expression,
    always: bool,
    limits: &mut Limits,
    walk: &mut Walk,
) -> Option<Expression> {
    let mut rest = |parts: Vec<Expression>, always: bool, join: fn(Vec<Expression>) -> Expression| {
        let kept = parts.into_iter().filter_map(|part| without_limits(part, always, limits, walk));
        let mut kept: Vec<Expression> = kept.collect();
        if kept.len() < 2 { kept.pop() } else { Some(join(kept)) }
    };
    match expression {
        Expression::All(parts) => rest(parts, always, Expression::All),
        Expression::Any(parts) => rest(parts, false, Expression::Any),
        Expression::Group(inner) => {
            without_limits(*inner, always, limits, walk).map(|inner| Expression::Group(Box::new(inner)))
        }
        Expression::Term(term) => {
            match CGI_ONLY.iter().find(|name| name.eq_ignore_ascii_case(&term.identifier)) {
                Some(name) => {
                    walk.problems.extend(limit(name, &term, always, limits));
                    None
                }
                None => Some(Expression::Term(term)),
            }
        }
    }
}

/// Puts one pseudo-identifier where it belongs; a problem if that cannot be.
fn limit(name: &str, term: &WrittenTerm, always: bool, limits: &mut Limits) -> Option<Problem> {
    use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let problem = |span: &std::ops::Range<usize>, message: String| {
        Some(Problem::new(ProblemKind::BadOption, span.clone(), message))
    };
    if !always {
        return problem(&term.span, format!("`{name}` cannot be one of several alternatives"));
    }
    let operators: &[Operator] = match name {
        "SINCE" => &[Equal, Greater, GreaterOrEqual],
        "BEFORE" => &[Equal, Less],
        "MAXSIZE" | "MAXCOUNT" => &[Equal, LessOrEqual],
        _ => &[Equal],
    };
    if term.special || !operators.contains(&term.operator) {
        let message = format!("`{name}` is given its value by &EQ;");
        return problem(&term.span, message);
    }
    let text = term.constant.trim();
    let understood = match name {
        "SINCE" => set(&mut limits.since, Timestamp::parse(text)),
        "BEFORE" => set(&mut limits.before, Timestamp::parse(text)),
        "MAXSIZE" => set(&mut limits.max_size, text.parse().ok()),
        "MAXCOUNT" => set(&mut limits.max_count, text.parse().ok()),
        "DBOPTIONS" => set(&mut limits.db_options, Some(term.constant.clone())),
        _ => boolean(text).is_some_and(|yes| {
            limits.no_attachments = yes;
            true
        }),
    };
    if understood {
        return None;
    }
    problem(&term.constant_span, format!("`{}` is no value for `{name}`", short(text)))
}

fn boolean(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(&["1", "true", "yes"]) { Some(true) } else { is(&["0", "false", "no"]).then_some(false) }
}
