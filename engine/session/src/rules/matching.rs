//! Which remote rules are for a peer (manual 11.36.1, 11.36.2).

use std::sync::Arc;

use syncloom_config::{PeerPattern, RemoteRule};
use syncloom_wire::DevInf;

/// The rules that are for a peer, in the order of the config, each with the subrules that it includes behind it. A peer
/// that has not said what it is has an id alone.
pub(super) fn fitting(
    rules: &[Arc<RemoteRule>],
    devinf: Option<&DevInf>,
    device_id: &str,
) -> Vec<Arc<RemoteRule>> {
    let mut found = Vec::new();
    for rule in rules {
        if fits(&rule.peers, devinf, device_id) {
            add(rule, &mut found);
            if rule.is_final {
                break;
            }
        }
    }
    found
}

/// Adds a rule and what it includes. What two rules include counts once, where it comes first.
fn add(rule: &Arc<RemoteRule>, found: &mut Vec<Arc<RemoteRule>>) {
    if found.iter().any(|known| Arc::ptr_eq(known, rule)) {
        return;
    }
    found.push(Arc::clone(rule));
    for part in &rule.parts {
        add(part, found);
    }
}

fn fits(wanted: &PeerPattern, devinf: Option<&DevInf>, device_id: &str) -> bool {
    let said = |of: fn(&DevInf) -> Option<&str>| devinf.and_then(of);
    let like = |pattern: &Option<String>, said: Option<&str>| {
        pattern.as_ref().is_none_or(|pattern| said.is_some_and(|said| is_like(said.trim(), pattern)))
    };
    let exact = |wanted: &Option<String>, said: Option<&str>| {
        wanted.as_ref().is_none_or(|wanted| said.is_some_and(|said| said.trim() == wanted))
    };
    // Some devices give another id in their device information than in their messages, and it is the latter that logs
    // show.
    let is_device = exact(&wanted.device_id, said(|info| Some(&info.dev_id)))
        || exact(&wanted.device_id, Some(device_id));
    like(&wanted.manufacturer, said(|info| info.man.as_deref()))
        && like(&wanted.model, said(|info| info.mod_.as_deref()))
        && like(&wanted.oem, said(|info| info.oem.as_deref()))
        && exact(&wanted.firmware, said(|info| info.fwv.as_deref()))
        && exact(&wanted.software, said(|info| info.swv.as_deref()))
        && exact(&wanted.hardware, said(|info| info.hwv.as_deref()))
        && exact(&wanted.device_type, said(|info| Some(&info.dev_typ)))
        && is_device
}

/// Whether one of these names is what one of these patterns says.
pub(crate) fn any_is_like(names: &[String], patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| names.iter().any(|name| is_like(name, pattern)))
}

/// Whether a text is what a pattern says, in whatever case: `*` is any characters, `?` any one. It goes back to the last
/// `*` alone, as what stands before that has found its place.
fn is_like(text: &str, pattern: &str) -> bool {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
    let (text, pattern) = (lower(text), lower(pattern));
    let (mut at, mut of, mut star) = (0, 0, None);
    while at < text.len() {
        match pattern.get(of) {
            Some('*') => {
                star = Some((of, at));
                of += 1;
            }
            Some(sign) if *sign == '?' || *sign == text[at] => (at, of) = (at + 1, of + 1),
            _ => match star {
                Some((place, from)) => {
                    star = Some((place, from + 1));
                    (at, of) = (from + 1, place + 1);
                }
                None => return false,
            },
        }
    }
    pattern[of..].iter().all(|sign| *sign == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_signs_for_any_others() {
        for (text, pattern, result) in [
            ("Exotic 7", "exotic*", true),
            ("Exotic", "Exotic*", true),
            ("E100", "E?00", true),
            ("E100", "E?0", false),
            ("a-b-c-d", "*-*-d", true),
            ("a-b-c-d", "*-*-e", false),
            ("", "*", true),
            ("", "?", false),
            ("Other", "", false),
        ] {
            assert_eq!(is_like(text, pattern), result, "{text} {pattern}");
        }
    }

    #[test]
    fn a_rule_is_for_whom_fits_all_that_it_says() {
        let info = DevInf {
            man: Some("NOKIA".into()),
            mod_: Some("9210i".into()),
            oem: Some("Example".into()),
            fwv: Some("1.0".into()),
            swv: Some("R1A".into()),
            hwv: Some("H".into()),
            dev_id: "IMEI:1".into(),
            dev_typ: "phone".into(),
            ..DevInf::default()
        };
        let of = |set: fn(&mut PeerPattern)| {
            let mut pattern = PeerPattern::default();
            set(&mut pattern);
            pattern
        };
        for (wanted, with, without) in [
            (of(|_| {}), true, true),
            (of(|p| p.manufacturer = Some("Nok*".into())), true, false),
            (of(|p| p.manufacturer = Some("*".into())), true, false),
            (of(|p| p.model = Some("9210".into())), false, false),
            (of(|p| p.model = Some("9210?".into())), true, false),
            (of(|p| p.oem = Some("ex*".into())), true, false),
            (of(|p| p.firmware = Some("1.*".into())), false, false),
            (of(|p| p.firmware = Some("1.0".into())), true, false),
            (of(|p| p.software = Some("R1A".into())), true, false),
            (of(|p| p.software = Some("r1a".into())), false, false),
            (of(|p| p.hardware = Some("H".into())), true, false),
            (of(|p| p.device_type = Some("phone".into())), true, false),
            (of(|p| p.device_type = Some("pda".into())), false, false),
            (of(|p| p.device_id = Some("IMEI:1".into())), true, false),
            (of(|p| p.device_id = Some("urn:1".into())), true, true),
            (of(|p| p.device_id = Some("urn:2".into())), false, false),
            (of(|p| (p.model, p.software) = (Some("9210i".into()), Some("R1B".into()))), false, false),
        ] {
            assert_eq!(fits(&wanted, Some(&info), "urn:1"), with, "{wanted:?}");
            assert_eq!(fits(&wanted, None, "urn:1"), without, "{wanted:?}");
        }
    }
}
