//! The world that an agent works in: the ledger, as all nodes together show it, and the markers on the disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{StreamExt, stream};
use generion::state::Purchase;
use generion_history::{ChangeKind, History, HistoryNodes, HistoryRange};
use generion_interface::accounts::{PurchaseAccount, RecordAccount};
use solana_account::Account;
use solana_address::Address;
use solana_instruction::Instruction;

use super::world::{Believed, Proven, Stand, World};
use crate::{
    client::Client,
    error::ClientError,
    flows::{
        delivery_batch::{last_moment, require_time},
        sale::{Belief, Sale},
    },
    ledger::{KeyedAccount, filter::Filter},
    saved::{
        markers::Marker,
        offers::{Offer, Offers},
    },
    settlement::{
        event::{SettleEnd, SettleEvent},
        options::Settler,
    },
    transaction::{confirmed::ConfirmedTransaction, options::SendOptions},
    wallet::KeySource,
};

/// Transactions of a purchase that are read to see how it ended, the latest first.
const MAX_TRANSACTIONS: usize = 100;
/// The number of purchases that are compared at a time with the seller's offers: a purchase that nodes lie about takes long.
const STANDS_AT_A_TIME: usize = 16;
/// The number of orders whose records are remembered.
const REMEMBERED_ORDERS: usize = 1_000;

/// The ledger, a seller's keys, and the payer.
pub(super) struct Live<'a> {
    pub(super) client: &'a Client,
    pub(super) keys: &'a dyn KeySource,
    settler: Settler<'a>,
    belief: Belief<'a>,
    orders: Mutex<BTreeMap<Address, Order>>,
    /// Purchases that turned out to be others than a node showed: from then on, only an agreement of nodes counts for them.
    doubted: Mutex<BTreeSet<Address>>,
}

/// The remembered parts of an order. They do not change, and neither do its records while the order lists them.
#[derive(Clone)]
pub(super) struct Order {
    offer: Offer,
    records: Arc<Vec<KeyedAccount<RecordAccount>>>,
}

impl World for Live<'_> {
    type Sale = Sale;

    async fn list(&self) -> Result<Vec<KeyedAccount<PurchaseAccount>>, ClientError> {
        let mut all = Vec::new();
        for status in [Filter::purchase_pending(), Filter::purchase_locked()] {
            let filters = [Filter::purchase_seller(self.keys.wallet()), status];
            all.extend(self.client.ledger.list_everywhere(&filters).await?);
        }
        Ok(all)
    }

    fn markers(&self) -> Result<Vec<Marker>, ClientError> {
        let deployment = self.client.ledger.deployment();
        self.settler.markers.list(deployment, &self.keys.wallet())
    }

    async fn look(&self, purchases: &[Address]) -> Vec<Result<Stand<Sale>, ClientError>> {
        let ledger = &self.client.ledger;
        let answers = ledger.find_everywhere::<PurchaseAccount>(purchases).await;
        let (mut lists, mut silent) = (Vec::new(), None);
        for answer in answers {
            match answer {
                Ok(list) => lists.push(list.into_iter()),
                Err(error) => silent = silent.or(Some(Arc::new(error))),
            }
        }
        // As the file has them now: orders are added to it while the agent runs.
        let offers = match self.belief {
            Belief::Offers(offers) => {
                let read = Offers::load(offers.path(), ledger.deployment());
                read.map(Some).map_err(Arc::new)
            }
            Belief::Ledger => Ok(None),
        };
        let (offers, silent) = (&offers, silent.filter(|_| lists.is_empty()));
        let silent = &silent;
        let shown = purchases.iter().copied().map(|purchase| {
            let shown = lists.iter_mut().filter_map(|list| list.next().flatten());
            (purchase, latest(shown))
        });
        let shown: Vec<_> = shown.collect();
        let stands = stream::iter(shown).map(|(purchase, account)| async move {
            let shared = |error: &Arc<ClientError>| Err(ClientError::Shared(error.clone()));
            let Some(account) = account else {
                return match silent {
                    Some(error) => shared(error),
                    None => self.gone(&purchase).await,
                };
            };
            let belief = match offers {
                Ok(offers) => offers.as_ref().map_or(Belief::Ledger, Belief::Offers),
                Err(error) => return shared(error),
            };
            let is_doubted = held(&self.doubted).remove(&purchase);
            self.stand(&purchase, Some(account).filter(|_| !is_doubted), belief)
                .await
        });
        stands.buffered(STANDS_AT_A_TIME).collect().await
    }

    async fn check_lock(&self, sale: &Sale, open: usize) -> Result<(), ClientError> {
        let payer = self.settler.payer.pubkey();
        let checked = self.client.check_lock(sale, &payer, open).await;
        self.doubt(sale, &checked);
        checked
    }

    fn prove(&self, sale: &Sale) -> Result<Vec<Proven>, ClientError> {
        let client = self.client;
        let batches = client.batches(sale, &self.settler.payer.pubkey());
        require_time(sale, batches.len(), self.now())?;
        let proven = batches.into_iter().map(|batch| {
            Ok(Proven {
                first: batch.first,
                count: batch.records.len(),
                instruction: client.delivery(self.keys, sale, batch)?,
            })
        });
        proven.collect()
    }

    fn fits(&self, instructions: &[Instruction]) -> bool {
        let payer = self.settler.payer.pubkey();
        self.client.ledger.fits(instructions, &payer)
    }

    async fn send(
        &self,
        instructions: &[Instruction],
        options: SendOptions,
    ) -> Result<ConfirmedTransaction, ClientError> {
        let ledger = &self.client.ledger;
        ledger
            .send(instructions, self.settler.payer, &[], options)
            .await
    }

    async fn settle(
        &self,
        sale: &Sale,
        report: &mut (dyn FnMut(SettleEvent) + Send),
    ) -> Result<SettleEnd, ClientError> {
        let settle = self.client.settle(self.keys, sale, &self.settler, report);
        let settled = settle.await;
        self.doubt(sale, &settled);
        settled
    }

    async fn resume(
        &self,
        marker: &Marker,
        report: &mut (dyn FnMut(SettleEvent) + Send),
    ) -> Result<SettleEnd, ClientError> {
        self.client
            .resume_settlement(self.keys, marker, &self.settler, report)
            .await
    }

    fn may_be_shown(&self, marker: &Marker) -> bool {
        // If it is unknown whether the secret was shown, the agent assumes that it was.
        self.settler.markers.contains(marker).unwrap_or(true)
    }

    async fn was_settled(&self, purchase: &Address, deadline: i64) -> Option<bool> {
        let ledger = &self.client.ledger;
        let nodes = HistoryNodes::new(ledger.nodes(), ledger.deployment())
            .min_context_slot(ledger.min_context_slot().unwrap_or_default())
            .patience(ledger.patience());
        let range = HistoryRange {
            limit: MAX_TRANSACTIONS,
            ..HistoryRange::default()
        };
        let history = History::read(&nodes, purchase, &range).await.ok()?;
        // From this purchase, which its deadline distinguishes from others at the same address, to its end.
        let start = history
            .entries
            .iter()
            .rposition(|entry| begins(entry.kind) && entry.details.deadline == Some(deadline))?;
        history.entries[start..]
            .iter()
            .find_map(|entry| match entry.kind {
                ChangeKind::Settled => Some(true),
                ChangeKind::Refunded => Some(false),
                _ => None,
            })
    }

    fn now(&self) -> i64 {
        self.client.ledger.witnesses().local_time()
    }
}

impl<'a> Live<'a> {
    pub(super) fn new(
        client: &'a Client,
        keys: &'a dyn KeySource,
        settler: Settler<'a>,
        belief: Belief<'a>,
    ) -> Self {
        Self {
            client,
            keys,
            settler,
            belief,
            orders: Mutex::default(),
            doubted: Mutex::default(),
        }
    }

    /// A purchase that no node shows is gone if enough nodes agree on that in the final state.
    async fn gone(&self, purchase: &Address) -> Result<Stand<Sale>, ClientError> {
        let program_id = *self.client.ledger.program_id();
        let is_there = |accounts: &[Option<Account>]| {
            let account = accounts.first().and_then(Option::as_ref);
            account.is_some_and(|account| account.owner == program_id && !account.data.is_empty())
        };
        let describe = |is_there: &bool| match is_there {
            true => "there is such a purchase".to_owned(),
            false => "there is no such purchase".to_owned(),
        };
        let witnesses = self.client.ledger.witnesses();
        let agreed = witnesses.agreed(&[*purchase], is_there, describe).await?;
        match agreed.value {
            false => Ok(Stand::Gone),
            true => Err(ClientError::PurchaseState {
                purchase: *purchase,
                state: "its end is not final yet",
            }),
        }
    }

    /// A purchase, compared with the seller's offers. If it was not shown, or if one node may have lied, it is read as the
    /// nodes agree on it.
    async fn stand(
        &self,
        purchase: &Address,
        shown: Option<PurchaseAccount>,
        belief: Belief<'_>,
    ) -> Result<Stand<Sale>, ClientError> {
        let sale = match shown {
            None => None,
            Some(account) => {
                let order = self.order(&account.state.order, belief).await?;
                let listed = KeyedAccount {
                    address: *purchase,
                    account,
                };
                let sale = self
                    .client
                    .sale_of(self.keys, listed, order.offer, order.records);
                match sale {
                    Err(ClientError::OtherTerms { order, .. }) => {
                        held(&self.orders).remove(&order);
                        None
                    }
                    Err(ClientError::OtherSettleKey(_)) => None,
                    sale => Some(sale?),
                }
            }
        };
        let sale = match sale {
            Some(sale) => sale,
            None => self.agreed(purchase, belief).await?,
        };
        Ok(match sale.account.state.is_pending() {
            true => Stand::Pending(sale),
            false => Stand::Complete(sale),
        })
    }

    /// A purchase as the nodes agree on it. A purchase on other terms, or with another settle key, is only left aside if enough
    /// nodes show it so: the word of one node is not enough.
    async fn agreed(&self, purchase: &Address, belief: Belief<'_>) -> Result<Sale, ClientError> {
        let sale = self.client.sale(self.keys, purchase, belief).await;
        if let Err(ClientError::OtherTerms { .. } | ClientError::OtherSettleKey(_)) = sale {
            let witnesses = self.client.ledger.witnesses();
            witnesses.agreed_contents(&[*purchase]).await?;
        }
        sale
    }

    /// Notes that a purchase is another one than was shown.
    fn doubt<T>(&self, sale: &Sale, result: &Result<T, ClientError>) {
        if let Err(ClientError::OtherTerms { .. } | ClientError::OtherSettleKey(_)) = result {
            held(&self.doubted).insert(sale.purchase);
        }
    }

    /// The offered records, which any node may show: their addresses follow from their contents.
    async fn order(&self, order: &Address, belief: Belief<'_>) -> Result<Order, ClientError> {
        let known = held(&self.orders).get(order).cloned();
        let offer = match (&known, belief) {
            (Some(known), Belief::Ledger) => known.offer.clone(),
            _ => self.client.believed_offer(order, belief).await?,
        };
        if let Some(known) = known.filter(|known| known.offer == offer) {
            return Ok(known);
        }
        let ledger = &self.client.ledger;
        let (mut found, mut silent) = (vec![None; offer.records.len()], None);
        for answer in ledger
            .find_everywhere::<RecordAccount>(&offer.records)
            .await
        {
            match answer {
                Ok(shown) => {
                    for (found, shown) in found.iter_mut().zip(shown) {
                        *found = found.take().or(shown);
                    }
                }
                Err(error) => silent = silent.or(Some(error)),
            }
        }
        let mut records = Vec::with_capacity(found.len());
        for (address, account) in offer.records.iter().zip(found) {
            let Some(account) = account else {
                return Err(silent.unwrap_or(ClientError::NotFound {
                    kind: "record",
                    address: *address,
                }));
            };
            records.push(KeyedAccount {
                address: *address,
                account,
            });
        }
        let known = Order {
            offer,
            records: Arc::new(records),
        };
        let mut remembered = held(&self.orders);
        if remembered.len() >= REMEMBERED_ORDERS {
            remembered.clear();
        }
        remembered.insert(*order, known.clone());
        Ok(known)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The furthest of the states: a purchase never goes back to an earlier one, and another purchase at the same address has a
/// later deadline.
fn latest(shown: impl Iterator<Item = PurchaseAccount>) -> Option<PurchaseAccount> {
    let progress = |state: &Purchase| (state.deadline, state.status, state.delivered_count);
    shown.max_by_key(|account| progress(&account.state))
}

impl Believed for Sale {
    fn marker(&self) -> Marker {
        self.marker()
    }

    fn last_moment(&self) -> i64 {
        last_moment(self)
    }
}

/// Whether a purchase begins with this change. It may be a study's seat.
const fn begins(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::Purchased | ChangeKind::StudyJoined | ChangeKind::ParticipantAdmitted
    )
}
