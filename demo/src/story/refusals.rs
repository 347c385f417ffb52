//! The program refuses an early refund, and a proof for another key than the record's.

use anyhow::{Context, Result, bail, ensure};
use generion_client::{
    Capsules, ClientError, DeliverArgs, GenerionError, KeySource, RefusedTransaction, SendOptions,
    Units, Wallet,
    constants::REFUND_GRACE,
    crypto::{
        capsule,
        delivery::{self, DeliveryRecord},
        keys::PurchaseKey,
        rand_core::OsRng,
        record::RecordElement,
        settle::Sale,
    },
};
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

use super::Story;
use crate::{
    cast::{Cast, Person},
    documents,
    narrator::{grouped, sol},
};

impl Story<'_> {
    pub(super) async fn nobody_delivers(&mut self, cast: &Cast, order: &Address) -> Result<()> {
        let buyer = &cast.company;
        self.narrator
            .chapter("A second buyer pays, and nobody delivers");
        let (purchase, escrow) = self.buy(buyer, order).await?;
        let refund = self.client.refund(&buyer.wallet, &purchase).await?;
        match refund.send().await {
            Err(error) if error.rule() == Some(GenerionError::RefundTooEarly) => {
                self.narrator.say("a refund before the deadline is refused");
            }
            other => bail!("an early refund was not refused as it should be: {other:?}"),
        }
        let deadline = self.client.ledger.purchase(&purchase).await?.state.deadline;
        self.stage
            .move_clock(&self.client.ledger, deadline + REFUND_GRACE)
            .await?;
        self.narrator.say("(the demo moves the validator's clock to 300 s after the deadline, to save you the wait)");
        let refund = self.client.refund(&buyer.wallet, &purchase).await?;
        let confirmed = refund.send().await?.confirmed;
        self.book.fee(&buyer.address(), &confirmed);
        self.book.gets(&buyer.address(), escrow);
        self.told(
            &format!("{} takes price and rent back: {}", buyer.name, sol(escrow)),
            confirmed,
            None,
        );
        ensure!(
            self.client.ledger.lamports(&purchase).await? == 0,
            "the purchase still holds lamports"
        );
        self.balances_are_right().await
    }

    pub(super) async fn cheat_is_refused(&mut self, cast: &Cast) -> Result<()> {
        let (cheat, buyer) = (&cast.cheat, &cast.company);
        self.narrator
            .chapter("A cheat sells a record, and delivers the wrong key");
        let record = self
            .write(&cast.hospital, cheat, &documents::CHEATS)
            .await?;
        self.verify(cheat, &record).await?;
        let offer = self.offer(cheat, &[record], "glucose in blood").await?;
        let (purchase, escrow) = self.buy(buyer, &offer.order).await?;

        let refusal = self.deliver_something_else(cheat, &purchase).await?;
        let signature = refusal
            .signature
            .context("the cheat's transaction did not reach the ledger")?;
        let expected = GenerionError::DeliveryProofInvalid.code();
        ensure!(
            refusal.error
                == TransactionError::InstructionError(0, InstructionError::Custom(expected)),
            "the cheat was refused with {}",
            refusal.error
        );
        self.narrator
            .say(&format!("the ledger refused transaction {signature}:"));
        self.narrator
            .say(&format!("\"{}\"", GenerionError::DeliveryProofInvalid));
        ensure!(
            self.client.ledger.lamports(&purchase).await? == escrow,
            "the escrow changed"
        );
        let fee = refusal.fee;
        self.book.gives(&cheat.address(), fee);
        self.balances_are_right().await?;
        self.narrator.say(&format!(
            "the price is still in escrow; the attempt cost {} {} lamports",
            cheat.name,
            grouped(fee)
        ));

        let decline = self.client.refund(&cheat.wallet, &purchase).await?;
        let confirmed = decline.send().await?.confirmed;
        self.book.fee(&cheat.address(), &confirmed);
        self.book.gets(&buyer.address(), escrow);
        self.told(
            &format!(
                "{} declines the sale; {} gets price and rent back",
                cheat.name, buyer.name
            ),
            confirmed,
            None,
        );
        self.balances_are_right().await
    }

    /// Sends a valid proof for a capsule that the cheat made in place of the record's. The transaction is not simulated
    /// first, so that the program itself refuses it, on the ledger.
    async fn deliver_something_else(
        &self,
        cheat: &Person,
        purchase: &Address,
    ) -> Result<RefusedTransaction> {
        let ledger = &self.client.ledger;
        let state = ledger.purchase(purchase).await?.state;
        let record = self.client.order_records(&state.order).await?.remove(0);
        let keys = Wallet {
            signer: &cheat.wallet,
        };
        let secret = keys.encryption_secret(&self.stage.deployment, 0)?;
        let (capsule, _) = capsule::seal(
            &RecordElement::random(&mut OsRng),
            &secret.public_key(),
            &mut OsRng,
        );
        let statement = [DeliveryRecord {
            record: record.address,
            capsule,
        }];
        let sale = Sale {
            deployment: self.stage.deployment,
            purchase: *purchase,
            deadline: state.deadline,
            buyer_key: PurchaseKey::from_bytes(&state.buyer_key)
                .context("the buyer's key is no point")?,
            terms: state.terms,
        };
        let forged = delivery::deliver(&secret, &sale, &statement, &mut OsRng)?;
        let args = DeliverArgs {
            settle_key: forged.settle_key.to_bytes(),
            first: 0,
            proof: forged.proof,
            capsules: Capsules(forged.capsules),
        };
        let builder = ledger.instructions();
        let instruction = builder.deliver(*purchase, &state, &[record.address], args);
        let options = SendOptions {
            units: Units::Fixed(50_000),
            ..SendOptions::default()
        };
        match ledger
            .send(&[instruction], &cheat.wallet, &[], options)
            .await
        {
            Err(ClientError::Refused(refusal)) => Ok(*refusal),
            other => bail!("the cheat was not refused: {other:?}"),
        }
    }
}
