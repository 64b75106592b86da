//! Declarations: plugins, in `<server>` and `<datastore>`.
//!
//! Not its job: the interface of plugins.

use super::waiting::PLUGINS;
use super::words::{AGENT, PLUGIN};
use super::{Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("plugin_module", AGENT, Kind::Expanded)
        .section("14.1.1")
        .only_for(PLUGIN)
        .about("the plugin that checks logins and keeps the state of devices")
        .sample("mystore"),
    Tag::new("plugin_sessionauth", AGENT, Kind::Boolean)
        .default("no")
        .section("14.1.2")
        .only_for(PLUGIN)
        .about("whether the plugin checks logins"),
    Tag::new("plugin_deviceadmin", AGENT, Kind::Boolean)
        .default("no")
        .section("14.1.3")
        .only_for(PLUGIN)
        .about("whether the plugin keeps devices and their nonces"),
    Tag::new("plugin_params", AGENT, Kind::Free)
        .section("14.1.4")
        .only_for(PLUGIN)
        .about("what the plugin is told, in tags of its own")
        .sample("<plugin_params><folder>/var/lib/data</folder></plugin_params>"),
    Tag::new("plugin_debugflags", AGENT, Kind::UINT16)
        .default("0xFFFF")
        .section("14.2.4")
        .only_for(PLUGIN)
        .later(PLUGINS)
        .about("what the plugin logs, as bits of a number")
        .sample("0x0001"),
    Tag::new("plugin_module", &["datastore"], Kind::Expanded)
        .section("14.1.1")
        .only_for(PLUGIN)
        .about("the plugin that keeps the items")
        .sample("mystore"),
    Tag::new("plugin_datastoreadmin", &["datastore"], Kind::Boolean)
        .default("no")
        .section("14.2.1")
        .only_for(PLUGIN)
        .about("whether the plugin keeps sync targets and maps"),
    Tag::new("plugin_earlystartdataread", &["datastore"], Kind::Boolean)
        .default("no")
        .only_for(PLUGIN)
        .later(PLUGINS)
        .about("whether the plugin begins to read before the peer has sent its items"),
    Tag::new("plugin_params", &["datastore"], Kind::Free)
        .section("14.1.4")
        .only_for(PLUGIN)
        .about("what the plugin is told, in tags of its own")
        .sample("<plugin_params><table>contacts</table></plugin_params>"),
    Tag::new("plugin_debugflags", &["datastore"], Kind::UINT16)
        .default("0xFFFF")
        .section("14.2.4")
        .only_for(PLUGIN)
        .later(PLUGINS)
        .about("what the plugin logs, as bits of a number")
        .sample("0x0001"),
    Tag::new("plugin_module_admin", &["datastore"], Kind::Expanded)
        .section("14.2.5")
        .only_for(PLUGIN)
        .aliases(&["plugin_moduleadmin"])
        .about("a plugin of its own for sync targets and maps")
        .sample("mystate"),
    Tag::new("plugin_params_admin", &["datastore"], Kind::Free)
        .section("14.2.5")
        .only_for(PLUGIN)
        .aliases(&["plugin_paramsadmin"])
        .about("what that plugin is told, in tags of its own")
        .sample("<plugin_params_admin><folder>/var/lib/state</folder></plugin_params_admin>"),
    Tag::new("plugin_debugflags_admin", &["datastore"], Kind::UINT16)
        .default("0xFFFF")
        .section("14.2.5")
        .only_for(PLUGIN)
        .later(PLUGINS)
        .about("what that plugin logs, as bits of a number")
        .sample("0x0001"),
];
