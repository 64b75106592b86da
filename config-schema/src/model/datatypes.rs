//! MIME-DIR profiles and datatypes (manual 10.3, 10.5).
//!
//! Not its job: text profiles (`text`).

use std::sync::Arc;

use syncloom_script::time::IsoStyle;
use syncloom_script::time::zones::{TzidMode, VtimezoneMode};
use syncloom_script::{FieldId, FieldList};

use super::objects::ObjectProfile;
use super::scripts::{DatatypeScript, Scripts};
use super::text::TextProfile;

/// A `<mimeprofile>`: how the fields of a list stand in a MIME-DIR text.
#[derive(Debug)]
pub struct MimeProfile {
    /// The name by which datatypes use it.
    pub name: String,
    /// The field list that its fields are of.
    pub fields: Arc<FieldList>,
    /// The outermost component.
    pub root: Arc<Profile>,
    /// What is said of time zones.
    pub zones: ZoneOptions,
    /// `<unknowns>`, an extension: the text field that keeps what of a text has no field of its own.
    pub unknowns: Option<FieldId>,
}

/// What a profile says of time zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneOptions {
    /// `<vtimezonegenmode>`: which rules of a zone are written (manual 10.3.8).
    pub rules: VtimezoneMode,
    /// `<tzidgenmode>`: what zones are called.
    pub tzid: TzidMode,
    /// `<unfloattimestamps>`: times without a zone are taken as the item's (manual 10.3.9).
    pub unfloat: bool,
}

impl Default for ZoneOptions {
    fn default() -> ZoneOptions {
        ZoneOptions { rules: VtimezoneMode::Current, tzid: TzidMode::Name, unfloat: false }
    }
}

/// A `<profile>` or `<subprofile>`: what stands between BEGIN and END (manual 10.3.1, 10.3.2).
#[derive(Debug)]
pub struct Profile {
    /// The name in BEGIN and END.
    pub name: String,
    /// `nummandatory`: how many of the mandatory properties an item must have.
    pub num_mandatory: u32,
    /// The dialect it is limited to, if any.
    pub only_for: Option<MimeMode>,
    /// `field` and `value`: the field that tells whether this subprofile is the one.
    pub selector: Option<Selector>,
    /// `showifselectedonly`.
    pub show_if_selected_only: bool,
    /// `mode="vtimezones"`: made of and read into time zones instead of properties.
    pub time_zones: bool,
    /// Properties and subprofiles in the order in which they are written.
    pub members: Vec<Member>,
}

/// What a profile consists of.
#[derive(Debug)]
pub enum Member {
    /// A property.
    Property(Arc<Property>),
    /// A nested component.
    Profile(Arc<Profile>),
}

/// The field that selects a subprofile, and the value it has then.
#[derive(Debug)]
pub struct Selector {
    /// The field.
    pub field: FieldId,
    /// Its value when this subprofile is meant.
    pub value: String,
}

/// A `<property>` (manual 10.3.3).
#[derive(Debug)]
pub struct Property {
    /// The name in the text, upper or lower case as the config has it; compared without regard to case.
    pub name: String,
    /// The dialect it is limited to, if any.
    pub only_for: Option<MimeMode>,
    /// The remote rule that makes it active; `other` is the default of a group.
    pub rule: Option<String>,
    /// `suppressempty`: never written without a value.
    pub suppress_empty: bool,
    /// `delayedparsing`: read after those with a smaller number.
    pub delayed_parsing: u16,
    /// `values`.
    pub count: ValueCount,
    /// `valueseparator`.
    pub separator: char,
    /// `altvalueseparator`, taken as well when reading.
    pub alt_separator: Option<char>,
    /// `mandatory`: counts towards the profile's `nummandatory`.
    pub mandatory: bool,
    /// `showindevinf`.
    pub show_in_devinf: bool,
    /// `filter`: offered as a property to filter by.
    pub filterable: bool,
    /// `groupfield`: the field that holds the group prefix.
    pub group_field: Option<FieldId>,
    /// The values; their `index` says which of the property's values each one is.
    pub values: Vec<ValueMap>,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// The positions of the property and of all its parameters, in the order of the config.
    pub positions: Vec<Position>,
}

/// How many values a property has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueCount {
    /// A fixed number of different values, such as the five parts of `N`.
    Fixed(u16),
    /// Any number of values of one kind, in one property.
    List,
    /// Any number of values of one kind, each in a property of its own when written.
    ExpandedList,
}

/// A `<value>` of a property or parameter (manual 10.3.4).
#[derive(Debug, Clone)]
pub struct ValueMap {
    /// Which of the property's values it is, from 0.
    pub index: u16,
    /// Where it is stored; without a field it is skipped when read and empty when written.
    pub field: Option<FieldId>,
    /// The conversion between text and field.
    pub conversion: Conversion,
    /// How times are written: the options `extfmt` and `millisec` of a conversion.
    pub style: IsoStyle,
    /// How several values share one field.
    pub combine: Combine,
    /// The names of values, in the order of the config (manual 10.3.5).
    pub enums: Vec<EnumRule>,
}

/// `conversion` (manual 10.3.4), without its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// Copied.
    None,
    /// Copied into an empty field only.
    EmptyOnly,
    /// The version of the datatype.
    Version,
    /// What made the text.
    ProdId,
    /// Always date and time.
    Timestamp,
    /// Always a date.
    Date,
    /// Date where the dialect has dates, else midnight.
    AutoDate,
    /// Like `AutoDate`, for the end of a period.
    AutoEndDate,
    /// `DATE` or `TIME` by the value of the field.
    ValueType,
    /// Like `ValueType`, but says `DATE-TIME` too.
    FullValueType,
    /// A list of bit numbers for the bits of a number.
    Bitmap,
    /// Bits and literals spread over several fields.
    MultiMix,
    /// Bytes in base 64.
    BlobBase64,
    /// Bytes in base 64, or text where they are text.
    BlobAuto,
    /// An address with `mailto:` in the text and without it in the field.
    MailTo,
    /// Recurrence rule over a block of six fields (manual 10.6).
    RRule,
    /// Offset of a zone (vCalendar TZ).
    Tz,
    /// Daylight saving rule of a zone (vCalendar DAYLIGHT).
    Daylight,
    /// Name of a zone (iCalendar TZID).
    TzId,
}

impl Conversion {
    /// All conversions with the names that the config uses for them, in any case.
    pub const NAMES: &'static [(&'static str, Conversion)] = &[
        ("none", Conversion::None),
        ("emptyonly", Conversion::EmptyOnly),
        ("version", Conversion::Version),
        ("prodid", Conversion::ProdId),
        ("timestamp", Conversion::Timestamp),
        ("date", Conversion::Date),
        ("autodate", Conversion::AutoDate),
        ("autoenddate", Conversion::AutoEndDate),
        ("valuetype", Conversion::ValueType),
        ("fullvaluetype", Conversion::FullValueType),
        ("bitmap", Conversion::Bitmap),
        ("multimix", Conversion::MultiMix),
        ("blob_b64", Conversion::BlobBase64),
        ("blob_auto", Conversion::BlobAuto),
        ("mailto", Conversion::MailTo),
        ("rrule", Conversion::RRule),
        ("tz", Conversion::Tz),
        ("daylight", Conversion::Daylight),
        ("tzid", Conversion::TzId),
    ];
}

/// `combine` (manual 10.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// One value to a field.
    No,
    /// Values joined by this character; `lines` is `\n`.
    With(char),
}

/// An `<enum>`: one name of a value (manual 10.3.5).
#[derive(Debug, Clone)]
pub struct EnumRule {
    /// How it stands in the text.
    pub name: String,
    /// How it stands in the field; the name itself where the config gives no value.
    pub value: String,
    /// How the two are matched.
    pub mode: EnumMode,
    /// Whether it takes part in finding a position.
    pub positional: bool,
}

/// `mode` of an `<enum>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnumMode {
    /// One to one.
    Translate,
    /// The beginning is translated, the rest is kept.
    Prefix,
    /// The name for values that no other rule knows.
    DefaultName,
    /// The value for names that no other rule knows.
    DefaultValue,
    /// Left out.
    Ignore,
}

/// A `<parameter>` (manual 10.3.6).
#[derive(Debug)]
pub struct Parameter {
    /// The name in the text.
    pub name: String,
    /// The dialect it is limited to, if any.
    pub only_for: Option<MimeMode>,
    /// The remote rule that makes it active.
    pub rule: Option<String>,
    /// `default`: written without its name in the old dialect.
    pub default: bool,
    /// `positional`: its values tell where the property is stored.
    pub positional: bool,
    /// `shownonempty`: a value of it shows the property even without a value of its own.
    pub show_non_empty: bool,
    /// `showindevinf`, or `show`.
    pub show_in_devinf: bool,
    /// `sharedfield`: another parameter uses the same field.
    pub shared_field: bool,
    /// Its value. A parameter without one is read over.
    pub value: Option<ValueMap>,
}

/// A `<position>`: where a property with certain parameters is stored (manual 10.3.7).
#[derive(Debug)]
pub struct Position {
    /// The values that must be there, as (index of the parameter, index of the enum).
    pub has: Vec<(usize, usize)>,
    /// The values that must not be there.
    pub has_not: Vec<(usize, usize)>,
    /// Further values to show when written.
    pub shows: Vec<(usize, usize)>,
    /// How far the fields of the property are moved.
    pub offset: i32,
    /// How often it can be used.
    pub repeat: Repeat,
    /// How far the fields move with each repetition.
    pub increment: i32,
    /// How many repetitions are written even when empty; `None` is all of them.
    pub min_show: Option<u16>,
    /// Used when reading only.
    pub read_only: bool,
    /// Empty repetitions are filled by later ones when reading.
    pub overwrite_empty: bool,
    /// `sharepreviouscount`: goes on counting where the position before it stopped.
    pub share_previous_count: bool,
}

/// `repeat` of a `<position>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// So many times.
    Times(u16),
    /// Any number of times, the last one stays.
    Rewrite,
    /// Into the elements of array fields.
    Array,
}

/// The two dialects of MIME-DIR (manual 10.5.14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MimeMode {
    /// vCard 2.1, vCalendar 1.0.
    Old,
    /// vCard 3.0, iCalendar 2.0, RFC 2425.
    Standard,
}

impl MimeMode {
    /// Both dialects with the words that the config uses for them.
    pub const NAMES: &'static [(&'static str, MimeMode)] =
        &[("old", MimeMode::Old), ("standard", MimeMode::Standard)];
}

/// `basetype` of a `<datatype>` (manual 10.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseType {
    /// vCard.
    VCard,
    /// vCalendar and iCalendar.
    VCalendar,
    /// Any other MIME-DIR type.
    MimeDir,
    /// Lines of text: notes and mails.
    Text,
    /// Data objects: XML documents for mails, files and folders.
    DataObject,
}

/// A `<datatype>`: a content type that can be sent and received (manual 10.5).
#[derive(Debug)]
pub struct DataType {
    /// The name by which datastores use it.
    pub name: String,
    /// What it is a kind of.
    pub base: BaseType,
    /// The MIME type in SyncML, such as `text/x-vcard`.
    pub mime_type: String,
    /// The version in SyncML and in the VERSION property, such as `2.1`.
    pub version: String,
    /// The dialect; of no account for text.
    pub mode: MimeMode,
    /// The profile that it is written by.
    pub profile: ProfileUse,
    /// How its bytes travel.
    pub coding: Coding,
    /// Its scripts (manual 10.5.8 to 10.5.13).
    pub scripts: Scripts<DatatypeScript>,
}

impl DataType {
    /// The field list that its items are of.
    pub fn fields(&self) -> &Arc<FieldList> {
        self.profile.fields()
    }
}

/// The profile of a datatype.
#[derive(Debug, Clone)]
pub enum ProfileUse {
    /// Components and properties.
    Mime(Arc<MimeProfile>),
    /// Lines.
    Text(Arc<TextProfile>),
    /// Elements.
    Object(Arc<ObjectProfile>),
}

impl ProfileUse {
    /// The field list that its fields are of.
    pub fn fields(&self) -> &Arc<FieldList> {
        match self {
            ProfileUse::Mime(profile) => &profile.fields,
            ProfileUse::Text(profile) => &profile.fields,
            ProfileUse::Object(profile) => &profile.fields,
        }
    }
}

/// How the bytes of a datatype travel (manual 10.5.4 to 10.5.7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coding {
    /// `<zippedbindata>` with its `<zipcompressionlevel>`: compressed where the message can carry bytes.
    pub zipped: Option<ZipLevel>,
    /// `<binaryparts>`: attachments stand as they are where the message can carry bytes.
    pub binary_parts: bool,
    /// `<unicodedata>` and `<bigendian>`.
    pub text: TextCoding,
}

/// `<zipcompressionlevel>` (manual 10.5.5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ZipLevel {
    /// As the compressor sees fit.
    #[default]
    Usual,
    /// From 0, not compressed, to 9, smallest.
    Level(u8),
}

/// `<unicodedata>` and `<bigendian>` (manual 10.5.7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TextCoding {
    /// UTF-8, as SyncML has it.
    #[default]
    Utf8,
    /// 16 bits a unit, the lower byte first.
    Utf16Le,
    /// 16 bits a unit, the higher byte first.
    Utf16Be,
}
