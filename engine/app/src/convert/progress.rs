//! How far it has got, on one line of a terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How long nothing is shown: what is done by then needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the bar is drawn.
const INTERVAL: Duration = Duration::from_millis(100);
/// The length of the bar in characters.
const WIDTH: u64 = 30;

/// A bar on standard error, if that is a terminal and the whole is known.
pub(super) struct Progress {
    total: u64,
    done: u64,
    items: u64,
    drawn: Instant,
    wait: Duration,
    visible: bool,
    wanted: bool,
}

impl Progress {
    /// Of so many bytes.
    pub fn new(total: u64) -> Progress {
        let wanted = total > 0 && std::io::stderr().is_terminal();
        Progress { total, done: 0, items: 0, drawn: Instant::now(), wait: PATIENCE, visible: false, wanted }
    }

    /// Another item of so many bytes is done.
    pub fn went_on(&mut self, bytes: usize) {
        self.done = self.done.saturating_add(u64::try_from(bytes).unwrap_or(0)).min(self.total);
        self.items += 1;
        if self.wanted && self.drawn.elapsed() >= self.wait {
            self.drawn = Instant::now();
            self.wait = INTERVAL;
            self.visible = true;
            eprint!("\r{}", bar(self.done, self.total, self.items));
            let _ = std::io::stderr().flush();
        }
    }

    /// Takes the bar away, so that something else can be printed.
    pub fn hide(&mut self) {
        if std::mem::take(&mut self.visible) {
            eprint!("\r\x1b[K");
        }
    }
}

fn bar(done: u64, total: u64, items: u64) -> String {
    let full = usize::try_from(done.saturating_mul(WIDTH) / total.max(1)).unwrap_or(0);
    let empty = usize::try_from(WIDTH).unwrap_or(0).saturating_sub(full);
    let percent = done.saturating_mul(100) / total.max(1);
    format!("[{}{}] {percent:3} %, {items} items", "#".repeat(full), "-".repeat(empty))
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn the_bar_fills() {
        assert_eq!(bar(0, 10, 0), format!("[{}]   0 %, 0 items", "-".repeat(30)));
        assert_eq!(bar(5, 10, 3), format!("[{}{}]  50 %, 3 items", "#".repeat(15), "-".repeat(15)));
        assert_eq!(bar(7, 7, 9), format!("[{}] 100 %, 9 items", "#".repeat(30)));
    }
}
