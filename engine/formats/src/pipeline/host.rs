//! What scripts of a datatype are answered by the datatype and the items themselves; the rest is asked of the item's
//! sync.

use std::sync::Arc;

use syncloom_config::DataType;
use syncloom_script::functions::calls::ItemCall;
use syncloom_script::lang::{Host, ItemPair};
use syncloom_script::{FieldId, Value, Zones};

use super::FieldOptions;
use super::judging::Judging;
use crate::peer::{Limit, Peer};
use crate::profiles::Profiles;

/// What one run works with, and what it says.
#[derive(Debug, Default)]
pub(super) struct ItemHost<'h> {
    /// What is said of two items.
    pub judging: Judging<'h>,
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
    pub options: &'h mut Vec<FieldOptions>,
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
        if let Some(answer) = self.own.judging.call(function, arguments, items) {
            return answer;
        }
        let number = |at: usize| arguments.get(at).and_then(Value::to_integer);
        let flag = |at: usize| number(at).is_some_and(|number| number != 0);
        Ok(match function {
            ItemCall::DataType => Value::Text(self.datatype.name.as_str().into()),
            ItemCall::TypeName => Value::Text(self.datatype.mime_type.as_str().into()),
            ItemCall::TypeVersion => Value::Text(self.datatype.version.as_str().into()),
            ItemCall::Available => self.is_available(number(0)),
            ItemCall::SetFieldOptions => {
                if let Some(field) = number(0).and_then(|field| u16::try_from(field).ok()).map(FieldId) {
                    // 0 is no limit, and -1 one that is not known.
                    let size =
                        |at: usize| number(at).and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0);
                    let limit = Limit { max_size: size(2), max_occur: size(3), no_truncate: flag(4) };
                    self.options.retain(|known| known.field != field);
                    self.options.push(FieldOptions { field, available: flag(1), limit });
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
        let Some(field) = field.and_then(|field| u16::try_from(field).ok()).map(FieldId) else {
            return Value::Unassigned;
        };
        let said = self.options.iter().find(|known| known.field == field).map(|known| known.available);
        let known = said.or_else(|| Some(self.available?.get(field.index()).copied().unwrap_or(false)));
        known.map_or(Value::Empty, |has| Value::Integer(has.into()))
    }
}
