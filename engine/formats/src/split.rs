//! A text that holds many items, as address books, calendars and mail folders are exported, taken apart into them.
//!
//! Not its job: reading the items. What cannot be taken apart is one item, and whoever reads it says what is wrong.

use std::borrow::Cow;
use std::sync::Arc;

use syncloom_config::{DataType, Member, MimeProfile, Profile, ProfileUse};

/// One item of a text.
#[derive(Clone, Debug)]
pub struct Piece<'a> {
    /// The line of the text that it begins in, from 1.
    pub line: usize,
    /// What it shares with others, before and behind its own bytes.
    before: Arc<[u8]>,
    after: &'a [u8],
    own: Cow<'a, [u8]>,
}

impl<'a> Piece<'a> {
    fn new(line: usize, own: Cow<'a, [u8]>) -> Piece<'a> {
        Piece { line, before: Arc::default(), after: &[], own }
    }

    /// Its bytes. They are put together here, so that items that share much do not hold it many times.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        if self.before.is_empty() && self.after.is_empty() {
            return Cow::Borrowed(&self.own);
        }
        Cow::Owned([&self.before, self.own.as_ref(), self.after].concat())
    }

    /// The line of the whole text that a line of the piece is, both from 1; where the piece begins for lines that it
    /// shares with others.
    pub fn line_in_text(&self, line: usize) -> usize {
        self.line + line.saturating_sub(lines(&self.before).count() + 1)
    }
}

/// The items of a text: of MIME-DIR each outermost component, and each entry of one that holds several, such as the
/// events of a calendar, with what they share; of a mail folder (RFC 4155) each mail; anything else is one item.
/// Text between the items goes with the one that follows.
pub fn split<'a>(datatype: &DataType, text: &'a [u8]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    match &datatype.profile {
        ProfileUse::Mime(profile) => components(profile, text, &mut pieces),
        ProfileUse::Text(profile) if profile.mail.is_some() && text.starts_with(b"From ") => {
            mails(text, &mut pieces);
        }
        ProfileUse::Text(_) | ProfileUse::Object(_) => pieces.push(Piece::new(1, Cow::Borrowed(text))),
    }
    pieces
}

/// A line with its end, its number, and where it begins.
struct Line<'a> {
    number: usize,
    start: usize,
    bytes: &'a [u8],
}

fn lines(text: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let (mut start, mut number) = (0, 0);
    std::iter::from_fn(move || {
        let rest = &text[start..];
        if rest.is_empty() {
            return None;
        }
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        let ends = rest[end..].iter().take(3).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let len = end
            + match &rest[end..end + ends] {
                [b'\r', b'\r', b'\n'] => 3,
                [b'\r', b'\n', ..] => 2,
                [] => 0,
                _ => 1,
            };
        let line = Line { number: number + 1, start, bytes: &rest[..len] };
        start += len;
        number += 1;
        Some(line)
    })
}

/// The name of the component that a line begins or ends.
fn named<'l>(line: &'l Line<'_>, word: &str) -> Option<&'l str> {
    let text = std::str::from_utf8(line.bytes).ok()?.trim();
    let start = text.get(..word.len())?;
    if !start.eq_ignore_ascii_case(word) {
        return None;
    }
    text[word.len()..].trim_start().strip_prefix(':').map(str::trim)
}

fn components<'a>(profile: &MimeProfile, text: &'a [u8], pieces: &mut Vec<Piece<'a>>) {
    let root = &profile.root;
    // Where the piece begins that is being read; its first line is none that is empty.
    let mut begun: Option<(usize, usize)> = None;
    let mut depth = 0usize;
    for line in lines(text) {
        if begun.is_none() && !line.bytes.trim_ascii().is_empty() {
            begun = Some((line.start, line.number));
        }
        if named(&line, "BEGIN").is_some() {
            depth += 1;
        } else if let Some(name) = named(&line, "END") {
            depth = depth.saturating_sub(1);
            if depth == 0
                && name.eq_ignore_ascii_case(&root.name)
                && let Some((start, number)) = begun.take()
            {
                entries(root, &text[start..line.start + line.bytes.len()], number, pieces);
            }
        }
    }
    match begun {
        Some((start, line)) => {
            pieces.push(Piece::new(line, Cow::Borrowed(&text[start..])));
        }
        None if pieces.is_empty() => pieces.push(Piece::new(1, Cow::Borrowed(text))),
        None => {}
    }
}

/// The entries of a component that holds several, each with the lines and the time zones that they share.
fn entries<'a>(root: &Profile, text: &'a [u8], first_line: usize, pieces: &mut Vec<Piece<'a>>) {
    let is_entry = |name: &str| {
        root.members.iter().any(|member| {
            matches!(member, Member::Profile(inner) if !inner.time_zones && inner.name.eq_ignore_ascii_case(name))
        })
    };
    // Ranges of the entries, each with its line; the rest is shared.
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    let (mut depth, mut open) = (0usize, None);
    for line in lines(text) {
        if let Some(name) = named(&line, "BEGIN") {
            if depth == 1 && is_entry(name) {
                open = Some((line.start, first_line + line.number - 1));
            }
            depth += 1;
        } else if named(&line, "END").is_some() {
            depth = depth.saturating_sub(1);
            if let Some((start, number)) = open.filter(|_| depth == 1) {
                found.push((start, line.start + line.bytes.len(), number));
                open = None;
            }
        }
    }
    if found.len() < 2 {
        pieces.push(Piece::new(first_line, Cow::Borrowed(text)));
        return;
    }
    let mut before = 0;
    let mut shared: Vec<&[u8]> = Vec::with_capacity(found.len() + 1);
    for (start, end, _) in &found {
        shared.push(&text[before..*start]);
        before = *end;
    }
    let (after, head) = (&text[before..], Arc::<[u8]>::from(shared.concat()));
    for (start, end, line) in found {
        let own = Cow::Borrowed(&text[start..end]);
        pieces.push(Piece { line, before: Arc::clone(&head), after, own });
    }
}

/// The mails of a mail folder. Lines of a mail that look like the beginning of another one are quoted with `>` there.
fn mails<'a>(text: &'a [u8], pieces: &mut Vec<Piece<'a>>) {
    let mut mail: Option<(usize, Vec<u8>)> = None;
    let mut after_empty = true;
    for line in lines(text) {
        let empty = line.bytes.trim_ascii().is_empty();
        if after_empty && line.bytes.starts_with(b"From ") {
            pieces.extend(mail.take().map(finished));
            mail = Some((line.number + 1, Vec::new()));
        } else if let Some((_, bytes)) = &mut mail {
            let quoted = line.bytes.iter().take_while(|byte| **byte == b'>').count();
            let skip = usize::from(quoted > 0 && line.bytes[quoted..].starts_with(b"From "));
            bytes.extend_from_slice(&line.bytes[skip..]);
        }
        after_empty = empty;
    }
    pieces.extend(mail.map(finished));
}

/// A mail without the empty line that separates it from the next one.
fn finished<'a>((line, mut bytes): (usize, Vec<u8>)) -> Piece<'a> {
    for end in [&b"\r\n\r\n"[..], b"\n\n"] {
        if bytes.ends_with(end) {
            bytes.truncate(bytes.len() - end.len() / 2);
            break;
        }
    }
    Piece::new(line, Cow::Owned(bytes))
}
