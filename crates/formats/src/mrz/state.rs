//! Codes of states and organisations: Doc 9303-3 §5, which takes ISO 3166-1 and adds its own.

use serde::Serialize;

/// A code of three letters, or fewer with fillers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateCode {
    /// As written, without fillers: `SRB`, `D`, `XXA`.
    pub raw: String,
    /// Two letters of ISO 3166-1, `XK` for Kosovo (UNSCR 1244), or two of ISO 3166-3 for a former
    /// state; absent where the code stands for no state, or is not known.
    pub country: Option<&'static str>,
}

impl StateCode {
    pub(super) fn read(field: &str) -> Self {
        let raw = field.trim_matches('<').to_owned();
        Self {
            country: country(&raw),
            raw,
        }
    }

    /// The code as it is compared: the country's where it is known, else as written.
    pub(super) fn comparable(&self) -> Option<String> {
        let code = self.country.unwrap_or(&self.raw);
        (!code.is_empty()).then(|| code.to_owned())
    }

    /// Whether it says that the holder has no nationality, none that is stated, or the documents
    /// of an organisation. That contradicts no nationality and agrees with none.
    pub fn is_no_nationality(&self) -> bool {
        self.raw.is_empty() || NO_NATIONALITY.contains(&self.raw.as_str())
    }
}

/// Stateless; refugees (1951, other); not specified; European Union; Interpol; United Nations and
/// their agencies; further organisations with documents of their own.
const NO_NATIONALITY: &[&str] = &[
    "XXA", "XXB", "XXC", "XXX", "EUE", "XPO", "UNO", "UNA", "XOM", "XBA", "XIM", "XCC", "XCE",
    "XCO", "XEC", "XES", "XMP", "XDC",
];

/// Codes of Doc 9303 and of practice that ISO 3166-1 does not have.
const OTHERS: &[(&str, &str)] = &[
    ("D", "DE"),
    // Kosovo: its own passports, the user-assigned code of the European Union, and documents of
    // the United Nations' mission. Says nothing on status (UNSCR 1244).
    ("RKS", "XK"),
    ("XKX", "XK"),
    ("UNK", "XK"),
    ("KS", "XK"),
    // Classes of British nationality.
    ("GBD", "GB"),
    ("GBN", "GB"),
    ("GBO", "GB"),
    ("GBP", "GB"),
    ("GBS", "GB"),
    // Former states and codes, which are found on old documents.
    ("YUG", "YU"),
    ("SCG", "CS"),
    ("SUN", "SU"),
    ("DDR", "DD"),
    ("ROM", "RO"),
    ("ZAR", "CD"),
];

/// ISO 3166-1, three letters and two.
const ISO: &str = "\
ABW AW AFG AF AGO AO AIA AI ALA AX ALB AL AND AD ARE AE ARG AR ARM AM ASM AS ATA AQ ATF TF ATG AG \
AUS AU AUT AT AZE AZ BDI BI BEL BE BEN BJ BES BQ BFA BF BGD BD BGR BG BHR BH BHS BS BIH BA BLM BL \
BLR BY BLZ BZ BMU BM BOL BO BRA BR BRB BB BRN BN BTN BT BVT BV BWA BW CAF CF CAN CA CCK CC CHE CH \
CHL CL CHN CN CIV CI CMR CM COD CD COG CG COK CK COL CO COM KM CPV CV CRI CR CUB CU CUW CW CXR CX \
CYM KY CYP CY CZE CZ DEU DE DJI DJ DMA DM DNK DK DOM DO DZA DZ ECU EC EGY EG ERI ER ESH EH ESP ES \
EST EE ETH ET FIN FI FJI FJ FLK FK FRA FR FRO FO FSM FM GAB GA GBR GB GEO GE GGY GG GHA GH GIB GI \
GIN GN GLP GP GMB GM GNB GW GNQ GQ GRC GR GRD GD GRL GL GTM GT GUF GF GUM GU GUY GY HKG HK HMD HM \
HND HN HRV HR HTI HT HUN HU IDN ID IMN IM IND IN IOT IO IRL IE IRN IR IRQ IQ ISL IS ISR IL ITA IT \
JAM JM JEY JE JOR JO JPN JP KAZ KZ KEN KE KGZ KG KHM KH KIR KI KNA KN KOR KR KWT KW LAO LA LBN LB \
LBR LR LBY LY LCA LC LIE LI LKA LK LSO LS LTU LT LUX LU LVA LV MAC MO MAF MF MAR MA MCO MC MDA MD \
MDG MG MDV MV MEX MX MHL MH MKD MK MLI ML MLT MT MMR MM MNE ME MNG MN MNP MP MOZ MZ MRT MR MSR MS \
MTQ MQ MUS MU MWI MW MYS MY MYT YT NAM NA NCL NC NER NE NFK NF NGA NG NIC NI NIU NU NLD NL NOR NO \
NPL NP NRU NR NZL NZ OMN OM PAK PK PAN PA PCN PN PER PE PHL PH PLW PW PNG PG POL PL PRI PR PRK KP \
PRT PT PRY PY PSE PS PYF PF QAT QA REU RE ROU RO RUS RU RWA RW SAU SA SDN SD SEN SN SGP SG SGS GS \
SHN SH SJM SJ SLB SB SLE SL SLV SV SMR SM SOM SO SPM PM SRB RS SSD SS STP ST SUR SR SVK SK SVN SI \
SWE SE SWZ SZ SXM SX SYC SC SYR SY TCA TC TCD TD TGO TG THA TH TJK TJ TKL TK TKM TM TLS TL TON TO \
TTO TT TUN TN TUR TR TUV TV TWN TW TZA TZ UGA UG UKR UA UMI UM URY UY USA US UZB UZ VAT VA VCT VC \
VEN VE VGB VG VIR VI VNM VN VUT VU WLF WF WSM WS YEM YE ZAF ZA ZMB ZM ZWE ZW";

fn country(raw: &str) -> Option<&'static str> {
    let other = OTHERS.iter().find(|(code, _)| *code == raw);
    if let Some((_, country)) = other {
        return Some(country);
    }
    let mut codes = ISO.split(' ');
    while let (Some(three), Some(two)) = (codes.next(), codes.next()) {
        if three == raw {
            return Some(two);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_mapped_and_kept_as_written() {
        for (field, raw, country) in [
            ("SRB", "SRB", Some("RS")),
            ("D<<", "D", Some("DE")),
            ("RKS", "RKS", Some("XK")),
            ("XKX", "XKX", Some("XK")),
            ("UNK", "UNK", Some("XK")),
            ("KS<", "KS", Some("XK")),
            ("ZWE", "ZWE", Some("ZW")),
            ("GBO", "GBO", Some("GB")),
            ("UTO", "UTO", None),
            ("XXA", "XXA", None),
            ("<<<", "", None),
        ] {
            let read = StateCode::read(field);
            assert_eq!((read.raw.as_str(), read.country), (raw, country), "{field}");
        }
    }

    #[test]
    fn the_table_has_every_state_once() {
        let codes: Vec<&str> = ISO.split(' ').collect();
        let (three, two): (Vec<&str>, Vec<&str>) = codes.iter().partition(|code| code.len() == 3);
        assert_eq!((three.len(), two.len()), (249, 249));
        assert!(three.is_sorted());
        let mut two = two;
        two.sort_unstable();
        two.dedup();
        assert_eq!(two.len(), 249);
    }

    #[test]
    fn codes_without_nationality_are_not_compared() {
        for code in ["XXA", "XXX", "UNO", "<<<"] {
            assert!(StateCode::read(code).is_no_nationality(), "{code}");
        }
        for code in ["UNK", "UTO", "SRB"] {
            assert!(!StateCode::read(code).is_no_nationality(), "{code}");
        }
    }
}
