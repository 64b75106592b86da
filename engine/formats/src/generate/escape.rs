//! What has to be escaped in a value (RFC 2426 section 5; vCard 2.1 section 2.1.4.1), and what a body is made of, which
//! decides how it is encoded. Both are found out in one look at each byte.
//!
//! Not its job: encoding and folding.

use syncloom_config::MimeMode;

/// A byte that is not ASCII.
pub(super) const BEYOND_ASCII: u8 = 1;
/// A control character that no line of the old dialect can hold as it is.
pub(super) const CONTROL: u8 = 2;
/// What is escaped in every value: backslashes and line ends.
const ALWAYS: u8 = 4;
const SEMICOLON: u8 = 8;
const COMMA: u8 = 16;
/// What the value of a parameter has only between quotes: all but letters, digits, and a few signs.
pub(super) const QUOTED: u8 = 32;

/// What each byte is.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'\r' | b'\n' => ALWAYS | CONTROL | QUOTED,
            b'\\' => ALWAYS | QUOTED,
            b';' => SEMICOLON | QUOTED,
            b',' => COMMA | QUOTED,
            b'-' | b'_' | b'/' => 0,
            byte if byte.is_ascii_alphanumeric() => 0,
            byte if byte.is_ascii_control() && byte != b'\t' => CONTROL | QUOTED,
            byte if !byte.is_ascii() => BEYOND_ASCII | QUOTED,
            _ => QUOTED,
        };
        byte += 1;
    }
    classes
};

/// What the bytes of a text are, all together.
#[inline]
pub(super) fn classes(text: &str) -> u8 {
    let class = |byte: u8| CLASSES[usize::from(byte)];
    let (fours, rest) = text.as_bytes().as_chunks();
    let found =
        fours.iter().fold(0, |found, [a, b, c, d]| found | class(*a) | class(*b) | class(*c) | class(*d));
    rest.iter().fold(found, |found, byte| found | class(*byte))
}

/// The values of an occurrence, as they are written.
#[derive(Clone)]
pub(super) struct Body {
    text: String,
    classes: u8,
    /// How many bytes of a value the peer holds.
    most: usize,
    /// Whether it has a value.
    is_begun: bool,
    /// Whether one of its values says anything.
    pub says_something: bool,
    /// How many of them were longer than what the peer holds.
    pub cut: usize,
}

impl Body {
    pub fn with_capacity(length: usize) -> Body {
        let text = String::with_capacity(length);
        Body { text, classes: 0, most: usize::MAX, is_begun: false, says_something: false, cut: 0 }
    }

    /// Begins anew, for values of which the peer holds so much.
    #[inline]
    pub fn begin(&mut self, most: usize) {
        self.text.clear();
        (self.classes, self.most, self.is_begun, self.says_something, self.cut) = (0, most, false, false, 0);
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether any of its bytes is one of these.
    pub fn has(&self, classes: u8) -> bool {
        self.classes & classes != 0
    }

    /// Adds text as it stands.
    pub fn push(&mut self, text: &str) {
        self.classes |= classes(text);
        self.text.push_str(text);
    }

    /// Goes on to the next value, which is separated from the one before it.
    #[inline]
    pub fn next(&mut self, separator: Option<char>) {
        if let Some(separator) = separator.filter(|_| self.is_begun) {
            self.separate(separator);
        }
        self.is_begun = true;
    }

    #[inline]
    fn separate(&mut self, separator: char) {
        match separator {
            ';' => self.text.push(';'),
            ',' => self.text.push(','),
            other => self.push(other.encode_utf8(&mut [0; 4])),
        }
    }

    /// Adds what there is of a value, or as much of it as the peer holds.
    #[inline]
    pub fn push_value(&mut self, text: &str, escapes: &Escapes) {
        if text.is_empty() {
            return;
        }
        self.says_something = true;
        let mut text = text;
        if text.len() > self.most {
            text = &text[..text.floor_char_boundary(self.most)];
            self.cut += 1;
        }
        let found = classes(text);
        self.classes |= found;
        if found & escapes.classes == 0 && !escapes.others {
            self.text.push_str(text);
        } else {
            escapes.push(&mut self.text, text);
        }
    }

    /// Adds the values of another list.
    pub fn append(&mut self, other: &Body, separator: Option<char>) {
        self.next(separator);
        self.text.push_str(&other.text);
        self.classes |= other.classes;
        self.says_something |= other.says_something;
        self.cut += other.cut;
    }
}

/// What is escaped in the values of a property.
#[derive(Debug)]
pub(crate) struct Escapes {
    mode: MimeMode,
    structured: bool,
    separators: [Option<char>; 2],
    /// The bytes that have to be.
    classes: u8,
    /// Whether characters have to be that have no class.
    others: bool,
}

impl Escapes {
    /// Nothing: the value has a syntax of its own.
    pub fn none(mode: MimeMode) -> Escapes {
        Escapes { mode, structured: false, separators: [None; 2], classes: 0, others: false }
    }

    /// Those of a property with these separators, of which one with a single value has none.
    pub fn new(mode: MimeMode, separators: &[char]) -> Escapes {
        let structured = !separators.is_empty();
        let is_standard = mode == MimeMode::Standard;
        let mut classes = ALWAYS;
        if structured || is_standard {
            classes |= SEMICOLON;
        }
        if separators.contains(&',') || is_standard {
            classes |= COMMA;
        }
        Escapes {
            mode,
            structured,
            separators: [separators.first().copied(), separators.get(1).copied()],
            classes,
            others: separators.iter().any(|separator| !matches!(separator, ';' | ',')),
        }
    }

    #[cold]
    fn push(&self, body: &mut String, text: &str) {
        let mut start = 0;
        for (index, c) in text.char_indices() {
            let replaced = match c {
                '\\' => "\\",
                '\r' | '\n' => "",
                ';' if self.structured || self.mode == MimeMode::Standard => "\\",
                ',' if self.mode == MimeMode::Standard => "\\",
                c if self.separators.contains(&Some(c)) => "\\",
                _ => continue,
            };
            body.push_str(&text[start..index]);
            start = index;
            if matches!(c, '\r' | '\n') {
                start += 1;
                // Two characters of one line end are one line end.
                if c == '\n' || !text[start..].starts_with('\n') {
                    body.push_str(if self.mode == MimeMode::Standard { "\\n" } else { "\n" });
                }
            } else {
                body.push_str(replaced);
            }
        }
        body.push_str(&text[start..]);
    }
}
