//! Regular expressions as the manual has them (6.14.2): `/…/options` or bare, compiled once and kept.
//!
//! What needs no look-around and no back-references runs in time linear to the text; the rest has a bound on
//! how far it goes back.

use std::sync::{Arc, Mutex};

use regex_automata::meta::{self, Cache, Config};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};

/// How many steps back a pattern with look-around or back-references may take: those that need more would take
/// for ever on a text a little longer.
const BACKTRACK_LIMIT: usize = 200_000;
/// How many patterns are kept compiled. A context has few; one that makes them up as it goes must not fill memory.
const MAX_KEPT: usize = 64;
/// How large a compiled pattern may be, in bytes.
const SIZE_LIMIT: usize = 1 << 20;
/// How long a text may be that is first tried at its start alone, in bytes.
const SHORT: usize = 256;

/// Compiled patterns by their text.
#[derive(Debug, Default)]
pub struct Patterns {
    kept: Vec<(String, Option<Arc<Pattern>>)>,
    /// Room for the groups of a match.
    pub(crate) groups: Groups,
}

/// A compiled pattern.
#[derive(Debug)]
pub enum Pattern {
    /// Without look-around and back-references.
    Linear(Box<Linear>),
    /// With them.
    Backtracking(Box<fancy_regex::Regex>),
}

/// A pattern without look-around and back-references, with what a search needs room for: a machine runs on one
/// thread, so none has to be fetched from a pool.
#[derive(Debug)]
pub struct Linear {
    regex: meta::Regex,
    room: Mutex<Room>,
}

#[derive(Debug)]
struct Room {
    cache: Cache,
    slots: Vec<Option<NonMaxUsize>>,
}

/// The bytes of a whole match and of its groups; groups that took no part are `None`.
pub type Groups = Vec<Option<(usize, usize)>>;

impl Patterns {
    /// The pattern of this text; `None` if it isn't one.
    pub fn compiled(&mut self, text: &str) -> Option<Arc<Pattern>> {
        if let Some(at) = self.kept.iter().position(|(known, _)| known == text) {
            if at > 0 {
                self.kept.swap(at, at - 1);
            }
            return self.kept[at.saturating_sub(1)].1.clone();
        }
        let pattern = compile(text).map(Arc::new);
        if self.kept.len() >= MAX_KEPT {
            self.kept.pop();
        }
        self.kept.push((text.to_owned(), pattern.clone()));
        pattern
    }
}

fn compile(text: &str) -> Option<Pattern> {
    let (body, options) = delimited(text).unwrap_or((text, ""));
    let with_options = match options {
        "" => body.to_owned(),
        options => format!("(?{options}){body}"),
    };
    let config = Config::new().nfa_size_limit(Some(SIZE_LIMIT)).hybrid_cache_capacity(SIZE_LIMIT);
    match meta::Builder::new().configure(config).build(&with_options) {
        Ok(regex) => {
            let slots = vec![None; regex.group_info().slot_len()];
            let room = Mutex::new(Room { cache: regex.create_cache(), slots });
            Some(Pattern::Linear(Box::new(Linear { regex, room })))
        }
        Err(_) => fancy_regex::RegexBuilder::new(&with_options)
            .backtrack_limit(BACKTRACK_LIMIT)
            .delegate_size_limit(SIZE_LIMIT)
            .build()
            .ok()
            .map(|regex| Pattern::Backtracking(Box::new(regex))),
    }
}

/// Body and options of `/body/options`.
fn delimited(text: &str) -> Option<(&str, &str)> {
    let (body, options) = text.strip_prefix('/')?.rsplit_once('/')?;
    options.chars().all(|option| "imsxU".contains(option)).then_some((body, options))
}

impl Pattern {
    /// Where it first matches from `start` on, which is a character's first byte or the end.
    pub fn find(&self, text: &str, start: usize) -> Option<(usize, usize)> {
        match self {
            Pattern::Linear(linear) => {
                // The one borrow ends here; a pattern doesn't call itself.
                let mut room = linear.room.try_lock().ok()?;
                let input = Input::new(text).range(start..);
                let found = linear.regex.search_with(&mut room.cache, &input)?;
                Some((found.start(), found.end()))
            }
            Pattern::Backtracking(regex) => {
                let found = regex.find_from_pos(text, start).ok()??;
                Some((found.start(), found.end()))
            }
        }
    }

    /// The same with its groups, put into a list that is used again. Whether it matches.
    pub fn groups(&self, text: &str, start: usize, groups: &mut Groups) -> bool {
        groups.clear();
        match self {
            Pattern::Linear(linear) => linear.groups(text, start, groups).is_some(),
            Pattern::Backtracking(regex) => {
                let Ok(Some(found)) = regex.captures_from_pos(text, start) else { return false };
                groups.extend(found.iter().map(|group| group.map(|group| (group.start(), group.end()))));
                true
            }
        }
    }
}

impl Linear {
    /// See [`Pattern::groups`]; `None` if it doesn't match.
    fn groups(&self, text: &str, start: usize, groups: &mut Groups) -> Option<()> {
        let mut room = self.room.try_lock().ok()?;
        let Room { cache, slots } = &mut *room;
        let input = Input::new(text).range(start..);
        // No match is further left than one at the start, and that is found, groups and all, in one pass. In a long
        // text a pattern could look far for what isn't there.
        let at_start = (text.len() - start <= SHORT)
            .then(|| {
                let input = input.clone().anchored(Anchored::Yes);
                self.regex.search_slots_with(cache, &input, slots)
            })
            .flatten();
        at_start.or_else(|| self.regex.search_slots_with(cache, &input, slots))?;
        let place = |slot: &Option<NonMaxUsize>| slot.map(NonMaxUsize::get);
        groups.extend(slots.chunks_exact(2).map(|pair| place(&pair[0]).zip(place(&pair[1]))));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_behind_the_closing_slash() {
        let mut patterns = Patterns::default();
        for (pattern, text, found) in [
            ("b", "abc", Some((1, 2))),
            ("/B/i", "abc", Some((1, 2))),
            ("/a b/x", "ab", Some((0, 2))),
            ("/a.b/s", "a\nb", Some((0, 3))),
            ("/^b/m", "a\nb", Some((2, 3))),
            ("/a+/U", "aaa", Some((0, 1))),
            ("/b", "a/b", Some((1, 3))),
            (r"(\w)\1", "abccd", Some((2, 4))),
            ("(?<=b)c", "abc", Some((2, 3))),
            ("[", "[", None),
        ] {
            let pattern = patterns.compiled(pattern);
            assert_eq!(pattern.and_then(|pattern| pattern.find(text, 0)), found, "{text}");
        }
    }

    #[test]
    fn going_back_is_bounded() {
        let pattern = Patterns::default().compiled(r"(?=(a+)+$)\1b").unwrap();
        assert_eq!(pattern.find(&"a".repeat(5000), 0), None);
    }
}
