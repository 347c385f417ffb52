//! Clinics write records; their owner verifies and shares them.

use anyhow::{Result, ensure};
use generion_client::{CheckedFacts, CreatorSignature, NewDocument, Sent, Wallet};

use super::{Story, Written, same_bytes};
use crate::{
    cast::{Cast, Person},
    documents::{self, Document, MEDIA_TYPE},
    narrator::grouped,
};

impl Story<'_> {
    pub(super) async fn records_are_written(&mut self, cast: &Cast) -> Result<Vec<Written>> {
        self.narrator
            .chapter("Clinics write encrypted records for Ana");
        for person in [&cast.patient, &cast.doctor, &cast.cheat] {
            let confirmed = self
                .client
                .publish_key(&person.wallet, &person.wallet)
                .await?
                .send()
                .await?
                .confirmed;
            let user = self.client.ledger.addresses().user(&person.address());
            let rent = self.pays_rent(person, &user, &confirmed).await?;
            self.told(
                &format!(
                    "{} publishes an encryption key, signed by the wallet",
                    person.name
                ),
                confirmed,
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

    pub(super) async fn write(
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
            stores: vec![self.stage.store_url.clone()],
            needed_stores: None,
            erase_authority: None,
            sign: true,
        };
        let created = self
            .client
            .create_record(&clinic.wallet, &clinic.wallet, &new, None)
            .await?;
        let rent = self
            .pays_rent(clinic, &created.address, &created.confirmed)
            .await?;
        let size = grouped(document.bytes.len() as u64);
        self.told(
            &format!("{} writes: {} ({size} bytes)", clinic.name, document.title),
            created.confirmed,
            Some(rent),
        );
        Ok(Written {
            address: created.address,
            document: *document,
        })
    }

    pub(super) async fn records_are_verified(
        &mut self,
        cast: &Cast,
        records: &[Written],
    ) -> Result<()> {
        self.narrator
            .chapter("Ana opens each document, checks it, and signs");
        for record in records {
            self.verify(&cast.patient, record).await?;
        }
        self.narrator.say(&format!(
            "all {} documents are byte for byte what the clinics wrote and signed; only Ana can erase them",
            records.len()
        ));
        self.balances_are_right().await
    }

    pub(super) async fn verify(&mut self, owner: &Person, record: &Written) -> Result<()> {
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
        ensure!(
            matches!(checked.signature, CreatorSignature::Signed(_))
                && matches!(checked.facts, CheckedFacts::Right(_)),
            "the creator's signature or the facts were not checked"
        );
        let confirmed = self
            .client
            .verify_record(&owner.wallet, &owner.wallet, &checked)
            .send()
            .await?
            .confirmed;
        self.book.fee(&owner.address(), &confirmed);
        self.told(
            &format!("{} verifies: {}", owner.name, record.document.title),
            confirmed,
            None,
        );
        Ok(())
    }

    pub(super) async fn doctor_gets_one(&mut self, cast: &Cast, records: &[Written]) -> Result<()> {
        self.narrator
            .chapter("Ana shares one record with her doctor, free of charge");
        let record = &records[0];
        let (patient, doctor) = (&cast.patient, &cast.doctor);
        let recipient = self.client.recipient(&doctor.address()).await?;
        let Sent {
            outcome: share,
            confirmed,
        } = self
            .client
            .share_record(
                &patient.wallet,
                &Wallet {
                    signer: &patient.wallet,
                },
                &patient.wallet,
                &record.address,
                &recipient,
                0,
            )
            .await?
            .send()
            .await?;
        let rent = self.pays_rent(patient, &share, &confirmed).await?;
        self.told(
            &format!("{} shares: {}", patient.name, record.document.title),
            confirmed,
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
            "{} opens it and reads the same {} bytes; a stranger can't open it",
            doctor.name,
            grouped(record.document.bytes.len() as u64)
        ));
        self.balances_are_right().await
    }
}
