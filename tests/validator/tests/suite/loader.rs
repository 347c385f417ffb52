//! Deployment and upgrade through the real upgradeable loader.

use generion::ID;
use generion_deploy::{Deployment, Node, Signers};
use generion_interface::accounts::RecordAccount;
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_test_support::{SOL, eventually};
use generion_validator_tests::ValidatorChain;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_loader_v3_interface::{
    get_program_data_address, instruction as loader, state::UpgradeableLoaderState as State,
};
use solana_signer::Signer;

/// Another binary that the loader accepts: the same program with appended bytes.
fn other_binary() -> Vec<u8> {
    [generion_artifact::PROGRAM, &[7; 500]].concat()
}

/// Deploys or upgrades the program, and waits until it can be used.
fn deploy(chain: &ValidatorChain, authority: &Keypair, program: Option<&Keypair>, binary: &[u8]) {
    let url = NodeUrl::parse(&chain.url, PlainHttp::Allowed).unwrap();
    let node = Node::new(url, CommitmentConfig::confirmed());
    let id = program.map_or(ID, Signer::pubkey);
    let signers = Signers {
        payer: authority,
        authority,
        program,
    };
    let deployment = Deployment::new(&node, signers, id, binary.to_vec(), 0, 0);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let outcome = runtime
        .block_on(deployment.run(&mut |_| {}))
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(outcome.authority, Some(authority.pubkey()));
    let data = get_program_data_address(&id);
    let stands = chain.rpc.get_account_data(&data).unwrap();
    let code = &stands[State::size_of_programdata_metadata()..];
    assert!(code.starts_with(binary));
    assert!(code[binary.len()..].iter().all(|byte| *byte == 0));
    // A program can be used from the slot after its deployment.
    let slot = outcome.slot;
    eventually("the next slot", || {
        (chain.rpc.get_slot().unwrap() > slot).then_some(())
    });
}

#[test]
fn a_program_is_deployed_under_a_new_id_and_runs() {
    let chain = ValidatorChain::open();
    let (wallet, program) = (chain.wallet(5 * SOL), Keypair::new());
    deploy(&chain, &wallet, Some(&program), generion_artifact::PROGRAM);
    let account = chain.rpc.get_account(&program.pubkey()).unwrap();
    assert!(account.executable);
    // The program runs, and refuses the id, because it was built for another one.
    let call = Instruction::new_with_bytes(program.pubkey(), &[], vec![]);
    chain.refuses(&[call], &[&wallet], 0, InstructionError::IncorrectProgramId);
}

#[test]
fn an_upgrade_keeps_every_account_and_is_the_authoritys_alone() {
    let chain = ValidatorChain::open();
    let authority = chain.authority();
    let (clinic, patient) = (chain.person(), chain.user());
    let record = chain.new_record(&clinic, &patient);
    let create = chain.create_record(&clinic, &patient, &record);
    chain.lands(&[create], &[&clinic.wallet]);
    let accounts = [
        record.address,
        chain.instructions.addresses.user(&patient.address()),
    ];
    let before = accounts.map(|address| chain.rpc.get_account(&address).unwrap());

    // A stranger can neither upgrade the program nor use the authority's buffer.
    let stranger = &clinic.wallet;
    let steal = loader::set_upgrade_authority(&ID, &stranger.pubkey(), Some(&stranger.pubkey()));
    chain.refuses(
        &[steal],
        &[stranger],
        0,
        InstructionError::IncorrectAuthority,
    );
    let buffer = buffer(&chain, stranger, generion_artifact::PROGRAM.len());
    let upgrade = |by: &Keypair| loader::upgrade(&ID, &buffer, &by.pubkey(), &by.pubkey(), true);
    chain.refuses(
        &[upgrade(stranger)],
        &[stranger],
        0,
        InstructionError::IncorrectAuthority,
    );
    chain.refuses(
        &[upgrade(authority)],
        &[authority],
        0,
        InstructionError::IncorrectAuthority,
    );

    deploy(&chain, authority, None, &other_binary());
    let after = accounts.map(|address| chain.rpc.get_account(&address).unwrap());
    assert_eq!(before, after);
    // The new binary works with the existing accounts.
    let verify = chain
        .instructions
        .verify_record(patient.address(), record.address);
    chain.lands(&[verify], &[&patient.wallet]);
    assert!(
        chain
            .read::<RecordAccount>(&record.address)
            .state
            .is_verified()
    );
    // Other tests may use the same node, so restore the original binary.
    deploy(&chain, authority, None, generion_artifact::PROGRAM);
}

/// The loader checks binaries.
#[test]
fn a_binary_that_is_none_is_not_deployed() {
    let chain = ValidatorChain::open();
    let (wallet, program) = (chain.wallet(5 * SOL), Keypair::new());
    let junk = b"\x7fELF, and no more of it".to_vec();
    let buffer = buffer(&chain, &wallet, junk.len());
    let write = loader::write(&buffer, &wallet.pubkey(), 0, junk.clone());
    chain.lands(&[write], &[&wallet]);
    let rent = chain.rent(State::size_of_program());
    let deploy = loader::deploy_with_max_program_len(
        &wallet.pubkey(),
        &program.pubkey(),
        &buffer,
        &wallet.pubkey(),
        rent,
        junk.len(),
        true,
    )
    .unwrap();
    let signers = [&wallet, &program];
    chain.refuses(&deploy, &signers, 1, InstructionError::InvalidAccountData);
    assert_eq!(chain.lamports(&program.pubkey()), 0);
}

/// An empty buffer of a wallet.
fn buffer(chain: &ValidatorChain, wallet: &Keypair, len: usize) -> solana_address::Address {
    let buffer = Keypair::new();
    let rent = chain.rent(State::size_of_buffer(len));
    let create = loader::create_buffer(
        &wallet.pubkey(),
        &buffer.pubkey(),
        &wallet.pubkey(),
        rent,
        len,
    );
    chain.lands(&create.unwrap(), &[wallet, &buffer]);
    buffer.pubkey()
}
