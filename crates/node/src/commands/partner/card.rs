//! Cards: this node's own, and one that a partner gave.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{CardView, PartnerState};
use egnatia_protocol::{NodeCard, SignedCard};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::json;

use super::{exchanges, print};
use crate::ambient::{SystemClock, SystemEntropy};
use crate::cli::Card;
use crate::config::Config;
use crate::data::make_folder;
use crate::failure::InputError;
use crate::identity::{self, ExchangeKeys};

/// Prints or writes this node's card.
pub fn give(folder: &Path, config: &Config, how: &Card, json: bool) -> anyhow::Result<ExitCode> {
    exchanges(config)?;
    make_folder(folder)?;
    let card = own(folder, config)?;
    let fingerprint = card.fingerprint().to_string();
    if let Some(file) = &how.out {
        let cannot = || format!("cannot write `{}`", file.display());
        let mut options = OpenOptions::new();
        let opened = options.write(true).create_new(true).open(file);
        let mut out = opened
            .map_err(|error| InputError(error.to_string()))
            .with_context(cannot)?;
        out.write_all(card.to_json().as_bytes())
            .with_context(cannot)?;
        if !how.qr {
            let text = format!(
                "The card is in `{}`.\nFingerprint {fingerprint}",
                file.display()
            );
            print(
                json,
                &json!({ "file": file, "fingerprint": fingerprint }),
                &text,
            );
            return Ok(ExitCode::SUCCESS);
        }
    }
    if !how.qr {
        // What partners get is JSON in any case.
        crate::output::say(card.to_json());
        return Ok(ExitCode::SUCCESS);
    }
    let address = card.card().addresses.first().map_or("", String::as_str);
    let codes = card.to_codes();
    let mut images = Vec::with_capacity(codes.len());
    for code in &codes {
        let code = QrCode::new(code).context("a part of the card does not fit into a QR code")?;
        images.push(code.render::<Dense1x2>().build());
    }
    let value = json!({
        "fingerprint": fingerprint, "address": address, "codes": codes, "qr": images,
    });
    let mut text = String::new();
    for (image, number) in images.iter().zip(1..) {
        writeln!(text, "Code {number} of {}\n{image}\n", images.len())?;
    }
    write!(
        text,
        "{}\nAddress      {address}\nFingerprint  {fingerprint}\n\nThe codes hold the card. Save what \
         they say, one a line, into a file; `egnatia partner read FILE` and `accept` take it.\nRead \
         the fingerprint out to the partner's administrator, by telephone or face to face.",
        card.card().name("en")
    )?;
    print(json, &value, &text);
    Ok(ExitCode::SUCCESS)
}

/// The card as the configuration has it now; the one in the file, where the key that opens the file
/// is out of reach, as it is for everybody but the service.
fn own(folder: &Path, config: &Config) -> anyhow::Result<SignedCard> {
    if !identity::can_unlock(folder, config)
        && let Some(card) = identity::public_card(folder, config, &SystemClock)?
    {
        return Ok(card);
    }
    ExchangeKeys::open_or_make(folder, config, &SystemClock, &SystemEntropy)?.card()
}

/// Shows what somebody's card says.
pub fn show(view: &CardView, json: bool) -> anyhow::Result<ExitCode> {
    let CardView {
        card,
        fingerprint,
        known,
        is_successor,
    } = view;
    let known = known.map(PartnerState::as_str);
    let mut text = as_text(card)?;
    writeln!(text, "Fingerprint  {fingerprint}")?;
    text.push_str(match (known, is_successor) {
        (None, _) => {
            "\nNot known yet. To accept it, have its administrator read the fingerprint out:\n\
             egnatia partner accept FILE --fingerprint \"…\""
        }
        (Some("accepted"), true) => {
            "\nThe partner is accepted, and a key of its card vouches for this one: it arrives by \
             itself."
        }
        (Some("accepted"), false) => {
            "\nThe partner is accepted with another card, or with this one. Where this one is new, \
             compare the fingerprint as at the first meeting."
        }
        (Some(_), _) => {
            "\nThe partner was revoked. To accept it again, compare the fingerprint anew."
        }
    });
    let value = json!({
        "authority": card.authority, "partner": card.partner, "names": card.names,
        "addresses": card.addresses, "serial": card.serial, "issued_at": card.issued_at,
        "fingerprint": fingerprint, "known": known, "is_successor": is_successor,
    });
    print(json, &value, &text);
    Ok(ExitCode::SUCCESS)
}

fn as_text(card: &NodeCard) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    writeln!(text, "Authority    {}", card.authority)?;
    writeln!(text, "Partner      {}", card.partner)?;
    for (language, name) in &card.names {
        writeln!(text, "Name ({language:5}) {name}")?;
    }
    for address in &card.addresses {
        writeln!(text, "Address      {address}")?;
    }
    writeln!(text, "Card         {} of {}", card.serial, card.issued_at)?;
    let valid_keys = card.signing_keys_at(card.issued_at).count();
    writeln!(
        text,
        "Keys         {valid_keys} to sign, {} to seal, {} certificates",
        card.sealing.len(),
        card.tls.len()
    )?;
    Ok(text)
}
