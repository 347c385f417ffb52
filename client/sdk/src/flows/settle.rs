//! Settling: the seller shows the secret of a delivery and is paid. Nobody is shown the secret before the payment is certain.

use futures::future::join_all;
use generion_crypto::{
    keys::PurchaseKey,
    settle::{self, SettleSecret},
};
use solana_account::Account;
use solana_address::Address;
use solana_signer::Signer;

use super::sale::Sale;
use crate::{
    client::Client,
    error::ClientError,
    saved::markers::Marker,
    settlement::{
        event::{SettleEnd, SettleEvent},
        options::Settler,
        send::{MAX_FEE, RESERVED_TRIES, Shown},
    },
    wallet::KeySource,
};

/// Seconds that must be left before the refund opens when the secret is shown for the first time.
const LEAST_TIME: i64 = 3_600;

impl Client {
    /// Settles a locked purchase: shows the seller's secret, and has the seller paid. Before the secret is shown, enough nodes
    /// must agree, in the final state, that the purchase is locked with this seller's settle key, and that the purchase and its
    /// order are as the seller believes; and an hour must be left before the refund opens, by the later of the nodes' clock and
    /// this machine's. Then a marker is written to the disk, and from then on the secret is sent to all nodes, signed anew
    /// again and again, until enough nodes agree on the outcome. If there is a marker already, the secret may have been shown,
    /// and the checks are left out.
    ///
    /// `report` gets the events meanwhile. Where the future is dropped, or the process killed, the marker stays, and
    /// [`Self::resume_settlements`] continues.
    ///
    /// # Errors
    /// Before anything is shown: [`ClientError::PurchaseState`] where it is not locked; [`ClientError::SettleTooLate`];
    /// [`ClientError::Witness`], [`ClientError::OtherTerms`], [`ClientError::OtherSettleKey`]; [`ClientError::Marker`];
    /// [`ClientError::Signer`] where the payer is a wallet app, or does not sign. Afterwards only [`ClientError::Marker`],
    /// where the marker of an ended settlement can't be removed.
    pub async fn settle(
        &self,
        keys: &dyn KeySource,
        sale: &Sale,
        settler: &Settler<'_>,
        mut report: impl FnMut(SettleEvent),
    ) -> Result<SettleEnd, ClientError> {
        require_own_payer(settler.payer)?;
        let marker = sale.marker();
        let secret = SettleSecret::derive(&self.sale_secret(keys, sale)?, &sale.terms)?;
        if settler.markers.contains(&marker)? {
            return self.finish(&marker, &secret, settler, None, report).await;
        }
        if let Some(end) = self.check_settle(sale).await? {
            return Ok(end);
        }
        // Valid at enough nodes: otherwise it would be shown in bytes that can't land.
        let hash = self.ledger.witnesses().recent_blockhash().await?;
        let signed = self
            .ledger
            .sign_settle(&marker, &secret, settler, 0, hash)
            .await?;
        // Nothing stops between the marker and the sending, but the end of the process.
        settler.markers.write(&marker)?;
        self.finish(&marker, &secret, settler, Some(signed), &mut report)
            .await
    }

    /// Continues all settlements of a seller that earlier runs, or other agents with the same folder, began. Returns how each
    /// of them ended.
    ///
    /// # Errors
    /// [`ClientError::Marker`] where the markers can't be read; of each, that this source of keys does not have its key.
    pub async fn resume_settlements(
        &self,
        keys: &dyn KeySource,
        settler: &Settler<'_>,
        report: impl Fn(&Marker, SettleEvent),
    ) -> Result<Vec<(Marker, Result<SettleEnd, ClientError>)>, ClientError> {
        let deployment = self.ledger.deployment();
        let markers = settler.markers.list(deployment, &keys.wallet())?;
        let resumed = markers.into_iter().map(async |marker| {
            let end = self
                .resume_settlement(keys, &marker, settler, |event| report(&marker, event))
                .await;
            (marker, end)
        });
        Ok(join_all(resumed).await)
    }

    /// Continues one settlement.
    ///
    /// # Errors
    /// [`ClientError::ForeignKey`], [`ClientError::OtherSettleKey`] where this source of keys does not have its key;
    /// [`ClientError::Signer`], [`ClientError::Marker`].
    pub async fn resume_settlement(
        &self,
        keys: &dyn KeySource,
        marker: &Marker,
        settler: &Settler<'_>,
        report: impl FnMut(SettleEvent),
    ) -> Result<SettleEnd, ClientError> {
        require_own_payer(settler.payer)?;
        // The marker does not say which index it has.
        let (_, secret) = keys.secret_behind(self.ledger.deployment(), &marker.owner_key, 0)?;
        let other = || ClientError::OtherSettleKey(marker.purchase);
        let terms = settle::Sale {
            deployment: marker.deployment,
            purchase: marker.purchase,
            deadline: marker.deadline,
            buyer_key: PurchaseKey::from_bytes(&marker.buyer_key).ok_or_else(other)?,
            terms: marker.terms,
        };
        let secret = SettleSecret::derive(&secret, &terms)?;
        if !secret.is_of(&marker.settle_key) {
            return Err(other());
        }
        self.finish(marker, &secret, settler, None, report).await
    }

    async fn finish(
        &self,
        marker: &Marker,
        secret: &SettleSecret,
        settler: &Settler<'_>,
        first: Option<Shown>,
        report: impl FnMut(SettleEvent),
    ) -> Result<SettleEnd, ClientError> {
        let end = self
            .ledger
            .settle_to_the_end(marker, secret, settler, first, report)
            .await;
        settler.markers.remove(marker)?;
        Ok(end)
    }

    /// Makes sure that a purchase can be settled and its price collected. Where it has ended already, returns how.
    ///
    /// # Errors
    /// Those of [`Self::settle`], before the secret is shown.
    pub async fn check_settle(&self, sale: &Sale) -> Result<Option<SettleEnd>, ClientError> {
        let has_ended = |settled: bool| settled.then_some(SettleEnd::Settled { confirmed: None });
        let account = self
            .await_final(sale, |account| {
                account.state.is_locked() || account.state.is_settled()
            })
            .await?;
        if let Some(end) = has_ended(account.state.is_settled()) {
            return Ok(Some(end));
        }
        let state = &account.state;
        let is_complete = state.delivered_count == state.record_count
            && account.capsules.iter().all(Option::is_some)
            && state.settle_key == sale.settle_key
            && state.settle_by > 0;
        if !is_complete {
            return Err(ClientError::PurchaseState {
                purchase: sale.purchase,
                state: "it is locked, and not delivered in full: the nodes lie",
            });
        }
        let now = self.ledger.witnesses().clock().await?.latest();
        let seconds_left = account.refund_opens().saturating_sub(now);
        if seconds_left < LEAST_TIME {
            return Err(ClientError::SettleTooLate {
                purchase: sale.purchase,
                seconds_left,
                needed: LEAST_TIME,
            });
        }
        Ok(None)
    }

    /// The lamports that the payer of settlements has to keep for this many of them: their highest cost if they have to be
    /// signed anew, at a higher price each time.
    pub const fn settle_reserve(open: usize) -> u64 {
        (open as u64).saturating_mul(MAX_FEE * RESERVED_TRIES)
    }

    pub(super) async fn require_reserve(
        &self,
        payer: &Address,
        open: usize,
    ) -> Result<(), ClientError> {
        let needed = Self::settle_reserve(open);
        let lamports = |accounts: &[Option<Account>]| {
            let account = accounts.first().and_then(Option::as_ref);
            account.map_or(0, |account| account.lamports)
        };
        let agreed = self
            .ledger
            .witnesses()
            .agreed(
                &[*payer],
                |accounts| lamports(accounts) >= needed,
                |is_enough| format!("wallet {payer} holds enough to settle: {is_enough}"),
            )
            .await?;
        match agreed.value {
            true => Ok(()),
            false => Err(ClientError::SettleReserve {
                payer: *payer,
                held: self.ledger.lamports(payer).await?,
                needed,
            }),
        }
    }
}

/// Refuses wallet apps, which simulate transactions at a node of their own before they sign.
fn require_own_payer(payer: &(dyn Signer + Sync)) -> Result<(), ClientError> {
    match payer.is_interactive() {
        false => Ok(()),
        true => Err(ClientError::Signer(
            "a settlement is paid by a key of one's own, not by a wallet app or a device that asks its user"
                .to_owned(),
        )),
    }
}
