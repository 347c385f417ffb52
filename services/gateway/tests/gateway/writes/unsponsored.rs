//! What the signer refuses through the gateway, by its rule: wallets and rent that its policy leaves out, its own wallet among
//! the accounts, and guard programs that only the gateway lets through.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use generion_fake_node::Reply;
use generion_gateway::relay::check::LIGHTHOUSE;
use generion_test_support::{LocalNode, Person, SOL};
use serde_json::json;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_signer::Signer;

use super::{
    relay::{key_of, put_a_program_at},
    sponsored::{KEY_COST, Sponsor, partly, poor, rule, sponsored},
};
use crate::support::{
    front::front,
    ledger::{World, decoded, encoded, first_key, node_url, signed},
};

/// A program that the operator names.
const GUARD: Address = Address::new_from_array([8; 32]);

/// Publishing and verifying, for these wallets, with further settings.
fn policy(wallets: &str, settings: &str) -> String {
    let allow = |instruction: &str| {
        format!("[[sponsor.allow]]\ninstruction = \"{instruction}\"\nwallets = {wallets}\n")
    };
    format!(
        "[sponsor]\nlamports_a_day = {SOL}\nlamports_a_day_per_wallet = {SOL}\n{settings}\n{}{}",
        allow("set_encryption_key"),
        allow("verify_record"),
    )
}

/// The operator pays for a list of wallets, and for no more rent than it says; a refusal says which rule it is, and costs
/// nothing.
#[test]
fn wallets_and_rent_that_the_policy_leaves_out_are_refused() {
    for (policy, expected) in [
        (policy(&format!("[\"{GUARD}\"]"), ""), "wallet-not-allowed"),
        (policy("\"known\"", ""), "wallet-not-allowed"),
        (policy("\"all\"", "max_rent = 2060159"), "rent"),
    ] {
        let sponsor = Sponsor::start(&policy);
        let world = sponsor.world_with(|config| config);
        let body = sponsored(first_key(&poor(&world)));
        assert_eq!(rule(&world, "/v1/users", &body), expected);
        assert_eq!(world.chain.lamports(&sponsor.wallet.pubkey()), SOL);
    }
}

/// The signer's wallet pays, and is nothing else: not the record of an instruction, and no account of a guard. A guard of a
/// program that the signer's policy does not name is refused, also where the gateway relays it; one that both name lands.
#[test]
fn accounts_and_guards_that_the_policy_leaves_out_are_refused() {
    let sponsor = Sponsor::start(&policy(
        "\"all\"",
        &format!("guard_programs = [\"{GUARD}\"]"),
    ));
    let world = sponsor.world_with(|mut config| {
        config.relay.other_programs.push(GUARD);
        config
    });
    let (chain, operator) = (&world.chain, sponsor.wallet.pubkey());
    let newcomer = poor(&world);
    let publish = chain.instructions.set_encryption_key(
        newcomer.address(),
        operator,
        newcomer.published_key(),
    );
    let guard = |program_id, accounts: &[AccountMeta]| Instruction {
        program_id,
        accounts: accounts.to_vec(),
        data: vec![5, 0],
    };
    let own = [AccountMeta::new_readonly(operator, false)];
    for (instructions, expected) in [
        (
            vec![
                chain
                    .instructions
                    .verify_record(newcomer.address(), operator),
            ],
            "payer-account",
        ),
        (vec![guard(GUARD, &own), publish.clone()], "payer-account"),
        (vec![guard(LIGHTHOUSE, &[]), publish.clone()], "program"),
    ] {
        let body = json!({ "transaction": partly(chain, &operator, &newcomer, &instructions) });
        assert_eq!(rule(&world, "/v1/transactions", &body), expected);
    }
    assert_eq!(chain.lamports(&operator), SOL);
    put_a_program_at(chain, &GUARD);
    let guarded = partly(chain, &operator, &newcomer, &[guard(GUARD, &[]), publish]);
    assert_lands(&world, &guarded);
    assert_eq!(
        chain.user_of(&newcomer).encryption_key,
        newcomer.key().to_bytes()
    );
}

/// The signer writes an expense down before the gateway sends: where there is no place for a transaction, it is not asked.
#[test]
fn a_budget_is_not_spent_where_there_is_no_place() {
    let budget = format!(
        "[sponsor]\nlamports_a_day = {KEY_COST}\nlamports_a_day_per_wallet = {KEY_COST}\n\
         [[sponsor.allow]]\ninstruction = \"set_encryption_key\"\nwallets = \"all\"\n"
    );
    let sponsor = Sponsor::start(&budget);
    let is_open = Arc::new(AtomicBool::new(false));
    let opened = is_open.clone();
    // Its blocks are so long that no block hash expires meanwhile.
    let node = LocalNode::with_program_and_slots(None, 400);
    let world = sponsor.world_on(node, move |mut config, url| {
        let node = front(url, move |question| {
            let is_swallowed =
                question["method"] == "sendTransaction" && !opened.load(Ordering::SeqCst);
            is_swallowed.then(|| {
                let sent = decoded(question["params"][0].as_str().unwrap());
                Reply::Json(json!({ "result": sent.signatures[0].to_string() }))
            })
        });
        config.nodes = vec![node_url(&node.url())];
        config.limits.timeout = Duration::from_secs(6);
        config.relay.max_pending_per_address = 1;
        config
    });
    let (_, own) = key_of(&world.chain);
    let (status, answer) = world.send(&encoded(&own));
    assert_eq!(status, 202, "{answer}");
    let sponsored_key = |person: &Person| {
        let built = world.built("/v1/users", &sponsored(first_key(person)));
        signed(&built, &[&person.wallet])
    };
    let body = json!({ "transaction": sponsored_key(&poor(&world)) });
    assert_eq!(world.code("/v1/transactions", &body), "too_many_requests");

    is_open.store(true, Ordering::SeqCst);
    // Once it has its outcome, its place is free.
    assert_lands(&world, &encoded(&own));
    let newcomer = poor(&world);
    assert_lands(&world, &sponsored_key(&newcomer));
    assert_eq!(
        world.chain.lamports(&sponsor.wallet.pubkey()),
        SOL - KEY_COST
    );
}

#[track_caller]
fn assert_lands(world: &World, transaction: &str) {
    let (status, answer) = world.send(transaction);
    assert_eq!(
        (status, &answer["status"]),
        (200, &json!("confirmed")),
        "{answer}"
    );
}
