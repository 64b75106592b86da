//! A glance at an item shows of the fields that it is about what reading the item shows: in SQLite, where detail records
//! have a say in fields of the master record, in a plugin, and in a superdatastore, which knows more than its parts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::sync::Arc;

use syncloom_config::{Config, Datastore, LoadOptions};
use syncloom_script::{FieldId, FieldType, Item, Value};
use syncloom_stores::sqlite::create_if_missing;
use syncloom_stores::{Backend, Scope, Stores};
use tempfile::TempDir;

const SCHEMA: &str = "
    CREATE TABLE notes (id INTEGER PRIMARY KEY, modified, kind, body, at, zone, picture);
    CREATE TABLE tags (note, tag);
    CREATE TABLE lines (note, line);";

const CONFIG: &str = r#"<sysync_config version="1.0">
<configvar name="data" value="FOLDER"/>
<datatypes>
  <fieldlist name="note">
    <field name="KIND" type="string" compare="always"/>
    <field name="BODY" type="multiline" compare="always"/>
    <field name="AT" type="timestamp" compare="always"/>
    <field name="PICTURE" type="blob" compare="always"/>
    <field name="TAGS" type="string" array="yes" compare="always"/>
    <field name="COUNT" type="integer" compare="always"/>
    <field name="LINE" type="string" compare="always"/>
    <field name="LINE_2" type="string" compare="always"/>
    <field name="LINE_3" type="string" compare="always"/>
    <field name="ORIGIN" type="string" compare="always"/>
  </fieldlist>
  <mimeprofile name="note" fieldlist="note"><profile name="VNOTE"><property name="BODY"><value field="BODY"/></property>
  </profile></mimeprofile>
  <datatype name="note" basetype="mimedir">
    <typestring>text/x-vnote</typestring><versionstring>1.1</versionstring><use mimeprofile="note"/>
  </datatype>
</datatypes>
<server type="sql">
  <sqlitefile>FOLDER/notes.sqlite</sqlitefile><sqliteschema>FOLDER/schema.sql</sqliteschema>
  <simpleauthuser>u</simpleauthuser><simpleauthpw>p</simpleauthpw>
  <datastore name="rows" type="sql">
    <typesupport><use datatype="note" mode="rw" preferred="yes"/></typesupport>
    <selectidandmodifiedsql>SELECT id, modified FROM notes</selectidandmodifiedsql>
    <selectdatasql>SELECT %N FROM notes WHERE id = %k</selectdatasql>
    <insertdatasql>INSERT INTO notes (modified, %N) VALUES (%M, %v)</insertdatasql>
    <updatedatasql>UPDATE notes SET modified = %M, %V WHERE id = %k</updatedatasql>
    <deletedatasql>DELETE FROM notes WHERE id = %k</deletedatasql>
    <obtainidafterinsert>yes</obtainidafterinsert>
    <fieldmap fieldlist="note">
      <map name="kind" references="KIND" type="string" mode="rw"/>
      <map name="body" references="BODY" type="string" mode="rw"/>
      <map name="at" references="AT" type="timestamp" mode="rw"/>
      <map name="zone" references="AT" type="zonename" mode="rw"/>
      <map name="picture" references="PICTURE" type="blob" mode="rw"/>
      <array sizefrom="COUNT">
        <maxrepeat>0</maxrepeat>
        <noitemsfilter>F.KIND:=untagged</noitemsfilter>
        <selectarraysql>SELECT %N FROM tags WHERE note = %k ORDER BY rowid</selectarraysql>
        <insertelementsql>INSERT INTO tags (note, %N) VALUES (%k, %v)</insertelementsql>
        <map name="tag" references="TAGS" type="string" mode="rw"/>
      </array>
      <array>
        <maxrepeat>3</maxrepeat>
        <repeatinc>1</repeatinc>
        <selectarraysql>SELECT %N FROM lines WHERE note = %k ORDER BY rowid</selectarraysql>
        <insertelementsql>INSERT INTO lines (note, %N) VALUES (%k, %v)</insertelementsql>
        <map name="line" references="LINE" type="string" mode="rw"/>
      </array>
    </fieldmap>
  </datastore>
  <datastore name="texts" type="plugin">
    <plugin_module>[SDK_textdb]</plugin_module><plugin_datastoreadmin>yes</plugin_datastoreadmin>
    <plugin_params><datafilepath>FOLDER</datafilepath></plugin_params>
    <typesupport><use datatype="note" mode="rw" preferred="yes"/></typesupport>
    <fieldmap fieldlist="note"><automap indexasname="true"/></fieldmap>
  </datastore>
  <superdatastore name="both">
    <contains datastore="rows"><dispatchfilter>F.ORIGIN:=rows</dispatchfilter><guidprefix>r</guidprefix></contains>
    <contains datastore="texts"><dispatchfilter>F.ORIGIN:=texts</dispatchfilter><guidprefix>t</guidprefix></contains>
    <typesupport><use datatype="note" mode="rw" preferred="yes"/></typesupport>
  </superdatastore>
</server>
</sysync_config>"#;

struct Fixture {
    _folder: TempDir,
    config: Arc<Config>,
    backend: Box<dyn Backend>,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.xml");
        fs::write(&path, CONFIG.replace("FOLDER", &folder.path().display().to_string())).unwrap();
        fs::write(folder.path().join("schema.sql"), SCHEMA).unwrap();
        let loaded = syncloom_config::load(&path, &LoadOptions::default());
        let config = Arc::new(loaded.config.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics)));
        let backend = Stores::new(Arc::clone(&config)).unwrap().backend();
        let fixture = Fixture { _folder: folder, config, backend };
        assert!(create_if_missing(&fixture.datastore("rows").sql_items().unwrap().sqlite).unwrap());
        fixture
    }

    fn datastore(&self, name: &str) -> Arc<Datastore> {
        let mut all = self.config.server.as_ref().unwrap().datastores.iter();
        Arc::clone(all.find(|datastore| datastore.name == name).unwrap())
    }

    fn scope(&mut self, datastore: &Datastore) -> Scope {
        let scope = Scope { user_key: "u".into(), device_key: "d".into(), stamp: 1, ..Scope::default() };
        self.backend.place(datastore, &scope, "").unwrap().unwrap()
    }
}

fn items(datastore: &Datastore) -> Vec<Item> {
    let item = |fields: &[(&str, Value)]| {
        let mut item = Item::new(Arc::clone(datastore.fields()));
        fields
            .iter()
            .for_each(|(name, value)| item.set(datastore.fields().find(name).unwrap(), value.clone()));
        item
    };
    let text = |text: &str| Value::Text(text.into());
    vec![
        item(&[
            ("KIND", text("k")),
            ("BODY", text("a\n\"b\"; \\c\t")),
            ("AT", Value::from_text("20240715T090000Z", FieldType::Timestamp)),
            ("PICTURE", Value::Blob((0..=255).collect())),
            ("TAGS", Value::Array(vec![text("x"), text("y")])),
            ("COUNT", Value::Integer(2)),
            ("LINE", text("one")),
            ("LINE_2", text("two")),
            ("LINE_3", text("three")),
            ("ORIGIN", text("rows")),
        ]),
        item(&[("KIND", text("k")), ("BODY", text(";TZNAME=x:y")), ("ORIGIN", text("texts"))]),
        item(&[("BODY", text("of rows, without tags")), ("ORIGIN", text("rows"))]),
    ]
}

#[test]
fn every_field_is_what_it_is_when_the_item_is_read() {
    for name in ["rows", "texts", "both"] {
        let mut fixture = Fixture::new();
        let datastore = fixture.datastore(name);
        let scope = fixture.scope(&datastore);
        let mut store = fixture.backend.store(&datastore, &scope).unwrap();
        for (number, item) in items(&datastore).iter().enumerate() {
            let id = store.insert(item).unwrap().local_id;
            let whole = store.read(&id).unwrap().unwrap();
            assert!(whole.get(FieldId(1)).is_assigned());
            for field in (0..datastore.fields().len() as u16).map(FieldId) {
                let glance = store.glance(&id, &[field]).unwrap().unwrap();
                let about = &datastore.fields().get(field).unwrap().name;
                assert_eq!(glance.get(field), whole.get(field), "{about} of item {number} in {name}");
            }
        }
    }
}

#[test]
fn what_nobody_has_asked_for_is_not_read() {
    for (name, asked) in [("rows", "BODY"), ("texts", "LINE"), ("both", "BODY")] {
        let mut fixture = Fixture::new();
        let datastore = fixture.datastore(name);
        let scope = fixture.scope(&datastore);
        let fields = datastore.fields();
        let mut store = fixture.backend.store(&datastore, &scope).unwrap();
        let id = store.insert(&items(&datastore)[0]).unwrap().local_id;
        let glance = store.glance(&id, &[fields.find(asked).unwrap()]).unwrap().unwrap();
        for left_out in ["AT", "PICTURE", "TAGS"] {
            assert!(!glance.get(fields.find(left_out).unwrap()).is_assigned(), "{left_out} in {name}");
        }
    }
}

#[test]
fn what_is_gone_is_not_there_at_a_glance() {
    for name in ["rows", "texts", "both"] {
        let mut fixture = Fixture::new();
        let datastore = fixture.datastore(name);
        let scope = fixture.scope(&datastore);
        let mut store = fixture.backend.store(&datastore, &scope).unwrap();
        let id = store.insert(&items(&datastore)[0]).unwrap().local_id;
        assert!(store.delete(&id).unwrap());
        assert!(store.glance(&id, &[FieldId(0)]).unwrap().is_none(), "{name}");
    }
}
