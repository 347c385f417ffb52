//! The expenses of today.
//!
//! A line for each transaction is on the disk before the transaction is signed, so that a crash can only make the signer
//! count too much. Days are counted in UTC. A clock that goes back does not give a day a second budget.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use generion_signer_protocol::Rule;
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use solana_address::Address;

use crate::config::Limits;

const SECONDS_PER_DAY: i64 = 86_400;
const PREFIX: &str = "spent-on-day-";
const SUFFIX: &str = ".jsonl";

/// Why the budget can't be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// The folder or a file in it can't be used.
    #[error("can't use {}", path.display())]
    File {
        /// The folder or the file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another signer uses the folder.
    #[error("another signer uses the folder {}: each signer needs a folder of its own", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// A line is not one of the signer's.
    #[error(
        "line {line} of {} is damaged: repair it, or move the file away, which gives today a new budget",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// The cost of a transaction, and the wallets that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expense {
    /// SHA-256 of the message that is signed: the same transaction is paid once.
    pub message: [u8; 32],
    /// The wallets that it is for.
    pub wallets: Vec<Address>,
    /// Fee and rent, in lamports.
    pub lamports: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    message: String,
    wallets: Vec<String>,
    lamports: u64,
}

/// The expenses of a day.
#[derive(Default)]
struct Spent {
    total: u64,
    of_wallets: HashMap<Address, u64>,
    messages: HashSet<[u8; 32]>,
}

impl Spent {
    fn add(&mut self, expense: &Expense) {
        if self.messages.insert(expense.message) {
            self.total = self.total.saturating_add(expense.lamports);
            for wallet in &expense.wallets {
                let of_wallet = self.of_wallets.entry(*wallet).or_default();
                *of_wallet = of_wallet.saturating_add(expense.lamports);
            }
        }
    }
}

/// The budget of the present day.
pub struct Budget {
    folder: PathBuf,
    day: i64,
    file: File,
    /// Bytes of the file that are whole lines.
    length: u64,
    spent: Spent,
    _lock: File,
}

impl Budget {
    /// Opens the budget in a folder, with the earlier expenses.
    ///
    /// # Errors
    /// [`BudgetError`].
    pub fn open(folder: &Path, unix_time: i64) -> Result<Self, BudgetError> {
        let failed = |source| BudgetError::File {
            path: folder.to_owned(),
            source,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = File::create(folder.join("lock")).map_err(failed)?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Err(BudgetError::InUse {
                path: folder.to_owned(),
            });
        }
        let latest = days(folder).map_err(failed)?.into_iter().max();
        let day = latest.unwrap_or(i64::MIN).max(day_of(unix_time));
        let (file, length, spent) = open_day(folder, day)?;
        remove_before(folder, day);
        Ok(Self {
            folder: folder.to_owned(),
            day,
            file,
            length,
            spent,
            _lock: lock,
        })
    }

    /// Writes an expense down, unless it is there already.
    ///
    /// # Errors
    /// The rule that it would break, and the reason: [`Rule::DailyBudget`], [`Rule::WalletBudget`], [`Rule::BudgetFile`].
    pub fn spend(
        &mut self,
        expense: &Expense,
        limits: &Limits,
        unix_time: i64,
    ) -> Result<(), (Rule, String)> {
        let no_file = |error: &dyn std::fmt::Display| {
            let reason = format!("the signer can't write down what it spends: {error}");
            (Rule::BudgetFile, reason)
        };
        self.turn_to(day_of(unix_time))
            .map_err(|error| no_file(&error))?;
        if self.spent.messages.contains(&expense.message) {
            return Ok(());
        }
        self.check(expense, limits)?;
        self.append(expense).map_err(|error| no_file(&error))?;
        self.spent.add(expense);
        Ok(())
    }

    /// Whether an expense would be within the budget. Nothing is written.
    ///
    /// # Errors
    /// Those of [`Self::spend`].
    pub fn preview(
        &mut self,
        expense: &Expense,
        limits: &Limits,
        unix_time: i64,
    ) -> Result<(), (Rule, String)> {
        match day_of(unix_time) > self.day {
            // A new day.
            true => check(&Spent::default(), expense, limits),
            false => self.check(expense, limits),
        }
    }

    fn check(&self, expense: &Expense, limits: &Limits) -> Result<(), (Rule, String)> {
        check(&self.spent, expense, limits)
    }

    fn turn_to(&mut self, day: i64) -> Result<(), BudgetError> {
        if day > self.day {
            (self.file, self.length, self.spent) = open_day(&self.folder, day)?;
            self.day = day;
            remove_before(&self.folder, day);
        }
        Ok(())
    }

    fn append(&mut self, expense: &Expense) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Line {
            message: hex::encode(expense.message),
            wallets: expense.wallets.iter().map(Address::to_string).collect(),
            lamports: expense.lamports,
        })?;
        line.push(b'\n');
        // An earlier failure may have left a part of a line.
        self.file.set_len(self.length)?;
        self.file.write_all(&line)?;
        self.file.sync_data()?;
        self.length += line.len() as u64;
        Ok(())
    }
}

fn check(spent: &Spent, expense: &Expense, limits: &Limits) -> Result<(), (Rule, String)> {
    let lamports = expense.lamports;
    for wallet in &expense.wallets {
        let of_wallet = spent.of_wallets.get(wallet).copied().unwrap_or_default();
        let limit = limits.lamports_a_day_per_wallet;
        if of_wallet.saturating_add(lamports) > limit {
            let reason = format!(
                "wallet {wallet} gets {limit} lamports a day: {of_wallet} are used, and the transaction costs {lamports}"
            );
            return Err((Rule::WalletBudget, reason));
        }
    }
    if spent.total.saturating_add(lamports) > limits.lamports_a_day {
        let reason = format!(
            "the day's budget does not suffice for a transaction that costs {lamports} lamports: try again tomorrow (UTC)"
        );
        return Err((Rule::DailyBudget, reason));
    }
    Ok(())
}

const fn day_of(unix_time: i64) -> i64 {
    unix_time.div_euclid(SECONDS_PER_DAY)
}

fn path_of(folder: &Path, day: i64) -> PathBuf {
    folder.join(format!("{PREFIX}{day}{SUFFIX}"))
}

/// The days that the folder has a file of.
fn days(folder: &Path) -> io::Result<Vec<i64>> {
    let mut days = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let day = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
        days.extend(day.and_then(|day| day.parse::<i64>().ok()));
    }
    Ok(days)
}

/// Removes the files of days that are over. One that stays is tried again at the next start, and on the next day.
fn remove_before(folder: &Path, day: i64) {
    for old in days(folder).unwrap_or_default() {
        if old < day {
            let _ = fs::remove_file(path_of(folder, old));
        }
    }
}

fn open_day(folder: &Path, day: i64) -> Result<(File, u64, Spent), BudgetError> {
    let path = path_of(folder, day);
    let failed = |source| BudgetError::File {
        path: path.clone(),
        source,
    };
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(&path)
        .map_err(failed)?;
    // The name of a new file is on the disk, too.
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(failed)?;
    // A crash may have cut the last line. Nothing was signed for it.
    let whole = text
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let mut spent = Spent::default();
    let lines = text[..whole].split_inclusive(|byte| *byte == b'\n');
    for (index, line) in lines.enumerate() {
        let expense = parse(line).ok_or_else(|| BudgetError::Damaged {
            path: path.clone(),
            line: index + 1,
        })?;
        spent.add(&expense);
    }
    let length = whole as u64;
    file.set_len(length).map_err(failed)?;
    Ok((file, length, spent))
}

fn parse(line: &[u8]) -> Option<Expense> {
    let line: Line = serde_json::from_slice(line).ok()?;
    let mut message = [0; 32];
    hex::decode_to_slice(&line.message, &mut message).ok()?;
    let wallets = line.wallets.iter().map(|wallet| wallet.parse().ok());
    Some(Expense {
        message,
        wallets: wallets.collect::<Option<_>>()?,
        lamports: line.lamports,
    })
}
