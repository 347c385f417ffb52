//! What the sponsor signs, and every rule by which it does not.

use generion::{
    CreateRecordArgs, PurchaseArgs, SetEncryptionKeyArgs, SettleArgs,
    proof::{Capsule, capsule::CapsuleProof},
    state,
};
use generion_interface::{Instructions, decode::Decoded, transaction::ReadTransaction};
use generion_signer_protocol::Rule;
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::versioned::VersionedTransaction;
use tempfile::TempDir;

use generion_signer::{
    budget::Budget,
    config::ConfigFile,
    sponsor::{Refusal, Sponsor},
};

const NOW: i64 = 1_764_288_000;
const GUARD: Address = Address::new_from_array([77; 32]);
/// Of a User account, as the ledger takes it now.
const USER_RENT: u64 = 2_060_160;

struct World {
    sponsor: Sponsor,
    user: Keypair,
    _state: TempDir,
}

impl World {
    /// With this policy, besides generous limits.
    fn new(policy: &str) -> Self {
        let state = tempfile::tempdir().unwrap();
        let text = format!(
            "[sponsor]\nlamports_a_day = 10000000\nlamports_a_day_per_wallet = 5000000\n\
             guard_programs = [\"{GUARD}\"]\n{policy}"
        );
        let config: ConfigFile = toml::from_str(&text).unwrap();
        let budget = Budget::open(state.path(), NOW).unwrap();
        let program = config.program_id;
        Self {
            sponsor: Sponsor::new(Keypair::new(), program, config.policy(), budget),
            user: Keypair::new(),
            _state: state,
        }
    }

    /// Allows everybody to publish a key and to verify.
    fn of_patients() -> Self {
        Self::new(&(allow("set_encryption_key") + &allow("verify_record")))
    }

    fn user(&self) -> Address {
        self.user.pubkey()
    }

    fn publish(&self, key_index: u32) -> Instruction {
        let args = SetEncryptionKeyArgs {
            key_index,
            encryption_key: [1; 32],
            attestation: [2; 64],
        };
        let payer = self.sponsor.address();
        Instructions::default().set_encryption_key(self.user(), payer, args)
    }

    fn verify(&self) -> Instruction {
        Instructions::default().verify_record(self.user(), Address::new_from_array([9; 32]))
    }

    fn unsigned(&self, instructions: &[Instruction]) -> ReadTransaction {
        unsigned(instructions, &self.sponsor.address())
    }

    /// Signed by the user alone.
    fn signed(&self, instructions: &[Instruction]) -> Vec<u8> {
        let mut read = self.unsigned(instructions);
        let signature = self.user.sign_message(read.message_bytes());
        read.put_signature(&self.user(), signature);
        read.to_bytes()
    }

    fn sign(&self, instructions: &[Instruction]) -> Result<Vec<u8>, Refusal> {
        self.sponsor.sign(&self.signed(instructions), NOW)
    }

    /// Neither signed nor previewed, by this rule.
    #[track_caller]
    fn refuses(&self, instructions: &[Instruction], rule: Rule) {
        let refusal = self.sign(instructions).unwrap_err();
        assert_eq!(refusal.rule, rule, "{}", refusal.reason);
        let unsigned = self.unsigned(instructions).to_bytes();
        let previewed = self.sponsor.preview(&unsigned, NOW).unwrap_err();
        assert_eq!(previewed, refusal);
    }
}

fn allow(instruction: &str) -> String {
    format!("[[sponsor.allow]]\ninstruction = \"{instruction}\"\nwallets = \"all\"\n")
}

pub(crate) fn unsigned(instructions: &[Instruction], payer: &Address) -> ReadTransaction {
    let message = VersionedMessage::Legacy(Message::new(instructions, Some(payer)));
    let count = usize::from(message.header().num_required_signatures);
    let transaction = VersionedTransaction {
        signatures: vec![Default::default(); count],
        message,
    };
    ReadTransaction::read(&bytes_of(&transaction)).unwrap()
}

/// The wire format: a short count, the signatures, the message.
fn bytes_of(transaction: &VersionedTransaction) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(transaction.signatures.len()).unwrap()];
    for signature in &transaction.signatures {
        bytes.extend(signature.as_ref());
    }
    bytes.extend(transaction.message.serialize());
    bytes
}

/// The signer signs what its policy allows, after the user has signed it.
#[test]
fn what_the_policy_allows_is_signed_once_the_user_has_signed() {
    let world = World::of_patients();
    let limit = ComputeBudgetInstruction::set_compute_unit_limit(20_000);
    for instructions in [
        vec![world.publish(0), limit.clone()],
        vec![world.publish(1)],
        vec![limit, world.verify()],
    ] {
        let unsigned = world.unsigned(&instructions).to_bytes();
        assert_eq!(world.sponsor.preview(&unsigned, NOW), Ok(()));
        let signed = world.sign(&instructions).unwrap();
        let read = ReadTransaction::read(&signed).unwrap();
        assert!(read.missing_signers().is_empty() && read.wrong_signers().is_empty());
        // The same again: the same signature.
        assert_eq!(world.sign(&instructions).unwrap(), signed);
    }
}

/// A transaction that another wallet has not signed yet, or signed wrongly, is refused.
#[test]
fn the_signer_signs_last() {
    let world = World::of_patients();
    let unsigned = world.unsigned(&[world.verify()]);
    let refusal = world.sponsor.sign(&unsigned.to_bytes(), NOW).unwrap_err();
    assert_eq!(refusal.rule, Rule::SignatureMissing);
    let mut wrong = unsigned.clone();
    wrong.put_signature(&world.user(), world.user.sign_message(b"something else"));
    let refusal = world.sponsor.sign(&wrong.to_bytes(), NOW).unwrap_err();
    assert_eq!(refusal.rule, Rule::SignatureWrong);
    // Also a wrong one in the signer's own place.
    let mut wrong = ReadTransaction::read(&world.signed(&[world.verify()])).unwrap();
    wrong.put_signature(&world.sponsor.address(), world.user.sign_message(b"x"));
    let refusal = world.sponsor.sign(&wrong.to_bytes(), NOW).unwrap_err();
    assert_eq!(refusal.rule, Rule::SignatureWrong);
}

/// Bytes that are no transaction are refused.
#[test]
fn bytes_that_are_no_transaction_are_refused() {
    let world = World::of_patients();
    let refusal = world.sponsor.sign(b"no transaction", NOW).unwrap_err();
    assert_eq!(refusal.rule, Rule::Transaction);
}

/// A transaction whose fee another wallet pays is refused.
#[test]
fn a_fee_that_another_wallet_pays_is_none_of_the_signers_business() {
    let world = World::of_patients();
    let other = unsigned(&[world.publish(0)], &world.user()).to_bytes();
    let refusal = world.sponsor.preview(&other, NOW).unwrap_err();
    assert_eq!(refusal.rule, Rule::FeePayer);
}

/// A transaction with an instruction of another program is refused.
#[test]
fn other_programs_are_refused() {
    let world = World::of_patients();
    let own = world.sponsor.address();
    let steal = transfer(&own, &world.user(), 1);
    world.refuses(&[world.verify(), steal], Rule::Program);
    let give = transfer(&world.user(), &own, 1);
    world.refuses(&[world.verify(), give], Rule::Program);
}

/// Instructions of guard programs are signed, but not if the signer's wallet is among their accounts.
#[test]
fn guards_may_not_name_the_signers_wallet() {
    let world = World::of_patients();
    let guard = |account| Instruction {
        program_id: GUARD,
        accounts: vec![AccountMeta::new_readonly(account, false)],
        data: vec![1],
    };
    world.sign(&[world.verify(), guard(world.user())]).unwrap();
    let own = guard(world.sponsor.address());
    world.refuses(&[world.verify(), own], Rule::PayerAccount);
}

/// The signer's wallet is refused in every place of an instruction but that of the payer.
#[test]
fn the_signers_wallet_is_nothing_but_the_payer() {
    let world = World::new(
        &["create_record", "purchase", "refund", "delete_record"]
            .map(allow)
            .concat(),
    );
    let (own, user) = (world.sponsor.address(), world.user());
    let other = Address::new_from_array([8; 32]);
    let build = Instructions::default();
    let args = || CreateRecordArgs {
        data_public_key: [1; 32],
        capsule: Capsule {
            ephemeral: [2; 32],
            masked: [3; 32],
        },
        proof: CapsuleProof {
            challenge: [0; 16],
            response: [0; 32],
        },
        facts_root: [4; 32],
        locator: vec![5; 10],
    };
    // A record in the signer's name.
    world.refuses(
        &[build.create_record(&user, &[1; 32], own, user, args())],
        Rule::PayerAccount,
    );
    let buy = PurchaseArgs {
        buyer_key: [1; 32],
        terms: [2; 32],
    };
    world.refuses(&[build.purchase(own, other, buy)], Rule::PayerAccount);
    let mut delete = build.verify_record(user, other);
    delete.data = vec![instruction_tag("delete_record")];
    delete.accounts = vec![
        AccountMeta::new_readonly(user, true),
        AccountMeta::new(other, false),
        AccountMeta::new(GUARD, false),
        AccountMeta::new(own, false),
    ];
    // The rent comes back to the signer.
    world.sign(std::slice::from_ref(&delete)).unwrap();
    delete.accounts.swap(0, 3);
    world.refuses(&[delete], Rule::PayerAccount);
}

fn instruction_tag(name: &str) -> u8 {
    let other = Address::new_from_array([8; 32]);
    let accounts = [other; 8];
    (0..=u8::MAX)
        .find(|tag| {
            let decoded = Decoded::decode(&[*tag], &accounts);
            decoded.is_ok_and(|decoded| decoded.name() == name)
        })
        .expect("an instruction without arguments")
}

/// Each instruction that the policy does not name is refused.
#[test]
fn instructions_that_the_policy_does_not_name_are_refused() {
    let world = World::new(&allow("verify_record"));
    world.refuses(&[world.publish(0)], Rule::InstructionNotAllowed);
    let other = Address::new_from_array([8; 32]);
    let build = Instructions::default();
    let state: state::Purchase = locked_purchase();
    let args = SettleArgs {
        settle_secret: [1; 32],
    };
    // Anybody could send these.
    let settle = build.settle(other, &state, args);
    world.refuses(&[settle, world.verify()], Rule::InstructionNotAllowed);
    let mut unknown = world.verify();
    unknown.data = vec![200];
    world.refuses(&[unknown], Rule::Instruction);
}

fn locked_purchase() -> state::Purchase {
    let zero = Address::default();
    state::Purchase {
        version: 1,
        bump: 0,
        status: 1,
        record_count: 1,
        delivered_count: 1,
        seat: 0,
        reserved: [0; 2],
        price: 1,
        deadline: 0,
        settle_by: 0,
        order: zero,
        seller: zero,
        buyer: zero,
        buyer_key: [0; 32],
        settle_key: [0; 32],
        terms: [0; 32],
    }
}

/// An instruction is refused for wallets that the policy does not name.
#[test]
fn wallets_that_the_policy_does_not_name_are_refused() {
    let known = Address::new_from_array([42; 32]);
    let listed = "[[sponsor.allow]]\ninstruction = \"verify_record\"\nwallets = ";
    let world = World::new(&format!("{listed}[\"{known}\"]"));
    world.refuses(&[world.verify()], Rule::WalletNotAllowed);
    let world = World::new(&format!("known_wallets = [\"{known}\"]\n{listed}\"known\""));
    world.refuses(&[world.verify()], Rule::WalletNotAllowed);
    let of_known = Instructions::default().verify_record(known, GUARD);
    let previewed = world
        .sponsor
        .preview(&world.unsigned(&[of_known]).to_bytes(), NOW);
    assert_eq!(previewed, Ok(()));
}

/// A transaction with a signer that no instruction of the program needs is refused.
#[test]
fn strangers_do_not_sign_at_the_signers_cost() {
    let world = World::of_patients();
    let mut verify = world.verify();
    verify.accounts.push(AccountMeta::new_readonly(GUARD, true));
    let unsigned = world.unsigned(&[verify]).to_bytes();
    let refusal = world.sponsor.preview(&unsigned, NOW).unwrap_err();
    assert_eq!(refusal.rule, Rule::Signer, "{}", refusal.reason);
}

/// More instructions than the policy allows are refused.
#[test]
fn a_transaction_has_as_many_instructions_as_the_policy_allows() {
    let world = World::of_patients();
    world.refuses(&[world.verify(), world.publish(1)], Rule::InstructionCount);
    let limit = ComputeBudgetInstruction::set_compute_unit_limit(1);
    let none = world.unsigned(&[limit]).to_bytes();
    let refusal = world.sponsor.preview(&none, NOW).unwrap_err();
    assert_eq!(refusal.rule, Rule::InstructionCount);
}

/// A priority fee above the policy's is refused.
#[test]
fn a_priority_fee_above_the_policys_is_refused() {
    let world = World::new(&format!(
        "max_priority_fee = 20\n{}",
        allow("verify_record")
    ));
    let limit = ComputeBudgetInstruction::set_compute_unit_limit;
    let price = ComputeBudgetInstruction::set_compute_unit_price;
    world
        .sign(&[world.verify(), limit(20_000), price(1_000)])
        .unwrap();
    world.refuses(
        &[world.verify(), limit(20_001), price(1_000)],
        Rule::PriorityFee,
    );
    world.refuses(&[world.verify(), price(1_000)], Rule::PriorityFee);
    world.refuses(&[world.verify(), limit(1), limit(2)], Rule::PriorityFee);
}

/// A rent above the policy's is refused.
#[test]
fn a_rent_above_the_policys_is_refused() {
    let world = World::new(&format!(
        "max_rent = {}\n{}",
        USER_RENT - 1,
        allow("set_encryption_key")
    ));
    world.refuses(&[world.publish(0)], Rule::Rent);
    // The next key takes no rent.
    world.sign(&[world.publish(1)]).unwrap();
}

/// What would exceed a wallet's budget or the day's is refused.
#[test]
fn a_wallets_budget_and_the_days_are_never_exceeded() {
    let policy = format!("{}{}", allow("set_encryption_key"), allow("verify_record"));
    let world = World::new(&policy);
    // Two signatures and the rent.
    let cost = USER_RENT + 10_000;
    let limit = ComputeBudgetInstruction::set_compute_unit_limit;
    let publish = |number| vec![world.publish(0), limit(number)];
    let granted = 5_000_000 / cost;
    for number in 0..granted {
        world.sign(&publish(number as u32)).unwrap();
    }
    world.refuses(&publish(1_000), Rule::WalletBudget);
    let mut users = 0;
    let refusal = loop {
        let user = Keypair::new();
        let next = World {
            user,
            ..World::new(&policy)
        };
        let publish = {
            let mut publish = next.publish(0);
            publish.accounts[1].pubkey = world.sponsor.address();
            publish
        };
        let mut read = world.unsigned(&[publish]);
        let signature = next.user.sign_message(read.message_bytes());
        read.put_signature(&next.user(), signature);
        match world.sponsor.sign(&read.to_bytes(), NOW) {
            Ok(_) => users += 1,
            Err(refusal) => break refusal,
        }
    };
    assert_eq!(refusal.rule, Rule::DailyBudget);
    assert_eq!(granted + users, 10_000_000 / cost);
}

/// Many requests at the same time do not exceed the day's budget.
#[test]
fn the_days_budget_is_not_exceeded_by_many_at_a_time() {
    let world = World::new(&allow("verify_record"));
    let limit = ComputeBudgetInstruction::set_compute_unit_limit;
    let most = 5_000_000 / 10_000;
    let transactions: Vec<_> = (0..most + 20)
        .map(|number| world.signed(&[world.verify(), limit(number)]))
        .collect();
    let signed: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = transactions
            .chunks(transactions.len().div_ceil(8))
            .map(|part| {
                let sponsor = &world.sponsor;
                scope.spawn(move || {
                    part.iter()
                        .filter(|bytes| sponsor.sign(bytes, NOW).is_ok())
                        .count()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(signed, most as usize);
}
