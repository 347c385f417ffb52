//! Measures `generion record import` of an export of a hospital's system, on a local ledger: time and memory, of writing it and of
//! finding out that nothing is left. `cargo xtask bench-import` builds everything with the release profile and runs this
//! program with two numbers, of resources and of patients.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use generion_e2e::Town;
use generion_test_support::export::write_export;
use serde_json::Value;

/// Lamports of the wallet that pays: enough for the rent of a million records.
const MONEY: u64 = 5_000_000_000_000;
/// The time between two looks at a process.
const INTERVAL: Duration = Duration::from_millis(200);

fn main() {
    let mut numbers = std::env::args().skip(1).map(|number| {
        number
            .parse::<usize>()
            .expect("a number of resources, and one of patients")
    });
    let resources = numbers.next().unwrap_or(100_000);
    let patients = numbers.next().unwrap_or(1_000);

    let town = Town::found();
    let hospital = town.newcomer("hospital", MONEY);
    let wallets = ["patient", "doctor", "buyer"].map(|role| {
        let person = town.person(role);
        person.does(&["user", "set-key"]);
        person.address
    });
    write_export(&town.folder.join("export"), patients, resources).expect("the export is written");
    // A ledger of three wallets: what an import does for a patient does not depend on how many there are.
    let map: String = (0..patients)
        .map(|number| format!("p-{number},{}\n", wallets[number % wallets.len()]))
        .collect();
    town.write("map.csv", map.as_bytes());
    let import = [
        "record",
        "import",
        "export",
        "--patients",
        "map.csv",
        "--store",
        &town.store_url,
    ];
    println!("{resources} resources of {patients} patients");
    for (what, written) in [("written", resources), ("nothing left to write", 0)] {
        let (done, time, memory) = measured(hospital.command(&import));
        assert_eq!(done["totals"]["written"], written);
        println!(
            "{what}: {:.1} s, {} MiB at most, {} transactions",
            time.as_secs_f64(),
            memory >> 10,
            done["totals"]["transactions"]
        );
    }
}

/// Runs a command. Returns its output, the time that it took, and the most memory that it had, in KiB.
fn measured(mut command: Command) -> (Value, Duration, u64) {
    let output = tempfile::NamedTempFile::new().expect("a temporary file");
    let start = Instant::now();
    let mut child = command
        .stdout(output.reopen().expect("the file opens again"))
        .spawn()
        .expect("the program starts");
    let mut memory = 0;
    let status = loop {
        if let Some(status) = child.try_wait().expect("the process is there") {
            break status;
        }
        memory = memory.max(peak(child.id()).unwrap_or(0));
        std::thread::sleep(INTERVAL);
    };
    let time = start.elapsed();
    assert!(status.success(), "the import failed");
    let text = fs::read_to_string(output.path()).expect("its output is text");
    (
        serde_json::from_str(&text).expect("its output is JSON"),
        time,
        memory,
    )
}

/// The most memory that a process had, in KiB.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
