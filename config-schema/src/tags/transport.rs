//! Declarations: `<transport>`, how peers reach the server.
//!
//! Not its job: sockets.

use super::words::{PIPE, STANDALONE};
use super::{Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("sessionidcgiprefix", &["transport"], Kind::Text)
        .default("sessionid=")
        .about("what the session's id begins with in the address")
        .sample("sessionid="),
    Tag::new("sessionidcgi", &["transport"], Kind::Boolean)
        .default("yes")
        .about("whether the session's id stands in the address"),
    Tag::new("keepconnection", &["transport"], Kind::Boolean)
        .default("yes")
        .section("9.1")
        .products("the standalone and the ISAPI server")
        .about("whether a connection serves more than one request"),
    Tag::new("bufferretryanswer", &["transport"], Kind::Boolean)
        .default("yes")
        .section("9.2")
        .aliases(&["buffersretryanswer"])
        .products("the ISAPI server")
        .about("whether the last answer is kept for a message that comes again")
        .sample("yes"),
    Tag::new("protocol", &["transport"], Kind::Enum(&["HTTP", "OBEX/IR", "OBEX/TCP"]))
        .default("HTTP")
        .section("9.3")
        .later("OBEX is not spoken yet")
        .already(&["HTTP"])
        .products(STANDALONE)
        .about("the protocol below SyncML")
        .sample("HTTP"),
    Tag::new("httpport", &["transport"], Kind::Integer { min: 1, max: 65535 })
        .default("80")
        .section("9.4")
        .products(STANDALONE)
        .about("the TCP port")
        .sample("8080"),
    Tag::new("ipaddress", &["transport"], Kind::Address)
        .default("0.0.0.0")
        .section("9.5")
        .products(STANDALONE)
        .about("the address to listen on; 0.0.0.0 is all of them")
        .sample("127.0.0.1"),
    Tag::new("obexservice", &["transport"], Kind::Text)
        .default("SYNCML-SYNC")
        .section("9.6")
        .no_effect("the server answers HTTP by itself")
        .products(STANDALONE)
        .about("the name of the OBEX service")
        .sample("SYNCML-SYNC"),
    Tag::new("maxthreads", &["transport"], Kind::UINT32)
        .default("0")
        .section("9.7")
        .no_effect("the server answers HTTP by itself")
        .products(PIPE)
        .since("3.0.2.0")
        .about("how many threads one process has at most")
        .sample("10"),
    Tag::new("maxsessionruns", &["transport"], Kind::UINT32)
        .default("0")
        .section("9.8")
        .no_effect("the server answers HTTP by itself")
        .products(PIPE)
        .since("3.0.2.0")
        .about("after how many sessions a process ends")
        .sample("1000"),
];
