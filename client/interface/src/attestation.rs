//! What wallets attest: that an encryption key is theirs, and that a record is. Whoever has the signature needs no node to
//! believe it (docs/PROTOCOL.md, sections 2 and 3).

use solana_address::Address;

use crate::{
    Deployment,
    signed_line::{self, Envelope, Hex, LineError, SignLineError},
};

/// An encryption key of a wallet, as the wallet attests it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyAttestation {
    /// Where the key counts.
    pub deployment: Deployment,
    /// The wallet whose key it is.
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

    /// Checks the wallet's signature; the envelope that it is over. A key that is not attested may be any node's
    /// invention: encrypt to it only where other evidence says that it is the wallet's.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn verify(&self, signature: &[u8; 64]) -> Result<Envelope, LineError> {
        let program_id = &self.deployment.program_id;
        signed_line::verify(&self.line(), &self.wallet, program_id, signature)
    }

    /// Has the wallet attest its key, and checks what came back. `sign` is called once: unlike the line that the secret
    /// key follows from, this one's signature is public, and may differ each time.
    ///
    /// # Errors
    /// The signer's own, or that it signed something else.
    pub fn sign<E>(
        &self,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<([u8; 64], Envelope), SignLineError<E>> {
        let program_id = &self.deployment.program_id;
        signed_line::sign(&self.line(), &self.wallet, program_id, sign)
    }
}

/// A record, as the wallet that wrote it attests it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordAttestation {
    /// Where the record is.
    pub deployment: Deployment,
    /// The wallet that wrote it, and signs.
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

    /// Checks the creator's signature; the envelope that it is over. A record without one was written by its creator as the
    /// nodes say.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn verify(&self, signature: &[u8; 64]) -> Result<Envelope, LineError> {
        let program_id = &self.deployment.program_id;
        signed_line::verify(&self.line(), &self.creator, program_id, signature)
    }

    /// Has the creator sign for its record, and checks what came back.
    ///
    /// # Errors
    /// The signer's own, or that it signed something else.
    pub fn sign<E>(
        &self,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<([u8; 64], Envelope), SignLineError<E>> {
        let program_id = &self.deployment.program_id;
        signed_line::sign(&self.line(), &self.creator, program_id, sign)
    }
}

#[cfg(test)]
mod tests;
