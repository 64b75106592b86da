//! Things by their names, whatever the case of these.

/// A small table: it is filled when a datatype is prepared, and asked for every line of every text.
#[derive(Debug)]
pub(crate) struct Names<T> {
    /// The names in upper case.
    entries: Vec<(Vec<u8>, T)>,
    /// Where they are in `entries`, from the place on that the hash of a name says. As many are free as are taken.
    places: Vec<Option<usize>>,
}

impl<T> Default for Names<T> {
    fn default() -> Names<T> {
        Names { entries: Vec::new(), places: Vec::new() }
    }
}

impl<T> Names<T> {
    /// What has this name.
    pub fn get(&self, name: &[u8]) -> Option<&T> {
        let mask = self.places.len().checked_sub(1)?;
        let mut at = hash(name) & mask;
        while let Some(place) = self.places[at] {
            let (known, found) = &self.entries[place];
            // Most texts have them in upper case.
            if known == name || known.eq_ignore_ascii_case(name) {
                return Some(found);
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// What has this name, made if there is nothing yet.
    pub fn entry(&mut self, name: &[u8], make: impl FnOnce() -> T) -> &mut T {
        let known = self.entries.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
        let place = known.unwrap_or_else(|| {
            self.entries.push((name.to_ascii_uppercase(), make()));
            self.arrange();
            self.entries.len() - 1
        });
        &mut self.entries[place].1
    }

    /// Puts the names where they are looked for.
    fn arrange(&mut self) {
        let mask = (self.entries.len() * 2).next_power_of_two() - 1;
        self.places = vec![None; mask + 1];
        for (place, (name, _)) in self.entries.iter().enumerate() {
            let mut at = hash(name) & mask;
            while self.places[at].is_some() {
                at = (at + 1) & mask;
            }
            self.places[at] = Some(place);
        }
    }
}

/// The same for a name in upper and lower case: its length, and the letters at its ends.
fn hash(name: &[u8]) -> usize {
    let ends = name.first().zip(name.last());
    let letter = |byte: &u8| usize::from(byte & !0x20);
    ends.map_or(0, |(first, last)| name.len() ^ letter(first) << 1 ^ letter(last) << 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        let mut names = Names::default();
        assert_eq!(names.get(b"X"), None);
        for number in 0..200_usize {
            assert_eq!(*names.entry(format!("X-Name{number}").as_bytes(), || number), number);
        }
        assert_eq!(*names.entry(b"x-nAME7", || 1000), 7);
        for number in 0..200 {
            assert_eq!(names.get(format!("x-nAME{number}").as_bytes()), Some(&number));
        }
        assert_eq!(names.get(b"X-NAME200"), None);
    }
}
