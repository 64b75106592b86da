//! Parts of the model that the small config does not have: remote rules, plugins, time zones.
//!
//! Not its job: mistakes (`broken`).

use std::path::Path;

use syncloom_config::*;

fn config(inner: &str) -> Config {
    let text = format!("<sysync_config version='1.0'>{inner}</sysync_config>");
    let loaded = load_text(Path::new("model.xml"), text.as_bytes(), &LoadOptions::default());
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    loaded.config.unwrap_or_else(|| unreachable!("no errors, so a config"))
}

#[test]
fn remote_rules_have_their_subrules_in_them() {
    let config = config(
        "<server type='sql'><simpleauthuser>u</simpleauthuser>
        <subrule name='short'><limitedfieldlengths>yes</limitedfieldlengths></subrule>
        <subrule name='old'><include rule='short'/><legacymode>no</legacymode></subrule>
        <remoterule name='a'><manufacturer>Some*</manufacturer><devicetype>phone</devicetype>
          <include rule='OLD'/><finalrule>no</finalrule><rejectstatus>403</rejectstatus>
          <outputcharset>ANSI</outputcharset><requestmaxtime>-1</requestmaxtime>
          <overridedevinf> <DevInf><Man>x &amp; y</Man></DevInf> </overridedevinf></remoterule>
        <remoterule><rulescript>DEBUGMESSAGE(\"x\");</rulescript></remoterule>
        </server>",
    );
    let server = config.server.unwrap();
    let [first, second] = server.rules.as_slice() else { panic!("{:?}", server.rules) };
    assert_eq!(first.peers.manufacturer.as_deref(), Some("Some*"));
    assert_eq!((first.peers.device_type.as_deref(), &first.peers.model), (Some("phone"), &None));
    assert_eq!((first.is_final, first.settings.reject_status), (false, Some(403)));
    assert_eq!((first.settings.output_charset, first.settings.request_max_time), (Some(Charset::Ansi), None));
    assert_eq!(
        first.settings.override_devinf.as_deref(),
        Some("<DevInf><Man>x &amp; y</Man></DevInf>"),
        "as it stands in the file"
    );
    let old = &first.parts[0];
    assert_eq!((old.name.as_str(), old.settings.legacy_mode), ("old", Some(false)));
    assert_eq!(old.parts[0].settings.limited_field_lengths, Some(true));
    assert_eq!((second.is_final, &second.peers), (true, &PeerPattern::default()));
    assert!(!first.script.has(RuleScript) && second.script.has(RuleScript));
}

#[test]
fn plugins_get_their_parameters() {
    let config = config(
        "<configvar name='where' value='/data'/>
        <server type='plugin'><simpleauthuser>u</simpleauthuser>
        <plugin_module> [SDK_textdb] </plugin_module>
        <plugin_sessionauth>yes</plugin_sessionauth>
        <plugin_params><datafilepath expand='yes'>$(where)/x</datafilepath>
          <mapfilepath ifdef='nosuch'>maps</mapfilepath><empty/></plugin_params>
        </server>",
    );
    let plugin = config.server.unwrap().plugin.unwrap();
    assert_eq!((plugin.session_auth, plugin.device_admin), (true, false));
    let expected = [("datafilepath".to_owned(), "/data/x".to_owned()), ("empty".to_owned(), String::new())];
    assert_eq!(plugin.module.params, expected);
    assert_eq!(
        (plugin.module.name.as_str(), plugin.module.built_in, plugin.module.debug_flags),
        ("SDK_textdb", true, 0xFFFF)
    );
}

#[test]
fn time_zones_are_found_by_name() {
    let config = config(
        "<definetimezone><![CDATA[BEGIN:VTIMEZONE\nTZID:HERE\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300
TZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE]]></definetimezone>
        <systemtimezone>CET/CEST</systemtimezone>
        <server type='sql'><simpleauthuser>u</simpleauthuser><usertimezone>here</usertimezone></server>",
    );
    let server = config.server.unwrap();
    assert_eq!(config.zones.name(server.user_zone), "HERE");
    assert_eq!(config.zones.name(config.system_zone.unwrap()), "CET/CEST");
    assert_eq!(server.data_zone, config.zones.system());
}

#[test]
fn variables_come_from_four_sources_and_the_nearest_one_wins() {
    let predefined = [
        "version",
        "hexversion",
        "manufacturer",
        "model",
        "platformname",
        "platformvers",
        "globcfg_path",
        "loccfg_path",
        "defout_path",
        "temp_path",
        "exedir_path",
        "userdir_path",
        "appdata_path",
        "prefs_path",
        "device_uri",
        "device_name",
        "user_name",
    ];
    let uses: String = predefined.iter().map(|name| format!("$({name})|")).collect();
    let text = format!(
        "<sysync_config version='1.0'><manufacturer>$(A)$(B)$(C)</manufacturer><configvar name='b' value='3'/>
        <model>$(a)$(b)$(c)</model><configidstring>{uses}</configidstring></sysync_config>"
    );
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let environment = Environment {
        variables: vec![pair("a", "1"), pair("b", "1"), pair("c", "1"), pair("platformvers", "9")],
        ..Environment::default()
    };
    let variables = vec![pair("b", "2"), pair("C", "2")];
    let options = LoadOptions { variables, environment, ..LoadOptions::default() };
    let loaded = load_text(Path::new("folder/x.xml"), text.as_bytes(), &options);
    assert_eq!(loaded.diagnostics, [], "every predefined variable is known");
    let config = loaded.config.unwrap();
    assert_eq!((config.manufacturer.as_str(), config.model.as_str()), ("122", "132"));
    let id = config.id.unwrap();
    assert!(
        id.starts_with("3.4.0.0|03040000|122|132|") && id.contains("|9|") && id.contains("|folder|"),
        "{id}"
    );
}
