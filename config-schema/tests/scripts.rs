//! Scripts and filters of a config, compiled while it is loaded and run by their kinds.
//!
//! Not its job: the languages themselves, and mistakes (`broken`).

use std::path::Path;
use std::sync::Arc;

use syncloom_config::*;
use syncloom_script::lang::{Env, ItemPair, ItemSlot, System};
use syncloom_script::{Item, Timestamp, Value};

const CONFIG: &str = r#"<sysync_config version="1.0">
<scripting>
  <looptimeout>1</looptimeout>
  <function><![CDATA[ string twice(string s) { return s + s; } ]]></function>
  <macro name="DOUBLE"><![CDATA[ $1 = twice($1); ]]></macro>
</scripting>
<datatypes>
  <fieldlist name="f">
    <field name="A" type="string" compare="always"/>
    <field name="B" type="string" compare="conflict"/>
  </fieldlist>
  <mimeprofile name="p" fieldlist="f">
    <profile name="VCARD"><property name="N"><value field="A"/></property></profile>
  </mimeprofile>
  <datatype name="card" basetype="vcard">
    <version>2.1</version>
    <use mimeprofile="p"/>
    <initscript>INTEGER count; count = 0;</initscript>
    <incomingscript expand="yes"><![CDATA[
      count = count + 1;
      $DOUBLE(A)
      IF (B == "$(model)") WHILE (TRUE) {}
    ]]></incomingscript>
    <mergescript>LOOSING.A = WINNING.A; RETURN count;</mergescript>
  </datatype>
</datatypes>
<server type="sql">
  <simpleauthuser>u</simpleauthuser>
  <sessioninitscript>STRING kind; kind = "plain";</sessioninitscript>
  <remoterule name="first"><model>x</model></remoterule>
  <remoterule name="second"><rulescript>STRING own; own = "special"; kind = own;</rulescript></remoterule>
  <remoterule name="third"><rulescript>INTEGER own; own = own + 1; kind = kind + own;</rulescript></remoterule>
</server>
</sysync_config>"#;

#[derive(Default)]
struct Machine {
    elapsed: u64,
}

impl System for Machine {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_unix_ms(0)
    }
    fn elapsed_ms(&mut self) -> u64 {
        self.elapsed += 100;
        self.elapsed
    }
    fn random(&mut self, _: Option<i64>) -> u64 {
        0
    }
    fn sleep_ms(&mut self, _: u64) {}
    fn read_file(&mut self, _: &str) -> Result<Vec<u8>, String> {
        Err("none".into())
    }
    fn shell(&mut self, _: &str, _: &str, _: bool) -> Option<i64> {
        None
    }
    fn log(&mut self, _: &str) {}
}

fn config() -> Config {
    let loaded = load_text(Path::new("scripts.xml"), CONFIG.as_bytes(), &LoadOptions::default());
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    loaded.config.unwrap_or_else(|| unreachable!("no errors, so a config"))
}

fn text(item: &Item, name: &str) -> String {
    item.list().find(name).map(|id| item.get(id).to_text()).unwrap_or_default()
}

#[test]
fn scripts_of_a_datatype_share_variables_and_change_items() {
    let config = config();
    let scripts = &config.datatypes[0].scripts;
    assert!(scripts.has(DatatypeScript::Incoming) && !scripts.has(DatatypeScript::Outgoing));
    let list = config.datatypes[0].fields();
    let (mut first, mut second) = (Item::new(Arc::clone(list)), Item::new(Arc::clone(list)));
    first.set(list.find("A").unwrap(), Value::Text("ab".into()));
    let mut variables = scripts.variables();
    let mut machine = Machine::default();
    scripts.run(DatatypeScript::Init, &mut variables, &mut Env::new(&mut machine)).unwrap();
    let mut env = Env::new(&mut machine);
    env.items.target = ItemSlot::Write(&mut first);
    assert_eq!(scripts.run(DatatypeScript::Incoming, &mut variables, &mut env), Ok(None));
    assert_eq!(scripts.run(DatatypeScript::Outgoing, &mut variables, &mut env), Ok(None));
    let mut env = Env::new(&mut machine);
    env.items = ItemPair { target: ItemSlot::Read(&first), reference: ItemSlot::Write(&mut second) };
    let count = scripts.run(DatatypeScript::Merge, &mut variables, &mut env).unwrap();
    assert_eq!(count.unwrap().value.to_text(), "1");
    assert_eq!((text(&first, "A"), text(&second, "A")), ("abab".into(), "abab".into()));
}

#[test]
fn what_fails_while_it_runs_is_told_by_tag_and_line_of_the_file() {
    let config = config();
    let scripts = &config.datatypes[0].scripts;
    let list = config.datatypes[0].fields();
    let mut item = Item::new(Arc::clone(list));
    item.set(list.find("B").unwrap(), Value::Text(config.model.as_str().into()));
    let mut machine = Machine::default();
    let mut env = Env::new(&mut machine);
    env.items.target = ItemSlot::Write(&mut item);
    let error = scripts.run(DatatypeScript::Incoming, &mut scripts.variables(), &mut env).unwrap_err();
    let (tag, place) = scripts.origin(DatatypeScript::Incoming).unwrap();
    let line = CONFIG.lines().position(|line| line.contains("WHILE")).unwrap() as u32 + 1;
    assert_eq!((tag, place.line + error.line - 1), ("incomingscript", line));
}

#[test]
fn rules_share_the_variables_of_the_session_and_not_their_own() {
    let config = config();
    let server = config.server.unwrap();
    let scripts = &server.session_scripts;
    let mut variables = scripts.variables();
    let mut machine = Machine::default();
    let mut env = Env::new(&mut machine);
    scripts.run(SessionScript::Init, &mut variables, &mut env).unwrap();
    for (rule, kind) in server.rules.iter().zip(["plain", "special", "special1"]) {
        let mut its = rule.script.context().take_over(variables);
        assert_eq!(rule.script.run(RuleScript, &mut its, &mut env), Ok(None));
        variables = scripts.context().hand_back(its);
        assert_eq!(scripts.context().value(&variables, "KIND").unwrap().value.to_text(), kind);
    }
    assert_eq!(scripts.context().value(&variables, "OWN"), None);
    assert!(server.login_scripts.is_empty());
}

#[test]
fn a_mistake_in_a_macro_is_told_once_with_the_places_of_its_use() {
    let broken = CONFIG
        .replace("$1 = twice($1);", "$1 = twice($1, 2);")
        .replace("<mergescript>", "<outgoingscript>$DOUBLE(B)</outgoingscript>\n<mergescript>");
    let loaded = load_text(Path::new("scripts.xml"), broken.as_bytes(), &LoadOptions::default());
    let told: Vec<_> = loaded.diagnostics.iter().filter(|told| told.severity == Severity::Error).collect();
    let line_of = |words: &str| broken.lines().position(|line| line.contains(words)).unwrap() as u32 + 1;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].place.line, line_of("<macro"));
    let uses: Vec<u32> = told[0].notes.iter().map(|(place, _)| place.as_ref().unwrap().line).collect();
    assert_eq!(uses, [line_of("$DOUBLE(A)"), line_of("$DOUBLE(B)")]);
}
