//! The machine of the measurement.

use std::fs;

/// Prints the processor, the number of cores and the load.
pub fn print() {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |model| {
            model.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(0, Into::into);
    println!("Processor: {model}, {cores} cores");
    print_load();
}

/// Prints the load, which shows how busy the machine was.
pub fn print_load() {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<_> = load.split(' ').take(3).collect();
    println!("Load (1, 5 and 15 minutes): {}\n", load.join(", "));
}
