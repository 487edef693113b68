//! A picture of a rehearsal: texts and replies over time, stacked. Plain SVG that every browser shows.

use std::fmt::Write;

use engine::rehearse::Rehearsal;

use super::bins::{self, Bin};
use crate::output::{counted, number};

/// Of the picture, and of the chart in it, in pixels.
const WIDTH: usize = 960;
const HEIGHT: usize = 420;
const LEFT: usize = 80;
const RIGHT: usize = 20;
const TOP: usize = 60;
const BOTTOM: usize = 70;
/// Bars at most.
const BARS: usize = 240;
/// Times that are written below.
const LABELS: usize = 8;
const TEXTS: &str = "#3465a4";
const REPLIES: &str = "#e07b00";

/// The picture.
pub fn of(rehearsal: &Rehearsal) -> String {
    let bins = bins::of(rehearsal, BARS, true);
    let most = bins
        .all
        .iter()
        .map(|bin| bin.texts + bin.replies)
        .max()
        .unwrap_or(0);
    let most = round(most.max(1));
    let title = escaped(&format!(
        "{}: texts and replies {}",
        rehearsal.campaign,
        bins.per()
    ));
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         role=\"img\" aria-labelledby=\"title\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title id=\"title\">{title}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"16\">{title}</text>\n"
    );
    legend(&mut svg);
    grid(&mut svg, most);
    bars(&mut svg, &bins.all, most);
    labels(&mut svg, &bins.all, &bins.per());
    svg.push_str("</svg>\n");
    svg
}

fn legend(svg: &mut String) {
    for (x, colour, what) in [
        (LEFT, TEXTS, "texts, answers among them"),
        (LEFT + 200, REPLIES, "replies"),
    ] {
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"36\" width=\"12\" height=\"12\" fill=\"{colour}\"/><text x=\"{}\" y=\"46\">{what}</text>",
            x + 18
        );
    }
}

/// Lines at quarters of the most.
fn grid(svg: &mut String, most: u64) {
    let (left, right) = (LEFT, WIDTH - RIGHT);
    for quarter in 0..=4 {
        let n = most * quarter / 4;
        let y = height_of(n, most).map_or(0.0, |height| (HEIGHT - BOTTOM) as f64 - height);
        let _ = writeln!(
            svg,
            "<line x1=\"{left}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\" stroke=\"#ccc\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 8,
            y + 4.0,
            number(n)
        );
    }
}

fn bars(svg: &mut String, bins: &[Bin], most: u64) {
    let step = step(bins);
    let floor = (HEIGHT - BOTTOM) as f64;
    for (nth, bin) in bins.iter().enumerate() {
        let x = LEFT as f64 + step * nth as f64;
        let width = (step - 1.0).max(step * 0.8);
        let texts = height_of(bin.texts, most).unwrap_or(0.0);
        let replies = height_of(bin.replies, most).unwrap_or(0.0);
        let mut stack = |y: f64, height: f64, colour: &str, n: u64, (one, many): (&str, &str)| {
            if n > 0 {
                let _ = writeln!(
                    svg,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\">\
                     <title>{}: {}</title></rect>",
                    bin.at.format("%Y-%m-%d %H:%M"),
                    counted(n, one, many)
                );
            }
        };
        stack(floor - texts, texts, TEXTS, bin.texts, ("text", "texts"));
        stack(
            floor - texts - replies,
            replies,
            REPLIES,
            bin.replies,
            ("reply", "replies"),
        );
    }
}

/// The names of the axes, and some times.
fn labels(svg: &mut String, bins: &[Bin], per: &str) {
    let (step, y) = (step(bins), HEIGHT - BOTTOM + 18);
    let every = bins.len().div_ceil(LABELS).max(1);
    for (nth, bin) in bins.iter().enumerate().step_by(every) {
        let x = LEFT as f64 + step * nth as f64;
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y}\">{}</text><text x=\"{x:.1}\" y=\"{}\">{}</text>",
            bin.at.format("%Y-%m-%d"),
            y + 15,
            bin.at.format("%H:%M")
        );
    }
    let (middle, down) = (
        LEFT + (WIDTH - LEFT - RIGHT) / 2,
        TOP + (HEIGHT - TOP - BOTTOM) / 2,
    );
    let _ = writeln!(
        svg,
        "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">time, on the campaign's clock</text>\n\
         <text x=\"16\" y=\"{down}\" text-anchor=\"middle\" transform=\"rotate(-90 16 {down})\">messages {per}</text>",
        HEIGHT - 12
    );
}

fn step(bins: &[Bin]) -> f64 {
    (WIDTH - LEFT - RIGHT) as f64 / bins.len().max(1) as f64
}

fn height_of(n: u64, most: u64) -> Option<f64> {
    (most > 0).then(|| n as f64 / most as f64 * (HEIGHT - TOP - BOTTOM) as f64)
}

/// The next number whose quarters are whole and easy to read.
fn round(n: u64) -> u64 {
    let mut unit = 4;
    while n > unit * 25 {
        unit *= 10;
    }
    n.div_ceil(unit) * unit
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        let rounded = [1, 4, 5, 99, 101, 4_321, 1_000_000].map(round);
        assert_eq!(rounded, [4, 4, 8, 100, 120, 4_400, 1_000_000]);
    }
}
