//! The delivery agent: serves the purchases of a seller, from the delivery to the price.
//!
//! The agent delivers the missing records of pending purchases, in as few transactions as fit, once enough nodes agree that
//! each purchase can be settled. It settles each complete delivery in a transaction of its own. It delivers what the seller has
//! offered, whatever a single node shows.
//!
//! The agent works from the ledger, as all nodes together show it, and from the markers of settlements on the disk. So it can
//! be killed at any moment, and be started twice: the program accepts each record of a purchase once, and pays once. A second
//! agent costs the fees of transactions that came second.

mod ended;
mod event;
mod live;
mod look;
mod machine;
mod pack;
mod settlement;
mod task;
#[cfg(test)]
mod tests;
mod world;

use std::{
    pin::pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures::{Stream, StreamExt};
use generion_interface::accounts::PurchaseAccount;
use tokio::time::sleep;
use url::Url;

pub use self::event::{AgentEvent, AgentOptions, DeliveredPart, Locked, Tally};
use self::{event::OnEvent, live::Live, machine::Machine, world::World};
use crate::{
    client::Client,
    error::ClientError,
    flows::sale::Belief,
    ledger::{KeyedAccount, filter::Filter},
    settlement::options::Settler,
    wallet::KeySource,
    watch::Watched,
};

/// Delivers and settles the purchases of one seller's records.
pub struct Agent<'a> {
    world: Live<'a>,
    options: AgentOptions,
    on_event: Mutex<Box<dyn FnMut(AgentEvent) + Send + 'a>>,
}

impl<'a> Agent<'a> {
    /// An agent for the seller with these `keys`. The settler's payer pays all fees, and may be any wallet but a wallet app.
    /// The agent delivers by `belief`, and reads its file of offers anew for each look at the ledger. It reports to `on_event`.
    pub fn new(
        client: &'a Client,
        keys: &'a dyn KeySource,
        settler: Settler<'a>,
        belief: Belief<'a>,
        options: AgentOptions,
        on_event: impl FnMut(AgentEvent) + Send + 'a,
    ) -> Self {
        Self {
            world: Live::new(client, keys, settler, belief),
            options,
            on_event: Mutex::new(Box::new(on_event)),
        }
    }

    fn report(&self, event: AgentEvent) {
        let mut on_event = self.on_event.lock().unwrap_or_else(PoisonError::into_inner);
        on_event(event);
    }

    /// Delivers and settles all that is there at present, and returns when that is done or given up. Settlements that were
    /// begun, by an earlier run too, are gone on with until they have ended, however long that takes.
    ///
    /// If the future is dropped, transactions may still be confirmed, and settlements leave their markers. The next run
    /// continues with both.
    ///
    /// # Errors
    /// [`ClientError::Node`] if no node shows the purchases; [`ClientError::Marker`] if the markers of settlements can't be
    /// read.
    pub async fn run_once(self) -> Result<Tally, ClientError> {
        let on_event = |event| self.report(event);
        run_once(&self.world, &on_event, self.options).await
    }

    /// Delivers and settles all present and new purchases, until `stop` is ready. Then it waits for transactions on their way,
    /// and, for [`AgentOptions::patience`], for settlements whose secret may be shown; the next run continues with these.
    /// `websocket` is the first node's, see [`crate::websocket_url`]. No behaviour of a node ends the agent.
    ///
    /// # Errors
    /// [`ClientError::Marker`], before anything else, if the markers of settlements can't be read.
    pub async fn watch(
        self,
        websocket: &Url,
        stop: impl Future<Output = ()>,
    ) -> Result<Tally, ClientError> {
        let ledger = &self.world.client.ledger;
        let filters = [
            Filter::purchase_seller(self.world.keys.wallet()),
            Filter::purchase_pending(),
        ];
        let purchases = ledger.watch::<PurchaseAccount>(websocket, &filters);
        let on_event = |event| self.report(event);
        watch(&self.world, &on_event, self.options, purchases, stop).await
    }
}

async fn run_once<'a, W: World>(
    world: &'a W,
    on_event: OnEvent<'a>,
    options: AgentOptions,
) -> Result<Tally, ClientError>
where
    W::Sale: 'a,
{
    let mut machine = Machine::new(world, on_event, options, Some(options.tries));
    machine.resume()?;
    for purchase in world.list().await? {
        machine.find(purchase);
    }
    while !machine.is_idle() {
        machine.work();
        machine.step().await;
    }
    Ok(machine.tally)
}

async fn watch<'a, W: World>(
    world: &'a W,
    on_event: OnEvent<'a>,
    options: AgentOptions,
    purchases: impl Stream<Item = Watched<PurchaseAccount>>,
    stop: impl Future<Output = ()>,
) -> Result<Tally, ClientError>
where
    W::Sale: 'a,
{
    let mut machine = Machine::new(world, on_event, options, None);
    machine.resume()?;
    let (mut purchases, mut stop) = (pin!(purchases), pin!(stop));
    let list = async |wait: Duration| -> Result<Vec<KeyedAccount<PurchaseAccount>>, ClientError> {
        sleep(wait).await;
        world.list().await
    };
    let mut listing = Box::pin(list(Duration::ZERO));
    loop {
        machine.work();
        tokio::select! {
            biased;
            () = stop.as_mut() => break,
            Some(reported) = purchases.next() => on_watched(&mut machine, reported),
            listed = listing.as_mut() => {
                // The connection reports purchases that the first node has; the other nodes are asked again.
                for purchase in listed.unwrap_or_default() {
                    machine.find(purchase);
                }
                listing = Box::pin(list(options.rescan));
            }
            () = machine.step() => {}
        }
    }
    Ok(machine.stop().await)
}

fn on_watched<'a, W: World>(machine: &mut Machine<'a, W>, reported: Watched<PurchaseAccount>)
where
    W::Sale: 'a,
{
    match reported {
        Watched::New(purchase) => machine.find(purchase),
        Watched::CaughtUp => machine.report(AgentEvent::CaughtUp),
        Watched::Lost { reason, retry_in } => {
            machine.report(AgentEvent::Lost { reason, retry_in });
        }
    }
}
