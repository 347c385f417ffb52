use std::{
    collections::{BTreeMap, btree_map::Entry},
    time::Duration,
};

use generion_rpc::backoff::Backoff;
use solana_address::Address;
use tokio::time::Instant;

/// The shortest wait before the second try.
const FIRST_RETRY: Duration = Duration::from_millis(500);
/// The longest wait.
const LAST_RETRY: Duration = Duration::from_secs(60);
/// The longest wait where little time is left.
const LAST_URGENT_RETRY: Duration = Duration::from_secs(10);

/// Purchases that are still to be delivered or settled, with their stage and the time of the next look.
#[derive(Default)]
pub(super) struct Tasks(BTreeMap<Address, Task>);

#[derive(Debug)]
struct Task {
    /// The deadline, which distinguishes the purchase from another one at the same address.
    deadline: i64,
    stage: Stage,
    waits: Backoff,
    failures: u32,
    expiries: u32,
    is_suspect: bool,
    is_urgent: bool,
}

/// The stage of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The agent looks at the purchase at this moment.
    Waits(Instant),
    /// The agent is reading the purchase.
    Reading,
    /// The agent is preparing the delivery: the purchase is about to be locked.
    Checking,
    /// So many parts of it are to be delivered, or on their way.
    Delivering(usize),
    /// The delivery is complete, and the purchase is about to be settled.
    Settling,
}

/// The verdict after an error.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The purchase is tried again.
    Later(Duration),
    /// The purchase was tried often enough.
    Never,
    /// The error is known already, or another part of the purchase is still on its way.
    Known,
}

impl Tasks {
    /// Whether it is new.
    pub fn add(&mut self, purchase: Address, deadline: i64, now: Instant) -> bool {
        match self.0.entry(purchase) {
            Entry::Occupied(_) => false,
            Entry::Vacant(entry) => {
                entry.insert(Task {
                    deadline,
                    stage: Stage::Waits(now),
                    waits: Backoff::new(FIRST_RETRY, LAST_RETRY),
                    failures: 0,
                    expiries: 0,
                    is_suspect: false,
                    is_urgent: false,
                });
                true
            }
        }
    }

    /// Removes a purchase; returns its deadline, if it was there.
    pub fn remove(&mut self, purchase: &Address) -> Option<i64> {
        self.0.remove(purchase).map(|task| task.deadline)
    }

    /// The deadline of a purchase, as it was seen last.
    pub fn deadline(&self, purchase: &Address) -> Option<i64> {
        self.0.get(purchase).map(|task| task.deadline)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When there is something to look at; `None`: never.
    pub fn next_due(&self) -> Option<Instant> {
        self.0.values().filter_map(Task::due).min()
    }

    /// The purchases to look at now, with their deadlines: the longest overdue first, and no more than `most`. They count as
    /// being read from now on.
    pub fn take_due(&mut self, most: usize, now: Instant) -> Vec<(Address, i64)> {
        let due = |(purchase, task): (&Address, &Task)| {
            let due = task.due().filter(|due| *due <= now)?;
            Some((due, *purchase, task.deadline))
        };
        let mut due: Vec<_> = self.0.iter().filter_map(due).collect();
        due.sort_unstable();
        due.truncate(most);
        for (_, purchase, _) in &due {
            self.set(purchase, Stage::Reading);
        }
        let key = |(_, purchase, deadline)| (purchase, deadline);
        due.into_iter().map(key).collect()
    }

    /// Sets the stage of a purchase.
    pub fn set(&mut self, purchase: &Address, stage: Stage) {
        if let Some(task) = self.0.get_mut(purchase) {
            task.stage = stage;
        }
    }

    /// Notes the deadline and the urgency of a purchase that was read.
    pub fn note(&mut self, purchase: &Address, deadline: i64, is_urgent: bool) {
        if let Some(task) = self.0.get_mut(purchase) {
            (task.deadline, task.is_urgent) = (deadline, is_urgent);
        }
    }

    /// Purchases that are locked, or may be before long.
    pub fn open_settlements(&self) -> usize {
        let open = |task: &&Task| {
            matches!(
                task.stage,
                Stage::Checking | Stage::Delivering(_) | Stage::Settling
            )
        };
        self.0.values().filter(open).count()
    }

    /// A part of it was delivered. Once all are, it is looked at again.
    pub fn progress(&mut self, purchase: &Address) {
        if let Some(task) = self.0.get_mut(purchase) {
            (task.failures, task.expiries) = (0, 0);
            task.waits.reset();
            match task.stage {
                Stage::Delivering(left) if left > 1 => task.stage = Stage::Delivering(left - 1),
                _ => task.stage = Stage::Waits(Instant::now()),
            }
        }
    }

    /// The purchase failed because of others in its transaction.
    pub fn again(&mut self, purchase: &Address, now: Instant) {
        if let Some(task) = self.0.get_mut(purchase)
            && task.has_ended_part()
        {
            task.stage = Stage::Waits(now + FIRST_RETRY);
        }
    }

    /// The purchase failed; `most` is the number of allowed failures. If other parts of it are on their way, the agent waits
    /// for these.
    pub fn postpone(&mut self, purchase: &Address, most: Option<u32>, now: Instant) -> Verdict {
        let Some(task) = self.0.get_mut(purchase) else {
            return Verdict::Known;
        };
        if !task.has_ended_part() {
            return Verdict::Known;
        }
        task.failures = task.failures.saturating_add(1);
        if most.is_some_and(|most| task.failures >= most) {
            return Verdict::Never;
        }
        let last = match task.is_urgent {
            true => LAST_URGENT_RETRY,
            false => LAST_RETRY,
        };
        let retry_in = task.waits.next_wait().min(last);
        task.stage = Stage::Waits(now + retry_in);
        Verdict::Later(retry_in)
    }

    /// The purchase's transaction expired: the next one pays more.
    pub fn expire(&mut self, purchase: &Address) {
        if let Some(task) = self.0.get_mut(purchase) {
            task.expiries = task.expiries.saturating_add(1);
        }
    }

    /// The number of times that the price of the next transaction is raised.
    pub fn raise(&self, purchase: &Address) -> u32 {
        let task = self.0.get(purchase);
        task.map_or(0, |task| {
            task.expiries.saturating_add(2 * u32::from(task.is_urgent))
        })
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

impl Task {
    const fn due(&self) -> Option<Instant> {
        match self.stage {
            Stage::Waits(due) => Some(due),
            _ => None,
        }
    }

    /// Counts a part that ended; whether it was the last one on its way.
    fn has_ended_part(&mut self) -> bool {
        match self.stage {
            Stage::Waits(_) => false,
            Stage::Delivering(left) if left > 1 => {
                self.stage = Stage::Delivering(left - 1);
                false
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at the only purchase, which must be due.
    fn look(tasks: &mut Tasks, purchase: Address, now: Instant) {
        assert_eq!(tasks.take_due(9, now), [(purchase, 7)]);
        assert_eq!(tasks.take_due(9, now), [], "it is being read");
        assert_eq!(tasks.next_due(), None);
    }

    #[test]
    fn tries_get_rarer_and_end() {
        let mut now = Instant::now();
        let (mut tasks, purchase) = (Tasks::default(), Address::new_unique());
        assert!(tasks.add(purchase, 7, now));
        assert!(!tasks.add(purchase, 7, now));
        for expected in [500, 1_000, 2_000].map(Duration::from_millis) {
            look(&mut tasks, purchase, now);
            let verdict = tasks.postpone(&purchase, Some(4), now);
            // The wait has a random part.
            assert!(
                matches!(verdict, Verdict::Later(wait) if (expected..=2 * expected).contains(&wait))
            );
            // It waits already.
            assert_eq!(tasks.postpone(&purchase, Some(4), now), Verdict::Known);
            assert_eq!(tasks.take_due(9, now), []);
            now = tasks.next_due().unwrap();
        }
        look(&mut tasks, purchase, now);
        assert_eq!(tasks.postpone(&purchase, Some(4), now), Verdict::Never);
        for (is_urgent, last) in [(false, LAST_RETRY), (true, LAST_URGENT_RETRY)] {
            tasks.note(&purchase, 7, is_urgent);
            tasks.set(&purchase, Stage::Reading);
            for _ in 0..40 {
                let verdict = tasks.postpone(&purchase, None, now);
                assert!(matches!(verdict, Verdict::Later(wait) if wait <= last));
                now = tasks.next_due().unwrap();
                look(&mut tasks, purchase, now);
            }
        }
        assert_eq!(tasks.remove(&purchase), Some(7));
        assert_eq!(tasks.remove(&purchase), None);
    }

    #[test]
    fn what_is_overdue_longest_comes_first() {
        let start = Instant::now();
        let mut tasks = Tasks::default();
        let purchases: Vec<_> = (0..5).map(|_| Address::new_unique()).collect();
        for (purchase, second) in purchases.iter().zip([4, 2, 5, 1, 3]) {
            tasks.add(*purchase, 7, start + Duration::from_secs(second));
        }
        let due = tasks.take_due(3, start + Duration::from_secs(4));
        assert_eq!(due, [3, 1, 4].map(|index: usize| (purchases[index], 7)));
        assert_eq!(tasks.next_due(), Some(start + Duration::from_secs(4)));
    }

    /// The agent looks at a purchase again once all its parts have ended, and several failures count once.
    #[test]
    fn all_parts_of_a_purchase_are_waited_for() {
        let now = Instant::now();
        let (mut tasks, purchase) = (Tasks::default(), Address::new_unique());
        tasks.add(purchase, 7, now);
        look(&mut tasks, purchase, now);
        tasks.set(&purchase, Stage::Delivering(3));
        assert_eq!(tasks.open_settlements(), 1);
        tasks.progress(&purchase);
        assert_eq!(tasks.postpone(&purchase, None, now), Verdict::Known);
        assert_eq!(tasks.next_due(), None);
        let verdict = tasks.postpone(&purchase, None, now);
        let retry_in = match verdict {
            Verdict::Later(retry_in) => retry_in,
            other => panic!("{other:?}"),
        };
        assert!((FIRST_RETRY..=2 * FIRST_RETRY).contains(&retry_in));
        assert_eq!(tasks.open_settlements(), 0);

        look(&mut tasks, purchase, now + retry_in);
        tasks.set(&purchase, Stage::Delivering(2));
        tasks.again(&purchase, now);
        assert_eq!(tasks.next_due(), None);
        tasks.progress(&purchase);
        assert!(tasks.next_due().is_some());
    }

    #[test]
    fn a_price_is_raised_by_what_expired_and_where_time_is_short() {
        let (mut tasks, purchase) = (Tasks::default(), Address::new_unique());
        tasks.add(purchase, 7, Instant::now());
        let mut raises = vec![tasks.raise(&purchase)];
        tasks.expire(&purchase);
        raises.push(tasks.raise(&purchase));
        tasks.note(&purchase, 7, true);
        raises.push(tasks.raise(&purchase));
        tasks.progress(&purchase);
        raises.push(tasks.raise(&purchase));
        assert_eq!(raises, [0, 1, 3, 2]);
    }
}
