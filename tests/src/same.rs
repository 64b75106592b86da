//! Whether two sides hold the same.

use std::fmt::Debug;

/// Panics with the difference where two lists do not hold the same items, in whatever order.
pub fn assert_same<T: Ord + Clone + Debug>(mut ours: Vec<T>, mut theirs: Vec<T>, about: &str) {
    ours.sort();
    theirs.sort();
    let only = |these: &[T], others: &[T]| -> Vec<T> {
        these.iter().filter(|item| !others.contains(item)).cloned().collect()
    };
    let (only_ours, only_theirs) = (only(&ours, &theirs), only(&theirs, &ours));
    assert!(
        ours == theirs,
        "{about}: {} and {} items\nonly on the first side: {only_ours:#?}\nonly on the second side: {only_theirs:#?}",
        ours.len(),
        theirs.len()
    );
}
