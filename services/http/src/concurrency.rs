//! Limits how many operations run at the same time, for all clients together and for each address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client_address::ClientAddress;

/// A limit on concurrent operations, in total and per address.
#[derive(Debug)]
pub struct ConcurrencyLimit {
    permits: Arc<Semaphore>,
    max_per_address: usize,
    in_use: Arc<InUse>,
}

#[derive(Debug, Default)]
struct InUse(Mutex<HashMap<ClientAddress, usize>>);

impl InUse {
    fn lock(&self) -> MutexGuard<'_, HashMap<ClientAddress, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConcurrencyLimit {
    /// At most `max` operations in total, and `max_per_address` of one address.
    pub fn new(max: usize, max_per_address: usize) -> Self {
        Self {
            // A larger number than a semaphore can hold is as good as no limit.
            permits: Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS))),
            max_per_address,
            in_use: Arc::default(),
        }
    }

    /// Acquires a permit for this client, unless a limit is reached.
    pub fn try_acquire(&self, client: ClientAddress) -> Option<Permit> {
        let mut in_use = self.in_use.lock();
        let count = in_use.get(&client).copied().unwrap_or_default();
        if count >= self.max_per_address {
            return None;
        }
        let permit = self.permits.clone().try_acquire_owned().ok()?;
        in_use.insert(client, count + 1);
        Some(Permit {
            in_use: self.in_use.clone(),
            client,
            _permit: permit,
        })
    }
}

/// Permission to run one operation, until it is dropped.
#[derive(Debug)]
pub struct Permit {
    in_use: Arc<InUse>,
    client: ClientAddress,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut in_use = self.in_use.lock();
        match in_use.get_mut(&self.client) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(in_use.remove(&self.client)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_one_address_nor_all_together_exceed_the_limit() {
        let limit = ConcurrencyLimit::new(3, 2);
        let client = |last| ClientAddress::of([192, 0, 2, last].into());
        let first = limit.try_acquire(client(1)).unwrap();
        let second = limit.try_acquire(client(1)).unwrap();
        assert!(limit.try_acquire(client(1)).is_none());
        let other = limit.try_acquire(client(2)).unwrap();
        assert!(limit.try_acquire(client(3)).is_none());
        drop(second);
        let third = limit.try_acquire(client(3)).unwrap();
        assert!(limit.try_acquire(client(1)).is_none());
        drop((first, other, third));
        assert!(limit.in_use.lock().is_empty());
        assert_eq!(limit.permits.available_permits(), 3);
    }

    /// An operator who wants no limit may write the largest number.
    #[test]
    fn the_largest_limit_is_a_limit() {
        let limit = ConcurrencyLimit::new(usize::MAX, usize::MAX);
        assert!(
            limit
                .try_acquire(ClientAddress::of([192, 0, 2, 1].into()))
                .is_some()
        );
    }
}
