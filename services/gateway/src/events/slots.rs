//! The number of clients that may follow the feed at the same time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use generion_http_server::client_address::ClientAddress;

/// Places for subscriptions, in total and for each peer.
#[derive(Debug)]
pub(super) struct Slots {
    max: usize,
    max_per_peer: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_peer: HashMap<ClientAddress, usize>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoSlot {
    /// There are as many subscriptions as this gateway allows.
    Full,
    /// The peer has as many as it is allowed.
    PeerFull,
}

/// A place, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    peer: Option<ClientAddress>,
}

impl Slots {
    pub(super) fn new(max: usize, max_per_peer: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            max_per_peer,
            taken: Mutex::default(),
        })
    }

    /// Takes a place; a peer that is not known is limited by the total alone.
    pub(super) fn take(self: &Arc<Self>, peer: Option<ClientAddress>) -> Result<Slot, NoSlot> {
        let mut taken = self.lock();
        let of_peer = peer.and_then(|peer| taken.by_peer.get(&peer).copied());
        if of_peer.unwrap_or_default() >= self.max_per_peer {
            return Err(NoSlot::PeerFull);
        }
        if taken.all >= self.max {
            return Err(NoSlot::Full);
        }
        taken.all += 1;
        if let Some(peer) = peer {
            *taken.by_peer.entry(peer).or_default() += 1;
        }
        Ok(Slot {
            slots: Arc::clone(self),
            peer,
        })
    }

    /// The number of places that are taken.
    pub(super) fn taken(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.lock();
        taken.all -= 1;
        let Some(peer) = self.peer else { return };
        match taken.by_peer.get_mut(&peer) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(taken.by_peer.remove(&peer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A peer gets no more places than its limit, all peers together no more than the total, and a place that is given back
    /// leaves no entry.
    #[test]
    fn places_are_limited_and_given_back() {
        let slots = Slots::new(3, 2);
        let peer = |last| Some(ClientAddress::of([192, 0, 2, last].into()));
        let first = [slots.take(peer(1)).unwrap(), slots.take(peer(1)).unwrap()];
        assert_eq!(slots.take(peer(1)).unwrap_err(), NoSlot::PeerFull);
        let other = slots.take(peer(2)).unwrap();
        assert_eq!(slots.take(peer(3)).unwrap_err(), NoSlot::Full);
        assert_eq!(slots.take(None).unwrap_err(), NoSlot::Full);
        drop((first, other));
        assert_eq!(slots.taken(), 0);
        assert!(slots.lock().by_peer.is_empty());
        assert!(slots.take(None).is_ok());
    }
}
