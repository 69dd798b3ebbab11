//! The label of a weapon as one drawing, for label printers: what its page shows, without the page.

use egnatia_firearms::Label;

use crate::pages::label_codes;

/// The label as SVG, 62 by 29 millimetres, as rolls of label printers have it: both codes, and the number
/// with maker, model and calibre in letters. `None` where the text is too long for a code.
///
/// ```
/// use egnatia_firearms::Label;
///
/// let label = Label {
///     number: "M70-45123".to_owned(),
///     make: "Zastava".to_owned(),
///     model: "M70".to_owned(),
///     calibre: "7,62x39".to_owned(),
///     record: egnatia_record::RecordId::from_bytes([7; 16]),
/// };
/// let drawing = egnatia_web::label_svg(&label).unwrap();
/// assert!(drawing.starts_with("<svg ") && drawing.contains(">M70-45123</text>"));
/// ```
pub fn label_svg(label: &Label) -> Option<String> {
    let (qr, matrix) = label_codes(&label.code())?;
    let record = label.record.to_string();
    let short: String = record.chars().take(8).collect();
    let made = format!("{} {}", label.make, label.model);
    let lines = [
        (150, "bold 26px monospace", label.number.as_str()),
        (182, "20px sans-serif", made.trim()),
        (208, "20px sans-serif", &label.calibre),
        (238, "16px monospace", &short),
    ];
    let texts = lines.iter().map(|(y, font, text)| {
        let text = fitted(text);
        // A long number is drawn together, not cut.
        let fit = match text.chars().count() > LETTERS_MAX {
            true => " textLength=\"345\" lengthAdjust=\"spacingAndGlyphs\"",
            false => "",
        };
        let text = escaped(&text);
        format!("<text x=\"262\" y=\"{y}\" style=\"font:{font}\"{fit}>{text}</text>")
    });
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"62mm\" height=\"29mm\" \
         viewBox=\"0 0 620 290\"><rect width=\"620\" height=\"290\" fill=\"#fff\"/>{}{}{}</svg>\n",
        square(&qr, (10, 25), 240),
        square(&matrix, (262, 20), 104),
        texts.collect::<String>(),
    ))
}

/// More letters than so many are drawn closer together.
const LETTERS_MAX: usize = 21;
/// The most letters of a line.
const LINE_MAX: usize = 60;

fn fitted(text: &str) -> String {
    text.chars().take(LINE_MAX).collect()
}

fn square((size, path): &(usize, String), (x, y): (u32, u32), side: u32) -> String {
    format!(
        "<svg x=\"{x}\" y=\"{y}\" width=\"{side}\" height=\"{side}\" viewBox=\"0 0 {size} {size}\" \
         shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>"
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_one_file_and_no_text_breaks_out_of_it() {
        let label = Label {
            number: "<script>&".to_owned(),
            make: "Црвена застава".to_owned(),
            model: "M70".to_owned(),
            calibre: "7,62×39 mm".to_owned(),
            record: egnatia_record::RecordId::from_bytes([7; 16]),
        };
        let drawing = label_svg(&label).unwrap();
        assert!(drawing.contains("&lt;script&gt;&amp;</text>"), "{drawing}");
        assert!(!drawing.contains("<script"));
        assert_eq!(drawing.matches("<path d=").count(), 2);
        assert!(drawing.contains("Црвена застава M70"));
        assert!(!drawing.contains("href"), "nothing is fetched");
    }

    #[test]
    fn a_text_that_fits_no_code_gives_none() {
        let label = Label {
            number: "7".repeat(4_000),
            make: String::new(),
            model: String::new(),
            calibre: String::new(),
            record: egnatia_record::RecordId::from_bytes([7; 16]),
        };
        assert_eq!(label_svg(&label), None);
    }
}
