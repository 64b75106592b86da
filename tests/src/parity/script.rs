//! Cases of the script language: a script with its functions, macros and items, and its result, variables and
//! errors.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;
use syncloom_formats::{Peer, Profiles};
use syncloom_script::functions::Contexts;
use syncloom_script::functions::calls::{ItemCall, SessionCall};
use syncloom_script::lang::{
    ContextBuilder, Env, Host, ItemPair, ItemSlot, Library, Macros, RunError, ScriptError, System, TypedValue,
};
use syncloom_script::time::Zones;
use syncloom_script::{FieldList, Item, Timestamp, TimestampKind, Value, Zone};

use super::Verdict;
use super::config::{Datatype, lists, loaded};
use super::script_rules::on_purpose;

/// Runs a case and compares.
pub fn run(input: &Json, output: &Json) -> Verdict {
    let wanted = Outcome::wanted(output);
    let got = Outcome::got(input);
    if wanted.matches(&got) {
        return Verdict::Equal;
    }
    match on_purpose(input, &wanted, &got) {
        Some(row) => Verdict::OnPurpose(row),
        None => Verdict::Differs { wanted: wanted.to_string(), got: got.to_string() },
    }
}

/// How a script ended.
#[derive(Debug, PartialEq)]
pub(super) enum End {
    /// With a value, or without.
    Value(Option<String>),
    /// Refused when it was loaded.
    Refused(String),
    /// With an error while it ran.
    Failed(String),
    /// With the end of the process.
    Crashed,
}

/// How a script ended, and what it left.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) end: End,
    variables: BTreeMap<String, String>,
    items: [BTreeMap<String, String>; 2],
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?}", self.end, self.variables)?;
        self.items.iter().filter(|item| !item.is_empty()).try_for_each(|item| write!(f, " item {item:?}"))
    }
}

impl Outcome {
    fn wanted(output: &Json) -> Outcome {
        let log = || output["log"].to_string();
        let end = if let Some(error) = output["config_error"].as_str() {
            End::Refused(error.to_owned())
        } else if !output["crash"].is_null() || !output["hang"].is_null() {
            End::Crashed
        } else if output["ok"] == Json::Bool(false) {
            End::Failed(log())
        } else {
            End::Value(output.get("result").map(dumped))
        };
        let map = |key: &str| {
            let entries = output[key].as_object().into_iter().flatten();
            // An array without elements is an unassigned field as well as an empty array.
            let kept = entries.map(|(name, value)| (name.to_ascii_lowercase(), dumped(value)));
            kept.filter(|(_, value)| key == "vars" || !is_nothing(value)).collect()
        };
        Outcome { end, variables: map("vars"), items: [map("item"), map("reference_item")] }
    }

    /// Whether the same is meant: of an error the place and words are ours, and so is what stands in the variables
    /// of a script that was refused.
    fn matches(&self, got: &Outcome) -> bool {
        let same_end = match (&self.end, &got.end) {
            (End::Refused(_), End::Refused(_)) => return true,
            (End::Failed(_), End::Failed(_)) => true,
            (wanted, got) => wanted == got,
        };
        same_end && self.variables == got.variables && self.items == got.items
    }

    fn got(input: &Json) -> Outcome {
        let mut macros = Macros::new();
        for (name, text) in input["macros"].as_object().into_iter().flatten() {
            macros.insert(name.clone(), text.as_str().unwrap_or_default().to_owned());
        }
        let functions: Vec<&str> =
            input["functions"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let (library, errors) = Library::new(macros, &functions, 200);
        let mut outcome =
            Outcome { end: End::Value(None), variables: BTreeMap::new(), items: Default::default() };
        if let Some((_, error)) = errors.first() {
            outcome.end = End::Refused(error.to_string());
            return outcome;
        }
        let library = Arc::new(library);
        let zones = zones(input);
        let datatype = input["datatype"].as_str().and_then(|name| lists().datatype(name));
        let datatype = datatype.or_else(|| lists().datatype_of(input["item_fieldlist"].as_str()?));
        let named = input["item_fieldlist"].as_str().and_then(|name| lists().fields(name));
        let list = named.or(datatype.map(|datatype| &datatype.list));
        let idle = Idle { datatype };
        let mut target = list.map(|list| Item::new(Arc::clone(list)));
        let has_reference = input["reference_item_init"].is_string();
        let mut reference = list.filter(|_| has_reference).map(|list| Item::new(Arc::clone(list)));
        for (key, item) in [("item_init", &mut target), ("reference_item_init", &mut reference)] {
            if let (Some(text), Some(item)) = (input[key].as_str(), item) {
                let _ = execute(&library, text, [Some(item), None], list, &zones, idle);
            }
        }
        let script = input["script"].as_str().unwrap_or_default();
        match execute(&library, script, [target.as_mut(), reference.as_mut()], list, &zones, idle) {
            Err(error) => outcome.end = End::Refused(error.to_string()),
            Ok((result, variables)) => {
                outcome.end = match result {
                    Ok(value) => End::Value(value.map(|value| shown(&value))),
                    Err(error) => End::Failed(error.to_string()),
                };
                outcome.variables = variables;
            }
        }
        for (item, shown_item) in [target, reference].into_iter().zip(&mut outcome.items) {
            if let Some(item) = item {
                for ((_, value), field) in item.iter().zip(item.list().fields()) {
                    let value = TypedValue { kind: field.kind.into(), value: value.clone() };
                    let text = if field.array { shown_array(&value) } else { shown(&value) };
                    if !is_nothing(&text) {
                        shown_item.insert(field.name.to_ascii_lowercase(), text);
                    }
                }
            }
        }
        outcome
    }
}

/// The zones of a machine in UTC, whose user is where the case says.
fn zones(input: &Json) -> Zones {
    let mut zones = Zones::default();
    if let Some(Ok(zone)) = input["usertimezone"].as_str().map(|name| zones.find(name)) {
        zones.set_user(zone);
    }
    zones
}

/// An item of a field list, filled by a script.
pub(super) fn made(list: &Arc<FieldList>, script: &str) -> Result<Item, String> {
    let mut item = Item::new(Arc::clone(list));
    let library = Arc::new(Library::empty());
    let idle = Idle { datatype: None };
    let ended = execute(&library, script, [Some(&mut item), None], Some(list), &Zones::default(), idle);
    let (result, _) = ended.map_err(|error| error.to_string())?;
    result.map_err(|error| error.to_string())?;
    Ok(item)
}

type Ended = (Result<Option<TypedValue>, RunError>, BTreeMap<String, String>);

fn execute(
    library: &Arc<Library>,
    text: &str,
    items: [Option<&mut Item>; 2],
    list: Option<&Arc<FieldList>>,
    zones: &Zones,
    idle: Idle,
) -> Result<Ended, ScriptError> {
    let mut builder = ContextBuilder::new(library, Contexts::GLOBAL);
    if let Some(list) = list {
        builder = builder.target(list, true).reference(list, true);
    }
    let id = builder.script(text);
    let (context, errors) = builder.build();
    if let Some((_, error)) = errors.into_iter().next() {
        return Err(error);
    }
    let slot = |item| match item {
        Some(item) => ItemSlot::Write(item),
        None => ItemSlot::None,
    };
    let mut system = Machine { elapsed: 0 };
    let (mut session, mut item) = (idle, idle);
    let [target, reference] = items;
    let mut env = Env::new(&mut system);
    env.zones = zones.clone();
    env.items = ItemPair { target: slot(target), reference: slot(reference) };
    env.session = Some(&mut session);
    env.item = Some(&mut item);
    let mut variables = context.variables();
    let result = context.run(id, &mut variables, &mut env);
    let is_array = |value: &TypedValue| matches!(value.value, Value::Array(_));
    let shown = context
        .values(&variables)
        .map(|(name, value)| {
            let text = if is_array(&value) { shown_array(&value) } else { shown(&value) };
            (name.to_ascii_lowercase(), text)
        })
        .collect();
    Ok((result, shown))
}

/// A machine as the cases were run on, whose clock goes on as it is looked at.
struct Machine {
    elapsed: u64,
}

impl System for Machine {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_unix_ms(1_339_761_600_000)
    }

    fn elapsed_ms(&mut self) -> u64 {
        self.elapsed += 1;
        self.elapsed
    }

    fn random(&mut self, _: Option<i64>) -> u64 {
        0
    }

    fn shell(&mut self, command: &str, _: &str, _: bool) -> Option<i64> {
        match command {
            "true" => Some(0),
            other => other.strip_prefix("exit ")?.parse().ok(),
        }
    }
}

/// A session that has not begun, and an item of the test's datatype.
#[derive(Clone, Copy)]
struct Idle {
    datatype: Option<&'static Datatype>,
}

impl Host<SessionCall> for Idle {
    fn call(&mut self, function: SessionCall, _: &[Value], _: &mut ItemPair<'_>) -> Result<Value, String> {
        Ok(match function {
            SessionCall::SyncmlVersion => Value::Text("unknown".into()),
            SessionCall::RemoteRuleName | SessionCall::LocalUri => Value::Empty,
            SessionCall::IsActiveRule | SessionCall::DebugMask => Value::Integer(0),
            _ => Value::Unassigned,
        })
    }
}

impl Host<ItemCall> for Idle {
    fn call(
        &mut self,
        function: ItemCall,
        arguments: &[Value],
        items: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        let of_type = |text: fn(&Datatype) -> &String| {
            self.datatype.map_or(Value::Empty, |datatype| Value::Text(text(datatype).into()))
        };
        Ok(match function {
            ItemCall::DataType => of_type(|datatype| &datatype.name),
            ItemCall::TypeName => of_type(|datatype| &datatype.mime_type),
            ItemCall::TypeVersion => of_type(|datatype| &datatype.version),
            ItemCall::Available => Value::Empty,
            ItemCall::ParseText | ItemCall::MakeText => {
                profiles().call(function, arguments, items, &Peer::default()).unwrap_or_default()
            }
            _ => Value::Unassigned,
        })
    }
}

/// The profiles of the recordings' config.
fn profiles() -> &'static Profiles {
    static PROFILES: OnceLock<Profiles> = OnceLock::new();
    PROFILES.get_or_init(|| {
        let (mime, text) =
            loaded().map(|config| (&config.mime_profiles[..], &config.text_profiles[..])).unwrap_or_default();
        Profiles::new(mime, text)
    })
}

/// A value as one line: its type, and its state or text; a time with its time units and zone.
fn shown(value: &TypedValue) -> String {
    let kind = value.kind.name();
    let text = match &value.value {
        // A whole array has no value.
        Value::Array(elements) if elements.is_empty() => return "none UNASSIGNED".to_owned(),
        Value::Array(_) => return "none EMPTY".to_owned(),
        Value::Unassigned => "UNASSIGNED".to_owned(),
        Value::Empty => "EMPTY".to_owned(),
        Value::Timestamp(time) => format!("{} {}", time.linear(), zone_name(*time)),
        Value::Blob(bytes) if bytes.is_empty() => "EMPTY".to_owned(),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
        other => match other.to_text() {
            text if text.is_empty() => "EMPTY".to_owned(),
            text => format!("{text:?}"),
        },
    };
    format!("{kind} {text}")
}

/// The context of a time as cases name it.
pub(super) fn zone_name(time: Timestamp) -> String {
    match (time.kind(), time.zone()) {
        (TimestampKind::Date, _) => "DATE".to_owned(),
        (TimestampKind::Duration, _) => "DURATION".to_owned(),
        (_, Zone::Utc) => "UTC".to_owned(),
        (_, Zone::Floating) => "FLOATING".to_owned(),
        (_, Zone::Offset(minutes)) => format!("{minutes}min"),
        (_, Zone::Named(_)) => Zones::default().name(time.zone()),
    }
}

fn shown_array(value: &TypedValue) -> String {
    let element = |element: &Value| shown(&TypedValue { kind: value.kind, value: element.clone() });
    let elements: Vec<_> = value.value.elements().iter().map(element).collect();
    format!("{} [{}]", value.kind.name(), elements.join(", "))
}

/// The same line from a dump of the original's.
fn dumped(dump: &Json) -> String {
    if let Some(kind) = dump["array"].as_str() {
        let elements: Vec<_> = dump["elements"].as_array().into_iter().flatten().map(dumped).collect();
        return format!("{kind} [{}]", elements.join(", "));
    }
    let kind = dump["type"].as_str().unwrap_or_default();
    let text = if dump["assigned"] != Json::Bool(true) {
        "UNASSIGNED".to_owned()
    } else if dump["empty"] == Json::Bool(true) {
        "EMPTY".to_owned()
    } else if let Some(zone) = dump["zone"].as_str() {
        format!("{} {zone}", dump["lineartime"])
    } else if let Some(blob) = dump["blob_b64"].as_str() {
        let padding = blob.bytes().rev().take_while(|byte| *byte == b'=').count();
        format!("{} bytes", blob.len() / 4 * 3 - padding)
    } else {
        match dump["str"].get("b64") {
            Some(bytes) => format!("{NO_TEXT} {bytes}"),
            None => format!("{:?}", dump["str"].as_str().unwrap_or_default()),
        }
    };
    format!("{kind} {text}")
}

/// What stands for text that is no UTF-8.
pub(super) const NO_TEXT: &str = "bytes in base64";

fn is_nothing(shown: &str) -> bool {
    shown.ends_with(" UNASSIGNED") && !shown.contains('[') || shown.ends_with(" []")
}
