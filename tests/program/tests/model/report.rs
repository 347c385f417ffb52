//! The report of a run: how often each outcome occurred and, after a failure, the shortest sequence that still fails.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    time::{Duration, Instant},
};

use crate::{
    generate::REFUSALS,
    refusal::{Refusal, Rule},
    run::{Divergence, Run},
    step::{At, Kind, Step},
    tally::Tally,
};

/// The highest time for shortening a failing sequence.
const SHRINKING: Duration = Duration::from_secs(60);

/// A table of the steps with each instruction, and of the steps with each error.
pub fn table(run: &Run) -> String {
    let tally = &run.tally;
    let mut text = String::new();
    let total: usize = tally.values().sum();
    let succeeded: usize = tally
        .iter()
        .filter(|((_, end), _)| end.is_none())
        .map(|(_, n)| n)
        .sum();
    let share = 100.0 * succeeded as f64 / total as f64;
    let _ = writeln!(
        text,
        "{total} steps, {succeeded} of them succeeded ({share:.1} %)"
    );
    let cells = Kind::INSTRUCTIONS
        .iter()
        .chain([&Kind::Transfer])
        .map(|kind| {
            let all: usize = tally
                .iter()
                .filter(|((of, _), _)| of == kind)
                .map(|(_, n)| n)
                .sum();
            format!("{kind:?} {} of {all}", successes(tally, *kind))
        });
    columns(&mut text, cells.collect());
    let cells = refusals().into_iter().map(|refusal| {
        let name = match refusal {
            Refusal::Rule(rule) => format!("{rule:?}"),
            other => format!("({other:?})"),
        };
        format!("{name} {}", met(tally, refusal))
    });
    columns(&mut text, cells.collect());
    let cells = run
        .notable
        .iter()
        .map(|(what, times)| format!("{what} {times}"));
    columns(&mut text, cells.collect());
    text
}

fn columns(text: &mut String, cells: Vec<String>) {
    for row in cells.chunks(4) {
        let row: String = row.iter().map(|cell| format!("{cell:<38}")).collect();
        let _ = writeln!(text, "  {}", row.trim_end());
    }
}

pub fn successes(tally: &Tally, kind: Kind) -> usize {
    tally.get(&(kind, None)).copied().unwrap_or(0)
}

pub fn met(tally: &Tally, refusal: Refusal) -> usize {
    tally
        .iter()
        .filter(|((_, end), _)| *end == Some(refusal))
        .map(|(_, n)| n)
        .sum()
}

/// Every refusal that the sequences aim at: the program's own errors and the others.
pub fn refusals() -> BTreeSet<Refusal> {
    REFUSALS
        .iter()
        .flat_map(|(_, refusals)| refusals.iter().copied())
        .collect()
}

/// The program's own errors among them.
pub fn rules() -> BTreeSet<Rule> {
    let rules = refusals().into_iter().filter_map(|refusal| match refusal {
        Refusal::Rule(rule) => Some(rule),
        _ => None,
    });
    rules.collect()
}

/// The shortest failing sequence that was found, and how it fails.
pub fn shrink(
    run: &mut Run,
    mut steps: Vec<Step>,
    mut divergence: Divergence,
) -> (Vec<Step>, Divergence) {
    let succeeded = run.succeeded.clone();
    let until = Instant::now() + SHRINKING;
    steps.truncate(divergence.at + 1);
    let last = steps.len() - 1;
    // A refused step changed nothing, and a step that has nothing in common with the last one is rarely the cause.
    let kept = |keep: &dyn Fn(usize) -> bool| -> Vec<Step> {
        let numbered = steps.iter().enumerate();
        numbered
            .filter(|(number, _)| *number == last || keep(*number))
            .map(|(_, step)| step.clone())
            .collect()
    };
    let related = related(&steps, &succeeded);
    let guesses = [
        kept(&|number| related.contains(&number)),
        kept(&|number| succeeded[number]),
    ];
    for guess in guesses {
        if let Some(found) = run.replay(&guess) {
            steps = guess;
            steps.truncate(found.at + 1);
            divergence = found;
            break;
        }
    }
    let mut chunk = steps.len() / 2;
    while chunk > 0 {
        let mut start = 0;
        while start < steps.len().saturating_sub(1) {
            if Instant::now() > until {
                return (steps, divergence);
            }
            let mut shorter = steps.clone();
            shorter.drain(start..(start + chunk).min(steps.len() - 1));
            match run.replay(&shorter) {
                Some(found) => {
                    shorter.truncate(found.at + 1);
                    (steps, divergence) = (shorter, found);
                }
                None => start += chunk,
            }
        }
        chunk /= 2;
    }
    (steps, divergence)
}

/// The successful steps that name an account of the program which the accounts of the last step depend on.
fn related(steps: &[Step], succeeded: &[bool]) -> BTreeSet<usize> {
    let accounts = |step: &Step| {
        let named = step.call.addresses().into_iter();
        named
            .filter(|at| !matches!(at, At::Wallet(_)))
            .collect::<Vec<_>>()
    };
    let mut concerned = BTreeSet::new();
    let mut related = BTreeSet::new();
    for (number, step) in steps.iter().enumerate().rev() {
        let named = accounts(step);
        let last = number == steps.len() - 1;
        if last || succeeded[number] && named.iter().any(|at| concerned.contains(at)) {
            concerned.extend(named);
            related.insert(number);
        }
    }
    related
}
