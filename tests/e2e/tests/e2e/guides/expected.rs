//! Compares what was printed with what a guide says.
//!
//! `$NAME` is a word that has this name from its first time on, and must be the same from then on; `…` is anything in a
//! line, and a line of three dots is any number of lines. How many spaces there are, as in a table's columns, does not
//! matter.

use std::{collections::BTreeMap, fmt::Write as _};

use regex::Regex;

/// What is new among the names, or where the two differ.
pub fn compare(
    expected: &str,
    printed: &str,
    names: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, String> {
    let expected = lines(expected);
    let printed: String = lines(printed)
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    let pattern = Pattern::of(&expected, names);
    let Some(found) = pattern.regex(r"\z")?.captures(&printed) else {
        return Err(difference(&expected, &printed, names)?);
    };
    let mut named = BTreeMap::new();
    for (group, name) in &pattern.groups {
        let value = found
            .name(group)
            .map_or("", |value| value.as_str())
            .to_owned();
        match named.insert(name.clone(), value.clone()) {
            Some(other) if other != value => {
                return Err(format!("${name} is {other} and {value} in\n{printed}"));
            }
            _ => {}
        }
    }
    Ok(named)
}

/// A regular expression, and the names of its groups.
struct Pattern {
    text: String,
    groups: Vec<(String, String)>,
}

impl Pattern {
    fn of(expected: &[String], names: &BTreeMap<String, String>) -> Self {
        let mut pattern = Self {
            text: r"\A".to_owned(),
            groups: Vec::new(),
        };
        for line in expected {
            pattern.add(line, names);
        }
        pattern
    }

    fn add(&mut self, line: &str, names: &BTreeMap<String, String>) {
        if line == "..." {
            self.text.push_str(r"(?:[^\n]*\n)*?");
            return;
        }
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let length = name_length(rest);
            if length > 0 {
                let name = &rest[1..length];
                match names.get(name) {
                    Some(value) => self.text.push_str(&regex::escape(value)),
                    None => {
                        let group = format!("g{}", self.groups.len());
                        // Writing to a string can't fail.
                        let _ = write!(self.text, r"(?<{group}>\S+)");
                        self.groups.push((group, name.to_owned()));
                    }
                }
                rest = &rest[length..];
                continue;
            }
            match first {
                '…' => self.text.push_str(r"[^\n]*"),
                other => self
                    .text
                    .push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
            }
            rest = &rest[first.len_utf8()..];
        }
        self.text.push_str(r"\n");
    }

    fn regex(&self, end: &str) -> Result<Regex, String> {
        Regex::new(&(self.text.clone() + end)).map_err(|error| error.to_string())
    }
}

/// How long a `$NAME` at the beginning is, or 0.
fn name_length(text: &str) -> usize {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    match text.strip_prefix('$') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_uppercase()) => {
            1 + rest.find(|c| !is_part(c)).unwrap_or(rest.len())
        }
        _ => 0,
    }
}

/// Lines without the spaces that make columns, and without empty ones at the end.
fn lines(text: &str) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.trim_end().lines().map(words).collect()
}

/// The first line of the guide that is not there, and all that is.
fn difference(
    expected: &[String],
    printed: &str,
    names: &BTreeMap<String, String>,
) -> Result<String, String> {
    for count in 1..=expected.len() {
        if !Pattern::of(&expected[..count], names)
            .regex("")?
            .is_match(printed)
        {
            return Ok(format!(
                "it does not print\n{}\nbut\n{printed}",
                expected[count - 1]
            ));
        }
    }
    Ok(format!("it prints more than the guide says:\n{printed}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    /// A name stands for the same value from its first use on.
    #[test]
    fn names_are_taken_and_held_to() {
        let known = names(&[("OWNER", "ana")]);
        let printed = "record    r1\nowner     ana\n\n";
        let taken = compare("record $RECORD\nowner $OWNER\n", printed, &known).unwrap();
        assert_eq!(taken, names(&[("RECORD", "r1")]));
        let stranger = compare("owner $OWNER\n", "owner bob\n", &known).unwrap_err();
        assert!(stranger.contains("owner $OWNER"), "{stranger}");
        let two = compare("$NEW $NEW\n", "one two\n", &known).unwrap_err();
        assert!(two.contains("$NEW is one and two"), "{two}");
    }

    /// Dots stand for varying text in a line, and a line of dots for any lines.
    #[test]
    fn dots_stand_for_what_varies() {
        let nothing = BTreeMap::new();
        for (expected, printed) in [
            ("fee …\n", "fee 5000 lamports\n"),
            ("first\n...\nlast\n", "first\nlast\n"),
            ("first\n...\nlast\n", "first\n2\n3\nlast\n"),
            ("costs 1.5 (a lot)? $5\n", "costs 1.5 (a lot)? $5\n"),
        ] {
            compare(expected, printed, &nothing).unwrap();
        }
        for (expected, printed) in [
            ("fee …\n", "fee 5000\nmore\n"),
            ("fee\n", "fees\n"),
            ("1.5\n", "1x5\n"),
            ("first\n...\nlast\n", "first\nlast\nmore\n"),
            ("", "something\n"),
        ] {
            assert!(compare(expected, printed, &nothing).is_err(), "{expected}");
        }
    }
}
