//! Figures of a quantity, rounded so far that one value does not show.

use serde::{Deserialize, Serialize};

use super::cells::Cell;

/// The figures of one quantity in one unit. They are decimals in text, so that two implementations can compare them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Number of values.
    pub n: usize,
    /// What the other figures are rounded to: a power of ten, the least one that is at least the range divided by n.
    pub rounded_to: String,
    /// The arithmetic mean.
    pub mean: String,
    /// The standard deviation, of a sample (n - 1).
    pub sd: String,
    /// The first quartile: linear interpolation between values, as R's type 7.
    pub q1: String,
    /// The median.
    pub median: String,
    /// The third quartile.
    pub q3: String,
    /// The histogram. Each bin is a cell that may be shown; empty if there would be one bin only.
    pub bins: Vec<Bin>,
}

/// A bin of a histogram: values from `from`, below `to`. The outer bins are open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bin {
    /// The lower end. `None`: no end.
    pub from: Option<String>,
    /// The upper end. `None`: no end.
    pub to: Option<String>,
    /// Number of values.
    pub n: usize,
}

/// A bin, with what is in it.
pub struct FilledBin {
    pub bin: Bin,
    pub cell: Cell,
}

/// The figures of a cell, all of whose values are known. `None`: it may not be shown.
pub fn figures(cell: &Cell) -> Option<(Figures, Vec<FilledBin>)> {
    let mut values: Vec<f64> = cell.values.iter().filter_map(|value| value.2).collect();
    if values.len() != cell.values.len() || !cell.may_be_shown() {
        return None;
    }
    // The sums are made from the least to the greatest value, so that they are the same everywhere.
    values.sort_by(f64::total_cmp);
    let (first, last) = (values[0], values[values.len() - 1]);
    let n = values.len() as f64;
    let grid = Grid::at_least((last - first) / n, first.abs().max(last.abs()));
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let sd = (squares / (n - 1.0)).sqrt();
    let filled = bins(cell, first, last);
    let figures = Figures {
        n: values.len(),
        rounded_to: grid.text(grid.step()),
        mean: grid.text(mean),
        sd: grid.text(sd),
        q1: grid.text(quantile(&values, 0.25)),
        median: grid.text(quantile(&values, 0.5)),
        q3: grid.text(quantile(&values, 0.75)),
        bins: filled.iter().map(|filled| filled.bin.clone()).collect(),
    };
    Some((figures, filled))
}

/// A quantile of sorted values, with linear interpolation (R's type 7).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor();
    let index = below as usize;
    let next = sorted[(index + 1).min(sorted.len() - 1)];
    sorted[index] + (place - below) * (next - sorted[index])
}

/// A power of ten that figures are rounded to.
#[derive(Clone, Copy)]
struct Grid {
    exponent: i32,
}

impl Grid {
    /// The least power of ten that is not below `step`. If all values are equal, one that shows `size` to three digits: the
    /// range says nothing then.
    fn at_least(step: f64, size: f64) -> Self {
        let exponent = match (step > 0.0, size > 0.0) {
            (true, _) => step.log10().ceil(),
            (false, true) => size.log10().floor() - 2.0,
            (false, false) => 0.0,
        };
        // Values have at most 18 digits.
        Self {
            exponent: exponent.clamp(-18.0, 18.0) as i32,
        }
    }

    fn step(self) -> f64 {
        power_of_ten(self.exponent)
    }

    /// A number, rounded.
    fn text(self, value: f64) -> String {
        let text = match u32::try_from(-self.exponent) {
            Ok(digits) => format!("{value:.*}", digits as usize),
            Err(_) => format!("{:.0}", (value / self.step()).round() * self.step()),
        };
        // There is one zero.
        match text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
            true => text,
            false => text.trim_start_matches('-').to_owned(),
        }
    }
}

/// The number nearest to a power of ten. `powi` may round otherwise on another machine.
fn power_of_ten(exponent: i32) -> f64 {
    let power = format!("1e{exponent}").parse();
    power.expect("the text is a number")
}

/// The bins of a histogram: equal steps of 1, 2 or 5 times a power of ten, about as many as Sturges has them. Neighbours are
/// joined until each bin may be shown.
fn bins(cell: &Cell, first: f64, last: f64) -> Vec<FilledBin> {
    let count = (cell.values.len() as f64).log2().ceil() + 1.0;
    let Some((step, exponent)) = step((last - first) / count) else {
        return Vec::new();
    };
    let place = |value: f64| (value / step).floor() as i64;
    let mut raw = std::collections::BTreeMap::<i64, Cell>::new();
    for value in &cell.values {
        let quantity = value.2.unwrap_or_default();
        raw.entry(place(quantity)).or_default().values.push(*value);
    }
    let edge = |place: i64| Grid { exponent }.text(place as f64 * step);
    let mut filled = Vec::<(i64, Cell)>::new();
    let mut open = Cell::default();
    let mut start = None;
    for (place, cell) in raw {
        let from = *start.get_or_insert(place);
        open.values.extend(cell.values);
        if open.may_be_shown() {
            filled.push((from, core::mem::take(&mut open)));
            start = None;
        }
    }
    // What is left over above the last full bin belongs to it.
    if let Some((_, cell)) = filled.last_mut() {
        cell.values.extend(open.values);
        if !cell.may_be_shown() {
            return Vec::new();
        }
    }
    if filled.len() < 2 {
        return Vec::new();
    }
    let starts: Vec<_> = filled.iter().map(|(start, _)| *start).collect();
    let bins = filled.into_iter().enumerate();
    bins.map(|(index, (start, cell))| FilledBin {
        bin: Bin {
            from: (index > 0).then(|| edge(start)),
            to: starts.get(index + 1).map(|next| edge(*next)),
            n: cell.values.len(),
        },
        cell,
    })
    .collect()
}

/// The least of 1, 2 and 5 times a power of ten that is not below `width`, with the power. `None`: all values are equal.
fn step(width: f64) -> Option<(f64, i32)> {
    if width <= 0.0 {
        return None;
    }
    let exponent = width.log10().floor().clamp(-18.0, 18.0) as i32;
    let power = power_of_ten(exponent);
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= width);
    Some(match factor {
        Some(factor) => (factor * power, exponent),
        None => (10.0 * power, exponent + 1),
    })
}
