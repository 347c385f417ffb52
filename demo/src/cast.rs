//! The people of the story, and their wallets.

use anyhow::{Context, Result};
use generion_client::Ledger;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{book::Book, stage::Stage};

/// Lamports in each wallet at the start: 10 SOL.
pub const PURSE: u64 = 10_000_000_000;

/// A person or institution with a wallet.
pub struct Person {
    /// The name in the story.
    pub name: &'static str,
    /// The role, printed beside the name at the start.
    pub role: &'static str,
    /// The name of the keypair's file, without its extension.
    pub file: &'static str,
    /// The wallet.
    pub wallet: Keypair,
}

impl Person {
    /// The wallet's address.
    pub fn address(&self) -> Address {
        self.wallet.pubkey()
    }
}

/// Everybody in the story.
pub struct Cast {
    /// Owns the records.
    pub patient: Person,
    /// Writes records.
    pub hospital: Person,
    /// Writes records.
    pub laboratory: Person,
    /// Is shown one.
    pub doctor: Person,
    /// Buys records and opens them.
    pub institute: Person,
    /// Buys records and takes the price back.
    pub company: Person,
    /// Sells a record and delivers the wrong key.
    pub cheat: Person,
}

impl Cast {
    /// Makes the wallets and funds them.
    pub async fn assemble(stage: &Stage, ledger: &Ledger, book: &mut Book) -> Result<Self> {
        let person = |name, role, file| Person {
            name,
            role,
            file,
            wallet: Keypair::new(),
        };
        let cast = Self {
            patient: person("Ana", "a patient", "patient"),
            hospital: person("City Hospital", "a clinic", "hospital"),
            laboratory: person("Harbour Lab", "a laboratory", "laboratory"),
            doctor: person("Dr. Okoye", "Ana's doctor", "doctor"),
            institute: person("Heart Institute", "a buyer", "institute"),
            company: person("Pharma Co.", "a buyer", "company"),
            cheat: person("Max", "a cheat", "cheat"),
        };
        for person in cast.people() {
            stage.save_keypair(person.file, &person.wallet)?;
            ledger
                .rpc()
                .request_airdrop(&person.address(), PURSE)
                .await
                .with_context(|| format!("no airdrop for {}", person.name))?;
        }
        for person in cast.people() {
            let lamports = stage
                .wait_for_lamports(ledger, &person.address(), PURSE)
                .await?;
            book.open(person.address(), person.name, lamports);
        }
        Ok(cast)
    }

    /// Everybody, in order of appearance.
    pub fn people(&self) -> [&Person; 7] {
        [
            &self.patient,
            &self.hospital,
            &self.laboratory,
            &self.doctor,
            &self.institute,
            &self.company,
            &self.cheat,
        ]
    }
}
