mod refused;
mod samples;

use self::samples::{delivered, weights_of};

use serde_json::{Value, json};

use super::support::{hex, seed};

pub(super) fn weights() -> Value {
    let cases = ["one seed", "another seed"].map(|name| {
        let seed = seed(name);
        let weights = weights_of(&seed, 10).into_iter();
        json!({
            "seed": hex(seed),
            "weights": weights.map(|weight| hex(weight.to_le_bytes())).collect::<Vec<_>>(),
        })
    });
    json!({
        "about": "Weights of a batch of ten (docs/PROTOCOL.md, section 6), 16 bytes each, little-endian. A smaller batch \
                  takes the first of them.",
        "cases": cases,
    })
}

pub(super) fn all() -> Value {
    let cases: Vec<_> = [1, 2, 3, 9, 10]
        .into_iter()
        .map(|count| delivered(count).1)
        .collect();
    json!({
        "about": "Deliveries (docs/PROTOCOL.md, section 6): with the seller's `owner_secret`, what the seller believes about \
                  the sale (`genesis` to `terms`) and `random` a prover makes exactly these capsules and proofs, for \
                  `delivery_key`. `seed` is the hash of `statement`. Capsules open with `buyer_secret` plus \
                  `settle_secret`. What is refused, is with this error of the program; a half that is no point says which \
                  one. An ephemeral half that does not decode is `DeliveryProofInvalid`, since no check of its own asks for \
                  it; a masked half that does not is `InvalidPoint`.",
        "cases": cases,
        "refused": refused::all(),
    })
}
