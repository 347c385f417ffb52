//! What the signer refuses through the gateway, by its rule: wallets and rent that its policy leaves out, its own wallet among
//! the accounts, and guard programs that only the gateway lets through.

use generion_gateway::relay::check::LIGHTHOUSE;
use generion_test_support::SOL;
use serde_json::json;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_signer::Signer;

use super::{
    relay::put_a_program_at,
    sponsored::{Sponsor, partly, poor, rule, sponsored},
};
use crate::support::ledger::{World, first_key};

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

#[track_caller]
fn assert_lands(world: &World, transaction: &str) {
    let (status, answer) = world.send(transaction);
    assert_eq!(
        (status, &answer["status"]),
        (200, &json!("confirmed")),
        "{answer}"
    );
}
