//! A server spawns the reading of histories on a runtime of several threads: that takes a future that is `Send`.

use generion_history::{History, HistoryNodes, HistoryRange};
use solana_address::Address;

fn is_send<T>(_: impl Future<Output = T> + Send) {}

/// Compiling this is the test.
#[test]
fn reading_a_history_can_move_between_threads() {
    let _read = |nodes: &HistoryNodes<'_>, address: &Address, range: &HistoryRange| {
        is_send(History::read(nodes, address, range));
    };
}
