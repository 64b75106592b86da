//! The character sets that a config can name (manual 11.34.33).
//!
//! Not its job: converting.

/// A character set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// US-ASCII.
    Ascii,
    /// Windows code page 1252.
    Ansi,
    /// ISO-8859-1.
    Latin1,
    /// UTF-8.
    Utf8,
    /// UTF-16.
    Utf16,
    /// GB 2312, simplified Chinese.
    Gb2312,
    /// Windows code page 936, simplified Chinese.
    Cp936,
}

impl Charset {
    /// All of them with the names that the config uses for them.
    pub const NAMES: &'static [(&'static str, Charset)] = &[
        ("ASCII", Charset::Ascii),
        ("US-ASCII", Charset::Ascii),
        ("ANSI", Charset::Ansi),
        ("ISO-8859-1", Charset::Latin1),
        ("UTF-8", Charset::Utf8),
        ("UTF-16", Charset::Utf16),
        ("GB2312", Charset::Gb2312),
        ("CP936", Charset::Cp936),
    ];
}
