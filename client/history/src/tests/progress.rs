//! Whoever waits for a history sees how far it is.

use std::sync::{Arc, Mutex};

use generion_client::{Activity, Progress, Task};

use super::{
    made::wallet,
    node::Node,
    walking::{kept, ledger},
};
use crate::{History, HistoryRange};

/// What was begun, how much there is of it, and how much of it was done.
type Note = (Activity, Option<u64>, u64);

#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<Note>>>);

struct Noted(Notes, usize);

impl Progress for Notes {
    fn begin(&self, activity: Activity, total: Option<u64>) -> Box<dyn Task> {
        let mut notes = self.0.lock().unwrap();
        notes.push((activity, total, 0));
        Box::new(Noted(self.clone(), notes.len() - 1))
    }
}

impl Task for Noted {
    fn advance(&self, amount: u64) {
        self.0.0.lock().unwrap()[self.1].2 += amount;
    }
}

#[tokio::test]
async fn what_is_listed_and_read_is_counted() {
    let listed = (1..=20).rev().map(|name| (name, u64::from(name), false));
    let names: Vec<_> = (1..=20).collect();
    let node = Node::start(kept(listed.collect(), &names));
    let (mut ledger, notes) = (ledger(&node), Notes::default());
    ledger.set_progress(Arc::new(notes.clone()));
    History::read(&ledger, &wallet(10), &HistoryRange::default())
        .await
        .unwrap();
    let notes = notes.0.lock().unwrap();
    assert_eq!(notes[0], (Activity::Listing, None, 1));
    assert_eq!(notes[1], (Activity::Reading, Some(20), 20));
}
