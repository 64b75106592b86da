//! Remote rules in a session: which of them are for the peer, and what holds after them and after what scripts have set
//! (manual 11.36).
//!
//! Not its job: when it is known what the peer is (`session`), and acting on what is set.

mod matching;

use std::sync::Arc;

use syncloom_config::{RemoteRule, RuleSettings};
use syncloom_wire::DevInf;

pub(crate) use matching::any_is_like;

/// The rules of a session.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Those that are for the peer, each before the subrules that it includes.
    active: Vec<Arc<RemoteRule>>,
    /// Those that have been at any time.
    chosen: Vec<Arc<RemoteRule>>,
    /// What the active ones set.
    ruled: RuleSettings,
    /// What scripts have set, where no rule that was chosen later says otherwise.
    said: RuleSettings,
}

impl Rules {
    /// Chooses the rules for a peer. Gives those that have not been chosen before: their scripts are still to be run.
    pub(crate) fn choose(
        &mut self,
        rules: &[Arc<RemoteRule>],
        devinf: Option<&DevInf>,
        device_id: &str,
    ) -> Vec<Arc<RemoteRule>> {
        self.active = matching::fitting(rules, devinf, device_id);
        self.ruled = RuleSettings::default();
        for rule in &self.active {
            self.ruled.take_over(&rule.settings);
        }
        let is_new = |rule: &&Arc<RemoteRule>| !self.chosen.iter().any(|known| Arc::ptr_eq(known, rule));
        let new: Vec<_> = self.active.iter().filter(is_new).cloned().collect();
        for rule in &new {
            self.said.give_way(&rule.settings);
        }
        self.chosen.extend(new.iter().cloned());
        new
    }

    /// The names of the active ones, in their order.
    pub(crate) fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.active.iter().map(|rule| rule.name.as_str()).filter(|name| !name.is_empty())
    }

    /// All that holds now.
    pub(crate) fn settings(&self) -> RuleSettings {
        let mut all = self.ruled.clone();
        all.take_over(&self.said);
        all
    }

    /// What holds now of one setting; `None` leaves it to the server's own.
    pub(crate) fn get<T: Copy>(&self, of: fn(&RuleSettings) -> Option<T>) -> Option<T> {
        of(&self.said).or_else(|| of(&self.ruled))
    }

    /// A script sets something.
    pub(crate) fn say(&mut self, set: impl FnOnce(&mut RuleSettings)) {
        let mut said = RuleSettings::default();
        set(&mut said);
        self.said.take_over(&said);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use syncloom_config::{LoadOptions, load_text};

    use super::*;

    fn rules(text: &str) -> Vec<Arc<RemoteRule>> {
        let text = format!(
            "<sysync_config version='1.0'><server type='sql'><simpleauthuser>u</simpleauthuser>{text}
             </server></sysync_config>"
        );
        let loaded = load_text(Path::new("rules.xml"), text.as_bytes(), &LoadOptions::default());
        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
        loaded.config.unwrap().server.unwrap().rules
    }

    fn names(rules: &[Arc<RemoteRule>]) -> Vec<&str> {
        rules.iter().map(|rule| rule.name.as_str()).collect()
    }

    fn device(manufacturer: &str, model: &str) -> DevInf {
        DevInf { man: Some(manufacturer.into()), mod_: Some(model.into()), ..DevInf::default() }
    }

    const CONFIG: &str = "
        <subrule name='deep'><legacymode>no</legacymode></subrule>
        <subrule name='sub'><include rule='deep'/><nocontentfolding>yes</nocontentfolding>
          <descriptivename>of sub</descriptivename></subrule>
        <remoterule name='all'><finalrule>no</finalrule><legacymode>yes</legacymode></remoterule>
        <remoterule name='maker'><manufacturer>Mak*</manufacturer><finalrule>no</finalrule><include rule='sub'/>
          <descriptivename>of maker</descriptivename></remoterule>
        <remoterule name='one'><model>One</model><nocontentfolding>no</nocontentfolding></remoterule>
        <remoterule name='rest'><noemptyproperties>yes</noemptyproperties></remoterule>";

    #[test]
    fn rules_are_chosen_in_their_order_up_to_a_final_one() {
        let config = rules(CONFIG);
        for (devinf, expected) in [
            (Some(device("Maker", "One")), vec!["all", "maker", "sub", "deep", "one"]),
            (Some(device("Maker", "Two")), vec!["all", "maker", "sub", "deep", "rest"]),
            (Some(device("Other", "One")), vec!["all", "one"]),
            (None, vec!["all", "rest"]),
        ] {
            let mut chosen = Rules::default();
            assert_eq!(names(&chosen.choose(&config, devinf.as_ref(), "d")), expected);
            assert_eq!(chosen.names().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_a_later_rule_says_counts_and_subrules_come_behind_theirs() {
        let config = rules(CONFIG);
        let mut chosen = Rules::default();
        chosen.choose(&config, Some(&device("Maker", "One")), "d");
        let settings = chosen.settings();
        assert_eq!((settings.legacy_mode, settings.no_folding), (Some(false), Some(false)));
        assert_eq!(settings.descriptive_name.as_deref(), Some("of sub"));
    }

    #[test]
    fn who_comes_to_be_known_later_is_not_chosen_for_twice() {
        let config = rules(CONFIG);
        let mut chosen = Rules::default();
        assert_eq!(names(&chosen.choose(&config, None, "d")), ["all", "rest"]);
        let known = device("Maker", "One");
        assert_eq!(names(&chosen.choose(&config, Some(&known), "d")), ["maker", "sub", "deep", "one"]);
        assert_eq!(chosen.settings().no_empty_properties, None, "of a rule that is for others");
        assert!(chosen.choose(&config, Some(&known), "d").is_empty());
    }

    #[test]
    fn what_scripts_say_holds_until_a_rule_says_otherwise() {
        let config = rules(CONFIG);
        let mut chosen = Rules::default();
        chosen.say(|said| said.legacy_mode = Some(false));
        chosen.say(|said| said.force_utc = Some(true));
        assert_eq!(chosen.get(|all| all.legacy_mode), Some(false));
        chosen.choose(&config, None, "d");
        assert_eq!(chosen.get(|all| all.legacy_mode), Some(true));
        assert_eq!(chosen.get(|all| all.force_utc), Some(true));
        chosen.say(|said| said.legacy_mode = Some(false));
        chosen.choose(&config, None, "d");
        assert_eq!(chosen.get(|all| all.legacy_mode), Some(false), "the rule has had its say");
    }
}
