//! Pages: names that mean something defined elsewhere, and parts that have to fit each other.

use super::Code::{
    BadBlock, BadIndex, BadPosition, BadType, BadZone, DefinedLater, Duplicate, MissingModule, MissingTag,
    NoWriting, PasswordForms, Preferred, TooMany, UnknownField, UnknownName, Unreachable, Unused,
    VersionRange, WeakRequest, WrongFieldList, WrongProfile,
};
use super::Place::{None, Profile, Root, Server, Types};
use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        UnknownField,
        "What is written to a field that is not there is lost.",
        Profile,
        "<property name=\"N\"><value field=\"LASTNAME\"/></property>",
        "Correct the name, or add the field to the `<fieldlist>`.",
    ),
    page(
        UnknownName,
        "The name is that of a field list, profile, datatype or datastore that the config does not define.",
        Types,
        "<mimeprofile name=\"vcard\" fieldlist=\"poeple\"><profile name=\"VCARD\"/></mimeprofile>",
        "Correct the name, or define the thing before this place.",
    ),
    page(
        DefinedLater,
        "A config is read from top to bottom, and what is used must have been defined before.",
        Types,
        "<mimeprofile name=\"vcard\" fieldlist=\"cards\"><profile name=\"VCARD\"/></mimeprofile>\n\
         <fieldlist name=\"cards\"><field name=\"LAST\" type=\"string\" compare=\"always\"/></fieldlist>",
        "Move the definition before the place where it is used.",
    ),
    page(
        Duplicate,
        "Two things have the same name (upper and lower case are the same), and it is unclear which one \
         is meant.",
        Types,
        "<fieldlist name=\"People\"><field name=\"LAST\" type=\"string\" compare=\"always\"/></fieldlist>",
        "Rename one of the two, or remove it.",
    ),
    page(
        TooMany,
        "A field list holds so many fields at most. Real ones have some hundred.",
        None,
        "",
        "Use array fields for what repeats.",
    ),
    page(
        MissingTag,
        "The tag around this place cannot work without another one in it.",
        Types,
        "<mimeprofile name=\"vcard\" fieldlist=\"people\"></mimeprofile>",
        "Add the tag that is named; `syncloom explain` shows how it is written.",
    ),
    page(
        BadPosition,
        "A position moves the fields of its property within the field list, and they must stay inside \
         of it: else a \
         value would be stored in a field that has nothing to do with it, or nowhere.",
        Profile,
        "<property name=\"TEL\"><value field=\"LAST\"/>\n  <position field=\"NOTE\" repeat=\"2\" \
         increment=\"1\"/></property>",
        "Count the fields from the first position on: for `repeat=\"2\"` and `increment=\"1\"` two \
         fields stand one \
         after the other. Arrays are written `repeat=\"array\"`.",
    ),
    page(
        BadIndex,
        "The values of a property are counted from 0, and the property says how many there are.",
        Profile,
        "<property name=\"N\" values=\"2\"><value index=\"2\" field=\"LAST\"/></property>",
        "Write a higher `values` at the property, or a lower `index`.",
    ),
    page(
        WrongProfile,
        "The base type of a datatype says what kind of profile it is written by.",
        Types,
        "<mimeprofile name=\"vcard\" fieldlist=\"people\"><profile name=\"VCARD\"/></mimeprofile>\n\
         <datatype name=\"events\" basetype=\"vcalendar\"><version>2.0</version><use \
         mimeprofile=\"vcard\"/></datatype>",
        "Use a `<mimeprofile>` for vcard, vcalendar and mimedir, a `<textprofile>` for text.",
    ),
    page(
        BadType,
        "Without a version or a profile it is not clear what a peer is sent.",
        Types,
        "<datatype name=\"card\" basetype=\"vcard\"><version>3.0</version></datatype>",
        "Add what is named.",
    ),
    page(
        WrongFieldList,
        "Items come from the datatype with one field list and go to columns by another: fields would \
         land in columns \
         of other fields.",
        Server,
        r#"<datastore name="contacts">
  <readonly>yes</readonly>
  <selectidandmodifiedsql>SELECT id, modified FROM contacts</selectidandmodifiedsql>
  <selectdatasql>SELECT %N FROM contacts WHERE id = %k</selectdatasql>
  <fieldmap fieldlist="notes"/>
  <typesupport><use datatype="card" preferred="yes"/></typesupport>
</datastore>"#,
        "Use the same `<fieldlist>` in the profile of the datatype and in the `<fieldmap>`.",
    ),
    page(
        Preferred,
        "A peer that says nothing of what it can read is sent the preferred datatype. There must be one \
         for each \
         direction.",
        Server,
        r#"<datastore name="contacts">
  <readonly>yes</readonly>
  <selectidandmodifiedsql>SELECT id, modified FROM contacts</selectidandmodifiedsql>
  <selectdatasql>SELECT %N FROM contacts WHERE id = %k</selectdatasql>
  <fieldmap fieldlist="people"/>
  <typesupport><use datatype="card"/></typesupport>
</datastore>"#,
        "Write `preferred=\"yes\"` at one `<use>`.",
    ),
    page(
        PasswordForms,
        "Either the database has passwords in clear text or it has digests of them. A login would be \
         checked against \
         the wrong one.",
        Server,
        "<md5userpass>yes</md5userpass>",
        "Write `<cleartextpw>no</cleartextpw>` too; it is on where it is not written.",
    ),
    page(
        WeakRequest,
        "Peers log in the way that they are asked for. If that is weaker than what is required, none of \
         them gets in.",
        Server,
        "<requestedauth>basic</requestedauth>\n<requiredauth>md5</requiredauth>",
        "Give both the same value, or require less.",
    ),
    page(
        VersionRange,
        "No version of SyncML is both new enough and old enough.",
        Server,
        "<minsyncmlversion>1.2</minsyncmlversion>\n<maxsyncmlversion>1.1</maxsyncmlversion>",
        "Write the older one as `<minsyncmlversion>`.",
    ),
    page(
        NoWriting,
        "Some of the statements that store what peers send are missing. Their changes are refused.",
        Server,
        r#"<datastore name="contacts">
  <selectidandmodifiedsql>SELECT id, modified FROM contacts</selectidandmodifiedsql>
  <selectdatasql>SELECT %N FROM contacts WHERE id = %k</selectdatasql>
  <fieldmap fieldlist="people"/>
  <typesupport><use datatype="card" preferred="yes"/></typesupport>
</datastore>"#,
        "Add the statements that are named, or say `<readonly>yes</readonly>`.",
    ),
    page(
        Unreachable,
        "Remote rules are tried in their order, and a final one that fits ends the search. Those behind one that \
         fits every peer are never used.",
        Server,
        r#"<remoterule name="all"><descriptivename>some device</descriptivename></remoterule>
<remoterule name="phone"><model>X1</model><forceutc>yes</forceutc></remoterule>"#,
        "Move the rule for every peer to the end, or let the search go on with `<finalrule>no</finalrule>`.",
    ),
    page(
        BadZone,
        "Times that are read in another zone than they were written in are wrong by hours.",
        Server,
        "<usertimezone>Europa/Zurich</usertimezone>",
        "Write the name of a zone: one of the time zone database such as Europe/Zurich, a pair such as CET/CEST, \
         UTC, SYSTEM, or one that `<definetimezone>` defines.",
    ),
    page(
        MissingModule,
        "A plugin that cannot be loaded keeps nothing.",
        Root,
        r#"<server type="plugin">
  <simpleauthuser>demo</simpleauthuser>
  <plugin_module>mystore</plugin_module>
</server>"#,
        "Correct the name of the module, or put its file beside the config or the program.",
    ),
    page(
        BadBlock,
        "A recurrence rule is kept in six fields that stand behind each other. If others stand there, these are \
         overwritten.",
        Profile,
        "<property name=\"RRULE\"><value field=\"LAST\" conversion=\"rrule\"/></property>",
        "Put the six fields in their order into the `<fieldlist>`, and name the first one.",
    ),
    page(
        Unused,
        "It does no harm. Perhaps a name is misspelt where it should be used, or the thing can go.",
        Types,
        "<fieldlist name=\"extra\"><field name=\"A\" type=\"string\" compare=\"always\"/></fieldlist>",
        "Use it, or remove it.",
    ),
];
