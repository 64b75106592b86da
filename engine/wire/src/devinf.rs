//! Device information (OMA-SyncML-DevInf), as one model for all versions. Up to 1.1 the content
//! capabilities belong to the device and are a flat list of siblings; in 1.2 they belong to a
//! datastore and are nested. Both become [`CtCap`]s. Not here: what a capability means for an item.

/// `DevInf`: what a device is and can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DevInf {
    /// `VerDTD`; also decides in which form the content capabilities are written.
    pub ver_dtd: String,
    /// `Man`: the manufacturer.
    pub man: Option<String>,
    /// `Mod`: the model.
    pub mod_: Option<String>,
    /// `OEM`.
    pub oem: Option<String>,
    /// `FwV`: firmware version.
    pub fwv: Option<String>,
    /// `SwV`: software version.
    pub swv: Option<String>,
    /// `HwV`: hardware version.
    pub hwv: Option<String>,
    /// `DevID`: unique id of the device.
    pub dev_id: String,
    /// `DevTyp`, such as `phone`, `workstation`, `server`.
    pub dev_typ: String,
    /// `UTC` (since 1.1): understands times in UTC.
    pub utc: bool,
    /// `SupportLargeObjs` (since 1.1).
    pub support_large_objs: bool,
    /// `SupportNumberOfChanges` (since 1.1).
    pub support_number_of_changes: bool,
    /// `DataStore`s.
    pub datastores: Vec<DevInfStore>,
    /// `CTCap` of the device (up to 1.1), one for each `CTType`.
    pub ctcaps: Vec<CtCap>,
    /// `Ext`ensions.
    pub exts: Vec<Ext>,
}

/// `DataStore`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DevInfStore {
    /// `SourceRef`: the address of the datastore.
    pub source_ref: String,
    /// `DisplayName`.
    pub display_name: Option<String>,
    /// `MaxGUIDSize`: longest id of the other side that it can keep, in bytes.
    pub max_guid_size: Option<u64>,
    /// `Rx-Pref`: the type that it likes best to receive.
    pub rx_pref: Option<ContentType>,
    /// `Rx`: other types that it can receive.
    pub rx: Vec<ContentType>,
    /// `Tx-Pref`: the type that it likes best to send.
    pub tx_pref: Option<ContentType>,
    /// `Tx`: other types that it can send.
    pub tx: Vec<ContentType>,
    /// `CTCap`s of the datastore (1.2).
    pub ctcaps: Vec<CtCap>,
    /// `DSMem`.
    pub ds_mem: Option<DsMem>,
    /// `SupportHierarchicalSync` (1.2).
    pub support_hierarchical_sync: bool,
    /// `SyncCap/SyncType`s as sent: `1` to `7`, and numbers of extensions such as `390001`.
    pub sync_types: Vec<String>,
    /// `Filter-Rx`: filter grammars that it understands (1.2).
    pub filter_rx: Vec<ContentType>,
    /// `FilterCap`s (1.2).
    pub filter_caps: Vec<FilterCap>,
}

/// `CTType` and `VerCT`: a content type and its version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentType {
    /// `CTType`: a media type, such as `text/x-vcard`.
    pub type_: String,
    /// `VerCT`, such as `2.1`.
    pub version: String,
}

/// `CTCap`: the properties of one content type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CtCap {
    /// `CTType`.
    pub type_: String,
    /// `VerCT` (1.2).
    pub version: Option<String>,
    /// `FieldLevel` (1.2): changes may hold only the fields that changed.
    pub field_level: bool,
    /// The properties.
    pub properties: Vec<CtProperty>,
}

/// `Property` (1.2), or `PropName` and the siblings that belong to it (up to 1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CtProperty {
    /// `PropName`.
    pub name: String,
    /// `DataType`.
    pub data_type: Option<String>,
    /// `MaxOccur` (1.2).
    pub max_occur: Option<u64>,
    /// `MaxSize` (1.2) or `Size` (up to 1.1).
    pub max_size: Option<u64>,
    /// `NoTruncate` (1.2).
    pub no_truncate: bool,
    /// `ValEnum`s: the values that are supported; empty means any.
    pub values: Vec<String>,
    /// `DisplayName`.
    pub display_name: Option<String>,
    /// The parameters.
    pub params: Vec<CtParam>,
}

/// `PropParam` (1.2), or `ParamName` and the siblings that belong to it (up to 1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CtParam {
    /// `ParamName`.
    pub name: String,
    /// `DataType`.
    pub data_type: Option<String>,
    /// `ValEnum`s.
    pub values: Vec<String>,
    /// `DisplayName`.
    pub display_name: Option<String>,
}

/// `DSMem`: the memory of a datastore.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DsMem {
    /// `SharedMem`.
    pub shared: bool,
    /// `MaxMem`, in bytes.
    pub max_mem: Option<u64>,
    /// `MaxID`: how many items fit.
    pub max_id: Option<u64>,
}

/// `FilterCap`: what a filter on one content type may use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterCap {
    /// `CTType` and `VerCT`.
    pub content_type: ContentType,
    /// `FilterKeyword`s.
    pub keywords: Vec<String>,
    /// `PropName`s.
    pub properties: Vec<String>,
}

/// `Ext`: an extension.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ext {
    /// `XNam`.
    pub name: String,
    /// `XVal`s.
    pub values: Vec<String>,
}
