//! What is refused before anything is sent.

use std::fs;

use solana_loader_v3_interface::{get_program_data_address, instruction as loader};

use generion_test_support::SOL;

use crate::stage::{Stage, binary, longer, sha256};

/// Nothing was sent: the wallet has what it had, and the addresses have nothing.
#[track_caller]
fn assert_untouched(
    stage: &Stage,
    wallet: &crate::stage::Wallet,
    lamports: u64,
    id: &solana_address::Address,
) {
    assert_eq!(stage.lamports(&wallet.address()), lamports);
    for address in [*id, get_program_data_address(id)] {
        assert_eq!(stage.lamports(&address), 0);
    }
    assert!(!stage.path("deployments/localnet.json").exists());
}

/// Neither a provider's key in the node's address nor a keypair in the place of its file, whatever is wrong with it.
#[test]
fn what_is_secret_of_what_was_typed_is_not_printed_back() {
    let url = "http://SECRETUSER:SECRETWORD@127.0.0.1:1/SECRETPATH?key=SECRETQUERY";
    let base58 =
        "4gW373uxNprfbap7g4GnHimVYj5sL57tP7d4Wb4w4MLMfcs5tURhPAhWVaFTGvMKX1UZ8aMjLo5evJ77tzVdpJgJ";
    let numbers = format!("[{}]", ["213"; 64].join(","));
    for flags in [
        &["--help"][..],
        &["-u", url, "--yes"],
        &["-u", &url.replace("http", "ftp")],
        &["-u", url, "-k", base58],
        &["-u", url, "-k", &numbers],
        &["-u", url, "--fee-payer", base58],
        &["-u", url, "--program-id", base58],
        &["-u", url, "--max-len", base58],
        &["-u", url, &numbers],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_generion-deploy"));
        let output = command
            .args(flags)
            .env("HOME", folder.path())
            .env("GENERION_URL", url)
            .env("GENERION_KEYPAIR", base58)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        for said in [output.stdout, output.stderr] {
            let said = String::from_utf8(said).unwrap();
            for secret in ["SECRET", base58, &numbers] {
                assert!(!said.contains(secret), "{flags:?}: {said}");
            }
        }
    }
}

#[test]
fn a_binary_that_is_not_the_recorded_one() {
    let stage = Stage::new();
    let (wallet, program) = (stage.wallet("wallet", 10 * SOL), stage.wallet("program", 0));
    let id = program.address();
    let flags = ["-k", wallet.path(), "--program-id", program.path()];

    let (artifact, _) = stage.artifact("artifact", &id, binary());
    let error = stage.refuses(&artifact, &flags);
    let expected =
        format!("no digest is recorded for program {id} built with registry 0123456789abcdef");
    assert!(error.contains(&expected), "{error}");

    stage.recorded("artifact", &id, binary());
    let (artifact, _) = stage.artifact("artifact", &id, &longer(1));
    let error = stage.refuses(&artifact, &flags);
    for digest in [sha256(binary()), sha256(&longer(1))] {
        assert!(error.contains(&digest), "{error}");
    }

    // With a manifest that speaks of another binary it is not even opened.
    fs::write(artifact.join("generion.so"), binary()).unwrap();
    let error = stage.refuses(&artifact, &flags);
    assert!(
        error.contains("it is not the binary that its manifest describes"),
        "{error}"
    );

    let other = stage.wallet("other", 0);
    let artifact = stage.recorded("for-another-id", &other.address(), binary());
    let error = stage.refuses(&artifact, &flags);
    let expected = format!("the binary was built for program {}", other.address());
    assert!(
        error.contains(&expected) && error.contains(&id.to_string()),
        "{error}"
    );
    assert_untouched(&stage, &wallet, 10 * SOL, &id);
}

#[test]
fn a_wallet_that_can_not_pay() {
    let stage = Stage::new();
    let (wallet, program) = (stage.wallet("wallet", SOL / 10), stage.wallet("program", 0));
    let id = program.address();
    let artifact = stage.recorded("artifact", &id, binary());
    let error = stage.refuses(
        &artifact,
        &["-k", wallet.path(), "--program-id", program.path()],
    );
    let expected = format!("wallet {} holds 0.1 SOL, and this takes ", wallet.address());
    assert!(error.contains(&expected), "{error}");
    assert_untouched(&stage, &wallet, SOL / 10, &id);
}

#[test]
fn a_first_deployment_without_the_programs_keypair() {
    let stage = Stage::new();
    let (wallet, program) = (stage.wallet("wallet", 10 * SOL), stage.wallet("program", 0));
    let id = program.address();
    let artifact = stage.recorded("artifact", &id, binary());
    let error = stage.refuses(&artifact, &["-k", wallet.path()]);
    assert!(
        error.contains(&format!("program {id} is not on this ledger yet")),
        "{error}"
    );
    assert_untouched(&stage, &wallet, 10 * SOL, &id);
}

#[test]
fn nobody_said_yes() {
    let stage = Stage::new();
    let (wallet, program) = (stage.wallet("wallet", 10 * SOL), stage.wallet("program", 0));
    let id = program.address();
    let artifact = stage.recorded("artifact", &id, binary());
    let flags = ["-k", wallet.path(), "--program-id", program.path()];
    let asked = stage.run(&artifact, &flags);
    assert_eq!(asked.code, Some(1));
    assert!(
        asked
            .stderr
            .contains("the terminal can't be asked; pass --yes"),
        "{}",
        asked.stderr
    );
    // The price is shown before the question.
    for line in [
        "in fees",
        "as rent in the program's accounts",
        "in the buffer until the end",
    ] {
        assert!(asked.stderr.contains(line), "{}", asked.stderr);
    }
    let dry = stage.run(&artifact, &[&flags[..], &["--dry-run"]].concat());
    assert_eq!((dry.code, &dry.stdout[..]), (Some(0), ""));
    assert!(
        dry.stderr.contains("deploy it for the first time"),
        "{}",
        dry.stderr
    );
    assert_untouched(&stage, &wallet, 10 * SOL, &id);
}

#[test]
fn addresses_that_no_program_can_have_any_more() {
    let stage = Stage::new();
    let wallet = stage.wallet("wallet", 10 * SOL);
    let closed = stage.wallet("closed", 0);
    let flags = |program| ["-k", wallet.path(), "--program-id", program];

    let id = closed.address();
    let artifact = stage.recorded("closed-artifact", &id, binary());
    stage.deploys(&artifact, &flags(closed.path()));
    let close = loader::close_any(
        &get_program_data_address(&id),
        &wallet.address(),
        Some(&wallet.address()),
        Some(&id),
        false,
    );
    stage.send(&[close], &[&wallet.keypair]).unwrap();
    let error = stage.refuses(&artifact, &flags(closed.path()));
    assert!(
        error.contains(&format!("program {id} was closed")),
        "{error}"
    );

    // The loader creates the account of the data, and would fail over lamports that lie there.
    let taken = stage.wallet("taken", 0);
    stage.give(&get_program_data_address(&taken.address()), SOL);
    let artifact = stage.recorded("taken-artifact", &taken.address(), binary());
    let error = stage.refuses(&artifact, &flags(taken.path()));
    assert!(error.contains("somebody sent lamports to"), "{error}");
}

#[test]
fn a_node_that_is_not_there() {
    let stage = Stage::new();
    let (wallet, program) = (stage.wallet("wallet", SOL), stage.wallet("program", 0));
    let artifact = stage.recorded("artifact", &program.address(), binary());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/?api-key=SECRET", free.local_addr().unwrap());
    drop(free);
    let mut command = stage.command(&url, &artifact, &["-k", wallet.path(), "--yes"]);
    let ended = crate::stage::Ended::from(command.output().unwrap());
    assert_eq!(ended.code, Some(1));
    let origin = url.split("/?").next().unwrap();
    assert!(
        ended.stderr.contains(&format!("the node at {origin}")),
        "{}",
        ended.stderr
    );
    assert!(!ended.stderr.contains("SECRET"), "{}", ended.stderr);
}
