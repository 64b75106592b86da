//! The elements of a data object, prepared: tags of one element brought together.

use syncloom_config::TagMap;

/// An element, in its parent.
#[derive(Debug)]
pub(super) struct ElementPlan {
    pub name: String,
    pub parent: Option<String>,
    /// The tags that its content goes to, one after the other, as places in the profile.
    pub contents: Vec<usize>,
    /// Its attributes, and the tags that each of them goes to.
    pub attributes: Vec<(String, Vec<usize>)>,
}

impl ElementPlan {
    /// Whether it is this element; the parent may be any where the config names none.
    pub fn fits(&self, name: &str, parent: Option<&str>) -> bool {
        let in_parent = |wanted: &String| parent.is_some_and(|parent| wanted.eq_ignore_ascii_case(parent));
        self.name.eq_ignore_ascii_case(name) && self.parent.as_ref().is_none_or(in_parent)
    }
}

/// The elements that tags are about, in the order in which they are first named.
pub(super) fn elements(tags: &[TagMap]) -> Vec<ElementPlan> {
    let mut elements: Vec<ElementPlan> = Vec::new();
    for (index, tag) in tags.iter().enumerate() {
        let is_it = |known: &ElementPlan| {
            known.name.eq_ignore_ascii_case(&tag.element)
                && known.parent.as_deref().map(str::to_ascii_lowercase)
                    == tag.parent.as_deref().map(str::to_ascii_lowercase)
        };
        let place = elements.iter().position(is_it).unwrap_or_else(|| {
            elements.push(ElementPlan {
                name: tag.element.clone(),
                parent: tag.parent.clone(),
                contents: Vec::new(),
                attributes: Vec::new(),
            });
            elements.len() - 1
        });
        let element = &mut elements[place];
        let Some(name) = &tag.attribute else {
            element.contents.push(index);
            continue;
        };
        match element.attributes.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, tags)) => tags.push(index),
            None => element.attributes.push((name.clone(), vec![index])),
        }
    }
    elements
}

/// Whether a text can be the name of an element. Names beyond ASCII are none here; nobody has such.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
