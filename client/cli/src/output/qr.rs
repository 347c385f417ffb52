//! QR codes for terminals.

use qrcode::{QrCode, render::unicode::Dense1x2};

pub use qrcode::EcLevel;

use crate::output::failure::Failure;

/// A QR code for a terminal with light text on a dark background. `what` names the text in an error.
pub fn qr_code(text: &str, level: EcLevel, what: &str, flag: &str) -> Result<String, Failure> {
    let code = QrCode::with_error_correction_level(text, level).map_err(|error| {
        Failure::new(
            format!("can't make a QR code of {what}: {error}"),
            format!("{flag}."),
        )
    })?;
    let mut renderer = code.render::<Dense1x2>();
    renderer
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark);
    Ok(renderer.build())
}
