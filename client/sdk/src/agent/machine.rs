//! An agent's decisions: from the state of its purchases to the next action.
//!
//! The agent looks at a purchase and does what is needed: it checks the missing records of a pending purchase, makes their
//! proof, packs them with others and sends them; it settles a complete delivery. Then it looks at the purchase again. It
//! remembers nothing that the next look would not show, except actions that are on their way.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use generion_interface::accounts::PurchaseAccount;
use generion_rpc::deadline::deadline;
use solana_address::Address;
use tokio::time::{Instant, sleep_until};

use super::{
    event::{AgentEvent, AgentOptions, DeliveredPart, OnEvent, Tally},
    look::{Looked, is_lasting, is_other, is_wait, look},
    pack::{Pack, Part, pack},
    settlement::Settlement,
    task::{Stage, Tasks, Verdict},
    world::{Believed, Proven, World},
};
use crate::{
    error::ClientError, ledger::KeyedAccount, transaction::confirmed::ConfirmedTransaction,
};

/// Purchases that are read at a time.
const READ_AT_A_TIME: usize = 100;
/// The number of purchases whose delivery is prepared at a time: each of them may wait until the purchase is final.
const CHECKED_AT_A_TIME: usize = 8;
/// The number of running settlements at which no further one is begun. Settlements that began before this run all continue.
const SETTLED_AT_A_TIME: usize = 32;
/// The time to collect further deliveries before sending the first, so that purchases made together are served together.
const GATHER: Duration = Duration::from_millis(200);
/// A purchase with less time than this goes before all others, in seconds.
const URGENT: i64 = 600;
/// Purchases that have ended or were given up, and are not to be found again.
const REMEMBERED_ENDS: usize = 100_000;

/// A purchase whose delivery was prepared.
type Checked<S> = (S, Result<Vec<Proven>, ClientError>);

/// The actions that run at the same time.
type OnTheWay<'a, T> = FuturesUnordered<BoxFuture<'a, T>>;

/// A purchase's address, and its deadline, which distinguishes it from another one at the same address.
type Key = (Address, i64);

/// The running actions.
pub(super) struct Machine<'a, W: World> {
    pub(super) world: &'a W,
    on_event: OnEvent<'a>,
    options: AgentOptions,
    /// The number of tries for a purchase; `None`: as long as there is time.
    tries: Option<u32>,
    pub(super) tasks: Tasks,
    /// Ended, or given up.
    left: BTreeSet<Key>,
    reading: OnTheWay<'a, Vec<(Address, Looked<W::Sale>)>>,
    to_check: VecDeque<W::Sale>,
    checking: OnTheWay<'a, Checked<W::Sale>>,
    ready: Vec<Part>,
    ready_since: Option<Instant>,
    to_send: VecDeque<Pack>,
    sending: OnTheWay<'a, (Pack, Result<ConfirmedTransaction, ClientError>)>,
    to_settle: VecDeque<W::Sale>,
    settling: FuturesUnordered<Settlement<'a>>,
    /// The purchases of the running settlements.
    pub(super) settled_keys: BTreeSet<Key>,
    pub(super) tally: Tally,
    is_stopped: bool,
}

impl<'a, W: World> Machine<'a, W>
where
    W::Sale: 'a,
{
    pub(super) fn new(
        world: &'a W,
        on_event: OnEvent<'a>,
        options: AgentOptions,
        tries: Option<u32>,
    ) -> Self {
        Self {
            world,
            on_event,
            options,
            tries,
            tasks: Tasks::default(),
            left: BTreeSet::new(),
            reading: FuturesUnordered::new(),
            to_check: VecDeque::new(),
            checking: FuturesUnordered::new(),
            ready: Vec::new(),
            ready_since: None,
            to_send: VecDeque::new(),
            sending: FuturesUnordered::new(),
            to_settle: VecDeque::new(),
            settling: FuturesUnordered::new(),
            settled_keys: BTreeSet::new(),
            tally: Tally::default(),
            is_stopped: false,
        }
    }

    pub(super) fn report(&self, event: AgentEvent) {
        (self.on_event)(event);
    }

    /// Goes on with the settlements that earlier runs began.
    ///
    /// # Errors
    /// [`ClientError::Marker`] if the markers can't be read.
    pub(super) fn resume(&mut self) -> Result<(), ClientError> {
        for marker in self.world.markers()? {
            if self.settled_keys.insert((marker.purchase, marker.deadline)) {
                let settlement = Settlement::resume(self.world, self.on_event, marker);
                self.settling.push(settlement);
            }
        }
        Ok(())
    }

    /// A purchase that is pending or locked.
    pub(super) fn find(&mut self, purchase: KeyedAccount<PurchaseAccount>) {
        let key = (purchase.address, purchase.account.state.deadline);
        let is_known = self.left.contains(&key) || self.settled_keys.contains(&key);
        if !is_known && self.tasks.add(key.0, key.1, Instant::now()) {
            self.report(AgentEvent::Found { purchase });
        }
    }

    /// Whether there is nothing left to do.
    pub(super) fn is_idle(&self) -> bool {
        self.tasks.is_empty() && self.settling.is_empty()
    }

    /// Begins all actions that can begin.
    pub(super) fn work(&mut self) {
        if self.is_stopped {
            return;
        }
        if self.reading.is_empty() {
            let due = self.tasks.take_due(READ_AT_A_TIME, Instant::now());
            if !due.is_empty() {
                let look = look(self.world, due);
                self.reading.push(Box::pin(look));
            }
        }
        while self.checking.len() < CHECKED_AT_A_TIME
            && let Some(sale) = self.to_check.pop_front()
        {
            self.check(sale);
        }
        self.pack_ready();
        while self.sending.len() < self.options.in_flight.max(1)
            && let Some(pack) = self.to_send.pop_front()
        {
            let world = self.world;
            self.sending.push(Box::pin(async move {
                let sent = world.send(&pack.instructions(), pack.options()).await;
                (pack, sent)
            }));
        }
        while self.settling.len() < SETTLED_AT_A_TIME
            && let Some(sale) = self.to_settle.pop_front()
        {
            let marker = sale.marker();
            self.settled_keys.insert((marker.purchase, marker.deadline));
            let settlement = Settlement::begin(self.world, self.on_event, sale);
            self.settling.push(settlement);
        }
    }

    /// Waits for something to happen, and takes note of it.
    pub(super) async fn step(&mut self) {
        let wake = self.next_moment();
        tokio::select! {
            Some(looked) = self.reading.next(), if !self.reading.is_empty() => self.looked(looked),
            Some((sale, proven)) = self.checking.next(), if !self.checking.is_empty() => {
                self.checked(&sale, proven);
            }
            Some((pack, sent)) = self.sending.next(), if !self.sending.is_empty() => {
                match sent {
                    Ok(confirmed) => self.delivered(&pack, confirmed),
                    Err(error) => self.not_delivered(&pack, error),
                }
            }
            Some((over, end)) = self.settling.next(), if !self.settling.is_empty() => {
                self.settled_keys.remove(&(over.marker.purchase, over.marker.deadline));
                match end {
                    Ok(end) => self.settled(&over, end),
                    Err(error) => self.not_settled(&over, error),
                }
            }
            () = until(wake) => {}
        }
    }

    /// Ends the run: waits for the actions on their way, and for a while for settlements whose secret may be shown; begins
    /// nothing else.
    pub(super) async fn stop(mut self) -> Tally {
        self.is_stopped = true;
        // Markers of settlements that did not begin are removed.
        self.reading.clear();
        self.checking.clear();
        let world = self.world;
        let settling = core::mem::take(&mut self.settling).into_iter();
        self.settling = settling
            .filter(|settlement| world.may_be_shown(&settlement.marker))
            .collect();
        let patience = deadline(self.options.patience);
        loop {
            let (sends, settles) = (!self.sending.is_empty(), !self.settling.is_empty());
            tokio::select! {
                () = self.step(), if sends || settles => {}
                () = sleep_until(patience), if settles && !sends => break,
                else => break,
            }
        }
        for settlement in core::mem::take(&mut self.settling) {
            self.tally.unfinished += 1;
            let purchase = settlement.marker.purchase;
            self.report(AgentEvent::Unfinished { purchase });
        }
        self.tally
    }

    fn next_moment(&self) -> Option<Instant> {
        if self.is_stopped {
            return None;
        }
        let due = self.tasks.next_due().filter(|_| self.reading.is_empty());
        let gathered = self.ready_since.map(|since| since + GATHER);
        due.into_iter().chain(gathered).min()
    }

    fn looked(&mut self, looked: Vec<(Address, Looked<W::Sale>)>) {
        for (purchase, looked) in looked {
            match looked {
                Looked::Gone(settled) => self.gone(&purchase, settled),
                Looked::Pending(sale) => {
                    let is_urgent = self.is_urgent(&sale);
                    let deadline = sale.marker().deadline;
                    self.tasks.note(&purchase, deadline, is_urgent);
                    match is_urgent {
                        true => self.to_check.push_front(sale),
                        false => self.to_check.push_back(sale),
                    }
                }
                Looked::Complete(sale) => {
                    let deadline = sale.marker().deadline;
                    self.tasks.note(&purchase, deadline, false);
                    match self.settled_keys.contains(&(purchase, deadline)) {
                        // That goes on already.
                        true => _ = self.tasks.remove(&purchase),
                        false => {
                            self.tasks.set(&purchase, Stage::Settling);
                            self.to_settle.push_back(sale);
                        }
                    }
                }
                Looked::Failed(error) => match is_lasting(&error) || is_other(&error) {
                    true => self.give_up(purchase, Arc::new(error)),
                    false => self.postpone(purchase, &Arc::new(error)),
                },
            }
        }
    }

    fn is_urgent(&self, sale: &W::Sale) -> bool {
        sale.last_moment().saturating_sub(self.world.now()) < URGENT
    }

    /// Prepares a delivery. A purchase that can't be settled must not be locked.
    fn check(&mut self, sale: W::Sale) {
        self.tasks.set(&sale.marker().purchase, Stage::Checking);
        let open = self.tasks.open_settlements() + self.resumed();
        let world = self.world;
        self.checking.push(Box::pin(async move {
            let proven = match world.check_lock(&sale, open).await {
                Ok(()) => world.prove(&sale),
                Err(error) => Err(error),
            };
            (sale, proven)
        }));
    }

    /// The number of running settlements that are no task of this run.
    fn resumed(&self) -> usize {
        let is_resumed = |settlement: &&Settlement<'_>| settlement.is_resumed;
        self.settling.iter().filter(is_resumed).count()
    }

    fn checked(&mut self, sale: &W::Sale, proven: Result<Vec<Proven>, ClientError>) {
        let purchase = sale.marker().purchase;
        let proven = match proven {
            Ok(proven) => proven,
            Err(error) => {
                return match is_lasting(&error) {
                    true => self.give_up(purchase, Arc::new(error)),
                    false => self.postpone(purchase, &Arc::new(error)),
                };
            }
        };
        if proven.is_empty() {
            return self.tasks.again(&purchase, Instant::now());
        }
        self.tasks.set(&purchase, Stage::Delivering(proven.len()));
        let (order, is_urgent) = (sale.marker().order, self.is_urgent(sale));
        let parts = proven.into_iter().map(|proven| Part {
            delivered: DeliveredPart {
                purchase,
                first: proven.first,
                count: proven.count,
            },
            order,
            last_moment: sale.last_moment(),
            is_urgent,
            is_alone: self.tasks.is_suspect(&purchase),
            raise: self.tasks.raise(&purchase),
            instruction: proven.instruction,
        });
        self.ready.extend(parts);
        self.ready_since.get_or_insert_with(Instant::now);
    }

    /// Packs the prepared deliveries, once no more are about to be ready, or the oldest has waited long enough.
    fn pack_ready(&mut self) {
        let Some(since) = self.ready_since else {
            return;
        };
        let more_comes = !self.reading.is_empty() || !self.checking.is_empty();
        if more_comes && since.elapsed() < GATHER {
            return;
        }
        let world = self.world;
        let ready = core::mem::take(&mut self.ready);
        let packs = pack(ready, |instructions| world.fits(instructions));
        self.to_send.extend(packs);
        self.ready_since = None;
    }

    pub(super) fn postpone(&mut self, purchase: Address, error: &Arc<ClientError>) {
        let error = error.clone();
        match self.tasks.postpone(&purchase, self.tries, Instant::now()) {
            Verdict::Later(retry_in) if is_wait(&error) => self.report(AgentEvent::Waiting {
                purchase,
                error,
                retry_in,
            }),
            Verdict::Later(retry_in) => self.report(AgentEvent::Postponed {
                purchase,
                error,
                retry_in,
            }),
            Verdict::Never => self.give_up(purchase, error),
            Verdict::Known => {}
        }
    }

    pub(super) fn give_up(&mut self, purchase: Address, error: Arc<ClientError>) {
        if let Some(deadline) = self.tasks.remove(&purchase) {
            self.leave((purchase, deadline));
            self.tally.given_up += 1;
            self.report(AgentEvent::GivenUp { purchase, error });
        }
    }

    /// The purchase ended, and no settlement of this seller's keys that this run knows of ended it.
    fn gone(&mut self, purchase: &Address, settled: Option<bool>) {
        if let Some(deadline) = self.tasks.remove(purchase) {
            self.leave((*purchase, deadline));
            self.report(AgentEvent::Gone {
                purchase: *purchase,
                settled,
                shown: false,
            });
        }
    }

    pub(super) fn leave(&mut self, key: Key) {
        if self.left.len() >= REMEMBERED_ENDS {
            self.left.clear();
        }
        self.left.insert(key);
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
