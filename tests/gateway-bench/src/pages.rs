//! Pages of every list, from anywhere in it.

use std::time::Instant;

use anyhow::Result;
use generion_bench::table;
use generion_gateway::storage::{Sort, Storage, StorageUrl};
use generion_synthetic_ledger::SyntheticLedger;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::{
    input::SEED,
    latency::Latencies,
    lists::{self, Draw},
};

/// Rows of a page.
const PAGE: u32 = 50;
/// Pages of one ledger before it is the other one's turn.
const IN_TURN: usize = 50;
/// How much slower a page of the large ledger may be.
const MAX_RATIO: f64 = 2.0;

/// Reads pages of every list of two indexes in turns, and prints a table.
pub async fn measure(
    database: &str,
    indexes: &[(SyntheticLedger, StorageUrl)],
    samples: usize,
) -> Result<()> {
    let mut opened = Vec::new();
    for (ledger, url) in indexes {
        opened.push((ledger, Storage::open(url).await?));
    }
    let records: Vec<_> = indexes
        .iter()
        .map(|(ledger, _)| ledger.size().records.to_string())
        .collect();
    println!(
        "\n{database}: pages of {PAGE} from random places, {samples} of each list, in milliseconds, at {} records\n",
        records.join(" and at ")
    );
    table::head([
        "list",
        "sort",
        "p50 small",
        "p99 small",
        "p50 large",
        "p99 large",
        "ratio of p99",
    ]);
    let mut slow = 0;
    for measured in lists::all() {
        for sort in measured.sorts {
            let mut latencies = vec![Latencies::default(); opened.len()];
            let mut random = ChaCha8Rng::seed_from_u64(SEED);
            let mut draw = Draw {
                ledger: opened[0].0,
                random: &mut random,
            };
            if lists::draw(&measured, *sort, &mut draw)
                .bound_beside_sort()
                .is_some()
            {
                // The gateway refuses it.
                continue;
            }
            for _ in 0..samples.div_ceil(IN_TURN) {
                for ((ledger, storage), latencies) in opened.iter().zip(&mut latencies) {
                    for _ in 0..IN_TURN {
                        let mut draw = Draw {
                            ledger,
                            random: &mut random,
                        };
                        let list = lists::draw(&measured, *sort, &mut draw);
                        let after = draw.position(*sort);
                        let began = Instant::now();
                        storage.page(&list, Some(&after), PAGE).await?;
                        latencies.add(began.elapsed());
                    }
                }
            }
            let (small, large) = (&latencies[0], &latencies[latencies.len() - 1]);
            let ratio = large.percentile(99) / small.percentile(99);
            slow += usize::from(ratio > MAX_RATIO);
            table::row([
                measured.name,
                name_of(*sort),
                &format!("{:.2}", small.percentile(50)),
                &format!("{:.2}", small.percentile(99)),
                &format!("{:.2}", large.percentile(50)),
                &format!("{:.2}", large.percentile(99)),
                &format!("{ratio:.2}"),
            ]);
        }
    }
    println!("\n{slow} of them are more than {MAX_RATIO} times slower on the large ledger.\n");
    Ok(())
}

const fn name_of(sort: Sort) -> &'static str {
    match sort {
        Sort::Address => "address",
        Sort::Time => "time",
        Sort::Price => "price",
        Sort::Records => "records",
    }
}
