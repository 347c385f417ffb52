//! Measures the program, and renews what is committed of it; `cargo xtask compute-units` runs it.

use std::{env, io, process::ExitCode};

use generion_program_tests::compute_units::{
    KEY_SETS, Table, committed_file, differences, measure,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write"] => write(),
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
    eprintln!("usage: compute-units write | show [KEY_SETS]");
    ExitCode::FAILURE
}

/// Renews the committed table.
fn write() -> io::Result<()> {
    let file = committed_file();
    let table = measure(KEY_SETS);
    if let Some(text) = Table::read(&file)
        .ok()
        .and_then(|old| differences(&old, &table))
    {
        print!("{text}");
    }
    table.write(&file)?;
    println!("{}", file.display());
    Ok(())
}

/// Prints medians, and how far they are from the committed ones.
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
