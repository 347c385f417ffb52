use generion::{
    CreateOrderArgs,
    state::{Order, Terms},
};
use solana_address::Address;
use solana_signer::Signer;

use super::documents::record_key;
use crate::{
    Client, ClientError, KeySource, Landed, Listed, SendOptions, ledger::record_addresses,
    receipts::ParsedReceipt,
};

/// An order that is to be created.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Ids of the seller's verified records, in any order.
    pub record_ids: Vec<u64>,
    /// Price of one purchase, in lamports.
    pub price: u64,
    /// Seconds to deliver a purchase.
    pub delivery_window: u32,
    /// What the public learns about the records: at most 64 bytes.
    pub label: String,
}

impl Client {
    /// Puts records up for sale; the order's address. `keys` are the seller's.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for terms that the program would refuse; [`ClientError::DataKeyMismatch`] for a record
    /// that could not be delivered honestly; those of [`crate::Ledger::send`].
    pub async fn create_order(
        &self,
        seller: &dyn Signer,
        keys: &dyn KeySource,
        payer: &dyn Signer,
        order: &NewOrder,
    ) -> Result<(Address, Landed), ClientError> {
        let wallet = seller.pubkey();
        let mut record_ids = order.record_ids.clone();
        record_ids.sort_unstable();
        record_ids.dedup();
        let rent_minimum = self
            .ledger
            .rpc()
            .get_minimum_balance_for_rent_exemption(0)
            .await;
        let terms = Terms {
            price: order.price,
            record_count: u8::try_from(record_ids.len()).unwrap_or(u8::MAX),
            delivery_window: order.delivery_window,
        };
        terms
            .validate(rent_minimum.map_err(|error| self.ledger.node(error))?)
            .map_err(argument)?;
        Order::pad_label(&order.label).map_err(argument)?;

        let addresses = record_addresses(self.ledger.addresses(), &wallet, &record_ids);
        for (address, account) in addresses.iter().zip(self.ledger.records(&addresses).await?) {
            let record = Listed {
                address: *address,
                account,
            };
            let element = self.open_own_capsule(keys, &record)?;
            record_key(&ParsedReceipt::from(&record), &element)?;
        }
        let id = self.ledger.user(&wallet).await?.next_order_id;
        let args = CreateOrderArgs {
            id,
            price: order.price,
            delivery_window: order.delivery_window,
            label: order.label.clone(),
        };
        let instruction =
            self.ledger
                .instructions()
                .create_order(wallet, payer.pubkey(), &record_ids, args);
        let landed = self
            .ledger
            .send(&[instruction], payer, &[seller], SendOptions::default())
            .await?;
        Ok((self.ledger.addresses().order(&wallet, id), landed))
    }

    /// Closes an order, or stops its sales while purchases are pending; the transaction's events tell which.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`].
    pub async fn close_order(
        &self,
        seller: &dyn Signer,
        payer: &dyn Signer,
        address: &Address,
    ) -> Result<Landed, ClientError> {
        let order = self.ledger.order(address).await?;
        let instruction =
            self.ledger
                .instructions()
                .close_order(*address, &order.state, &order.record_ids);
        self.ledger
            .send(&[instruction], payer, &[seller], SendOptions::default())
            .await
    }
}

fn argument(rule: generion::GenerionError) -> ClientError {
    ClientError::Argument(rule.to_string())
}
