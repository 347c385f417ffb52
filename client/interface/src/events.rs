//! Reads the program's events from the log of a transaction.

use anchor_lang::{
    BORSH_CONFIG, BorshConfig, Discriminator,
    wincode::{self, SchemaRead},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytemuck::AnyBitPattern;
use generion::events as on_chain;
use solana_address::Address;

/// Reads the fields of an event of fixed size, without bytes left over.
fn packed<E: AnyBitPattern>(fields: &[u8]) -> Option<E> {
    bytemuck::try_pod_read_unaligned(fields).ok()
}

/// Reads the fields of an event of variable size, without bytes left over.
fn borsh<E: for<'a> SchemaRead<'a, BorshConfig, Dst = E>>(fields: &[u8]) -> Option<E> {
    wincode::config::deserialize_exact(fields, BORSH_CONFIG).ok()
}

macro_rules! events {
    ($($name:ident: $read:ident),* $(,)?) => {
        /// An event of the program. A new event is a breaking change, so that every program that reads them learns of it when
        /// it is compiled.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $(
                #[doc = concat!("See [`generion::events::", stringify!($name), "`].")]
                $name(on_chain::$name),
            )*
        }

        impl Event {
            /// Decodes logged data, a discriminator and the fields, or returns `None` if they are not an event.
            pub fn decode(data: &[u8]) -> Option<Self> {
                $(
                    if let Some(fields) = data.strip_prefix(on_chain::$name::DISCRIMINATOR) {
                        return $read(fields).map(Self::$name);
                    }
                )*
                None
            }

            /// The event's name.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }
        }
    };
}

events! {
    EncryptionKeySet: packed,
    RecordCreated: packed,
    RecordVerified: packed,
    RecordDeleted: packed,
    RecordShared: packed,
    ShareRevoked: packed,
    OrderCreated: borsh,
    SalesStopped: packed,
    OrderClosed: packed,
    Purchased: packed,
    Delivered: packed,
    Settled: packed,
    Refunded: packed,
    PurchaseClosed: packed,
    StudyCreated: borsh,
    StudyUpdated: packed,
    BudgetWithdrawn: packed,
    StudyJoined: packed,
    StudyApplied: packed,
    ParticipantAdmitted: packed,
    ApplicationWithdrawn: packed,
    SeatClosed: packed,
    StudyClosed: packed,
}

/// The events that `program_id` logged, in order. Lines that other programs of the transaction logged are ignored,
/// whatever they contain.
pub fn from_logs<'a>(program_id: &Address, logs: impl IntoIterator<Item = &'a str>) -> Vec<Event> {
    let program_id = program_id.to_string();
    let mut running: Vec<&str> = Vec::new();
    let mut events = Vec::new();
    for line in logs {
        if let Some(data) = line.strip_prefix("Program data: ") {
            if running.last() == Some(&program_id.as_str()) {
                events.extend(
                    BASE64_STANDARD
                        .decode(data)
                        .ok()
                        .and_then(|data| Event::decode(&data)),
                );
            }
            continue;
        }
        // A text that a program logged, which may look like a line of the runtime.
        if line.starts_with("Program log: ") {
            continue;
        }
        let mut words = line.split(' ');
        match (words.next(), words.next(), words.next()) {
            (Some("Program"), Some(program), Some("invoke")) => running.push(program),
            (Some("Program"), Some(program), Some("success" | "failed:"))
                if running.last() == Some(&program) =>
            {
                running.pop();
            }
            _ => {}
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by the fuzz target `events`: a line that a program logs must not be taken for a line of the runtime.
    #[test]
    fn words_of_a_program_neither_start_nor_end_a_program() {
        let event = on_chain::RecordVerified {
            record: Address::new_from_array([1; 32]),
            owner: Address::new_from_array([2; 32]),
            creator: Address::new_from_array([3; 32]),
        };
        let data = BASE64_STANDARD.encode(anchor_lang::Event::data(&event));
        let data = format!("Program data: {data}");
        let id = generion::ID;
        let (start, end) = (
            format!("Program {id} invoke [1]"),
            format!("Program {id} success"),
        );
        for words in ["invoke [2]", "success", "failed: no"] {
            let said = format!("Program log: {words}");
            let log = [start.as_str(), &said, &data, &end];
            assert_eq!(
                from_logs(&id, log),
                [Event::RecordVerified(event)],
                "{words}"
            );
        }
    }

    #[test]
    fn an_event_is_read_to_the_last_byte() {
        let event = on_chain::OrderCreated {
            order: Address::new_from_array([1; 32]),
            seller: Address::new_from_array([2; 32]),
            rent_payer: Address::new_from_array([3; 32]),
            id: 4,
            price: 5,
            created_at: 6,
            delivery_window: 7,
            only_buyer: None,
            label: "blood pressure".into(),
            records: vec![[8; 32].into(), [9; 32].into()],
        };
        let data = anchor_lang::Event::data(&event);
        assert_eq!(Event::decode(&data), Some(Event::OrderCreated(event)));
        assert_eq!(Event::decode(&data[..data.len() - 1]), None);
        assert_eq!(Event::decode(&[&data[..], &[0]].concat()), None);
        // A length that nothing follows: refused before memory is taken for it.
        let mut claims_more = data;
        let label_len = 8 + 3 * 32 + 3 * 8 + 4 + 1;
        claims_more[label_len..label_len + 4].copy_from_slice(&[0xff; 4]);
        assert_eq!(Event::decode(&claims_more), None);
    }

    #[test]
    fn only_the_program_itself_is_believed() {
        let event = on_chain::RecordVerified {
            record: Address::new_from_array([1; 32]),
            owner: Address::new_from_array([2; 32]),
            creator: Address::new_from_array([3; 32]),
        };
        let mut data = on_chain::RecordVerified::DISCRIMINATOR.to_vec();
        data.extend_from_slice(bytemuck::bytes_of(&event));
        let data = format!("Program data: {}", BASE64_STANDARD.encode(&data));
        let id = generion::PROGRAM_ID;
        let (invoke, success) = (
            format!("Program {id} invoke [1]"),
            format!("Program {id} success"),
        );
        let other = "Program 11111111111111111111111111111111 invoke [2]";
        let other_ends = "Program 11111111111111111111111111111111 success";
        let read = |lines: &[&str]| from_logs(&generion::ID, lines.iter().copied());

        assert_eq!(
            read(&[&invoke, other, other_ends, &data, &success]),
            [Event::RecordVerified(event)]
        );
        assert_eq!(read(&[&invoke, other, &data, other_ends, &success]), []);
        assert_eq!(read(&[other, &data, other_ends]), []);
        assert_eq!(read(&[&invoke, &success, &data]), []);
        assert_eq!(
            read(&[&invoke, "Program data: AAAA", "Program data: ?", &success]),
            []
        );
    }
}
