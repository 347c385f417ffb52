use std::collections::{BTreeMap, BTreeSet, HashMap};

use generion_interface::events::Event;
use solana_address::Address;
use vm_account::{AccountSharedData, ReadableAccount};

/// The cost, the log and the effects of a successful transaction.
#[derive(Clone, Debug)]
pub struct Executed {
    /// Compute units.
    pub compute_units: u64,
    /// Bytes on the wire.
    pub bytes: usize,
    /// The events of the program.
    pub events: Vec<Event>,
    /// The log.
    pub logs: Vec<String>,
    /// Its changes of the ledger.
    pub changes: Changes,
}

/// The difference between two states of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The change of each balance in lamports, without the fee.
    pub moved: BTreeMap<Address, i128>,
    /// Every account whose data or owner changed.
    pub written: BTreeSet<Address>,
}

/// All accounts, as the VM has them.
pub(crate) type Ledger = HashMap<Address, AccountSharedData>;

impl Changes {
    /// Compares all accounts. The fee payer must have paid the fee, and all other lamports that left an account must
    /// have arrived in another account.
    pub(crate) fn between(before: &Ledger, after: &Ledger, fee_payer: Address, fee: u64) -> Self {
        let empty = AccountSharedData::default();
        let mut moved = BTreeMap::from([(fee_payer, i128::from(fee))]);
        let mut written = BTreeSet::new();
        let gone = before.keys().filter(|address| !after.contains_key(address));
        for address in after.keys().chain(gone) {
            // An account without lamports does not exist, whatever the VM still has of it.
            let [old, new] = [before, after].map(|ledger| {
                let account = ledger.get(address).filter(|account| account.lamports() > 0);
                account.unwrap_or(&empty)
            });
            if old == new {
                continue;
            }
            *moved.entry(*address).or_default() +=
                i128::from(new.lamports()) - i128::from(old.lamports());
            if (old.data(), old.owner()) != (new.data(), new.owner()) {
                written.insert(*address);
            }
        }
        moved.retain(|_, lamports| *lamports != 0);
        assert_eq!(
            moved.values().sum::<i128>(),
            0,
            "lamports were made or lost: {moved:?}"
        );
        Self { moved, written }
    }
}

impl Executed {
    /// Checks everything that the transaction did: every balance that changed (without the fee), every account whose
    /// data changed, and its only event.
    #[track_caller]
    pub fn assert_did(&self, moved: &[(Address, i128)], written: &[Address], event: Event) {
        assert_eq!(
            self.changes.moved,
            moved.iter().copied().collect(),
            "balances"
        );
        assert_eq!(
            self.changes.written,
            written.iter().copied().collect(),
            "accounts written"
        );
        assert_eq!(self.events, [event]);
    }
}
