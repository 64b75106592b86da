//! Text of either spelling to an [`Expression`], with all mistakes at once.
//!
//! Not its job: knowing which identifiers exist.

use std::ops::Range;

use pest::Parser as _;
use pest::iterators::Pair;

use super::expression::{Expression, Operator, WrittenTerm};
use super::problem::{Problem, ProblemKind};
use super::{MAX_DEPTH, MAX_LENGTH};

/// More problems than this are of no use to anybody.
const MAX_PROBLEMS: usize = 50;

/// Reads a filter of the basic syntax (manual 7.2). `None` is the empty filter, which every item passes.
pub fn parse(text: &str) -> Result<Option<Expression>, Vec<Problem>> {
    let mut walk = Walk { cgi: false, problems: Vec::new() };
    let expression = read(text, Rule::filter, &mut walk).and_then(|filter| walk.whole(filter.into_inner()));
    walk.finish(expression)
}

/// Text that has passed the bounds, as the tree of a rule.
pub(super) fn read<'t>(text: &'t str, rule: Rule, walk: &mut Walk) -> Option<Pair<'t, Rule>> {
    if text.len() > MAX_LENGTH {
        let message = format!("a filter of {} bytes is too long; {MAX_LENGTH} are allowed", text.len());
        walk.problems.push(Problem::new(ProblemKind::TooLong, MAX_LENGTH..text.len(), message));
        return None;
    }
    // The parser calls itself for every level, so that the depth is bounded before it starts. Parentheses in
    // constants count too: that errs to the safe side.
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} parentheses are open here");
            walk.problems.push(Problem::new(ProblemKind::TooDeep, at..at + 1, message));
            return None;
        }
    }
    match FilterParser::parse(rule, text) {
        Ok(mut pairs) => pairs.next(),
        Err(error) => {
            // The grammar takes any text, so this is never seen; if it were, a place is better than none.
            let at = match error.location {
                pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
            };
            let message = error.variant.message().into_owned();
            walk.problems.push(Problem::new(ProblemKind::MissingTerm, at..at, message));
            None
        }
    }
}

// The derive writes a public enum of rules that nobody outside sees and whose variants have no words.
#[allow(missing_docs)]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "filter/grammar.pest"]
    pub struct FilterParser;
}
use grammar::FilterParser;
pub(super) use grammar::Rule;

/// The way through the tree of a text.
pub(super) struct Walk {
    /// Whether the text is CGI.
    pub(super) cgi: bool,
    pub(super) problems: Vec<Problem>,
}

impl Walk {
    /// The result, or the problems if there are any.
    pub(super) fn finish<T>(mut self, result: T) -> Result<T, Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(result);
        }
        self.problems.sort_by_key(|problem| problem.span.start);
        self.problems.truncate(MAX_PROBLEMS);
        Err(self.problems)
    }

    /// A filter that reaches to the end of the text, with stray parentheses between its parts.
    pub(super) fn whole<'t>(&mut self, parts: impl Iterator<Item = Pair<'t, Rule>>) -> Option<Expression> {
        let mut whole = None;
        let mut behind_stray = false;
        for part in parts {
            match part.as_rule() {
                Rule::stray => {
                    let message = "this parenthesis closes nothing";
                    self.problem(
                        ProblemKind::Parenthesis,
                        &part,
                        message,
                        Some("remove it or open it before"),
                    );
                    behind_stray = true;
                }
                Rule::any_of | Rule::cgi_any_of if behind_stray => {
                    self.any(part, true);
                }
                Rule::any_of | Rule::cgi_any_of => whole = self.any(part, true),
                _ => {}
            }
        }
        whole
    }

    /// Terms joined by `|`, each a list joined by `&`. `may_be_empty` where no term at all is a filter too.
    pub(super) fn any(&mut self, any: Pair<'_, Rule>, may_be_empty: bool) -> Option<Expression> {
        let lists: Vec<Vec<Pair<'_, Rule>>> =
            any.into_inner().map(|list| list.into_inner().flat_map(Pair::into_inner).collect()).collect();
        let operands: usize = lists.iter().map(Vec::len).sum();
        let mut seen = 0;
        let mut alternatives = Vec::with_capacity(lists.len());
        for list in lists {
            let mut parts = Vec::with_capacity(list.len());
            for operand in list {
                seen += 1;
                // A logical operator at the end is allowed, as in the original.
                let needless = if operands == 1 { may_be_empty } else { seen == operands };
                if operand.as_rule() == Rule::nothing && needless {
                    continue;
                }
                parts.extend(self.operand(operand));
            }
            alternatives.extend(joined(parts, Expression::All));
        }
        joined(alternatives, Expression::Any)
    }

    fn operand(&mut self, operand: Pair<'_, Rule>) -> Option<Expression> {
        match operand.as_rule() {
            Rule::group | Rule::cgi_group => self.group(operand),
            Rule::term | Rule::cgi_term => self.term(operand).map(Expression::Term),
            Rule::nothing => {
                let message = "a term is missing here";
                self.problem(ProblemKind::MissingTerm, &operand, message, None);
                None
            }
            _ => {
                self.broken(&operand);
                None
            }
        }
    }

    fn group(&mut self, group: Pair<'_, Rule>) -> Option<Expression> {
        let start = group.as_span().start();
        let mut inner = None;
        for part in group.into_inner() {
            match part.as_rule() {
                Rule::any_of | Rule::cgi_any_of => inner = self.any(part, false),
                Rule::closing if part.as_str().is_empty() => {
                    let message = "this parenthesis is never closed";
                    self.problems.push(Problem::new(ProblemKind::Parenthesis, start..start + 1, message));
                }
                Rule::broken => {
                    let message = "a logical operator is missing between the parenthesis and this";
                    self.problem(ProblemKind::Trailing, &part, message, Some("write & or | before it"));
                }
                _ => {}
            }
        }
        inner.map(|inner| Expression::Group(Box::new(inner)))
    }

    fn term(&mut self, term: Pair<'_, Rule>) -> Option<WrittenTerm> {
        let span = range(&term);
        let mut written = WrittenTerm {
            identifier: String::new(),
            assign: false,
            special: false,
            fold: false,
            operator: Operator::Equal,
            constant: String::new(),
            identifier_span: span.start..span.start,
            constant_span: span.end..span.end,
            span,
        };
        for part in term.into_inner() {
            match part.as_rule() {
                Rule::identifier => {
                    written.identifier = part.as_str().trim_matches(['&', ';']).to_owned();
                    written.identifier_span = range(&part);
                }
                Rule::assign => written.assign = true,
                Rule::special => written.special = true,
                Rule::fold => written.fold = true,
                Rule::operator | Rule::cgi_operator => {
                    let (operator, fold) = operator(part.as_str())?;
                    written.operator = operator;
                    written.fold |= fold;
                }
                Rule::cgi_special => {
                    let null = part.as_str().eq_ignore_ascii_case("&NULL;");
                    written.special = true;
                    written.constant = if null { "E" } else { "N" }.to_owned();
                    written.constant_span = range(&part);
                }
                Rule::constant => {
                    written.constant_span = range(&part);
                    written.constant = if self.cgi {
                        self.decoded(part.as_str(), range(&part))?
                    } else {
                        part.as_str().to_owned()
                    };
                }
                Rule::broken => {
                    let message = "nothing can stand behind the special value";
                    self.problem(ProblemKind::Trailing, &part, message, None);
                }
                _ => {}
            }
        }
        Some(written)
    }

    /// Text with its percent escapes replaced by the bytes that they stand for (manual 7.4). A percent sign that
    /// no two hexadecimal digits follow stands for itself.
    pub(super) fn decoded(&mut self, text: &str, span: Range<usize>) -> Option<String> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((first, behind)) = rest.split_first() {
            match escape(rest) {
                Some((byte, behind)) => {
                    bytes.push(byte);
                    rest = behind;
                }
                None => {
                    bytes.push(*first);
                    rest = behind;
                }
            }
        }
        match String::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(_) => {
                let message = "the percent escapes here spell no UTF-8";
                self.problems.push(Problem::new(ProblemKind::BadEscape, span, message));
                None
            }
        }
    }

    /// Says what is most likely wrong with text that is no term.
    fn broken(&mut self, broken: &Pair<'_, Rule>) {
        let text = broken.as_str();
        let name_end = text.find(|c: char| !is_name(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at(name_end);
        let behind_blanks = rest.trim_start();
        if name.is_empty() {
            let message = format!("`{}` is no term: a field or property name is expected", short(text));
            let hint = text.starts_with('!').then_some("there is no NOT operator");
            return self.problem(ProblemKind::MissingOperator, broken, &message, hint);
        }
        let hint = if !self.cgi && rest == ";" {
            "entities such as &EQ; belong to CGI filters; write the operator itself here"
        } else if rest != behind_blanks && behind_blanks.starts_with(is_operator) {
            "remove the blank before the operator"
        } else if rest.starts_with("!=") || rest.starts_with(":!=") {
            "`not equal` is written <>"
        } else if rest.starts_with([':', '*', '^']) {
            "the prefixes : * ^ stand in this order before the operator"
        } else {
            "a term is a name, one of = <> < > <= >= % $, and a value"
        };
        let message = format!("`{}` has no comparison operator", short(name));
        self.problem(ProblemKind::MissingOperator, broken, &message, Some(hint));
    }

    fn problem(&mut self, kind: ProblemKind, at: &Pair<'_, Rule>, message: &str, hint: Option<&str>) {
        let problem = Problem::new(kind, range(at), message);
        self.problems.push(match hint {
            Some(hint) => problem.with_hint(hint),
            None => problem,
        });
    }
}

/// One part as it is, several joined, none as nothing.
fn joined(mut parts: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Option<Expression> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(join(parts)),
    }
}

/// An operator or its entity; `true` for the entities that compare without regard to case.
fn operator(text: &str) -> Option<(Operator, bool)> {
    if let Some((operator, ..)) = Operator::NAMES.iter().find(|row| row.1 == text) {
        return Some((*operator, false));
    }
    let name = text.trim_matches(['&', ';']);
    let entity =
        |name: &str| Operator::NAMES.iter().find(|row| row.2.eq_ignore_ascii_case(name)).map(|row| row.0);
    let insensitive = || name.strip_prefix(['i', 'I']).and_then(entity);
    entity(name).map(|operator| (operator, false)).or_else(|| insensitive().map(|operator| (operator, true)))
}

fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, rest @ ..] = text else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(*high)? << 4 | digit(*low)?, rest))
}

pub(super) fn range(pair: &Pair<'_, Rule>) -> Range<usize> {
    pair.as_span().start()..pair.as_span().end()
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

fn is_operator(c: char) -> bool {
    matches!(c, ':' | '*' | '^' | '=' | '<' | '>' | '%' | '$')
}

/// The beginning of a text, for a message.
pub(super) fn short(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}
