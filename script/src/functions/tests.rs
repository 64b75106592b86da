//! Every row of the table: its example runs, its host is asked.

use std::sync::Arc;

use super::{Contexts, Gives, Takes, all};
use crate::lang::{ContextBuilder, Env, Host, ItemPair, Kind, Library, System};
use crate::time::Timestamp;
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
