//! Labels of weapons, to be printed: two codes that say the same, and the number in letters.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use datamatrix::data::EncodationType;
use datamatrix::{DataMatrixBuilder, SymbolList};
use egnatia_app::Action;
use egnatia_firearms::Label;

use super::firearms::found_ids;
use super::partner_card::{Qr, qr};
use super::record_id;
use crate::Texts;
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Signed, show};
use crate::{Area, Frame};

/// Light modules around a Data Matrix; the standard asks for one.
const QUIET: usize = 2;
/// The most labels of a sheet: four pages of twelve.
const LABELS_MAX: usize = 48;

/// The page with labels of weapons.
#[derive(Debug, Template)]
#[template(path = "firearm_label.html")]
pub struct FirearmLabelPage {
    /// The frame.
    pub frame: Frame,
    /// Where one comes from, and what it is called.
    pub back: (String, String),
    /// The labels.
    pub labels: Vec<PrintedLabel>,
    /// Whether there are several.
    pub is_sheet: bool,
    /// That more weapons were found than labels fit.
    pub more: Option<String>,
}

/// One label.
#[derive(Debug)]
pub struct PrintedLabel {
    /// What the codes hold, and what stands below them.
    pub label: Label,
    /// The codes.
    pub codes: Codes,
}

/// The two codes of a label: they say the same.
#[derive(Debug, Template)]
#[template(path = "parts/codes.html")]
pub struct Codes {
    /// What they say.
    code: String,
    /// The code for telephones and most scanners.
    qr: Qr,
    /// The code for small parts: smaller, and read from metal.
    matrix: Qr,
}

impl Codes {
    /// Both codes with this text, and what they are called; `None` where it is too long for one.
    pub(super) fn of(code: String, (qr_name, matrix_name): (String, String)) -> Option<Self> {
        Some(Self {
            qr: qr(&code, qr_name)?,
            matrix: data_matrix(&code, matrix_name)?,
            code,
        })
    }

    /// Both, each with its class.
    fn both(&self) -> [(&Qr, &'static str); 2] {
        [(&self.qr, "square"), (&self.matrix, "matrix")]
    }
}

impl PrintedLabel {
    fn of(t: &Texts, label: Label) -> Result<Self, Problem> {
        let names = (t.text("firearm-label-code"), t.text("firearm-label-matrix"));
        // The texts of a weapon are bounded so that they fit into one code.
        let codes = Codes::of(label.code(), names);
        Ok(Self {
            codes: codes.ok_or_else(|| Problem::new(ProblemCode::Internal))?,
            label,
        })
    }
}

/// A Data Matrix (ISO/IEC 16022, ECC 200), square, with its quiet zone; `None` where the text is too
/// long for one.
pub(super) fn data_matrix(text: &str, name: String) -> Option<Qr> {
    // Not in base 256: widespread readers take its bytes for Latin-1, whatever the code says.
    let modes = EncodationType::Ascii
        | EncodationType::C40
        | EncodationType::Text
        | EncodationType::X12
        | EncodationType::Edifact;
    let code = DataMatrixBuilder::new()
        .with_encodation_types(modes)
        .with_symbol_list(SymbolList::default().enforce_square());
    let bitmap = code.encode_str(text).ok()?.bitmap();
    let path = bitmap.pixels().map(|(x, y)| {
        let (x, y) = (x.saturating_add(QUIET), y.saturating_add(QUIET));
        format!("M{x} {y}h1v1h-1z")
    });
    Some(Qr {
        name,
        size: bitmap.width().saturating_add(QUIET * 2),
        path: path.collect(),
    })
}

/// Both codes with this text: how many modules a side has, and the dark ones as a path.
pub(crate) fn label_codes(text: &str) -> Option<((usize, String), (usize, String))> {
    let of = |code: Qr| (code.size, code.path);
    let (qr, matrix) = (qr(text, String::new())?, data_matrix(text, String::new())?);
    Some((of(qr), of(matrix)))
}

/// Shows the label of a weapon.
pub(crate) async fn show_label(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_firearm(signed.caller(), id).await?;
    let t = signed.t();
    let frame = signed
        .frame(t.text("firearm-label"), Some(Area::Firearms))
        .await;
    let label = Label::of(id, &view.firearm.particulars);
    Ok(show(&FirearmLabelPage {
        back: (format!("/firearms/{id}"), t.text("firearm-label-back")),
        labels: vec![PrintedLabel::of(t, label)?],
        is_sheet: false,
        more: None,
        frame,
    }))
}

/// Shows the labels of all weapons that a search of the register finds.
pub(crate) async fn show_sheet(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let t = signed.t();
    let (ids, query, is_more) = found_ids(&signed, LABELS_MAX).await?;
    let mut labels = Vec::with_capacity(ids.len());
    for id in ids {
        let view = signed.state.app.view_firearm(signed.caller(), id).await?;
        let label = Label::of(id, &view.firearm.particulars);
        labels.push(PrintedLabel::of(t, label)?);
    }
    let frame = signed
        .frame(t.text("firearm-labels"), Some(Area::Firearms))
        .await;
    let most = LABELS_MAX.to_string();
    Ok(show(&FirearmLabelPage {
        back: (format!("/firearms?{query}"), t.text("firearms-title")),
        labels,
        is_sheet: true,
        more: is_more.then(|| t.with("firearm-labels-more", "most", most)),
        frame,
    }))
}

#[cfg(test)]
pub(super) mod tests {
    use rxing::{BarcodeFormat, DecodeHints};

    use super::*;

    /// What another program reads from both codes.
    pub(crate) fn read_both(codes: &Codes) -> [String; 2] {
        [
            read(&codes.qr, BarcodeFormat::QR_CODE),
            read(&codes.matrix, BarcodeFormat::DATA_MATRIX),
        ]
    }

    /// The modules of a drawing as a picture of grey, some pixels a module, read by another program.
    fn read(code: &Qr, format: BarcodeFormat) -> String {
        const SCALE: usize = 6;
        let side = code.size * SCALE;
        let mut picture = vec![255_u8; side * side];
        for module in code.path.split('M').filter(|part| !part.is_empty()) {
            let (x, rest) = module.split_once([' ', ',']).unwrap();
            let (y, _) = rest.split_once('h').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            for row in 0..SCALE {
                let start = (y * SCALE + row) * side + x * SCALE;
                picture[start..start + SCALE].fill(0);
            }
        }
        let side = u32::try_from(side).unwrap();
        let mut hints = DecodeHints {
            TryHarder: Some(true),
            PossibleFormats: Some([format].into()),
            ..DecodeHints::default()
        };
        let found = rxing::helpers::detect_in_luma_with_hints(
            picture,
            side,
            side,
            Some(format),
            &mut hints,
        );
        found.unwrap().getText().to_owned()
    }

    #[test]
    fn both_codes_are_read_back_by_another_program_and_say_the_same() {
        for (number, make) in [
            ("M70-45123", "Zastava"),
            ("CZ; 9001/ab", "Česká zbrojovka"),
            ("АБ 77", "Црвена застава"),
        ] {
            let label = Label {
                number: number.to_owned(),
                make: make.to_owned(),
                model: "M70".to_owned(),
                calibre: "7,62×39 mm".to_owned(),
                record: egnatia_record::RecordId::from_bytes([7; 16]),
            };
            let printed = PrintedLabel::of(Texts::default_language(), label.clone()).unwrap();
            let [qr, matrix] = read_both(&printed.codes);
            assert_eq!(Label::parse(&matrix), Some(label.clone()), "{matrix}");
            assert_eq!(qr, matrix);
        }
    }

    #[test]
    fn a_text_that_fits_no_code_gives_none() {
        assert!(data_matrix(&"x".repeat(3_000), String::new()).is_none());
    }
}
