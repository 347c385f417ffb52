//! The story, act by act. Each act ends by comparing every wallet's balance with the ledger.

mod lies;
mod over_http;
mod records;
mod refusals;
mod sale;

use std::{path::Path, time::Instant};

use anyhow::{Context, Result, ensure};
use generion_client::{
    Bought, BuyOptions, Client, ConfirmedTransaction, Ledger, NewOrder, Offer, Offers, Sent,
    Wallet,
    events::Event,
    rpc::{
        url::{NodeUrl, PlainHttp},
        witness::WitnessOptions,
    },
    store::FetchPolicy,
};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;

use crate::{
    book::Book,
    cast::{self, Cast, Person},
    documents::Document,
    narrator::{Narrator, count, sol},
    stage::Stage,
    trail,
};

const PRICE: u64 = 250_000_000;
const DELIVERY_WINDOW: u32 = 3_600;

/// A record of the story, and its document.
struct Written {
    address: Address,
    document: Document,
}

struct Story<'a> {
    stage: &'a Stage,
    client: Client,
    book: Book,
    narrator: Narrator,
    events: Vec<Event>,
}

/// Plays the story.
///
/// # Errors
/// If anything differs from the story.
pub async fn tell(stage: &Stage, started: Instant) -> Result<Cast> {
    let node = NodeUrl::parse(&stage.rpc_url, PlainHttp::ThisMachineOnly)?;
    let ledger = Ledger::new(
        stage.deployment,
        vec![node],
        CommitmentConfig::confirmed(),
        WitnessOptions::default(),
    )?;
    let client = Client::new(ledger, policy())?;
    let mut story = Story {
        stage,
        client,
        book: Book::default(),
        narrator: Narrator::new(started),
        events: Vec::new(),
    };

    story.narrator.chapter("The setting");
    story.narrator.say(&format!(
        "a local Solana validator, ready after {} ms: {}",
        stage.ready_ms, stage.rpc_url
    ));
    story.narrator.say(&format!(
        "the Generion program on that validator: {}",
        stage.deployment.program_id
    ));
    story.narrator.say(&format!(
        "a document store, which sees ciphertext only: {}",
        stage.store_url
    ));
    story.narrator.say(&format!(
        "a gateway, which serves an index of the ledger over HTTP: {}",
        stage.gateway_url
    ));
    let cast = Cast::assemble(stage, &story.client.ledger, &mut story.book).await?;
    for people in cast.people().chunks(4) {
        let people: Vec<_> = people
            .iter()
            .map(|person| format!("{} ({})", person.name, person.role))
            .collect();
        story.narrator.say(&people.join(", "));
    }
    story.narrator.say(&format!(
        "each wallet starts with {}; fees and rents below are in lamports",
        sol(cast::PURSE)
    ));

    let records = story.records_are_written(&cast).await?;
    story.records_are_verified(&cast, &records).await?;
    story.doctor_gets_one(&cast, &records).await?;
    let order = story.records_are_sold(&cast, &records).await?;
    story.nobody_delivers(&cast, &order).await?;
    story.portal_needs_no_node(&cast, &order).await?;
    story.cheat_is_refused(&cast).await?;
    story.node_lies(&cast).await?;
    story.history_is_on_the_ledger().await?;
    Ok(cast)
}

impl Story<'_> {
    async fn history_is_on_the_ledger(&mut self) -> Result<()> {
        self.narrator
            .chapter("What anybody can read from the ledger");
        let events = self.stage.history(&self.client.ledger).await?;
        ensure!(
            events == self.events,
            "the ledger has {} events, the story {}",
            events.len(),
            self.events.len()
        );
        for line in trail::sentences(&events, &self.book) {
            self.narrator.say(&line);
        }
        let (transactions, time) = self.narrator.totals();
        self.narrator.say(&format!(
            "{transactions} transactions, {} events, {} wallets with the right balance to the lamport, in {time}",
            events.len(),
            self.book.len()
        ));
        Ok(())
    }

    async fn offer(&mut self, seller: &Person, records: &[Written], label: &str) -> Result<Offer> {
        let new = NewOrder {
            records: records.iter().map(|record| record.address).collect(),
            price: PRICE,
            delivery_window: DELIVERY_WINDOW,
            label: label.to_owned(),
            only_buyer: None,
        };
        let keys = Wallet {
            signer: &seller.wallet,
        };
        let creation = self
            .client
            .create_order(&seller.wallet, &keys, &seller.wallet, &new)
            .await?;
        // The seller delivers by this file, not by what a node shows.
        let offers = self.stage.data("offers.json")?;
        Offers::add(&offers, &self.stage.deployment, &creation.outcome)?;
        let Sent {
            outcome: offer,
            confirmed,
        } = creation.send().await?;
        let rent = self.pays_rent(seller, &offer.order, &confirmed).await?;
        self.told(
            &format!(
                "{} offers {} for {}",
                seller.name,
                count(records.len(), "record"),
                sol(PRICE)
            ),
            confirmed,
            Some(rent),
        );
        Ok(offer)
    }

    /// Buys an order. Returns the purchase's address and its lamports: price and rent.
    async fn buy(&mut self, buyer: &Person, order: &Address) -> Result<(Address, u64)> {
        let options = BuyOptions {
            accept_self_issued: false,
            max_price: Some(PRICE),
        };
        let shown = self.client.offer(order, &buyer.address(), &options).await?;
        let Sent {
            outcome: Bought { purchase, .. },
            confirmed,
        } = self
            .client
            .buy(&buyer.wallet, &shown, &self.stage.path("receipts"))?
            .send()
            .await?;
        let escrow = self.pays_rent(buyer, &purchase, &confirmed).await?;
        ensure!(escrow > PRICE, "the escrow holds {escrow} lamports");
        self.told(
            &format!("{} pays {} into escrow", buyer.name, sol(PRICE)),
            confirmed,
            Some(escrow - PRICE),
        );
        Ok((purchase, escrow))
    }

    /// Books the fee and the rent of a transaction that created an account. Returns the account's lamports on the ledger.
    async fn pays_rent(
        &mut self,
        payer: &Person,
        account: &Address,
        confirmed: &ConfirmedTransaction,
    ) -> Result<u64> {
        let lamports = self.client.ledger.lamports(account).await?;
        self.book.fee(&payer.address(), confirmed);
        self.book.gives(&payer.address(), lamports);
        Ok(lamports)
    }

    fn told(&mut self, sentence: &str, confirmed: ConfirmedTransaction, rent: Option<u64>) {
        self.narrator.transaction(sentence, &confirmed, rent);
        self.events.extend(confirmed.events);
    }

    async fn balances_are_right(&self) -> Result<()> {
        self.book.compare(&self.client.ledger).await
    }
}

/// The demo's store is on this machine.
fn policy() -> FetchPolicy {
    FetchPolicy {
        allow_private: true,
        ..FetchPolicy::default()
    }
}

fn same_bytes(path: &Path, document: &Document) -> Result<()> {
    let bytes = std::fs::read(path).with_context(|| format!("{}", path.display()))?;
    ensure!(
        bytes == document.bytes,
        "{} is not the clinic's document ({})",
        path.display(),
        document.title
    );
    Ok(())
}
