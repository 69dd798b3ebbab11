//! Photographs as they are kept: decoded and written anew, so that nothing stays but what one sees.
//! Place, time, device and whatever else a camera writes into a file is gone (EXIF, GPS, comments).

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// The largest file, in bytes.
pub const PHOTOGRAPH_BYTES_MAX: usize = 12 * 1024 * 1024;
/// The longest side of a file that is read, in pixels.
const READ_SIDE_MAX: u32 = 12_000;
/// The most memory that one picture takes while it is read.
const MEMORY_MAX: u64 = 256 * 1024 * 1024;
/// The longest side of a picture that is kept: a serial number stays legible.
const KEPT_SIDE_MAX: u32 = 2_000;
const KEPT_QUALITY: u8 = 85;
/// The longest side of its small form.
const SMALL_SIDE_MAX: u32 = 320;
const SMALL_QUALITY: u8 = 75;

/// A photograph, ready to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedPhotograph {
    /// The picture, JPEG, without anything that a camera wrote.
    pub jpeg: Vec<u8>,
    /// The same, small.
    pub small: Vec<u8>,
    /// Width of the picture, in pixels.
    pub width: u32,
    /// Height of the picture, in pixels.
    pub height: u32,
}

/// Why a photograph is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhotographError {
    /// Nothing.
    #[error("choose a photograph first")]
    Empty,
    /// Too many bytes.
    #[error("a photograph has at most 12 MiB; save it smaller")]
    TooLarge,
    /// Something else, whatever its name says.
    #[error("this is no JPEG, PNG or WebP picture; save it as one of them")]
    NotAPicture,
    /// Too many pixels.
    #[error("a photograph has at most 12,000 pixels a side; save it smaller")]
    TooManyPixels,
    /// It breaks off, or is not what it claims to be.
    #[error("the picture cannot be read to its end; save it anew")]
    Broken,
}

impl PhotographError {
    /// Its name: it does not change, and words of other languages stand under it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge => "too-large",
            Self::NotAPicture => "not-a-picture",
            Self::TooManyPixels => "too-many-pixels",
            Self::Broken => "broken",
        }
    }
}

/// Reads a photograph by what it is, and writes it anew.
///
/// ```
/// let refused = egnatia_formats::photographs::prepare(b"<svg onload='x'/>");
/// assert_eq!(refused, Err(egnatia_formats::photographs::PhotographError::NotAPicture));
/// ```
///
/// # Errors
/// [`PhotographError`].
pub fn prepare(bytes: &[u8]) -> Result<PreparedPhotograph, PhotographError> {
    if bytes.is_empty() {
        return Err(PhotographError::Empty);
    }
    if bytes.len() > PHOTOGRAPH_BYTES_MAX {
        return Err(PhotographError::TooLarge);
    }
    let format = image::guess_format(bytes).map_err(|_| PhotographError::NotAPicture)?;
    if !matches!(
        format,
        ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP
    ) {
        return Err(PhotographError::NotAPicture);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(READ_SIDE_MAX);
    limits.max_image_height = Some(READ_SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refused(&error))?;
    // A camera that was held upright says so in what is cut off.
    let orientation = decoder.orientation().map_err(|error| refused(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| refused(&error))?;
    picture.apply_orientation(orientation);
    let picture = fitted(&picture, KEPT_SIDE_MAX);
    let small = fitted(&picture, SMALL_SIDE_MAX);
    Ok(PreparedPhotograph {
        jpeg: written(&picture, KEPT_QUALITY)?,
        small: written(&small, SMALL_QUALITY)?,
        width: picture.width(),
        height: picture.height(),
    })
}

fn refused(error: &image::ImageError) -> PhotographError {
    match error {
        image::ImageError::Limits(_) => PhotographError::TooManyPixels,
        image::ImageError::Unsupported(_) => PhotographError::NotAPicture,
        _ => PhotographError::Broken,
    }
}

/// As it is where it is small enough.
fn fitted(picture: &DynamicImage, side: u32) -> DynamicImage {
    match picture.width().max(picture.height()) > side {
        true => picture.resize(side, side, FilterType::Triangle),
        false => picture.clone(),
    }
}

fn written(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, PhotographError> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    // JPEG knows no transparency.
    let plain = DynamicImage::ImageRgb8(picture.to_rgb8());
    plain
        .write_with_encoder(encoder)
        .map_err(|error| refused(&error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;

    fn picture(width: u32, height: u32) -> DynamicImage {
        // The left half is red, the right one blue.
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, _| {
            match x < width / 2 {
                true => image::Rgb([220, 20, 20]),
                false => image::Rgb([20, 20, 220]),
            }
        }))
    }

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A JPEG with what a camera writes: a place, a name, and that it was held upright.
    fn camera(picture: &DynamicImage) -> Vec<u8> {
        let plain = file(picture, ImageFormat::Jpeg);
        let mut exif =
            b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"GPSLatitude 42.137 A. Officer");
        let length = u16::try_from(exif.len() + 2).unwrap();
        let mut bytes = plain[..2].to_vec();
        bytes.extend_from_slice(&[0xff, 0xe1]);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&exif);
        bytes.extend_from_slice(&[0xff, 0xfe, 0, 10]);
        bytes.extend_from_slice(b"comment!");
        bytes.extend_from_slice(&plain[2..]);
        bytes
    }

    fn holds(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|window| window == text)
    }

    #[test]
    fn pictures_of_all_three_kinds_are_kept_as_jpeg() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let kept = prepare(&file(&picture(64, 48), format)).unwrap();
            assert_eq!((kept.width, kept.height), (64, 48), "{format:?}");
            for bytes in [&kept.jpeg, &kept.small] {
                assert_eq!(image::guess_format(bytes).unwrap(), ImageFormat::Jpeg);
            }
        }
    }

    #[test]
    fn what_a_camera_writes_is_gone_and_the_picture_stands_upright() {
        let bytes = camera(&picture(64, 48));
        assert!(holds(&bytes, b"GPSLatitude") && holds(&bytes, b"comment!"));
        let kept = prepare(&bytes).unwrap();
        for text in [&b"GPS"[..], b"Exif", b"Officer", b"comment!"] {
            assert!(!holds(&kept.jpeg, text) && !holds(&kept.small, text));
        }
        // Held upright: what was on the left is at the top.
        assert_eq!((kept.width, kept.height), (48, 64));
        let shown = image::load_from_memory(&kept.jpeg).unwrap().to_rgb8();
        assert!(shown.get_pixel(24, 5)[0] > 150 && shown.get_pixel(24, 60)[2] > 150);
    }

    #[test]
    fn large_pictures_are_made_smaller_in_their_proportion() {
        let kept = prepare(&file(&picture(3_000, 1_500), ImageFormat::Jpeg)).unwrap();
        assert_eq!((kept.width, kept.height), (2_000, 1_000));
        let small = image::load_from_memory(&kept.small).unwrap();
        assert_eq!((small.width(), small.height()), (320, 160));
    }

    #[test]
    fn what_is_no_picture_is_refused_by_what_it_is() {
        let png = file(&picture(64, 48), ImageFormat::Png);
        let mut bomb = png.clone();
        // The header claims 50,000 by 50,000 pixels.
        bomb[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
        for (bytes, expected) in [
            (Vec::new(), PhotographError::Empty),
            (b"GIF89a\x01\0\x01\0".to_vec(), PhotographError::NotAPicture),
            (b"<html><script>".to_vec(), PhotographError::NotAPicture),
            (png[..png.len() / 2].to_vec(), PhotographError::Broken),
            (
                vec![0xff; PHOTOGRAPH_BYTES_MAX + 1],
                PhotographError::TooLarge,
            ),
        ] {
            assert_eq!(prepare(&bytes), Err(expected));
        }
        assert!(matches!(
            prepare(&bomb),
            Err(PhotographError::TooManyPixels | PhotographError::Broken)
        ));
    }
}
