//! A patient sells records; the buyer opens them.

use anyhow::{Result, bail, ensure};
use generion_client::{
    Belief, ClientError, Markers, Offers, SettleEnd, SettleOptions, Settler, Wallet,
};
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
        self.narrator.chapter(
            "Ana sells records: the price waits in escrow until the keys are proven and opened",
        );
        let mut sold: Vec<&Written> = records[1..].iter().collect();
        let offer = self
            .offer(patient, &records[1..], "heart and lab records, 2026")
            .await?;
        let order = offer.order;
        let (purchase, before) = self.buy(buyer, &order).await?;

        let seller_had = self.client.ledger.lamports(&patient.address()).await?;
        let keys = Wallet {
            signer: &patient.wallet,
        };
        let offers = Offers::load(&self.stage.data("offers.json")?, &self.stage.deployment)?;
        let belief = Belief::Offers(&offers);
        let sale = self.client.sale(&keys, &purchase, belief).await?;
        let report = self
            .client
            .deliver(&keys, &patient.wallet, &sale)
            .send()
            .await?;
        let mut fees: u64 = 0;
        for batch in &report.batches {
            fees += batch.confirmed.fee;
            self.book.fee(&patient.address(), &batch.confirmed);
            self.told(
                &format!(
                    "{} delivers {} keys with one proof, which locks the purchase",
                    patient.name, batch.count
                ),
                batch.confirmed.clone(),
                None,
            );
        }
        let receipts = self.stage.path("receipts");
        let folder = self.stage.path("too-early");
        let early = self
            .client
            .open_purchase(&buyer.wallet, &purchase, &receipts, &folder)
            .await;
        ensure!(
            matches!(early, Err(ClientError::NotSettled(_))) && !folder.exists(),
            "a locked purchase was opened, or refused otherwise: {early:?}"
        );
        self.narrator
            .say("the keys are on the ledger; nobody can open them yet, and nothing is paid yet");

        let sale = self.client.sale(&keys, &purchase, belief).await?;
        let markers = Markers::new(self.stage.data("settlements")?);
        let settler = Settler {
            payer: &patient.wallet,
            markers: &markers,
            options: SettleOptions::default(),
        };
        let end = self.client.settle(&keys, &sale, &settler, |_| ()).await?;
        let SettleEnd::Settled {
            confirmed: Some(confirmed),
        } = end
        else {
            bail!("the settlement ended otherwise: {end:?}");
        };
        fees += confirmed.fee;
        self.book.fee(&patient.address(), &confirmed);
        self.told(
            &format!(
                "{} settles: one published number opens all keys",
                patient.name
            ),
            confirmed,
            None,
        );
        self.book.gets(&patient.address(), PRICE);
        let seller_has = self.client.ledger.lamports(&patient.address()).await?;
        ensure!(
            seller_has == seller_had - fees + PRICE,
            "the seller was not paid the price"
        );
        let left = self.client.ledger.lamports(&purchase).await?;
        ensure!(
            before - left == PRICE,
            "the escrow gave {} lamports",
            before - left
        );
        self.narrator.say(&format!(
            "the program checked that number, and paid {} in the same instruction",
            sol(before - left)
        ));

        let folder = self.stage.path("bought");
        let opened = self
            .client
            .open_purchase(&buyer.wallet, &purchase, &receipts, &folder)
            .await?;
        ensure!(
            opened.len() == records.len() - 1,
            "{} records were opened",
            opened.len()
        );
        // An order lists its records sorted by address.
        sold.sort_by_key(|record| record.address);
        for (opened, record) in opened.iter().zip(sold) {
            ensure!(
                opened.address == record.address,
                "record {} is not the order's",
                opened.address
            );
            same_bytes(&opened.path, &record.document)?;
        }
        self.narrator.say(&format!(
            "{} opens {} documents, byte for byte what the clinics wrote",
            buyer.name,
            opened.len()
        ));

        let rent = self.client.ledger.lamports(&purchase).await?;
        let closing = self.client.close_purchase(&buyer.wallet, &purchase);
        let confirmed = closing.send().await?.confirmed;
        self.book.fee(&buyer.address(), &confirmed);
        self.book.gets(&buyer.address(), rent);
        self.told(
            &format!(
                "{} closes the purchase; rent returned: {}",
                buyer.name,
                sol(rent)
            ),
            confirmed,
            None,
        );
        self.balances_are_right().await?;
        Ok(order)
    }
}
