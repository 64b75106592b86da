//! Time zones: those that a config defines (manual 8.14, 8.15), and the names of zones everywhere in it.
//!
//! Not its job: what a zone is (`syncloom_script::time`).

use syncloom_script::{Zone, Zones};

use super::values::some_text;
use crate::diagnostic::Code;
use crate::node::Node;
use crate::source::Report;
use crate::tags::Kind;

/// The zones that can be named in a config. The system's is UTC unless the config says another.
pub(super) fn read(root: &Node, report: &mut Report<'_>) -> Zones {
    let mut zones = Zones::default();
    let definitions = || root.all("definetimezone").filter(|node| !node.value().is_empty());
    for node in definitions() {
        if let Err(error) = zones.define(node.value()) {
            report
                .add(Code::BadZone, node.value_span(), format!("the time zone cannot be read: {error}"))
                .hint("write a VTIMEZONE as iCalendar has it, with TZID, STANDARD and DAYLIGHT");
        }
    }
    check_names(root, &zones, report);
    let Some(system) = own_system(root, &zones) else { return zones };
    // The system may stand in a zone that the config defines.
    let mut zones = Zones::new(system);
    for node in definitions() {
        let _ = zones.define(node.value());
    }
    zones
}

/// `<systemtimezone>`, unless it says that it is the machine's.
pub(super) fn own_system(root: &Node, zones: &Zones) -> Option<Zone> {
    let name = some_text(root, "systemtimezone").filter(|name| !name.eq_ignore_ascii_case("SYSTEM"))?;
    zones.find(&name).ok()
}

/// The zone that a tag names; one that is not known has been told of.
pub(super) fn named(node: &Node, tag: &'static str, zones: &Zones) -> Zone {
    some_text(node, tag).and_then(|name| zones.find(&name).ok()).unwrap_or(zones.system())
}

/// Tells of names that are no time zone. Times in a wrong zone are wrong times, so this is an error.
fn check_names(node: &Node, zones: &Zones, report: &mut Report<'_>) {
    for child in &node.children {
        if child.tag.kind == Kind::TimeZone
            && !child.value().is_empty()
            && let Err(unknown) = zones.find(child.value())
        {
            let message = format!("there is no time zone '{}'", unknown.name);
            report.add(Code::BadZone, child.value_span(), message).hint(
                "write a name such as CET/CEST or Europe/Zurich, SYSTEM, UTC, or one that <definetimezone> defines",
            );
        }
        check_names(child, zones, report);
    }
}
