//! Every check holds for its seeds and for what chance makes of them; and every check is a fuzz target.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::{Duration, Instant};

use syncloom_fuzz_checks::{Chance, TARGETS, Target};

/// Inputs for each check, unless `SYNCLOOM_CHANCES` says another number; the inputs behind these are new ones.
const ROUNDS: usize = 3000;
/// Bytes that mean something in most languages, or in none.
const SIGNS: &[u8] = b"\"\\\0\n;()[]{}$9-+,.:=%\xc3\xff";
/// What one input may take at most, in a debug build on a busy machine.
const LONG: Duration = Duration::from_secs(20);

/// A piece of some seed.
fn piece(chance: &mut Chance, seeds: &[&str]) -> Vec<u8> {
    let seed = seeds[chance.below(seeds.len())].as_bytes();
    let start = chance.below(seed.len());
    let end = (start + 1 + chance.below(16)).min(seed.len());
    seed[start..end].to_vec()
}

/// A seed with some changes, or pieces of seeds put together.
fn input(chance: &mut Chance, seeds: &[&str]) -> Vec<u8> {
    let mut data = match chance.below(4) {
        0 => (0..chance.below(12)).flat_map(|_| piece(chance, seeds)).collect(),
        _ => seeds[chance.below(seeds.len())].as_bytes().to_vec(),
    };
    for _ in 0..1 + chance.below(5) {
        let at = chance.below(data.len());
        let end = (at + chance.below(8)).min(data.len());
        match chance.below(6) {
            0 => drop(data.drain(at..end)),
            1 => drop(data.splice(at..at, piece(chance, seeds))),
            2 => drop(data.splice(at..end, piece(chance, seeds))),
            3 => {
                let part = data[at..end].to_vec();
                drop(data.splice(at..at, part.repeat(1 + chance.below(9))));
            }
            4 => data.insert(at, SIGNS[chance.below(SIGNS.len())]),
            _ => drop(data.splice(at..end, b"9223372036854775808".iter().copied())),
        }
    }
    data
}

fn run(target: &Target, data: &[u8]) {
    let began = Instant::now();
    (target.check)(data);
    let took = began.elapsed();
    assert!(took < LONG, "{}: {took:?} for {:?}", target.name, String::from_utf8_lossy(data));
}

#[test]
fn every_check_holds_for_what_chance_makes() {
    let said = std::env::var("SYNCLOOM_CHANCES").ok().and_then(|number| number.parse().ok());
    let rounds = said.unwrap_or(ROUNDS);
    let wanted = std::env::var("SYNCLOOM_CHECK").ok();
    let is_wanted = |target: &&Target| wanted.as_deref().is_none_or(|name| name == target.name);
    assert!(TARGETS.iter().any(|target| is_wanted(&target)), "no check is called {wanted:?}");
    for target in TARGETS.iter().filter(is_wanted) {
        let mut chance = Chance::new(0);
        run(target, b"");
        target.seeds.iter().for_each(|seed| run(target, seed.as_bytes()));
        for _ in 0..rounds {
            run(target, &input(&mut chance, target.seeds));
        }
    }
}

#[test]
fn every_check_takes_long_and_deep_inputs() {
    for target in TARGETS {
        for piece in
            ["(", "{", "\"", "a=", "-", "1+", "$M(", ";", "T", "9", "BEGIN:STANDARD\n", " \n", "é", "\0"]
        {
            run(target, piece.repeat(20_000 / piece.len()).as_bytes());
        }
    }
}

#[test]
fn every_check_is_a_fuzz_target() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let manifest = std::fs::read_to_string(format!("{folder}/Cargo.toml")).unwrap();
    let mut files: Vec<String> = std::fs::read_dir(format!("{folder}/fuzz_targets"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(files, names, "targets stand in the order of their names");
    for name in names {
        assert!(
            manifest.contains(&format!("[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
    }
}
