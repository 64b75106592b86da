//! The one table of elements: name, token, and the document type that they belong to, from the
//! DTDs and the WBXML token tables of OMA-SyncML-RepPro, -MetInf and -DevInf 1.2 (supersets of 1.0
//! and 1.1). Both readers and both writers work from it. Not here: which element may stand where.

/// A document type, each with a namespace in XML and a code page or a document of its own in WBXML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// SyncML itself; WBXML code page 0.
    SyncMl,
    /// Meta information; WBXML code page 1 of a SyncML document.
    MetInf,
    /// Device information; code page 0 of a document of its own.
    DevInf,
}

/// One element of one document type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag {
    space: Space,
    code: u8,
}

/// The bits of a code that go on the wire; what is above tells aliases of one token apart.
const TOKEN_MASK: u8 = 0x3F;

impl Tag {
    /// Stands for every element that is not in the table.
    pub(crate) const UNKNOWN: Tag = Tag::new(Space::SyncMl, 0);

    const fn new(space: Space, code: u8) -> Self {
        Self { space, code }
    }

    /// The element with this token in a document type.
    pub(crate) fn from_token(space: Space, token: u8) -> Option<Self> {
        let tag = Tag::new(space, token & TOKEN_MASK);
        (!tag.name().is_empty()).then_some(tag)
    }

    /// The element with this name (without prefix) in a document type.
    pub(crate) fn from_name(space: Space, name: &str) -> Option<Self> {
        match space {
            Space::SyncMl => syncml::by_name(name),
            Space::MetInf => metinf::by_name(name),
            Space::DevInf => devinf::by_name(name),
        }
    }

    /// The document type.
    pub(crate) fn space(self) -> Space {
        self.space
    }

    /// The WBXML token without the content and attribute bits.
    pub(crate) fn token(self) -> u8 {
        self.code & TOKEN_MASK
    }

    /// The element name; empty for [`Tag::UNKNOWN`] and for codes that are not assigned.
    pub(crate) fn name(self) -> &'static str {
        match self.space {
            Space::SyncMl => syncml::name(self.code),
            Space::MetInf => metinf::name(self.code),
            Space::DevInf => devinf::name(self.code),
        }
    }
}

macro_rules! elements {
    ($(#[$doc:meta])* $page:ident, $space:ident, $($ident:ident $code:literal $name:literal;)*) => {
        $(#[$doc])*
        pub(crate) mod $page {
            use super::{Space, Tag};

            $(pub(crate) const $ident: Tag = Tag::new(Space::$space, $code);)*

            pub(super) fn by_name(name: &str) -> Option<Tag> {
                match name {
                    $($name => Some($ident),)*
                    _ => None,
                }
            }

            pub(super) fn name(code: u8) -> &'static str {
                match code {
                    $($code => $name,)*
                    _ => "",
                }
            }

            #[cfg(test)]
            pub(super) const ALL: &[(Tag, &str)] = &[$(($ident, $name),)*];
        }
    };
}

elements! {
    /// SyncML representation protocol. 0x33 and 0x34 since 1.1, 0x35 and above since 1.2.
    syncml, SyncMl,
    ADD 0x05 "Add"; ALERT 0x06 "Alert"; ARCHIVE 0x07 "Archive"; ATOMIC 0x08 "Atomic";
    CHAL 0x09 "Chal"; CMD 0x0A "Cmd"; CMD_ID 0x0B "CmdID"; CMD_REF 0x0C "CmdRef";
    COPY 0x0D "Copy"; CRED 0x0E "Cred"; DATA 0x0F "Data"; DELETE 0x10 "Delete";
    EXEC 0x11 "Exec"; FINAL 0x12 "Final"; GET 0x13 "Get"; ITEM 0x14 "Item";
    LANG 0x15 "Lang"; LOC_NAME 0x16 "LocName"; LOC_URI 0x17 "LocURI"; MAP 0x18 "Map";
    MAP_ITEM 0x19 "MapItem"; META 0x1A "Meta"; MSG_ID 0x1B "MsgID"; MSG_REF 0x1C "MsgRef";
    NO_RESP 0x1D "NoResp"; NO_RESULTS 0x1E "NoResults"; PUT 0x1F "Put"; REPLACE 0x20 "Replace";
    RESP_URI 0x21 "RespURI"; RESULTS 0x22 "Results"; SEARCH 0x23 "Search"; SEQUENCE 0x24 "Sequence";
    SESSION_ID 0x25 "SessionID"; SFT_DEL 0x26 "SftDel"; SOURCE 0x27 "Source"; SOURCE_REF 0x28 "SourceRef";
    STATUS 0x29 "Status"; SYNC 0x2A "Sync"; SYNC_BODY 0x2B "SyncBody"; SYNC_HDR 0x2C "SyncHdr";
    SYNC_ML 0x2D "SyncML"; TARGET 0x2E "Target"; TARGET_REF 0x2F "TargetRef"; VER_DTD 0x31 "VerDTD";
    VER_PROTO 0x32 "VerProto"; NUMBER_OF_CHANGES 0x33 "NumberOfChanges"; MORE_DATA 0x34 "MoreData";
    FIELD 0x35 "Field"; FILTER 0x36 "Filter"; RECORD 0x37 "Record"; FILTER_TYPE 0x38 "FilterType";
    SOURCE_PARENT 0x39 "SourceParent"; TARGET_PARENT 0x3A "TargetParent"; MOVE 0x3B "Move";
    CORRELATOR 0x3C "Correlator";
}

elements! {
    /// Meta information. 0x15 since 1.1, 0x16 since 1.2.
    metinf, MetInf,
    ANCHOR 0x05 "Anchor"; EMI 0x06 "EMI"; FORMAT 0x07 "Format"; FREE_ID 0x08 "FreeID";
    FREE_MEM 0x09 "FreeMem"; LAST 0x0A "Last"; MARK 0x0B "Mark"; MAX_MSG_SIZE 0x0C "MaxMsgSize";
    MEM 0x0D "Mem"; MET_INF 0x0E "MetInf"; NEXT 0x0F "Next"; NEXT_NONCE 0x10 "NextNonce";
    SHARED_MEM 0x11 "SharedMem"; SIZE 0x12 "Size"; TYPE 0x13 "Type"; VERSION 0x14 "Version";
    MAX_OBJ_SIZE 0x15 "MaxObjSize"; FIELD_LEVEL 0x16 "FieldLevel";
}

elements! {
    /// Device information. 0x28 to 0x2A since 1.1, 0x2B and above since 1.2. Token 0x1C is `Size`
    /// up to 1.1 and `MaxSize` in 1.2: the second name has the same token under another code.
    devinf, DevInf,
    CT_CAP 0x05 "CTCap"; CT_TYPE 0x06 "CTType"; DATA_STORE 0x07 "DataStore"; DATA_TYPE 0x08 "DataType";
    DEV_ID 0x09 "DevID"; DEV_INF 0x0A "DevInf"; DEV_TYP 0x0B "DevTyp"; DISPLAY_NAME 0x0C "DisplayName";
    DS_MEM 0x0D "DSMem"; EXT 0x0E "Ext"; FW_V 0x0F "FwV"; HW_V 0x10 "HwV";
    MAN 0x11 "Man"; MAX_GUID_SIZE 0x12 "MaxGUIDSize"; MAX_ID 0x13 "MaxID"; MAX_MEM 0x14 "MaxMem";
    MOD 0x15 "Mod"; OEM 0x16 "OEM"; PARAM_NAME 0x17 "ParamName"; PROP_NAME 0x18 "PropName";
    RX 0x19 "Rx"; RX_PREF 0x1A "Rx-Pref"; SHARED_MEM 0x1B "SharedMem"; SIZE 0x1C "Size";
    SOURCE_REF 0x1D "SourceRef"; SW_V 0x1E "SwV"; SYNC_CAP 0x1F "SyncCap"; SYNC_TYPE 0x20 "SyncType";
    TX 0x21 "Tx"; TX_PREF 0x22 "Tx-Pref"; VAL_ENUM 0x23 "ValEnum"; VER_CT 0x24 "VerCT";
    VER_DTD 0x25 "VerDTD"; X_NAM 0x26 "XNam"; X_VAL 0x27 "XVal"; UTC 0x28 "UTC";
    SUPPORT_NUMBER_OF_CHANGES 0x29 "SupportNumberOfChanges"; SUPPORT_LARGE_OBJS 0x2A "SupportLargeObjs";
    PROPERTY 0x2B "Property"; PROP_PARAM 0x2C "PropParam"; MAX_OCCUR 0x2D "MaxOccur";
    NO_TRUNCATE 0x2E "NoTruncate"; FILTER_RX 0x30 "Filter-Rx"; FILTER_CAP 0x31 "FilterCap";
    FILTER_KEYWORD 0x32 "FilterKeyword"; FIELD_LEVEL 0x33 "FieldLevel";
    SUPPORT_HIERARCHICAL_SYNC 0x34 "SupportHierarchicalSync"; MAX_SIZE 0x5C "MaxSize";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_tokens_lead_back_to_their_element() {
        for (tag, name) in [syncml::ALL, metinf::ALL, devinf::ALL].concat() {
            assert_eq!(tag.name(), name);
            assert_eq!(Tag::from_name(tag.space(), name), Some(tag));
            // The tags of WBXML start at 5; what is below means the same on every page.
            assert!((0x05..=0x3F).contains(&tag.token()), "{name}");
            let expected = if tag == devinf::MAX_SIZE { devinf::SIZE } else { tag };
            assert_eq!(Tag::from_token(tag.space(), tag.token()), Some(expected));
        }
        assert_eq!((syncml::ALL.len(), metinf::ALL.len(), devinf::ALL.len()), (55, 18, 48));
    }

    #[test]
    fn tokens_that_are_not_assigned_are_unknown() {
        assert_eq!(Tag::from_token(Space::SyncMl, 0x30), None);
        assert_eq!(Tag::from_token(Space::MetInf, 0x17), None);
        assert_eq!(Tag::from_token(Space::DevInf, 0x2F), None);
        assert_eq!(Tag::from_name(Space::MetInf, "CmdID"), None);
        assert_eq!(Tag::UNKNOWN.name(), "");
    }
}
