//! Upgrades.

use solana_loader_v3_interface::instruction as loader;
use solana_signer::Signer;

use generion_test_support::SOL;

use crate::stage::{Stage, binary, longer};

#[test]
fn a_longer_binary_extends_the_programs_account_and_a_shorter_one_leaves_it() {
    let stage = Stage::new();
    let (wallet, program) = (stage.wallet("wallet", 10 * SOL), stage.wallet("program", 0));
    let id = program.address();
    let first = stage.recorded("first", &id, binary());
    stage.deploys(
        &first,
        &["-k", wallet.path(), "--program-id", program.path()],
    );

    // By less than the loader's least extension, then by more. The keypair of the id is not needed any more.
    let mut room = binary().len();
    for more in [100, 30_000] {
        let next = longer(more);
        let artifact = stage.recorded("next", &id, &next);
        let before = stage.lamports(&wallet.address());
        let told = stage.deploys(&artifact, &["-k", wallet.path()]);
        room += (next.len() - room).max(10_240);
        assert_eq!(told["room"], room);
        let code = stage.code(&id).unwrap();
        assert!(code.starts_with(&next) && code[next.len()..].iter().all(|byte| *byte == 0));
        let rent = stage
            .rpc
            .get_minimum_balance_for_rent_exemption(45 + room)
            .unwrap();
        let data = solana_loader_v3_interface::get_program_data_address(&id);
        assert_eq!(stage.lamports(&data), rent);
        let spent = before - stage.lamports(&wallet.address());
        assert!(
            spent < 10_240 * 2 * 10_000 + SOL / 10,
            "the buffer's rent came back: {spent}"
        );
    }

    // What the longer one had behind the shorter one's end is gone.
    stage.recorded("first", &id, binary());
    assert_eq!(stage.deploys(&first, &["-k", wallet.path()])["room"], room);
    let code = stage.code(&id).unwrap();
    assert!(code.starts_with(binary()) && code[binary().len()..].iter().all(|byte| *byte == 0));
}

#[test]
fn only_the_authority_upgrades_and_nobody_what_is_final() {
    let stage = Stage::new();
    let [wallet, other] = ["wallet", "other"].map(|name| stage.wallet(name, 10 * SOL));
    let program = stage.wallet("program", 0);
    let id = program.address();
    let first = stage.recorded("first", &id, binary());
    stage.deploys(
        &first,
        &["-k", wallet.path(), "--program-id", program.path()],
    );
    let next = stage.recorded("next", &id, &longer(10));

    let error = stage.refuses(&next, &["-k", other.path()]);
    let expected = format!(
        "only {} may upgrade program {id}, and the authority here is {}",
        wallet.address(),
        other.address()
    );
    assert!(error.contains(&expected), "{error}");
    assert_eq!(
        stage.lamports(&other.address()),
        10 * SOL,
        "nothing was sent"
    );

    // Handed over, the other one upgrades; given up, nobody does.
    let hand_over = loader::set_upgrade_authority(&id, &wallet.address(), Some(&other.address()));
    stage.send(&[hand_over], &[&wallet.keypair]).unwrap();
    stage.deploys(&next, &["-k", other.path()]);
    assert!(stage.code(&id).unwrap().starts_with(&longer(10)));
    let give_up = loader::set_upgrade_authority(&id, &other.keypair.pubkey(), None);
    stage.send(&[give_up], &[&other.keypair]).unwrap();
    let last = stage.recorded("last", &id, &longer(20));
    let error = stage.refuses(&last, &["-k", other.path()]);
    assert!(error.contains(&format!("program {id} is final")), "{error}");
}
