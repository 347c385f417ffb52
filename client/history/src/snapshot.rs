//! Accounts as the ledger shows them at present.

use generion::state::{Share, User};
use generion_client::{AccountSnapshot, ClientError, Ledger};
use generion_interface::{
    Addresses,
    accounts::{AccountError, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use solana_account::Account;
use solana_address::Address;

use crate::subject_kind::SubjectKind;

/// An account of the program at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// Every change before this slot is in the account. Changes in this slot, or after it, may be: a node can answer with a
    /// state that is newer than it says.
    pub(crate) slot: u64,
    pub(crate) account: ProgramAccount,
}

/// An account of the program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ProgramAccount {
    /// The account was closed, is a wallet, or never existed.
    None,
    User(Box<User>),
    Record(Box<RecordAccount>),
    Share(Box<Share>),
    Order(Box<OrderAccount>),
    Purchase(Box<PurchaseAccount>),
}

impl ProgramAccount {
    /// Decodes an account, and checks that its address follows from its contents.
    fn read(
        of: &Addresses,
        address: &Address,
        account: Option<&Account>,
    ) -> Result<Self, AccountError> {
        let Some(account) =
            account.filter(|account| account.owner == of.program_id && !account.data.is_empty())
        else {
            return Ok(Self::None);
        };
        let (owner, data) = (&account.owner, &account.data);
        macro_rules! try_each {
            ($($name:ident($account:ty),)*) => {$(
                if data.starts_with(&<$account>::DISCRIMINATOR) {
                    let account = <$account>::read(of, address, owner, data)?;
                    return Ok(Self::$name(Box::new(account)));
                }
            )*};
        }
        try_each! {
            User(User),
            Record(RecordAccount),
            Share(Share),
            Order(OrderAccount),
            Purchase(PurchaseAccount),
        }
        Err(AccountError::WrongKind("account that this software knows"))
    }

    pub(crate) const fn kind(&self) -> Option<SubjectKind> {
        match self {
            Self::None => None,
            Self::User(_) => Some(SubjectKind::User),
            Self::Record(_) => Some(SubjectKind::Record),
            Self::Share(_) => Some(SubjectKind::Share),
            Self::Order(_) => Some(SubjectKind::Order),
            Self::Purchase(_) => Some(SubjectKind::Purchase),
        }
    }
}

/// The program's accounts at these addresses, in this order.
pub(crate) async fn snapshots(
    ledger: &Ledger,
    addresses: &[Address],
) -> Result<Vec<Snapshot>, ClientError> {
    let shown = ledger.account_snapshots(addresses).await?;
    let read = |(address, shown): (&Address, AccountSnapshot)| {
        let account = ProgramAccount::read(ledger.addresses(), address, shown.account.as_ref());
        let account = account.map_err(|error| ledger.account_error(address, error))?;
        Ok(Snapshot {
            slot: shown.slot,
            account,
        })
    };
    addresses.iter().zip(shown).map(read).collect()
}
