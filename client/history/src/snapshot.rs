//! Accounts as the ledger shows them at present.

use futures::{StreamExt, TryStreamExt, stream};
use generion::state::{Share, User};
use generion_interface::{
    Addresses,
    accounts::{
        AccountError, ApplicationAccount, LedgerAccount, OrderAccount, PurchaseAccount,
        RecordAccount, StudyAccount,
    },
};
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_address::Address;
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    config::RpcAccountInfoConfig,
};

use crate::{error::HistoryError, node_reader::NodeReader, subject_kind::SubjectKind};

/// Most accounts that a node gives in one answer.
const ACCOUNTS_PER_REQUEST: usize = 100;
/// Requests that are made at the same time.
const REQUESTS_AT_A_TIME: usize = 8;

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
    Study(Box<StudyAccount>),
    Application(Box<ApplicationAccount>),
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
            Study(StudyAccount),
            Application(ApplicationAccount),
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
            Self::Study(_) => Some(SubjectKind::Study),
            Self::Application(_) => Some(SubjectKind::Application),
        }
    }
}

impl NodeReader<'_> {
    /// The program's accounts at these addresses, in this order, any number of them.
    pub(crate) async fn snapshots(
        &self,
        addresses: &[Address],
    ) -> Result<Vec<Snapshot>, HistoryError> {
        // Owned, so that the future is `Send`: a borrowing closure isn't general enough for that.
        let chunks: Vec<_> = (addresses.chunks(ACCOUNTS_PER_REQUEST))
            .map(<[Address]>::to_vec)
            .collect();
        let batches = stream::iter(chunks)
            .map(|addresses| async move { self.some_snapshots(&addresses).await })
            .buffered(REQUESTS_AT_A_TIME);
        batches.try_concat().await
    }

    /// As [`Self::snapshots`], for no more accounts than a node gives in one answer.
    async fn some_snapshots(&self, addresses: &[Address]) -> Result<Vec<Snapshot>, HistoryError> {
        let rpc = self.node.rpc();
        let ask = |min_context_slot| {
            let config = RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                commitment: Some(rpc.commitment()),
                min_context_slot,
                ..RpcAccountInfoConfig::default()
            };
            rpc.get_multiple_ui_accounts_with_config(addresses, config)
        };
        let answer = self
            .node
            .with_min_context_slot(self.slot, self.patience, ask)
            .await?;
        let slot = answer.context.slot;
        if answer.value.len() != addresses.len() {
            let reason = "it answers with another number of accounts".to_owned();
            let error = RpcError::from(ErrorKind::Custom(reason));
            return Err(self.node.error(error).into());
        }
        let read = |(address, account): (&Address, Option<UiAccount>)| {
            let account: Option<Account> = account.and_then(|account| account.decode());
            let account = ProgramAccount::read(&self.addresses, address, account.as_ref());
            let account = account.map_err(|source| self.account_error(*address, source))?;
            Ok(Snapshot { slot, account })
        };
        addresses.iter().zip(answer.value).map(read).collect()
    }

    /// An account at an address that doesn't follow from its contents is the node's fault; any other error may be the
    /// caller's.
    fn account_error(&self, address: Address, source: AccountError) -> HistoryError {
        match source {
            AccountError::WrongAddress { .. } => HistoryError::WrongAddress {
                node: self.name(),
                address,
                source: Box::new(source),
            },
            source => HistoryError::Account { address, source },
        }
    }
}
