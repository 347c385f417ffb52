//! Reading a history reports its progress.

use std::sync::Mutex;

use super::{
    made::wallet,
    node::start,
    walking::{DEPLOYMENT, kept, one},
};
use crate::{History, HistoryNodes, HistoryProgress, HistoryRange};

#[tokio::test]
async fn what_is_listed_and_read_is_counted() {
    let listed = (1..=20).rev().map(|name| (name, u64::from(name), false));
    let names: Vec<_> = (1..=20).collect();
    let node = start(kept(listed.collect(), &names));
    let reports = Mutex::new(Vec::new());
    let asked = one(&node);
    let on_progress = |progress| reports.lock().unwrap().push(progress);
    let nodes = HistoryNodes::new(&asked, &DEPLOYMENT).on_progress(&on_progress);
    History::read(&nodes, &wallet(10), &HistoryRange::default())
        .await
        .unwrap();
    let reports = reports.into_inner().unwrap();
    let listing = |done| HistoryProgress::Listing { done, total: 1 };
    let reading = |done| HistoryProgress::Reading { done, total: 20 };
    let expected: Vec<_> = [listing(0), listing(1)]
        .into_iter()
        .chain((0..=20).map(reading))
        .collect();
    assert_eq!(reports[..expected.len()], expected);
}

#[tokio::test]
async fn without_a_node_there_is_no_history() {
    let nodes = HistoryNodes::new(&[], &DEPLOYMENT);
    let read = History::read(&nodes, &wallet(10), &HistoryRange::default()).await;
    assert!(matches!(read, Err(crate::HistoryError::NoNodes)));
}
