//! Accounts as all nodes show them.

use std::collections::{BTreeMap, HashMap};

use futures::{StreamExt, TryStreamExt, stream};
use generion_interface::Addresses;
use generion_rpc::causes::with_causes;
use solana_account::Account;
use solana_address::Address;
use solana_signature::Signature;
use tokio::time::{Duration, sleep};
use tracing::warn;

use super::{
    ledger_node::{LedgerNodeError, MAX_ACCOUNTS},
    ledger_nodes::Reached,
};
use crate::storage::{IndexedAccount, Written};

/// The number of times that nodes are asked again if they disagree: one of them may have been a slot ahead.
const ATTEMPTS: u32 = 4;
/// The wait before that.
const INTERVAL: Duration = Duration::from_millis(400);

/// Questions for accounts that a node is asked at the same time.
const READS_AT_A_TIME: usize = 4;

/// An account as a node shows it, with the slot of the state.
type Shown = (u64, Option<Account>);

/// The present accounts at some addresses, in a state of `slot` or later. `touched` has the last known transaction that named
/// each address. Accounts that the nodes keep disagreeing on are marked.
///
/// # Errors
/// [`LedgerNodeError`], where no node answers.
pub async fn read_accounts(
    reached: &Reached<'_>,
    addresses: &Addresses,
    touched: &BTreeMap<Address, Option<Signature>>,
    slot: u64,
) -> Result<Vec<Written>, LedgerNodeError> {
    // Wallets and programs were never accounts of the program.
    let all: Vec<_> = (touched.keys().copied())
        .filter(|address| !address.is_on_curve())
        .collect();
    let parts: Vec<_> = all.chunks(MAX_ACCOUNTS - 1).map(<[_]>::to_vec).collect();
    let reading = stream::iter(parts)
        .map(|some| async move { read_some(reached, &some, slot).await })
        .buffered(READS_AT_A_TIME);
    let mut read = std::pin::pin!(reading);
    let mut written = Vec::new();
    while let Some(some) = read.try_next().await? {
        for (address, (read_at, account, disputed)) in some {
            let signature = touched.get(&address).copied().flatten();
            written.extend(present_or_closed(
                addresses, address, account, read_at, signature, disputed,
            ));
        }
    }
    Ok(written)
}

/// The account at an address in a state; `None`: an account of the program that can't be read.
pub fn present_or_closed(
    addresses: &Addresses,
    address: Address,
    account: Option<Account>,
    slot: u64,
    signature: Option<Signature>,
    disputed: bool,
) -> Option<Written> {
    let of_the_program = account.filter(|account| account.owner == addresses.program_id);
    let Some(account) = of_the_program else {
        return Some(Written::Closed { address, slot });
    };
    let (owner, lamports) = (account.owner, account.lamports);
    match IndexedAccount::read(addresses, address, &owner, lamports, slot, account.data) {
        Ok(account) => Some(Written::Present {
            account,
            signature,
            disputed,
        }),
        Err(error) => {
            warn!(%address, error = with_causes(&error), "an account that can't be read is left out");
            None
        }
    }
}

/// For each address the slot, the account, and whether nodes disagree.
async fn read_some(
    reached: &Reached<'_>,
    addresses: &[Address],
    slot: u64,
) -> Result<HashMap<Address, (u64, Option<Account>, bool)>, LedgerNodeError> {
    let mut read = HashMap::new();
    let (mut open, mut slot) = (addresses.to_vec(), slot);
    let mut most_answers = 0;
    for attempt in 1.. {
        if open.is_empty() {
            break;
        }
        let asked = &open;
        let answers = reached.ask(|node| node.read(asked, slot)).await?;
        most_answers = most_answers.max(answers.len());
        let mut unlike = Vec::new();
        for (index, address) in asked.iter().enumerate() {
            let shown: Vec<Shown> = (answers.iter())
                .map(|(_, (at, accounts))| (*at, accounts[index].clone()))
                .collect();
            let (at, account) = newest_present(&shown);
            // A node that contradicted the others and is silent now has not come to agree with them.
            let agree = answers.len() == most_answers
                && shown
                    .iter()
                    .all(|(_, other)| are_alike(other.as_ref(), account.as_ref()));
            if agree || attempt == ATTEMPTS {
                if !agree {
                    warn!(%address, "nodes disagree on an account: it is not served as fact");
                }
                read.insert(*address, (at, account, !agree));
            } else {
                unlike.push(*address);
            }
        }
        // The second highest, since a single node could name a slot that no other ever reaches.
        let mut slots: Vec<u64> = answers.iter().map(|(_, (at, _))| *at).collect();
        slots.sort_unstable_by(|one, other| other.cmp(one));
        slot = slots
            .get(1)
            .or(slots.first())
            .copied()
            .unwrap_or(slot)
            .max(slot);
        open = unlike;
        if !open.is_empty() {
            sleep(INTERVAL).await;
        }
    }
    Ok(read)
}

/// The account of the newest state; where nodes disagree, one that is there rather than none.
fn newest_present(shown: &[Shown]) -> Shown {
    let newest = (shown.iter()).max_by_key(|(at, account)| (account.is_some(), *at));
    // The lowest slot: a later state is never taken for an older one because a node named a slot of the far future.
    let at = shown.iter().map(|(at, _)| *at).min().unwrap_or_default();
    (at, newest.and_then(|(_, account)| account.clone()))
}

/// Whether two nodes show the same at an address.
pub(super) fn are_alike(one: Option<&Account>, other: Option<&Account>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            (one.owner, one.lamports, &one.data) == (other.owner, other.lamports, &other.data)
        }
        _ => false,
    }
}
