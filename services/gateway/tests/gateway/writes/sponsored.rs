//! Sponsoring: with the operator's signer, a patient without SOL publishes a key and verifies a record. Off by default; every
//! refusal says which rule.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use generion::state::User;
use generion_gateway::config::Config;
use generion_interface::accounts::RecordAccount;
use generion_test_support::{Chain, LocalNode, Person, Running, SOL, program};
use serde_json::{Value, json};
use solana_address::Address;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::Transaction;
use tempfile::TempDir;

use super::landing::{effects, new_record};
use crate::support::ledger::{World, decoded, encoded, first_key, lamports, signed};

/// What a key costs: a signature of the patient's and one of the operator's, and the rent of a User account.
pub(super) const KEY_COST: u64 = 10_000 + 2_060_160;

/// A signer that runs on a policy.
pub(super) struct Sponsor {
    pub(super) wallet: Keypair,
    folder: TempDir,
    running: Running,
}

impl Sponsor {
    /// With the sections of its policy.
    pub(super) fn start(policy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let wallet = Keypair::new();
        let key = json!(wallet.to_bytes().to_vec()).to_string();
        fs::write(path("fee-payer.json"), key).unwrap();
        fs::set_permissions(path("fee-payer.json"), PermissionsExt::from_mode(0o600)).unwrap();
        let config = format!(
            "socket = {:?}\nsocket_mode = \"0600\"\nstate = {:?}\nfee_payer = {:?}\n{policy}",
            path("signer.sock"),
            path("state"),
            path("fee-payer.json"),
        );
        fs::write(path("signer.toml"), config).unwrap();
        let mut command = Command::new(program("generion-signer"));
        command
            .args(["serve", "--exit-with-stdin", "--config"])
            .arg(path("signer.toml"));
        command.env("RUST_LOG", "error");
        let mut running = Running::start(command, None);
        assert!(running.line().starts_with("listening on "));
        Self {
            wallet,
            folder,
            running,
        }
    }

    /// A gateway that asks this signer, on a ledger where its wallet has 1 SOL.
    fn world(&self) -> World {
        self.world_with(|config| config)
    }

    /// The same, with a configuration.
    pub(super) fn world_with(&self, change: impl FnOnce(Config) -> Config) -> World {
        self.world_on(LocalNode::with_program(None), |config, _| change(config))
    }

    /// The same, on the ledger of a node, whose address the configuration may depend on.
    pub(super) fn world_on(
        &self,
        node: LocalNode,
        change: impl FnOnce(Config, &str) -> Config,
    ) -> World {
        let socket = self.folder.path().join("signer.sock");
        let world = World::on(node, |mut config, url| {
            config.signer = Some(socket);
            change(config, url)
        });
        world.chain.give(&self.wallet.pubkey(), SOL);
        world
    }
}

/// Keys for everybody, verification for everybody: so much a day, so much for a wallet.
fn policy(a_day: u64, per_wallet: u64) -> String {
    format!(
        "[sponsor]\nlamports_a_day = {a_day}\nlamports_a_day_per_wallet = {per_wallet}\n\
         [[sponsor.allow]]\ninstruction = \"set_encryption_key\"\nwallets = \"all\"\n\
         [[sponsor.allow]]\ninstruction = \"verify_record\"\nwallets = \"all\"\n"
    )
}

/// A body, sponsored.
pub(super) fn sponsored(mut body: Value) -> Value {
    body["fee"] = json!({ "sponsored": true });
    body
}

/// A person without a lamport.
pub(super) fn poor(world: &World) -> Person {
    Person::new(Keypair::new(), world.chain.deployment)
}

/// A transaction that the operator's wallet pays for, signed by a person alone.
pub(super) fn partly(
    chain: &Chain,
    operator: &Address,
    person: &Person,
    instructions: &[Instruction],
) -> String {
    let hash = chain.rpc.get_latest_blockhash().unwrap();
    let message = Message::new_with_blockhash(instructions, Some(operator), &hash);
    let mut transaction = Transaction::new_unsigned(message);
    transaction.partial_sign(&[&person.wallet], hash);
    encoded(&transaction.into())
}

/// The rule by which a request is refused.
#[track_caller]
pub(super) fn rule(world: &World, path: &str, body: &Value) -> String {
    let refused = world.refused(path, body);
    assert_eq!(
        (refused.status, refused.code.as_str()),
        (403, "sponsor_refused"),
        "{refused:?}"
    );
    refused.detail.split(':').next().unwrap().to_owned()
}

/// A patient who has never had SOL publishes a key and verifies a record; the operator's wallet pays all of it.
#[test]
fn a_patient_without_sol_publishes_a_key_and_verifies() {
    let sponsor = Sponsor::start(&policy(10 * KEY_COST, 2 * KEY_COST));
    let world = sponsor.world();
    let (patient, clinic) = (poor(&world), world.chain.person());
    let built = world.built("/v1/users", &sponsored(first_key(&patient)));
    let operator = sponsor.wallet.pubkey();
    assert_eq!(
        (&built["fee_payer"], &built["sponsored"]),
        (&json!(operator.to_string()), &json!(true))
    );
    let said = effects(&built);
    assert!(
        said.contains(&format!("Wallet {operator} pays 0.00206016 SOL of rent")),
        "{said}"
    );
    let cost = lamports(&built["cost"]["fee"]) + lamports(&built["cost"]["rent"]);
    assert_eq!(cost, KEY_COST);
    // Only the patient signs; the gateway fetches the other signature.
    let signed_by_patient = signed(&built, &[&patient.wallet]);
    let (status, outcome) = world.send(&signed_by_patient);
    assert_eq!(
        (status, &outcome["status"]),
        (200, &json!("confirmed")),
        "{outcome}"
    );
    assert_eq!(world.chain.lamports(&operator), SOL - KEY_COST);
    assert_eq!(
        world.chain.user_of(&patient).encryption_key,
        patient.key().to_bytes()
    );
    // Sent again, it lands once and is answered alike.
    assert_eq!(world.send(&signed_by_patient), (200, outcome));
    assert_eq!(world.chain.lamports(&operator), SOL - KEY_COST);

    let record = world.chain.new_record(&clinic, &patient);
    world.lands(
        "/v1/records",
        &new_record(&clinic, &patient, &record),
        &[&clinic.wallet],
    );
    let path = format!("/v1/records/{}/verify", record.address);
    let body = sponsored(json!({ "owner": patient.address().to_string() }));
    let built = world.built(&path, &body);
    let (status, outcome) = world.send(&signed(&built, &[&patient.wallet]));
    assert_eq!(
        (status, &outcome["status"]),
        (200, &json!("confirmed")),
        "{outcome}"
    );
    assert!(
        world
            .chain
            .read::<RecordAccount>(&record.address)
            .state
            .is_verified()
    );
    assert_eq!(world.chain.lamports(&patient.address()), 0);
}

/// What the policy does not allow is refused by its rule, when it is built and when it is sent.
#[test]
fn what_the_policy_does_not_allow_is_refused_by_its_rule() {
    let sponsor = Sponsor::start(&policy(10 * KEY_COST, 2 * KEY_COST));
    let world = sponsor.world();
    let chain = &world.chain;
    let (patient, clinic) = (chain.user(), chain.person());
    let record = chain.new_record(&clinic, &patient);
    let body = sponsored(new_record(&clinic, &patient, &record));
    assert_eq!(
        rule(&world, "/v1/records", &body),
        "instruction-not-allowed"
    );
    let newcomer = poor(&world);
    let mut dear = first_key(&newcomer);
    dear["fee"] = json!({ "sponsored": true, "unit_price": "1000" });
    assert_eq!(rule(&world, "/v1/users", &dear), "priority-fee");

    // What the gateway did not build: the signer decides, whatever the gateway lets through.
    let operator = sponsor.wallet.pubkey();
    let built = world.built("/v1/users", &sponsored(first_key(&newcomer)));
    let send = |transaction: &str| json!({ "transaction": transaction });
    let unsigned = send(built["transaction"].as_str().unwrap());
    assert_eq!(
        world.code("/v1/transactions", &unsigned),
        "signature_missing"
    );
    let mut forged = decoded(built["transaction"].as_str().unwrap());
    forged.signatures[1] = Keypair::new().sign_message(&forged.message.serialize());
    assert_eq!(world.not_relayed(&forged), "signature_wrong");
    let publish = chain.instructions.set_encryption_key(
        newcomer.address(),
        operator,
        newcomer.published_key(),
    );
    let partly = |instructions: &[Instruction]| partly(chain, &operator, &newcomer, instructions);
    let twice = partly(&[publish.clone(), publish.clone()]);
    assert_eq!(
        rule(&world, "/v1/transactions", &send(&twice)),
        "instruction-count"
    );
    let theft = partly(&[publish, transfer(&operator, &newcomer.address(), SOL / 2)]);
    assert_eq!(
        world.code("/v1/transactions", &send(&theft)),
        "foreign_instruction"
    );
    assert_eq!(chain.lamports(&operator), SOL);
    assert_eq!(
        chain.find::<User>(&chain.instructions.addresses.user(&newcomer.address())),
        None
    );
}

/// What a day gives for a wallet, and in total, ends; the others pay for themselves then.
#[test]
fn the_budget_of_a_day_ends() {
    let sponsor = Sponsor::start(&policy(2 * KEY_COST, KEY_COST));
    let world = sponsor.world();
    let publish = |person: &Person| {
        let built = world.built("/v1/users", &sponsored(first_key(person)));
        let (status, outcome) = world.send(&signed(&built, &[&person.wallet]));
        assert_eq!(
            (status, &outcome["status"]),
            (200, &json!("confirmed")),
            "{outcome}"
        );
    };
    let [first, second, third] = [(); 3].map(|()| poor(&world));
    publish(&first);
    let clinic = world.chain.person();
    let record = world.chain.new_record(&clinic, &first);
    world.lands(
        "/v1/records",
        &new_record(&clinic, &first, &record),
        &[&clinic.wallet],
    );
    let verify = format!("/v1/records/{}/verify", record.address);
    let body = sponsored(json!({ "owner": first.address().to_string() }));
    assert_eq!(rule(&world, &verify, &body), "wallet-budget");
    // Nobody spends the day's budget by transactions that can never land.
    for number in 0..4 {
        let mut built = world.built("/v1/users", &sponsored(first_key(&third)));
        let mut transaction = decoded(built["transaction"].as_str().unwrap());
        let unknown = Hash::new_from_array([number; 32]);
        transaction.message.set_recent_blockhash(unknown);
        built["transaction"] = json!(encoded(&transaction));
        let body = json!({ "transaction": signed(&built, &[&third.wallet]) });
        let refused = world.refused("/v1/transactions", &body);
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (409, "block_hash_expired"),
            "{refused:?}"
        );
    }
    // Built while there was budget left, and signed too late.
    let late = world.built("/v1/users", &sponsored(first_key(&third)));
    publish(&second);
    let late = json!({ "transaction": signed(&late, &[&third.wallet]) });
    assert_eq!(rule(&world, "/v1/transactions", &late), "daily-budget");
    assert_eq!(
        rule(&world, "/v1/users", &sponsored(first_key(&third))),
        "daily-budget"
    );
    assert_eq!(
        world.chain.lamports(&sponsor.wallet.pubkey()),
        SOL - 2 * KEY_COST
    );
}

/// Without a policy, the signer pays for nothing; without a signer, nobody asks one; where it does not answer, that is said.
#[test]
fn sponsoring_is_off_by_default() {
    let mut sponsor = Sponsor::start("");
    let world = sponsor.world();
    let newcomer = poor(&world);
    let body = sponsored(first_key(&newcomer));
    assert_eq!(rule(&world, "/v1/users", &body), "instruction-not-allowed");
    sponsor.running.kill();
    let refused = world.refused("/v1/users", &body);
    assert_eq!(
        (refused.status, refused.code.as_str()),
        (503, "signer_unavailable")
    );
    assert!(!refused.detail.contains("sock"), "{refused:?}");
    // Who pays for itself needs no signer.
    let person = world.chain.person();
    world.lands("/v1/users", &first_key(&person), &[&person.wallet]);
}
