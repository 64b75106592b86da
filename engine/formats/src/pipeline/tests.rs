//! The scripts of a datatype as a config has them.

use std::path::Path;
use std::sync::Arc;

use syncloom_config::{LoadOptions, load_text};
use syncloom_script::functions::calls::ItemCall;
use syncloom_script::lang::{Host, ItemPair, System};
use syncloom_script::{CompareMode, Comparer, Comparison, Item, Timestamp, Value, Zones};

use super::{Hosts, Pipeline};
use crate::profiles::Profiles;

struct Machine;

impl System for Machine {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_unix_ms(1_339_761_600_000)
    }

    fn elapsed_ms(&mut self) -> u64 {
        0
    }

    fn random(&mut self, _: Option<i64>) -> u64 {
        0
    }

    fn sleep_ms(&mut self, _: u64) {}

    fn read_file(&mut self, _: &str) -> Result<Vec<u8>, String> {
        Err("no files here".into())
    }

    fn shell(&mut self, _: &str, _: &str, _: bool) -> Option<i64> {
        None
    }

    fn log(&mut self, _: &str) {}
}

/// The sync of an item: keeps what it is told.
#[derive(Default)]
struct Sync(Vec<ItemCall>);

impl Host<ItemCall> for Sync {
    fn call(&mut self, function: ItemCall, _: &[Value], _: &mut ItemPair<'_>) -> Result<Value, String> {
        self.0.push(function);
        Ok(match function {
            ItemCall::SyncOp => Value::Text("add".into()),
            _ => Value::Unassigned,
        })
    }
}

fn pipeline(scripts: &str) -> Pipeline {
    let text = format!(
        r#"<sysync_config version="1.0">
  <datatypes>
    <fieldlist name="note">
      <field name="TITLE" type="string" compare="always" merge="fillempty"/>
      <field name="TEXT" type="multiline" compare="conflict" merge="append"/>
      <field name="TAGS" type="string" array="yes" compare="conflict"/>
    </fieldlist>
    <textprofile name="note" fieldlist="note">
      <linemap field="TITLE"><numlines>1</numlines></linemap>
      <linemap field="TEXT"><numlines>0</numlines></linemap>
    </textprofile>
    <datatype name="note10" basetype="text">
      <use textprofile="note"/>
      <typestring>text/plain</typestring>
      <versionstring>1.0</versionstring>
      {scripts}
    </datatype>
  </datatypes>
</sysync_config>"#
    );
    let loaded = load_text(Path::new("note.xml"), text.as_bytes(), &LoadOptions::default());
    let config = loaded.config.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let profiles = Profiles::new(&config.mime_profiles, &config.text_profiles);
    Pipeline::new(Arc::clone(&config.datatypes[0]), Arc::new(profiles), None)
}

fn item(pipeline: &Pipeline, title: &str, text: &str) -> Item {
    let mut item = Item::new(Arc::clone(pipeline.datatype().fields()));
    for (name, value) in [("TITLE", title), ("TEXT", text)] {
        let value = if value.is_empty() { Value::Empty } else { Value::Text(value.into()) };
        item.set(item.list().find(name).unwrap(), value);
    }
    item
}

fn title(item: &Item) -> String {
    item.get(item.list().find("TITLE").unwrap()).to_text()
}

/// Runs something with the hosts of a test; what the item's sync was told comes back too.
fn with<T>(run: impl FnOnce(&mut Hosts<'_>) -> T) -> (T, Vec<ItemCall>) {
    let (mut machine, mut zones, mut sync) = (Machine, Zones::default(), Sync::default());
    let mut hosts = Hosts {
        system: &mut machine,
        zones: &mut zones,
        session: None,
        datastore: None,
        item: Some(&mut sync),
    };
    let result = run(&mut hosts);
    (result, sync.0)
}

#[test]
fn the_context_is_begun_once_and_shared() {
    let mut scripts = pipeline(
        r#"<initscript>INTEGER n; n = 10;</initscript>
           <incomingscript>n = n + 1; TITLE = TITLE + "/" + n;</incomingscript>
           <outgoingscript>n = n + 1; TITLE = TITLE + "\\" + n + ITEMDATATYPE();</outgoingscript>"#,
    );
    let mut one = item(&scripts, "a", "");
    let mut other = item(&scripts, "b", "");
    with(|hosts| {
        scripts.incoming(&mut one, hosts);
        scripts.incoming(&mut other, hosts);
        scripts.outgoing(&mut other, None, hosts);
    });
    assert_eq!((title(&one), title(&other)), ("a/11".into(), "b/12\\13note10".into()));
    assert!(scripts.take_faults().is_empty());
}

#[test]
fn fields_that_the_peer_does_not_have() {
    let mut scripts = pipeline(
        "<initscript>SETFIELDOPTIONS(TEXT, FALSE); SETFIELDOPTIONS(TITLE, TRUE);</initscript>
         <outgoingscript>TITLE = TITLE + ISAVAILABLE(TITLE) + ISAVAILABLE(TEXT);</outgoingscript>",
    );
    let mut one = item(&scripts, "a", "text");
    with(|hosts| scripts.outgoing(&mut one, None, hosts));
    assert!(scripts.take_faults().is_empty());
    let text = one.list().find("TEXT").unwrap();
    let mut available = vec![true; one.list().len()];
    scripts.apply_to(&mut available);
    assert!(!available[text.index()] && available[one.list().find("TITLE").unwrap().index()]);
    assert!(one.get(text).is_assigned());
    scripts.leave_out(&mut one);
    assert!(!one.get(text).is_assigned());
    assert_eq!(title(&one), "a10");
}

#[test]
fn without_scripts_nothing_is_asked() {
    let mut scripts = pipeline("");
    let mut one = item(&scripts, "a", "x");
    let other = item(&scripts, "a", "y");
    let comparer = Comparer::new(Arc::clone(one.list()));
    let (_, told) = with(|hosts| {
        scripts.incoming(&mut one, hosts);
        assert_eq!(scripts.outgoing(&mut one, Some(7), hosts), Some(7));
        assert!(!scripts.filter_init(None, hosts));
        assert!(scripts.filter(&one, None, hosts));
        let compared = |mode| comparer.compare(&one, &other, mode);
        assert_eq!(scripts.compare(&one, &other, &comparer, CompareMode::Always, hosts), Comparison::Equal);
        assert_eq!(compared(CompareMode::Conflict), Comparison::Incomparable);
        assert_eq!(
            scripts.compare(&one, &other, &comparer, CompareMode::Conflict, hosts),
            Comparison::Incomparable
        );
    });
    assert!(told.is_empty() && !scripts.has_compare_script());
}

#[test]
fn text_by_a_profile() {
    let mut scripts = pipeline(
        r#"<incomingscript>
             IF (PARSETEXTWITHPROFILE("new\ntext", "NOTE")) TITLE = TITLE + "/" + MAKETEXTWITHPROFILE("note");
           </incomingscript>
           <outgoingscript>IF (MAKETEXTWITHPROFILE("nosuch")==UNASSIGNED) TITLE = "none";</outgoingscript>"#,
    );
    let mut one = item(&scripts, "old", "");
    with(|hosts| scripts.incoming(&mut one, hosts));
    assert_eq!(title(&one), "new/new\r\ntext\r\n");
    assert!(scripts.take_faults().is_empty());
    with(|hosts| scripts.outgoing(&mut one, None, hosts));
    assert_eq!(title(&one), "none");
}

#[test]
fn filters_and_size_limits() {
    let mut scripts = pipeline(
        r#"<filterinitscript>SETFILTERALL(TRUE); RETURN SIZELIMIT()==100;</filterinitscript>
           <filterscript>RETURN TITLE=="in";</filterscript>
           <outgoingscript>IF (TITLE=="in") SETSIZELIMIT(SIZELIMIT()*2); ELSE SETSIZELIMIT(-1);</outgoingscript>"#,
    );
    let (mut inside, mut outside) = (item(&scripts, "in", ""), item(&scripts, "out", ""));
    with(|hosts| {
        assert!(!scripts.filters_all());
        assert!(scripts.filter_init(Some(100), hosts) && scripts.filters_all());
        assert!(!scripts.filter_init(None, hosts));
        assert!(scripts.filter(&inside, None, hosts) && !scripts.filter(&outside, None, hosts));
        assert_eq!(scripts.outgoing(&mut inside, Some(50), hosts), Some(100));
        assert_eq!(scripts.outgoing(&mut outside, Some(50), hosts), None);
    });
}

#[test]
fn what_concerns_the_sync_is_told_to_it() {
    let mut scripts = pipeline(
        r#"<processitemscript>IF (SYNCOP()=="add") { PREVENTADD(); TITLE="seen"; }</processitemscript>"#,
    );
    let mut one = item(&scripts, "a", "");
    let (_, told) = with(|hosts| scripts.process_item(&mut one, None, hosts));
    assert_eq!((told, title(&one)), (vec![ItemCall::SyncOp, ItemCall::PreventAdd], "seen".into()));
}

#[test]
fn comparing_and_merging() {
    let mut scripts = pipeline(
        r#"<comparescript>
             IF (TARGET.TITLE=="none") RETURN;
             IF (COMPARISONMODE()!="conflict") RETURN 1;
             RETURN COMPAREFIELDS();
           </comparescript>
           <mergescript>
             MERGEFIELDS(0, "TEXT");
             IF (WINNING.TEXT=="w") { SETLOOSINGCHANGED(FALSE); LOOSING.TITLE="mine"; }
           </mergescript>"#,
    );
    let (mut one, mut other) = (item(&scripts, "", "w"), item(&scripts, "t", "l"));
    let none = item(&scripts, "none", "");
    let comparer = Comparer::new(Arc::clone(one.list()));
    with(|hosts| {
        let mut compare = |a: &Item, b: &Item, mode| scripts.compare(a, b, &comparer, mode, hosts);
        assert_eq!(compare(&one, &one.clone(), CompareMode::Conflict), Comparison::Equal);
        assert_eq!(compare(&one, &other, CompareMode::Conflict), Comparison::Incomparable);
        assert_eq!(compare(&one, &one.clone(), CompareMode::Always), Comparison::Newer);
        assert_eq!(compare(&none, &none.clone(), CompareMode::Always), Comparison::Incomparable);
        let merged = scripts.merge(&mut one, &mut other, &comparer, hosts);
        assert!(merged.winner_changed && !merged.loser_changed);
    });
    let text = |item: &Item| item.get(item.list().find("TEXT").unwrap()).to_text();
    assert_eq!((title(&one), title(&other)), ("t".into(), "mine".into()));
    assert_eq!((text(&one), text(&other)), ("w".into(), "l".into()), "what is ignored stays");
}

#[test]
fn a_failure_is_kept_with_its_place_and_harms_nothing_else() {
    let mut scripts = pipeline("<incomingscript>TITLE = \"before\";\nTITLE = 1/0;</incomingscript>");
    let mut one = item(&scripts, "a", "");
    with(|hosts| scripts.incoming(&mut one, hosts));
    let faults: Vec<String> = scripts.take_faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("note.xml:17: <incomingscript>: "), "{}", faults[0]);
    assert_eq!(title(&one), "before");
    assert!(scripts.take_faults().is_empty());
}
