//! What is written down before anything is signed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use generion_signer::{
    budget::{Budget, BudgetError, Expense},
    config::Limits,
};
use generion_signer_protocol::Rule;
use solana_address::Address;

const SECONDS_PER_DAY: i64 = 86_400;

const NOON: i64 = 20_000 * SECONDS_PER_DAY + SECONDS_PER_DAY / 2;
const LIMITS: Limits = Limits {
    lamports_a_day: 100,
    lamports_a_day_per_wallet: 60,
    max_rent: 0,
    max_priority_fee: 0,
    max_instructions: 1,
    rent_per_byte: 0,
};

fn expense(message: u8, wallet: u8, lamports: u64) -> Expense {
    Expense {
        message: [message; 32],
        wallets: vec![Address::new_from_array([wallet; 32])],
        lamports,
    }
}

fn path_of(folder: &Path, unix_time: i64) -> PathBuf {
    let day = unix_time / SECONDS_PER_DAY;
    folder.join(format!("spent-on-day-{day}.jsonl"))
}

#[track_caller]
fn refused(outcome: Result<(), (Rule, String)>, rule: Rule) {
    let (broken, reason) = outcome.unwrap_err();
    assert_eq!(broken, rule, "{reason}");
}

/// What was spent counts after a restart, too.
#[test]
fn a_budget_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut budget = Budget::open(folder.path(), NOON).unwrap();
    budget.spend(&expense(1, 1, 50), &LIMITS, NOON).unwrap();
    // The same transaction again costs nothing.
    budget.spend(&expense(1, 1, 50), &LIMITS, NOON).unwrap();
    let in_use = Budget::open(folder.path(), NOON).err().unwrap();
    assert!(matches!(in_use, BudgetError::InUse { .. }), "{in_use}");
    drop(budget);

    let mut budget = Budget::open(folder.path(), NOON).unwrap();
    budget.spend(&expense(1, 1, 50), &LIMITS, NOON).unwrap();
    refused(
        budget.spend(&expense(2, 1, 11), &LIMITS, NOON),
        Rule::WalletBudget,
    );
    refused(
        budget.preview(&expense(2, 1, 11), &LIMITS, NOON),
        Rule::WalletBudget,
    );
    budget.spend(&expense(2, 1, 10), &LIMITS, NOON).unwrap();
    refused(
        budget.spend(&expense(3, 2, 41), &LIMITS, NOON),
        Rule::DailyBudget,
    );
    refused(
        budget.preview(&expense(3, 2, 41), &LIMITS, NOON),
        Rule::DailyBudget,
    );
    budget.spend(&expense(3, 2, 40), &LIMITS, NOON).unwrap();
    // What is more than any budget does not wrap around.
    refused(
        budget.spend(&expense(4, 3, u64::MAX), &LIMITS, NOON),
        Rule::WalletBudget,
    );
}

/// The next day has a new budget; a clock that goes back brings none.
#[test]
fn the_next_day_has_a_budget_of_its_own_and_a_clock_that_goes_back_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let tomorrow = NOON + SECONDS_PER_DAY;
    let mut budget = Budget::open(folder.path(), NOON).unwrap();
    budget.spend(&expense(1, 1, 60), &LIMITS, NOON).unwrap();
    budget
        .preview(&expense(2, 1, 60), &LIMITS, tomorrow)
        .unwrap();
    budget.spend(&expense(2, 1, 60), &LIMITS, tomorrow).unwrap();
    // Yesterday again.
    refused(
        budget.spend(&expense(3, 1, 1), &LIMITS, NOON),
        Rule::WalletBudget,
    );
    drop(budget);
    let mut budget = Budget::open(folder.path(), NOON).unwrap();
    refused(
        budget.spend(&expense(3, 1, 1), &LIMITS, NOON),
        Rule::WalletBudget,
    );
    assert!(!path_of(folder.path(), NOON).exists());
    assert!(path_of(folder.path(), tomorrow).exists());
}

/// A signer that is restarted on another day removes the files of days that are over, and nothing else.
#[test]
fn files_of_days_that_are_over_are_removed_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let days = [NOON - 9 * SECONDS_PER_DAY, NOON - SECONDS_PER_DAY];
    for day in days {
        fs::write(path_of(folder.path(), day), "").unwrap();
    }
    let foreign = folder.path().join("spent-on-day-x.jsonl");
    fs::write(&foreign, "").unwrap();
    let budget = Budget::open(folder.path(), NOON).unwrap();
    assert!(
        days.iter()
            .all(|day| !path_of(folder.path(), *day).exists())
    );
    assert!(foreign.exists() && path_of(folder.path(), NOON).exists());
    drop(budget);
}

/// A last line that a crash cut off is dropped; a file that is damaged otherwise is refused.
#[test]
fn a_line_that_a_crash_cut_is_dropped_and_a_damaged_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut budget = Budget::open(folder.path(), NOON).unwrap();
    budget.spend(&expense(1, 1, 10), &LIMITS, NOON).unwrap();
    drop(budget);
    let path = path_of(folder.path(), NOON);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [&whole[..], &whole[..20]].concat()).unwrap();
    let mut budget = Budget::open(folder.path(), NOON).unwrap();
    assert_eq!(fs::read(&path).unwrap(), whole);
    budget.spend(&expense(2, 1, 10), &LIMITS, NOON).unwrap();
    assert_eq!(fs::read(&path).unwrap().len(), 2 * whole.len());
    drop(budget);

    fs::write(&path, [&whole[..], b"{}\n", &whole[..]].concat()).unwrap();
    let error = Budget::open(folder.path(), NOON).err().unwrap();
    assert!(
        matches!(error, BudgetError::Damaged { line: 2, .. }),
        "{error}"
    );
}

/// What can't be written down is not spent.
#[test]
fn nothing_is_spent_that_can_not_be_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let mut budget = Budget::open(folder.path(), NOON).unwrap();
    budget.spend(&expense(1, 1, 10), &LIMITS, NOON).unwrap();
    // The next day needs a new file.
    fs::remove_dir_all(folder.path()).unwrap();
    let tomorrow = NOON + SECONDS_PER_DAY;
    refused(
        budget.spend(&expense(2, 1, 10), &LIMITS, tomorrow),
        Rule::BudgetFile,
    );
}
