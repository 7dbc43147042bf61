//! A plot as SVG: panels side by side, each with a few lines over a logarithmic axis of records.

use std::fmt::Write as _;

/// One panel.
pub struct Panel {
    pub title: &'static str,
    /// Name and points of each line.
    pub lines: Vec<(&'static str, Vec<(f64, f64)>)>,
}

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 260.0;
/// Room around the area of a panel: left, top, right, bottom.
const ROOM: [f64; 4] = [52.0, 44.0, 48.0, 40.0];
const COLOURS: [&str; 3] = ["#2f6fde", "#c2410c", "#15803d"];

/// Draws all panels, two in a row. Colours stay readable on light and dark pages.
pub fn draw(panels: &[Panel]) -> String {
    let rows = panels.len().div_ceil(2) as f64;
    let (width, height) = (2.0 * WIDTH, rows * HEIGHT);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\" role=\"img\">\n<title>Growth with the number of records</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    for (at, panel) in panels.iter().enumerate() {
        let (x, y) = ((at % 2) as f64 * WIDTH, (at / 2) as f64 * HEIGHT);
        let _ = writeln!(svg, "<g transform=\"translate({x} {y})\">");
        draw_panel(&mut svg, panel);
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_panel(svg: &mut String, panel: &Panel) {
    let [left, top, right, bottom] = ROOM;
    let (inner_width, inner_height) = (WIDTH - left - right, HEIGHT - top - bottom);
    let points = || panel.lines.iter().flat_map(|(_, points)| points);
    let (least, most) = points().fold((f64::MAX, 1.0_f64), |(least, most), (x, _)| (least.min(*x), most.max(*x)));
    let highest = nice(points().fold(0.0_f64, |highest, (_, y)| highest.max(*y)));
    let across = |x: f64| left + inner_width * (x.ln() - least.ln()) / (most.ln() - least.ln()).max(f64::EPSILON);
    let up = |y: f64| top + inner_height * (1.0 - y / highest);
    let _ = writeln!(svg, "<text x=\"{left}\" y=\"18\" font-weight=\"600\" fill=\"#111827\">{}</text>", panel.title);
    for step in 0..=4 {
        let value = highest * f64::from(step) / 4.0;
        let y = up(value);
        let _ = writeln!(
            svg,
            "<line x1=\"{left}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#e5e7eb\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#4b5563\">{}</text>",
            WIDTH - right,
            left - 6.0,
            y + 4.0,
            short(value)
        );
    }
    if let Some((_, first)) = panel.lines.first() {
        for (x, _) in first {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#4b5563\">{}</text>",
                across(*x),
                HEIGHT - bottom + 18.0,
                thousands(*x)
            );
        }
    }
    for (at, (name, points)) in panel.lines.iter().enumerate() {
        let colour = COLOURS.get(at % COLOURS.len()).copied().unwrap_or("#111827");
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{:.1},{:.1}", across(*x), up(*y))).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            path.join(" ")
        );
        for (x, y) in points {
            let _ = writeln!(svg, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>", across(*x), up(*y));
        }
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"34\" fill=\"{colour}\">{name}</text>",
            left + at as f64 * inner_width / panel.lines.len() as f64
        );
    }
}

/// The next round number above.
fn nice(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(0.001).log10().floor());
    [1.0, 2.0, 4.0, 5.0, 8.0, 10.0].into_iter().map(|step| step * power).find(|round| *round >= value).unwrap_or(value)
}

fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn thousands(value: f64) -> String {
    if value >= 1_000.0 { format!("{} k", short(value / 1_000.0)) } else { short(value) }
}
