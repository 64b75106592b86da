//! The versions of SyncML, the encodings of a message, and what goes by each of them: names,
//! namespaces, content types. Not here: the WBXML public identifiers, which only the writer needs.

/// A version of SyncML, as a message announces it in `VerDTD` and `VerProto`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// SyncML 1.0 and 1.0.1.
    V1_0,
    /// SyncML 1.1, 1.1.1 and 1.1.2.
    V1_1,
    /// OMA Data Synchronization 1.2.
    V1_2,
}

impl Version {
    /// The version that a `VerDTD` text means, `None` if it is none of ours.
    pub fn from_ver_dtd(text: &str) -> Option<Self> {
        match text.trim() {
            "1.0" => Some(Version::V1_0),
            "1.1" => Some(Version::V1_1),
            "1.2" => Some(Version::V1_2),
            _ => None,
        }
    }

    /// The text of `VerDTD`, such as `1.2`.
    pub fn ver_dtd(self) -> &'static str {
        match self {
            Version::V1_0 => "1.0",
            Version::V1_1 => "1.1",
            Version::V1_2 => "1.2",
        }
    }

    /// The text of `VerProto`, such as `SyncML/1.2`.
    pub fn ver_proto(self) -> &'static str {
        match self {
            Version::V1_0 => "SyncML/1.0",
            Version::V1_1 => "SyncML/1.1",
            Version::V1_2 => "SyncML/1.2",
        }
    }

    /// The XML namespace of the message, such as `SYNCML:SYNCML1.2`.
    pub fn namespace(self) -> &'static str {
        match self {
            Version::V1_0 => "SYNCML:SYNCML1.0",
            Version::V1_1 => "SYNCML:SYNCML1.1",
            Version::V1_2 => "SYNCML:SYNCML1.2",
        }
    }

    /// The URI under which the device information of this version is put and got, such as `./devinf12`.
    pub fn devinf_uri(self) -> &'static str {
        match self {
            Version::V1_0 => "./devinf10",
            Version::V1_1 => "./devinf11",
            Version::V1_2 => "./devinf12",
        }
    }
}

/// How a message is written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// XML 1.0, written in UTF-8.
    Xml,
    /// WAP Binary XML (WBXML 1.2 when written).
    Wbxml,
}

impl Encoding {
    /// The encoding that a `Content-Type` header value means. Parameters such as `charset` and the
    /// case of the letters play no part; any other media type gives `None`.
    pub fn from_content_type(value: &str) -> Option<Self> {
        let media_type = value.split(';').next().unwrap_or_default().trim();
        [Encoding::Xml, Encoding::Wbxml]
            .into_iter()
            .find(|e| media_type.eq_ignore_ascii_case(e.content_type()))
    }

    /// The media type of a message.
    pub fn content_type(self) -> &'static str {
        match self {
            Encoding::Xml => "application/vnd.syncml+xml",
            Encoding::Wbxml => "application/vnd.syncml+wbxml",
        }
    }

    /// The media type that `Meta/Type` gives for device information in a message of this encoding.
    pub fn devinf_type(self) -> &'static str {
        match self {
            Encoding::Xml => "application/vnd.syncml-devinf+xml",
            Encoding::Wbxml => "application/vnd.syncml-devinf+wbxml",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_ignore_case_and_parameters() {
        let parse = Encoding::from_content_type;
        assert_eq!(parse("Application/VND.syncml+XML; charset=\"utf-8\""), Some(Encoding::Xml));
        assert_eq!(parse(" application/vnd.syncml+wbxml "), Some(Encoding::Wbxml));
        assert_eq!(parse("application/vnd.syncml-devinf+xml"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn versions_know_their_texts() {
        for version in [Version::V1_0, Version::V1_1, Version::V1_2] {
            assert_eq!(Version::from_ver_dtd(version.ver_dtd()), Some(version));
            assert!(version.ver_proto().ends_with(version.ver_dtd()));
            assert!(version.namespace().ends_with(version.ver_dtd()));
        }
        assert_eq!(Version::from_ver_dtd("1.3"), None);
        assert!(Version::V1_0 < Version::V1_2);
    }
}
