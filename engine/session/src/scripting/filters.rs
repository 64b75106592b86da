//! The filters of a sync as peer and scripts write them, and what both say of it besides (manual 7.3 to 7.5, 11.34.21).
//!
//! Not its job: testing items with them (`sync/view.rs`).

use syncloom_script::filter::{Expression, parse};

/// The filters of a sync. All parts of a list have to be passed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters {
    /// Always held: ADDSTATICFILTER.
    pub(crate) fixed: Vec<Expression>,
    /// Dynamic: what does not pass is no part of the sync. The peer's `/fi` and exclusive filter, ADDFILTER.
    pub(crate) dynamic: Vec<Expression>,
    /// Temporary: what does not pass is not sent. The peer's `/tf` and inclusive filter.
    pub(crate) asked: Vec<Expression>,
    /// Temporary too: ADDTARGETFILTER.
    pub(crate) target: Vec<Expression>,
    /// A script or the peer has changed one of them.
    pub(crate) changed: bool,
}

/// One of the lists.
pub(super) type Slot = fn(&mut Filters) -> &mut Vec<Expression>;

impl Filters {
    /// Replaces a filter. An empty text is no filter.
    pub(super) fn set(&mut self, slot: Slot, text: &str) -> Result<(), String> {
        let parsed = read(text)?;
        slot(self).clear();
        slot(self).extend(parsed);
        self.changed = true;
        Ok(())
    }

    /// Adds to a filter: both have to be passed.
    pub(super) fn add(&mut self, slot: Slot, text: &str) -> Result<(), String> {
        let parsed = read(text)?;
        slot(self).extend(parsed);
        self.changed = true;
        Ok(())
    }
}

fn read(text: &str) -> Result<Option<Expression>, String> {
    parse(text).map_err(|problems| {
        let why = problems.first().map_or("", |problem| problem.message.as_str());
        format!("the filter {text:?} cannot be read: {why}")
    })
}

/// A filter as a script reads it.
pub(super) fn written(parts: &[Expression]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.to_string(),
        several => several.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join("&"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_set_added_to_and_read() {
        let mut filters = Filters::default();
        let dynamic: Slot = |filters| &mut filters.dynamic;
        for (step, (add, text, reads)) in [
            (true, "A=1", "A=1"),
            (true, "B=2|C=3", "(A=1)&(B=2|C=3)"),
            (true, "", "(A=1)&(B=2|C=3)"),
            (false, "D^=x", "D^=x"),
            (false, " ", ""),
        ]
        .into_iter()
        .enumerate()
        {
            let done = if add { filters.add(dynamic, text) } else { filters.set(dynamic, text) };
            done.unwrap();
            assert_eq!(written(&filters.dynamic), reads, "step {step}");
        }
        assert!(filters.changed);
        assert!(filters.set(dynamic, "(A=1").is_err());
    }
}
