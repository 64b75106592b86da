//! Data objects: XML documents for mails, files and folders, and how the fields of a list stand in their elements
//! (OMA Data Synchronization 1.2, the Email, File and Folder data objects).

use std::sync::Arc;

use syncloom_script::{FieldId, FieldList};

use super::ProfileUse;

/// The elements of a `<datatype>` of base `dataobj`.
#[derive(Debug)]
pub struct ObjectProfile {
    /// The name of the datatype.
    pub name: String,
    /// The field list that its fields are of.
    pub fields: Arc<FieldList>,
    /// The field DOCTYPE, if there is one: the name of the outermost element.
    pub root: Option<FieldId>,
    /// The elements and attributes, in the order in which they are written.
    pub tags: Vec<TagMap>,
    /// The profile of the item within an element that has `<embeddeditem>`: a MIME-DIR or a text profile.
    pub embedded: Option<ProfileUse>,
}

/// A `<tagmap>`.
#[derive(Debug, Clone)]
pub struct TagMap {
    /// The field.
    pub field: FieldId,
    /// `<xmltag>`: the element.
    pub element: String,
    /// `<xmlattr>`: its attribute that the field is in. Without one it is the content.
    pub attribute: Option<String>,
    /// `<parent>`: the element that it stands in. Without one that is the outermost one.
    pub parent: Option<String>,
    /// `<booltype>`: it is true or false.
    pub is_bool: bool,
    /// `<embeddeditem>`: its content is an item of the profile that the datatype uses.
    pub is_embedded: bool,
    /// `<filterkeyword>`: the name by which peers filter by the field.
    pub filter_keyword: Option<String>,
}

impl TagMap {
    /// What filters may call the field: its keyword, or else its element.
    pub fn filter_name(&self) -> Option<&str> {
        let element = Some(self.element.as_str()).filter(|_| self.attribute.is_none());
        self.filter_keyword.as_deref().or(element)
    }
}
