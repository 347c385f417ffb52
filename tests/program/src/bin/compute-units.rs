//! Measures the program, and renews the committed figures; `cargo xtask compute-units` runs it.

use std::{env, fs, io, path::Path, process::ExitCode};

use generion_program_tests::compute_units::{
    KEY_SETS, Peer, Table, committed_file, differences, measure, page, page_file,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write"] => write(&measure(KEY_SETS), &committed_file()).and_then(|()| write_page()),
        ["page"] => write_page(),
        ["peer", name, binary] => match Peer::ALL.iter().find(|peer| peer.package() == name) {
            Some(peer) => write_peer(*peer, Path::new(binary)),
            None => return usage(),
        },
        ["show"] => show(KEY_SETS),
        ["show", key_sets] => match key_sets.parse() {
            Ok(key_sets @ 1..) => show(key_sets),
            _ => return usage(),
        },
        _ => return usage(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: compute-units write | show [KEY_SETS] | peer NAME BINARY | page");
    ExitCode::FAILURE
}

/// Renews the committed table of a program that this one is compared with.
fn write_peer(peer: Peer, binary: &Path) -> io::Result<()> {
    write(
        &peer.measure(&fs::read(binary)?, KEY_SETS),
        &peer.committed_file(),
    )
}

/// Renews a committed table.
fn write(table: &Table, file: &Path) -> io::Result<()> {
    if let Some(text) = Table::read(file)
        .ok()
        .and_then(|old| differences(&old, table))
    {
        print!("{text}");
    }
    table.write(file)?;
    println!("{}", file.display());
    Ok(())
}

/// Renews the tables of the page from the committed tables.
fn write_page() -> io::Result<()> {
    let (present, renewed) = page()?;
    if present != renewed {
        fs::write(page_file(), renewed)?;
        println!("{}", page_file().display());
    }
    Ok(())
}

/// Prints the medians, and how far they are from the committed ones.
fn show(key_sets: u64) -> io::Result<()> {
    let committed = Table::read(&committed_file()).ok();
    let table = measure(key_sets);
    println!(
        "{:<20} {:<50} {:>7} {:>11}",
        "instruction", "case", "median", "committed"
    );
    for row in &table.rows {
        let median = row.compute_units.median;
        let before = committed
            .as_ref()
            .and_then(|old| old.row(&row.instruction, &row.case))
            .map(|old| median as i64 - old.compute_units.median as i64);
        let change = match before {
            None => "new".to_owned(),
            Some(0) => String::new(),
            Some(change) => format!("{change:+}"),
        };
        println!(
            "{:<20} {:<50} {median:>7} {change:>11}",
            row.instruction, row.case
        );
    }
    println!("program: {} bytes", table.program_bytes);
    Ok(())
}
