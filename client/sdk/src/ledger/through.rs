//! Lists through a gateway: the gateway names addresses, and the nodes show their accounts.

use std::collections::HashSet;

use generion_interface::accounts::{AccountError, LedgerAccount};
use solana_address::Address;

use super::{ACCOUNTS_PER_REQUEST, KeyedAccount, Ledger, filter::Filter};
use crate::{
    error::ClientError,
    gateway::{Gateway, GatewayError},
};

/// A page of a gateway's list.
#[derive(Clone, Debug)]
pub struct GatewayPage<T> {
    /// The accounts that the first node shows at the addresses that the gateway named, in the gateway's order.
    pub accounts: Vec<KeyedAccount<T>>,
    /// The addresses that the gateway named, and that don't belong into the list.
    pub left_out: Vec<LeftOut>,
    /// The cursor of the next page; `None`: the gateway names no further page.
    pub next: Option<String>,
}

/// An address that a gateway named, and that is not in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The address.
    pub address: Address,
    /// Why it is not.
    pub reason: LeftOutReason,
}

/// Why an address that a gateway named is not in a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeftOutReason {
    /// The account was closed after the gateway saw it, or never was.
    #[error("the node has no account there")]
    NotThere,
    /// The account does not match the filters. The gateway lies, or is behind.
    #[error("the account there was not asked for")]
    NotAskedFor,
    /// There is another account, or one that this software can't read.
    #[error("what stands there can't be read as such an account")]
    Unreadable(#[source] AccountError),
}

/// Why a list could not be read through a gateway.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayListError {
    /// The gateway named no addresses.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The nodes could not be read, or one of them lies.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl Ledger {
    /// A page of a gateway's list of the accounts of a kind that match every filter, from the cursor of the page before. Only
    /// addresses are taken from the gateway: the contents are those that the first node shows, checked as in every read. A
    /// gateway can leave out accounts without being noticed: [`Self::list`] asks a node instead.
    ///
    /// # Errors
    /// [`GatewayListError`].
    pub async fn page_through<T: LedgerAccount>(
        &self,
        gateway: &Gateway,
        filters: &[Filter],
        cursor: Option<&str>,
    ) -> Result<GatewayPage<T>, GatewayListError> {
        let mut query: Vec<_> = filters.iter().map(Filter::parameter).collect();
        query.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
        let named = gateway.page(&format!("{}s", T::NAME), &query).await?;
        let mut seen = HashSet::new();
        let addresses: Vec<_> = (named.addresses.into_iter())
            .filter(|address| seen.insert(*address))
            .collect();
        let (mut accounts, mut left_out) = (Vec::new(), Vec::new());
        for addresses in addresses.chunks(ACCOUNTS_PER_REQUEST) {
            let shown = self.raw_accounts(addresses).await?;
            for (address, shown) in addresses.iter().zip(shown) {
                let data = shown.as_ref().and_then(|shown| shown.data.decode());
                let read = shown.map(|shown| self.read(self.primary(), address, &shown));
                let reason = match read.transpose().map(Option::flatten) {
                    Ok(Some(account)) => {
                        let data = data.unwrap_or_default();
                        if filters.iter().all(|filter| filter.matches(&data)) {
                            let address = *address;
                            accounts.push(KeyedAccount { address, account });
                            continue;
                        }
                        LeftOutReason::NotAskedFor
                    }
                    Ok(None) => LeftOutReason::NotThere,
                    Err(ClientError::Account { source, .. }) => LeftOutReason::Unreadable(source),
                    Err(error) => return Err(error.into()),
                };
                left_out.push(LeftOut {
                    address: *address,
                    reason,
                });
            }
        }
        Ok(GatewayPage {
            accounts,
            left_out,
            next: named.next,
        })
    }
}
