//! Encryption of one file, by us, by rage and by age: each a process that reads it from the disk and writes another.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    process::Command,
};

use anyhow::{Context, Result};
use generion_crypto::{
    document,
    record::{DataPublicKey, RecordElement},
};
use rand_core::OsRng;
use sha2::{Digest, Sha256};

use crate::{
    process::{Used, is_there, run},
    table::{head, median, row, spread},
};

/// What the other tools are called, and how they are told to encrypt to a recipient.
const TOOLS: [&str; 2] = ["rage", "age"];

/// A recipient that nobody knows the key of.
fn recipient() -> DataPublicKey {
    let element = RecordElement::random(&mut OsRng);
    let nobody = [1; 32].into();
    element.record_key(&nobody, &nobody).data_public_key()
}

/// Encrypts a file as the client library does.
pub fn encrypt(file: &Path, to: &Path) -> Result<()> {
    let plaintext = File::open(file).context("can't open the file")?;
    let ciphertext = File::create(to).context("can't create the ciphertext")?;
    document::encrypt(plaintext, ciphertext, &recipient())?;
    Ok(())
}

/// Measures, and prints a table.
pub fn measure(folder: &Path, mebibytes: u64, rounds: usize) -> Result<()> {
    let file = folder.join("document");
    let bytes = mebibytes << 20;
    let mut random = File::open("/dev/urandom")?.take(bytes);
    io::copy(&mut random, &mut File::create(&file)?)?;
    let to = folder.join("document.age");
    let key = recipient().to_age_recipient();
    let this = std::env::current_exe()?;

    let mut sides: Vec<(&str, Command, Vec<Used>)> = Vec::new();
    let mut ours = Command::new(this);
    ours.arg("--encrypt").args([&file, &to]);
    sides.push(("generion (with SHA-256)", ours, Vec::new()));
    for tool in TOOLS.into_iter().filter(|tool| is_there(tool)) {
        let mut command = Command::new(tool);
        command.args(["-r", &key, "-o"]).args([&to, &file]);
        sides.push((tool, command, Vec::new()));
    }
    if is_there("rage") {
        // The same work as ours: who uploads a document needs its hash.
        let mut both = Command::new("sh");
        both.args([
            "-c",
            "rage -r \"$0\" -o \"$1\" \"$2\" && sha256sum \"$1\"",
            &key,
        ]);
        both.args([&to, &file]);
        sides.push(("rage, then sha256sum", both, Vec::new()));
    }
    for round in 0..=rounds {
        for (_, command, used) in &mut sides {
            let _ = std::fs::remove_file(&to);
            let once = run(command)?;
            // The first round warms the caches up.
            if round > 0 {
                used.push(once);
            }
        }
    }

    println!(
        "Encryption of {mebibytes} MiB, {rounds} rounds; \"speed\" is rage's time by theirs\n"
    );
    head(["", "s", "MiB/s", "CPU s", "peak MiB", "speed, rage = 1"]);
    let rage = sides.iter().find(|(name, ..)| *name == "rage");
    let rage: Option<Vec<_>> = rage.map(|(_, _, used)| used.clone());
    for (name, _, used) in &sides {
        let seconds = median(used.iter().map(|used| used.wall.as_secs_f64()));
        let cpu = median(used.iter().map(|used| used.cpu.as_secs_f64()));
        let memory = used
            .iter()
            .map(|used| used.memory)
            .max()
            .unwrap_or_default();
        let ratio = rage
            .as_ref()
            .map_or("rage is not there".to_owned(), |rage| {
                let pairs = rage.iter().zip(used);
                spread(pairs.map(|(rage, used)| rage.wall.as_secs_f64() / used.wall.as_secs_f64()))
            });
        row([
            name,
            &format!("{seconds:.2}"),
            &format!("{:.0}", mebibytes as f64 / seconds),
            &format!("{cpu:.2}"),
            &format!("{:.0}", memory as f64 / f64::from(1 << 20)),
            &ratio,
        ]);
    }
    for tool in TOOLS.into_iter().filter(|tool| !is_there(tool)) {
        println!("\n{tool} is not on the PATH and was left out.");
    }
    println!("\nSHA-256 alone, in memory: {:.0} MiB/s\n", hash_speed());
    std::fs::remove_file(&file)?;
    Ok(std::fs::remove_file(&to)?)
}

/// MiB a second.
fn hash_speed() -> f64 {
    const MEBIBYTES: u32 = 256;
    let buffer = vec![7; 1 << 20];
    let start = std::time::Instant::now();
    let mut hasher = Sha256::new();
    for _ in 0..MEBIBYTES {
        hasher.update(&buffer);
    }
    // The result has to be wanted, or nothing is computed.
    std::hint::black_box(hasher.finalize());
    f64::from(MEBIBYTES) / start.elapsed().as_secs_f64()
}
