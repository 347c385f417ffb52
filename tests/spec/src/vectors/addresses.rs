use generion::constants::{
    APPLICATION_SEED, ORDER_SEED, PURCHASE_SEED, RECORD_SEED, SEAT_SEED, SHARE_SEED, STUDY_SEED,
    USER_SEED, VAULT_SEED,
};
use generion_interface::Addresses;
use serde_json::{Value, json};
use solana_address::Address;

use super::{
    contents,
    support::{address, base58, decimal, hex, program, wallet_address},
};

pub(super) fn all() -> Value {
    let programs = [program(), address("another program")];
    json!({
        "about": "Program-derived addresses (docs/PROTOCOL.md, section 4), with their bumps. Ids are little-endian u64; \
                  contents.json has what a record's `contents` are the hash of.",
        "cases": programs.iter().flat_map(of_program).collect::<Vec<_>>(),
    })
}

fn of_program(program: &Address) -> Vec<Value> {
    let addresses = Addresses::new(*program);
    let [patient, doctor, buyer] = ["patient", "doctor", "buyer"].map(wallet_address);
    let contents =
        ["a record", "another record"].map(|name| contents::record(name, "patient", "clinic"));
    let (record, order) = (contents[0].address(program), addresses.order(&patient, 0));
    let case = |account: &str, derived: Address, seeds: &[&[u8]], named: Value| {
        let (found, bump) = Address::find_program_address(seeds, program);
        assert_eq!(derived, found);
        json!({
            "account": account,
            "program_id": base58(program),
            "seeds": named,
            "address": base58(&found),
            "bump": bump,
        })
    };
    let mut cases = vec![
        case(
            "User",
            addresses.user(&patient),
            &[USER_SEED, patient.as_ref()],
            json!({"wallet": base58(&patient)}),
        ),
        case(
            "Purchase",
            addresses.purchase(&order, &buyer),
            &[PURCHASE_SEED, order.as_ref(), buyer.as_ref()],
            json!({"order": base58(&order), "buyer": base58(&buyer)}),
        ),
        case(
            "Share",
            addresses.share(&record, &doctor),
            &[SHARE_SEED, record.as_ref(), doctor.as_ref()],
            json!({"record": base58(&record), "recipient": base58(&doctor)}),
        ),
    ];
    let researcher = wallet_address("researcher");
    for id in [0, 256] {
        let study = addresses.study(&researcher, id);
        let vault = addresses.vault(&study);
        cases.extend([
            case(
                "Study",
                study,
                &[STUDY_SEED, researcher.as_ref(), &id.to_le_bytes()],
                json!({"sponsor": base58(&researcher), "id": decimal(id)}),
            ),
            case(
                "Vault",
                vault,
                &[VAULT_SEED, study.as_ref()],
                json!({"study": base58(&study)}),
            ),
            case(
                "Seat",
                addresses.seat(&vault, &patient),
                &[SEAT_SEED, vault.as_ref(), patient.as_ref()],
                json!({"vault": base58(&vault), "participant": base58(&patient)}),
            ),
            case(
                "Application",
                addresses.application(&study, &patient),
                &[APPLICATION_SEED, study.as_ref(), patient.as_ref()],
                json!({"study": base58(&study), "participant": base58(&patient)}),
            ),
        ]);
    }
    for contents in &contents {
        let hash = contents.borrowed().hash();
        cases.push(case(
            "Record",
            contents.address(program),
            &[RECORD_SEED, patient.as_ref(), &hash],
            json!({"owner": base58(&patient), "contents": hex(hash)}),
        ));
    }
    for id in [0, 1, 256, u64::MAX] {
        cases.push(case(
            "Order",
            addresses.order(&patient, id),
            &[ORDER_SEED, patient.as_ref(), &id.to_le_bytes()],
            json!({"seller": base58(&patient), "id": decimal(id)}),
        ));
    }
    cases
}
