//! How lines end in a database, and in fields.

use syncloom_config::LineEnds;

/// A text with the line ends of a database.
pub(crate) fn with_line_ends(text: &str, line_ends: LineEnds) -> String {
    let end = match line_ends {
        LineEnds::Unix => return text.to_owned(),
        LineEnds::Dos => "\r\n",
        LineEnds::Mac => "\r",
        LineEnds::Filemaker => "\u{b}",
    };
    text.replace('\n', end)
}

/// Any line end that a database may hold, as the one that fields have.
pub(crate) fn unix_line_ends(text: String) -> String {
    if text.contains(['\r', '\u{b}']) {
        text.replace("\r\n", "\n").replace(['\r', '\u{b}'], "\n")
    } else {
        text
    }
}
