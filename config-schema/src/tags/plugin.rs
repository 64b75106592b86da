//! Declarations: plugins, in `<server>` and `<datastore>`.
//!
//! Not its job: the interface of plugins.

use super::{AGENT, Kind, Tag};

const PLUGINS: &str = "plugins are not loaded yet";

pub(super) const TAGS: &[Tag] = &[
    Tag::new("plugin_module", AGENT, Kind::Expanded)
        .section("14.1.1")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_sessionauth", AGENT, Kind::Boolean)
        .default("no")
        .section("14.1.2")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_deviceadmin", AGENT, Kind::Boolean)
        .default("no")
        .section("14.1.3")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_params", AGENT, Kind::Free).section("14.1.4").only_for("type=\"plugin\"").later(PLUGINS),
    Tag::new("plugin_debugflags", AGENT, Kind::UINT16)
        .default("0xFFFF")
        .section("14.2.4")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_module", &["datastore"], Kind::Expanded)
        .section("14.1.1")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_datastoreadmin", &["datastore"], Kind::Boolean)
        .default("no")
        .section("14.2.1")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_earlystartdataread", &["datastore"], Kind::Boolean)
        .default("no")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_params", &["datastore"], Kind::Free)
        .section("14.1.4")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_debugflags", &["datastore"], Kind::UINT16)
        .default("0xFFFF")
        .section("14.2.4")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_module_admin", &["datastore"], Kind::Expanded)
        .section("14.2.5")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_params_admin", &["datastore"], Kind::Free)
        .section("14.2.5")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
    Tag::new("plugin_debugflags_admin", &["datastore"], Kind::UINT16)
        .default("0xFFFF")
        .section("14.2.5")
        .only_for("type=\"plugin\"")
        .later(PLUGINS),
];
