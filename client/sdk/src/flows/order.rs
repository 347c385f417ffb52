use generion::{CreateOrderArgs, GenerionError, state::Order};
use solana_address::Address;
use solana_signer::Signer;

use super::documents::record_key;
use crate::{
    client::Client,
    error::ClientError,
    ledger::{KeyedAccount, rent::AccountToCreate},
    saved::{offers::Offer, sealed_record::SealedRecord},
    transaction::prepared::Prepared,
    wallet::KeySource,
};

/// An order that is to be created.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Addresses of the seller's verified records, in any order.
    pub records: Vec<Address>,
    /// Price of one purchase, in lamports.
    pub price: u64,
    /// Seconds to deliver a purchase.
    pub delivery_window: u32,
    /// The public description of the records: at most 64 bytes.
    pub label: String,
    /// The only wallet that may buy; `None`: anyone. The public learns it.
    pub only_buyer: Option<Address>,
}

impl Client {
    /// Puts records up for sale. The outcome is the offer, which the seller has to keep: deliveries follow it. `keys` are the
    /// seller's.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for terms that the program would refuse, or more records than fit a transaction;
    /// [`ClientError::DataKeyMismatch`] for a record that could not be delivered honestly.
    pub async fn create_order<'a>(
        &'a self,
        seller: &'a (dyn Signer + Sync),
        keys: &dyn KeySource,
        payer: &'a (dyn Signer + Sync),
        order: &NewOrder,
    ) -> Result<Prepared<'a, Offer>, ClientError> {
        let wallet = seller.pubkey();
        let mut records = order.records.clone();
        records.sort_unstable();
        records.dedup();
        let rent_minimum = self
            .ledger
            .rpc()
            .get_minimum_balance_for_rent_exemption(0)
            .await
            .map_err(|error| self.ledger.node(error))?;
        Order::require_valid(
            records.len(),
            order.price,
            order.delivery_window,
            rent_minimum,
        )
        .map_err(argument)?;
        Order::pad_label(&order.label).map_err(argument)?;
        if order.only_buyer == Some(Address::default()) {
            return Err(argument(GenerionError::BuyerNotAllowed));
        }

        let mut owner_key = None;
        for (address, account) in records.iter().zip(self.ledger.records(&records).await?) {
            let key = account.state.owner_key;
            if *owner_key.get_or_insert(key) != key {
                return Err(argument(GenerionError::MixedOwnerKeys));
            }
            let record = KeyedAccount {
                address: *address,
                account,
            };
            let element = self.open_own_capsule(keys, &record)?;
            record_key(&SealedRecord::from(&record), &element)?;
        }
        let id = self.ledger.user(&wallet).await?.next_order_id;
        let instruction = |records: &[Address]| {
            let args = CreateOrderArgs {
                id,
                price: order.price,
                delivery_window: order.delivery_window,
                only_buyer: order.only_buyer,
                label: order.label.clone(),
            };
            let builder = self.ledger.instructions();
            builder.create_order(wallet, payer.pubkey(), records, args)
        };
        let fits = |count: &usize| {
            self.ledger
                .fits(&[instruction(&records[..*count])], &payer.pubkey())
        };
        if !fits(&records.len()) {
            let most = (1..records.len()).rev().find(fits).unwrap_or_default();
            return Err(ClientError::Argument(format!(
                "an order of {} records does not fit one transaction; with this label, buyer and payer, {most} do",
                records.len()
            )));
        }
        let account = AccountToCreate::Order(records.len());
        let instructions = vec![instruction(&records)];
        let offer = Offer {
            order: self.ledger.addresses().order(&wallet, id),
            seller: wallet,
            price: order.price,
            delivery_window: order.delivery_window,
            label: order.label.clone(),
            only_buyer: order.only_buyer,
            records,
        };
        let prepared = Prepared::new(&self.ledger, instructions, payer, vec![seller], offer);
        Ok(prepared.creating(account))
    }

    /// Closes an order, or stops its sales while purchases are pending; the transaction's events show which.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::order`].
    pub async fn close_order<'a>(
        &'a self,
        seller: &'a (dyn Signer + Sync),
        payer: &'a (dyn Signer + Sync),
        address: &Address,
    ) -> Result<Prepared<'a>, ClientError> {
        let order = self.ledger.order(address).await?;
        let instruction =
            self.ledger
                .instructions()
                .close_order(*address, &order.state, &order.records);
        Ok(Prepared::new(
            &self.ledger,
            vec![instruction],
            payer,
            vec![seller],
            (),
        ))
    }
}

fn argument(rule: GenerionError) -> ClientError {
    ClientError::Argument(rule.to_string())
}
