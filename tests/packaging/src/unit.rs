//! systemd units and `sysusers.d` files.

use std::collections::BTreeMap;

/// A systemd unit: the values of each setting, by section and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    settings: BTreeMap<(String, String), Vec<String>>,
}

impl Unit {
    /// Parses a unit without continued lines.
    ///
    /// # Panics
    /// If a line is neither a comment, a section nor a setting in a section.
    pub fn parse(text: &str) -> Self {
        let mut unit = Self::default();
        let mut section = None;
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[') {
                let name = name.strip_suffix(']').expect("a section ends in `]`");
                section = Some(name.to_owned());
                continue;
            }
            let (name, value) = line.split_once('=').expect("a setting contains `=`");
            let section = section.clone().expect("a setting is in a section");
            let values = unit.settings.entry((section, name.to_owned())).or_default();
            values.push(value.to_owned());
        }
        unit
    }

    /// The only value of a setting.
    ///
    /// # Panics
    /// If the setting is missing, or has several values.
    pub fn value(&self, section: &str, name: &str) -> &str {
        match self.values(section, name) {
            [value] => value,
            values => panic!("{name} in [{section}] has the values {values:?}"),
        }
    }

    /// All values of a setting, in their order.
    pub fn values(&self, section: &str, name: &str) -> &[String] {
        let key = (section.to_owned(), name.to_owned());
        self.settings.get(&key).map_or(&[], Vec::as_slice)
    }
}

/// The users in a `sysusers.d` file, each with its home folder.
///
/// # Panics
/// If a line for a user has no home folder.
pub fn sysusers_users(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("u "))
        .map(|line| {
            let (name, _) = line.split_once(' ').expect("a name");
            let (_, home) = line.rsplit_once(' ').expect("a home folder");
            (name.to_owned(), home.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Settings are found by section and name, and a setting can have several values.
    #[test]
    fn settings_are_found_by_section() {
        let unit = Unit::parse("# a comment\n[Unit]\nAfter=a b\n\n[Service]\nA=1\nA=2\nB=\n");
        assert_eq!(unit.value("Unit", "After"), "a b");
        assert_eq!(unit.values("Service", "A"), ["1", "2"]);
        assert_eq!(unit.value("Service", "B"), "");
        assert!(unit.values("Service", "After").is_empty());
    }

    /// Only lines for users count, and their last field is the home folder.
    #[test]
    fn users_have_home_folders() {
        let users = sysusers_users("# u no - -\nu one - \"A name\" /var/lib/one\ng two -\n");
        assert_eq!(
            users,
            BTreeMap::from([("one".into(), "/var/lib/one".into())])
        );
    }
}
