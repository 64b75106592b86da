//! The prompt of `syncloom script`: one line after the other, with those of earlier times at hand.

use std::path::PathBuf;
use std::process::ExitCode;

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::Bench;

/// How many lines are kept for later.
const HISTORY: usize = 1000;

/// Reads and runs lines until there are no more. A mistake ends nothing.
pub(super) fn run(mut bench: Bench) -> ExitCode {
    let config = rustyline::Config::builder();
    let config = config.max_history_size(HISTORY).map(|config| config.auto_add_history(true).build());
    let mut editor = match config.and_then(DefaultEditor::with_config) {
        Ok(editor) => editor,
        Err(error) => {
            eprintln!("syncloom: the terminal cannot be used: {error}");
            return ExitCode::from(2);
        }
    };
    let history = history_file();
    if let Some(file) = &history {
        // There is none the first time.
        let _ = editor.load_history(file);
    }
    println!("An expression shows its value; statements run. End with Ctrl-D.");
    loop {
        match editor.readline("> ") {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                bench.run_line(&line);
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => {
                eprintln!("syncloom: the terminal cannot be read: {error}");
                return ExitCode::from(2);
            }
        }
    }
    if let Some(file) = &history
        && let Err(error) = save(&mut editor, file)
    {
        eprintln!("syncloom: {}: {error}", file.display());
    }
    ExitCode::SUCCESS
}

fn save(editor: &mut DefaultEditor, file: &PathBuf) -> rustyline::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    editor.append_history(file)
}

/// In the user's folder for what programs remember, as the XDG base directories have it.
fn history_file() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(state.join("syncloom/script_history"))
}
