//! Values that are judged one by one, or together with their siblings.

use generion_fhir::{Element, ElementType, Primitive, definitions, terminology};

use super::Walk;
use crate::{
    date::year,
    decimal::{measure, rounded},
    json::{Members, Node, member},
    profile::Method,
    quantity::{self, Judged, Rules},
    report::Action,
};

impl Walk<'_> {
    pub(super) fn coding(&mut self, members: &Members) -> Option<Members> {
        let text = |name: &str| member(members, name).and_then(Node::as_text);
        let (system, code) = (text("system")?, text("code")?);
        if !self.profile.keeps_code(system, code) {
            return None;
        }
        for (name, _) in members {
            if matches!(name.as_str(), "display" | "version" | "userSelected") {
                self.note(name, Action::Redacted);
            }
        }
        Some(vec![
            ("system".to_owned(), Node::text(system)),
            ("code".to_owned(), Node::text(code)),
        ])
    }

    pub(super) fn quantity(&mut self, element: &Element, members: &Members) -> Option<Members> {
        let value = definitions().complex("Quantity")?;
        let method = self.profile.method(definitions().element(value, "value")?);
        let rules = Rules {
            profile: self.profile,
            digits: match method {
                Some(Method::Round(digits)) => Some(*digits),
                Some(Method::Keep) => None,
                _ => return None,
            },
            is_age: self.is_within_age
                || element.of == ElementType::Complex("Age")
                || (self.is_age && element.name.starts_with("value")),
            // The others are of the type SimpleQuantity, which has none (sqty-1).
            may_compare: !matches!(
                element.owner,
                "Range" | "Observation.referenceRange" | "Dosage" | "Dosage.doseAndRate"
            ),
        };
        match quantity::judge(members, &rules) {
            Judged::Kept(kept) => Some(kept),
            Judged::Rounded(kept) => {
                self.note("value", Action::Rounded);
                Some(kept)
            }
            Judged::Aged(kept) => {
                if kept
                    .iter()
                    .any(|(name, value)| member(members, name) != Some(value))
                {
                    self.note("value", Action::Generalized);
                }
                Some(kept)
            }
            Judged::Dropped => None,
        }
    }

    pub(super) fn reference(&mut self, members: &Members) -> Option<Members> {
        let owner = definitions().complex("Reference")?;
        let method = self
            .profile
            .method(definitions().element(owner, "reference")?);
        let reference = member(members, "reference")?.as_text()?;
        if method != Some(&Method::Pseudonymize) {
            return None;
        }
        for name in ["identifier", "display"] {
            if member(members, name).is_some() {
                self.note(name, Action::Redacted);
            }
        }
        let leads_to = match reference.strip_prefix('#') {
            Some("") => "#".to_owned(),
            Some(id) => format!("#{}", self.contained.get(id)?),
            None => self.pseudonyms.of(self.resources.target(reference)),
        };
        if leads_to != reference {
            self.note("reference", Action::Pseudonymized);
        }
        let stated = member(members, "type").and_then(Node::as_text);
        let stated = stated.and_then(|name| definitions().resource(name));
        let named = stated
            .map(|of| of.name)
            .or_else(|| self.resources.target_type(reference));
        let mut copied = vec![("reference".to_owned(), Node::Text(leads_to))];
        copied.extend(named.map(|named| ("type".to_owned(), Node::text(named))));
        Some(copied)
    }

    pub(super) fn extension(&mut self, members: &Members) -> Option<Members> {
        let text = |name: &str| member(members, name).and_then(Node::as_text);
        let (url, code) = (text("url")?, text("valueCode")?);
        self.profile.keeps_extension(url, code).then(|| {
            vec![
                ("url".to_owned(), Node::text(url)),
                ("valueCode".to_owned(), Node::text(code)),
            ]
        })
    }

    pub(super) fn primitive(
        &mut self,
        element: &Element,
        kind: Primitive,
        method: &Method,
        value: &Node,
    ) -> Option<Node> {
        match (method, kind, value) {
            (Method::Keep, Primitive::Boolean, Node::Boolean(_)) => Some(value.clone()),
            (Method::Keep, Primitive::Code, Node::Text(code)) => {
                terminology::is_known_code(element, code).then(|| value.clone())
            }
            (Method::KeepListed(list), _, Node::Text(text)) => {
                list.contains(text).then(|| value.clone())
            }
            (Method::Keep | Method::Round(_), Primitive::Number, Node::Number(number)) => {
                self.number(element, method, number)
            }
            (Method::Year, Primitive::Date, Node::Text(date)) => {
                let year = year(date).filter(|year| {
                    let is_young = self.dates.oldest.is_none_or(|oldest| *year >= oldest);
                    is_young && (self.dates.births || !self.is_birth)
                })?;
                let copied = year.to_string();
                if copied != *date {
                    self.report.add(self.path.join("."), Action::Generalized);
                }
                Some(Node::Text(copied))
            }
            (Method::Pseudonymize, _, Node::Text(address)) => {
                let pseudonym = self.pseudonyms.of(self.resources.target(address));
                if pseudonym != *address {
                    self.report.add(self.path.join("."), Action::Pseudonymized);
                }
                Some(Node::Text(pseudonym))
            }
            (Method::Substitute(code), _, Node::Text(text)) => {
                if text != code {
                    self.report.add(self.path.join("."), Action::Substituted);
                }
                Some(Node::text(code))
            }
            _ => None,
        }
    }

    fn number(&mut self, element: &Element, method: &Method, number: &str) -> Option<Node> {
        measure(number, false)?;
        let limit = f64::from(self.profile.age_limit()) + 1.0;
        if self.is_age && element.name.starts_with("value") && quantity::exceeds(number, 1.0, limit)
        {
            return None;
        }
        let copied = match method {
            Method::Round(digits) => rounded(number, *digits)?,
            _ => number.to_owned(),
        };
        if copied != number {
            self.report.add(self.path.join("."), Action::Rounded);
        }
        Some(Node::Number(copied))
    }

    pub(super) fn is_age_coded(&self, members: &Members) -> bool {
        let codings = member(members, "code").and_then(|code| code.get("coding"));
        codings.map_or(&[][..], Node::items).iter().any(|coding| {
            let text = |name: &str| coding.get(name).and_then(Node::as_text);
            text("system")
                .zip(text("code"))
                .is_some_and(|(system, code)| self.profile.is_age_code(system, code))
        })
    }
}
