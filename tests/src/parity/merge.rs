//! Items compared, merged and replaced by the attributes of their fields: `merge.jsonl`.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use syncloom_script::{
    CompareMode, Comparer, Comparison, Field, FieldList, FieldType, Item, MergeMode, Replacement, Value,
    merge, replace,
};

use super::Verdict;

/// Runs one case.
pub fn run(input: &Json, output: &Json) -> Verdict {
    let list = field_list();
    let read = |script: &str| item(&list, input[script].as_str().unwrap_or_default());
    let (mut winning, mut loosing) = (read("winning_script"), read("loosing_script"));
    let comparer = Comparer::new(Arc::clone(&list));
    match input["op"].as_str() {
        Some("compare") => compare(&winning, &loosing, &comparer, &output["result"]),
        Some("merge") => {
            let merged = merge(&mut winning, &mut loosing, &comparer);
            let wanted = json!({
                "winning": output["winning"], "loosing": output["loosing"],
                "changed_winning": output["changed_winning"], "changed_loosing": output["changed_loosing"],
            });
            let got = json!({
                "winning": dump(&winning), "loosing": dump(&loosing),
                "changed_winning": merged.winner_changed, "changed_loosing": merged.loser_changed,
            });
            let before = [read("winning_script"), read("loosing_script")];
            judge(&wanted, &got, || merge_rule(&before, &wanted, &got))
        }
        Some("replace") => {
            let option = |name: &str| input[name].as_bool().unwrap_or(false);
            let how = Replacement {
                available_only: option("available_only"),
                assigned_only: option("assigned_only"),
                transfer_unassigned: option("transfer_unassigned"),
                detect_cutoffs: option("detect_cutoffs"),
            };
            replace(&mut winning, &loosing, &comparer, how);
            judge(&output["target"], &dump(&winning), || None)
        }
        _ => Verdict::Differs { wanted: output.to_string(), got: "an operation that is not known".into() },
    }
}

fn judge(wanted: &Json, got: &Json, rule: impl FnOnce() -> Option<&'static str>) -> Verdict {
    if wanted == got {
        return Verdict::Equal;
    }
    match rule() {
        Some(why) => Verdict::OnPurpose(why),
        None => Verdict::Differs { wanted: wanted.to_string(), got: got.to_string() },
    }
}

fn compare(first: &Item, second: &Item, comparer: &Comparer, wanted: &Json) -> Verdict {
    let code = |mode| match comparer.compare(first, second, mode) {
        Comparison::Equal => 0,
        Comparison::Newer => 1,
        Comparison::Older => -1,
        Comparison::Incomparable => -999,
    };
    let modes = [
        ("conflict", CompareMode::Conflict),
        ("slowsync", CompareMode::SlowSync),
        ("always", CompareMode::Always),
    ];
    let got: Map<String, Json> =
        modes.iter().map(|(name, mode)| ((*name).to_owned(), json!(code(*mode)))).collect();
    let wanted: Map<String, Json> =
        modes.iter().map(|(name, _)| ((*name).to_owned(), wanted[*name].clone())).collect();
    let (wanted, got) = (Json::Object(wanted), Json::Object(got));
    judge(&wanted, &got, || None)
}

/// Why a merge may come out differently.
fn merge_rule(before: &[Item; 2], wanted: &Json, got: &Json) -> Option<&'static str> {
    let fields = before[0].list();
    let mut why = None;
    for (id, field) in fields.iter() {
        let (ours, theirs) = (before[0].get(id), before[1].get(id));
        if ["winning", "loosing"].iter().all(|side| wanted[side][&field.name] == got[side][&field.name]) {
            continue;
        }
        why = Some(match field.merge {
            MergeMode::AddUnassigned if ours.is_assigned() => "addunassigned fills only what is not assigned",
            MergeMode::Append | MergeMode::Parts(_) if ours.is_empty() && !theirs.is_empty() => {
                "what one side has fills what is empty on the other"
            }
            MergeMode::Append if field.array => "lists take the elements that they lack",
            _ => return None,
        });
    }
    why.or_else(|| {
        // The contents are the same, so it is the flags: the original calls an item changed that is not.
        let side = |flag: &str, side: &str, before: &Item| {
            wanted[flag] == got[flag] || wanted[flag] == true && got[side] == dump(before)
        };
        (side("changed_winning", "winning", &before[0]) && side("changed_loosing", "loosing", &before[1]))
            .then_some("an item that is as it was has not changed")
    })
}

/// The field list `mtest` that the cases ran with.
fn field_list() -> Arc<FieldList> {
    let mut list = FieldList::new("mtest");
    let mut add = |name: String, kind, array, compare, age, merge| {
        list.push(Field { name, kind, array, compare, age, merge }).unwrap();
    };
    let modes = [
        ("NO", MergeMode::No),
        ("FILLEMPTY", MergeMode::FillEmpty),
        ("ADDUNASSIGNED", MergeMode::AddUnassigned),
        ("APPEND", MergeMode::Append),
        ("LINES", MergeMode::Parts('\n')),
        ("SEMI", MergeMode::Parts(';')),
    ];
    for (prefix, kind) in [
        ("STR", FieldType::String),
        ("MUL", FieldType::Multiline),
        ("INT", FieldType::Integer),
        ("TIM", FieldType::Timestamp),
        ("TEL", FieldType::Telephone),
    ] {
        for (name, mode) in modes {
            add(format!("{prefix}_{name}"), kind, false, CompareMode::Conflict, false, mode);
        }
    }
    for (name, mode) in [
        ("CMP_NEVER", CompareMode::Never),
        ("CMP_CONFLICT", CompareMode::Conflict),
        ("CMP_SLOWSYNC", CompareMode::SlowSync),
        ("CMP_ALWAYS", CompareMode::Always),
        ("CMP_SCRIPTED", CompareMode::Scripted),
    ] {
        add(name.to_owned(), FieldType::String, false, mode, false, MergeMode::No);
    }
    add("AGE".to_owned(), FieldType::Timestamp, false, CompareMode::Never, true, MergeMode::No);
    add("ARR_FILL".to_owned(), FieldType::String, true, CompareMode::Conflict, false, MergeMode::FillEmpty);
    add("ARR_APP".to_owned(), FieldType::String, true, CompareMode::Conflict, false, MergeMode::Append);
    Arc::new(list)
}

/// Reads `FIELD="text"; FIELD=5; FIELD=EMPTY; ARRAY[1]="text";`.
fn item(list: &Arc<FieldList>, script: &str) -> Item {
    let mut item = Item::new(Arc::clone(list));
    let mut rest = script.trim();
    while let Some((name, after)) = rest.split_once('=') {
        let (name, index) = match name.trim().split_once('[') {
            Some((name, index)) => (name, index.trim_end_matches(']').parse().unwrap()),
            None => (name.trim(), 0),
        };
        let id = list.find(name).unwrap_or_else(|| panic!("no field {name}"));
        let kind = list.get(id).unwrap().kind;
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"').unwrap();
                (Value::from_text(&quoted[..end].replace("\\n", "\n"), kind), &quoted[end + 1..])
            }
            None => {
                let end = after.find(';').unwrap_or(after.len());
                let word = after[..end].trim();
                (if word == "EMPTY" { Value::Empty } else { Value::from_text(word, kind) }, &after[end..])
            }
        };
        if value == Value::Empty && list.get(id).unwrap().array {
            item.set(id, Value::Array(Vec::new()));
        } else {
            assert!(item.set_at(id, index, value), "{name}[{index}]");
        }
        rest = after.trim_start().trim_start_matches(';').trim_start();
    }
    item
}

/// An item as the recorded answers show it.
fn dump(item: &Item) -> Json {
    let list = item.list();
    let mut fields = Map::new();
    for (id, value) in item.iter().filter(|(_, value)| value.is_assigned()) {
        let field = list.get(id).unwrap();
        let (kind, _) = FieldType::NAMES.iter().find(|(_, kind)| *kind == field.kind).unwrap();
        let one = |value: &Value| {
            let mut shown = json!({
                "type": kind, "assigned": value.is_assigned(), "empty": value.is_empty(), "str": value.to_text(),
            });
            if field.kind == FieldType::Timestamp {
                let (linear, zone) = match value {
                    Value::Timestamp(time) => (time.linear(), "UTC"),
                    _ => (0, "FLOATING"),
                };
                shown["lineartime"] = json!(linear);
                shown["zone"] = json!(zone);
            }
            shown
        };
        let shown = match value {
            Value::Array(elements) => json!({
                "array": kind, "assigned": true, "empty": value.is_empty(),
                "elements": elements.iter().map(one).collect::<Vec<_>>(),
            }),
            value => one(value),
        };
        fields.insert(field.name.clone(), shown);
    }
    Json::Object(fields)
}
