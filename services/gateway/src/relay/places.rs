//! The transactions on their way: their number, and their clients.
//!
//! Anybody may send transactions of wallets that have nothing; these never reach the ledger. They keep their places only until
//! others need them: a transaction whose payer can pay for it takes the place of the oldest one whose payer can't, and a client
//! has a part of all places.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use generion_http_server::client_address::ClientAddress;
use solana_address::Address;
use solana_signature::Signature;
use tokio::sync::watch;

use super::outcome::{Outcome, RelayError};

/// Most transactions on their way at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceLimits {
    /// In all.
    pub total: usize,
    /// The largest number of one client.
    pub per_client: usize,
}

/// The outcome of a transaction, once it is there.
pub(super) type Awaited = watch::Receiver<Option<Outcome>>;

/// The client and the payer of a transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whose {
    /// The client that sent it.
    pub(super) client: ClientAddress,
    /// The wallet that pays its fee.
    pub(super) payer: Address,
    /// The fee, in lamports.
    pub(super) fee: u64,
}

/// Which place a transaction has: it may lose one, and get another one later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    signature: Signature,
    /// Counts up: the oldest place has the lowest.
    number: u64,
}

/// A transaction on its way.
struct Place {
    number: u64,
    whose: Whose,
    /// Whether the payer had enough for this one and those of its that were on their way before.
    is_paid: bool,
    outcome: watch::Sender<Option<Outcome>>,
}

/// A transaction gets a place.
pub(super) enum Entered {
    /// The transaction is on its way already.
    Known(Awaited),
    /// The transaction is new: follow it, and report the outcome by [`Places::leave`].
    New(Awaited, Ticket),
}

/// The transactions on their way.
pub(super) struct Places {
    limits: PlaceLimits,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    places: HashMap<Signature, Place>,
    /// Reserved places, with their clients.
    reserved: HashMap<u64, ClientAddress>,
}

/// A place for a transaction that has no signature yet. It is free again when this is dropped.
pub struct ReservedPlace {
    number: u64,
    taken: Arc<Mutex<Taken>>,
}

impl Drop for ReservedPlace {
    fn drop(&mut self) {
        lock(&self.taken).reserved.remove(&self.number);
    }
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Places {
    pub(super) fn new(limits: PlaceLimits) -> Self {
        Self {
            limits,
            taken: Arc::default(),
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        lock(&self.taken)
    }

    pub(super) fn has(&self, signature: &Signature) -> bool {
        self.taken().places.contains_key(signature)
    }

    /// Reserves a place for a client's transaction. If all are taken, the oldest transaction whose payer can't pay loses its place.
    ///
    /// # Errors
    /// [`RelayError::ClientBusy`], [`RelayError::Busy`].
    pub(super) fn reserve(&self, client: ClientAddress) -> Result<ReservedPlace, RelayError> {
        let mut taken = self.taken();
        taken.make_room(self.limits, client)?;
        let number = taken.next_number();
        taken.reserved.insert(number, client);
        Ok(ReservedPlace {
            number,
            taken: Arc::clone(&self.taken),
        })
    }

    /// Gives a transaction a place: the reserved one, if there is one. If all are taken, the oldest transaction whose payer can't
    /// pay loses its place.
    ///
    /// # Errors
    /// [`RelayError::ClientBusy`], [`RelayError::Busy`].
    pub(super) fn enter(
        &self,
        signature: Signature,
        whose: Whose,
        reserved: Option<ReservedPlace>,
    ) -> Result<Entered, RelayError> {
        let mut taken = self.taken();
        if let Some(reserved) = &reserved {
            taken.reserved.remove(&reserved.number);
        }
        let entered = taken.enter(self.limits, signature, whose);
        // To drop a reservation takes the lock.
        drop(taken);
        drop(reserved);
        entered
    }

    /// Notes the balance of a transaction's payer, in lamports: the transactions that it covers stay until their outcome is
    /// known. Returns whether that includes this one.
    pub(super) fn note_balance(&self, ticket: Ticket, balance: u64) -> bool {
        let mut taken = self.taken();
        let Some(payer) = taken.place(ticket).map(|place| place.whose.payer) else {
            return false;
        };
        let of_payer = taken.places.values();
        let of_payer =
            of_payer.filter(|place| place.whose.payer == payer && place.number <= ticket.number);
        let fees = of_payer.fold(0, |fees: u64, place| fees.saturating_add(place.whose.fee));
        let is_paid = fees <= balance;
        if let Some(place) = taken.place(ticket) {
            place.is_paid = is_paid;
        }
        is_paid
    }

    /// Waits until a transaction has lost its place.
    pub(super) fn lost(&self, ticket: Ticket) -> impl Future<Output = ()> + use<> {
        let place = self
            .taken()
            .place(ticket)
            .map(|place| place.outcome.subscribe());
        async move {
            if let Some(mut outcome) = place {
                // The sender goes with the place.
                let _ = outcome.wait_for(Option::is_some).await;
            }
        }
    }

    /// Reports the outcome of a transaction, whose place is free then.
    pub(super) fn leave(&self, ticket: Ticket, outcome: Outcome) {
        self.taken().leave(ticket, outcome);
    }
}

impl Taken {
    fn next_number(&mut self) -> u64 {
        let number = self.next;
        self.next += 1;
        number
    }

    fn make_room(&mut self, limits: PlaceLimits, client: ClientAddress) -> Result<(), RelayError> {
        let clients = self.places.values().map(|place| place.whose.client);
        let clients = clients.chain(self.reserved.values().copied());
        if clients.filter(|one| *one == client).count() >= limits.per_client {
            return Err(RelayError::ClientBusy(limits.per_client));
        }
        if self.places.len() + self.reserved.len() >= limits.total {
            let unpaid = self.places.iter().filter(|(_, place)| !place.is_paid);
            let oldest = unpaid.min_by_key(|(_, place)| place.number);
            let (signature, place) = oldest.ok_or(RelayError::Busy)?;
            let ticket = Ticket {
                signature: *signature,
                number: place.number,
            };
            self.leave(ticket, Err(RelayError::Busy));
        }
        Ok(())
    }

    fn enter(
        &mut self,
        limits: PlaceLimits,
        signature: Signature,
        whose: Whose,
    ) -> Result<Entered, RelayError> {
        if let Some(place) = self.places.get(&signature) {
            return Ok(Entered::Known(place.outcome.subscribe()));
        }
        self.make_room(limits, whose.client)?;
        let (outcome, awaited) = watch::channel(None);
        let number = self.next_number();
        let place = Place {
            number,
            whose,
            is_paid: false,
            outcome,
        };
        self.places.insert(signature, place);
        Ok(Entered::New(awaited, Ticket { signature, number }))
    }

    fn place(&mut self, ticket: Ticket) -> Option<&mut Place> {
        let place = self.places.get_mut(&ticket.signature);
        place.filter(|place| place.number == ticket.number)
    }

    fn leave(&mut self, ticket: Ticket, outcome: Outcome) {
        if self.place(ticket).is_some()
            && let Some(place) = self.places.remove(&ticket.signature)
        {
            // The client that waited may have gone.
            let _ = place.outcome.send(Some(outcome));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::outcome::TransactionOutcome;

    const LIMITS: PlaceLimits = PlaceLimits {
        total: 4,
        per_client: 3,
    };

    fn signature(number: u8) -> Signature {
        Signature::from([number; 64])
    }

    fn whose(client: u8, payer: u8) -> Whose {
        Whose {
            client: ClientAddress::of([10, 0, 0, client].into()),
            payer: Address::new_from_array([payer; 32]),
            fee: 5_000,
        }
    }

    #[track_caller]
    fn enters(places: &Places, number: u8, whose: Whose) -> Ticket {
        match places.enter(signature(number), whose, None) {
            Ok(Entered::New(_, ticket)) => ticket,
            Ok(Entered::Known(_)) => panic!("{number} is known"),
            Err(error) => panic!("{number}: {error}"),
        }
    }

    /// The oldest transaction whose payer can't pay makes room for a new one, and those who wait for it are informed; a
    /// transaction whose payer can pay stays.
    #[test]
    fn what_is_not_paid_for_makes_room() {
        let places = Places::new(LIMITS);
        let [first, second, _, fourth] =
            [1, 2, 3, 4].map(|number| enters(&places, number, whose(number, number)));
        assert!(places.note_balance(first, 5_000));
        assert!(!places.note_balance(second, 4_999));
        let Ok(Entered::Known(waiting)) = places.enter(signature(2), whose(9, 9), None) else {
            panic!("it is known");
        };
        let fifth = enters(&places, 5, whose(5, 5));
        assert_eq!(*waiting.borrow(), Some(Err(RelayError::Busy)));
        assert!(!places.has(&signature(2)) && places.has(&signature(1)));
        let sixth = enters(&places, 6, whose(6, 6));
        assert!(!places.has(&signature(3)));
        for ticket in [fourth, fifth, sixth] {
            assert!(places.note_balance(ticket, 5_000));
        }
        let full = places.enter(signature(7), whose(7, 7), None).err();
        assert_eq!(full, Some(RelayError::Busy));
        places.leave(first, Ok(TransactionOutcome::Expired));
        enters(&places, 7, whose(7, 7));
    }

    /// A payer's balance counts for all of its transactions together.
    #[test]
    fn a_balance_pays_once() {
        let places = Places::new(LIMITS);
        let tickets = [1, 2, 3].map(|number| enters(&places, number, whose(number, 1)));
        let paid = tickets.map(|ticket| places.note_balance(ticket, 10_000));
        assert_eq!(paid, [true, true, false]);
    }

    /// A client has a part of all places, and gets one back when one of its transactions has its outcome.
    #[test]
    fn a_client_has_a_part_of_the_places() {
        let places = Places::new(LIMITS);
        let tickets = [1, 2, 3].map(|number| enters(&places, number, whose(1, number)));
        let full = places.enter(signature(4), whose(1, 4), None).err();
        assert_eq!(full, Some(RelayError::ClientBusy(3)));
        enters(&places, 4, whose(2, 4));
        places.leave(tickets[2], Ok(TransactionOutcome::Expired));
        enters(&places, 5, whose(1, 5));
    }

    /// A task that lost its transaction's place does not take away the one that the transaction has got since.
    #[test]
    fn a_place_that_was_lost_is_not_the_next_one() {
        let places = Places::new(LIMITS);
        let old = enters(&places, 1, whose(1, 1));
        places.leave(old, Err(RelayError::Busy));
        let new = enters(&places, 1, whose(1, 1));
        places.leave(old, Err(RelayError::Unknown));
        assert!(places.has(&signature(1)) && !places.note_balance(old, 5_000));
        assert!(places.note_balance(new, 5_000));
    }

    /// A reserved place counts for all and for its client, is the transaction's once that has a signature, and is free again
    /// where there is never one.
    #[test]
    fn a_place_is_kept_for_a_transaction_without_a_signature() {
        let places = Places::new(LIMITS);
        let reserve = |client| places.reserve(whose(client, 1).client);
        let [first, second, third] = [1, 1, 1].map(|client| reserve(client).ok().unwrap());
        assert_eq!(reserve(1).err(), Some(RelayError::ClientBusy(3)));
        let paid = enters(&places, 1, whose(2, 2));
        assert!(places.note_balance(paid, 5_000));
        let full = places.enter(signature(2), whose(3, 3), None).err();
        assert_eq!(full, Some(RelayError::Busy));
        assert!(places.enter(signature(3), whose(1, 1), Some(first)).is_ok());
        assert_eq!(reserve(4).err(), None, "nobody pays for the transaction 3");
        assert!(!places.has(&signature(3)));
        drop((second, third));
        enters(&places, 4, whose(1, 1));
    }
}
