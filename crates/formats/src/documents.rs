//! What kind of number a label means.

use IdentifierKind::{
    CallSign, IdentityCard, Imo, Lei, NationalNumber, Other, Passport, Registration, Serial,
    TailNumber, TaxNumber,
};
use egnatia_matching::IdentifierKind;

/// Words of a label, lower case, and the kind that they mean. The first that occurs decides, so
/// what is more specific stands first. The labels are those of the "ID type" list of the OFAC
/// advanced sanctions data and of the document types in the UN consolidated list.
const KINDS: &[(&str, IdentifierKind)] = &[
    // Documents that prove something else than who a person is.
    ("birth certificate", Other),
    ("incorporation", Registration),
    ("certificate of", Other),
    ("driver", Other),
    ("voter", Other),
    ("electoral", Other),
    ("ration card", Other),
    ("student", Other),
    ("residential card", Other),
    ("military", Other),
    ("servicio militar", Other),
    ("ex-serviceman", Other),
    ("digital currency", Other),
    ("visa", Other),
    // Things.
    ("vessel registration identification imo", Imo),
    ("imo number", Imo),
    // The International Maritime Organization numbers companies too; those are no ship numbers.
    ("number imo", Registration),
    ("mmsi", CallSign),
    ("call sign", CallSign),
    ("tail number", TailNumber),
    ("serial", Serial),
    ("construction number", Serial),
    ("vessel registration", Registration),
    // Persons.
    ("passport", Passport),
    ("passeport", Passport),
    ("pasaporte", Passport),
    ("travel document", Passport),
    ("laissez", Passport),
    ("fiscal code", TaxNumber),
    ("social security", NationalNumber),
    ("ssn", NationalNumber),
    ("identity card", IdentityCard),
    ("identification card", IdentityCard),
    ("id card", IdentityCard),
    ("personalausweis", IdentityCard),
    ("tazkira", IdentityCard),
    ("citizen's card", IdentityCard),
    ("cedula", NationalNumber),
    ("c.u.r.p", NationalNumber),
    ("c.u.i.p", NationalNumber),
    ("d.n.i", NationalNumber),
    ("numero de identidad", NationalNumber),
    ("file number", Registration),
    ("le number", NationalNumber),
    ("jmbg", NationalNumber),
    ("national id", NationalNumber),
    ("personal id", NationalNumber),
    ("national foreign id", NationalNumber),
    ("national number", NationalNumber),
    ("turkish identification", NationalNumber),
    ("kenyan id", NationalNumber),
    ("personal identification", NationalNumber),
    ("civil identification", NationalNumber),
    // Bodies.
    ("legal entity number", Lei),
    ("c.u.i.t", TaxNumber),
    ("c.u.i.", NationalNumber),
    ("tax id", TaxNumber),
    ("tributaria", TaxNumber),
    ("v.a.t", TaxNumber),
    ("nit #", TaxNumber),
    ("r.f.c", TaxNumber),
    ("rfc", TaxNumber),
    ("ruc #", TaxNumber),
    ("rif #", TaxNumber),
    ("rtn", TaxNumber),
    ("c.i.f.", TaxNumber),
    ("fein", TaxNumber),
    ("registration", Registration),
    ("registry", Registration),
    ("register", Registration),
    ("company number", Registration),
    ("c.r. no", Registration),
    ("romanian c.r", Registration),
    ("mercantil", Registration),
    ("gazette", Registration),
    ("social credit", Registration),
    ("chamber of comm", Registration),
    ("trade license", Registration),
    ("enterprise number", Registration),
    ("business number", Registration),
    ("branch unit", Registration),
    ("charity", Registration),
    ("organization code", Registration),
];

/// The kind that a label means; `Other` where it is not known.
pub(crate) fn kind(label: &str) -> IdentifierKind {
    // Labels in XML may be broken over lines.
    let words: Vec<&str> = label.split_whitespace().collect();
    let label = words.join(" ").to_lowercase();
    KINDS
        .iter()
        .find(|(words, _)| label.contains(words))
        .map_or(Other, |(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_specific_label_decides() {
        for (label, expected) in [
            ("Diplomatic Passport", Passport),
            ("Vessel Registration Identification IMO", Imo),
            ("Company Number IMO", Registration),
            ("C.U.I.T.", TaxNumber),
            ("C.U.I.", NationalNumber),
            ("Birth Certificate Number", Other),
            ("Tazkira National ID Card", IdentityCard),
            ("Aircraft Manufacturer's Serial Number (MSN)", Serial),
            ("Legal Entity Number", Lei),
            ("Something else", Other),
        ] {
            assert_eq!(kind(label), expected, "{label}");
        }
    }
}
