//! The program's events as lines of text.

use generion_client::events::Event;

use crate::{
    book::Book,
    narrator::{count, sol},
};

/// One line for each event. Equal lines in a row become one, with their number.
pub fn sentences(events: &[Event], book: &Book) -> Vec<String> {
    let mut lines: Vec<(String, usize)> = Vec::new();
    for event in events {
        let sentence = sentence(event, book);
        match lines.last_mut() {
            Some((last, times)) if *last == sentence => *times += 1,
            _ => lines.push((sentence, 1)),
        }
    }
    let line = |(sentence, times)| {
        if times == 1 {
            sentence
        } else {
            format!("{sentence} (x{times})")
        }
    };
    lines.into_iter().map(line).collect()
}

fn sentence(event: &Event, book: &Book) -> String {
    let of = |wallet| book.name(wallet);
    let what = match event {
        Event::EncryptionKeySet(event) => {
            format!("{}, key {}", of(&event.wallet), event.key_index.get())
        }
        Event::RecordCreated(event) => {
            format!("by {} for {}", of(&event.creator), of(&event.owner))
        }
        Event::RecordVerified(event) => format!("by {}", of(&event.owner)),
        Event::RecordDeleted(event) => format!("by {}", of(&event.authority)),
        Event::RecordShared(event) => {
            format!("by {} with {}", of(&event.owner), of(&event.recipient))
        }
        Event::ShareRevoked(event) => {
            format!("by {} from {}", of(&event.owner), of(&event.recipient))
        }
        Event::OrderCreated(event) => {
            let records = count(event.records.len(), "record");
            format!(
                "by {}: {records} for {}",
                of(&event.seller),
                sol(event.price)
            )
        }
        Event::SalesStopped(event) => format!("by {}", of(&event.seller)),
        Event::OrderClosed(event) => format!("by {}", of(&event.seller)),
        Event::Purchased(event) => format!(
            "by {}: {} in escrow",
            of(&event.buyer),
            sol(event.price.get())
        ),
        Event::Delivered(event) => {
            let records = count(event.count.into(), "record");
            let state = match event.settle_by.get() {
                0 => "",
                _ => ", locks the purchase",
            };
            format!("{records} for {}, with a proof{state}", of(&event.buyer))
        }
        Event::Settled(event) => format!(
            "{} to {}; opens the keys to {}",
            sol(event.lamports.get()),
            of(&event.seller),
            of(&event.buyer)
        ),
        Event::Refunded(event) => format!(
            "{} to {}, by {}",
            sol(event.lamports.get()),
            of(&event.buyer),
            of(&event.authority)
        ),
        Event::PurchaseClosed(event) => {
            format!("{} to {}", sol(event.lamports.get()), of(&event.buyer))
        }
        Event::StudyCreated(event) => format!(
            "by {}: {} for each participant",
            of(&event.sponsor),
            sol(event.reward)
        ),
        Event::StudyUpdated(event) => format!("by {}", of(&event.sponsor)),
        Event::BudgetWithdrawn(event) => {
            format!("{} to {}", sol(event.lamports.get()), of(&event.sponsor))
        }
        Event::StudyJoined(event) => format!(
            "by {}: {} in escrow",
            of(&event.seller),
            sol(event.price.get())
        ),
        Event::StudyApplied(event) => format!("by {}", of(&event.participant)),
        Event::ParticipantAdmitted(event) => {
            format!(
                "{}: {} in escrow",
                of(&event.seller),
                sol(event.price.get())
            )
        }
        Event::ApplicationWithdrawn(event) => format!("by {}", of(&event.authority)),
        Event::SeatClosed(event) => {
            format!("{} to {}", sol(event.lamports.get()), of(&event.buyer))
        }
        Event::StudyClosed(event) => format!("by {}", of(&event.sponsor)),
    };
    format!("{:<17} {what}", event.name())
}
