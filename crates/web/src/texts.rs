//! The words of the interface. All of them come from Fluent files, one folder a language.

use std::borrow::Borrow;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

#[derive(RustEmbed)]
#[folder = "locales/"]
struct Locales;

/// The languages in which the interface is complete, the default first.
const COMPLETE: &[&str] = &["en"];

/// The texts of one language.
pub struct Texts {
    language: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Texts({})", self.language)
    }
}

impl Texts {
    /// The texts for a request, chosen by its `Accept-Language` header; English where none of the
    /// wanted languages is complete.
    pub fn accepted(header: Option<&str>) -> &'static Self {
        let all = all();
        let wanted = header.unwrap_or_default().split(',').filter_map(|part| {
            let tag = part.split(';').next()?.trim();
            tag.parse::<LanguageIdentifier>().ok()
        });
        // Browsers send the languages in the order of preference, so the weights are not needed.
        for tag in wanted.take(16) {
            let found = all
                .iter()
                .find(|texts| texts.language.language == tag.language);
            if let Some(texts) = found {
                return texts;
            }
        }
        Self::default_language()
    }

    /// English.
    pub fn default_language() -> &'static Self {
        static EMPTY: OnceLock<Texts> = OnceLock::new();
        all()
            .first()
            .unwrap_or_else(|| EMPTY.get_or_init(|| Texts::load("en")))
    }

    fn load(language: &str) -> Self {
        let tag: LanguageIdentifier = language.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag.clone()]);
        // The marks that isolate directions would end up in attributes and downloads.
        bundle.set_use_isolating(false);
        let prefix = format!("{language}/");
        for path in Locales::iter().filter(|path| path.starts_with(&prefix)) {
            let Some(file) = Locales::get(&path) else {
                continue;
            };
            let source = String::from_utf8_lossy(&file.data).into_owned();
            // A message that does not parse is left out; a test holds the files to be whole.
            let resource = FluentResource::try_new(source).unwrap_or_else(|(partial, _)| partial);
            let _ = bundle.add_resource(resource);
        }
        Self {
            language: tag,
            bundle,
        }
    }

    /// The language's tag, for the `lang` attribute.
    pub fn language(&self) -> String {
        self.language.to_string()
    }

    /// The text with this key, which takes no values.
    pub fn text(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// The text with this key, with one value put in.
    pub fn with(&self, key: &str, name: &str, value: impl Into<String>) -> String {
        let mut args = FluentArgs::new();
        args.set(name.to_owned(), FluentValue::from(value.into()));
        self.format(key, Some(&args))
    }

    /// The text with this key, with several values put in.
    pub fn with_all(&self, key: &str, values: &[(&str, String)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set((*name).to_owned(), FluentValue::from(value.clone()));
        }
        self.format(key, Some(&args))
    }

    /// The text with this key for so many, as `$count`. The language chooses the plural.
    pub fn count(&self, key: &str, count: impl Borrow<u64>) -> String {
        let mut args = FluentArgs::new();
        args.set("count", FluentValue::from(*count.borrow()));
        self.format(key, Some(&args))
    }

    /// Whether there is a text with this key.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let pattern = self.bundle.get_message(key).and_then(|m| m.value());
        let Some(pattern) = pattern else {
            // A page with a key in it is still usable; one that fails is not.
            return key.to_owned();
        };
        let mut errors = Vec::new();
        self.bundle
            .format_pattern(pattern, args, &mut errors)
            .into_owned()
    }
}

fn all() -> &'static [Texts] {
    static ALL: OnceLock<Vec<Texts>> = OnceLock::new();
    ALL.get_or_init(|| {
        COMPLETE
            .iter()
            .map(|language| Texts::load(language))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_or_missing_language_gets_english() {
        for header in [
            None,
            Some(""),
            Some("xx"),
            Some("*;q=0.1, ,;;"),
            Some("sq, en;q=0.5"),
        ] {
            assert_eq!(Texts::accepted(header).language(), "en", "{header:?}");
        }
    }

    #[test]
    fn plurals_follow_the_language_and_no_marks_are_added() {
        let texts = Texts::default_language();
        assert_eq!(texts.count("count-entries", 1), "1 entry");
        assert_eq!(texts.count("count-entries", 2), "2 entries");
    }

    #[test]
    fn every_file_parses_whole() {
        for path in Locales::iter() {
            let file = Locales::get(&path).unwrap();
            let source = String::from_utf8(file.data.into_owned()).unwrap();
            let parsed = FluentResource::try_new(source);
            assert!(parsed.is_ok(), "{path}: {:?}", parsed.err().map(|e| e.1));
        }
    }
}
