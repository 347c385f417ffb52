//! Lines that wallets sign and others verify: a signature is accepted exactly if docs/PROTOCOL.md, section 2, accepts it, in
//! the first envelope that fits.

use arbitrary::{Arbitrary, Unstructured};
use curve25519_dalek::{
    EdwardsPoint, Scalar,
    constants::{ED25519_BASEPOINT_TABLE, EIGHT_TORSION},
    edwards::CompressedEdwardsY,
};
use generion_interface::{
    Deployment, GenesisHash,
    attestation::{KeyAttestation, RecordAttestation},
    signed_line::{Envelope, LineError},
};
use generion_reference_proofs::group_order::plus_order;
use sha2::{Digest, Sha512};
use solana_address::Address;

use crate::change::read;

/// A statement, its signer and envelope, and the changes to its signature.
#[derive(Clone, Debug, Arbitrary)]
struct Input {
    /// A record instead of a key.
    record: bool,
    index: u32,
    /// Genesis hash, program, and the other values of a line.
    bytes: [[u8; 32]; 6],
    secret: u64,
    nonce: u64,
    envelope: u8,
    /// Points of small order that are added to the wallet's key, and to the signature's commitment.
    torsion: [u8; 2],
    changes: Vec<Change>,
}

/// A change after signing.
#[derive(Clone, Copy, Debug, Arbitrary)]
enum Change {
    Signature {
        position: u8,
        mask: u8,
    },
    Wallet {
        position: u8,
        mask: u8,
    },
    Program {
        mask: u8,
    },
    Genesis {
        mask: u8,
    },
    Named {
        mask: u8,
    },
    Index {
        mask: u32,
    },
    /// The group order added to the response: the same value, not canonical.
    AddOrder,
    /// A commitment, or a key, of small order.
    SmallCommitment(u8),
    SmallWallet(u8),
    /// An encoding of y that is not canonical, for the wallet or the commitment.
    LargeWallet(u8, bool),
    LargeCommitment(u8, bool),
    NoResponse,
    NoSignature,
}

/// Honest signatures in each envelope, and signatures with points of small order.
pub fn seeds() -> Vec<Vec<u8>> {
    let input = |record: u8, envelope: u8, torsion: [u8; 2], changes: &[u8]| {
        [
            &[record, 7, 0, 0, 0][..],
            &[0x5a; 192],
            &[3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0],
            &[envelope],
            &torsion,
            changes,
        ]
        .concat()
    };
    let mut seeds: Vec<_> = (0..14)
        .map(|index| input(index / 7, index % 7, [0, 0], &[]))
        .collect();
    seeds.extend((1..8).map(|torsion| input(0, 0, [0, torsion], &[])));
    seeds.extend((1..8).map(|torsion| input(1, 1, [torsion, torsion], &[])));
    seeds.extend(
        (0..=255)
            .step_by(20)
            .map(|byte| input(0, 0, [0, 0], &[byte; 12])),
    );
    seeds
}

/// Signs a line, makes changes, and verifies the result with both implementations.
pub fn run(input: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(input)) else {
        return;
    };
    let envelope = usize::from(input.envelope) % Envelope::ALL.len();
    // Not zero, so that the key is a valid wallet.
    let secret = Scalar::from(input.secret) + Scalar::ONE;
    let small = |index: u8| EIGHT_TORSION[usize::from(index) % 8];
    let key = (ED25519_BASEPOINT_TABLE * &secret + small(input.torsion[0])).compress();
    let mut signed = Signed {
        is_record: input.record,
        index: input.index,
        bytes: input.bytes,
        wallet: key.to_bytes(),
        signature: [0; 64],
    };
    let message = signed.enveloped(envelope);
    let nonce = Scalar::from(input.nonce) + Scalar::ONE;
    let commitment = (ED25519_BASEPOINT_TABLE * &nonce + small(input.torsion[1])).compress();
    let response = nonce + challenge(&commitment.to_bytes(), &signed.wallet, &message) * secret;
    signed.signature[..32].copy_from_slice(commitment.as_bytes());
    signed.signature[32..].copy_from_slice(response.as_bytes());

    let unchanged = signed.clone();
    for change in input.changes.iter().take(4) {
        change.apply(&mut signed);
    }
    let verified = signed.verify();
    assert_eq!(verified, signed.second_verification(), "{signed:?}");
    if signed == unchanged && input.torsion.iter().all(|index| index % 8 == 0) {
        // With zeros for the program's id, version 0 with it and without a domain are the same bytes.
        let first = (0..=envelope).find(|row| signed.enveloped(*row) == message);
        assert_eq!(
            verified.ok(),
            first.map(|row| Envelope::ALL[row]),
            "{signed:?}"
        );
    }
}

impl Change {
    fn apply(self, signed: &mut Signed) {
        let small = |index: u8| EIGHT_TORSION[usize::from(index) % 8].compress();
        let large = |y: u8, sign: bool| {
            let mut bytes = [0xff; 32];
            bytes[0] = 0xed + y % 19;
            bytes[31] = if sign { 0xff } else { 0x7f };
            bytes
        };
        match self {
            Self::Signature { position, mask } => {
                signed.signature[usize::from(position) % 64] ^= mask;
            }
            Self::Wallet { position, mask } => signed.wallet[usize::from(position) % 32] ^= mask,
            Self::Program { mask } => signed.bytes[1][31] ^= mask,
            Self::Genesis { mask } => signed.bytes[0][0] ^= mask,
            Self::Named { mask } => signed.bytes[2][7] ^= mask,
            Self::Index { mask } => signed.index ^= mask,
            Self::AddOrder => {
                let sum = plus_order(&read(&signed.signature, 32));
                signed.signature[32..].copy_from_slice(&sum);
            }
            Self::SmallCommitment(index) => {
                signed.signature[..32].copy_from_slice(small(index).as_bytes());
            }
            Self::SmallWallet(index) => signed.wallet = small(index).to_bytes(),
            Self::LargeWallet(y, sign) => signed.wallet = large(y, sign),
            Self::LargeCommitment(y, sign) => {
                signed.signature[..32].copy_from_slice(&large(y, sign));
            }
            Self::NoResponse => signed.signature[32..].fill(0),
            Self::NoSignature => signed.signature = [0; 64],
        }
    }
}

/// The input of the verification.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Signed {
    is_record: bool,
    index: u32,
    bytes: [[u8; 32]; 6],
    wallet: [u8; 32],
    signature: [u8; 64],
}

impl Signed {
    /// The client's answer. Its line must be that of the specification.
    fn verify(&self) -> Result<Envelope, LineError> {
        let [genesis, program, first, document, facts, owner] = self.bytes;
        let deployment = Deployment {
            genesis: GenesisHash(genesis),
            program_id: program.into(),
        };
        if self.is_record {
            let attestation = RecordAttestation {
                deployment,
                creator: self.wallet.into(),
                owner: owner.into(),
                data_public_key: first,
                document,
                facts_root: facts,
            };
            assert_eq!(attestation.line(), self.line());
            attestation.verify(&self.signature)
        } else {
            let attestation = KeyAttestation {
                deployment,
                wallet: self.wallet.into(),
                index: self.index,
                key: first,
            };
            assert_eq!(attestation.line(), self.line());
            attestation.verify(&self.signature)
        }
    }

    fn line(&self) -> String {
        let [genesis, program, first, document, facts, owner] = &self.bytes;
        let hex = |bytes: &[u8; 32]| bytes.map(|byte| format!("{byte:02x}")).concat();
        let (genesis, program) = (base58(genesis), base58(program));
        match self.is_record {
            true => format!(
                "Generion record v1. genesis={genesis} program={program} owner={} key={} document={} facts={}",
                base58(owner),
                hex(first),
                hex(document),
                hex(facts)
            ),
            false => format!(
                "Generion encryption key attestation v1. Sign only in the Generion app. genesis={genesis} program={program} index={} key={}",
                self.index,
                hex(first)
            ),
        }
    }

    /// The bytes that are signed, by the table of section 2, whose rows are in the order of [`Envelope::ALL`].
    fn enveloped(&self, row: usize) -> Vec<u8> {
        let line = self.line().into_bytes();
        let length = [(line.len() % 256) as u8, (line.len() / 256) as u8];
        let (wallet, program) = (&self.wallet, &self.bytes[1]);
        let mut bytes = b"\xffsolana offchain".to_vec();
        let mut add = |parts: &[&[u8]]| bytes.extend(parts.concat());
        match row {
            0 => return line,
            1 => add(&[&[1, 1], wallet, &line]),
            2 => add(&[&[1, 1], wallet, &length, &line]),
            3 => add(&[&[0], program, &[0, 1], wallet, &length, &line]),
            4 => add(&[&[0], &[0; 32], &[0, 1], wallet, &length, &line]),
            5 => add(&[&[0, 0], &length, &line]),
            _ => {
                // Memo v2 in base58 is `MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr`.
                const MEMO: [u8; 32] = [
                    0x05, 0x4a, 0x53, 0x5a, 0x99, 0x29, 0x21, 0x06, 0x4d, 0x24, 0xe8, 0x71, 0x60,
                    0xda, 0x38, 0x7c, 0x7c, 0x35, 0xb5, 0xdd, 0xbc, 0x92, 0xbb, 0x81, 0xe4, 0x1f,
                    0xa8, 0x40, 0x41, 0x05, 0x44, 0x8d,
                ];
                // A line has 128 to 16,383 bytes: two bytes of compact-u16.
                let compact = [(line.len() % 128) as u8 + 128, (line.len() / 128) as u8];
                let message = [&[1, 0, 1, 2][..], wallet, &MEMO, &[0; 32], &[1, 1, 0]];
                return [&message.concat()[..], &compact, &line].concat();
            }
        }
        bytes
    }

    /// Section 2: canonical points that are not of small order, a canonical response, and the equation to the byte.
    fn second_verification(&self) -> Result<Envelope, LineError> {
        let wallet = Address::from(self.wallet);
        let Some(key) = CompressedEdwardsY(self.wallet).decompress() else {
            return Err(LineError::CanNotSign(wallet));
        };
        if self.signature.iter().all(|byte| *byte == 0) {
            return Err(LineError::Missing);
        }
        let commitment: [u8; 32] = read(&self.signature, 0);
        let sound = |point: &EdwardsPoint, bytes: &[u8; 32]| {
            let eightfold = point + point;
            let eightfold = eightfold + eightfold;
            let eightfold = eightfold + eightfold;
            point.compress().to_bytes() == *bytes && eightfold != EdwardsPoint::default()
        };
        let is_sound = CompressedEdwardsY(commitment)
            .decompress()
            .is_some_and(|point| sound(&point, &commitment))
            && sound(&key, &self.wallet);
        let response = Scalar::from_canonical_bytes(read(&self.signature, 32)).into_option();
        let (true, Some(response)) = (is_sound, response) else {
            return Err(LineError::NotTheWallets(wallet));
        };
        let holds = |row: &usize| {
            let challenge = challenge(&commitment, &self.wallet, &self.enveloped(*row));
            let point = ED25519_BASEPOINT_TABLE * &response - key * challenge;
            point.compress().to_bytes() == commitment
        };
        let row = (0..7).find(holds);
        row.map(|row| Envelope::ALL[row])
            .ok_or(LineError::NotTheWallets(wallet))
    }
}

fn challenge(commitment: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new()
        .chain_update(commitment)
        .chain_update(key)
        .chain_update(message)
        .finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

/// Bytes in base58: a one for each leading zero, and the number to base 58.
fn base58(bytes: &[u8; 32]) -> String {
    const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut number = bytes.to_vec();
    let mut text = Vec::new();
    while number.iter().any(|byte| *byte != 0) {
        let mut rest = 0;
        for byte in &mut number {
            let value = rest * 256 + usize::from(*byte);
            *byte = (value / 58) as u8;
            rest = value % 58;
        }
        text.push(DIGITS[rest]);
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0);
    text.extend(zeros.map(|_| b'1'));
    text.into_iter().rev().map(char::from).collect()
}
