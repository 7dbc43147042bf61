//! QR images of seeds: a screenshot or a photograph, PNG or JPEG, decoded without trust in what it claims.
//! Everything heavy in here is linked only into the program that is loaded when an image is given.

use crate::model::SecretText;
use rqrr::PreparedImage;
use serde::{Deserialize, Serialize};
use std::io::Cursor;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};

/// The most bytes of an image file.
pub const LARGEST_FILE: usize = 16 * 1024 * 1024;
/// The most pixels: a photograph of a telephone. They take one to four bytes each while it is read.
pub const MOST_PIXELS: usize = 24 * 1_000 * 1_000;

/// Why no text was read from an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ImageFault {
    /// The file has too many bytes, or the image too many pixels.
    #[error("the image is too large")]
    TooLarge,
    /// Neither a PNG nor a JPEG.
    #[error("not a PNG or JPEG image")]
    NotAnImage,
    /// It breaks off, or is wrong inside.
    #[error("the image is damaged")]
    Damaged,
    /// There is no QR code in it that can be read.
    #[error("no QR code in the image")]
    NoCode,
}

/// An image in shades of grey, row by row.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// The text of the QR code in an image. Of several codes one with an `otpauth` link is taken.
///
/// # Errors
/// [`ImageFault`].
pub fn read_qr(file: &[u8]) -> Result<SecretText, ImageFault> {
    if file.len() > LARGEST_FILE {
        return Err(ImageFault::TooLarge);
    }
    let image = match file {
        [0x89, b'P', b'N', b'G', ..] => read_png(file)?,
        [0xff, 0xd8, ..] => read_jpeg(file)?,
        _ => return Err(ImageFault::NotAnImage),
    };
    // A large photograph is noisy at its full size; a screenshot of a small code needs every pixel.
    find(&image).or_else(|| find(&image.halved())).ok_or(ImageFault::NoCode)
}

fn find(image: &Grey) -> Option<SecretText> {
    let at = |x: usize, y: usize| image.pixels.get(y * image.width + x).copied().unwrap_or(u8::MAX);
    let mut prepared = PreparedImage::prepare_from_greyscale(image.width, image.height, at);
    let texts = prepared.detect_grids().into_iter().filter_map(|grid| grid.decode().ok());
    let mut texts: Vec<SecretText> = texts.map(|(_, text)| SecretText::new(text)).collect();
    let best = texts
        .iter()
        .position(|text| text.expose().get(..8).is_some_and(|start| start.eq_ignore_ascii_case("otpauth:")));
    (!texts.is_empty()).then(|| texts.swap_remove(best.unwrap_or(0)))
}

impl Grey {
    fn new(width: usize, height: usize, pixels: Vec<u8>) -> Result<Self, ImageFault> {
        if width == 0 || height == 0 || pixels.len() < width.saturating_mul(height) {
            return Err(ImageFault::Damaged);
        }
        Ok(Self { width, height, pixels })
    }

    /// The same image at half its size, each pixel the mean of four.
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let at = |x: usize, y: usize| u16::from(self.pixels.get(y * self.width + x).copied().unwrap_or(u8::MAX));
        let mean = |x: usize, y: usize| {
            let sum = at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1);
            u8::try_from(sum / 4).unwrap_or(u8::MAX)
        };
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
        Self { width, height, pixels }
    }
}

fn read_png(file: &[u8]) -> Result<Grey, ImageFault> {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(|_| ImageFault::Damaged)?;
    let (width, height) = check_size(header.width as usize, header.height as usize)?;
    let mut reader = decoder.read_info().map_err(|_| ImageFault::Damaged)?;
    let size = reader.output_buffer_size().ok_or(ImageFault::TooLarge)?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(|_| ImageFault::Damaged)?;
    let grey = match frame.color_type {
        png::ColorType::Grayscale => pixels,
        png::ColorType::GrayscaleAlpha => shades(&pixels, |[grey, alpha]: [u8; 2]| over_white(grey, alpha)),
        png::ColorType::Rgb => shades(&pixels, |[red, green, blue]: [u8; 3]| luma(red, green, blue)),
        png::ColorType::Rgba => {
            shades(&pixels, |[red, green, blue, alpha]: [u8; 4]| over_white(luma(red, green, blue), alpha))
        }
        png::ColorType::Indexed => return Err(ImageFault::Damaged),
    };
    Grey::new(width, height, grey)
}

fn read_jpeg(file: &[u8]) -> Result<Grey, ImageFault> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(|_| ImageFault::Damaged)?;
    let header = decoder.info().ok_or(ImageFault::Damaged)?;
    let (width, height) = check_size(usize::from(header.width), usize::from(header.height))?;
    let pixels = decoder.decode().map_err(|_| ImageFault::Damaged)?;
    Grey::new(width, height, pixels)
}

fn check_size(width: usize, height: usize) -> Result<(usize, usize), ImageFault> {
    if width.saturating_mul(height) > MOST_PIXELS { Err(ImageFault::TooLarge) } else { Ok((width, height)) }
}

fn shades<const N: usize>(pixels: &[u8], shade: impl Fn([u8; N]) -> u8) -> Vec<u8> {
    pixels.chunks_exact(N).filter_map(|pixel| pixel.try_into().ok()).map(shade).collect()
}

/// Brightness by Rec. 601, in eighths.
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 2 * u16::from(red) + 5 * u16::from(green) + u16::from(blue);
    u8::try_from(sum / 8).unwrap_or(u8::MAX)
}

/// What shows of a pixel that lets white through.
fn over_white(shade: u8, alpha: u8) -> u8 {
    let shown = (u16::from(shade) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255;
    u8::try_from(shown).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::{ImageFault, LARGEST_FILE, read_qr};
    use fast_qr::{ECL, QRBuilder};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const LINK: &str = "otpauth://totp/Example:mara?secret=JBSWY3DPEHPK3PXP&issuer=Example";

    /// A PNG of a QR code, `scale` pixels for each module.
    fn png_of(text: &str, scale: usize, color: png::ColorType) -> Vec<u8> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().unwrap();
        let side = (code.size + 8) * scale;
        let mut pixels = Vec::new();
        for y in 0..side {
            for x in 0..side {
                let (column, row) = ((x / scale).wrapping_sub(4), (y / scale).wrapping_sub(4));
                let dark = column < code.size && row < code.size && code.data[row * code.size + column].value();
                match color {
                    png::ColorType::Grayscale => pixels.push(if dark { 0 } else { 255 }),
                    // Dark blue on what is see-through.
                    _ => pixels.extend(if dark { [20, 30, 90, 255] } else { [0, 0, 0, 0] }),
                }
            }
        }
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, side as u32, side as u32);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
        file
    }

    #[test]
    fn reads_codes_of_any_colour() {
        for (scale, color) in [(3, png::ColorType::Grayscale), (10, png::ColorType::Rgba)] {
            assert_eq!(read_qr(&png_of(LINK, scale, color)).ok().unwrap().expose(), LINK);
        }
        let chinese = "otpauth://totp/运维:王伟?secret=JBSWY3DPEHPK3PXP";
        let image = png_of(chinese, 4, png::ColorType::Grayscale);
        assert_eq!(read_qr(&image).ok().unwrap().expose(), chinese);
    }

    #[test]
    fn reads_what_qrencode_drew_and_a_camera_spoilt() {
        let link = "otpauth://totp/Northwind%20Mail:mara@northwind.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                    &issuer=Northwind%20Mail";
        let drawn = include_bytes!("../../../../tests/fixtures/codes/seed.png");
        assert_eq!(read_qr(drawn).ok().unwrap().expose(), link);
        // Turned, blurred, grey, and a JPEG.
        let spoilt = include_bytes!("../../../../tests/fixtures/codes/seed.jpg");
        assert_eq!(read_qr(spoilt).ok().unwrap().expose(), link);
    }

    #[test]
    fn refuses_what_is_no_such_image() {
        assert_eq!(read_qr(b"").err(), Some(ImageFault::NotAnImage));
        assert_eq!(read_qr(b"GIF89a").err(), Some(ImageFault::NotAnImage));
        assert_eq!(read_qr(b"\x89PNG\r\n\x1a\n").err(), Some(ImageFault::Damaged));
        assert_eq!(read_qr(b"\xff\xd8\xff\xe0").err(), Some(ImageFault::Damaged));
        let whole = png_of(LINK, 3, png::ColorType::Grayscale);
        assert_eq!(read_qr(&whole[..whole.len() / 2]).err(), Some(ImageFault::Damaged));
        assert_eq!(read_qr(&vec![0; LARGEST_FILE + 1]).err(), Some(ImageFault::TooLarge));
    }

    #[test]
    fn an_image_without_a_code_has_none() {
        let mut plain = Vec::new();
        let mut encoder = png::Encoder::new(&mut plain, 64, 64);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&[200; 64 * 64]).unwrap();
        assert_eq!(read_qr(&plain).err(), Some(ImageFault::NoCode));
    }

    #[test]
    fn sizes_are_believed_only_up_to_the_limit() {
        // A header that claims 60,000 by 60,000 pixels, and nothing behind it.
        let mut bomb = Vec::new();
        let encoder = png::Encoder::new(&mut bomb, 60_000, 60_000);
        drop(encoder.write_header().unwrap());
        assert_eq!(read_qr(&bomb).err(), Some(ImageFault::TooLarge));
    }
}
