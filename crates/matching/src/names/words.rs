//! Words that say little in a name: particles, titles, legal forms, words that many bodies share.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::text::{Symbol, fold, is_spelt, plain};

/// Words that join the parts of a person's name. They are left out and changed at will.
const PARTICLES: &[(&str, &str)] = &[
    (
        "al el ul as ash at ad an ar az ed es et er",
        "Arabic article, with its assimilated forms",
    ),
    (
        "bin ibn ben bint binti binte bet bn",
        "Arabic and Hebrew: son of, daughter of",
    ),
    (
        "de del della di da do dos das du la le las los y e i",
        "Romance languages",
    ),
    (
        "van von der den ter ten zu zum af av of",
        "Germanic languages",
    ),
    ("oglu ogly ugli kizi", "Turkic: son of, daughter of"),
    ("ال بن ابن بنت آل", "Arabic, in its own script"),
    ("בן בת", "Hebrew, in its own script"),
];

/// Those of [`PARTICLES`] that stand between a name and that of a father or a clan.
const CHAINS: &[(&str, &str)] = &[("al el bin ibn ben bint ould ال بن ابن بنت ولد", "Arabic")];

/// Titles before or after a person's name: sources add and drop them.
const TITLES: &[(&str, &str)] = &[
    (
        "mr mrs ms miss dr prof professor eng engineer ing mag dipl jr jnr sr snr sir",
        "general",
    ),
    (
        "sheikh shaikh shaykh cheikh seh sayyid sayed syed seyed hajj hajji haji hadzi hadji",
        "Muslim",
    ),
    (
        "mullah mulla molla mawlawi maulavi mawlavi maulvi mawlana maulana qari hafiz mufti imam ustad ustadh ayatollah",
        "Muslim",
    ),
    (
        "general gen colonel col major maj captain capt lieutenant lt brigadier commander",
        "military",
    ),
    (
        "gospodin gospodja gospoda inzenjer doktor",
        "Serbian, Croatian, Bosnian",
    ),
    (
        "شيخ الشيخ سيد حاج الحاج حاجی ملا مولوي مولوی قاري قاری دكتور",
        "Muslim, in Arabic script",
    ),
    ("alias aka", "written before a further name"),
];

/// Words that precede names of many people and say less than a name.
const WEAK: &[(&str, &str)] = &[
    (
        "abu abou aboo umm um oum",
        "father of, mother of, in names that people take",
    ),
    (
        "abd abdul abdel abdal abdoul abdol abdu abdur abder abdyl abdyr",
        "servant of: half a name",
    ),
    ("ابو أبو ابي أبي ام أم عبد", "the same, in Arabic script"),
];

/// Legal forms: phrase, where it is used. All of them say the same here: "it is a body".
const LEGAL_FORMS: &[(&str, &str)] = &[
    (
        "doo|d o o|drustvo s ogranicenom odgovornoscu|drustvo sa ogranicenom odgovornoscu",
        "sr hr bs sl",
    ),
    (
        "ad|a d|akcionarsko drustvo|akcionersko drustvo|aktsionerno druzhestvo",
        "sr mk bg",
    ),
    (
        "dooel|d o o e l|dd|d d|jp|javno preduzece|javno poduzece|szr|str|pr",
        "mk bs hr sr",
    ),
    ("ood|eood|ead|et", "bg"),
    ("shpk|sh p k|sha|sh a|shoqeri aksionare", "sq"),
    (
        "gmbh|gesellschaft mit beschrankter haftung|gesellschaft mbh|mbh|gesmbh|ag|aktiengesellschaft|akg|kg|ohg|ug|ev|se",
        "de at ch",
    ),
    (
        "ltd|limited|llc|l l c|limited liability company|limited liability partnership",
        "en",
    ),
    (
        "plc|p l c|public limited company|llp|lp|l p|limited partnership|inc|incorporated",
        "en",
    ),
    (
        "co|company|corp|corporation|pte|pty|pvt|private|public",
        "en",
    ),
    (
        "jsc|joint stock company|ojsc|open joint stock company|cjsc|closed joint stock company",
        "translations of АО, ОАО, ЗАО",
    ),
    (
        "pjsc|public joint stock company|pao|ooo|oao|zao|ao|aozt|too|fgup",
        "ru kz",
    ),
    (
        "obshchestvo s ogranichennoi otvetstvennostyu|obshchestvo s ogranichennoy otvetstvennostyu",
        "ru",
    ),
    (
        "общество с ограниченной ответственностью|акционерное общество|ооо|оао|зао|ао|пао",
        "ru",
    ),
    ("tov|tzov|pp|prat|pat", "uk"),
    (
        "sa|s a|sarl|s a r l|sas|s a s|eurl|societe anonyme|sl|s l|sociedad limitada",
        "fr es",
    ),
    (
        "sa de cv|s a de c v|sociedad anonima|ltda|limitada|eu|cia|cv",
        "es pt",
    ),
    ("spa|s p a|srl|s r l|snc", "it ro"),
    ("ae|a e|epe|e p e|oe", "el"),
    (
        "as|a s|anonim sirketi|ltd sti|limited sirketi|sti|sanayi ve ticaret|san ve tic|san tic",
        "tr",
    ),
    ("bv|b v|nv|n v|bvba|b v b a|vof|cvba", "nl be"),
    ("ab|aktiebolag|oy|oyj|osakeyhtio|asa|aps|hb|kb", "nordic"),
    ("kft|k f t|rt|zrt|nyrt|bt", "hu"),
    (
        "sp z oo|sp z o o|spolka z ograniczona odpowiedzialnoscia|sro|s r o",
        "pl cs sk",
    ),
    (
        "fze|fzc|fzco|fz llc|wll|w l l|saog|saoc|est|psc|pjs|kssc|ksc|bsc",
        "Gulf",
    ),
    ("sal|s a l|offshore|off shore|holding sal", "Lebanon"),
    ("sdn bhd|bhd|tbk|pt|kk|kaisha|jsco", "Asia"),
];

/// What tells a man from his father or son of the same name.
const GENERATIONS: &[&str] = &["jr", "jnr", "sr", "snr", "ii", "iii", "iv"];

/// Whether a word tells a man from his father or son of the same name.
pub(super) fn is_generation(word: &[Symbol]) -> bool {
    word.len() <= 3 && GENERATIONS.iter().any(|text| is_spelt(word, text))
}

/// What stands before the name of a ship: motor vessel, motor tanker, steamship.
const BEFORE_SHIPS: &[&str] = &["mv", "mt", "ms", "ss", "mts", "mvs"];

/// Whether a word before a ship's name only says that it is a ship.
pub(super) fn before_ship(word: &[Symbol]) -> bool {
    BEFORE_SHIPS.iter().any(|text| is_spelt(word, text))
}

/// Words of grammar in the names of bodies. They say nothing.
const GRAMMAR: &[(&str, &str)] = &[(
    "the of and for in de la del der und et i y e a v na za u dhe ve wa",
    "articles, prepositions, and",
)];

/// Words that many bodies share, with roughly the same meaning in several languages.
const GENERIC: &[(&str, &str)] = &[
    (
        "bank banka banque banco group groupe gruppe grupa holding holdings",
        "finance",
    ),
    (
        "trading trade trgovina ticaret international internacional inter global general",
        "trade",
    ),
    (
        "industry industries industrial industrija services service enterprise enterprises",
        "trade",
    ),
    (
        "import export impex commercial commerce marketing investment investments capital",
        "trade",
    ),
    (
        "shipping marine maritime lines navigation transport logistics aviation airlines",
        "transport",
    ),
    (
        "oil petroleum petrochemical gas energy power steel construction engineering",
        "industry",
    ),
    (
        "technology technologies tech systems solutions electronics development management",
        "industry",
    ),
    (
        "organization organisation foundation fund association society committee council",
        "bodies",
    ),
    (
        "ministry department agency institute center centre university national state",
        "bodies",
    ),
    (
        "front movement party army brigade islamic people peoples popular",
        "bodies",
    ),
    (
        "exchange money real estate partners consulting agencija kompanija firma companies office",
        "trade",
    ),
];

/// Numerals of series.
const ROMAN: [(&str, &str); 11] = [
    ("i", "1"),
    ("ii", "2"),
    ("iii", "3"),
    ("iv", "4"),
    ("v", "5"),
    ("vi", "6"),
    ("vii", "7"),
    ("viii", "8"),
    ("ix", "9"),
    ("x", "10"),
    ("xi", "11"),
];

/// What a word of a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weak {
    Particle,
    Title,
    Half,
    Generic,
}

/// Words of a table: those written with vowels, and those of scripts that leave them out. `عمر` is
/// `mr` in the letters of sounds, and no title.
type Words = [HashMap<Vec<Symbol>, Weak>; 2];

/// Looks a word up among those of persons' names.
pub(super) fn in_person(word: &[Symbol], abjad: bool) -> Option<Weak> {
    static TABLE: OnceLock<Words> = OnceLock::new();
    let tables = [
        (TITLES, Weak::Title),
        (WEAK, Weak::Half),
        (PARTICLES, Weak::Particle),
    ];
    look_up(TABLE.get_or_init(|| build(&tables)), word, abjad)
}

/// Looks a word up among those of the names of bodies, ships and aircraft.
pub(super) fn in_body(word: &[Symbol], abjad: bool) -> Option<Weak> {
    static TABLE: OnceLock<Words> = OnceLock::new();
    let table = TABLE.get_or_init(|| build(&[(GENERIC, Weak::Generic), (GRAMMAR, Weak::Particle)]));
    look_up(table, word, abjad)
}

/// Whether a particle joins the names of a chain of fathers.
pub(super) fn in_chain(word: &[Symbol], abjad: bool) -> bool {
    static TABLE: OnceLock<Words> = OnceLock::new();
    let table = TABLE.get_or_init(|| build(&[(CHAINS, Weak::Particle)]));
    look_up(table, word, abjad).is_some()
}

fn look_up(table: &Words, word: &[Symbol], abjad: bool) -> Option<Weak> {
    let bare: Vec<Symbol> = word.iter().map(|symbol| symbol.base()).collect();
    let [spelt, unspelt] = table;
    let table = if abjad { unspelt } else { spelt };
    table.get(&bare).copied()
}

fn build(tables: &[(&[(&str, &str)], Weak)]) -> Words {
    let mut table = Words::default();
    let [spelt, unspelt] = &mut table;
    for (words, weak) in tables {
        for word in words.iter().flat_map(|(words, _)| words.split(' ')) {
            let abjad = fold(word).iter().any(|cluster| cluster.abjad);
            let table = if abjad { &mut *unspelt } else { &mut *spelt };
            table.insert(plain(word), *weak);
        }
    }
    table
}

/// Phrases of one or several words, by their first word.
type Phrases = HashMap<Vec<Symbol>, Vec<Vec<Vec<Symbol>>>>;

/// How many words from the start of `words` are a legal form; 0 where they are none.
pub(super) fn legal_form(words: &[&[Symbol]]) -> usize {
    static TABLE: OnceLock<Phrases> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = Phrases::new();
        for phrase in LEGAL_FORMS
            .iter()
            .flat_map(|(phrases, _)| phrases.split('|'))
        {
            let words: Vec<Vec<Symbol>> = phrase.split(' ').map(plain).collect();
            if let Some(first) = words.first().cloned() {
                table.entry(first).or_default().push(words);
            }
        }
        // The longest first: "limited liability company" before "limited".
        table
            .values_mut()
            .for_each(|phrases| phrases.sort_by_key(|words| std::cmp::Reverse(words.len())));
        table
    });
    let bare: Vec<Vec<Symbol>> = words
        .iter()
        .take(6)
        .map(|word| word.iter().map(|symbol| symbol.base()).collect())
        .collect();
    let exact = bare.first().and_then(|first| {
        let phrases = table.get(first)?;
        phrases.iter().find(|phrase| bare.starts_with(phrase))
    });
    if let Some(phrase) = exact {
        return phrase.len();
    }
    // A slip leaves at least four letters of the shortest word that is read so.
    if bare.first().is_none_or(|first| first.len() < 4) {
        return 0;
    }
    let misspelt = table
        .values()
        .flatten()
        .filter(|phrase| is_misspelt(phrase, &bare))
        .map(Vec::len);
    misspelt.max().unwrap_or(0)
}

/// Whether the words are the phrase with one slip in a word or two. Short words are not read
/// like this: `sia` is not `spa`.
fn is_misspelt(phrase: &[Vec<Symbol>], words: &[Vec<Symbol>]) -> bool {
    const LETTERS_MIN: usize = 7;
    const LETTERS_MIN_IN_PHRASE: usize = 5;
    let letters_min = if phrase.len() >= 3 {
        LETTERS_MIN_IN_PHRASE
    } else {
        LETTERS_MIN
    };
    words.len() >= phrase.len()
        && phrase.iter().zip(words).all(|(word, written)| {
            word == written || (word.len() >= letters_min && one_slip(word, written))
        })
}

/// Whether one letter is missing, added or changed, or two changed places.
fn one_slip(left: &[Symbol], right: &[Symbol]) -> bool {
    let (short, long) = if left.len() <= right.len() {
        (left, right)
    } else {
        (right, left)
    };
    let start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let rest = (short.get(start..), long.get(start..));
    let (Some(short), Some(long)) = rest else {
        return false;
    };
    match (short, long) {
        (short, [_, long @ ..]) if short == long => true,
        ([_, short @ ..], [_, long @ ..]) if short == long => true,
        ([a, b, short @ ..], [c, d, long @ ..]) => a == d && b == c && short == long,
        _ => false,
    }
}

/// The digits of a Roman numeral; `None` for any other word.
pub(super) fn roman(word: &[Symbol]) -> Option<Vec<Symbol>> {
    ROMAN
        .iter()
        .find(|(numeral, _)| {
            numeral.len() == word.len()
                && numeral.chars().zip(word).all(|(a, b)| Symbol::of(a) == *b)
        })
        .map(|(_, digits)| digits.chars().map(Symbol::of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> usize {
        let words: Vec<Vec<Symbol>> = text.split(' ').map(plain).collect();
        let words: Vec<&[Symbol]> = words.iter().map(Vec::as_slice).collect();
        legal_form(&words)
    }

    #[test]
    fn legal_forms_of_one_or_several_words_are_known() {
        for (text, length) in [
            ("doo", 1),
            ("d o o Beograd", 3),
            ("ДОО", 1),
            ("sh p k", 3),
            ("limited liability company Vardar", 3),
            ("общество с ограниченной ответственностью", 4),
            ("Vardar doo", 0),
            ("joit stock company", 3),
            ("limiteed", 1),
            ("comapny", 1),
            ("campany", 1),
            ("corporal punishment", 0),
        ] {
            assert_eq!(form(text), length, "{text}");
        }
    }

    #[test]
    fn particles_and_titles_are_known() {
        assert_eq!(in_person(&plain("bin"), false), Some(Weak::Particle));
        assert_eq!(in_person(&plain("Hadži"), false), Some(Weak::Title));
        assert_eq!(in_person(&plain("Marko"), false), None);
        assert_eq!(in_person(&plain("عمر"), true), None);
        assert_eq!(roman(&plain("VII")), Some(plain("7")));
    }
}
