//! The codes of all problems. A code is never given a new meaning; a problem that is no more leaves a gap.
//!
//! Not its job: the words of a single problem.

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; everything that is acted on works.
    Advice,
    /// Probably a mistake; the config can be used.
    Warning,
    /// The config cannot be used.
    Error,
}

impl Severity {
    /// The word for it in messages.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Advice => "advice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// What kind of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// SLC0001: the file cannot be read.
    Unreadable,
    /// SLC0002: the file is too large.
    TooLarge,
    /// SLC0003: the encoding cannot be read.
    Encoding,
    /// SLC0004: the file is not well-formed XML.
    Syntax,
    /// SLC0005: a tag is not closed.
    Unclosed,
    /// SLC0006: an end tag closes another tag.
    Mismatched,
    /// SLC0007: & or < stands in text.
    StrayCharacter,
    /// SLC0008: a document type is not allowed.
    Doctype,
    /// SLC0009: tags are nested too deeply.
    TooDeep,
    /// SLC0010: the root element is not sysync_config.
    WrongRoot,
    /// SLC0011: the version of the document is not 1.0.
    WrongVersion,
    /// SLC0012: the included file does not begin as one.
    BadInclude,
    /// SLC0013: a file includes itself.
    EndlessInclude,
    /// SLC0020: unknown tag.
    UnknownTag,
    /// SLC0021: the tag does not stand here.
    MisplacedTag,
    /// SLC0022: unknown attribute.
    UnknownAttribute,
    /// SLC0023: text stands where only tags are read.
    UnexpectedText,
    /// SLC0024: the tag stands here twice.
    Repeated,
    /// SLC0025: outdated spelling.
    OldSpelling,
    /// SLC0026: outdated tag.
    OutdatedTag,
    /// SLC0030: not a boolean.
    BadBoolean,
    /// SLC0031: not a number.
    BadInteger,
    /// SLC0032: the number is out of range.
    OutOfRange,
    /// SLC0033: not one of the allowed values.
    BadEnum,
    /// SLC0034: not an escape sequence.
    BadEscape,
    /// SLC0035: the value cannot be read.
    BadValue,
    /// SLC0036: the value is missing.
    EmptyValue,
    /// SLC0037: space around a word.
    StraySpace,
    /// SLC0040: a required attribute is missing.
    MissingAttribute,
    /// SLC0041: unknown variable.
    UnknownVariable,
    /// SLC0042: the variable contains itself.
    EndlessVariable,
    /// SLC0043: the value becomes too long.
    LongValue,
    /// SLC0044: the condition cannot be read.
    BadCondition,
    /// SLC0045: the config refuses to be used.
    AuthorError,
    /// SLC0046: the config warns.
    AuthorWarning,
    /// SLC0047: the condition asks for an unknown variable.
    UndefinedCondition,
    /// SLC0050: unknown field.
    UnknownField,
    /// SLC0051: unknown name.
    UnknownName,
    /// SLC0052: defined only later.
    DefinedLater,
    /// SLC0053: the name is taken.
    Duplicate,
    /// SLC0054: too many.
    TooMany,
    /// SLC0055: a required tag is missing.
    MissingTag,
    /// SLC0056: the fields behind do not fit.
    BadBlock,
    /// SLC0060: the position cannot be used.
    BadPosition,
    /// SLC0061: the index is too high.
    BadIndex,
    /// SLC0062: the profile does not fit the datatype.
    WrongProfile,
    /// SLC0063: the datatype is incomplete.
    BadType,
    /// SLC0064: the field lists differ.
    WrongFieldList,
    /// SLC0065: no preferred datatype.
    Preferred,
    /// SLC0066: the passwords are said to be in two forms.
    PasswordForms,
    /// SLC0067: less is asked for than is required.
    WeakRequest,
    /// SLC0068: the range of versions is empty.
    VersionRange,
    /// SLC0069: not a time zone.
    BadZone,
    /// SLC0070: peers cannot write.
    NoWriting,
    /// SLC0071: never reached.
    Unreachable,
    /// SLC0080: unknown placeholder.
    UnknownPlaceholder,
    /// SLC0081: the placeholder is not acted on yet.
    LaterPlaceholder,
    /// SLC0082: a literal is not closed.
    OpenLiteral,
    /// SLC0083: a list of columns stands in quotes.
    QuotedList,
    /// SLC0084: the placeholder is incomplete.
    BadPlaceholder,
    /// SLC0085: the placeholder is not replaced here.
    UnreplacedPlaceholder,
    /// SLC0086: the placeholder runs into a word.
    GluedPlaceholder,
    /// SLC0090: not acted on yet.
    Later,
    /// SLC0091: not served yet.
    NotServed,
    /// SLC0092: nothing to do.
    Useless,
    /// SLC0093: without effect.
    NoEffect,
    /// SLC0094: the plugin is not found.
    MissingModule,
    /// SLC0095: defined and not used.
    Unused,
    /// SLC0100: the script has a mistake.
    BadScript,
    /// SLC0101: the filter has a mistake.
    BadFilter,
    /// SLC0110: the database cannot be opened.
    Database,
    /// SLC0111: the database refuses the statement.
    Refused,
}

impl Code {
    /// Every code with its number, the severity that it usually has, and its title.
    pub const ALL: &'static [(Code, &'static str, Severity, &'static str)] = &[
        (Code::Unreadable, "SLC0001", Severity::Error, "the file cannot be read"),
        (Code::TooLarge, "SLC0002", Severity::Error, "the file is too large"),
        (Code::Encoding, "SLC0003", Severity::Error, "the encoding cannot be read"),
        (Code::Syntax, "SLC0004", Severity::Error, "the file is not well-formed XML"),
        (Code::Unclosed, "SLC0005", Severity::Error, "a tag is not closed"),
        (Code::Mismatched, "SLC0006", Severity::Error, "an end tag closes another tag"),
        (Code::StrayCharacter, "SLC0007", Severity::Error, "& or < stands in text"),
        (Code::Doctype, "SLC0008", Severity::Error, "a document type is not allowed"),
        (Code::TooDeep, "SLC0009", Severity::Error, "tags are nested too deeply"),
        (Code::WrongRoot, "SLC0010", Severity::Error, "the root element is not sysync_config"),
        (Code::WrongVersion, "SLC0011", Severity::Error, "the version of the document is not 1.0"),
        (Code::BadInclude, "SLC0012", Severity::Error, "the included file does not begin as one"),
        (Code::EndlessInclude, "SLC0013", Severity::Error, "a file includes itself"),
        (Code::UnknownTag, "SLC0020", Severity::Warning, "unknown tag"),
        (Code::MisplacedTag, "SLC0021", Severity::Warning, "the tag does not stand here"),
        (Code::UnknownAttribute, "SLC0022", Severity::Warning, "unknown attribute"),
        (Code::UnexpectedText, "SLC0023", Severity::Warning, "text stands where only tags are read"),
        (Code::Repeated, "SLC0024", Severity::Warning, "the tag stands here twice"),
        (Code::OldSpelling, "SLC0025", Severity::Advice, "outdated spelling"),
        (Code::OutdatedTag, "SLC0026", Severity::Advice, "outdated tag"),
        (Code::BadBoolean, "SLC0030", Severity::Error, "not a boolean"),
        (Code::BadInteger, "SLC0031", Severity::Error, "not a number"),
        (Code::OutOfRange, "SLC0032", Severity::Error, "the number is out of range"),
        (Code::BadEnum, "SLC0033", Severity::Error, "not one of the allowed values"),
        (Code::BadEscape, "SLC0034", Severity::Error, "not an escape sequence"),
        (Code::BadValue, "SLC0035", Severity::Error, "the value cannot be read"),
        (Code::EmptyValue, "SLC0036", Severity::Error, "the value is missing"),
        (Code::StraySpace, "SLC0037", Severity::Advice, "space around a word"),
        (Code::MissingAttribute, "SLC0040", Severity::Error, "a required attribute is missing"),
        (Code::UnknownVariable, "SLC0041", Severity::Error, "unknown variable"),
        (Code::EndlessVariable, "SLC0042", Severity::Error, "the variable contains itself"),
        (Code::LongValue, "SLC0043", Severity::Error, "the value becomes too long"),
        (Code::BadCondition, "SLC0044", Severity::Error, "the condition cannot be read"),
        (Code::AuthorError, "SLC0045", Severity::Error, "the config refuses to be used"),
        (Code::AuthorWarning, "SLC0046", Severity::Warning, "the config warns"),
        (
            Code::UndefinedCondition,
            "SLC0047",
            Severity::Warning,
            "the condition asks for an unknown variable",
        ),
        (Code::UnknownField, "SLC0050", Severity::Error, "unknown field"),
        (Code::UnknownName, "SLC0051", Severity::Error, "unknown name"),
        (Code::DefinedLater, "SLC0052", Severity::Error, "defined only later"),
        (Code::Duplicate, "SLC0053", Severity::Error, "the name is taken"),
        (Code::TooMany, "SLC0054", Severity::Error, "too many"),
        (Code::MissingTag, "SLC0055", Severity::Error, "a required tag is missing"),
        (Code::BadBlock, "SLC0056", Severity::Error, "the fields behind do not fit"),
        (Code::BadPosition, "SLC0060", Severity::Error, "the position cannot be used"),
        (Code::BadIndex, "SLC0061", Severity::Error, "the index is too high"),
        (Code::WrongProfile, "SLC0062", Severity::Error, "the profile does not fit the datatype"),
        (Code::BadType, "SLC0063", Severity::Error, "the datatype is incomplete"),
        (Code::WrongFieldList, "SLC0064", Severity::Error, "the field lists differ"),
        (Code::Preferred, "SLC0065", Severity::Error, "no preferred datatype"),
        (Code::PasswordForms, "SLC0066", Severity::Error, "the passwords are said to be in two forms"),
        (Code::WeakRequest, "SLC0067", Severity::Error, "less is asked for than is required"),
        (Code::VersionRange, "SLC0068", Severity::Error, "the range of versions is empty"),
        (Code::BadZone, "SLC0069", Severity::Error, "not a time zone"),
        (Code::NoWriting, "SLC0070", Severity::Warning, "peers cannot write"),
        (Code::Unreachable, "SLC0071", Severity::Warning, "never reached"),
        (Code::UnknownPlaceholder, "SLC0080", Severity::Warning, "unknown placeholder"),
        (Code::LaterPlaceholder, "SLC0081", Severity::Advice, "the placeholder is not acted on yet"),
        (Code::OpenLiteral, "SLC0082", Severity::Error, "a literal is not closed"),
        (Code::QuotedList, "SLC0083", Severity::Error, "a list of columns stands in quotes"),
        (Code::BadPlaceholder, "SLC0084", Severity::Error, "the placeholder is incomplete"),
        (Code::UnreplacedPlaceholder, "SLC0085", Severity::Warning, "the placeholder is not replaced here"),
        (Code::GluedPlaceholder, "SLC0086", Severity::Warning, "the placeholder runs into a word"),
        (Code::Later, "SLC0090", Severity::Advice, "not acted on yet"),
        (Code::NotServed, "SLC0091", Severity::Advice, "not served yet"),
        (Code::Useless, "SLC0092", Severity::Advice, "nothing to do"),
        (Code::NoEffect, "SLC0093", Severity::Advice, "without effect"),
        (Code::MissingModule, "SLC0094", Severity::Advice, "the plugin is not found"),
        (Code::Unused, "SLC0095", Severity::Advice, "defined and not used"),
        (Code::BadScript, "SLC0100", Severity::Error, "the script has a mistake"),
        (Code::BadFilter, "SLC0101", Severity::Error, "the filter has a mistake"),
        (Code::Database, "SLC0110", Severity::Error, "the database cannot be opened"),
        (Code::Refused, "SLC0111", Severity::Error, "the database refuses the statement"),
    ];

    /// Its number, such as `SLC0020`.
    pub fn id(self) -> &'static str {
        self.row().1
    }

    /// How bad it usually is.
    pub fn severity(self) -> Severity {
        self.row().2
    }

    /// Its title.
    pub fn title(self) -> &'static str {
        self.row().3
    }

    fn row(self) -> &'static (Code, &'static str, Severity, &'static str) {
        // The table has the order of the enum, which a test holds it to.
        Self::ALL.get(self as usize).unwrap_or(&Self::ALL[0])
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_order_of_the_codes_and_no_number_twice() {
        for (index, row) in Code::ALL.iter().enumerate() {
            assert_eq!(row.0 as usize, index, "{}", row.1);
            assert!(row.1.starts_with("SLC") && row.1.len() == 7 && !row.3.is_empty());
        }
        assert!(Code::ALL.windows(2).all(|pair| pair[0].1 < pair[1].1));
        assert_eq!(Code::NotServed.id(), "SLC0091");
        assert_eq!(Code::NotServed.severity(), Severity::Advice);
    }
}
