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

/// What each byte is.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'\r' | b'\n' => ALWAYS | CONTROL,
            b'\t' => 0,
            b'\\' => ALWAYS,
            b';' => SEMICOLON,
            b',' => COMMA,
            byte if byte.is_ascii_control() => CONTROL,
            byte if !byte.is_ascii() => BEYOND_ASCII,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

fn classes(text: &str) -> u8 {
    text.bytes().fold(0, |found, byte| found | CLASSES[usize::from(byte)])
}

/// The body of a property.
pub(super) struct Body {
    text: String,
    classes: u8,
}

impl Body {
    pub fn with_capacity(length: usize) -> Body {
        Body { text: String::with_capacity(length), classes: 0 }
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.classes = 0;
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

    /// Adds a separator.
    pub fn separate(&mut self, separator: char) {
        match separator {
            ';' | ',' => self.text.push(separator),
            other => self.push(other.encode_utf8(&mut [0; 4])),
        }
    }

    /// Adds a value.
    pub fn push_value(&mut self, text: &str, escapes: &Escapes) {
        let found = classes(text);
        self.classes |= found;
        if found & escapes.classes == 0 && !escapes.others {
            self.text.push_str(text);
        } else {
            escapes.push(&mut self.text, text);
        }
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
