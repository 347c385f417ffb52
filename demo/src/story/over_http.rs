//! The gateway: a read, a purchase through a Solana Action, and the events.

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use generion_client::{BuyOptions, ConfirmedTransaction, PurchaseReceipt, Wallet};
use serde_json::json;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_transaction::versioned::VersionedTransaction;

use super::{PRICE, Story};
use crate::{
    cast::{Cast, Person},
    narrator::{count, sol},
    portal::{Events, Portal},
};

impl Story<'_> {
    pub(super) async fn portal_needs_no_node(
        &mut self,
        cast: &Cast,
        order: &Address,
    ) -> Result<()> {
        self.narrator
            .chapter("A gateway: the same over HTTP, for programs that know nothing of Solana");
        let portal = Portal::new(&self.stage.gateway_url);
        let (seller, buyer) = (&cast.patient, &cast.company);

        let path = format!("/v1/orders/{order}");
        let shown = portal
            .get_when(&path, |shown| shown["pending_purchases"] == 0)
            .await?;
        let data = self.client.ledger.order(order).await?;
        ensure!(
            shown["price_lamports"].as_str() == Some(&data.state.price.to_string()[..])
                && shown["seller"].as_str() == Some(&seller.address().to_string()[..]),
            "the gateway shows another order: {shown}"
        );
        self.narrator.say(&format!(
            "GET {path}: \"{}\", {} for {}",
            shown["label"].as_str().unwrap_or_default(),
            count(data.records.len(), "record"),
            sol(data.state.price)
        ));

        let mut events = portal.follow(&order.to_string()).await?;
        let (purchase, bought) = self.buy_by_action(&portal, buyer, order).await?;
        self.event(&mut events, "purchase.created", &purchase, &bought)
            .await?;
        let refunded = self.refund_by_action(&portal, cast, &purchase).await?;
        self.event(&mut events, "purchase.refunded", &purchase, &refunded)
            .await?;
        self.balances_are_right().await
    }

    /// Buys an order by its Action: the client saves its receipt first, and compares the transaction with its own.
    async fn buy_by_action(
        &mut self,
        portal: &Portal,
        buyer: &Person,
        order: &Address,
    ) -> Result<(Address, String)> {
        let path = format!("/v1/actions/orders/{order}");
        let action = portal.get(&path).await?;
        let links = action["links"]["actions"].as_array();
        let link = links.and_then(|links| links.iter().find(|link| link["type"] == "transaction"));
        let href = link.and_then(|link| link["href"].as_str());
        let href = href.context("the order's Action sells nothing")?;

        let options = BuyOptions {
            accept_self_issued: false,
            max_price: Some(PRICE),
        };
        let offer = self.client.offer(order, &buyer.address(), &options).await?;
        let deployment = &self.stage.deployment;
        let receipt =
            PurchaseReceipt::new(deployment, &buyer.address(), &offer.offer, &offer.records);
        let receipts = self.stage.path("receipts");
        receipt.save(&receipts)?;
        // Never sent: the gateway's transaction has to be equal to it.
        let bought = self.client.buy(&buyer.wallet, &offer, &receipts)?;
        let (own, purchase) = (bought.instructions().to_vec(), bought.outcome.purchase);
        drop(bought);
        let secret = Wallet {
            signer: &buyer.wallet,
        }
        .purchase_secret(deployment, order)?;
        let key: String = (secret.public_key().to_bytes().iter())
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let confirmed = self
            .take(portal, &href.replace("{buyer_key}", &key), buyer, &own)
            .await?;
        let escrow = self.pays_rent(buyer, &purchase, &confirmed).await?;
        let signature = confirmed.signature.to_string();
        self.told(
            &format!(
                "{} buys by a Solana Action, and pays {} into escrow",
                buyer.name,
                sol(PRICE)
            ),
            confirmed,
            Some(escrow - PRICE),
        );
        Ok((purchase, signature))
    }

    /// The seller declines the purchase by an Action that any wallet can take.
    async fn refund_by_action(
        &mut self,
        portal: &Portal,
        cast: &Cast,
        purchase: &Address,
    ) -> Result<String> {
        let (seller, buyer) = (&cast.patient, &cast.company);
        let escrow = self.client.ledger.lamports(purchase).await?;
        let refund = self.client.refund(&seller.wallet, purchase).await?;
        let own = refund.instructions().to_vec();
        drop(refund);
        let path = format!("/v1/actions/purchases/{purchase}/refund");
        let confirmed = self.take(portal, &path, seller, &own).await?;
        self.book.fee(&seller.address(), &confirmed);
        self.book.gets(&buyer.address(), escrow);
        let signature = confirmed.signature.to_string();
        self.told(
            &format!(
                "{} declines by another one; {} comes back",
                seller.name,
                sol(escrow)
            ),
            confirmed,
            None,
        );
        Ok(signature)
    }

    /// Takes an Action: compares its transaction with the instructions that this client would send, signs it, and has the
    /// gateway send it.
    async fn take(
        &self,
        portal: &Portal,
        path: &str,
        person: &Person,
        own: &[Instruction],
    ) -> Result<ConfirmedTransaction> {
        let body = json!({ "account": person.address().to_string() });
        let answer = portal.post(path, &body).await?;
        let bytes = BASE64_STANDARD.decode(answer["transaction"].as_str().unwrap_or_default())?;
        let built: VersionedTransaction = bincode::deserialize(&bytes)?;
        let keys = built.message.static_account_keys();
        ensure!(
            keys.first() == Some(&person.address()) && built.signatures.len() == 1,
            "somebody else pays or signs"
        );
        let instructions: Vec<_> = built
            .message
            .instructions()
            .iter()
            .map(|compiled| {
                let accounts = compiled
                    .accounts
                    .iter()
                    .map(|index| keys[usize::from(*index)]);
                let program = keys[usize::from(compiled.program_id_index)];
                (program, accounts.collect::<Vec<_>>(), compiled.data.clone())
            })
            .filter(|(program, ..)| *program == self.stage.deployment.program_id)
            .collect();
        let expected: Vec<_> = own
            .iter()
            .map(|one| {
                let accounts = one.accounts.iter().map(|account| account.pubkey);
                (
                    one.program_id,
                    accounts.collect::<Vec<_>>(),
                    one.data.clone(),
                )
            })
            .collect();
        ensure!(
            instructions == expected,
            "the gateway built another transaction than {path} says"
        );
        let signed = VersionedTransaction::try_new(built.message, &[&person.wallet])?;
        let signed = BASE64_STANDARD.encode(bincode::serialize(&signed)?);
        let sent = portal
            .post("/v1/transactions", &json!({ "transaction": signed }))
            .await?;
        ensure!(sent["status"] == "confirmed", "the transaction: {sent}");
        let signature = sent["signature"].as_str().unwrap_or_default().parse()?;
        Ok(self.client.ledger.confirmed_transaction(&signature).await?)
    }

    /// The transaction's event is this one, about the purchase. Events of earlier transactions may still arrive before it.
    async fn event(
        &self,
        events: &mut Events,
        kind: &str,
        purchase: &Address,
        signature: &str,
    ) -> Result<()> {
        let event = loop {
            let event = events.next().await?;
            if event["signature"] == signature {
                break event;
            }
        };
        ensure!(
            event["type"] == kind && event["address"].as_str() == Some(&purchase.to_string()[..]),
            "the gateway tells of something else: {event}"
        );
        self.narrator
            .say(&format!("GET /v1/events reports it: {kind}"));
        Ok(())
    }
}
