//! A complete small server config: it loads without a problem, and the model holds exactly what it says.
//!
//! Not its job: mistakes (`broken`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use syncloom_config::*;
use syncloom_script::{CompareMode, FieldId, FieldType, MergeMode};

fn small() -> Config {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs/small.xml");
    let loaded = load(&path, &LoadOptions::default());
    // What is read and not acted on yet is told of elsewhere, and so is its transport of another server.
    let now = loaded.diagnostics.iter().filter(|told| !matches!(told.code, Code::NoEffect | Code::Later));
    let told: Vec<String> = now.map(diagnostic::render::concise).collect();
    assert_eq!(told, Vec::<String>::new());
    loaded.config.unwrap_or_else(|| unreachable!("no errors, so a config"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs")
}

#[test]
fn general_settings_and_transport() {
    let config = small();
    assert_eq!(config.path, folder().join("small.xml"));
    assert_eq!(config.id.as_deref(), Some("small config in store"));
    assert_eq!(config.manufacturer, "Example Works");
    assert_eq!(config.model, "Syncloom");
    assert_eq!((config.max_msg_size, config.max_obj_size), (32768, 4_000_000));
    let transport = config.transport;
    assert_eq!((transport.port, transport.keep_connection), (8080, false));
    assert_eq!(transport.address.to_string(), "127.0.0.1");
}

#[test]
fn fields() {
    let config = small();
    let [list] = config.field_lists.as_slice() else { panic!("one list") };
    assert_eq!((list.name(), list.len()), ("people", 13));
    let field = |name: &str| list.get(list.find(name).unwrap()).unwrap();
    assert!(field("rev").age && field("REV").kind == FieldType::Timestamp);
    assert_eq!(field("LAST").compare, CompareMode::Always);
    assert_eq!(field("NICK").merge, MergeMode::FillEmpty);
    assert_eq!(field("NOTE").merge, MergeMode::Parts('\n'));
    assert_eq!(field("TAGS").merge, MergeMode::Parts(','));
    assert!(field("MAIL").array && !field("NOTE").array);
}

fn property<'a>(profile: &'a Profile, wanted: &str) -> &'a Property {
    let mut found = profile.members.iter().filter_map(|member| match member {
        Member::Property(property) if property.name == wanted => Some(property),
        _ => None,
    });
    found.next().unwrap_or_else(|| unreachable!("no {wanted}"))
}

#[test]
fn profile() {
    let config = small();
    let [profile] = config.mime_profiles.as_slice() else { panic!("one profile") };
    let list = &profile.fields;
    assert!(Arc::ptr_eq(list, &config.field_lists[0]));
    let id = |name: &str| list.find(name).unwrap();
    let root = &profile.root;
    assert_eq!((root.name.as_str(), root.num_mandatory, root.members.len()), ("VCARD", 1, 9));
    assert_eq!(property(root, "VERSION").values[0].conversion, Conversion::Version);
    assert!(!property(root, "REV").show_in_devinf && property(root, "N").show_in_devinf);

    let n = property(root, "N");
    assert!(n.mandatory && n.count == ValueCount::Fixed(5) && n.separator == ';');
    let values: Vec<(u16, Option<FieldId>)> =
        n.values.iter().map(|value| (value.index, value.field)).collect();
    assert_eq!(values, [(0, Some(id("LAST"))), (1, Some(id("FIRST")))]);
    assert_eq!(property(root, "NICKNAME").only_for, Some(MimeMode::Standard));

    let tel = property(root, "TEL");
    assert!(tel.suppress_empty);
    let kind = &tel.parameters[0];
    assert!(kind.default && kind.positional && kind.show_in_devinf && !kind.show_non_empty);
    let [home, work, more] = tel.positions.as_slice() else { panic!("three positions") };
    assert_eq!((home.has.as_slice(), home.has_not.as_slice()), (&[(0, 0)][..], &[(0, 3), (0, 4)][..]));
    assert_eq!((home.offset, home.min_show, home.repeat), (0, None, Repeat::Times(1)));
    assert_eq!((work.has.as_slice(), work.shows.as_slice(), work.offset), (&[(0, 1)][..], &[(0, 2)][..], 1));
    assert_eq!((more.offset, more.repeat, more.increment, more.min_show), (2, Repeat::Times(2), 1, Some(0)));
    assert!(more.overwrite_empty && !more.read_only && !more.share_previous_count);

    let mail = property(root, "EMAIL");
    assert_eq!((mail.positions[0].repeat, mail.positions[0].min_show), (Repeat::Array, Some(1)));
    let flags = mail.parameters[0].value.as_ref().unwrap();
    assert_eq!((flags.conversion, flags.combine), (Conversion::Bitmap, Combine::With(',')));
    let rules: Vec<(&str, &str, EnumMode)> =
        flags.enums.iter().map(|rule| (rule.name.as_str(), rule.value.as_str(), rule.mode)).collect();
    assert_eq!(
        rules,
        [
            ("HOME", "0", EnumMode::Translate),
            ("WORK", "1", EnumMode::Translate),
            ("X-", "L", EnumMode::Prefix),
            ("", "9", EnumMode::Ignore)
        ]
    );
    let categories = property(root, "CATEGORIES");
    assert_eq!(categories.count, ValueCount::List);
    assert_eq!((categories.separator, categories.alt_separator), (',', Some(';')));
    let note = property(root, "NOTE");
    assert!(!note.filterable && note.delayed_parsing == 2);
    assert_eq!(note.values[0].combine, Combine::With('\n'));
    assert_eq!(property(root, "PHOTO").values[0].conversion, Conversion::BlobBase64);
}

#[test]
fn datatypes() {
    let config = small();
    let [old, new] = config.datatypes.as_slice() else { panic!("two datatypes") };
    assert_eq!(
        (old.name.as_str(), old.mime_type.as_str(), old.version.as_str()),
        ("card21", "text/x-vcard", "2.1")
    );
    assert_eq!((new.mime_type.as_str(), new.version.as_str()), ("text/vcard", "3.0"));
    assert_eq!((old.mode, new.mode, new.base), (MimeMode::Old, MimeMode::Standard, BaseType::VCard));
    let (ProfileUse::Mime(old), ProfileUse::Mime(new)) = (&old.profile, &new.profile) else {
        panic!("two of MIME-DIR")
    };
    assert!(Arc::ptr_eq(old, new));
}

fn bind(what: Placeholder, text: bool) -> SqlPart {
    SqlPart::Bind { what, text }
}

fn text(text: &str) -> SqlPart {
    SqlPart::Text(text.to_owned())
}

#[test]
fn server() {
    let config = small();
    let server = config.server.unwrap();
    assert_eq!((server.session_timeout, server.external_url.as_deref()), (120, None));
    assert_eq!((server.min_version, server.max_version), (SyncMlVersion::V1_0, SyncMlVersion::V1_1));
    assert_eq!((server.requested_auth, server.required_auth), (Auth::Md5, Auth::Basic));
    assert_eq!((server.auto_nonce, server.constant_nonce.as_str()), (false, "salt"));
    assert!(server.send_resp_uri && !server.resp_uri_only_when_different && server.simple_auth.is_none());
    assert!(server.deleting_gone_ok && server.show_ctcap_properties && !server.show_type_size_in_ctcap10);
    assert!(!server.update_client_in_slow_sync && !server.update_server_in_slow_sync);
    let sql = server.sql;
    let sqlite = sql.sqlite.unwrap();
    assert_eq!(sqlite.path, Path::new("store/sync.db"));
    assert_eq!((sqlite.busy_timeout, sqlite.schema), (7, Some("schema.sql".into())));
    assert_eq!(sql.password_form, PasswordForm::Md5Hex);
    assert_eq!(
        sql.get_device.unwrap().statements[0].parts,
        [text("SELECT id, nonce FROM devices WHERE name="), bind(Placeholder::DeviceId, true)]
    );
    assert!(sql.new_device.is_some() && sql.save_nonce.is_some());
    assert_eq!(
        sql.save_info.unwrap().statements[0].parts,
        [
            text("UPDATE devices SET label='"),
            SqlPart::Splice(Placeholder::DeviceName),
            text(" ("),
            SqlPart::Splice(Placeholder::DeviceInfo),
            text(")' WHERE id="),
            bind(Placeholder::DeviceKey, false)
        ]
    );
    let user = sql.user_key.unwrap();
    assert_eq!((user.tag, user.place.line, user.place.column), ("userkeysql", 108, 17));
    assert_eq!(user.statements[0].parts[1], bind(Placeholder::UserName, true));
    assert_eq!(user.statements[0].parts[3], bind(Placeholder::Domain, true));
}

#[test]
fn datastore() {
    let config = small();
    let server = config.server.unwrap();
    let [store] = server.datastores.as_slice() else { panic!("one datastore") };
    assert_eq!(
        (store.name.as_str(), store.aliases.as_slice()),
        ("people", &["card", "addressbook"].map(String::from)[..])
    );
    assert_eq!(store.display_name.as_deref(), Some("People"));
    assert!(!store.read_only && store.delete_wins && store.report_updates && store.always_send_local_id);
    assert_eq!(store.max_items_per_message, Some(25));
    assert_eq!(store.conflict_strategy, Strategy::NewerWins);
    assert_eq!(
        (store.slow_sync_strategy, store.first_time_strategy),
        (Strategy::Duplicate, Strategy::NewerWins)
    );
    let [old, new] = store.types.as_slice() else { panic!("two types") };
    assert!(old.legacy && !old.preferred && old.receive && old.send);
    assert!(!new.legacy && new.preferred && new.receive && new.send);
    assert!(Arc::ptr_eq(store.fields(), &config.field_lists[0]));

    let (sql, targets) = (store.sql_items().unwrap(), store.sql_targets().unwrap());
    assert_eq!(Some(&sql.sqlite), server.sql.sqlite.as_ref());
    assert_eq!(Some(&targets.sqlite), server.sql.sqlite.as_ref());
    assert_eq!(
        (sql.last_mod_type, targets.last_mod_type),
        (DbType::UnixTimeSeconds, DbType::UnixTimeSeconds)
    );
    assert_eq!(sql.line_ends, LineEnds::Unix);
    assert!(sql.obtain_id_after_insert && sql.ignore_affected_count && sql.update_all_fields);
    assert!(!sql.insert_returns_id && !sql.unix_ms_rnd6_ids);
    for statement in [
        &sql.folder_key,
        &targets.get,
        &targets.new,
        &targets.update,
        &targets.map_select,
        &targets.map_insert,
        &targets.map_update,
        &targets.map_delete,
        &sql.insert_data,
        &sql.delete_data,
        &sql.zap_data,
        &sql.obtain_local_id,
    ] {
        assert_eq!(statement.as_ref().map(|sql| sql.statements.len()), Some(1));
    }
    assert_eq!(targets.delete.as_ref().unwrap().statements.len(), 2);
    assert_eq!(
        sql.select_ids.statements[0].parts,
        [
            text("SELECT id, modified FROM people WHERE folder="),
            bind(Placeholder::FolderKey, false),
            text(" "),
            bind(Placeholder::Filter { with_where: false }, false)
        ]
    );
    let update = &sql.update_data.as_ref().unwrap().statements;
    assert_eq!((update.len(), update[0].set_no, update[1].set_no), (2, 0, 1));
    assert_eq!(update[0].parts.last(), Some(&text(" AND id<>'%'")));
    let field = FieldPlaceholder {
        field: store.fields().find("LAST").unwrap(),
        index: None,
        lower: false,
        upper: true,
        ascii: false,
        kind: DbType::String,
    };
    assert_eq!(update[1].parts.last(), Some(&bind(Placeholder::Field(field), true)));
}

#[test]
fn field_map() {
    let config = small();
    let server = config.server.unwrap();
    let map = server.datastores[0].field_map().unwrap();
    let list = &map.list;
    let columns: Vec<&str> = map.maps.iter().map(|map| map.column.as_str()).collect();
    assert_eq!(columns, ["modified", "last_name", "first_name", "note", "photo"]);
    let modified = &map.maps[0];
    assert!(modified.read && !modified.insert && !modified.update && modified.size.is_none());
    assert_eq!((modified.kind, modified.field), (DbType::UnixTimeSeconds, list.find("REV").unwrap()));
    let last = &map.maps[1];
    assert!(last.read && last.insert && last.update && last.truncate && !last.floating);
    assert_eq!((last.kind, last.size, last.set_no), (DbType::String, Some(63), 0));
    assert!(!map.maps[2].truncate && map.maps[3].set_no == 1);
    let photo = &map.maps[4];
    assert!(photo.read && photo.insert && !photo.update && photo.kind == DbType::Blob);

    let [array] = map.arrays.as_slice() else { panic!("one array") };
    assert_eq!((array.size_from, array.max_repeat, array.repeat_inc), (list.find("MAIL"), None, 1));
    assert!(!array.store_empty && array.always_clean && array.delete.is_some() && array.insert.is_some());
    assert_eq!(array.maps[1].kind, DbType::Numeric);
    assert_eq!(array.select.statements[0].parts[1], bind(Placeholder::Columns { all: false }, false));
}
