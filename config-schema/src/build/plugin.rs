//! Plugins of a server or datastore (manual 14.1, 14.2).
//!
//! Not its job: loading modules, and looking whether they are there.

use super::values::{boolean, integer, some_text};
use crate::diagnostic::{Code, did_you_mean};
use crate::model::{PluginModule, SessionPlugin};
use crate::node::Node;
use crate::source::Report;

/// The modules of the program itself (manual 14.1.1, 14.4).
const BUILT_IN: &[&str] = &["SDK_textdb", "no_dbapi", "JNI", "FILEOBJ"];

/// The tags of one module.
struct Tags {
    module: &'static str,
    params: &'static str,
    debug_flags: &'static str,
}

const DATA: Tags =
    Tags { module: "plugin_module", params: "plugin_params", debug_flags: "plugin_debugflags" };
const ADMIN: Tags = Tags {
    module: "plugin_module_admin",
    params: "plugin_params_admin",
    debug_flags: "plugin_debugflags_admin",
};

/// The plugin of a server. `None`: it names none.
pub(super) fn of_server(node: &Node, report: &mut Report<'_>) -> Option<SessionPlugin> {
    Some(SessionPlugin {
        module: module(node, &DATA, report)?,
        session_auth: boolean(node, "plugin_sessionauth"),
        device_admin: boolean(node, "plugin_deviceadmin"),
    })
}

/// The modules of a datastore. Where there is none, SQL keeps the half (manual 14.2.5).
#[derive(Default)]
pub(super) struct Modules {
    pub items: Option<PluginModule>,
    pub targets: Option<PluginModule>,
}

impl Modules {
    /// What keeps the halves of a datastore that plugins may keep.
    pub fn of(node: &Node, report: &mut Report<'_>) -> Modules {
        let items = module(node, &DATA, report);
        let own = module(node, &ADMIN, report);
        let targets = if boolean(node, "plugin_datastoreadmin") { items.clone() } else { own };
        Modules { items, targets }
    }

    /// Why the datastore cannot be served, as far as that is for plugins to say.
    pub fn missing(&self, node: &Node) -> Option<String> {
        let has = |tag| node.child(tag).is_some();
        let absent = [&self.items, &self.targets].into_iter().flatten().find(|module| !module.is_at_hand());
        match (&self.items, &self.targets) {
            (None, _) if !has("selectidandmodifiedsql") => {
                Some("it names no <plugin_module>, and has no <selectidandmodifiedsql> for items in SQL".to_owned())
            }
            _ if absent.is_some() => absent.map(|module| format!("the plugin '{}' cannot be loaded yet", module.name)),
            (_, None) if !has("synctargetgetsql") => Some(
                "no plugin keeps its targets and maps (<plugin_datastoreadmin>), and it has no <synctargetgetsql>"
                    .to_owned(),
            ),
            (Some(_), None) if !boolean(node, "storesyncidentifiers") => Some(
                "without <storesyncidentifiers>, its targets in SQL do not keep from when on the plugin has changes to tell"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

fn module(node: &Node, tags: &Tags, report: &mut Report<'_>) -> Option<PluginModule> {
    let module = read(node, tags)?;
    let name = &module.name;
    let span = node.child(tags.module).map_or(node.span.clone(), Node::value_span);
    if module.built_in && !BUILT_IN.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        let hint = did_you_mean(name, BUILT_IN.iter().copied())
            .unwrap_or_else(|| "[SDK_textdb] is the text database; without brackets it is a file".to_owned());
        report.add(Code::UnknownName, span, format!("no plugin '{name}' is built in")).hint(hint);
    }
    Some(module)
}

fn read(node: &Node, tags: &Tags) -> Option<PluginModule> {
    let written = some_text(node, tags.module)?;
    let inner = written.strip_prefix('[').and_then(|name| name.strip_suffix(']')).map(str::trim);
    let name = inner.unwrap_or(&written);
    let params = node.child(tags.params).and_then(|params| params.free.as_ref());
    Some(PluginModule {
        name: name.to_owned(),
        built_in: inner.is_some(),
        params: params.map(|free| free.tags.clone()).unwrap_or_default(),
        debug_flags: integer(node, tags.debug_flags),
    })
}
