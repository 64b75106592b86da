//! What scripts of a datatype are answered by the datatype and the items themselves; the rest is asked of the item's
//! sync.

use std::sync::Arc;

use syncloom_config::DataType;
use syncloom_script::functions::calls::ItemCall;
use syncloom_script::lang::{Host, ItemPair};
use syncloom_script::{CompareMode, Comparer, Comparison, FieldId, Item, Merged, Value, Zones};

use crate::peer::Peer;
use crate::profiles::Profiles;

/// What one run works with, and what it says.
#[derive(Debug, Default)]
pub(super) struct ItemHost<'h> {
    /// How fields are compared and merged.
    pub comparer: Option<&'h Comparer>,
    /// The mode of a comparison.
    pub mode: Option<CompareMode>,
    /// What merging changed.
    pub merged: Merged,
    /// The size limit of the item; `None` is none.
    pub size_limit: Option<u64>,
    pub filters_all: bool,
}

/// The host of one run.
pub(super) struct Asked<'h, 'c> {
    pub datatype: &'h Arc<DataType>,
    pub profiles: &'h Profiles,
    /// The zones that there were when the script began.
    pub zones: &'h Zones,
    pub available: Option<&'h [bool]>,
    pub overridden: &'h mut Vec<(usize, bool)>,
    pub own: &'h mut ItemHost<'c>,
    pub outer: Option<&'h mut dyn Host<ItemCall>>,
}

impl Host<ItemCall> for Asked<'_, '_> {
    fn call(
        &mut self,
        function: ItemCall,
        arguments: &[Value],
        items: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        let number = |at: usize| arguments.get(at).and_then(Value::to_integer);
        let flag = |at: usize| number(at).is_some_and(|number| number != 0);
        Ok(match function {
            ItemCall::DataType => Value::Text(self.datatype.name.clone()),
            ItemCall::TypeName => Value::Text(self.datatype.mime_type.clone()),
            ItemCall::TypeVersion => Value::Text(self.datatype.version.clone()),
            ItemCall::Available => self.is_available(number(0)),
            ItemCall::SetFieldOptions => {
                if let Some(field) = number(0).and_then(|field| usize::try_from(field).ok()) {
                    self.overridden.retain(|(known, _)| *known != field);
                    self.overridden.push((field, flag(1)));
                }
                Value::Unassigned
            }
            ItemCall::SetFilterAll => {
                self.own.filters_all = flag(0);
                Value::Unassigned
            }
            ItemCall::SizeLimit => match self.own.size_limit {
                Some(limit) => Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)),
                None => Value::Unassigned,
            },
            // UNASSIGNED and -1 take the limit away (manual 10.5.10).
            ItemCall::SetSizeLimit => {
                self.own.size_limit = number(0).and_then(|limit| u64::try_from(limit).ok());
                Value::Unassigned
            }
            ItemCall::WinningChanged => Value::Integer(self.own.merged.winner_changed.into()),
            ItemCall::LoosingChanged => Value::Integer(self.own.merged.loser_changed.into()),
            ItemCall::SetWinningChanged => {
                self.own.merged.winner_changed = flag(0);
                Value::Unassigned
            }
            ItemCall::SetLoosingChanged => {
                self.own.merged.loser_changed = flag(0);
                Value::Unassigned
            }
            ItemCall::CompareFields => self.compare_fields(items)?,
            ItemCall::MergeFields => self.merge_fields(arguments, items)?,
            ItemCall::RelaxedCompare => relaxed_compare(arguments, items),
            ItemCall::ComparisonMode => Value::Text(self.own.mode.map_or("", mode_name).to_owned()),
            ItemCall::ParseText | ItemCall::MakeText => {
                let peer = Peer { zones: self.zones.clone(), ..Peer::default() };
                self.profiles.call(function, arguments, items, &peer).unwrap_or_default()
            }
            other => match &mut self.outer {
                Some(outer) => return outer.call(other, arguments, items),
                None => return Err(format!("{other:?} is asked of an item that is in no sync")),
            },
        })
    }
}

impl Asked<'_, '_> {
    fn is_available(&self, field: Option<i64>) -> Value {
        let Some(field) = field.and_then(|field| usize::try_from(field).ok()) else {
            return Value::Unassigned;
        };
        let said = self.overridden.iter().find(|(known, _)| *known == field).map(|(_, has)| *has);
        let known = said.or_else(|| Some(self.available?.get(field).copied().unwrap_or(false)));
        known.map_or(Value::Empty, |has| Value::Integer(has.into()))
    }

    fn compare_fields(&self, items: &ItemPair<'_>) -> Result<Value, String> {
        let comparer = self.own.comparer.ok_or("there are no items to compare here")?;
        let both = items.target.get().zip(items.reference.get());
        let (item, other) = both.ok_or("there are no two items to compare")?;
        let mode = self.own.mode.unwrap_or(CompareMode::Conflict);
        Ok(Value::Integer(match comparer.compare(item, other, mode) {
            Comparison::Equal => 0,
            Comparison::Newer => 1,
            Comparison::Older => -1,
            Comparison::Incomparable => -999,
        }))
    }

    /// MERGEFIELDS(mode, ignored): the default merge without the fields that are named.
    fn merge_fields(&mut self, arguments: &[Value], items: &mut ItemPair<'_>) -> Result<Value, String> {
        let comparer = self.own.comparer.ok_or("there are no items to merge here")?;
        let problem = |fault| format!("{fault}");
        let winning = items.target.get_mut().map_err(problem)?;
        let loosing = items.reference.get_mut().map_err(problem)?;
        let ignored = arguments.get(1).map(Value::to_text).unwrap_or_default();
        let merged = if ignored.trim().is_empty() {
            syncloom_script::merge(winning, loosing, comparer)
        } else {
            let mut comparer = comparer.clone();
            for name in ignored.split_whitespace() {
                if let Some(field) = winning.list().find(name) {
                    comparer.set_available(field, false);
                }
            }
            syncloom_script::merge(winning, loosing, &comparer)
        };
        self.own.merged.winner_changed |= merged.winner_changed;
        self.own.merged.loser_changed |= merged.loser_changed;
        Ok(Value::Unassigned)
    }
}

/// RELAXEDCOMPARE(main fields, "", further fields): array fields are compared entry by entry, leaving out entries whose
/// main fields are all empty. Where there is no difference the names come back, with space around each, for the second
/// argument of MERGEFIELDS.
fn relaxed_compare(arguments: &[Value], items: &ItemPair<'_>) -> Value {
    let Some((item, other)) = items.target.get().zip(items.reference.get()) else { return Value::Empty };
    let names: Vec<String> = arguments.iter().map(Value::to_text).collect();
    let main_count = names.iter().position(|name| name.trim().is_empty()).unwrap_or(names.len());
    let find = |name: &String| item.list().find(name.trim());
    let main: Vec<FieldId> = names[..main_count].iter().filter_map(find).collect();
    let named: Vec<&String> = names.iter().filter(|name| !name.trim().is_empty()).collect();
    let all: Vec<FieldId> = named.iter().filter_map(|name| find(name)).collect();
    if main.is_empty()
        || all.len() != named.len()
        || entries(item, &main, &all) != entries(other, &main, &all)
    {
        return Value::Empty;
    }
    Value::Text(named.iter().fold(" ".to_owned(), |text, name| text + name.trim() + " "))
}

/// The entries of parallel arrays whose main fields hold something, as text.
fn entries(item: &Item, main: &[FieldId], all: &[FieldId]) -> Vec<Vec<String>> {
    let count = all.iter().map(|field| item.get(*field).elements().len()).max().unwrap_or(0);
    (0..count)
        .filter(|at| main.iter().any(|field| !item.get_at(*field, *at).is_empty()))
        .map(|at| all.iter().map(|field| item.get_at(*field, at).to_text()).collect())
        .collect()
}

fn mode_name(mode: CompareMode) -> &'static str {
    CompareMode::NAMES.iter().find(|(_, known)| *known == mode).map_or("", |(name, _)| name)
}
