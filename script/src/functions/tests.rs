//! Every row of the table: its example runs, its host is asked.

use std::sync::Arc;

use super::{Contexts, Gives, Takes, all};
use crate::lang::{ContextBuilder, Env, Host, ItemPair, Kind, Library, System};
use crate::time::{Timestamp, Zones};
use crate::value::Value;

/// A machine on which nothing happens and it is always the same time.
struct Still;

impl System for Still {
    fn now(&mut self) -> Timestamp {
        Timestamp::parse("20120615T120000Z").unwrap()
    }

    fn elapsed_ms(&mut self) -> u64 {
        0
    }

    fn random(&mut self, _: Option<i64>) -> u64 {
        7
    }

    fn sleep_ms(&mut self, _: u64) {}

    fn read_file(&mut self, _: &str) -> Result<Vec<u8>, String> {
        Err("none".into())
    }

    fn shell(&mut self, command: &str, _: &str, _: bool) -> Option<i64> {
        command.strip_prefix("exit ")?.parse().ok()
    }

    fn log(&mut self, _: &str) {}
}

/// A host that writes down what it is asked.
struct Asked(Vec<String>);

impl<C: std::fmt::Debug> Host<C> for Asked {
    fn call(&mut self, function: C, arguments: &[Value], _: &mut ItemPair<'_>) -> Result<Value, String> {
        self.0.push(format!("{function:?}{arguments:?}"));
        Ok(Value::Integer(5))
    }
}

#[test]
fn every_example_gives_its_result() {
    for function in all() {
        let Some((example, wanted)) = function.example else { continue };
        let script = if example.contains(';') { example.to_owned() } else { format!("RETURN {example};") };
        assert_eq!(result(&script).to_text(), wanted, "{}", function.name);
    }
}

/// What a script returns.
fn result(script: &str) -> Value {
    let mut builder = ContextBuilder::new(&Arc::new(Library::empty()), Contexts::GLOBAL);
    let id = builder.script(script);
    let (context, errors) = builder.build();
    assert_eq!(errors, [], "{script}");
    let mut system = Still;
    let result = context.run(id, &mut context.variables(), &mut Env::new(&mut system));
    result.unwrap_or_else(|error| panic!("{script}: {error}")).unwrap().value
}

#[test]
fn what_does_not_recur_has_no_date_and_counts_nothing() {
    for (rule, date, count) in [
        ("\"D\",1", Value::Timestamp(Timestamp::parse("20030605T100000Z").unwrap()), Value::Integer(2)),
        ("\"D\",0", Value::Unassigned, Value::Unassigned),
        ("\"D\",-1", Value::Unassigned, Value::Unassigned),
        ("\"\",1", Value::Unassigned, Value::Integer(0)),
        ("\"X\",1", Value::Unassigned, Value::Integer(0)),
    ] {
        let call = |name, last| format!("RETURN {name}(20030604T100000Z,{rule},0,0,TRUE,{last});");
        assert_eq!(result(&call("RECURRENCE_DATE", "2")), date, "{rule}");
        assert_eq!(result(&call("RECURRENCE_COUNT", "20030606T080000Z")), count, "{rule}");
    }
    let count = |arguments| result(&format!("RETURN RECURRENCE_COUNT({arguments});"));
    assert_eq!(count("20030604T100000Z,\"D\",1,0,0,TRUE,UNASSIGNED"), Value::Integer(0));
    assert_eq!(count("20030604T100000Z,\"D\",1,0,0,TRUE,20030604T095959Z"), Value::Unassigned);
    assert_eq!(count("UNASSIGNED,\"D\",1,0,0,TRUE,20030604T095959Z"), Value::Unassigned);
    // The same point in time on another clock.
    assert_eq!(count("20030604T100000Z,\"D\",1,0,0,TRUE,\"20030605T110000+0100\""), Value::Integer(2));
}

#[test]
fn a_rule_is_read_whole_or_its_fields_stay() {
    let read = |rule: &str| {
        result(&format!(
            "STRING f; INTEGER i,a,b,ok; TIMESTAMP u; f=\"?\"; i=7;
             ok=PARSE_RRULE({rule},20030604T100000Z,f,i,a,b,u); RETURN f+i+\",\"+a+\",\"+b+\",\"+u+\",\"+ok;"
        ))
        .to_text()
    };
    assert_eq!(read("FALSE,\"W1 MO WE #0\""), "WW1,10,0,,1");
    assert_eq!(read("TRUE,\"FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20040101\""), "MD1,0,1,20040101,1");
    assert_eq!(read("TRUE,\"FREQ=HOURLY\""), "?7,,,,0");
}

#[test]
fn every_function_without_an_example_asks_its_host() {
    for function in all().filter(|function| function.example.is_none()) {
        if function.name == "SETFIELDOPTIONS" {
            continue;
        }
        let arguments: Vec<_> = function
            .parameters
            .iter()
            .map(|parameter| match (parameter.takes, parameter.kind) {
                (Takes::Value, Some(Kind::Integer)) => "3",
                (Takes::Value, Some(Kind::Timestamp)) => "20030604T000000Z",
                (Takes::Value, _) => "\"t\"",
                _ => "v",
            })
            .collect();
        let call = format!("{}({})", function.name, arguments.join(","));
        let script = match function.result {
            Gives::Nothing => format!("{call}; RETURN 1;"),
            _ => format!("STRING v; RETURN {call}!=UNASSIGNED;"),
        };
        let mut builder = ContextBuilder::new(&Arc::new(Library::empty()), function.contexts);
        let id = builder.script(&script);
        let (context, errors) = builder.build();
        assert_eq!(errors, [], "{script}");
        let mut hosts: [Asked; 8] = std::array::from_fn(|_| Asked(Vec::new()));
        let mut system = Still;
        {
            let [session, login, datastore, database, sql, item, status, custom] = &mut hosts;
            let mut env = Env::new(&mut system);
            env.session = Some(session);
            env.login = Some(login);
            env.datastore = Some(datastore);
            env.database = Some(database);
            env.sql = Some(sql);
            env.item = Some(item);
            env.status = Some(status);
            env.custom = Some(custom);
            let result = context.run(id, &mut context.variables(), &mut env);
            let value = result.unwrap_or_else(|error| panic!("{script}: {error}")).unwrap();
            let unassigned = function.result == Gives::Kind(Kind::Timestamp);
            assert_eq!(value.value, Value::Integer(i64::from(!unassigned)), "{script}");
        }
        let asked: Vec<_> = hosts.into_iter().flat_map(|host| host.0).collect();
        assert_eq!(asked.len(), 1, "{script}: {asked:?}");
        let integers = arguments.iter().filter(|argument| **argument == "3").count();
        assert_eq!(asked[0].matches("Integer(3)").count(), integers, "{asked:?}");
        // Without the host the script ends with an error that names it.
        let error = context.run(id, &mut context.variables(), &mut Env::new(&mut system)).unwrap_err();
        assert!(error.to_string().contains("no "), "{error}");
    }
}

#[test]
fn names_and_sections_are_there() {
    for function in all() {
        assert!(
            function.summary.ends_with('.') && !function.contexts.names().is_empty(),
            "{}",
            function.name
        );
        assert!(function.section.is_empty() || function.section.starts_with(|c: char| c.is_ascii_digit()));
    }
}

/// Runs a script with a machine that keeps its log, in zones that stay.
fn in_zones(script: &str, zones: &mut Zones) -> (String, Vec<String>) {
    struct Logging(Vec<String>);
    impl System for Logging {
        fn now(&mut self) -> Timestamp {
            Still.now()
        }

        fn elapsed_ms(&mut self) -> u64 {
            0
        }

        fn random(&mut self, _: Option<i64>) -> u64 {
            0
        }

        fn sleep_ms(&mut self, _: u64) {}

        fn read_file(&mut self, path: &str) -> Result<Vec<u8>, String> {
            Still.read_file(path)
        }

        fn shell(&mut self, _: &str, _: &str, _: bool) -> Option<i64> {
            None
        }

        fn log(&mut self, text: &str) {
            self.0.push(text.to_owned());
        }
    }
    let mut builder = ContextBuilder::new(&Arc::new(Library::empty()), Contexts::GLOBAL);
    let id = builder.script(script);
    let (context, errors) = builder.build();
    assert_eq!(errors, [], "{script}");
    let mut system = Logging(Vec::new());
    let mut env = Env::new(&mut system);
    env.zones = zones.clone();
    let result = context.run(id, &mut context.variables(), &mut env);
    *zones = env.zones;
    let value = result.unwrap_or_else(|error| panic!("{script}: {error}"));
    (value.map_or(String::new(), |value| value.value.to_text()), system.0)
}

#[test]
fn a_zone_is_given_in_many_ways() {
    for (spec, name) in [
        ("\"America/New_York\"", "America/New_York"),
        ("\"cet/cest\"", "CET/CEST"),
        ("-18000", "-05:00"),
        ("\"+0530\"", "+05:30"),
        ("\"UTC\"", "UTC"),
        ("\"FLOATING\"", ""),
        ("EMPTY", ""),
        ("\"USERTIMEZONE\"", "system"),
        ("SYSTEMNOW()", "system"),
        (
            "\"BEGIN:VTIMEZONE\\nTZID:Mine\\nBEGIN:STANDARD\\nDTSTART:19670101T000000\\nTZOFFSETFROM:+0017\\nTZOFFSETTO:+0017\\nEND:STANDARD\\nEND:VTIMEZONE\"",
            "Mine",
        ),
    ] {
        let script = format!("TIMESTAMP t; t=20030604T120000Z; SETTIMEZONE(t, {spec}); RETURN TIMEZONE(t);");
        assert_eq!(in_zones(&script, &mut Zones::default()), (name.to_owned(), Vec::new()), "{spec}");
    }
}

#[test]
fn a_zone_that_nobody_knows_changes_nothing_and_is_logged() {
    let set = "TIMESTAMP t; t=20030604T120000Z; SETTIMEZONE(t, \"Nowhere\"); RETURN t;";
    let convert = "RETURN CONVERTTOZONE(20030604T120000Z, \"Nowhere\")==UNASSIGNED;";
    let user = "SETUSERTIMEZONE(\"Nowhere\"); RETURN USERTIMEZONE();";
    let far = "RETURN CONVERTTOZONE(20030604T120000Z, 999999)==UNASSIGNED;";
    for (script, result) in [(set, "20030604T120000Z"), (convert, "1"), (user, "system"), (far, "1")] {
        let (text, log) = in_zones(script, &mut Zones::default());
        assert_eq!((text.as_str(), log.len()), (result, 1), "{script}: {log:?}");
    }
}

#[test]
fn the_users_zone_stays_for_the_next_script() {
    let mut zones = Zones::default();
    let _ = in_zones("SETUSERTIMEZONE(\"EST/EDT\");", &mut zones);
    let script = "RETURN USERTIMEZONE() + \" \" + CONVERTTOUSERZONE(20030604T120000Z);";
    assert_eq!(in_zones(script, &mut zones).0, "EST/EDT 20030604T080000");
}

#[test]
fn lengths_and_times_of_day_are_calculated_with() {
    for (expression, text) in [
        ("20030604T164922Z - 20030604T164900Z", "PT22S"),
        ("20030604T000000Z - (timestamp)\"PT1H\"", "20030603T230000Z"),
        ("20030604T000000Z + (timestamp)\"PT1H\"", "20030604T010000Z"),
        ("20030604T164922Z - TIMEONLY(20030604T164922Z)", "20030604T000000Z"),
        ("TIMEONLY(20030604T164922Z) - TIMEONLY(20030604T164900Z)", "PT22S"),
        ("(string)TIMEONLY(20030604T000000Z)", "000000"),
        ("(string)POINTINTIME(DATEONLY(20030604T164922Z) + TIMEONLY(20030604T164922Z))", "20030604T164922"),
        ("20030604T164922Z - 20030604T164900Z < TIMEUNITS(23)", "1"),
        ("(string)(20030604T164922Z - 20030604T164922Z)", "PT0S"),
    ] {
        let (result, _) = in_zones(&format!("RETURN {expression};"), &mut Zones::default());
        assert_eq!(result, text, "{expression}");
    }
}

#[test]
fn an_event_without_a_start_has_no_days() {
    let days = |arguments: &str| {
        let mut builder = ContextBuilder::new(&Arc::new(Library::empty()), Contexts::GLOBAL);
        let script = builder.script(&format!("RETURN ALLDAYCOUNT({arguments});"));
        let (context, errors) = builder.build();
        assert_eq!(errors, []);
        let mut system = Still;
        let value = context.run(script, &mut context.variables(), &mut Env::new(&mut system));
        value.unwrap().unwrap().value
    };
    assert_eq!(days("\"\", \"20030605\""), Value::Integer(0));
    assert_eq!(days("\"20030604\", \"\""), Value::Integer(1));
    assert_eq!(days("\"20030605\", \"20030604\""), Value::Integer(0));
}
