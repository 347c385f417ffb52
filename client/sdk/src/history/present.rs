//! What the ledger shows at present.

use futures::{StreamExt, TryStreamExt, stream};
use generion::state::{Share, User};
use generion_interface::{
    Addresses,
    accounts::{AccountError, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_address::Address;
use solana_rpc_client_api::{config::RpcAccountInfoConfig, response::Response};

use crate::{ClientError, Ledger};

/// Most accounts that a node gives in one answer.
const ACCOUNTS_PER_REQUEST: usize = 100;
/// Requests that are made at the same time.
const REQUESTS_AT_A_TIME: usize = 8;

/// What a history can be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A wallet that has published an encryption key, with its User account; either address names it.
    User,
    /// A wallet that has not: of a clinic or a buyer, say.
    Wallet,
    /// A record and its shares.
    Record,
    /// A share.
    Share,
    /// An order and its purchases.
    Order,
    /// A purchase, or all that one buyer made of one order.
    Purchase,
}

impl Kind {
    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Wallet => "wallet",
            Self::Record => "record",
            Self::Share => "share",
            Self::Order => "order",
            Self::Purchase => "purchase",
        }
    }
}

/// An account at one moment.
#[derive(Clone, Debug)]
pub(super) struct Present {
    /// All that happened before this slot is in it; what happened in this slot, or after it, may be: a node may answer
    /// with a state that is newer than it says.
    pub(super) slot: u64,
    pub(super) account: ProgramAccount,
}

/// An account of the program.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ProgramAccount {
    /// There is none: it was closed, is a wallet, or never was.
    None,
    User(Box<User>),
    Record(Box<RecordAccount>),
    Share(Box<Share>),
    Order(Box<OrderAccount>),
    Purchase(Box<PurchaseAccount>),
}

impl ProgramAccount {
    /// What a node returned for an address; that it belongs there follows from its contents.
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

    pub(super) const fn kind(&self) -> Option<Kind> {
        match self {
            Self::None => None,
            Self::User(_) => Some(Kind::User),
            Self::Record(_) => Some(Kind::Record),
            Self::Share(_) => Some(Kind::Share),
            Self::Order(_) => Some(Kind::Order),
            Self::Purchase(_) => Some(Kind::Purchase),
        }
    }
}

impl Ledger {
    /// Accounts of the program at these addresses, or none, in this order.
    pub(super) async fn present(&self, addresses: &[Address]) -> Result<Vec<Present>, ClientError> {
        let batches = stream::iter(addresses.chunks(ACCOUNTS_PER_REQUEST))
            .map(|addresses| self.present_some(addresses))
            .buffered(REQUESTS_AT_A_TIME);
        batches.try_concat().await
    }

    /// As [`Self::present`], of no more accounts than a node gives in one answer.
    async fn present_some(&self, addresses: &[Address]) -> Result<Vec<Present>, ClientError> {
        let (slot, accounts) = self
            .with_min_context_slot(|slot| async move {
                let config = RpcAccountInfoConfig {
                    encoding: Some(UiAccountEncoding::Base64),
                    commitment: Some(self.rpc().commitment()),
                    min_context_slot: slot,
                    ..RpcAccountInfoConfig::default()
                };
                let rpc = self.rpc();
                let answer = rpc.get_multiple_ui_accounts_with_config(addresses, config);
                answer.await.map(|Response { context, value }| {
                    let value = (context.slot, value);
                    Response { context, value }
                })
            })
            .await?;
        self.expect_slot(slot);
        let read = |(address, account): (&Address, Option<UiAccount>)| {
            let account: Option<Account> = account.and_then(|account| account.decode());
            let account = ProgramAccount::read(self.addresses(), address, account.as_ref());
            let account =
                account.map_err(|error| self.unreadable(self.primary(), address, error))?;
            Ok(Present { slot, account })
        };
        addresses.iter().zip(accounts).map(read).collect()
    }
}
