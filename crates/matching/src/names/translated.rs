//! Names of bodies that are translated rather than transliterated: lists write `شبكة حقاني` as
//! "Haqqani Network". Words that many bodies share are put into English; what names a body stays,
//! and is compared by its letters.

use crate::description::Schema;

/// Words of bodies, without article, signs and the forms of letters that keyboards mix up. Nothing
/// stands for words that lists leave out.
const ARABIC: &[(&[&str], &str)] = &[
    (&["في", "من", "بلاد", "على", "و"], ""),
    (&["جماعه"], "group"),
    (&["شبكه"], "network"),
    (&["دوله"], "state"),
    (&["اسلامي", "اسلاميه"], "islamic"),
    (&["جيش"], "army"),
    (&["جبهه"], "front"),
    (&["تنظيم", "منظمه"], "organization"),
    (&["حركه"], "movement"),
    (&["حزب"], "party"),
    (&["كتيبه", "كتائب"], "battalion"),
    (&["لواء"], "brigade"),
    (&["مقاتل", "مقاتله"], "fighting"),
    (&["مهاجرين"], "emigrants"),
    (&["لجنه"], "committee"),
    (&["مجلس"], "council"),
    (&["هيئه"], "authority"),
    (&["وزاره"], "ministry"),
    (&["اتحاد"], "union"),
    (&["مركز"], "center"),
    (&["مكتب"], "office"),
    (&["شركه"], "company"),
    (&["مجموعه"], "group"),
    (&["مؤسسه", "موسسه"], "foundation"),
    (&["جمعيه"], "association"),
    (&["خيري", "خيريه"], "charitable"),
    (&["اغاثه"], "relief"),
    (&["بنك", "مصرف"], "bank"),
    (&["صرافه", "صيرفه"], "exchange"),
    (&["تجاره", "تجاري", "تجاريه"], "trading"),
    (&["استثمار", "استثمارات"], "investment"),
    (&["صناعه", "صناعات", "صناعي", "صناعيه"], "industries"),
    (&["نفط"], "oil"),
    (&["غاز"], "gas"),
    (&["نقل"], "transport"),
    (&["شحن"], "shipping"),
    (&["طيران"], "airlines"),
    (&["بحري", "بحريه"], "maritime"),
    (&["هندسه", "هندسي", "هندسيه"], "engineering"),
    (&["بحوث", "ابحاث"], "research"),
    (&["دراسات"], "studies"),
    (&["علمي", "علميه"], "scientific"),
    (&["عام", "عامه"], "general"),
    (&["عالمي", "عالميه"], "world"),
    (&["دولي", "دوليه"], "international"),
    (&["وطني", "وطنيه"], "national"),
    (&["عربي", "عربيه", "عرب"], "arab"),
    (&["جزيره"], "peninsula"),
    (&["افريقيا"], "africa"),
    (&["غرب"], "west"),
    (&["شرق"], "east"),
    (&["شمال"], "north"),
    (&["جنوب"], "south"),
    (&["شام"], "levant"),
    (&["عراق"], "iraq"),
    (&["عراقي", "عراقيه"], "iraqi"),
    (&["سوريا", "سوريه"], "syria"),
    (&["سوري"], "syrian"),
    (&["لبنان"], "lebanon"),
    (&["لبناني", "لبنانيه"], "lebanese"),
    (&["ليبيا"], "libya"),
    (&["ليبي", "ليبيه"], "libyan"),
    (&["تونس"], "tunisia"),
    (&["تونسي", "تونسيه"], "tunisian"),
    (&["مغرب"], "maghreb"),
    (&["مغربي", "مغربيه"], "moroccan"),
    (&["جزائر"], "algeria"),
    (&["جزائري", "جزائريه"], "algerian"),
    (&["مصر"], "egypt"),
    (&["مصري", "مصريه"], "egyptian"),
    (&["يمن"], "yemen"),
    (&["يمني", "يمنيه"], "yemeni"),
    (&["فلسطين"], "palestine"),
    (&["فلسطيني", "فلسطينيه"], "palestinian"),
    (&["ايران"], "iran"),
    (&["ايراني", "ايرانيه"], "iranian"),
    (&["افغانستان"], "afghanistan"),
    (&["باكستان"], "pakistan"),
    (&["سودان"], "sudan"),
    (&["صومال"], "somalia"),
    (&["كويت"], "kuwait"),
    (&["قطر"], "qatar"),
];

/// What is written onto a word: the article, `and`, `for`, `by`.
const BEFORE: &[&str] = &["وال", "بال", "لل", "ال", "و", "ب", "ل"];

/// The name with its common words in English. `None` where it is no name of a body in Arabic
/// letters, or where nothing in it is known.
pub(super) fn translated(text: &str, schema: Schema) -> Option<String> {
    if !matches!(schema, Schema::Organization | Schema::Unknown) || !text.chars().any(is_arabic) {
        return None;
    }
    let mut known = 0;
    let words = text.split(|letter: char| !letter.is_alphanumeric() && !is_sign(letter));
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .filter_map(|word| match english(word) {
            Some("") => None,
            Some(english) => {
                known += 1;
                Some(english.to_owned())
            }
            None => Some(word.to_owned()),
        })
        .collect();
    (known > 0).then(|| words.join(" "))
}

fn english(word: &str) -> Option<&'static str> {
    let plain: String = word.chars().filter(|c| !is_sign(*c)).map(plain).collect();
    let of = |word: &str| {
        let entry = ARABIC.iter().find(|(words, _)| words.contains(&word));
        entry.map(|(_, english)| *english)
    };
    let bare = BEFORE
        .iter()
        .filter_map(|before| plain.strip_prefix(before));
    of(&plain).or_else(|| bare.filter(|rest| rest.chars().count() > 2).find_map(of))
}

fn is_arabic(letter: char) -> bool {
    matches!(letter, '\u{620}'..='\u{6d3}')
}

/// Vowel signs, and the stroke that makes a word longer.
fn is_sign(letter: char) -> bool {
    matches!(letter, '\u{64b}'..='\u{652}' | '\u{640}')
}

/// One letter for those that keyboards and habits mix up.
fn plain(letter: char) -> char {
    match letter {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ة' | 'ھ' | 'ۀ' | 'ہ' => 'ه',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_put_into_english() {
        let read = |text: &str| translated(text, Schema::Organization);
        assert_eq!(read("شبکه حقانی").as_deref(), Some("network حقانی"));
        assert_eq!(
            read("الشركة العامة للنفط").as_deref(),
            Some("company general oil")
        );
        assert_eq!(read("القاعدة"), None);
        assert_eq!(read("Jabhat al-Nusra"), None);
        assert_eq!(translated("شركة", Schema::Person), None);
    }
}
