//! Deliveries whose prover does not have to be honest.

use curve25519_dalek::Scalar;
use generion::{
    GenerionError,
    proof::{Capsule, delivery::DeliveryProof},
};

use crate::{
    reference_proofs::delivery::{Item, Secrets, Statement},
    support::{address, bytes, key, point, scalar},
};

/// A statement and its proof.
#[derive(Clone)]
pub struct Made {
    pub statement: Statement,
    /// The scalar of `K = B + S`, with which the prover proves.
    pub capsule_scalar: Scalar,
    pub proof: DeliveryProof,
}

/// `r'` of a record.
fn ephemeral(index: usize) -> Scalar {
    scalar(format!("d{index}"))
}

/// The capsule of a record's element.
fn sealed(index: usize, r: &Scalar, key: &Scalar) -> Capsule {
    Capsule {
        ephemeral: bytes(point(r)),
        masked: bytes(point(&(scalar(format!("m{index}")) + r * key))),
    }
}

impl Made {
    pub fn of(count: u8) -> Self {
        let capsule_scalar = scalar("b") + scalar("s");
        let items = (0..count)
            .map(|index| {
                let (record, index) = (address(100 + index), usize::from(index));
                Item {
                    record,
                    capsule: sealed(index, &scalar(format!("r{index}")), &scalar("x")),
                    delivered: sealed(index, &ephemeral(index), &capsule_scalar),
                }
            })
            .collect();
        let mut made = Self {
            statement: Statement {
                program_id: address(1),
                purchase: address(2),
                deadline: 1_790_003_600,
                terms: [3; 32],
                owner_key: key("x"),
                buyer_key: key("b"),
                settle_key: key("s"),
                items,
            },
            capsule_scalar,
            proof: DeliveryProof {
                challenge: [0; 16],
                owner_response: [0; 32],
                ephemeral_response: [0; 32],
            },
        };
        made.prove();
        made
    }

    /// Makes the delivered capsules anew, for what it has for the scalar of `K`.
    pub fn reseal(&mut self) {
        for (index, item) in self.statement.items.iter_mut().enumerate() {
            item.delivered = sealed(index, &ephemeral(index), &self.capsule_scalar);
        }
    }

    /// Proves, with what it has for `x`, `r'` and the scalar of `K`, whatever the statement is by now.
    pub fn prove(&mut self) {
        let ephemerals: Vec<_> = (0..self.statement.items.len()).map(ephemeral).collect();
        let secrets = Secrets {
            owner: scalar("x"),
            delivery_key: point(&self.capsule_scalar),
            ephemerals: &ephemerals,
            nonces: [scalar("k1"), scalar("k2")],
        };
        (_, self.proof) = self.statement.prove(&secrets);
    }

    pub fn verify(&self) -> Result<(), GenerionError> {
        self.statement.verify(&self.proof)
    }

    #[track_caller]
    pub fn refused(&self, change: impl FnOnce(&mut Self), error: GenerionError) {
        let mut made = self.clone();
        change(&mut made);
        assert_eq!(made.verify(), Err(error));
    }
}
