//! Views of the register that somebody keeps under a name: the filter as it stands in an address, the
//! same for pages, programs and commands.

use egnatia_record::RecordId;

use super::register::FirearmSearch;
use crate::port::FirearmOrder;
use crate::{App, AppError, Caller, Invalid, PresetArea};

impl FirearmSearch {
    /// The filter as it stands in an address: `make=Zastava&custody=held`. What is not filtered by is
    /// left out, and so is the usual order.
    pub fn filter(&self) -> String {
        let order = match self.order {
            FirearmOrder::Newest => "",
            FirearmOrder::Oldest => "oldest",
        };
        let pairs = [
            ("text", self.text.as_str()),
            ("make", &self.make),
            ("model", &self.model),
            ("calibre", &self.calibre),
            ("kind", &self.kind),
            ("category", &self.category),
            ("custody", &self.custody),
            ("year", &self.year),
            ("order", order),
        ];
        let stated: Vec<(&str, &str)> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        // Pairs of texts can always be written.
        serde_urlencoded::to_string(stated).unwrap_or_default()
    }

    /// The filter that stands in an address.
    ///
    /// # Errors
    /// [`Invalid`] where it is none, or filters by something else.
    pub fn of_filter(text: &str) -> Result<Self, Invalid> {
        let wrong = |problem: String| Invalid::new("filter", "invalid", problem);
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).map_err(|_| {
            wrong("write a filter as it stands in an address: make=Zastava&category=B".to_owned())
        })?;
        let mut search = Self::default();
        for (name, value) in pairs {
            let value = value.trim().to_owned();
            let place = match name.as_str() {
                "text" => &mut search.text,
                "make" => &mut search.make,
                "model" => &mut search.model,
                "calibre" => &mut search.calibre,
                "kind" => &mut search.kind,
                "category" => &mut search.category,
                "custody" => &mut search.custody,
                "year" => &mut search.year,
                "order" => {
                    search.order = match value.as_str() {
                        "oldest" => FirearmOrder::Oldest,
                        "newest" | "" => FirearmOrder::Newest,
                        _ => return Err(wrong("the order is newest or oldest".to_owned())),
                    };
                    continue;
                }
                _ => {
                    let names = "text, make, model, calibre, kind, category, custody, year, order";
                    return Err(wrong(format!("`{name}` is none of {names}")));
                }
            };
            *place = value;
        }
        Ok(search)
    }
}

impl App {
    /// Keeps a view of the register under a name, for the caller alone.
    ///
    /// # Errors
    /// As [`App::keep_preset`]; [`AppError::Invalid`] where nothing is filtered by.
    pub async fn keep_firearm_view(
        &self,
        caller: &Caller,
        name: &str,
        search: &FirearmSearch,
    ) -> Result<RecordId, AppError> {
        let filter = search.filter();
        if filter.is_empty() {
            let text = "state what the view is filtered by";
            return Err(Invalid::new("filter", "missing", text).into());
        }
        self.keep_preset(caller, PresetArea::FirearmsView, (name, &filter))
            .await
    }

    /// The view of the caller's that has this name.
    ///
    /// # Errors
    /// As [`App::preset`].
    pub async fn firearm_view(
        &self,
        caller: &Caller,
        name: &str,
    ) -> Result<FirearmSearch, AppError> {
        let kept = self.preset(caller, PresetArea::FirearmsView, name).await?;
        Ok(FirearmSearch::of_filter(&kept.text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_as_it_was_written() {
        let search = FirearmSearch {
            make: "Застава & sinovi".into(),
            calibre: "7,62×39".into(),
            year: "1980-1989".into(),
            order: FirearmOrder::Oldest,
            ..FirearmSearch::default()
        };
        assert_eq!(FirearmSearch::of_filter(&search.filter()), Ok(search));
        assert_eq!(FirearmSearch::default().filter(), "");
        for text in ["colour=black", "order=best"] {
            assert!(FirearmSearch::of_filter(text).is_err(), "{text}");
        }
    }
}
