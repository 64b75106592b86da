//! From checked tags to the typed config: names are resolved, defaults filled in, and what cannot be served yet
//! is left out with a word about why.
//!
//! Not its job: whether tags and values are allowed (`check`), and the inside of SQL (`sql`).

mod contexts;
mod datastore;
mod datatypes;
mod fieldmap;
mod filters;
mod names;
mod objects;
mod plugin;
mod profile;
mod references;
mod rules;
mod scripting;
mod server;
mod statements;
mod store;
mod superdatastore;
mod text_profile;
mod typesupport;
mod values;
mod zones;

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;
use std::path::Path;

use syncloom_script::{Timestamp, Zones};

use crate::model::{Config, Transport};
use crate::node::Node;
use crate::source::Report;
use crate::variables::Variables;

use datatypes::Types;
use scripting::Scripting;
use values::{boolean, default_of, integer, some_number, text};

/// A config, and what has been left out of it.
pub(crate) struct Built {
    pub config: Config,
    /// The tags that are not served, each by the place of its name.
    pub left_out: Vec<Range<usize>>,
}

/// What servers, clients and datastores are built with.
struct Common<'a> {
    types: &'a Types,
    scripting: &'a Scripting<'a>,
    zones: &'a Zones,
}

/// The default of a tag of text.
pub(crate) fn default_text(parent: &str, name: &str) -> &'static str {
    default_of(parent, name).unwrap_or("")
}

/// Builds the config. It is usable if the report has no error then.
pub(crate) fn build(root: &Node, path: &Path, variables: Variables, report: &mut Report<'_>) -> Built {
    let scripting = Scripting::read(root, report);
    let zones = zones::read(root, report);
    let mut types = Types::new(root);
    let mut server = None;
    let mut left_out = Vec::new();
    for node in &root.children {
        let common = || Common { types: &types, scripting: &scripting, zones: &zones };
        match node.tag.name {
            "datatypes" => types.read(node, &scripting, report),
            "server" => server = Some(server::build(node, &common(), &mut left_out, report)),
            // A client is not run, but what it refers to has to be there.
            "client" => server::check_client(node, &common(), report),
            _ => {}
        }
    }
    references::check_rules(root, report);
    // What a mistake keeps from being found only looks as if it were not used.
    if !report.is_faulty() {
        let has_datastores = root.children.iter().any(|node| node.child("datastore").is_some());
        types.tell_unused(has_datastores, report);
        references::unused_scripts(root, report);
    }
    let id = text(root, "configidstring");
    let config = Config {
        path: path.to_owned(),
        id: (!id.is_empty()).then_some(id),
        variables: variables.into_values(),
        manufacturer: text_or_default(root, "manufacturer"),
        model: text_or_default(root, "model"),
        date: Timestamp::parse(&text(root, "configdate")).map(Timestamp::unix_ms),
        never_put_devinf: boolean(root, "neverputdevinf"),
        max_msg_size: integer(root, "maxmsgsize"),
        max_obj_size: integer(root, "maxobjsize"),
        max_concurrent_sessions: some_number(root, "maxconcurrentsessions"),
        transport: transport(root),
        library: scripting.library,
        system_zone: zones::own_system(root, &zones),
        zones,
        field_lists: types.field_lists(),
        mime_profiles: types.mime_profiles(),
        text_profiles: types.text_profiles(),
        datatypes: types.datatypes(),
        server,
    };
    Built { config, left_out }
}

/// An empty value counts as none (manual 8.6, 8.7).
fn text_or_default(root: &Node, name: &'static str) -> String {
    let value = text(root, name);
    if value.is_empty() { default_text(root.tag.name, name).to_owned() } else { value }
}

/// The transport that is the server's own; those for other servers are not looked at (manual 9).
fn transport(root: &Node) -> Transport {
    let own =
        |node: &&Node| node.attr("type").is_some_and(|kind| kind.value.trim().eq_ignore_ascii_case("xpt"));
    let own = root.all("transport").filter(own).last();
    let word = |name| own.and_then(|node| node.child(name)).filter(|child| child.valid).map(Node::value);
    let port = word("httpport").or(default_of("transport", "httpport"));
    let address = word("ipaddress").or(default_of("transport", "ipaddress"));
    let flag = |name| match own {
        Some(own) => boolean(own, name),
        None => crate::values::boolean(default_text("transport", name)).unwrap_or(true),
    };
    let parameter = match own {
        Some(own) => text_or_default(own, "sessionidcgiprefix"),
        None => default_text("transport", "sessionidcgiprefix").to_owned(),
    };
    Transport {
        port: port.and_then(crate::values::integer).and_then(|port| u16::try_from(port).ok()).unwrap_or(80),
        address: address.and_then(|text| text.parse().ok()).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        keep_connection: flag("keepconnection"),
        keep_answer: flag("bufferretryanswer"),
        session_parameter: flag("sessionidcgi").then_some(parameter),
    }
}
