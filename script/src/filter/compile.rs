//! An expression to a filter: names become places, constants become values of the field's type.
//!
//! Not its job: the syntax, and running the filter.

use super::expression::{Expression, Operator, WrittenTerm};
use super::matching::{Constant, Manner, Needle, folded, prepared};
use super::names::{Names, Place, Slot};
use super::parse::{parse, short};
use super::problem::{Problem, ProblemKind};
use super::tree::{Filter, Node, Term, Test};
use crate::fields::FieldType;
use crate::time::Timestamp;
use crate::value::Value;

/// Identifiers that only CGI filters know (manual 7.3).
pub(super) const CGI_ONLY: &[&str] = &["SINCE", "BEFORE", "MAXSIZE", "MAXCOUNT", "NOATT", "DBOPTIONS"];

impl Filter {
    /// Compiles a filter of a config (manual 7.6). Every mistake is found, and each is an error.
    pub fn compile(text: &str, names: &dyn Names) -> Result<Filter, Vec<Problem>> {
        let expression = parse(text)?;
        let (filter, problems) = Filter::from_expression(expression.as_ref(), names);
        if problems.is_empty() { Ok(filter) } else { Err(problems) }
    }

    /// Compiles a filter that did not come from a config. What [leaves a filter](ProblemKind::leaves_a_filter) is
    /// returned beside it, and the terms concerned are false.
    pub fn compile_lenient(text: &str, names: &dyn Names) -> Result<(Filter, Vec<Problem>), Vec<Problem>> {
        let expression = parse(text)?;
        let (filter, problems) = Filter::from_expression(expression.as_ref(), names);
        if problems.iter().all(|problem| problem.kind.leaves_a_filter()) {
            Ok((filter, problems))
        } else {
            Err(problems)
        }
    }

    /// Compiles what has been read already; `None` is the filter that every item passes. A term with a problem is
    /// false in the filter that is returned.
    pub fn from_expression(expression: Option<&Expression>, names: &dyn Names) -> (Filter, Vec<Problem>) {
        let mut compiler = Compiler { names, problems: Vec::new() };
        let filter = match expression {
            Some(expression) => Filter { root: compiler.node(expression) },
            None => Filter::everything(),
        };
        (filter, compiler.problems)
    }
}

struct Compiler<'n> {
    names: &'n dyn Names,
    problems: Vec<Problem>,
}

impl Compiler<'_> {
    fn node(&mut self, expression: &Expression) -> Node {
        match expression {
            Expression::All(parts) => Node::All(parts.iter().map(|part| self.node(part)).collect()),
            Expression::Any(parts) => Node::Any(parts.iter().map(|part| self.node(part)).collect()),
            Expression::Group(inner) => self.node(inner),
            Expression::Term(term) => match self.term(term) {
                Ok(term) => Node::Term(term),
                Err(problem) => {
                    self.problems.push(problem);
                    Node::Never
                }
            },
        }
    }

    fn term(&mut self, term: &WrittenTerm) -> Result<Term, Problem> {
        let place = self.place(term)?;
        let manner = Manner { kind: place.kind, fold: term.fold };
        let (test, negated) = test_of(term)?;
        let constant = match test {
            Test::Empty | Test::NotAssigned => Constant::Nothing,
            Test::Contains => part(term, manner)?,
            _ => whole(term, manner)?,
        };
        let assign = match (term.assign, place.slot, test) {
            (false, ..) => None,
            (true, Slot::Field(_), Test::Empty) => Some(Value::Empty),
            (true, Slot::Field(_), Test::NotAssigned) => Some(Value::Unassigned),
            (true, Slot::Field(_), _) => Some(Value::from_text(&term.constant, place.kind)),
            (true, Slot::LocalId | Slot::RemoteId, _) => {
                let message = format!("`{}` is an id and cannot be assigned", term.identifier);
                let problem = Problem::new(ProblemKind::NotAssignable, term.span.clone(), message);
                self.problems.push(problem.with_hint("remove the colon"));
                None
            }
        };
        let array = place.array;
        Ok(Term { slot: place.slot, manner, test, negated, constant, assign, array, span: term.span.clone() })
    }

    fn place(&self, term: &WrittenTerm) -> Result<Place, Problem> {
        let name = term.identifier.as_str();
        let field =
            name.get(..2).filter(|prefix| prefix.eq_ignore_ascii_case("F.")).and_then(|_| name.get(2..));
        let place = match field {
            Some(field) => self.names.field(field),
            None => self.names.identifier(name),
        };
        if let Some(place) = place {
            return Ok(place);
        }
        let at = term.identifier_span.clone();
        if CGI_ONLY.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            let message = format!("`{name}` works in filters of the remote party alone");
            return Err(Problem::new(ProblemKind::CgiOnly, at, message));
        }
        let message =
            format!("no field, property or identifier is called `{}`", short(field.unwrap_or(name)));
        let problem = Problem::new(ProblemKind::UnknownIdentifier, at, message);
        Err(match self.similar(field.unwrap_or(name)) {
            Some(similar) => problem.with_hint(format!("did you mean {similar}?")),
            None => problem,
        })
    }

    /// The known name that this one is most likely meant to be. Long names get no guess: it would take long.
    fn similar(&self, name: &str) -> Option<String> {
        if name.len() > 40 || self.problems.len() > 10 {
            return None;
        }
        let lower = name.to_ascii_lowercase();
        let distance = |known: &String| strsim::damerau_levenshtein(&lower, &known.to_ascii_lowercase());
        let nearest = self.names.known().into_iter().map(|known| (distance(&known), known)).min()?;
        (nearest.0 <= 1 + name.len() / 5).then_some(nearest.1)
    }
}

/// What an operator tests, and whether it is the opposite.
fn test_of(term: &WrittenTerm) -> Result<(Test, bool), Problem> {
    let (test, negated) = match term.operator {
        Operator::Equal => (Test::Equal, false),
        Operator::NotEqual => (Test::Equal, true),
        Operator::Less => (Test::Less, false),
        Operator::LessOrEqual => (Test::LessOrEqual, false),
        Operator::Greater => (Test::Greater, false),
        Operator::GreaterOrEqual => (Test::GreaterOrEqual, false),
        Operator::Contains => (Test::Contains, false),
        Operator::ContainsNot => (Test::Contains, true),
    };
    if !term.special {
        return Ok((test, negated));
    }
    let wrong = |span: &std::ops::Range<usize>, message: String| {
        Err(Problem::new(ProblemKind::BadSpecial, span.clone(), message)
            .with_hint("*=E is \"empty\", *=N is \"not assigned\", and *<> is their opposite"))
    };
    match (test, term.constant.trim_end()) {
        (Test::Equal, "E") => Ok((Test::Empty, negated)),
        (Test::Equal, "N") => Ok((Test::NotAssigned, negated)),
        (Test::Equal, other) => {
            wrong(&term.constant_span, format!("`{}` is no special value: they are E and N", short(other)))
        }
        _ => wrong(&term.span, format!("a special value has no order: `*{}`", term.operator.sign())),
    }
}

/// The constant of a comparison as a value of the field's type. Blanks around a number or a time do not count.
fn whole(term: &WrittenTerm, manner: Manner) -> Result<Constant, Problem> {
    let text = term.constant.as_str();
    let wrong = |what: &str, hint: &str| {
        let message = format!("`{}` is no {what}, but `{}` is", short(text.trim()), term.identifier);
        Err(Problem::new(ProblemKind::BadConstant, term.constant_span.clone(), message).with_hint(hint))
    };
    match manner.kind {
        FieldType::String | FieldType::Multiline | FieldType::Telephone => {
            Ok(Constant::Text(prepared(text, manner).into()))
        }
        FieldType::Url => {
            let address = Value::from_text(text, FieldType::Url).to_text();
            Ok(Constant::Text(prepared(&address, manner).into()))
        }
        FieldType::Blob => Ok(Constant::Bytes(text.as_bytes().into())),
        _ if text.trim().is_empty() => Ok(Constant::Nothing),
        FieldType::Integer => match text.trim().parse() {
            Ok(number) => Ok(Constant::Integer(number)),
            Err(_) => wrong("number", "write it in decimal digits"),
        },
        FieldType::Timestamp | FieldType::Date => match Timestamp::parse(text) {
            Some(time) if manner.kind == FieldType::Date => Ok(Constant::Time(time.date_only())),
            Some(time) => Ok(Constant::Time(time)),
            None => wrong("time", "write it as ISO 8601, such as 20030724T120000Z"),
        },
    }
}

/// The constant of a search.
fn part(term: &WrittenTerm, manner: Manner) -> Result<Constant, Problem> {
    let text = term.constant.as_str();
    match manner.kind {
        FieldType::Telephone => {
            // Punctuation says nothing in a number, unless there is nothing else to look for.
            let significant = prepared(text, manner);
            Ok(if significant.is_empty() {
                Constant::Part(text.into())
            } else {
                Constant::Needle(Needle::new(significant.chars()))
            })
        }
        kind if kind.is_text() && manner.fold => {
            Ok(Constant::Needle(Needle::new(folded(text, true).chars())))
        }
        kind if kind.is_text() => Ok(Constant::Part(text.into())),
        FieldType::Blob => Ok(Constant::Needle(Needle::new(text.bytes().map(char::from)))),
        _ => {
            let message =
                format!("`{}` looks into text, and `{}` is none", term.operator.sign(), term.identifier);
            Err(Problem::new(ProblemKind::OperatorType, term.span.clone(), message))
        }
    }
}
