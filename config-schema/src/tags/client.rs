//! Declarations: `<client>`, `<syncrequest>` and the change logs of a client.
//!
//! Not its job: the server.

use super::waiting::CLIENT;
use super::words::{AUTH, SYNCML_VERSION};
use super::{Attribute, Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("dbpath", &["datastore"], Kind::Text)
        .section("16.17.1")
        .later(CLIENT)
        .about("the path of the server's datastore that it synchronises with")
        .sample("contacts"),
    Tag::new("dsavailflag", &["datastore"], Kind::UINT16)
        .default("0")
        .later(CLIENT)
        .about("a bit that a client's settings use to say that the datastore is there")
        .sample("1"),
    Tag::new("cmptimestampatend", &["datastore"], Kind::Boolean)
        .default("yes")
        .later(CLIENT)
        .about("whether times are compared with the end of the last session, not its beginning"),
    Tag::new("binfiledsactive", &["datastore"], Kind::Boolean)
        .default("yes")
        .later(CLIENT)
        .about("whether the change log files are used for this datastore"),
    Tag::new("crcchangedetection", &["datastore"], Kind::Boolean)
        .default("no")
        .section("15.3")
        .later(CLIENT)
        .about("whether changes are found by checksums where the database has no modification times"),
    Tag::new("pseudochangedetection", &["datastore"], Kind::Boolean)
        .default("no")
        .later(CLIENT)
        .about("whether the change log compares checksums although there are modification times"),
    Tag::new("localpathextension", &["syncrequest"], Kind::Text)
        .section("16.17.4")
        .later(CLIENT)
        .about("a folder or filter that is added to the path of the own datastore")
        .sample("business"),
    Tag::new("dbuser", &["syncrequest"], Kind::Text)
        .section("12.3")
        .later(CLIENT)
        .about("who logs in to the own database for this request")
        .sample("owner"),
    Tag::new("dbpassword", &["syncrequest"], Kind::Text)
        .secret()
        .later(CLIENT)
        .about("that user's password")
        .sample("example"),
    Tag::new("dbpath", &["syncrequest"], Kind::Text)
        .section("16.17.1")
        .later(CLIENT)
        .about("the server's path for the datastore")
        .sample("contacts"),
    Tag::new("syncmode", &["syncrequest"], Kind::Enum(&["twoway", "fromserver", "fromclient"]))
        .default("twoway")
        .section("16.17.2")
        .repeats()
        .later(CLIENT)
        .about("in which direction is synchronised")
        .sample("fromserver"),
    Tag::new("slowsync", &["syncrequest"], Kind::Boolean)
        .default("no")
        .section("16.17.3")
        .later(CLIENT)
        .about("whether all items are compared, not the changes alone"),
    Tag::new("recordfilter", &["syncrequest"], Kind::Filter)
        .section("16.17.5")
        .later(CLIENT)
        .vital()
        .about("which items the server is asked for")
        .sample("CATEGORIES=business"),
    Tag::new("defaultsyncmlversion", &["client"], SYNCML_VERSION)
        .default("1.2")
        .section("16.1")
        .later(CLIENT)
        .about("the version of SyncML that a first session tries"),
    Tag::new("defaultauth", &["client"], AUTH)
        .default("none")
        .section("16.2")
        .later(CLIENT)
        .about("how a first session logs in")
        .sample("md5"),
    Tag::new("defaultauthencoding", &["client"], Kind::Enum(&["chr", "bin", "b64"]))
        .default("chr")
        .section("16.3")
        .later(CLIENT)
        .about("how the credentials of a first session are encoded")
        .sample("b64"),
    Tag::new("defaultauthnonce", &["client"], Kind::Text)
        .section("16.4")
        .secret()
        .later(CLIENT)
        .about("the nonce of a first session with MD5")
        .sample("first"),
    Tag::new("preferslowsync", &["client"], Kind::Boolean)
        .default("yes")
        .later(CLIENT)
        .about("whether a first sync asks for a slow sync at once"),
    Tag::new("newsessionforretry", &["client"], Kind::Boolean)
        .default("yes")
        .section("16.5")
        .later(CLIENT)
        .about("whether a new try to log in gets a new session"),
    Tag::new("originaluriforretry", &["client"], Kind::Boolean)
        .default("yes")
        .section("16.6")
        .later(CLIENT)
        .about("whether a new try to log in goes to the original address"),
    Tag::new("smartauthretry", &["client"], Kind::Boolean)
        .default("yes")
        .section("16.7")
        .later(CLIENT)
        .about("whether other ways to log in are tried when one fails"),
    Tag::new("putdevinfatslowsync", &["client"], Kind::Boolean)
        .default("yes")
        .section("16.8")
        .later(CLIENT)
        .about("whether the server is told about the device again at a slow sync"),
    Tag::new("fakedeviceid", &["client"], Kind::Text)
        .later(CLIENT)
        .about("a device id that does not change, for tests")
        .sample("test-device-1"),
    Tag::new("localdbuser", &["client"], Kind::Text)
        .section("16.9")
        .later(CLIENT)
        .about("who logs in to the own database")
        .sample("owner"),
    Tag::new("localdbpassword", &["client"], Kind::Text)
        .section("16.9")
        .secret()
        .later(CLIENT)
        .about("that user's password")
        .sample("example"),
    Tag::new("nolocaldblogin", &["client"], Kind::Boolean)
        .default("no")
        .section("16.10")
        .later(CLIENT)
        .about("whether the own database needs no login"),
    Tag::new("serverurl", &["client"], Kind::Text)
        .section("16.12")
        .later(CLIENT)
        .about("the address of the server")
        .sample("http://sync.example.org/sync"),
    Tag::new("syncmlencoding", &["client"], Kind::Enum(&["undefined", "wbxml", "xml"]))
        .default("xml")
        .section("16.11")
        .later(CLIENT)
        .about("how messages are encoded")
        .sample("wbxml"),
    Tag::new("serveruser", &["client"], Kind::Text)
        .section("16.13")
        .later(CLIENT)
        .about("who logs in to the server")
        .sample("demo"),
    Tag::new("serverpassword", &["client"], Kind::Text)
        .section("16.13")
        .secret()
        .later(CLIENT)
        .about("that user's password")
        .sample("example"),
    Tag::new("sockshost", &["client"], Kind::Text)
        .section("16.14")
        .later(CLIENT)
        .about("a SOCKS proxy to go through")
        .sample("proxy.example.org:1080"),
    Tag::new("proxyhost", &["client"], Kind::Text)
        .section("16.14")
        .later(CLIENT)
        .about("an HTTP proxy to go through")
        .sample("proxy.example.org:3128"),
    Tag::new("proxyuser", &["client"], Kind::Text)
        .section("16.15")
        .later(CLIENT)
        .about("who logs in to the proxy")
        .sample("demo"),
    Tag::new("proxypassword", &["client"], Kind::Text)
        .section("16.15")
        .secret()
        .later(CLIENT)
        .about("that user's password")
        .sample("example"),
    Tag::new("transportuser", &["client"], Kind::Text)
        .section("16.16")
        .later(CLIENT)
        .about("who logs in to the web server (HTTP authentication)")
        .sample("demo"),
    Tag::new("transportpassword", &["client"], Kind::Text)
        .section("16.16")
        .secret()
        .later(CLIENT)
        .about("that user's password")
        .sample("example"),
    Tag::new("syncrequest", &["client"], Kind::Container)
        .attributes(&[Attribute::new("datastore", Kind::Text).about("the name of the datastore").required()])
        .section("16.17")
        .repeats()
        .later(CLIENT)
        .about("a datastore to synchronise, and how")
        .sample(r#"<syncrequest datastore="contacts"><dbpath>contacts</dbpath></syncrequest>"#),
    Tag::new("binfilespath", &["client"], Kind::Path)
        .section("15.1")
        .later(CLIENT)
        .about("the folder of the client's own files")
        .sample("/var/lib/client"),
    Tag::new("binfilelog", &["client"], Kind::Boolean)
        .default("no")
        .later(CLIENT)
        .about("whether the client's own log file is written"),
    Tag::new("binfilesactive", &["client"], Kind::Boolean)
        .default("yes")
        .section("15.2")
        .later(CLIENT)
        .about("whether the client keeps its state in files"),
    Tag::new("separatechangelogs", &["client"], Kind::Boolean)
        .default("yes")
        .later(CLIENT)
        .about("whether each server has a change log of its own"),
    Tag::new("recordfilterinclusive", &["syncrequest"], Kind::Boolean)
        .section("16.17.6")
        .aliases(&["filterinclusive"])
        .later(CLIENT)
        .about("whether items that the filter leaves out are deleted here")
        .sample("yes"),
];
