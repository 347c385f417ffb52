//! The world around an agent: its reads and its actions.

use generion_interface::accounts::PurchaseAccount;
use solana_address::Address;
use solana_instruction::Instruction;

use crate::{
    error::ClientError,
    ledger::KeyedAccount,
    saved::markers::Marker,
    settlement::event::{SettleEnd, SettleEvent},
    transaction::{confirmed::ConfirmedTransaction, options::SendOptions},
};

/// The reads and actions of an agent. Its decisions are tested with a made-up world.
pub(super) trait World: Sync {
    /// A purchase as its seller believes it to be.
    type Sale: Believed + Send + Sync;

    /// The seller's purchases that are pending or locked, as any of the nodes shows them.
    fn list(
        &self,
    ) -> impl Future<Output = Result<Vec<KeyedAccount<PurchaseAccount>>, ClientError>> + Send;

    /// The settlements that were begun, from the disk.
    fn markers(&self) -> Result<Vec<Marker>, ClientError>;

    /// The states of purchases, in this order.
    fn look(
        &self,
        purchases: &[Address],
    ) -> impl Future<Output = Vec<Result<Stand<Self::Sale>, ClientError>>> + Send;

    /// Makes sure that a purchase can be settled once it is locked; `open` is how many are, or may be before long.
    fn check_lock(
        &self,
        sale: &Self::Sale,
        open: usize,
    ) -> impl Future<Output = Result<(), ClientError>> + Send;

    /// The missing records of a purchase, with proofs.
    fn prove(&self, sale: &Self::Sale) -> Result<Vec<Proven>, ClientError>;

    /// Whether instructions fit a transaction.
    fn fits(&self, instructions: &[Instruction]) -> bool;

    /// Sends a transaction and waits for its confirmation.
    fn send(
        &self,
        instructions: &[Instruction],
        options: SendOptions,
    ) -> impl Future<Output = Result<ConfirmedTransaction, ClientError>> + Send;

    /// Settles a purchase that is delivered in full, to the end.
    fn settle(
        &self,
        sale: &Self::Sale,
        report: &mut (dyn FnMut(SettleEvent) + Send),
    ) -> impl Future<Output = Result<SettleEnd, ClientError>> + Send;

    /// Goes on with a settlement that was begun, to the end.
    fn resume(
        &self,
        marker: &Marker,
        report: &mut (dyn FnMut(SettleEvent) + Send),
    ) -> impl Future<Output = Result<SettleEnd, ClientError>> + Send;

    /// Whether the secret of a settlement may have been shown.
    fn may_be_shown(&self, marker: &Marker) -> bool;

    /// Whether a purchase that is gone was settled; if not, it was refunded. `None`: unknown.
    fn was_settled(
        &self,
        purchase: &Address,
        deadline: i64,
    ) -> impl Future<Output = Option<bool>> + Send;

    /// The time, in seconds since the Unix epoch.
    fn now(&self) -> i64;
}

/// The facts of a purchase that a seller believes in.
pub(super) trait Believed {
    /// The marker that is written to the disk before the secret is shown; it has purchase, order and deadline.
    fn marker(&self) -> Marker;

    /// The last moment to send a delivery at, in seconds since the Unix epoch.
    fn last_moment(&self) -> i64;
}

/// The state of a purchase.
pub(super) enum Stand<S> {
    /// Enough nodes agree that there is none.
    Gone,
    /// Records are still to be delivered.
    Pending(S),
    /// The delivery is complete: the purchase is locked, or settled already.
    Complete(S),
}

/// A proven batch.
#[derive(Clone, Debug)]
pub(super) struct Proven {
    /// Position in the order of the first record.
    pub first: usize,
    /// Number of records.
    pub count: usize,
    pub instruction: Instruction,
}
