//! Declarations: `<remoterule>`, what is known of certain peers.
//!
//! Not its job: who a peer is.

use super::words::{AGENT, PEER_CHARSET, PRO};
use super::{Attribute, Kind, Tag};

const RULE: &[&str] = &["remoterule", "subrule"];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("manufacturer", RULE, Kind::Text)
        .section("11.36.2")
        .about("the rule is for peers of this manufacturer")
        .sample("Example Phones"),
    Tag::new("model", RULE, Kind::Text)
        .section("11.36.2")
        .about("the rule is for peers of this model")
        .sample("E100"),
    Tag::new("oem", RULE, Kind::Text)
        .section("11.36.2")
        .about("the rule is for peers of this OEM")
        .sample("Example Telecom"),
    Tag::new("firmware", RULE, Kind::Text)
        .section("11.36.2")
        .about("the rule is for peers with this firmware")
        .sample("1.0"),
    Tag::new("software", RULE, Kind::Text)
        .section("11.36.2")
        .about("the rule is for peers with this software")
        .sample("2.1"),
    Tag::new("hardware", RULE, Kind::Text)
        .section("11.36.2")
        .about("the rule is for peers with this hardware")
        .sample("rev3"),
    Tag::new("deviceid", RULE, Kind::Text)
        .section("11.36.2")
        .about("the rule is for the peer of this id")
        .sample("IMEI:012345678901234"),
    Tag::new("devicetype", RULE, Kind::Text)
        .section("11.36.2")
        .about("the rule is for peers of this type")
        .sample("phone"),
    Tag::new("legacymode", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.21")
        .about("whether the peer gets the older one of two types it knows"),
    Tag::new("lenientmode", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.21")
        .no_effect("it spares servers the check of their anchors; of devices, what does no harm is always overlooked")
        .about("whether mistakes of the peer are overlooked"),
    Tag::new("limitedfieldlengths", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.4")
        .about("whether the peer shortens fields, so that a shorter value of its own is no change"),
    Tag::new("noemptyproperties", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.5")
        .about("whether properties without a value are left out for the peer"),
    Tag::new("quote8bitcontent", RULE, Kind::Tristate)
        .default("unspecified")
        .about("whether text beyond ASCII is quoted-printable for the peer"),
    Tag::new("nocontentfolding", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.17")
        .about("whether long lines are sent to the peer as they are"),
    Tag::new("noreplaceinslowsync", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.8")
        .about("whether the peer gets additions, not replacements, in a slow sync"),
    Tag::new("treataslocaltime", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.15")
        .about("whether the peer's UTC times are local times in truth"),
    Tag::new("treatasutc", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.16")
        .about("whether the peer's local times are UTC in truth"),
    Tag::new("autoenddateinclusive", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.18")
        .about("whether the last day counts for the peer where a period has dates alone"),
    Tag::new("ignoredevinfmaxsize", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.9")
        .about("whether the sizes of fields that the peer has told are not believed"),
    Tag::new("ignorectcap", RULE, Kind::Tristate)
        .default("unspecified")
        .about("whether the properties that the peer has told are not believed"),
    Tag::new("dspathindevinf", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.10")
        .about("whether the peer is told of datastores by the path that it uses"),
    Tag::new("dscgiindevinf", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.10")
        .about("whether that path has the options behind its question mark"),
    Tag::new("updateclientinslowsync", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.6")
        .about("whether a slow sync sends merged items back to the peer"),
    Tag::new("updateserverinslowsync", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.7")
        .about("whether a slow sync with the peer stores merged items"),
    Tag::new("allowmessageretries", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.11")
        .about("whether the peer may send a message again"),
    Tag::new("strictexecordering", RULE, Kind::Tristate)
        .default("unspecified")
        .no_effect("commands are always carried out in the order of the peer")
        .about("whether commands are carried out strictly in the order of the peer"),
    Tag::new("treatcopyasadd", RULE, Kind::Tristate)
        .default("unspecified")
        .about("whether a Copy of the peer is taken as an Add"),
    Tag::new("completefromclientonly", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.12")
        .about("whether a sync from the peer alone goes through all steps of one in both directions"),
    Tag::new("requestmaxtime", RULE, Kind::INT32)
        .section("11.36.23")
        .about("seconds after which the peer wants an answer")
        .sample("30"),
    Tag::new("outputcharset", RULE, PEER_CHARSET)
        .section("11.36.19")
        .about("the character set of items for the peer")
        .sample("ISO-8859-1"),
    Tag::new("inputcharset", RULE, PEER_CHARSET)
        .section("11.36.20")
        .about("the character set of items of the peer")
        .sample("ISO-8859-1"),
    Tag::new("rejectstatus", RULE, Kind::UINT16)
        .section("11.36.22")
        .about("the status that the peer is turned away with")
        .sample("403"),
    Tag::new("forceutc", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.14")
        .about("whether the peer gets times in UTC"),
    Tag::new("forcelocaltime", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.13")
        .about("whether the peer gets local times"),
    Tag::new("overridedevinf", RULE, Kind::Free)
        .about("the device information that counts instead of the peer's own")
        .sample("<overridedevinf><DevInf/></overridedevinf>"),
    Tag::new("include", RULE, Kind::Empty)
        .attributes(&[Attribute::new("rule", Kind::Text).about("the name of the subrule").required()])
        .repeats()
        .about("takes over what a subrule says")
        .sample(r#"<include rule="quirks"/>"#),
    Tag::new("rulescript", RULE, Kind::Script)
        .section("11.36.24")
        .products(PRO)
        .about("runs when the rule has been chosen")
        .sample(r#"DEBUGMESSAGE("rule applies");"#),
    Tag::new("descriptivename", RULE, Kind::Text)
        .section("11.36.3")
        .about("what the peer is called in logs")
        .sample("Example E100"),
    Tag::new("finalrule", RULE, Kind::Boolean)
        .default("yes")
        .section("11.36.1")
        .default_note("the manual's table says no, its text and the engine yes")
        .about("whether no further rule is looked for"),
    Tag::new("subrule", AGENT, Kind::Container)
        .attributes(&[Attribute::new("name", Kind::Text).about("the name of the subrule").required()])
        .repeats()
        .about("settings that remote rules share")
        .sample(r#"<subrule name="quirks"><lenientmode>yes</lenientmode></subrule>"#),
    Tag::new("remoterule", AGENT, Kind::Container)
        .attributes(&[Attribute::new("name", Kind::Text).about("the name of the rule")])
        .section("11.36")
        .repeats()
        .about("settings for certain peers")
        .sample(r#"<remoterule name="E100"><model>E100</model><forceutc>yes</forceutc></remoterule>"#),
];
