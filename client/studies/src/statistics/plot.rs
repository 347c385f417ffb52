use plotters::prelude::*;

use super::quantity::{Bin, Figures};

const SIZE: (u32, u32) = (640, 260);
const BAR: RGBColor = RGBColor(0x1f, 0x6f, 0x8b);

/// A histogram as SVG. `None`: there are no bins. The bars are as wide as their bins; the outer ones, which are open, as wide as
/// their neighbours.
pub fn histogram(figures: &Figures, unit: &str) -> Option<String> {
    let edges = edges(&figures.bins)?;
    let (first, last) = (*edges.first()?, *edges.last()?);
    let bars: Vec<(f64, f64, f64)> = figures
        .bins
        .iter()
        .zip(edges.windows(2))
        .map(|(bin, ends)| (ends[0], ends[1], bin.n as f64 / (ends[1] - ends[0])))
        .collect();
    let highest = bars.iter().map(|(.., height)| *height).fold(0.0, f64::max);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let chart = ChartBuilder::on(&area)
            .margin(8)
            .x_label_area_size(40)
            .y_label_area_size(8)
            .build_cartesian_2d(first..last, 0.0..highest * 1.1);
        let mut chart = chart.ok()?;
        chart
            .configure_mesh()
            .disable_mesh()
            .disable_y_axis()
            .x_desc(unit)
            .draw()
            .ok()?;
        let bars = bars.iter().map(|(from, to, height)| {
            Rectangle::new([(*from, 0.0), (*to, *height)], BAR.mix(0.8).filled())
        });
        chart.draw_series(bars).ok()?;
        area.present().ok()?;
    }
    Some(svg)
}

/// The ends of the bins, with ends for the outer ones that say nothing: each is as wide as its neighbour.
fn edges(bins: &[Bin]) -> Option<Vec<f64>> {
    let inner: Vec<f64> = bins
        .iter()
        .filter_map(|bin| bin.from.as_ref()?.parse().ok())
        .collect();
    let (first, last) = (*inner.first()?, *inner.last()?);
    let width = match inner.len() {
        1 => first.abs().max(1.0) * 0.1,
        _ => (last - first) / (inner.len() - 1) as f64,
    };
    let mut edges = vec![first - width];
    edges.extend(inner);
    edges.push(last + width);
    Some(edges)
}
