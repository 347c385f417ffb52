//! The delivery agent: serves the pending purchases of a seller, in as few transactions as fit.
//!
//! It works from the ledger alone and keeps no state of its own, so that it can be killed at any moment, and be started
//! twice: the program accepts each record of a purchase once, and pays once. What a second agent costs is the fee of a
//! transaction that came second.

mod event;
mod pack;
mod task;

use std::{
    cell::Cell,
    collections::BTreeMap,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt, stream};
use generion_interface::{accounts::PurchaseAccount, events::Event};
use solana_address::Address;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;
use tokio::time::{Instant, sleep_until};
use url::Url;

pub use self::event::{AgentEvent, AgentOptions, DeliveredPart, Tally};
use self::{
    pack::{Pack, Part},
    task::{Tasks, Verdict},
};
use crate::{
    Client, ClientError, Filter, KeySource, Landed, Listed, SendOptions, Watched,
    accounts::RecordAccount,
    flows::deliver::{Batch, last_moment, require_time},
};

/// Purchases that are prepared at a time, so that what is sent was read lately.
const PURCHASES_PER_ROUND: usize = 200;
/// A purchase with less time than this goes before all others, in seconds.
const URGENT: i64 = 600;
/// How long to collect what else comes before serving it, so that purchases made together are served together.
const GATHER: Duration = Duration::from_millis(200);
/// Orders whose records are remembered.
const REMEMBERED_ORDERS: usize = 1_000;

/// Delivers what buyers of one seller paid for.
pub struct Agent<'a> {
    client: &'a Client,
    keys: &'a dyn KeySource,
    payer: &'a dyn Signer,
    options: AgentOptions,
    tell: Box<dyn FnMut(AgentEvent) + 'a>,
    tasks: Tasks,
    orders: BTreeMap<Address, Arc<Vec<Listed<RecordAccount>>>>,
    tally: Tally,
}

impl<'a> Agent<'a> {
    /// For the seller whose `keys` they are. `payer` pays the fees, and may be any wallet; `tell` gets to know what
    /// happens.
    pub fn new(
        client: &'a Client,
        keys: &'a dyn KeySource,
        payer: &'a dyn Signer,
        options: AgentOptions,
        tell: impl FnMut(AgentEvent) + 'a,
    ) -> Self {
        Self {
            client,
            keys,
            payer,
            options,
            tell: Box::new(tell),
            tasks: Tasks::default(),
            orders: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    /// Delivers all that is pending at present, and returns when that is done or given up.
    ///
    /// # Errors
    /// [`ClientError::Node`] where the pending purchases can't be read.
    pub async fn run_once(mut self) -> Result<Tally, ClientError> {
        let filters = self.filters();
        for purchase in self.client.ledger.list(&filters).await? {
            self.find(purchase);
        }
        let mut never = pin!(std::future::pending());
        while let Some(due) = self.tasks.next_due() {
            sleep_until(due).await;
            self.round(Some(self.options.tries), never.as_mut()).await;
        }
        Ok(self.tally)
    }

    /// Delivers what is pending and what comes, until `stop` is ready; what is on its way then is waited for.
    /// `websocket` is the node's, see [`crate::websocket_url`]. Nothing that the node does ends it.
    pub async fn watch(mut self, websocket: &Url, stop: impl Future<Output = ()>) -> Tally {
        let filters = self.filters();
        let client = self.client;
        let mut purchases = client.ledger.watch::<PurchaseAccount>(websocket, &filters);
        let mut stop = pin!(stop);
        let mut gathered = None;
        loop {
            let due = self.tasks.next_due().max(gathered);
            tokio::select! {
                biased;
                () = stop.as_mut() => return self.tally,
                Some(told) = purchases.next() => {
                    if self.hear(told) {
                        gathered = Some(Instant::now() + GATHER);
                    }
                }
                () = until(due) => {
                    gathered = None;
                    if self.round(None, stop.as_mut()).await {
                        return self.tally;
                    }
                }
            }
        }
    }

    fn filters(&self) -> [Filter; 2] {
        [
            Filter::purchase_seller(self.keys.wallet()),
            Filter::purchase_pending(),
        ]
    }

    /// Whether there is something new to do.
    fn hear(&mut self, told: Watched<PurchaseAccount>) -> bool {
        match told {
            Watched::New(purchase) => {
                self.find(purchase);
                return true;
            }
            Watched::CaughtUp => (self.tell)(AgentEvent::CaughtUp),
            Watched::Lost { reason, retry_in } => {
                (self.tell)(AgentEvent::Lost { reason, retry_in });
            }
        }
        false
    }

    fn find(&mut self, purchase: Listed<PurchaseAccount>) {
        if self.tasks.add(purchase.address, Instant::now()) {
            (self.tell)(AgentEvent::Found { purchase });
        }
    }

    /// Serves what is due: reads it anew, proves, packs and sends. After `tries` a purchase is given up. Once `stop` is
    /// ready, nothing more is sent; whether that happened.
    async fn round(
        &mut self,
        tries: Option<u32>,
        mut stop: Pin<&mut impl Future<Output = ()>>,
    ) -> bool {
        let due = self.tasks.due(PURCHASES_PER_ROUND, Instant::now());
        let prepared = tokio::select! {
            biased;
            () = stop.as_mut() => return true,
            prepared = self.prepare(&due) => prepared,
        };
        let parts = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                // Which is the same for all of them: the node's.
                let error = Arc::new(error);
                for purchase in due {
                    self.postpone(purchase, &error, tries);
                }
                return false;
            }
        };
        let (client, payer) = (self.client, self.payer);
        let packs = pack::pack(parts, |instructions| {
            client.ledger.fits(instructions, &payer.pubkey())
        });
        let is_stopped = Cell::new(false);
        let mut sent = stream::iter(packs)
            .map(|pack| {
                let is_stopped = &is_stopped;
                async move {
                    if is_stopped.get() {
                        return None;
                    }
                    let options = SendOptions {
                        not_after: Some(pack.last_moment()),
                        ..SendOptions::default()
                    };
                    let instructions = pack.instructions();
                    let sent = client.ledger.send(&instructions, payer, &[], options);
                    let result = sent.await;
                    Some((pack, result))
                }
            })
            .buffer_unordered(self.options.in_flight.max(1));
        loop {
            tokio::select! {
                biased;
                () = stop.as_mut(), if !is_stopped.get() => is_stopped.set(true),
                next = sent.next() => match next {
                    Some(Some((pack, Ok(landed)))) => self.delivered(&pack, landed),
                    Some(Some((pack, Err(error)))) => self.failed(&pack, error, tries),
                    Some(None) => {}
                    None => return is_stopped.get(),
                },
            }
        }
    }

    /// What is missing of these purchases, as they stand on the ledger now, proven.
    async fn prepare(&mut self, due: &[Address]) -> Result<Vec<Part>, ClientError> {
        let client = self.client;
        let found = client.ledger.find_all::<PurchaseAccount>(due).await?;
        let now = client.ledger.unix_time().await?;
        let mut parts = Vec::new();
        for (address, account) in due.iter().zip(found) {
            let Some(account) = account else {
                self.gone(*address, false);
                continue;
            };
            if account.state.is_settled() {
                self.gone(*address, true);
                continue;
            }
            let purchase = Listed {
                address: *address,
                account,
            };
            let records = match self.records(&purchase.account.state.order).await {
                Ok(records) => records,
                Err(error @ (ClientError::Node { .. } | ClientError::Stale { .. })) => {
                    return Err(error);
                }
                Err(error) => {
                    self.give_up(*address, Arc::new(error));
                    continue;
                }
            };
            match self.prove(&purchase, &records, now) {
                Ok(proven) => parts.extend(proven),
                Err(error) => self.give_up(*address, Arc::new(error)),
            }
        }
        Ok(parts)
    }

    fn prove(
        &self,
        purchase: &Listed<PurchaseAccount>,
        records: &[Listed<RecordAccount>],
        now: i64,
    ) -> Result<Vec<Part>, ClientError> {
        let batches = self.client.batches(purchase, records, &self.payer.pubkey());
        require_time(purchase, batches.len(), now)?;
        let is_urgent = last_moment(purchase).saturating_sub(now) < URGENT;
        let is_alone = self.tasks.is_suspect(&purchase.address);
        let part = |batch: Batch<'_>| {
            Ok(Part {
                delivered: DeliveredPart {
                    purchase: purchase.address,
                    first: batch.first,
                    count: batch.records.len(),
                },
                order: purchase.account.state.order,
                last_moment: last_moment(purchase),
                is_urgent,
                is_alone,
                instruction: self.client.delivery(self.keys, purchase, batch)?,
            })
        };
        batches.into_iter().map(part).collect()
    }

    /// An order does not change, and neither do its records while it lists them.
    async fn records(
        &mut self,
        order: &Address,
    ) -> Result<Arc<Vec<Listed<RecordAccount>>>, ClientError> {
        if let Some(records) = self.orders.get(order) {
            return Ok(records.clone());
        }
        let records = Arc::new(self.client.order_records(order).await?);
        if self.orders.len() >= REMEMBERED_ORDERS {
            self.orders.clear();
        }
        self.orders.insert(*order, records.clone());
        Ok(records)
    }

    fn gone(&mut self, purchase: Address, settled: bool) {
        if self.tasks.remove(&purchase) {
            (self.tell)(AgentEvent::Gone { purchase, settled });
        }
    }

    fn delivered(&mut self, pack: &Pack, landed: Landed) {
        let parts: Vec<_> = pack.parts.iter().map(|part| part.delivered).collect();
        for part in &parts {
            self.tasks.progress(&part.purchase);
        }
        let mut earned = 0;
        for event in &landed.events {
            if let Event::Delivered(delivered) = event
                && delivered.lamports.get() > 0
            {
                earned += delivered.lamports.get();
                self.tally.settled += 1;
                self.tasks.remove(&delivered.purchase);
            }
        }
        self.tally.transactions += 1;
        self.tally.records += parts.iter().map(|part| part.count).sum::<usize>();
        self.tally.earned += earned;
        self.tally.fees += landed.fee;
        (self.tell)(AgentEvent::Delivered {
            parts,
            landed,
            earned,
        });
    }

    fn failed(&mut self, pack: &Pack, error: ClientError, tries: Option<u32>) {
        let culprit = match &error {
            ClientError::Refused(refusal) => match &refusal.error {
                TransactionError::InstructionError(index, _) => pack.parts.get(usize::from(*index)),
                _ => None,
            },
            _ => None,
        };
        let error = Arc::new(error);
        if let ClientError::Refused(refusal) = &*error
            && refusal.signature.is_some()
        {
            self.tally.failed_transactions += 1;
            self.tally.fees += refusal.fee;
            (self.tell)(AgentEvent::Failed {
                fee: refusal.fee,
                error: error.clone(),
            });
        }
        let all = pack.parts.iter().map(|part| part.delivered.purchase);
        match culprit {
            // It is looked at again, and the others with it: the ledger has moved on, or something is wrong with it.
            Some(part) => {
                let purchase = part.delivered.purchase;
                self.tasks.suspect(&purchase);
                for other in all.filter(|other| *other != purchase) {
                    self.tasks.again(&other);
                }
                self.postpone(purchase, &error, tries);
            }
            None => {
                for purchase in all {
                    self.postpone(purchase, &error, tries);
                }
            }
        }
    }

    fn postpone(&mut self, purchase: Address, error: &Arc<ClientError>, tries: Option<u32>) {
        let error = error.clone();
        match self.tasks.postpone(&purchase, tries, Instant::now()) {
            Verdict::Later(retry_in) => (self.tell)(AgentEvent::Postponed {
                purchase,
                error,
                retry_in,
            }),
            Verdict::Never => self.give_up(purchase, error),
            Verdict::Known => {}
        }
    }

    fn give_up(&mut self, purchase: Address, error: Arc<ClientError>) {
        if self.tasks.remove(&purchase) {
            self.tally.given_up += 1;
            (self.tell)(AgentEvent::GivenUp { purchase, error });
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
