use std::sync::{Arc, Mutex};

use generion_client::state::User;
use generion_e2e::{
    Person, Town,
    http::{Server, forward, json},
};
use serde_json::Value;

use crate::{OBSERVATION, write_record};

/// A way to the node on which somebody else always writes a record first: in front of every simulation, so many times.
fn overtaken(town: &Town, spammer: &Person, owner: &Person, times: usize) -> Server {
    let node = town.rpc_url.clone();
    let file = town.write("spam.json", OBSERVATION);
    let (spammer, owner) = (spammer.clone(), owner.address.to_string());
    let (store, left) = (town.store_url.clone(), Arc::new(Mutex::new(times)));
    Server::start(move |request| {
        let question: Value = serde_json::from_slice(&request.body).expect("JSON-RPC");
        let mut left = left.lock().expect("no panic");
        if question["method"] == "simulateTransaction" && *left > 0 {
            *left -= 1;
            let file = file.to_string_lossy();
            spammer.does(&[
                "record", "create", &file, "--owner", &owner, "--store", &store,
            ]);
        }
        json(&forward(&node, &request.body))
    })
}

fn next_id(town: &Town, owner: &Person) -> u64 {
    let user = town.addresses().user(&owner.address);
    town.read::<User>(&user).next_record_id
}

/// Another writer is met now and then: the id is read again, and the record is written.
#[test]
fn another_writer_is_no_reason_to_give_up() {
    let town = Town::found();
    let [patient, clinic, doctor] = ["patient", "clinic", "doctor"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let node = overtaken(&town, &doctor, &patient, 3);
    write_record(&town, &clinic.at(&node.url), &patient, OBSERVATION);
    assert_eq!(next_id(&town, &patient), 4);
}

/// One who is always first is named, after a bound.
#[test]
fn a_counter_that_is_spammed_is_told_apart() {
    let town = Town::found();
    let [patient, clinic, doctor] = ["patient", "clinic", "doctor"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let node = overtaken(&town, &doctor, &patient, usize::MAX);
    let file = town.write("document.json", OBSERVATION);
    let before = town.lamports(&clinic.address);
    let failed = clinic.at(&node.url).fails(&[
        "record",
        "create",
        &file.to_string_lossy(),
        "--owner",
        &patient.address.to_string(),
        "--store",
        &town.store_url,
    ]);
    assert!(failed.message.contains("12 times in a row"), "{failed:?}");
    let named = format!("12 by {}", doctor.address);
    assert!(failed.message.contains(&named), "{failed:?}");
    assert!(failed.advice.contains("spam"), "{failed:?}");
    assert_eq!(
        next_id(&town, &patient),
        12,
        "the clinic's was written as well"
    );
    assert_eq!(
        town.lamports(&clinic.address),
        before,
        "a lost race cost a fee"
    );
}
