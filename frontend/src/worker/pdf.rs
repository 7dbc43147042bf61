//! PDFs to look at: each page as a picture, on one page of HTML that needs nothing else.

use super::clock::make_way;
use crate::{
    bridge::{DrawPdf, DrawnPdf, Error},
    viewer::load::Drawing,
};
use base64ct::{Base64, Encoding};
use std::fmt::Write;

/// Pages that are drawn at most.
const PAGES: u32 = 40;
/// Bytes of pictures that are enough: no page is drawn after that.
const ENOUGH: usize = 48 << 20;

/// Draws a file, page by page, making way between them.
pub async fn draw(ask: DrawPdf) -> Result<DrawnPdf, Error> {
    let Some(drawing) = Drawing::open(&ask.file).await? else { return Ok(DrawnPdf::default()) };
    let count = drawing.count();
    let mut drawn = DrawnPdf { html: String::from("<!doctype html><meta charset=utf-8>"), drawn: 0, count };
    for page in 0..count.min(PAGES) {
        make_way().await;
        if drawn.html.len() >= ENOUGH {
            break;
        }
        let Some(png) = drawing.draw(page) else { continue };
        let png = Base64::encode_string(&png);
        let number = page + 1;
        let _ = write!(drawn.html, "<p><img width=100% alt={number} src=data:image/png;base64,{png}>");
        drawn.drawn += 1;
    }
    Ok(drawn)
}
