//! Leaving a study before it has paid for a seat: the application is withdrawn, and the order that only the study could buy is
//! closed.

use generion_interface::accounts::{ApplicationAccount, OrderAccount, PurchaseAccount};
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    client::Client, error::ClientError, ledger::filter::Filter, transaction::prepared::Prepared,
};

/// What a participant who leaves a study takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The application, if there is one.
    pub application: Option<Address>,
    /// The orders that only the study could buy.
    pub orders: Vec<Address>,
}

impl Client {
    /// Withdraws a participant's application, and closes the orders that only the study can buy, in one transaction. The rent
    /// goes back to its payers. What was public stays known.
    ///
    /// # Errors
    /// [`ClientError::Argument`] where the participant has a seat, or there is nothing to take back.
    pub async fn leave_study<'a>(
        &'a self,
        participant: &'a (dyn Signer + Sync),
        payer: &'a (dyn Signer + Sync),
        study: &Address,
    ) -> Result<Prepared<'a, Left>, ClientError> {
        let wallet = participant.pubkey();
        let (addresses, builder) = (self.ledger.addresses(), self.ledger.instructions());
        let vault = addresses.vault(study);
        let seat = addresses.seat(&vault, &wallet);
        if let Some(account) = self.ledger.find::<PurchaseAccount>(&seat).await? {
            return Err(ClientError::Argument(match account.state.is_settled() {
                true => format!("wallet {wallet} was paid for its seat {seat} in study {study}"),
                false => format!(
                    "wallet {wallet} has the seat {seat} in study {study}: refund that purchase, which gives the price back to the study"
                ),
            }));
        }
        let application = addresses.application(study, &wallet);
        let mut instructions = Vec::new();
        let found = self.ledger.find::<ApplicationAccount>(&application).await?;
        if let Some(account) = &found {
            instructions.push(builder.withdraw_application(wallet, application, &account.state));
        }
        let filter = [Filter::order_seller(wallet)];
        let mut orders = self.ledger.list::<OrderAccount>(&filter).await?;
        orders.retain(|order| order.account.state.only_buyer() == Some(&vault));
        for order in &orders {
            let (state, records) = (&order.account.state, &order.account.records);
            instructions.push(builder.close_order(order.address, state, records));
        }
        if instructions.is_empty() {
            return Err(ClientError::Argument(format!(
                "wallet {wallet} has no application for study {study} and no order for it"
            )));
        }
        let left = Left {
            application: found.map(|_| application),
            orders: orders.iter().map(|order| order.address).collect(),
        };
        let signers = vec![participant];
        Ok(Prepared::new(
            &self.ledger,
            instructions,
            payer,
            signers,
            left,
        ))
    }
}
