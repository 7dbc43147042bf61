//! Drawing PDFs. All of it is linked into its own program only (`bin/viewer.rs`), which the worker loads when somebody looks
//! at one: whatever a file does to it, it does to a program that holds no key. Nothing in the file runs, no link in it
//! leads anywhere: what comes out are pictures.

pub mod load;

use hayro::{
    PixmapSettings, RenderCache, RenderSettings, hayro_interpret::InterpreterSettings, hayro_syntax::Pdf, render,
    vello_cpu::color::palette::css::WHITE,
};

/// How wide a page is drawn, in pixels.
const WIDTH: f32 = 1_400.0;
/// Most pixels of a page.
const PIXELS: f32 = 6_000_000.0;
/// Shortest side of a page that is drawn, in points.
const SHORTEST: f32 = 1.0;

/// A PDF that is looked at.
pub struct Document(Pdf);

impl Document {
    /// Reads a file; `None` when it is no PDF, is damaged, or wants a password.
    #[must_use]
    pub fn open(file: Vec<u8>) -> Option<Self> {
        let pdf = Pdf::new(file).ok()?;
        (!pdf.pages().is_empty()).then_some(Self(pdf))
    }

    /// How many pages there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.pages().len()
    }

    /// A page as PNG; `None` when there is none, or it has no size that can be drawn.
    #[must_use]
    pub fn draw(&self, page: usize) -> Option<Vec<u8>> {
        let page = self.0.pages().get(page)?;
        let (width, height) = page.render_dimensions();
        if !(width >= SHORTEST && height >= SHORTEST) {
            return None;
        }
        let scale = (WIDTH / width).min((PIXELS / (width * height)).sqrt());
        let size = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
        if !(width * scale >= 1.0 && height * scale >= 1.0) {
            return None;
        }
        let (how, fonts) = (RenderSettings::default(), InterpreterSettings::default());
        render(page, &RenderCache::new(), &fonts, &how, &size).into_png().ok()
    }
}
