//! The statements that wallets attest by a signature: that an encryption key is theirs, that they created a record, and that a
//! description is that of their study. The signature can be verified without a node (docs/PROTOCOL.md, sections 2, 3 and 12).

use solana_address::Address;

use crate::{
    deployment::Deployment,
    signed_line::{self, Envelope, Hex, LineError, SignLineError},
};

/// The statement that an encryption key belongs to a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyAttestation {
    /// The deployment in which the key is valid.
    pub deployment: Deployment,
    /// The wallet that the key belongs to.
    pub wallet: Address,
    /// Index of the key.
    pub index: u32,
    /// `X`, 32 bytes.
    pub key: [u8; 32],
}

impl KeyAttestation {
    /// The line that the wallet signs: ASCII, about 260 characters.
    pub fn line(&self) -> String {
        let Deployment {
            genesis,
            program_id,
        } = self.deployment;
        format!(
            "Generion encryption key attestation v1. Sign only in the Generion app. genesis={genesis} program={program_id} index={} key={}",
            self.index,
            Hex(&self.key),
        )
    }

    /// Verifies the wallet's signature, and returns the envelope that it is over. A node may have invented a key without an
    /// attestation: encrypt to it only if other evidence shows that it belongs to the wallet.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn verify(&self, signature: &[u8; 64]) -> Result<Envelope, LineError> {
        let program_id = &self.deployment.program_id;
        signed_line::verify(&self.line(), &self.wallet, program_id, signature)
    }

    /// Has the wallet sign the line, and verifies the signature. `sign` is called once: unlike the signature from which the
    /// secret key follows, this one is public and may differ each time.
    ///
    /// # Errors
    /// The signer's error, or [`LineError`] if it signed something else.
    pub fn sign<E>(
        &self,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<([u8; 64], Envelope), SignLineError<E>> {
        let program_id = &self.deployment.program_id;
        signed_line::sign(&self.line(), &self.wallet, program_id, sign)
    }
}

/// The statement that a wallet created a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordAttestation {
    /// The deployment that has the record.
    pub deployment: Deployment,
    /// The wallet that created the record, and signs.
    pub creator: Address,
    /// The owner's wallet.
    pub owner: Address,
    /// The record's data public key.
    pub data_public_key: [u8; 32],
    /// SHA-256 of the encrypted document.
    pub document: [u8; 32],
    /// Root of the record's facts.
    pub facts_root: [u8; 32],
}

impl RecordAttestation {
    /// The line that the creator signs: ASCII, about 380 characters.
    pub fn line(&self) -> String {
        let Deployment {
            genesis,
            program_id,
        } = self.deployment;
        format!(
            "Generion record v1. genesis={genesis} program={program_id} owner={} key={} document={} facts={}",
            self.owner,
            Hex(&self.data_public_key),
            Hex(&self.document),
            Hex(&self.facts_root),
        )
    }

    /// Verifies the creator's signature, and returns the envelope that it is over. Without a signature, only the nodes claim
    /// who created the record.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn verify(&self, signature: &[u8; 64]) -> Result<Envelope, LineError> {
        let program_id = &self.deployment.program_id;
        signed_line::verify(&self.line(), &self.creator, program_id, signature)
    }

    /// Has the creator sign the line, and verifies the signature.
    ///
    /// # Errors
    /// The signer's error, or [`LineError`] if it signed something else.
    pub fn sign<E>(
        &self,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<([u8; 64], Envelope), SignLineError<E>> {
        let program_id = &self.deployment.program_id;
        signed_line::sign(&self.line(), &self.creator, program_id, sign)
    }
}

/// The statement that a document describes a sponsor's study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StudyAttestation {
    /// The deployment that has the study.
    pub deployment: Deployment,
    /// The sponsor's wallet, which signs.
    pub sponsor: Address,
    /// The study.
    pub study: Address,
    /// SHA-256 of the JSON that describes the study.
    pub description: [u8; 32],
}

impl StudyAttestation {
    /// The line that the sponsor signs: ASCII, about 280 characters.
    pub fn line(&self) -> String {
        let Deployment {
            genesis,
            program_id,
        } = self.deployment;
        format!(
            "Generion study v1. Sign only in the Generion app. genesis={genesis} program={program_id} study={} description={}",
            self.study,
            Hex(&self.description),
        )
    }

    /// Verifies the sponsor's signature, and returns the envelope that it is over.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn verify(&self, signature: &[u8; 64]) -> Result<Envelope, LineError> {
        let program_id = &self.deployment.program_id;
        signed_line::verify(&self.line(), &self.sponsor, program_id, signature)
    }

    /// Has the sponsor sign the line, and verifies the signature.
    ///
    /// # Errors
    /// The signer's error, or [`LineError`] if it signed something else.
    pub fn sign<E>(
        &self,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<([u8; 64], Envelope), SignLineError<E>> {
        let program_id = &self.deployment.program_id;
        signed_line::sign(&self.line(), &self.sponsor, program_id, sign)
    }
}

#[cfg(test)]
mod tests;
