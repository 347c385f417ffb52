use generion::{
    GenerionError,
    curve::IDENTITY,
    proof::{Capsule, capsule::CapsuleProof},
};

use crate::{
    reference_proofs::{capsule::Statement, group_order::plus_order},
    support::{NO_POINTS, address, bytes, key, point, scalar},
};

/// A statement and its proof.
#[derive(Clone)]
struct Made {
    statement: Statement,
    proof: CapsuleProof,
}

impl Made {
    fn new() -> Self {
        let mut made = Self {
            statement: Statement {
                program_id: address(1),
                record: address(2),
                creator: address(3),
                owner_key: key("x"),
                data_public_key: [4; 32],
                capsule: Capsule {
                    ephemeral: key("r"),
                    masked: bytes(point(&scalar("m")) + point(&(scalar("r") * scalar("x")))),
                },
            },
            proof: CapsuleProof {
                challenge: [0; 16],
                response: [0; 32],
            },
        };
        made.prove();
        made
    }

    /// Proves with `r`, whatever the statement is by now.
    fn prove(&mut self) {
        (_, self.proof) = self.statement.prove(&scalar("r"), &scalar("k"));
    }

    fn verify(&self) -> Result<(), GenerionError> {
        self.statement.verify(&self.proof)
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Self), error: GenerionError) {
        let mut made = Self::new();
        change(&mut made);
        assert_eq!(made.verify(), Err(error));
    }
}

#[test]
fn a_second_provers_proof_holds() {
    assert_eq!(Made::new().verify(), Ok(()));
}

#[test]
fn it_holds_for_nothing_else() {
    let invalid = GenerionError::CapsuleProofInvalid;
    Made::refused(|made| made.statement.program_id = address(9), invalid);
    Made::refused(|made| made.statement.record = address(9), invalid);
    Made::refused(|made| made.statement.creator = address(9), invalid);
    Made::refused(|made| made.statement.owner_key = key("y"), invalid);
    Made::refused(|made| made.statement.data_public_key[31] ^= 1, invalid);
    Made::refused(
        |made| made.statement.capsule.ephemeral = key("other"),
        invalid,
    );
    Made::refused(|made| made.statement.capsule.masked = key("other"), invalid);
    for byte in 0..16 {
        Made::refused(|made| made.proof.challenge[byte] ^= 1, invalid);
    }
    Made::refused(|made| made.proof.response[0] ^= 1, invalid);
    let order = |made: &mut Made| {
        made.proof.response = plus_order(&made.proof.response);
    };
    Made::refused(order, invalid);
    Made::refused(|made| made.proof.response = [0xff; 32], invalid);
}

/// Whoever does not know `r` can choose all else, and still has no proof.
#[test]
fn a_proof_with_another_scalar_is_none() {
    Made::refused(
        |made| {
            made.statement.capsule.ephemeral = key("other");
            made.prove();
        },
        GenerionError::CapsuleProofInvalid,
    );
}

#[test]
fn halves_must_be_points_and_the_first_not_the_identity() {
    let invalid = GenerionError::InvalidPoint;
    Made::refused(|made| made.statement.capsule.ephemeral = IDENTITY, invalid);
    for bad in NO_POINTS {
        Made::refused(|made| made.statement.capsule.ephemeral = bad, invalid);
        Made::refused(|made| made.statement.capsule.masked = bad, invalid);
    }
}

/// `M = -rK` masks to the identity: odd, but a point, and nobody is harmed.
#[test]
fn the_masked_half_may_be_the_identity() {
    let mut made = Made::new();
    made.statement.capsule.masked = IDENTITY;
    made.prove();
    assert_eq!(made.verify(), Ok(()));
}

#[test]
fn a_capsule_is_its_halves() {
    let capsule = Capsule {
        ephemeral: [1; 32],
        masked: [2; 32],
    };
    assert_eq!(capsule.as_bytes(), [[1; 32], [2; 32]].concat());
    assert_eq!(capsule.as_bytes().len(), Capsule::LEN);
}
