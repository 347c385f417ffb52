use std::{
    collections::{BTreeMap, btree_map::Entry},
    time::Duration,
};

use solana_address::Address;
use tokio::time::Instant;

/// The wait before the second try; it doubles.
const FIRST_RETRY: Duration = Duration::from_millis(500);
/// The longest wait.
const LAST_RETRY: Duration = Duration::from_secs(60);

/// Purchases that are still to be delivered, and when to try.
#[derive(Default)]
pub(super) struct Tasks(BTreeMap<Address, Task>);

struct Task {
    due: Instant,
    failures: u32,
    is_suspect: bool,
}

/// What becomes of a purchase that was not delivered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is tried again.
    Later(Duration),
    /// It was tried often enough.
    Never,
    /// It is known not to have been delivered.
    Known,
}

impl Tasks {
    /// Whether it is new.
    pub fn add(&mut self, purchase: Address, now: Instant) -> bool {
        match self.0.entry(purchase) {
            Entry::Occupied(_) => false,
            Entry::Vacant(entry) => {
                entry.insert(Task {
                    due: now,
                    failures: 0,
                    is_suspect: false,
                });
                true
            }
        }
    }

    /// Whether it was there.
    pub fn remove(&mut self, purchase: &Address) -> bool {
        self.0.remove(purchase).is_some()
    }

    /// When there is something to do; `None`: never.
    pub fn next_due(&self) -> Option<Instant> {
        self.0.values().map(|task| task.due).min()
    }

    /// What is to be done now, longest overdue first, and no more than `most`.
    pub fn due(&self, most: usize, now: Instant) -> Vec<Address> {
        let mut due: Vec<_> = self.0.iter().filter(|(_, task)| task.due <= now).collect();
        due.sort_by_key(|(_, task)| task.due);
        due.truncate(most);
        due.into_iter().map(|(purchase, _)| *purchase).collect()
    }

    /// Something of it was delivered, and something may be left.
    pub fn progress(&mut self, purchase: &Address) {
        if let Some(task) = self.0.get_mut(purchase) {
            task.due = Instant::now();
            task.failures = 0;
        }
    }

    /// It failed through no fault of its own.
    pub fn again(&mut self, purchase: &Address) {
        if let Some(task) = self.0.get_mut(purchase) {
            task.due = Instant::now() + FIRST_RETRY;
        }
    }

    /// It failed; `most` is how often it may. A second part of it that fails at the same time doesn't count.
    pub fn postpone(&mut self, purchase: &Address, most: Option<u32>, now: Instant) -> Verdict {
        let Some(task) = self.0.get_mut(purchase).filter(|task| task.due <= now) else {
            return Verdict::Known;
        };
        task.failures += 1;
        if most.is_some_and(|most| task.failures >= most) {
            return Verdict::Never;
        }
        let retry_in = FIRST_RETRY
            .saturating_mul(1 << (task.failures - 1).min(16))
            .min(LAST_RETRY);
        task.due = now + retry_in;
        Verdict::Later(retry_in)
    }

    /// A transaction failed at it: from now on it goes alone, so that it takes no others with it.
    pub fn suspect(&mut self, purchase: &Address) {
        if let Some(task) = self.0.get_mut(purchase) {
            task.is_suspect = true;
        }
    }

    /// Whether it goes alone.
    pub fn is_suspect(&self, purchase: &Address) -> bool {
        self.0.get(purchase).is_some_and(|task| task.is_suspect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_get_rarer_and_end() {
        let mut now = Instant::now();
        let (mut tasks, purchase) = (Tasks::default(), Address::new_unique());
        assert!(tasks.add(purchase, now));
        assert!(!tasks.add(purchase, now));
        for expected in [500, 1_000, 2_000].map(Duration::from_millis) {
            assert_eq!(tasks.due(9, now), [purchase]);
            let verdict = tasks.postpone(&purchase, Some(4), now);
            assert_eq!(verdict, Verdict::Later(expected));
            // Another part of the same purchase, in another transaction that failed.
            assert_eq!(tasks.postpone(&purchase, Some(4), now), Verdict::Known);
            assert_eq!(tasks.due(9, now), []);
            now = tasks.next_due().unwrap();
        }
        assert_eq!(tasks.postpone(&purchase, Some(4), now), Verdict::Never);
        for _ in 0..40 {
            let verdict = tasks.postpone(&purchase, None, now);
            assert!(matches!(verdict, Verdict::Later(wait) if wait <= LAST_RETRY));
            now = tasks.next_due().unwrap();
        }
    }

    #[test]
    fn what_is_overdue_longest_comes_first() {
        let start = Instant::now();
        let mut tasks = Tasks::default();
        let purchases: Vec<_> = (0..5).map(|_| Address::new_unique()).collect();
        for (purchase, second) in purchases.iter().zip([4, 2, 5, 1, 3]) {
            tasks.add(*purchase, start + Duration::from_secs(second));
        }
        let due = tasks.due(3, start + Duration::from_secs(4));
        assert_eq!(due, [3, 1, 4].map(|index: usize| purchases[index]));
        assert!(tasks.remove(&purchases[3]));
        assert!(!tasks.remove(&purchases[3]));
        assert_eq!(tasks.next_due(), Some(start + Duration::from_secs(2)));
    }
}
