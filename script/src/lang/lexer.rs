//! From script text to tokens, with macros put in (manual 6.3, 6.5, 6.7, 6.12).
//!
//! A macro is text: its arguments are put in for `$1` to `$9`, and what comes out is read in place of its use.
//! Every token knows where it stands, and through which macros it came.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::error::{MacroPlace, ScriptError};
use super::kind::Kind;
use super::val::{Val, leading_integer};
use crate::time::Timestamp;

/// How deep macros may use each other: deeper is a macro that uses itself.
pub const MAX_MACRO_DEPTH: usize = 20;
/// How many bytes all macros used in one script may come to: a few lines can ask for terabytes.
pub const MAX_EXPANSION: usize = 4 << 20;

/// The macros of a config by name; names are case-sensitive.
pub type Macros = HashMap<String, String>;

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum Tok {
    /// A name: keyword, type, variable, function.
    Ident(String),
    /// A literal.
    Literal(Val),
    /// An operator or other sign.
    Sign(&'static str),
    /// The end of the text.
    End,
}

/// Where a token stands.
#[derive(Clone, Debug)]
pub struct Place {
    /// Bytes of the text in which it stands: the script, or the macro as it was defined.
    pub span: Range<u32>,
    /// The macro it stands in.
    pub inside: Option<Rc<Use>>,
}

/// The use of a macro.
#[derive(Debug)]
pub struct Use {
    name: String,
    at: Place,
}

impl Place {
    /// From this place to the end of another.
    pub fn to(&self, end: &Place) -> Place {
        let same = match (&self.inside, &end.inside) {
            (None, None) => true,
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            _ => false,
        };
        let mut place = self.clone();
        if same {
            place.span.end = place.span.end.max(end.span.end);
        }
        place
    }

    /// Where in the script itself this is.
    pub fn outer(&self) -> Range<u32> {
        match &self.inside {
            Some(used) => used.at.outer(),
            None => self.span.clone(),
        }
    }

    /// Something wrong here.
    pub fn error(&self, message: impl Into<String>, hint: Option<String>) -> ScriptError {
        let outer = self.outer();
        let mut inside = Vec::new();
        let mut place = self;
        while let Some(used) = &place.inside {
            let span = place.span.start as usize..place.span.end as usize;
            inside.push(MacroPlace { name: used.name.clone(), span });
            place = &used.at;
        }
        inside.reverse();
        ScriptError { span: outer.start as usize..outer.end as usize, message: message.into(), hint, inside }
    }
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub tok: Tok,
    /// Where it stands.
    pub place: Place,
}

/// Reads a whole script. The last token is the end; what can't be read is reported and skipped.
pub fn tokens(text: &str, macros: &Macros) -> (Vec<Token>, Vec<ScriptError>) {
    let mut lexer = Lexer { macros, tokens: Vec::new(), errors: Vec::new(), expanded: 0 };
    lexer.read(&Text { text, parts: &[], inside: None }, 0);
    let end = text.len() as u32;
    lexer.tokens.push(Token { tok: Tok::End, place: Place { span: end..end, inside: None } });
    (lexer.tokens, lexer.errors)
}

struct Lexer<'a> {
    macros: &'a Macros,
    tokens: Vec<Token>,
    errors: Vec<ScriptError>,
    expanded: usize,
}

/// A text being read: the script, or a macro with its arguments put in.
struct Text<'t> {
    text: &'t str,
    /// Where in the macro's definition it comes from; the script itself has no parts.
    parts: &'t [Part],
    inside: Option<Rc<Use>>,
}

/// A part of a macro's text with its arguments put in, up to the next part.
#[derive(Clone, Copy)]
struct Part {
    /// Where in the text it begins.
    at: usize,
    /// Where in the definition it comes from.
    from: usize,
    /// Whether it stands there as it is; an argument comes from its number as a whole.
    exact: bool,
}

impl Text<'_> {
    fn place(&self, range: Range<usize>) -> Place {
        let at = |offset: usize| {
            let after = self.parts.partition_point(|part| part.at <= offset);
            let from = match after.checked_sub(1).and_then(|last| self.parts.get(last)) {
                Some(part) if part.exact => part.from + (offset - part.at),
                Some(part) => part.from,
                None => offset,
            };
            from as u32
        };
        let (start, end) = (at(range.start), at(range.end));
        Place { span: start..end.max(start), inside: self.inside.clone() }
    }
}

/// Longer signs stand before shorter ones that they begin with.
const SIGNS: &[&str] = &[
    "<<", ">>", "<=", ">=", "==", "!=", "<>", "&&", "||", "<", ">", "=", "!", "&", "|", "^", "+", "-", "*",
    "/", "%", "~", "(", ")", "{", "}", "[", "]", ",", ";", ".",
];

impl Lexer<'_> {
    fn read(&mut self, text: &Text<'_>, depth: usize) {
        let mut at = 0;
        while let Some(next) = text.text[at..].chars().next() {
            let rest = &text.text[at..];
            let start = at;
            if next == ' ' {
                at += rest.bytes().take_while(|byte| *byte == b' ').count();
            } else if next.is_whitespace() || next == '\0' {
                at += next.len_utf8();
            } else if rest.starts_with("//") {
                at += rest.find('\n').unwrap_or(rest.len());
            } else if let Some(comment) = rest.strip_prefix("/*") {
                at = match comment.find("*/") {
                    Some(end) => at + end + 4,
                    None => {
                        let place = text.place(at..at + 2);
                        self.errors
                            .push(place.error("comment without an end", Some("close it with */".into())));
                        text.text.len()
                    }
                };
            } else if next.is_ascii_alphabetic() {
                at += word_length(rest);
                self.push(Tok::Ident(text.text[start..at].to_owned()), text.place(start..at));
            } else if next.is_ascii_digit() {
                at += word_length(rest);
                self.push(Tok::Literal(number(&text.text[start..at])), text.place(start..at));
            } else if next == '"' {
                at = self.string(text, at);
            } else if next == '$' {
                at = self.macro_use(text, at, depth);
            } else if let Some(sign) = sign(rest) {
                at += sign.len();
                self.push(Tok::Sign(sign), text.place(start..at));
            } else {
                at += next.len_utf8();
                let hint = match next {
                    '\'' => Some("text stands in double quotes".to_owned()),
                    '_' => Some("names begin with a letter".to_owned()),
                    _ => None,
                };
                self.errors.push(text.place(start..at).error(format!("unexpected character {next:?}"), hint));
            }
        }
    }

    fn push(&mut self, tok: Tok, place: Place) {
        self.tokens.push(Token { tok, place });
    }

    fn string(&mut self, text: &Text<'_>, start: usize) -> usize {
        let bytes = text.text.as_bytes();
        let mut content = Vec::new();
        let mut at = start + 1;
        loop {
            match bytes.get(at) {
                None => {
                    let place = text.place(start..start + 1);
                    self.errors.push(place.error("text without an end", Some("close it with \"".into())));
                    break;
                }
                Some(b'"') => {
                    at += 1;
                    break;
                }
                Some(b'\\') => {
                    at += 1;
                    match bytes.get(at) {
                        Some(b'n') => content.push(b'\n'),
                        Some(b't') => content.push(b'\t'),
                        Some(b'x') => {
                            let digits =
                                bytes[at + 1..].iter().take(2).map_while(|b| char::from(*b).to_digit(16));
                            let (count, code) =
                                digits.fold((0, 0), |(count, code), digit| (count + 1, code * 16 + digit));
                            at += count;
                            // A character 0 has no place in text: it would end it for half of all software.
                            content.extend(u8::try_from(code).ok().filter(|code| *code != 0));
                        }
                        Some(other) => content.push(*other),
                        None => continue,
                    }
                    at += 1;
                }
                Some(_) => {
                    let plain = bytes[at..].iter().take_while(|byte| !matches!(byte, b'"' | b'\\')).count();
                    content.extend_from_slice(&bytes[at..at + plain]);
                    at += plain;
                }
            }
        }
        let value = match String::from_utf8(content) {
            Ok(content) => Val::Text(Kind::String, content),
            Err(error) => Val::Blob(error.into_bytes()),
        };
        self.push(Tok::Literal(value), text.place(start..at));
        at
    }

    fn macro_use(&mut self, text: &Text<'_>, start: usize, depth: usize) -> usize {
        let name_end = start + 1 + word_length(&text.text[start + 1..]);
        let name = &text.text[start + 1..name_end];
        let (end, arguments) = match text.text[name_end..].starts_with('(') {
            true => arguments(text.text, name_end + 1),
            false => (name_end, Vec::new()),
        };
        let place = text.place(start..end);
        if name.is_empty() {
            self.errors.push(place.error("name of a macro missing after $", None));
            return end;
        }
        let Some(body) = self.macros.get(name) else {
            let near = super::nearest(name, self.macros.keys().map(String::as_str));
            let hint = near.map(|near| format!("did you mean ${near}?"));
            self.errors.push(place.error(format!("unknown macro ${name}"), hint));
            return end;
        };
        let (expanded, parts) = substitute(body, &arguments);
        self.expanded = self.expanded.saturating_add(expanded.len());
        if depth >= MAX_MACRO_DEPTH || self.expanded > MAX_EXPANSION {
            let hint = Some("does it use itself?".to_owned());
            self.errors.push(place.error(format!("macro ${name} comes to too much text"), hint));
            return end;
        }
        let inside = Some(Rc::new(Use { name: name.to_owned(), at: place }));
        self.read(&Text { text: &expanded, parts: &parts, inside }, depth + 1);
        end
    }
}

/// The sign that a text begins with.
fn sign(text: &str) -> Option<&'static str> {
    let first = text.bytes().next();
    SIGNS.iter().copied().find(|sign| sign.bytes().next() == first && text.starts_with(sign))
}

fn word_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

/// The arguments of a macro's use, from behind the `(`, and where they end. A backslash takes the meaning from
/// the character behind it; quotes protect what stands in them.
fn arguments(text: &str, start: usize) -> (usize, Vec<String>) {
    let mut arguments = vec![String::new()];
    let mut quoted = false;
    let mut chars = text[start..].char_indices();
    while let Some((at, next)) = chars.next() {
        let Some(argument) = arguments.last_mut() else { break };
        match next {
            ')' if !quoted => return (start + at + 1, arguments),
            ',' if !quoted => arguments.push(String::new()),
            '\\' => {
                if quoted {
                    argument.push('\\');
                }
                argument.extend(chars.next().map(|(_, escaped)| escaped));
            }
            '"' => {
                // An odd quote protects nothing.
                quoted = !quoted && text[start + at + 1..].contains('"');
                argument.push('"');
            }
            other => argument.push(other),
        }
    }
    (text.len(), arguments)
}

/// A macro's text with its arguments put in, and the parts that it is made of.
fn substitute<'m>(body: &'m str, arguments: &[String]) -> (Cow<'m, str>, Vec<Part>) {
    let mut parts = vec![Part { at: 0, from: 0, exact: true }];
    if arguments.is_empty() {
        return (Cow::Borrowed(body), parts);
    }
    let mut text = String::with_capacity(body.len());
    let mut copied = 0;
    for (at, _) in body.match_indices('$') {
        let number = body.as_bytes().get(at + 1).filter(|digit| matches!(digit, b'1'..=b'9'));
        let Some(argument) = number.and_then(|digit| arguments.get(usize::from(digit - b'1'))) else {
            continue;
        };
        text.push_str(&body[copied..at]);
        parts.push(Part { at: text.len(), from: at, exact: false });
        text.push_str(argument);
        copied = at + 2;
        // Behind an empty argument, what follows begins at the same place: the last part counts.
        parts.push(Part { at: text.len(), from: copied, exact: true });
    }
    text.push_str(&body[copied..]);
    (Cow::Owned(text), parts)
}

/// A literal that begins with a digit: a time in ISO 8601 basic form, or a number. What follows the digits of
/// a number is not read.
fn number(text: &str) -> Val {
    let time = (text.len() >= 15 && matches!(text.as_bytes().get(8), Some(b'T' | b't')))
        .then(|| Timestamp::parse(text))
        .flatten();
    match time {
        Some(time) => Val::Time(Kind::Timestamp, time),
        None => leading_integer(text).map_or(Val::Empty(Kind::Integer), Val::Integer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn macros(list: &[(&str, &str)]) -> Macros {
        list.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    fn signs(text: &str, list: &[(&str, &str)]) -> String {
        let (tokens, errors) = tokens(text, &macros(list));
        assert_eq!(errors, [], "{text}");
        let words = tokens.iter().map(|token| match &token.tok {
            Tok::Ident(name) => name.clone(),
            Tok::Literal(value) => format!("{:?}", value.view().text()),
            Tok::Sign(sign) => (*sign).to_owned(),
            Tok::End => ".".to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn arguments_are_put_in_for_their_numbers() {
        let list = [("ADD", "$1+$2"), ("NEST", "$ADD($1,$1)"), ("STR", "\"$1\""), ("TEN", "$1 + $10")];
        assert_eq!(signs("$ADD(1,2)*3", &list), "\"1\" + \"2\" * \"3\" .");
        assert_eq!(signs("$NEST(4)", &list), "\"4\" + \"4\" .");
        assert_eq!(signs("$STR(a\\)b)", &list), "\"a)b\" .");
        assert_eq!(signs("$TEN(5)", &list), "\"5\" + \"50\" .");
        assert_eq!(signs("$ADD(\"a,b\",2)", &list), "\"a,b\" + \"2\" .");
    }

    #[test]
    fn an_error_in_a_macro_names_both_places() {
        let (_, errors) = tokens("x = $OUTER(1);", &macros(&[("OUTER", "1 + $INNER"), ("INNER", "2 + $2")]));
        let error = &errors[0];
        assert_eq!((error.span.clone(), error.message.as_str()), (4..13, "unknown macro $2"));
        let inside: Vec<_> =
            error.inside.iter().map(|place| (place.name.as_str(), place.span.clone())).collect();
        assert_eq!(inside, [("OUTER", 4..10), ("INNER", 4..6)]);
    }

    #[test]
    fn macros_that_use_themselves_end() {
        let (_, errors) = tokens("$A", &macros(&[("A", "$A $A")]));
        assert!(errors.iter().all(|error| error.message.contains("too much")));
    }

    #[test]
    fn literals_are_read_by_their_form() {
        let literals = r#"7 0xFF 1e3 0x 20030604T164922Z 20030604 "a\"\x41\n\r""#;
        assert_eq!(signs(literals, &[]), r#""7" "255" "1" "" "20030604T164922Z" "20030604" "a\"A\nr" ."#);
    }
}
