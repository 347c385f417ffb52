mod refused;
pub(super) mod samples;

use self::samples::{in_each_envelope, key_json, key_statement, record_json, record_statement};

use serde_json::{Value, json};

use super::support::{deployment, on_mainnet, wallet};

pub(super) fn all() -> Value {
    let patient = wallet("patient");
    let first = key_statement(deployment(), "patient", 0);
    let mut keys = in_each_envelope(&key_json(&first), &patient, |s| first.verify(s));
    for statement in [
        key_statement(deployment(), "patient", u32::MAX),
        key_statement(on_mainnet(), "patient", 0),
    ] {
        let plain = in_each_envelope(&key_json(&statement), &patient, |s| statement.verify(s));
        keys.extend(plain.into_iter().take(1));
    }
    let record = record_statement();
    let clinic = wallet("clinic");
    json!({
        "about": "What wallets attest (docs/PROTOCOL.md, section 2): `keys` that an encryption key is theirs, `records` \
                  (section 3) that they wrote a record. The wallet, of a record the creator, signs `message`, which is \
                  `line` in `envelope`. A verifier is given the statement and the signature, and tries the envelopes. What \
                  is refused is a key's statement with a signature, which is over `message` where that is given, and why.",
        "keys": keys,
        "records": in_each_envelope(&record_json(&record), &clinic, |s| record.verify(s)),
        "refused": refused::keys(),
        "refused_records": refused::records(),
    })
}
