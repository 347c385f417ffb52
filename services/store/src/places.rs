//! How much runs at the same time, of all clients and of each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client::ClientAddress;

/// Places for what clients have running, of which each address may take so many.
#[derive(Debug)]
pub struct Places {
    free: Arc<Semaphore>,
    max_per_address: usize,
    taken: Arc<Taken>,
}

#[derive(Debug, Default)]
struct Taken(Mutex<HashMap<ClientAddress, usize>>);

impl Taken {
    fn lock(&self) -> MutexGuard<'_, HashMap<ClientAddress, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    pub fn new(max: usize, max_per_address: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(max)),
            max_per_address,
            taken: Arc::default(),
        }
    }

    /// A place until it is dropped, if there is one for this client.
    pub fn take(&self, client: ClientAddress) -> Option<Place> {
        let mut taken = self.taken.lock();
        let count = taken.get(&client).copied().unwrap_or_default();
        if count >= self.max_per_address {
            return None;
        }
        let permit = self.free.clone().try_acquire_owned().ok()?;
        taken.insert(client, count + 1);
        Some(Place {
            taken: self.taken.clone(),
            client,
            _permit: permit,
        })
    }
}

/// A place that somebody has.
#[derive(Debug)]
pub struct Place {
    taken: Arc<Taken>,
    client: ClientAddress,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock();
        match taken.get_mut(&self.client) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(taken.remove(&self.client)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_more_than_its_own_and_all_together_no_more_than_there_are() {
        let places = Places::new(3, 2);
        let client = |last| ClientAddress::of([192, 0, 2, last].into());
        let first = places.take(client(1)).unwrap();
        let second = places.take(client(1)).unwrap();
        assert!(places.take(client(1)).is_none());
        let other = places.take(client(2)).unwrap();
        assert!(places.take(client(3)).is_none());
        drop(second);
        let third = places.take(client(3)).unwrap();
        assert!(places.take(client(1)).is_none());
        drop((first, other, third));
        assert!(places.taken.lock().is_empty());
        assert_eq!(places.free.available_permits(), 3);
    }
}
