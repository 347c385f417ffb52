//! A purchase as its seller sees it: compared with the seller's own offer.

use std::sync::Arc;

use generion::GenerionError;
use generion_crypto::{
    keys::{EncryptionSecret, PurchaseKey},
    settle::{self, SettleSecret},
};
use generion_interface::{
    Addresses,
    accounts::{AccountError, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use generion_rpc::{amount::Sol, witness::WitnessError};
use solana_account::Account;
use solana_address::Address;

use crate::{
    client::Client,
    error::ClientError,
    ledger::KeyedAccount,
    saved::{
        markers::Marker,
        offers::{Offer, Offers},
    },
    wallet::KeySource,
};

/// The source of the terms that a seller delivers by.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Belief<'a> {
    /// The offers in the seller's own file.
    Offers(&'a Offers),
    /// The order on the ledger. Choose this only deliberately: then the nodes decide which records are sold, and at which
    /// price.
    Ledger,
}

/// A purchase, and everything that its seller believes about it. The settle key is derived from these beliefs and never
/// read from the ledger: if a node could choose the settle key, it could open the delivery.
#[derive(Clone, Debug)]
pub struct Sale {
    /// The purchase.
    pub purchase: Address,
    /// The seller's offer.
    pub offer: Offer,
    /// The purchase, as the nodes showed it.
    pub account: PurchaseAccount,
    /// The records. Their addresses follow from their contents.
    pub records: Arc<Vec<KeyedAccount<RecordAccount>>>,
    /// The seller's encryption key that all records were made for.
    pub owner_key: [u8; 32],
    /// The settle key `S`.
    pub settle_key: [u8; 32],
    pub(super) terms: settle::Sale,
}

impl Sale {
    /// The time from which anybody can refund the price, by the purchase as it was read: Unix time in seconds.
    pub fn refund_opens(&self) -> i64 {
        self.account.refund_opens()
    }

    /// The marker of this sale's settlement.
    pub fn marker(&self) -> Marker {
        Marker {
            deployment: self.terms.deployment,
            order: self.offer.order,
            seller: self.offer.seller,
            purchase: self.purchase,
            deadline: self.terms.deadline,
            buyer_key: self.terms.buyer_key.to_bytes(),
            terms: self.terms.terms,
            owner_key: self.owner_key,
            settle_key: self.settle_key,
        }
    }

    /// Whether an account holds this purchase, and its settle key, if it has one, is this seller's.
    fn is_of(&self, account: &PurchaseAccount) -> bool {
        let (seen, state) = (&self.account.state, &account.state);
        let is_same_purchase = state.order == seen.order
            && state.seller == seen.seller
            && state.buyer == seen.buyer
            && state.buyer_key == seen.buyer_key
            && state.price == seen.price
            && state.deadline == seen.deadline
            && state.terms == self.terms.terms
            && usize::from(state.record_count) == self.offer.records.len()
            && account.capsules.len() == self.offer.records.len();
        let is_own_key = match state.is_settled() {
            true => SettleSecret::from_bytes(&state.settle_key)
                .is_some_and(|secret| secret.is_of(&self.settle_key)),
            false => state.settle_key == [0; 32] || state.settle_key == self.settle_key,
        };
        is_same_purchase && is_own_key
    }
}

/// The state of a purchase and its order on which several nodes agree.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Agreed {
    purchase: Result<Option<PurchaseAccount>, AccountError>,
    /// The hash of the order's terms.
    terms: Result<Option<[u8; 32]>, AccountError>,
}

impl Client {
    /// The offer that a seller made with an order.
    ///
    /// # Errors
    /// [`ClientError::NotOffered`]. With [`Belief::Ledger`] also [`ClientError::NotFound`], [`ClientError::Witness`],
    /// [`ClientError::Lie`] and [`ClientError::Node`].
    pub async fn believed_offer(
        &self,
        order: &Address,
        belief: Belief<'_>,
    ) -> Result<Offer, ClientError> {
        match belief {
            Belief::Offers(offers) => offers.get(order).cloned(),
            Belief::Ledger => {
                let terms = |account: &OrderAccount| account.terms(order);
                let (account, _) = self.witnessed(order, terms).await?;
                Offer::of(order, &account)
            }
        }
    }

    /// Reads a purchase and its records, and compares them with the seller's view. If enough nodes are configured, they must
    /// agree on the purchase and the order.
    ///
    /// # Errors
    /// The errors of [`Self::sale_of`] and of reading.
    pub async fn sale(
        &self,
        keys: &dyn KeySource,
        purchase: &Address,
        belief: Belief<'_>,
    ) -> Result<Sale, ClientError> {
        let fixed = |account: &PurchaseAccount| {
            let state = account.state;
            let key = Some(state.settle_key).filter(|_| !state.is_settled());
            let sold = (state.order, state.seller, state.buyer, state.buyer_key);
            (sold, state.price, state.deadline, state.terms, key)
        };
        let (account, doubt) = self.witnessed(purchase, fixed).await?;
        let offer = self.believed_offer(&account.state.order, belief).await?;
        let records = Arc::new(self.listed_records(&offer.records).await?);
        let listed = KeyedAccount {
            address: *purchase,
            account,
        };
        match (self.sale_of(keys, listed, offer, records), doubt) {
            // If only one node shows something other than the seller believes, that is no more than this node's claim.
            (Err(ClientError::OtherTerms { .. } | ClientError::OtherSettleKey(_)), Some(doubt)) => {
                Err(doubt)
            }
            (sale, _) => sale,
        }
    }

    /// Compares a purchase with an offer, and derives the settle key. Reads nothing from a node.
    ///
    /// # Errors
    /// [`ClientError::OtherTerms`]; [`ClientError::OtherSettleKey`]; [`ClientError::ForeignKey`] if the records were
    /// not made for a key of this seller; [`ClientError::Argument`] if the purchase is from another seller.
    pub fn sale_of(
        &self,
        keys: &dyn KeySource,
        purchase: KeyedAccount<PurchaseAccount>,
        offer: Offer,
        records: Arc<Vec<KeyedAccount<RecordAccount>>>,
    ) -> Result<Sale, ClientError> {
        let state = &purchase.account.state;
        if state.seller != keys.wallet() {
            return Err(ClientError::Argument(format!(
                "purchase {} is from seller {}, not from {}",
                purchase.address,
                state.seller,
                keys.wallet()
            )));
        }
        let terms = offer.terms()?;
        if let Some(difference) = difference(state, &offer, &terms) {
            return Err(ClientError::OtherTerms {
                purchase: purchase.address,
                order: state.order,
                difference,
            });
        }
        let argument = |error: GenerionError| ClientError::Argument(error.to_string());
        if !records.iter().map(|one| &one.address).eq(&offer.records) {
            return Err(argument(GenerionError::WrongRecord));
        }
        let first = records.first().map(|record| &record.account.state);
        let first = first.ok_or_else(|| argument(GenerionError::OrderLength))?;
        let (owner_key, key_index) = (first.owner_key, first.key_index);
        if records
            .iter()
            .any(|record| record.account.state.owner_key != owner_key)
        {
            return Err(argument(GenerionError::MixedOwnerKeys));
        }
        let buyer_key = PurchaseKey::from_bytes(&state.buyer_key);
        let sale = settle::Sale {
            deployment: *self.ledger.deployment(),
            purchase: purchase.address,
            deadline: state.deadline,
            buyer_key: buyer_key.ok_or_else(|| argument(GenerionError::InvalidPoint))?,
            terms,
        };
        let secret = self.secret_for(keys, key_index, &owner_key)?;
        let settle_key = SettleSecret::derive(&secret, &sale)?
            .public_key()
            .to_bytes();
        let sale = Sale {
            purchase: purchase.address,
            offer,
            account: purchase.account,
            records,
            owner_key,
            settle_key,
            terms: sale,
        };
        match sale.is_of(&sale.account) {
            true => Ok(sale),
            false => Err(ClientError::OtherSettleKey(sale.purchase)),
        }
    }

    /// The seller's secret for the key that the records of a sale were made for.
    pub(super) fn sale_secret(
        &self,
        keys: &dyn KeySource,
        sale: &Sale,
    ) -> Result<EncryptionSecret, ClientError> {
        let hint = sale.records.first();
        let hint = hint.map_or(0, |record| record.account.state.key_index);
        self.secret_for(keys, hint, &sale.owner_key)
    }

    /// The final state of a sale's purchase, if enough nodes agree on it and the order has the terms of the sale.
    /// `None` if the purchase does not exist, or not yet.
    ///
    /// # Errors
    /// [`ClientError::Witness`]; [`ClientError::OtherTerms`] or [`ClientError::OtherSettleKey`] if the purchase is not
    /// the one that the seller believes in.
    pub(super) async fn agreed_sale(
        &self,
        sale: &Sale,
    ) -> Result<Option<PurchaseAccount>, ClientError> {
        let addresses = self.ledger.addresses();
        let (purchase, order) = (sale.purchase, sale.offer.order);
        let project = |accounts: &[Option<Account>]| Agreed {
            purchase: read(addresses, &purchase, accounts.first()),
            terms: read::<OrderAccount>(addresses, &order, accounts.get(1))
                .map(|account| account.map(|account| account.terms(&order))),
        };
        let describe = |agreed: &Agreed| match &agreed.purchase {
            Ok(None) => "there is no such purchase".to_owned(),
            Ok(Some(account)) => format!(
                "{} of {} records are delivered, status {}, deadline {}, settle key {}; the order has the terms {}",
                account.state.delivered_count,
                account.state.record_count,
                account.state.status,
                account.state.deadline,
                hex::encode(account.state.settle_key),
                match &agreed.terms {
                    Ok(Some(terms)) => hex::encode(terms),
                    Ok(None) => "of no order, because it does not exist".to_owned(),
                    Err(error) => error.to_string(),
                }
            ),
            Err(error) => error.to_string(),
        };
        let agreed = self
            .ledger
            .witnesses()
            .agreed(&[purchase, order], project, describe)
            .await?;
        let unreadable = |address, source| ClientError::Account { address, source };
        let account = agreed.value.purchase;
        let Some(account) = account.map_err(|error| unreadable(purchase, error))? else {
            return Ok(None);
        };
        let terms = agreed
            .value
            .terms
            .map_err(|error| unreadable(order, error))?;
        if terms != Some(sale.terms.terms) {
            return Err(ClientError::OtherTerms {
                purchase,
                order,
                difference: "the order on the ledger has other terms".to_owned(),
            });
        }
        match sale.is_of(&account) {
            true => Ok(Some(account)),
            false
                if account.state.terms != sale.terms.terms
                    || account.state.deadline != sale.terms.deadline =>
            {
                Err(ClientError::OtherTerms {
                    purchase,
                    order,
                    difference: "there is another purchase at this address now".to_owned(),
                })
            }
            false => Err(ClientError::OtherSettleKey(purchase)),
        }
    }

    /// Reads an account on which enough nodes agree. If too few nodes are configured, answer or have the account yet,
    /// returns the account if all answers have the same `fixed` part, together with the reason why there is no
    /// agreement.
    pub(super) async fn witnessed<T, K>(
        &self,
        address: &Address,
        fixed: impl Fn(&T) -> K,
    ) -> Result<(T, Option<ClientError>), ClientError>
    where
        T: LedgerAccount + Clone + PartialEq + Send,
        K: PartialEq,
    {
        let addresses = self.ledger.addresses();
        if self.ledger.nodes().len() == 1 {
            return Ok((self.ledger.get(address).await?, None));
        }
        let agreed = self
            .ledger
            .witnesses()
            .agreed(
                &[*address],
                |accounts| read::<T>(addresses, address, accounts.first()),
                |account| match account {
                    Ok(Some(_)) => format!("there is a {}", T::NAME),
                    Ok(None) => format!("there is no {}", T::NAME),
                    Err(error) => error.to_string(),
                },
            )
            .await;
        let reason = match agreed.map(|agreed| agreed.value) {
            Ok(Ok(Some(account))) => return Ok((account, None)),
            Ok(Ok(None)) => ClientError::PurchaseState {
                purchase: *address,
                state: "it does not exist, or is not final yet",
            },
            Ok(Err(source)) => {
                return Err(ClientError::Account {
                    address: *address,
                    source,
                });
            }
            Err(error @ WitnessError::TooFew(_)) => error.into(),
            Err(error) => return Err(error.into()),
        };
        let answers = self.ledger.find_everywhere::<T>(&[*address]).await;
        let mut shown: Vec<T> = Vec::new();
        let mut failed = None;
        for answer in answers {
            match answer {
                Ok(mut accounts) => shown.extend(accounts.pop().flatten()),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        let Some(first) = shown.first() else {
            return Err(failed.unwrap_or(ClientError::NotFound {
                kind: T::NAME,
                address: *address,
            }));
        };
        match shown.iter().all(|other| fixed(other) == fixed(first)) {
            true => Ok((first.clone(), Some(reason))),
            false => Err(reason),
        }
    }
}

/// Decodes an account. `None` if it was closed or never existed.
pub(super) fn read<T: LedgerAccount>(
    addresses: &Addresses,
    address: &Address,
    account: Option<&Option<Account>>,
) -> Result<Option<T>, AccountError> {
    account
        .and_then(Option::as_ref)
        .filter(|account| account.lamports > 0 && !account.data.is_empty())
        .map(|account| T::read(addresses, address, &account.owner, &account.data))
        .transpose()
}

/// The difference between a purchase and an offer, as text. `None` if there is none.
fn difference(
    state: &generion::state::Purchase,
    offer: &Offer,
    terms: &[u8; 32],
) -> Option<String> {
    if state.order != offer.order || state.seller != offer.seller {
        return Some("it belongs to another order or seller".to_owned());
    }
    if state.price < offer.price {
        return Some(format!(
            "{} are in escrow, but the price is {}",
            Sol(state.price),
            Sol(offer.price)
        ));
    }
    if offer.only_buyer.is_some_and(|only| only != state.buyer) {
        return Some("the order is for another buyer".to_owned());
    }
    if usize::from(state.record_count) != offer.records.len() {
        return Some(format!(
            "it is for {} records, but {} are offered",
            state.record_count,
            offer.records.len()
        ));
    }
    (state.terms != *terms).then(|| "the buyer agreed to other terms".to_owned())
}
