//! The payments out of the program's accounts in a transaction.

use generion_client::{ConfirmedTransaction, events::Event, rpc::amount};

/// Lamports that a transaction paid out: the rent of closed accounts, a refund, or the price of a settled purchase.
pub fn paid_out(confirmed: &ConfirmedTransaction) -> u64 {
    let lamports = confirmed.events.iter().map(|event| match event {
        Event::RecordDeleted(event) => event.lamports.get(),
        Event::ShareRevoked(event) => event.lamports.get(),
        Event::OrderClosed(event) => event.lamports.get(),
        Event::PurchaseClosed(event) => event.lamports.get(),
        Event::Refunded(event) => event.lamports.get(),
        Event::Settled(event) => event.lamports.get(),
        Event::ParticipantAdmitted(event) => event.lamports.get(),
        Event::ApplicationWithdrawn(event) => event.lamports.get(),
        Event::BudgetWithdrawn(event) => event.lamports.get(),
        Event::SeatClosed(event) => event.lamports.get(),
        Event::StudyClosed(event) => event.lamports.get(),
        _ => 0,
    });
    amount::total(lamports)
}
