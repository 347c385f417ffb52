//! Records are sold, delivered and opened.

use anyhow::{Result, ensure};
use generion_client::Wallet;
use solana_address::Address;

use super::{PRICE, Story, Written, same_bytes};
use crate::{cast::Cast, narrator::sol};

impl Story<'_> {
    pub(super) async fn records_are_sold(
        &mut self,
        cast: &Cast,
        records: &[Written],
    ) -> Result<Address> {
        let (patient, buyer) = (&cast.patient, &cast.institute);
        self.narrator
            .chapter("Ana sells: the price sits in escrow until the keys are proven");
        let order = self
            .offer(patient, &records[1..], "heart and lab records, 2026")
            .await?;
        let (purchase, before) = self.buy(buyer, &order).await?;

        let seller_had = self.client.ledger.lamports(&patient.address()).await?;
        let keys = Wallet {
            signer: &patient.wallet,
        };
        let report = self
            .client
            .deliver(&keys, &patient.wallet, &purchase)
            .await?;
        for batch in &report.batches {
            self.book.fee(&patient.address(), &batch.landed);
            self.told(
                &format!(
                    "{} delivers {} keys with one proof",
                    patient.name, batch.count
                ),
                batch.landed.clone(),
                None,
            );
        }
        let fees: u64 = report.batches.iter().map(|batch| batch.landed.fee).sum();
        self.book.gets(&patient.address(), PRICE);
        let seller_has = self.client.ledger.lamports(&patient.address()).await?;
        ensure!(
            report.earned == PRICE && seller_has == seller_had - fees + PRICE,
            "the seller was not paid the price"
        );
        let left = self.client.ledger.lamports(&purchase).await?;
        ensure!(
            before - left == PRICE,
            "the escrow gave {} lamports",
            before - left
        );
        self.narrator.say(&format!(
            "the program checked the proof and paid {} in the same instruction",
            sol(before - left)
        ));

        let folder = self.stage.path("bought");
        let opened = self
            .client
            .open_purchase(
                &buyer.wallet,
                &purchase,
                &self.stage.path("receipts"),
                &folder,
            )
            .await?;
        ensure!(
            opened.len() == records.len() - 1,
            "{} records were opened",
            opened.len()
        );
        for (opened, record) in opened.iter().zip(&records[1..]) {
            ensure!(
                opened.address == record.address,
                "record {} is not the order's",
                opened.address
            );
            same_bytes(&opened.path, &record.document)?;
        }
        self.narrator.say(&format!(
            "{} opens {} documents: byte for byte what the clinics wrote",
            buyer.name,
            opened.len()
        ));

        let rent = self.client.ledger.lamports(&purchase).await?;
        let landed = self.client.close_purchase(&buyer.wallet, &purchase).await?;
        self.book.fee(&buyer.address(), &landed);
        self.book.gets(&buyer.address(), rent);
        self.told(
            &format!(
                "{} closes the purchase, {} of rent is back",
                buyer.name,
                sol(rent)
            ),
            landed,
            None,
        );
        self.balances_are_right().await?;
        Ok(order)
    }
}
