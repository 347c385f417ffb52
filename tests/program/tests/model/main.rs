//! Random sequences of all instructions, on the ledger and in a reference model beside it (docs/TESTING.md).
#![allow(missing_docs)] // test modules: their docs say why, the names what

mod build;
mod cast;
mod draw;
mod generate;
mod habits;
mod layout;
mod ledger;
mod model;
mod refusal;
mod report;
mod rules;
mod run;
mod spoil;
mod step;
mod tally;

use generate::REFUSALS;
use refusal::{Refusal, Rule};
use run::{Divergence, Run};
use step::Kind;

/// Separate runs, which CI runs at the same time.
const SHARDS: usize = 8;
/// The number of steps of each run: 32,000 in total.
const STEPS: usize = 4_000;
/// Required of each run, so that all runs together have 200 successes of every instruction and 20 refusals with every
/// error.
const SUCCESSES_OF_EACH: usize = 200 / SHARDS;
const REFUSALS_OF_EACH: usize = 20_usize.div_ceil(SHARDS);

/// A number from the environment: `GENERION_MODEL_STEPS` for each run, `GENERION_MODEL_SEED` for other sequences.
fn setting(name: &str, default: usize) -> usize {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|error| panic!("{name}={text}: {error}")),
        Err(_) => default,
    }
}

#[track_caller]
fn shard(number: usize) {
    let base = setting("GENERION_MODEL_SEED", 1);
    let count = setting("GENERION_MODEL_STEPS", STEPS);
    let seed = (base * SHARDS + number) as u64;
    let (mut run, steps, divergence) = Run::drawn(seed, count);
    println!("run {number}, seed {base}: {}", report::table(&run));
    if let Some(Divergence { at, what }) = divergence.clone() {
        println!(
            "run {number}, GENERION_MODEL_SEED={base}: step {at} went wrong.\n{:?}\n{what}\nshortening the sequence:",
            steps[at]
        );
        let (steps, divergence) =
            report::shrink(&mut run, steps, divergence.expect("it went wrong"));
        for (number, step) in steps.iter().enumerate() {
            println!("{number:>4} {step:?}");
        }
        panic!(
            "model and ledger part at step {at} of run {number} with GENERION_MODEL_SEED={base}, shortened to {} steps: {}",
            steps.len(),
            divergence.what
        );
    }
    if count < STEPS {
        return;
    }
    let scale = count / STEPS;
    let succeeded: usize = run
        .tally
        .iter()
        .filter(|((_, end), _)| end.is_none())
        .map(|(_, times)| times)
        .sum();
    assert!(
        10 * succeeded >= 3 * count,
        "fewer than 30 % of the steps succeeded"
    );
    for (kind, refusals) in REFUSALS {
        for refusal in *refusals {
            let met = run.tally.contains_key(&(*kind, Some(*refusal)));
            assert!(met, "{kind:?} never ended in {refusal:?}");
        }
        let times = report::successes(&run.tally, *kind);
        assert!(
            times >= scale * SUCCESSES_OF_EACH,
            "{kind:?} succeeded {times} times"
        );
    }
    for (what, times) in &run.notable {
        assert!(*times > 0, "{what}: never");
    }
    for rule in report::rules() {
        let times = report::met(&run.tally, Refusal::Rule(rule));
        assert!(
            times >= scale * REFUSALS_OF_EACH,
            "{rule:?} was met {times} times"
        );
    }
}

macro_rules! shards {
    ($($name:ident = $number:literal),*) => {
        $(#[test] fn $name() { shard($number); })*
        const _: () = assert!([$($number),*].len() == SHARDS);
    };
}

shards!(
    run_0 = 0,
    run_1 = 1,
    run_2 = 2,
    run_3 = 3,
    run_4 = 4,
    run_5 = 5,
    run_6 = 6,
    run_7 = 7
);

/// Errors that sequences never reach, or only by chance: counters at the ends of their ranges, and ids that are used
/// again. The tests of the single instructions reach them by overwriting accounts.
const OUT_OF_REACH: [(Kind, Rule); 9] = [
    (Kind::SetEncryptionKey, Rule::Arithmetic),
    (Kind::CreateRecord, Rule::Arithmetic),
    (Kind::DeleteRecord, Rule::Arithmetic),
    (Kind::CreateOrder, Rule::AccountAlreadyExists),
    (Kind::CreateOrder, Rule::Arithmetic),
    (Kind::CloseOrder, Rule::Arithmetic),
    (Kind::Deliver, Rule::Arithmetic),
    (Kind::Refund, Rule::Arithmetic),
    (Kind::Settle, Rule::Arithmetic),
];

/// The sequences aim at exactly the errors that the protocol lists, in its order.
#[test]
fn every_error_that_the_protocol_lists_is_aimed_at() {
    let page = include_str!("../../../../docs/PROTOCOL.md");
    for (tag, (kind, refusals)) in REFUSALS.iter().enumerate() {
        let (_, section) = page
            .split_once(&format!("\n### {tag} `"))
            .expect("a section for each instruction");
        let row = section
            .lines()
            .find_map(|line| line.strip_prefix("| refuses |"));
        // The text in brackets explains when the error occurs.
        let row: String = row
            .expect("a list")
            .split('(')
            .map(|part| part.rsplit(')').next().expect("a part"))
            .collect();
        let listed: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        let within_reach: Vec<&str> = listed
            .into_iter()
            .filter(|name| {
                let same = |(of, rule): &(Kind, Rule)| of == kind && format!("{rule:?}") == *name;
                !OUT_OF_REACH.iter().any(same)
            })
            .collect();
        let aimed: Vec<String> = refusals
            .iter()
            .filter_map(|refusal| match refusal {
                Refusal::Rule(rule) => Some(format!("{rule:?}")),
                _ => None,
            })
            .collect();
        assert_eq!(aimed, within_reach, "{kind:?}");
    }
}

/// The sequences aim at each rule of the program.
#[test]
fn every_error_is_aimed_at() {
    let aimed: Vec<Rule> = report::rules().into_iter().collect();
    // The sequences have no studies, whose errors are the last ones.
    let first_of_studies = Rule::ALL
        .iter()
        .position(|rule| *rule == Rule::WrongSponsor);
    let (others, _) = Rule::ALL.split_at(first_of_studies.expect("studies have errors"));
    assert_eq!(aimed, others);
}
