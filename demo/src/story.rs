//! The story, act by act. Each act ends with a comparison of every wallet with the ledger.

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use generion_client::{
    BuyOptions, Client, ClientError, GenerionError, KeySource, Landed, NewDocument, NewOrder,
    Refusal, SendOptions, Wallet,
    constants::REFUND_GRACE,
    crypto::{
        capsule,
        delivery::{self, DeliveryRecord},
        keys::PurchaseKey,
        rand_core::OsRng,
        record::RecordElement,
    },
    events::Event,
    store::FetchPolicy,
};
use generion_demo::stage::Stage;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

use crate::{
    book::Book,
    cast::{self, Cast, Person},
    documents::{self, Document, MEDIA_TYPE},
    narrator::{Narrator, count, grouped, sol},
    trail,
};

const PRICE: u64 = 250_000_000;
const DELIVERY_WINDOW: u32 = 3_600;

/// A record of the story, and the document that is in it.
struct Written {
    address: Address,
    id: u64,
    document: Document,
}

struct Story<'a> {
    stage: &'a Stage,
    client: Client,
    book: Book,
    narrator: Narrator,
    events: Vec<Event>,
}

/// Plays the story; an error where anything is not what it says.
pub async fn tell(stage: &Stage, started: Instant) -> Result<Cast> {
    let policy = FetchPolicy {
        allow_private: true,
        ..FetchPolicy::default()
    };
    let client = Client::new(stage.rpc_url.clone(), stage.program_id, policy)?;
    let mut story = Story {
        stage,
        client,
        book: Book::default(),
        narrator: Narrator::new(started),
        events: Vec::new(),
    };

    story.narrator.chapter("The stage");
    story.narrator.say(&format!(
        "a local Solana validator, ready after {} ms: {}",
        stage.ready_ms, stage.rpc_url
    ));
    story
        .narrator
        .say(&format!("the Generion program in it: {}", stage.program_id));
    story.narrator.say(&format!(
        "a document store, which sees ciphertext only: {}",
        stage.store_url
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
        "each starts with {}; fees and rents below are in lamports",
        sol(cast::PURSE)
    ));

    let records = story.records_are_written(&cast).await?;
    story.records_are_verified(&cast, &records).await?;
    story.doctor_gets_one(&cast, &records).await?;
    let order = story.records_are_sold(&cast, &records).await?;
    story.nobody_delivers(&cast, &order).await?;
    story.cheat_is_refused(&cast).await?;
    story.history_is_on_the_ledger().await?;
    Ok(cast)
}

impl Story<'_> {
    async fn records_are_written(&mut self, cast: &Cast) -> Result<Vec<Written>> {
        self.narrator
            .chapter("Clinics write encrypted records to Ana's address");
        for person in [&cast.patient, &cast.doctor, &cast.cheat] {
            let landed = self
                .client
                .publish_key(&person.wallet, &person.wallet)
                .await?;
            let user = self.client.ledger.addresses().user(&person.address());
            let rent = self.pays_rent(person, &user, &landed).await?;
            self.told(
                &format!(
                    "{} publishes a key that follows from the wallet",
                    person.name
                ),
                landed,
                Some(rent),
            );
        }
        let mut records = Vec::new();
        for (clinic, documents) in [
            (&cast.hospital, &documents::HOSPITAL[..]),
            (&cast.laboratory, &documents::LABORATORY[..]),
        ] {
            for document in documents {
                records.push(self.write(clinic, &cast.patient, document).await?);
            }
        }
        self.balances_are_right().await?;
        Ok(records)
    }

    async fn write(
        &mut self,
        clinic: &Person,
        owner: &Person,
        document: &Document,
    ) -> Result<Written> {
        let path = self.stage.path("plain.json");
        std::fs::write(&path, document.bytes)?;
        let new = NewDocument {
            path,
            owner: owner.address(),
            media_type: MEDIA_TYPE.to_owned(),
            kind: document.kind.to_owned(),
            store: self.stage.store_url.clone(),
            erase_authority: None,
            disclose_hash: false,
        };
        let created = self
            .client
            .create_record(&clinic.wallet, &clinic.wallet, &new)
            .await?;
        let rent = self
            .pays_rent(clinic, &created.address, &created.landed)
            .await?;
        let size = grouped(document.bytes.len() as u64);
        self.told(
            &format!("{} writes: {} ({size} bytes)", clinic.name, document.title),
            created.landed,
            Some(rent),
        );
        Ok(Written {
            address: created.address,
            id: created.id,
            document: *document,
        })
    }

    async fn records_are_verified(&mut self, cast: &Cast, records: &[Written]) -> Result<()> {
        self.narrator
            .chapter("Ana opens each document, checks every promise, and signs");
        for record in records {
            self.verify(&cast.patient, record).await?;
        }
        self.narrator.say(&format!(
            "{} documents came back byte for byte, and only Ana can erase them",
            records.len()
        ));
        self.balances_are_right().await
    }

    async fn verify(&mut self, owner: &Person, record: &Written) -> Result<()> {
        let to = self.stage.path(&format!("checked-{}", record.address));
        let keys = Wallet {
            signer: &owner.wallet,
        };
        let checked = self
            .client
            .check_record(&keys, &record.address, &owner.address(), &to)
            .await?;
        same_bytes(&to, &record.document)?;
        ensure!(
            checked.locator.kind == record.document.kind,
            "the locator says {}",
            checked.locator.kind
        );
        let landed = self
            .client
            .verify_record(&owner.wallet, &owner.wallet, &checked)
            .await?;
        self.book.fee(&owner.address(), &landed);
        self.told(
            &format!("{} verifies: {}", owner.name, record.document.title),
            landed,
            None,
        );
        Ok(())
    }

    async fn doctor_gets_one(&mut self, cast: &Cast, records: &[Written]) -> Result<()> {
        self.narrator
            .chapter("Ana shares one record with her doctor, free of charge");
        let record = &records[0];
        let (patient, doctor) = (&cast.patient, &cast.doctor);
        let (share, landed) = self
            .client
            .share_record(
                &patient.wallet,
                &patient.wallet,
                &record.address,
                &doctor.address(),
                0,
            )
            .await?;
        let rent = self.pays_rent(patient, &share, &landed).await?;
        self.told(
            &format!("{} shares: {}", patient.name, record.document.title),
            landed,
            Some(rent),
        );

        let to = self.stage.path("shared");
        self.client
            .open_share(
                &Wallet {
                    signer: &doctor.wallet,
                },
                &share,
                &to,
            )
            .await?;
        same_bytes(&to, &record.document)?;
        let stranger = Wallet {
            signer: &cast.company.wallet,
        };
        let refused = self
            .client
            .open_share(&stranger, &share, &self.stage.path("stolen"))
            .await;
        ensure!(
            refused.is_err() && !self.stage.path("stolen").exists(),
            "a stranger opened the share"
        );
        self.narrator.say(&format!(
            "{} opens it: the same {} bytes; a stranger can't",
            doctor.name,
            grouped(record.document.bytes.len() as u64)
        ));
        self.balances_are_right().await
    }

    async fn records_are_sold(&mut self, cast: &Cast, records: &[Written]) -> Result<Address> {
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

    async fn nobody_delivers(&mut self, cast: &Cast, order: &Address) -> Result<()> {
        let buyer = &cast.company;
        self.narrator
            .chapter("A second buyer pays, and nobody delivers");
        let (purchase, escrow) = self.buy(buyer, order).await?;
        match self.client.refund(&buyer.wallet, &purchase).await {
            Err(error) if error.rule() == Some(GenerionError::RefundTooEarly) => {
                self.narrator.say("a refund before the deadline is refused");
            }
            other => bail!("an early refund was not refused as it should be: {other:?}"),
        }
        let deadline = self.client.ledger.purchase(&purchase).await?.state.deadline;
        self.stage
            .move_clock(&self.client.ledger, deadline + REFUND_GRACE)
            .await?;
        self.narrator.say("(the validator's clock is moved to 300 s after the deadline: this is the only trick here)");
        let landed = self.client.refund(&buyer.wallet, &purchase).await?;
        self.book.fee(&buyer.address(), &landed);
        self.book.gets(&buyer.address(), escrow);
        self.told(
            &format!("{} takes price and rent back: {}", buyer.name, sol(escrow)),
            landed,
            None,
        );
        ensure!(
            self.client.ledger.lamports(&purchase).await? == 0,
            "the purchase still holds lamports"
        );
        self.balances_are_right().await
    }

    async fn cheat_is_refused(&mut self, cast: &Cast) -> Result<()> {
        let (cheat, buyer) = (&cast.cheat, &cast.company);
        self.narrator
            .chapter("A cheat sells a record, and delivers a key to something else");
        let record = self
            .write(&cast.hospital, cheat, &documents::CHEATS)
            .await?;
        self.verify(cheat, &record).await?;
        let order = self.offer(cheat, &[record], "glucose in blood").await?;
        let (purchase, escrow) = self.buy(buyer, &order).await?;

        let refusal = self.deliver_something_else(cheat, &purchase).await?;
        let signature = refusal
            .signature
            .context("the cheat's transaction did not reach the ledger")?;
        let expected = generion_code(GenerionError::DeliveryProofInvalid);
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
        let fee = self
            .client
            .ledger
            .transaction(&signature)
            .await?
            .transaction
            .meta
            .context("no meta")?
            .fee;
        self.book.gives(&cheat.address(), fee);
        self.balances_are_right().await?;
        self.narrator.say(&format!(
            "the price is still in escrow; the attempt cost {} {} lamports",
            cheat.name,
            grouped(fee)
        ));

        let landed = self.client.refund(&cheat.wallet, &purchase).await?;
        self.book.fee(&cheat.address(), &landed);
        self.book.gets(&buyer.address(), escrow);
        self.told(
            &format!(
                "{} gives up and declines; {} has it all back",
                cheat.name, buyer.name
            ),
            landed,
            None,
        );
        self.balances_are_right().await
    }

    /// A proof that holds, for a capsule of the cheat's own making in place of the record's. Sent without preflight,
    /// so that the program itself refuses it, on the ledger.
    async fn deliver_something_else(&self, cheat: &Person, purchase: &Address) -> Result<Refusal> {
        let ledger = &self.client.ledger;
        let state = ledger.purchase(purchase).await?.state;
        let record = self.client.order_records(&state.order).await?.remove(0);
        let keys = Wallet {
            signer: &cheat.wallet,
        };
        let secret = keys.encryption_secret(ledger.program_id(), 0)?;
        let (capsule, _) = capsule::seal(
            &RecordElement::random(&mut OsRng),
            &secret.public_key(),
            &mut OsRng,
        );
        let statement = [DeliveryRecord {
            record: record.address,
            capsule,
        }];
        let buyer_key =
            PurchaseKey::from_bytes(&state.buyer_key).context("the buyer's key is no point")?;
        let forged = delivery::deliver(
            ledger.program_id(),
            purchase,
            &secret,
            &buyer_key,
            &statement,
            &mut OsRng,
        )?;
        match self
            .client
            .send_delivery(
                &cheat.wallet,
                purchase,
                0,
                &forged,
                SendOptions { preflight: false },
            )
            .await
        {
            Err(ClientError::Refused(refusal)) => Ok(*refusal),
            other => bail!("the cheat was not refused: {other:?}"),
        }
    }

    async fn history_is_on_the_ledger(&mut self) -> Result<()> {
        self.narrator
            .chapter("The trail: what anybody can read from the ledger");
        let events = self.stage.history(&self.client.ledger).await?;
        ensure!(
            events == self.events,
            "the ledger tells {} events, the story {}",
            events.len(),
            self.events.len()
        );
        for line in trail::sentences(&events, &self.book) {
            self.narrator.say(&line);
        }
        let (transactions, time) = self.narrator.totals();
        self.narrator.say(&format!(
            "{transactions} transactions, {} events, {} wallets right to the lamport, in {time}",
            events.len(),
            self.book.len()
        ));
        Ok(())
    }

    async fn offer(
        &mut self,
        seller: &Person,
        records: &[Written],
        label: &str,
    ) -> Result<Address> {
        let new = NewOrder {
            record_ids: records.iter().map(|record| record.id).collect(),
            price: PRICE,
            delivery_window: DELIVERY_WINDOW,
            label: label.to_owned(),
        };
        let (order, landed) = self
            .client
            .create_order(&seller.wallet, &seller.wallet, &new)
            .await?;
        let rent = self.pays_rent(seller, &order, &landed).await?;
        self.told(
            &format!(
                "{} offers {} for {}",
                seller.name,
                count(records.len(), "record"),
                sol(PRICE)
            ),
            landed,
            Some(rent),
        );
        Ok(order)
    }

    /// Buys; the purchase, and what it holds: price and rent.
    async fn buy(&mut self, buyer: &Person, order: &Address) -> Result<(Address, u64)> {
        let options = BuyOptions {
            receipts: self.stage.path("receipts"),
            accept_self_issued: false,
            max_price: Some(PRICE),
        };
        let (purchase, landed) = self.client.buy(&buyer.wallet, order, &options).await?;
        let escrow = self.pays_rent(buyer, &purchase, &landed).await?;
        ensure!(escrow > PRICE, "the escrow holds {escrow} lamports");
        self.told(
            &format!("{} pays {} into escrow", buyer.name, sol(PRICE)),
            landed,
            Some(escrow - PRICE),
        );
        Ok((purchase, escrow))
    }

    /// Books a transaction that created an account: fee, and what the account holds, as the ledger tells.
    async fn pays_rent(
        &mut self,
        payer: &Person,
        account: &Address,
        landed: &Landed,
    ) -> Result<u64> {
        let lamports = self.client.ledger.lamports(account).await?;
        self.book.fee(&payer.address(), landed);
        self.book.gives(&payer.address(), lamports);
        Ok(lamports)
    }

    fn told(&mut self, sentence: &str, landed: Landed, rent: Option<u64>) {
        self.narrator.transaction(sentence, &landed, rent);
        self.events.extend(landed.events);
    }

    async fn balances_are_right(&self) -> Result<()> {
        self.book.compare(&self.client.ledger).await
    }
}

fn generion_code(rule: GenerionError) -> u32 {
    rule as u32 + 6000
}

fn same_bytes(path: &std::path::Path, document: &Document) -> Result<()> {
    let bytes = std::fs::read(path).with_context(|| format!("{}", path.display()))?;
    ensure!(
        bytes == document.bytes,
        "{} is not the clinic's document ({})",
        path.display(),
        document.title
    );
    Ok(())
}
