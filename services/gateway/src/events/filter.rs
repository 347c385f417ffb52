//! Which events a client wants.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use solana_address::Address;

use super::event::Event;
use crate::{json::AddressText, storage::EventType};

/// The roles that a filter can name, in the order of [`EventFilter::of`].
const ROLES: [&str; 8] = [
    "owner",
    "creator",
    "recipient",
    "seller",
    "buyer",
    "record",
    "order",
    "purchase",
];

/// The conditions for the events that a client gets; an empty filter lets all of them pass. The event that a change vanished
/// passes if the change itself passed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// One of these types; empty: any.
    pub types: BTreeSet<EventType>,
    /// The event concerns this address: as an account of the change, as a record in its list, or as a signer.
    pub address: Option<Address>,
    /// Addresses in roles, such as `seller`.
    pub roles: Vec<(&'static str, Address)>,
    /// The order's label, exactly. Only `order.created` has one.
    pub label: Option<String>,
}

/// Text is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no type of event: the types are {types}", types = type_names())]
pub struct InvalidFilter(pub String);

fn type_names() -> String {
    EventType::ALL.map(EventType::name).join(", ")
}

impl EventFilter {
    /// A filter as users write it: names of types, an address, addresses in roles (`owner`, `creator`, `recipient`, `seller`,
    /// `buyer`, `record`, `order`, `purchase`), and a label.
    ///
    /// # Errors
    /// [`InvalidFilter`] with the first name that is no type.
    pub fn of<'a>(
        types: impl IntoIterator<Item = &'a str>,
        address: Option<AddressText>,
        roles: [Option<AddressText>; ROLES.len()],
        label: Option<String>,
    ) -> Result<Self, InvalidFilter> {
        let read = |name: &str| {
            EventType::named(name).ok_or_else(|| InvalidFilter(name.chars().take(40).collect()))
        };
        let roles = ROLES.into_iter().zip(roles);
        Ok(Self {
            types: types.into_iter().map(read).collect::<Result<_, _>>()?,
            address: address.map(|AddressText(address)| address),
            roles: roles
                .filter_map(|(role, address)| address.map(|AddressText(address)| (role, address)))
                .collect(),
            label,
        })
    }

    /// Whether an event passes.
    pub fn passes(&self, event: &Event) -> bool {
        let change = &event.change;
        let is_wanted = |event: EventType| self.types.contains(&event);
        (self.types.is_empty() || is_wanted(event.event) || event.vanished.is_some_and(is_wanted))
            && self
                .address
                .is_none_or(|address| concerns(change, &address.to_string()))
            && (self.roles.iter())
                .all(|(role, address)| has_role(change, role, &address.to_string()))
            && (self.label.as_deref())
                .is_none_or(|label| change["details"]["label"].as_str() == Some(label))
    }
}

fn concerns(change: &Json, address: &str) -> bool {
    let accounts = change["accounts"].as_object();
    let mut accounts = accounts.into_iter().flat_map(|accounts| accounts.values());
    accounts.any(|account| account == address)
        || lists(&change["details"]["records"], address)
        || lists(&change["signers"], address)
}

fn has_role(change: &Json, role: &str, address: &str) -> bool {
    change["accounts"][role] == *address
        || (role == "record" && lists(&change["details"]["records"], address))
}

fn lists(list: &Json, address: &str) -> bool {
    list.as_array()
        .is_some_and(|list| list.iter().any(|one| one == address))
}
