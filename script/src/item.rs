//! An item: one value for every field of its list.

use std::sync::Arc;

use crate::fields::{FieldId, FieldList};
use crate::value::Value;

/// The largest index that an array field takes: what a peer or a script may make us allocate.
pub const MAX_ARRAY_INDEX: usize = 99_999;

/// How many elements an array gets room for with its first: few have more.
const USUAL_ELEMENTS: usize = 4;

/// One contact, event, note: the values of a field list.
#[derive(Clone, Debug)]
pub struct Item {
    list: Arc<FieldList>,
    values: Vec<Value>,
}

impl Item {
    /// An item of which nothing is known yet.
    pub fn new(list: Arc<FieldList>) -> Self {
        let values = std::iter::repeat_with(Value::default).take(list.len()).collect();
        Item { list, values }
    }

    /// The same values in another list, which begins as this one or is the beginning of it.
    pub fn in_list(mut self, list: &Arc<FieldList>) -> Self {
        if !Arc::ptr_eq(&self.list, list) {
            self.list = Arc::clone(list);
            self.values.resize(list.len(), Value::Unassigned);
        }
        self
    }

    /// The list that it is made of.
    pub fn list(&self) -> &Arc<FieldList> {
        &self.list
    }

    /// The value of a field; a field of another list is not assigned.
    #[inline]
    pub fn get(&self, id: FieldId) -> &Value {
        self.values.get(id.index()).unwrap_or(&Value::Unassigned)
    }

    /// The value of a field at an index: an element of an array field; of any other field the value itself
    /// at index 0 and nothing beyond.
    #[inline]
    pub fn get_at(&self, id: FieldId, index: usize) -> &Value {
        match self.get(id) {
            Value::Array(elements) => elements.get(index).unwrap_or(&Value::Unassigned),
            value if index == 0 && !self.is_array(id) => value,
            _ => &Value::Unassigned,
        }
    }

    /// Sets a field. A single value for an array field becomes its only element.
    pub fn set(&mut self, id: FieldId, value: Value) {
        let Some(slot) = self.values.get_mut(id.index()) else { return };
        let is_single =
            matches!(value, Value::Text(_) | Value::Integer(_) | Value::Timestamp(_) | Value::Blob(_));
        *slot = match is_single && self.list.get(id).is_some_and(|field| field.array) {
            true => Value::Array(vec![value]),
            false => value,
        };
    }

    /// The value of a field, to change in its place; the caller keeps it of the field's type.
    pub(crate) fn get_mut(&mut self, id: FieldId) -> Option<&mut Value> {
        self.values.get_mut(id.index())
    }

    /// Sets one element of an array field, which grows as needed; index 0 of any other field is the field.
    /// `false` where there is no such place.
    #[inline]
    pub fn set_at(&mut self, id: FieldId, index: usize, value: Value) -> bool {
        if self.is_array(id) {
            return self.set_element(id, index, value);
        }
        if let Some(slot) = self.values.get_mut(id.index()).filter(|_| index == 0) {
            *slot = value;
        }
        index == 0
    }

    fn set_element(&mut self, id: FieldId, index: usize, value: Value) -> bool {
        let Some(slot) = self.values.get_mut(id.index()).filter(|_| index <= MAX_ARRAY_INDEX) else {
            return false;
        };
        if !matches!(slot, Value::Array(_)) {
            *slot = Value::Array(Vec::with_capacity(USUAL_ELEMENTS));
        }
        if let Value::Array(elements) = slot {
            match elements.get_mut(index) {
                Some(element) => *element = value,
                None => {
                    if elements.len() < index {
                        elements.resize(index, Value::Unassigned);
                    }
                    elements.push(value);
                }
            }
        }
        true
    }

    /// Whether the field holds a list of values.
    #[inline]
    pub fn is_array(&self, id: FieldId) -> bool {
        self.list.get(id).is_some_and(|field| field.array)
    }

    /// Takes over the fields of another item of the same list that are assigned there.
    pub fn take_over(&mut self, other: &Item) {
        for (slot, value) in self.values.iter_mut().zip(&other.values) {
            if !matches!(value, Value::Unassigned) {
                slot.clone_from(value);
            }
        }
    }

    /// Every field with its value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FieldId, &Value)> {
        (0u16..).map(FieldId).zip(&self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::{CompareMode, Field, FieldType, MergeMode};

    fn item() -> Item {
        let mut list = FieldList::new("test");
        for (name, array) in [("ONE", false), ("MANY", true)] {
            let field = Field {
                name: name.into(),
                kind: FieldType::String,
                array,
                compare: CompareMode::Always,
                age: false,
                merge: MergeMode::No,
            };
            list.push(field).unwrap();
        }
        Item::new(Arc::new(list))
    }

    #[test]
    fn arrays_grow_within_their_bound() {
        let mut item = item();
        let many = FieldId(1);
        assert!(item.set_at(many, 2, Value::Text("c".into())));
        assert_eq!(item.get(many).elements().len(), 3);
        assert_eq!(item.get_at(many, 0), &Value::Unassigned);
        assert!(!item.set_at(many, MAX_ARRAY_INDEX + 1, Value::Empty));
        assert!(!item.set_at(FieldId(0), 1, Value::Empty));
    }

    #[test]
    fn a_field_of_another_list_is_neither_read_nor_written() {
        let mut item = item();
        item.set(FieldId(9), Value::Integer(1));
        assert_eq!(item.get(FieldId(9)), &Value::Unassigned);
    }
}
