//! What a script case is given, in the forms that rules ask for. Not its job: the rules.

use serde_json::Value as Json;
use syncloom_script::Timestamp;
use syncloom_script::functions::{self, Gives};
use syncloom_script::lang::Kind;

use super::config::lists;

/// What a case is given, in the forms that rules look at.
pub(super) struct Case {
    /// Script and functions, upper case, with the content of texts taken out.
    pub(super) bare: String,
    /// The same without blanks.
    pub(super) tight: String,
    /// As they are written.
    pub(super) raw: String,
    pub(super) macros: bool,
    /// The user's zone.
    pub(super) user_zone: Option<String>,
    texts: Vec<String>,
    /// The fields of its item: name, type, whether it is an array.
    fields: Vec<(String, Kind, bool)>,
}

impl Case {
    pub(super) fn new(input: &Json) -> Case {
        let functions = input["functions"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let init =
            ["script", "item_init", "reference_item_init"].iter().filter_map(|key| input[*key].as_str());
        let mut raw = init.chain(functions).collect::<Vec<_>>().join(" ");
        let macros = input["macros"].as_object();
        for (name, text) in macros.into_iter().flatten() {
            if raw.contains(&format!("${name}")) {
                raw.push(' ');
                raw.push_str(text.as_str().unwrap_or_default());
            }
        }
        let (bare, texts) = without_texts(&raw);
        let tight = bare.chars().filter(|c| !c.is_whitespace()).collect();
        let user_zone = input["usertimezone"].as_str().map(str::to_owned);
        let list = input["item_fieldlist"].as_str().and_then(|name| lists().fields(name));
        let fields = list.into_iter().flat_map(|list| list.fields());
        let fields = fields.map(|field| (field.name.to_ascii_uppercase(), field.kind.into(), field.array));
        let fields = fields.collect();
        Case { bare, tight, raw, texts, macros: macros.is_some(), user_zone, fields }
    }

    pub(super) fn calls(&self, name: &str) -> bool {
        self.tight.contains(&format!("{name}("))
    }

    /// Whether a function is called whose name is not the end of another one's.
    pub(super) fn calls_itself(&self, name: &str) -> bool {
        let inside = |head: &str| head.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        self.bare.match_indices(&format!("{name}(")).any(|(at, _)| !inside(&self.bare[..at]))
    }

    /// The texts in quotes.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    /// Whether an argument of a call, behind another one, begins like this.
    pub(super) fn argument(&self, name: &str, begins: impl Fn(char) -> bool) -> bool {
        let opened = format!("{name}(");
        let calls = self.tight.split(&opened).skip(1);
        calls
            .filter_map(|rest| rest.split(')').next())
            .any(|list| list.split(',').skip(1).any(|argument| argument.starts_with(&begins)))
    }

    /// The arguments of each call of a function, none of which may have a comma or a parenthesis in it.
    pub(super) fn arguments(&self, name: &str) -> Vec<Vec<&str>> {
        let begin = format!("{name}(");
        let calls = self.raw.split(&begin).skip(1);
        calls.filter_map(|rest| rest.split(')').next()).map(|list| list.split(',').collect()).collect()
    }

    /// The time that a variable is given as text.
    pub(super) fn assigned_time(&self, variable: &str) -> Option<Timestamp> {
        let (_, text) = self.raw.split_once(&format!(" {variable}=\""))?;
        Timestamp::parse(text.split('"').next()?)
    }

    pub(super) fn has(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.tight.contains(part))
    }

    /// Whether what follows one of the first comes directly behind it.
    pub(super) fn follows(&self, first: &[&str], then: &[&str]) -> bool {
        first.iter().any(|first| then.iter().any(|then| self.tight.contains(&format!("{first}{then}"))))
    }

    pub(super) fn balanced(&self) -> bool {
        let count = |sign: char| self.bare.matches(sign).count();
        let closed = count('(') == count(')') && count('{') == count('}') && count('[') == count(']');
        let comments = self.bare.matches("/*").count() == self.bare.matches("*/").count();
        closed && comments && self.bare.matches('"').count().is_multiple_of(2)
    }

    /// The names of declared arrays.
    pub(super) fn arrays(&self) -> Vec<&str> {
        let ends = self.tight.match_indices("[]").map(|(at, _)| &self.tight[..at]);
        let start =
            |head: &str| head.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |at| at + 1);
        let declared = ends.map(|head| {
            let name = &head[start(head)..];
            TYPES.iter().find_map(|kind| name.strip_prefix(kind)).unwrap_or(name)
        });
        let fields = self.fields.iter().filter(|(_, _, array)| *array).map(|(name, _, _)| name.as_str());
        declared.chain(fields).collect()
    }

    /// Whether something is compared with text: a literal, a variable or field, a call, or a cast.
    pub(super) fn compares_with_text(&self) -> bool {
        let words = self.words();
        let mut texts: Vec<&str> = Vec::new();
        let mut kind = None;
        for (at, word) in words.iter().enumerate() {
            match Kind::named(word) {
                Some(named) if words.get(at + 1).is_some_and(|next| *next != ")") => kind = Some(named),
                _ if matches!(*word, ";" | "{" | ")") => kind = None,
                _ if kind.is_some_and(Kind::is_text) => texts.push(word),
                _ => {}
            }
        }
        let is_text = |word: &str| {
            let field = |(name, kind, _): &(String, Kind, bool)| name == word && kind.is_text();
            texts.contains(&word) || self.fields.iter().any(field)
        };
        let gives_text = |name: &str| {
            functions::all().any(|f| f.name == name && f.result == Gives::Kind(Kind::String)) || is_text(name)
        };
        let comparison = |word: &str| matches!(word, "=" | "!" | "<" | ">");
        words.windows(2).enumerate().any(|(at, pair)| {
            // Of `==` and its like only what follows the last sign counts; one `=` alone assigns.
            let assigns = pair[0] == "=" && !(at > 0 && comparison(words[at - 1]));
            let compares = comparison(pair[0]) && !comparison(pair[1]) && !assigns && pair[0] != "!";
            let cast = || {
                let kind = words.get(at + 2).and_then(|word| Kind::named(word));
                pair[1] == "(" && kind.is_some_and(Kind::is_text) && words.get(at + 3) == Some(&")")
            };
            compares && (pair[1] == "\"" || is_text(pair[1]) || gives_text(pair[1]) || cast())
        })
    }

    /// Words and signs, one by one; a text is one quote.
    fn words(&self) -> Vec<&str> {
        let mut words = Vec::new();
        let mut rest = self.bare.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
                first if first.is_ascii_alphanumeric() || first == '_' => {
                    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
                }
                first => first.len_utf8(),
            };
            words.push(if first == '"' { &rest[..1] } else { &rest[..length] });
            rest = rest[length..].trim_start();
        }
        words
    }
}

/// A script in upper case without comments and with empty texts, and the texts.
fn without_texts(raw: &str) -> (String, Vec<String>) {
    let (mut bare, mut texts) = (String::new(), Vec::new());
    let mut rest = raw;
    while let Some(next) = rest.chars().next() {
        let end = match rest {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            // What has no end stays, so that it can be seen.
            _ if rest.starts_with("/*") => rest.find("*/").map_or(0, |end| end + 2),
            _ => 0,
        };
        if end > 0 {
            rest = &rest[end..];
            continue;
        }
        bare.push(next.to_ascii_uppercase());
        rest = &rest[next.len_utf8()..];
        if next == '"' {
            let mut text = String::new();
            let mut chars = rest.chars();
            while let Some(inner) = chars.next() {
                match inner {
                    '"' => {
                        bare.push('"');
                        break;
                    }
                    '\\' => text.extend(std::iter::once('\\').chain(chars.next())),
                    inner => text.push(inner),
                }
            }
            rest = chars.as_str();
            texts.push(text);
        }
    }
    (bare, texts)
}

/// The types of variables.
pub(super) const TYPES: &[&str] =
    &["STRING", "MULTILINE", "TELEPHONE", "URL", "INTEGER", "TIMESTAMP", "DATE", "BLOB"];
