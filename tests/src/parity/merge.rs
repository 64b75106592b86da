//! Items compared, merged and replaced by the attributes of their fields: `merge.jsonl`.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use syncloom_script::time::IsoStyle;
use syncloom_script::{
    CompareMode, Comparer, Comparison, FieldType, Item, MergeMode, Replacement, Value, merge, replace,
};

use super::Verdict;
use super::config::lists;
use super::script::{made, zone_name};

/// Runs one case.
pub fn run(input: &Json, output: &Json) -> Verdict {
    let Some(list) = lists().fields("mtest") else {
        return Verdict::Differs { wanted: output.to_string(), got: "no field list mtest".into() };
    };
    let read = |script: &str| made(list, input[script].as_str().unwrap_or_default());
    let (winning, loosing) = match (read("winning_script"), read("loosing_script")) {
        (Ok(winning), Ok(loosing)) => (winning, loosing),
        (Err(error), _) | (_, Err(error)) => {
            return Verdict::Differs { wanted: "items".into(), got: error };
        }
    };
    let before = [winning.clone(), loosing.clone()];
    let (mut winning, mut loosing) = (winning, loosing);
    let comparer = Comparer::new(Arc::clone(list));
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

/// An item as the recorded answers show it.
fn dump(item: &Item) -> Json {
    let list = item.list();
    let mut fields = Map::new();
    for (id, value) in item.iter().filter(|(_, value)| value.is_assigned()) {
        let field = list.get(id).unwrap();
        let (kind, _) = FieldType::NAMES.iter().find(|(_, kind)| *kind == field.kind).unwrap();
        let one = |value: &Value| {
            let mut shown = json!({
                "type": kind, "assigned": value.is_assigned(), "empty": value.is_empty(), "str": text(value),
            });
            if matches!(field.kind, FieldType::Timestamp | FieldType::Date) {
                let (linear, zone) = match value {
                    Value::Timestamp(time) => (time.linear(), zone_name(*time)),
                    _ => (0, "FLOATING".to_owned()),
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

/// A value as the original shows it: times without an offset.
fn text(value: &Value) -> String {
    match value {
        Value::Timestamp(time) => time.format(IsoStyle::SCRIPT),
        other => other.to_text(),
    }
}
