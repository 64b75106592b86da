//! Declarations: `<client>`, `<syncrequest>` and the change logs of a client.
//!
//! Not its job: the server.

use super::waiting::{CLIENT, FILTERS};
use super::{Attribute, Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("dbpath", &["datastore"], Kind::Text).section("16.17.1").later(CLIENT),
    Tag::new("dsavailflag", &["datastore"], Kind::UINT16).default("0").later(CLIENT),
    Tag::new("cmptimestampatend", &["datastore"], Kind::Boolean).default("yes").later(CLIENT),
    Tag::new("binfiledsactive", &["datastore"], Kind::Boolean).default("yes").later(CLIENT),
    Tag::new("crcchangedetection", &["datastore"], Kind::Boolean).default("no").section("15.3").later(CLIENT),
    Tag::new("pseudochangedetection", &["datastore"], Kind::Boolean).default("no").later(CLIENT),
    Tag::new("localpathextension", &["syncrequest"], Kind::Text).section("16.17.4").later(CLIENT),
    Tag::new("dbuser", &["syncrequest"], Kind::Text).section("12.3").later(CLIENT),
    Tag::new("dbpassword", &["syncrequest"], Kind::Text).secret().later(CLIENT),
    Tag::new("dbpath", &["syncrequest"], Kind::Text).section("16.17.1").later(CLIENT),
    Tag::new("syncmode", &["syncrequest"], Kind::Enum(&["twoway", "fromserver", "fromclient"]))
        .default("twoway")
        .section("16.17.2")
        .repeats()
        .later(CLIENT),
    Tag::new("slowsync", &["syncrequest"], Kind::Boolean).default("no").section("16.17.3").later(CLIENT),
    Tag::new("recordfilter", &["syncrequest"], Kind::Filter).section("16.17.5").later(FILTERS).vital(),
    Tag::new("defaultsyncmlversion", &["client"], Kind::Enum(&["unknown", "1.0", "1.1", "1.2"]))
        .default("1.2")
        .section("16.1")
        .later(CLIENT),
    Tag::new("defaultauth", &["client"], Kind::Enum(&["none", "basic", "md5"]))
        .default("none")
        .section("16.2")
        .later(CLIENT),
    Tag::new("defaultauthencoding", &["client"], Kind::Enum(&["chr", "bin", "b64"]))
        .default("chr")
        .section("16.3")
        .later(CLIENT),
    Tag::new("defaultauthnonce", &["client"], Kind::Text).section("16.4").secret().later(CLIENT),
    Tag::new("preferslowsync", &["client"], Kind::Boolean).default("yes").later(CLIENT),
    Tag::new("newsessionforretry", &["client"], Kind::Boolean).default("yes").section("16.5").later(CLIENT),
    Tag::new("originaluriforretry", &["client"], Kind::Boolean).default("yes").section("16.6").later(CLIENT),
    Tag::new("smartauthretry", &["client"], Kind::Boolean).default("yes").section("16.7").later(CLIENT),
    Tag::new("putdevinfatslowsync", &["client"], Kind::Boolean).default("yes").section("16.8").later(CLIENT),
    Tag::new("fakedeviceid", &["client"], Kind::Text).later(CLIENT),
    Tag::new("localdbuser", &["client"], Kind::Text).section("16.9").later(CLIENT),
    Tag::new("localdbpassword", &["client"], Kind::Text).section("16.9").secret().later(CLIENT),
    Tag::new("nolocaldblogin", &["client"], Kind::Boolean).default("no").section("16.10").later(CLIENT),
    Tag::new("serverurl", &["client"], Kind::Text).section("16.12").later(CLIENT),
    Tag::new("syncmlencoding", &["client"], Kind::Enum(&["undefined", "wbxml", "xml"]))
        .default("xml")
        .section("16.11")
        .later(CLIENT),
    Tag::new("serveruser", &["client"], Kind::Text).section("16.13").later(CLIENT),
    Tag::new("serverpassword", &["client"], Kind::Text).section("16.13").secret().later(CLIENT),
    Tag::new("sockshost", &["client"], Kind::Text).section("16.14").later(CLIENT),
    Tag::new("proxyhost", &["client"], Kind::Text).section("16.14").later(CLIENT),
    Tag::new("proxyuser", &["client"], Kind::Text).section("16.15").later(CLIENT),
    Tag::new("proxypassword", &["client"], Kind::Text).section("16.15").secret().later(CLIENT),
    Tag::new("transportuser", &["client"], Kind::Text).section("16.16").later(CLIENT),
    Tag::new("transportpassword", &["client"], Kind::Text).section("16.16").secret().later(CLIENT),
    Tag::new("syncrequest", &["client"], Kind::Container)
        .attributes(&[Attribute::new("datastore", Kind::Text).required()])
        .section("16.17")
        .repeats()
        .later(CLIENT),
    Tag::new("binfilespath", &["client"], Kind::Path).section("15.1").later(CLIENT),
    Tag::new("binfilelog", &["client"], Kind::Boolean).default("no").later(CLIENT),
    Tag::new("binfilesactive", &["client"], Kind::Boolean).default("yes").section("15.2").later(CLIENT),
    Tag::new("separatechangelogs", &["client"], Kind::Boolean).default("yes").later(CLIENT),
    Tag::new("recordfilterinclusive", &["syncrequest"], Kind::Boolean)
        .section("16.17.6")
        .aliases(&["filterinclusive"])
        .later(CLIENT),
];
