use generion_facts::Fact;
use solana_address::Address;

/// A record that was collected, as far as the statistics read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The participant's wallet.
    pub wallet: Address,
    /// The record.
    pub record: Address,
    /// The record's creator.
    pub creator: Address,
    /// The facts of the document, which were compared with the record's root.
    pub facts: Vec<Fact>,
}

/// A value with its unit, of a coded quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// What was measured, `system|code`.
    pub code: String,
    /// The value, in the unit. `None`: the document says only that it is above or below something.
    pub value: Option<f64>,
    /// The UCUM code of the unit.
    pub unit: String,
}

impl Entry {
    /// The value of the first fact with a name.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        let fact = self.facts.iter().find(|fact| fact.name() == name);
        fact.map(Fact::value)
    }

    fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let has_name = move |fact: &&Fact| fact.name() == name;
        self.facts.iter().filter(has_name).map(Fact::value)
    }

    /// All codes of the document and of its components, each once.
    pub(super) fn codes(&self) -> Vec<&str> {
        let components = self.all("component").filter_map(component);
        let mut codes: Vec<_> = self
            .all("code")
            .chain(components.map(|(code, _)| code))
            .collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// The quantities of the document for a code, by the grammar of the profile `fhir-r4/1`: comparator, decimal, one space,
    /// unit. A coding, which has a `|`, is none.
    pub fn quantities(&self, code: &str) -> Vec<Quantity> {
        let own = self
            .all("value")
            .filter(|_| self.all("code").any(|own| own == code));
        let components = self.all("component").filter_map(component);
        let of_code = components.filter_map(|(of, value)| (of == code).then_some(value));
        own.chain(of_code)
            .filter_map(|value| quantity(code, value))
            .collect()
    }
}

/// Coding and value of a component. The first `=` ends the coding.
fn component(value: &str) -> Option<(&str, &str)> {
    value.split_once('=')
}

fn quantity(code: &str, value: &str) -> Option<Quantity> {
    let (number, unit) = value.split_once(' ')?;
    if value.contains('|') {
        return None;
    }
    let decimal = number.trim_start_matches(['<', '>', '=']);
    let is_decimal = |byte: u8| byte.is_ascii_digit() || byte == b'.' || byte == b'-';
    if decimal.is_empty() || !decimal.bytes().all(is_decimal) {
        return None;
    }
    let value: f64 = decimal.parse().ok()?;
    Some(Quantity {
        code: code.to_owned(),
        value: (decimal == number).then_some(value),
        unit: unit.to_owned(),
    })
}
