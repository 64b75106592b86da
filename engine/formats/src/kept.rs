//! What of a text has no field, as it stands in the field that `<unknowns>` names: one entry after the other, so that
//! it can be written again, to a peer of either dialect.
//!
//! An entry is `PATH`, a sign, and a line. The path names the component within the outermost one (`VEVENT/VALARM`).
//! The sign says what the line is:
//!
//! * `+` a property of its own, or the first line of a whole component, up to its `END`;
//! * `=` a property whose value no field can hold: it is written as long as the fields have nothing for it;
//! * `~` parameters and group of a property that is stored, `NAME;PARAMETERS:DIGEST` of its value;
//! * `>` further values of such a property, `NAME:DIGEST:VALUES`;
//! * `<` values between those that are stored, `NAME:DIGEST:VALUES`, by the digest of these, which are empty in it.
//!
//! Lines are those of the standard dialect, not folded, in UTF-8, without quoted-printable. Not its job: finding
//! what is unknown, which reading does, and writing it.

use std::fmt;

use syncloom_config::MimeMode;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// A property or component of its own.
    Own,
    /// In place of a property that the fields have nothing for.
    Instead,
    /// Parameters and group of a stored property.
    Beside,
    /// Further values of a stored property.
    Further,
    /// Values between those of a stored property.
    Between,
}

/// Where a property stands, and its name: what finds it whatever their case.
pub(crate) fn key(path: &str, name: &str) -> String {
    let mut key = format!("{path}/{name}");
    key.make_ascii_uppercase();
    key
}

impl Role {
    const SIGNS: [(char, Role); 5] = [
        ('+', Role::Own),
        ('=', Role::Instead),
        ('~', Role::Beside),
        ('>', Role::Further),
        ('<', Role::Between),
    ];

    fn sign(self) -> char {
        Role::SIGNS.iter().find(|(_, role)| *role == self).map_or('+', |(sign, _)| *sign)
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The component that it stands in.
    pub path: String,
    /// What it is.
    pub role: Role,
    /// Its line, or the lines of a component.
    pub text: String,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.path, self.role.sign(), self.text)
    }
}

impl Entry {
    /// The parts of its first line.
    pub fn line(&self) -> Line<'_> {
        Line::new(self.text.lines().next().unwrap_or_default())
    }

    /// The digest of the value of the stored property that it goes with.
    pub fn goes_with(&self) -> Option<u64> {
        let value = self.line().value;
        u64::from_str_radix(value.split(':').next().unwrap_or_default(), 16).ok()
    }

    /// Whether it is a component.
    pub fn is_component(&self) -> bool {
        self.role == Role::Own && begins(&self.text)
    }
}

/// The parts of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'t> {
    /// The group, without its dot.
    pub group: &'t str,
    /// The name of the property.
    pub name: &'t str,
    /// The parameters, each with the semicolon before it.
    pub parameters: &'t str,
    /// What stands behind the colon.
    pub value: &'t str,
}

impl<'t> Line<'t> {
    /// Takes a line apart. Without a colon it is all value.
    pub fn new(line: &'t str) -> Line<'t> {
        let mut quoted = false;
        let colon = line.bytes().position(|byte| {
            quoted ^= byte == b'"';
            byte == b':' && !quoted
        });
        let Some((header, value)) = colon.and_then(|colon| line.split_at_checked(colon)) else {
            return Line { group: "", name: "", parameters: "", value: line };
        };
        let (head, parameters) = header.split_at(header.find(';').unwrap_or(header.len()));
        let (group, name) = head.rsplit_once('.').unwrap_or(("", head));
        Line { group, name, parameters, value: value.get(1..).unwrap_or_default() }
    }

    /// The parameters, each as `NAME=value` or as a value alone.
    pub fn each_parameter(&self) -> impl Iterator<Item = &'t str> {
        let mut quoted = false;
        let parts = self.parameters.split(move |c| {
            quoted ^= c == '"';
            c == ';' && !quoted
        });
        parts.filter(|part| !part.is_empty())
    }
}

/// Reads entries. What is none is passed over: someone may have written into the field.
pub(crate) fn read(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(at) = line.find(|c| Role::SIGNS.iter().any(|(sign, _)| *sign == c)) else { continue };
        let (path, rest) = line.split_at(at);
        let mut chars = rest.chars();
        let Some((_, role)) = chars.next().and_then(|c| Role::SIGNS.iter().find(|(sign, _)| *sign == c))
        else {
            continue;
        };
        let is_path = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/');
        if !path.chars().all(is_path) {
            continue;
        }
        let mut entry = Entry { path: path.to_owned(), role: *role, text: chars.as_str().to_owned() };
        if entry.is_component() {
            let mut depth = 1;
            for line in lines.by_ref() {
                entry.text.push('\n');
                entry.text.push_str(line);
                match () {
                    () if begins(line) => depth += 1,
                    () if ends(line) => depth -= 1,
                    () => {}
                }
                if depth == 0 {
                    break;
                }
            }
            // One whose end is lost would break the text that it is written into.
            for _ in 0..depth {
                entry.text.push_str("\nEND:");
                let name = Line::new(&entry.text).value.lines().next().unwrap_or_default().to_owned();
                entry.text.push_str(&name);
            }
        }
        entries.push(entry);
    }
    entries
}

/// Whether a property of this name begins or ends a component.
pub(crate) fn is_frame(name: &str) -> bool {
    name.eq_ignore_ascii_case("BEGIN") || name.eq_ignore_ascii_case("END")
}

fn begins(line: &str) -> bool {
    line.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:"))
}

fn ends(line: &str) -> bool {
    line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("END:"))
}

/// What tells the value of a property from others, however it is escaped and folded in its dialect (FNV-1a over its
/// letters and digits).
pub(crate) fn digest(value: &str, mode: MimeMode) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut add = |c: char| hash = (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0000_0100_0000_01b3);
    for c in without_escapes(value, mode) {
        match c {
            c if c.is_ascii_alphanumeric() => add(c.to_ascii_lowercase()),
            c if c.is_alphanumeric() => c.to_lowercase().for_each(&mut add),
            _ => {}
        }
    }
    hash
}

/// The characters of a value without escapes. The letter of an escaped line end is none of the value's.
fn without_escapes(value: &str, mode: MimeMode) -> impl Iterator<Item = char> {
    let mut chars = value.chars().peekable();
    std::iter::from_fn(move || {
        loop {
            let c = chars.next()?;
            if c != '\\' {
                return Some(c);
            }
            let line_end = |next: char| mode == MimeMode::Standard && matches!(next, 'n' | 'N');
            chars.next_if(|next| *next == '\\' || line_end(*next));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_they_were_written() {
        let own = |path: &str, role, text: &str| Entry { path: path.into(), role, text: text.into() };
        let entries = [
            own("", Role::Own, "X-A;P=\"a:b;c\";Q=1:v"),
            own("VEVENT/VALARM", Role::Instead, "item1.BDAY:--0401"),
            own("VEVENT", Role::Own, "BEGIN:VALARM\nBEGIN:X\nEND:X\nTRIGGER:-PT5M\nEND:VALARM"),
            own("VEVENT", Role::Beside, "ATTENDEE;RSVP=TRUE:0123"),
        ];
        let text: Vec<String> = entries.iter().map(Entry::to_string).collect();
        assert_eq!(read(&text.join("\n")), entries);
        let line = entries[0].line();
        assert_eq!((line.group, line.name, line.value), ("", "X-A", "v"));
        assert_eq!(line.each_parameter().collect::<Vec<_>>(), ["P=\"a:b;c\"", "Q=1"]);
        assert_eq!(entries[1].line().group, "item1");
    }

    #[test]
    fn what_is_no_entry_is_passed_over_and_a_lost_end_is_made() {
        assert_eq!(read("note to myself: a+b\n\nsome thing\n"), []);
        let cut = read("+BEGIN:A\nBEGIN:B\nX:1");
        assert_eq!(cut[0].text, "BEGIN:A\nBEGIN:B\nX:1\nEND:A\nEND:A");
    }

    #[test]
    fn a_digest_goes_by_letters_and_digits() {
        use MimeMode::{Old, Standard};
        assert_eq!(digest("a\\, b", Standard), digest("A,b", Old));
        assert_ne!(digest("a", Old), digest("b", Old));
        assert_eq!(digest("one\\ntwo\\N", Standard), digest("one\ntwo\n", Old));
        // A folder that is called so is none.
        assert_eq!(digest("c:\\\\new", Standard), digest("c:\\new", Old));
        assert_eq!(digest("c:\\\\new", Old), digest("c:\\new", Old));
    }
}
