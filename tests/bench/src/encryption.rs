//! Encryption and decryption of one file by Generion, rage and age. Each tool is a process that reads a file from the disk
//! and writes another one.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read},
    path::Path,
    process::Command,
};

use anyhow::{Context, Result};
use generion_crypto::{
    document,
    record::{RecordElement, RecordKey},
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sha2::{Digest, Sha256};

use generion_bench::{
    process::{Used, is_there, run},
    table::{head, median, row, spread},
};

/// The names of the other tools, which share their options.
const TOOLS: [&str; 2] = ["rage", "age"];

/// The key of the documents, which is the same in every process.
fn key() -> RecordKey {
    let element = RecordElement::random(&mut ChaCha20Rng::from_seed([7; 32]));
    let somebody = [1; 32].into();
    element.record_key(&somebody, &somebody)
}

/// Encrypts a file as the client library does.
pub fn encrypt(file: &Path, to: &Path) -> Result<()> {
    let plaintext = File::open(file).context("can't open the file")?;
    let ciphertext = File::create(to).context("can't create the ciphertext")?;
    document::encrypt(plaintext, ciphertext, &key().data_public_key())?;
    Ok(())
}

/// Decrypts a file as the client library does.
pub fn decrypt(file: &Path, to: &Path) -> Result<()> {
    let ciphertext = File::open(file).context("can't open the file")?;
    let plaintext = File::create(to).context("can't create the plain file")?;
    document::decrypt(ciphertext, plaintext, &key())?;
    Ok(())
}

/// A tool, its command, and its resource usage in each round.
type Side = (String, Command, Vec<Used>);

/// Measures encryption and decryption, and prints a table for each.
pub fn measure(folder: &Path, mebibytes: u64, rounds: usize) -> Result<()> {
    let [file, encrypted, to, identity] =
        ["document", "document.age", "output", "identity"].map(|name| folder.join(name));
    let bytes = mebibytes << 20;
    let mut random = File::open("/dev/urandom")?.take(bytes);
    io::copy(&mut random, &mut File::create(&file)?)?;
    std::fs::write(&identity, key().to_age_identity().as_bytes())?;
    let this = std::env::current_exe()?;

    let mut sides = vec![side("generion (with SHA-256)", &this, |command| {
        command.arg("--encrypt").args([&file, &to])
    })];
    let recipient = key().data_public_key().to_age_recipient();
    for tool in TOOLS.into_iter().filter(|tool| is_there(tool)) {
        sides.push(side(tool, tool, |command| {
            command.args(["-r", &recipient, "-o"]).args([&to, &file])
        }));
    }
    for tool in TOOLS.into_iter().filter(|tool| is_there(tool)) {
        // The same work as Generion's: an upload needs the hash of the document.
        let script = format!("{tool} -r \"$0\" -o \"$1\" \"$2\" && sha256sum \"$1\"");
        sides.push(side(&format!("{tool}, then sha256sum"), "sh", |command| {
            command.args(["-c", &script, &recipient]).args([&to, &file])
        }));
    }
    compare("Encryption", mebibytes, rounds, sides, &to)?;

    encrypt(&file, &encrypted)?;
    std::fs::remove_file(&file)?;
    let mut sides = vec![side("generion", &this, |command| {
        command.arg("--decrypt").args([&encrypted, &to])
    })];
    for tool in TOOLS.into_iter().filter(|tool| is_there(tool)) {
        sides.push(side(tool, tool, |command| {
            let options = [
                "-d".as_ref(),
                "-i".as_ref(),
                identity.as_os_str(),
                "-o".as_ref(),
            ];
            command.args(options).args([&to, &encrypted])
        }));
    }
    compare("Decryption", mebibytes, rounds, sides, &to)?;

    for tool in TOOLS.into_iter().filter(|tool| !is_there(tool)) {
        println!("\n{tool} is not on the PATH and was skipped.");
    }
    println!("\nSHA-256 alone, in memory: {:.0} MiB/s\n", hash_speed());
    Ok(std::fs::remove_file(&encrypted)?)
}

fn side(
    name: &str,
    program: impl AsRef<OsStr>,
    arguments: impl FnOnce(&mut Command) -> &mut Command,
) -> Side {
    let mut command = Command::new(program);
    arguments(&mut command);
    (name.to_owned(), command, Vec::new())
}

/// Runs the tools in turn, and prints a table.
fn compare(
    what: &str,
    mebibytes: u64,
    rounds: usize,
    mut sides: Vec<Side>,
    to: &Path,
) -> Result<()> {
    for round in 0..=rounds {
        for (_, command, used) in &mut sides {
            let _ = std::fs::remove_file(to);
            let once = run(command)?;
            // The first round fills the caches, and does not count.
            if round > 0 {
                used.push(once);
            }
        }
    }
    std::fs::remove_file(to)?;

    let cores = std::thread::available_parallelism()?;
    println!(
        "{what} of {mebibytes} MiB, cores: {cores}, rounds: {rounds}; \"speed\" is age's time by theirs\n"
    );
    head(["", "s", "MiB/s", "CPU s", "peak MiB", "speed, age = 1"]);
    let age = sides.iter().find(|(name, ..)| *name == "age");
    let age: Option<Vec<_>> = age.map(|(_, _, used)| used.clone());
    for (name, _, used) in &sides {
        let seconds = median(used.iter().map(|used| used.wall.as_secs_f64()));
        let cpu = median(used.iter().map(|used| used.cpu.as_secs_f64()));
        let memory = used
            .iter()
            .map(|used| used.memory)
            .max()
            .unwrap_or_default();
        let ratio = age.as_ref().map_or("age is missing".to_owned(), |age| {
            let pairs = age.iter().zip(used);
            spread(pairs.map(|(age, used)| age.wall.as_secs_f64() / used.wall.as_secs_f64()))
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
    println!();
    Ok(())
}

/// The speed of SHA-256, in MiB per second.
fn hash_speed() -> f64 {
    const MEBIBYTES: u32 = 256;
    let buffer = vec![7; 1 << 20];
    let start = std::time::Instant::now();
    let mut hasher = Sha256::new();
    for _ in 0..MEBIBYTES {
        hasher.update(&buffer);
    }
    // Without a use of the result, the compiler would remove the computation.
    std::hint::black_box(hasher.finalize());
    f64::from(MEBIBYTES) / start.elapsed().as_secs_f64()
}
