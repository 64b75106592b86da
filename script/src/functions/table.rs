//! All built-in functions, found by name.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{
    Contexts, Function, arrays, calls, debug, email, fields, numbers, outside, recurrences, regular, texts,
    times, urls, zones,
};
use crate::lang::nearest;

/// All of them, in the order of the manual.
pub fn all() -> impl Iterator<Item = &'static Function> {
    let lists: [&[Function]; 12] = [
        texts::FUNCTIONS,
        email::FUNCTIONS,
        urls::FUNCTIONS,
        regular::FUNCTIONS,
        numbers::FUNCTIONS,
        arrays::FUNCTIONS,
        times::FUNCTIONS,
        zones::FUNCTIONS,
        recurrences::FUNCTIONS,
        fields::FUNCTIONS,
        debug::FUNCTIONS,
        outside::FUNCTIONS,
    ];
    lists.into_iter().chain(calls::FUNCTIONS).flatten()
}

/// Several functions may share a name in different contexts.
static BY_NAME: LazyLock<HashMap<&'static str, Vec<&'static Function>>> = LazyLock::new(|| {
    let mut map: HashMap<_, Vec<_>> = HashMap::new();
    for function in all() {
        map.entry(function.name).or_default().push(function);
    }
    map
});

/// Functions of older versions that the manual takes back, with what replaces them (manual 6.14.3).
const REMOVED: &[(&str, &str)] = &[
    ("ISRELATIVE", "use ISFLOATING"),
    ("SETRELATIVE", "use SETFLOATING"),
    ("LOCALIZEDASUTC", "timestamps carry their zone: leave it out"),
    ("RELATIVEASUTC", "timestamps carry their zone: leave it out"),
    ("UTCASRELATIVE", "timestamps carry their zone: leave it out"),
    ("LOCALZONEOFFSET", "use ZONEOFFSET(SYSTEMNOW())"),
    ("SETZONEOFFSET", "use SETTIMEZONE"),
];

/// Why a function can't be called.
pub(crate) enum Missing {
    /// There is none of that name.
    Unknown,
    /// Other contexts have it.
    Elsewhere(Contexts),
}

/// The function of this name, in any case, that these contexts offer. The narrower one wins over a global one of
/// the same name.
pub(crate) fn find(name: &str, contexts: Contexts) -> Result<&'static Function, Missing> {
    let found = BY_NAME.get(name.to_ascii_uppercase().as_str()).ok_or(Missing::Unknown)?;
    let offered = found.iter().filter(|function| function.contexts.meet(contexts));
    match offered.max_by_key(|function| !function.contexts.meet(Contexts::GLOBAL)) {
        Some(function) => Ok(function),
        None => Err(Missing::Elsewhere(found.iter().fold(Contexts::default(), |all, f| all | f.contexts))),
    }
}

impl Missing {
    /// What to say of the call of a function, and what to do about it.
    pub fn explain<'a>(&self, name: &str, user: impl Iterator<Item = &'a str>) -> (String, Option<String>) {
        let upper = name.to_ascii_uppercase();
        if let Missing::Elsewhere(contexts) = self {
            let hint = format!("it is offered in: {}", contexts.names().join(", "));
            return (format!("function {name} is not offered in this context"), Some(hint));
        }
        if let Some((_, hint)) = REMOVED.iter().find(|(removed, _)| *removed == upper) {
            return (format!("function {name} is no longer supported"), Some((*hint).to_owned()));
        }
        let known = BY_NAME.keys().copied().chain(user);
        let hint = nearest(name, known).map(|near| format!("did you mean {near}?"));
        (format!("unknown function {name}"), hint)
    }
}
