//! Finds the accounts that a user names. Whole addresses, and numbers of orders whose seller is named, need no look-up. Every
//! other name is looked up in the ledger's lists for the user's wallet. The address of each account is computed from its
//! contents, so no node can invent one. But a node can leave out the right account, and a stranger can make another one whose
//! address begins with the same characters. So before a payment or a signature that can't be undone, the command shows the
//! whole address, and asks.

use std::collections::BTreeSet;

use generion_client::{
    Filter, KeyedAccount,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, StudyAccount},
    state::Share,
};
use solana_address::Address;
use solana_signer::Signer;

use crate::{args::name::Name, context::Context, output::failure::Failure};

/// The most candidates that are listed.
const LISTED: usize = 10;

impl Context {
    /// A record that the wallet owns or wrote.
    pub async fn record(&self, name: &Name) -> Result<Address, Failure> {
        match name {
            Name::Address(address) => Ok(*address),
            name => {
                let prefix = prefix(name, "record")?;
                let wallet = self.named_by().await?;
                one_of(
                    "record",
                    prefix,
                    &wallet,
                    self.records_of(&wallet, prefix).await?,
                )
            }
        }
    }

    /// A share by or with the wallet.
    pub async fn share(&self, name: &Name) -> Result<Address, Failure> {
        match name {
            Name::Address(address) => Ok(*address),
            name => {
                let prefix = prefix(name, "share")?;
                let wallet = self.named_by().await?;
                one_of(
                    "share",
                    prefix,
                    &wallet,
                    self.shares_of(&wallet, prefix).await?,
                )
            }
        }
    }

    /// A purchase by or from the wallet.
    pub async fn purchase(&self, name: &Name) -> Result<Address, Failure> {
        match name {
            Name::Address(address) => Ok(*address),
            name => {
                let prefix = prefix(name, "purchase")?;
                let wallet = self.named_by().await?;
                one_of(
                    "purchase",
                    prefix,
                    &wallet,
                    self.purchases_of(&wallet, prefix).await?,
                )
            }
        }
    }

    /// An order: by a prefix one of the wallet's, or, if it has none such, anybody's.
    pub async fn order(&self, name: &Name) -> Result<Address, Failure> {
        let addresses = self.ledger().addresses();
        let prefix = match name {
            Name::Address(address) => return Ok(*address),
            Name::OrderOf(seller, number) => return Ok(addresses.order(seller, *number)),
            Name::Short(prefix) => prefix,
        };
        let wallet = self.named_by().await?;
        if let Some(number) = name.number() {
            let address = addresses.order(&wallet, number);
            return match self.ledger().find::<OrderAccount>(&address).await? {
                Some(_) => Ok(address),
                None => Err(Failure::new(
                    format!("wallet {wallet} has no order {number}"),
                    format!(
                        "Name another wallet's order as SELLER/{number}, or by its address (`generion order list`)."
                    ),
                )),
            };
        }
        let own = self.orders_of(Some(&wallet), prefix).await?;
        match own.is_empty() {
            false => one_of("order", prefix, &wallet, own),
            true => one_of(
                "order",
                prefix,
                &wallet,
                self.orders_of(None, prefix).await?,
            ),
        }
    }

    /// A study: the wallet's by its number, or anybody's.
    pub async fn study(&self, name: &Name) -> Result<Address, Failure> {
        let addresses = self.ledger().addresses();
        let prefix = match name {
            Name::Address(address) => return Ok(*address),
            Name::OrderOf(sponsor, number) => return Ok(addresses.study(sponsor, *number)),
            Name::Short(prefix) => prefix,
        };
        let wallet = self.named_by().await?;
        if let Some(number) = name.number() {
            return Ok(addresses.study(&wallet, number));
        }
        let studies = self.ledger().list::<StudyAccount>(&[]).await?;
        one_of("study", prefix, &wallet, matching(&studies, prefix))
    }

    /// Anything that has a history.
    pub async fn account(&self, name: &Name) -> Result<Address, Failure> {
        let prefix = match name {
            Name::Short(prefix) if name.number().is_none() => prefix,
            name => return self.order(name).await,
        };
        let wallet = self.named_by().await?;
        let mut found = self.records_of(&wallet, prefix).await?;
        found.extend(self.shares_of(&wallet, prefix).await?);
        found.extend(self.orders_of(Some(&wallet), prefix).await?);
        found.extend(self.purchases_of(&wallet, prefix).await?);
        one_of("account", prefix, &wallet, found)
    }

    /// Several records, each once.
    pub async fn records(&self, names: &[Name]) -> Result<Vec<Address>, Failure> {
        let mut addresses = Vec::new();
        for name in names {
            addresses.push(self.record(name).await?);
        }
        Ok(each_once(addresses))
    }

    /// Several shares, each once.
    pub async fn shares(&self, names: &[Name]) -> Result<Vec<Address>, Failure> {
        let mut addresses = Vec::new();
        for name in names {
            addresses.push(self.share(name).await?);
        }
        Ok(each_once(addresses))
    }

    /// Several orders, each once.
    pub async fn orders(&self, names: &[Name]) -> Result<Vec<Address>, Failure> {
        let mut addresses = Vec::new();
        for name in names {
            addresses.push(self.order(name).await?);
        }
        Ok(each_once(addresses))
    }

    /// Several purchases, each once.
    pub async fn purchases(&self, names: &[Name]) -> Result<Vec<Address>, Failure> {
        let mut addresses = Vec::new();
        for name in names {
            addresses.push(self.purchase(name).await?);
        }
        Ok(each_once(addresses))
    }

    /// Refuses the beginning of an address for a payment or a signature that can't be undone, if nobody would see the rest of
    /// the address.
    pub fn require_whole(&self, name: &Name) -> Result<(), Failure> {
        match name {
            Name::Short(prefix)
                if name.number().is_none() && self.is_agreed() && !self.is_dry_run() =>
            {
                Err(Failure::new(
                    format!("with --yes, nobody sees which address \"{prefix}\" stands for"),
                    "Pass the whole address, or leave out --yes to be shown it and asked.",
                ))
            }
            _ => Ok(()),
        }
    }

    /// The wallet whose accounts are named: the key file's, if one is used, or the acting one.
    async fn named_by(&self) -> Result<Address, Failure> {
        match self.key_path() {
            Some(_) => Ok(self.opener().await?.wallet()),
            None => Ok(self.wallet().await?.pubkey()),
        }
    }

    async fn records_of(&self, wallet: &Address, prefix: &str) -> Result<Vec<Address>, Failure> {
        let mut found = Vec::new();
        // Of all records no more than their heads, and in full those alone that match: that recomputes their addresses.
        for filter in [
            Filter::record_owner(*wallet),
            Filter::record_creator(*wallet),
        ] {
            let mut heads = self.ledger().record_heads(&[filter]).await?;
            heads.retain(|head| begins(&head.address, prefix));
            let records = self.ledger().records_at(&heads).await?;
            found.extend(records.iter().map(|record| record.address));
        }
        Ok(found)
    }

    async fn shares_of(&self, wallet: &Address, prefix: &str) -> Result<Vec<Address>, Failure> {
        let filters = [
            Filter::share_owner(*wallet),
            Filter::share_recipient(*wallet),
        ];
        self.listed::<Share>(&filters, prefix).await
    }

    async fn purchases_of(&self, wallet: &Address, prefix: &str) -> Result<Vec<Address>, Failure> {
        let filters = [
            Filter::purchase_seller(*wallet),
            Filter::purchase_buyer(*wallet),
        ];
        self.listed::<PurchaseAccount>(&filters, prefix).await
    }

    async fn orders_of(
        &self,
        seller: Option<&Address>,
        prefix: &str,
    ) -> Result<Vec<Address>, Failure> {
        match seller {
            Some(seller) => {
                self.listed::<OrderAccount>(&[Filter::order_seller(*seller)], prefix)
                    .await
            }
            None => {
                let orders = self.ledger().list::<OrderAccount>(&[]).await?;
                Ok(matching(&orders, prefix))
            }
        }
    }

    /// The accounts that any of these filters lists and whose address has this beginning.
    async fn listed<T: LedgerAccount>(
        &self,
        filters: &[Filter],
        prefix: &str,
    ) -> Result<Vec<Address>, Failure> {
        let mut found = Vec::new();
        for filter in filters {
            let accounts = self
                .ledger()
                .list::<T>(std::slice::from_ref(filter))
                .await?;
            found.extend(matching(&accounts, prefix));
        }
        Ok(found)
    }
}

fn matching<T>(accounts: &[KeyedAccount<T>], prefix: &str) -> Vec<Address> {
    let addresses = accounts.iter().map(|account| account.address);
    addresses
        .filter(|address| begins(address, prefix))
        .collect()
}

fn begins(address: &Address, prefix: &str) -> bool {
    let (head, tail) = prefix.split_once('…').unwrap_or((prefix, ""));
    let address = address.to_string();
    address.starts_with(head) && address.ends_with(tail)
}

/// The beginning of an address; other short names are orders'.
fn prefix<'a>(name: &'a Name, kind: &str) -> Result<&'a str, Failure> {
    match name {
        Name::Short(prefix) => Ok(prefix),
        Name::Address(_) | Name::OrderOf(..) => Err(Failure::new(
            format!("a {kind} has no number, only an address"),
            format!("Pass the {kind}'s address, or the beginning of it."),
        )),
    }
}

fn one_of(
    kind: &str,
    prefix: &str,
    wallet: &Address,
    found: Vec<Address>,
) -> Result<Address, Failure> {
    let found: BTreeSet<_> = found.into_iter().collect();
    let mut candidates = found.iter();
    match (candidates.next(), found.len()) {
        (Some(only), 1) => Ok(*only),
        (None, _) => Err(Failure::new(
            format!("no {kind} of wallet {wallet} begins with \"{prefix}\""),
            match kind {
                "record" => "Check its address (`generion record list`). Open shared records with `generion share open`.".to_owned(),
                kind => format!("Look at the {kind}'s address again; name another wallet's by the whole address."),
            },
        )),
        (Some(_), count) => {
            let listed = found.iter().take(LISTED).map(Address::to_string);
            let listed = listed.collect::<Vec<_>>().join(", ");
            let more = match count.saturating_sub(LISTED) {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            let kinds = match kind {
                "study" => "studies".to_owned(),
                kind => format!("{kind}s"),
            };
            Err(Failure::new(
                format!("{count} {kinds} begin with \"{prefix}\": {listed}{more}"),
                "Type more characters of the address.",
            ))
        }
    }
}

fn each_once(mut addresses: Vec<Address>) -> Vec<Address> {
    let mut seen = BTreeSet::new();
    addresses.retain(|address| seen.insert(*address));
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_stands_for_the_only_account_that_begins_so() {
        let a = |seed| Address::new_from_array([seed; 32]);
        let found = |addresses: &[Address]| one_of("record", "abcd", &a(9), addresses.to_vec());
        // Listed twice, by its owner and by its creator.
        assert_eq!(found(&[a(1), a(1)]).unwrap(), a(1));
        let none = found(&[]).unwrap_err();
        assert_eq!(
            none.message,
            format!("no record of wallet {} begins with \"abcd\"", a(9))
        );
        let two = found(&[a(1), a(2)]).unwrap_err();
        assert_eq!(
            two.message,
            format!("2 records begin with \"abcd\": {}, {}", a(1), a(2))
        );
        let whole = a(1).to_string();
        let shown = format!("{}…{}", &whole[..8], &whole[whole.len() - 4..]);
        assert!(begins(&a(1), &shown) && begins(&a(1), &whole[..4]));
        assert!(!begins(&a(2), &shown) && !begins(&a(1), &format!("{}…zzzz", &whole[..8])));
        let many: Vec<_> = (1..=12).map(a).collect();
        assert!(found(&many).unwrap_err().message.ends_with(", and 2 more"));
    }
}
