//! The scripts around the items of a plugin (manual 11.34.41). They have no SQL.

use syncloom_config::{DatabaseScript, Map};
use syncloom_script::{Item, Value};

use super::items::PluginItems;
use crate::error::StoreError;
use crate::scripts::Moment;
use crate::traits::Items;

impl PluginItems<'_> {
    /// An item as the scripts leave it that was read through these maps.
    pub(super) fn after_read(
        &self,
        local_id: &str,
        maps: &[&Map],
        mut row: Item,
    ) -> Result<Item, StoreError> {
        if let Some(scripts) = &self.scope.scripts {
            scripts.load(&row, &mut maps.iter().filter(|map| map.variable).map(|map| map.field));
        }
        self.script(DatabaseScript::AfterRead, &Moment { local_id, ..Moment::default() }, Some(&mut row))?;
        Ok(row.in_list(&self.kept.field_map.list))
    }

    /// A row to be written. Scripts see all of an item that is there, and not only what has changed.
    pub(super) fn before_write(&mut self, local_id: Option<&str>, item: &Item) -> Result<Item, StoreError> {
        let mut row = item.clone();
        if let Some(local_id) = local_id.filter(|_| self.datastore.database_scripts.write()) {
            row = self.read(local_id)?.ok_or_else(|| StoreError::gone(local_id))?;
            row.take_over(item);
        }
        row = row.in_list(&self.kept.field_map.rows);
        let moment = Moment {
            local_id: local_id.unwrap_or_default(),
            writing: true,
            inserting: local_id.is_none(),
            ..Moment::default()
        };
        self.script(DatabaseScript::BeforeWrite, &moment, Some(&mut row))?;
        if let Some(scripts) = &self.scope.scripts {
            scripts.save(&mut row);
        }
        Ok(row)
    }

    /// An item has been written, or deleted if there is none.
    pub(super) fn after_write(
        &self,
        local_id: &str,
        row: Option<Item>,
        inserting: bool,
    ) -> Result<(), StoreError> {
        let moment =
            Moment { local_id, writing: true, inserting, deleting: row.is_none(), ..Moment::default() };
        let mut row = row.unwrap_or_else(|| Item::new(self.kept.field_map.rows.clone()));
        self.script(DatabaseScript::AfterWrite, &moment, Some(&mut row)).map(drop)
    }

    /// Runs a script, if the config has it.
    pub(super) fn script(
        &self,
        script: DatabaseScript,
        moment: &Moment<'_>,
        row: Option<&mut Item>,
    ) -> Result<Option<Value>, StoreError> {
        let scripts = self.scope.runner(self.datastore, script);
        scripts.map_or(Ok(None), |scripts| scripts.run(script, moment, row, None))
    }
}
