//! What scripts ask of two items and say of them: COMPAREFIELDS, MERGEFIELDS, RELAXEDCOMPARE and their like (manual
//! 10.5.12, 10.5.13).
//!
//! Not its job: what one item is asked, and which of the two wins.

use syncloom_script::functions::calls::ItemCall;
use syncloom_script::lang::ItemPair;
use syncloom_script::{CompareMode, Comparer, Comparison, FieldId, Item, Merged, Value};

/// Two items under comparison, or in a merge.
#[derive(Debug, Default)]
pub(super) struct Judging<'c> {
    /// How fields are compared and merged; `None` where there are no two items.
    pub(super) comparer: Option<&'c Comparer>,
    /// The mode of a comparison.
    pub(super) mode: Option<CompareMode>,
    /// What merging changed, and what the script says instead.
    pub(super) merged: Merged,
}

impl<'c> Judging<'c> {
    /// By a comparer, if there is one; nothing is merged yet.
    pub(super) fn by(comparer: Option<&'c Comparer>, mode: Option<CompareMode>) -> Self {
        Judging { comparer, mode, merged: Merged::default() }
    }

    /// Answers a function that is about two items; `None` to any other. The error ends the script.
    pub(super) fn call(
        &mut self,
        function: ItemCall,
        arguments: &[Value],
        items: &mut ItemPair<'_>,
    ) -> Option<Result<Value, String>> {
        let flag = || arguments.first().and_then(Value::to_integer).is_some_and(|number| number != 0);
        Some(Ok(match function {
            ItemCall::WinningChanged => Value::Integer(self.merged.winner_changed.into()),
            ItemCall::LoosingChanged => Value::Integer(self.merged.loser_changed.into()),
            ItemCall::SetWinningChanged => {
                self.merged.winner_changed = flag();
                Value::Unassigned
            }
            ItemCall::SetLoosingChanged => {
                self.merged.loser_changed = flag();
                Value::Unassigned
            }
            ItemCall::ComparisonMode => Value::Text(self.mode.map_or("", mode_name).into()),
            ItemCall::CompareFields => return Some(self.compare_fields(items)),
            ItemCall::MergeFields => return Some(self.merge_fields(arguments, items)),
            ItemCall::RelaxedCompare => relaxed_compare(arguments, items),
            _ => return None,
        }))
    }

    fn compare_fields(&self, items: &ItemPair<'_>) -> Result<Value, String> {
        let comparer = self.comparer.ok_or("there are no items to compare here")?;
        let both = items.target.get().zip(items.reference.get());
        let (item, other) = both.ok_or("there are no two items to compare")?;
        let mode = self.mode.unwrap_or(CompareMode::Conflict);
        Ok(Value::Integer(match comparer.compare(item, other, mode) {
            Comparison::Equal => 0,
            Comparison::Newer => 1,
            Comparison::Older => -1,
            Comparison::Incomparable => -999,
        }))
    }

    /// MERGEFIELDS(mode, ignored): the default merge without the fields that are named.
    fn merge_fields(&mut self, arguments: &[Value], items: &mut ItemPair<'_>) -> Result<Value, String> {
        let comparer = self.comparer.ok_or("there are no items to merge here")?;
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
        self.merged.winner_changed |= merged.winner_changed;
        self.merged.loser_changed |= merged.loser_changed;
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
    Value::Text(named.iter().fold(" ".to_owned(), |text, name| text + name.trim() + " ").into())
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
