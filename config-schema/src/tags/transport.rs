//! Declarations: `<transport>`, how peers reach the server.
//!
//! Not its job: sockets.

use super::waiting::OPTION;
use super::{Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("sessionidcgiprefix", &["transport"], Kind::Text)
        .default("sessionid=")
        .later(OPTION)
        .already(&["sessionid="]),
    Tag::new("sessionidcgi", &["transport"], Kind::Boolean).default("yes").later(OPTION).already(&["yes"]),
    Tag::new("keepconnection", &["transport"], Kind::Boolean)
        .default("yes")
        .section("9.1")
        .about("whether a connection serves more than one request"),
    Tag::new("bufferretryanswer", &["transport"], Kind::Boolean)
        .section("9.2")
        .aliases(&["buffersretryanswer"])
        .later("the last answer is not kept for a retry yet")
        .already(&["no"]),
    Tag::new("protocol", &["transport"], Kind::Enum(&["HTTP", "OBEX/IR", "OBEX/TCP"]))
        .default("HTTP")
        .section("9.3")
        .later("OBEX is not spoken yet")
        .already(&["HTTP"]),
    Tag::new("httpport", &["transport"], Kind::Integer { min: 1, max: 65535 })
        .default("80")
        .section("9.4")
        .about("the TCP port"),
    Tag::new("ipaddress", &["transport"], Kind::Address)
        .default("0.0.0.0")
        .section("9.5")
        .about("the address to listen on; 0.0.0.0 is all of them"),
    Tag::new("obexservice", &["transport"], Kind::Text)
        .default("SYNCML-SYNC")
        .section("9.6")
        .no_effect("the server answers HTTP by itself"),
    Tag::new("maxthreads", &["transport"], Kind::UINT32)
        .default("0")
        .section("9.7")
        .no_effect("the server answers HTTP by itself"),
    Tag::new("maxsessionruns", &["transport"], Kind::UINT32)
        .default("0")
        .section("9.8")
        .no_effect("the server answers HTTP by itself"),
];
