//! Plans of sites as GeoJSON (RFC 7946): points with names, in local metres.
//!
//! Coordinates are longitude and latitude on WGS 84, as the standard says, unless the file states
//! `"units": "metres"` at its top: then they are metres to the east and to the north.

use serde::Deserialize;
use serde_json::Value;

/// Features of one plan.
const FEATURES_MAX: usize = 2_000;
/// Positions of one outline.
const OUTLINE_MAX: usize = 10_000;
/// How far from each other points of one site may be, in degrees.
const SPAN_MAX: f64 = 1.0;
/// Semi-major axis, m, and squared first eccentricity of the ellipsoid (WGS 84, NIMA TR8350.2,
/// table 3.1 and 3.3).
const AXIS_M: f64 = 6_378_137.0;
const ECCENTRICITY: f64 = 6.694_379_990_14e-3;

/// A point of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFeature {
    /// What it is called.
    pub name: String,
    /// The code of the store that it is; nothing for what is around.
    pub store: Option<String>,
    /// Metres to the east of the plan's origin.
    pub east_m: i32,
    /// Metres to the north of the plan's origin.
    pub north_m: i32,
}

/// Why a plan is not read. No position stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No JSON, or no collection of features.
    #[error("the file is no GeoJSON collection of features: {0}")]
    Unreadable(String),
    /// None, or too many.
    #[error("a plan has 1 to {FEATURES_MAX} features, each with at most {OUTLINE_MAX} positions")]
    Count,
    /// One that cannot be used, from 1.
    #[error("feature {number}: {problem}")]
    Feature {
        /// Which one, from 1.
        number: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// Too far from each other to be one site.
    #[error("the features are more than {SPAN_MAX} degree apart: this is not one site")]
    Span,
}

#[derive(Deserialize)]
struct Collection {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    units: Option<String>,
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    properties: Option<Value>,
    #[serde(default)]
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    coordinates: Value,
}

/// Reads a plan. An outline stands for its middle. `name` and `store`, the code of a store, are
/// properties of a feature; where there is no name the code is one.
///
/// # Errors
/// [`PlanError`].
///
/// ```
/// let text = br#"{"type": "FeatureCollection", "units": "metres", "features": [{"type": "Feature",
///     "properties": {"store": "M1"}, "geometry": {"type": "Point", "coordinates": [10, -20.4]}}]}"#;
/// let plan = egnatia_formats::site_plan::read(text)?;
/// assert_eq!((plan[0].name.as_str(), plan[0].east_m, plan[0].north_m), ("M1", 10, -20));
/// # Ok::<(), egnatia_formats::site_plan::PlanError>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<Vec<PlanFeature>, PlanError> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let file: Collection = serde_json::from_slice(text).map_err(|error| {
        // The text of the error may show what the file says: only its place is told.
        PlanError::Unreadable(format!("line {}, column {}", error.line(), error.column()))
    })?;
    if file.kind != "FeatureCollection" {
        return Err(PlanError::Unreadable("its type is another one".to_owned()));
    }
    let is_local = match file.units.as_deref() {
        None => false,
        Some("metres" | "meters" | "m") => true,
        Some(_) => {
            return Err(PlanError::Unreadable(
                "units are metres, or none".to_owned(),
            ));
        }
    };
    if !(1..=FEATURES_MAX).contains(&file.features.len()) {
        return Err(PlanError::Count);
    }
    let mut found = Vec::with_capacity(file.features.len());
    for (number, feature) in (1..).zip(&file.features) {
        let wrong = |problem| PlanError::Feature { number, problem };
        let property = |name: &str| {
            let value = feature.properties.as_ref()?.get(name)?;
            let text = match value {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            Some(text).filter(|text| !text.is_empty())
        };
        let store = property("store");
        let name = property("name").or_else(|| store.clone());
        let name = name.ok_or_else(|| wrong("it has no name"))?;
        let geometry = feature.geometry.as_ref();
        let geometry = geometry.ok_or_else(|| wrong("it has no geometry"))?;
        let (x, y) = middle(geometry).map_err(wrong)?;
        let on_earth = x.abs() <= 180.0 && y.abs() <= 89.0;
        if !is_local && !on_earth {
            return Err(wrong("longitude and latitude are in degrees"));
        }
        found.push((name, store, x, y));
    }
    let features = match is_local {
        true => found,
        false => projected(found)?,
    };
    let mut plan = Vec::with_capacity(features.len());
    for (number, (name, store, east, north)) in (1..).zip(features) {
        let wrong = || PlanError::Feature {
            number,
            problem: "it is too far away",
        };
        plan.push(PlanFeature {
            name,
            store,
            east_m: metres(east).ok_or_else(wrong)?,
            north_m: metres(north).ok_or_else(wrong)?,
        });
    }
    Ok(plan)
}

/// Writes a plan as it is read: points in metres.
///
/// # Errors
/// Where it cannot be written, which is a mistake in the program.
pub fn write(features: &[PlanFeature]) -> Result<String, serde_json::Error> {
    let features = features.iter().map(|feature| {
        let mut properties = serde_json::json!({ "name": feature.name });
        if let (Some(store), Some(properties)) = (&feature.store, properties.as_object_mut()) {
            properties.insert("store".to_owned(), Value::String(store.clone()));
        }
        serde_json::json!({
            "type": "Feature", "properties": properties,
            "geometry": { "type": "Point", "coordinates": [feature.east_m, feature.north_m] },
        })
    });
    let features: Vec<Value> = features.collect();
    let file = serde_json::json!({
        "type": "FeatureCollection", "units": "metres", "features": features,
    });
    serde_json::to_string_pretty(&file)
}

type Found = (String, Option<String>, f64, f64);

/// Degrees as metres from the middle of the site, along the radii of curvature there. Over the ten
/// kilometres of a site the error is below a metre.
fn projected(found: Vec<Found>) -> Result<Vec<Found>, PlanError> {
    let range = |of: fn(&Found) -> f64| {
        let ends = found.iter().map(of);
        ends.fold((f64::MAX, f64::MIN), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    };
    let ((west, east), (south, north)) = (range(|of| of.2), range(|of| of.3));
    if east - west > SPAN_MAX || north - south > SPAN_MAX {
        return Err(PlanError::Span);
    }
    let (middle_x, middle_y) = (f64::midpoint(west, east), f64::midpoint(south, north));
    let (sine, cosine) = middle_y.to_radians().sin_cos();
    let w = (1.0 - ECCENTRICITY * sine * sine).sqrt();
    let meridian = AXIS_M * (1.0 - ECCENTRICITY) / (w * w * w);
    let across = AXIS_M / w * cosine;
    Ok(found
        .into_iter()
        .map(|(name, store, x, y)| {
            let east = (x - middle_x).to_radians() * across;
            let north = (y - middle_y).to_radians() * meridian;
            (name, store, east, north)
        })
        .collect())
}

/// Whole metres; nothing where it is out of all reach.
fn metres(value: f64) -> Option<i32> {
    let rounded = value.round();
    // The way over text is exact for whole numbers, and never wraps.
    let text = (rounded.abs() < 1e9).then(|| format!("{rounded:.0}"))?;
    text.parse().ok()
}

fn position(value: &Value) -> Option<(f64, f64)> {
    let numbers = value.as_array()?;
    let (x, y) = (numbers.first()?.as_f64()?, numbers.get(1)?.as_f64()?);
    (x.is_finite() && y.is_finite()).then_some((x, y))
}

/// A point, or the middle of the box around an outline.
fn middle(geometry: &Geometry) -> Result<(f64, f64), &'static str> {
    let unusable = "its coordinates cannot be read";
    let ring = match geometry.kind.as_str() {
        "Point" => return position(&geometry.coordinates).ok_or(unusable),
        "Polygon" => geometry.coordinates.get(0),
        "LineString" => Some(&geometry.coordinates),
        _ => return Err("only points, lines and polygons are read"),
    };
    let ring = ring.and_then(Value::as_array).ok_or(unusable)?;
    if !(1..=OUTLINE_MAX).contains(&ring.len()) {
        return Err("it has no positions, or too many");
    }
    let positions: Option<Vec<(f64, f64)>> = ring.iter().map(position).collect();
    let positions = positions.ok_or(unusable)?;
    let middle = |of: fn(&(f64, f64)) -> f64| {
        let low = positions.iter().map(of).fold(f64::MAX, f64::min);
        let high = positions.iter().map(of).fold(f64::MIN, f64::max);
        f64::midpoint(low, high)
    };
    Ok((middle(|of| of.0), middle(|of| of.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let point = |name: &str, store: Option<&str>, east_m, north_m| PlanFeature {
            name: name.to_owned(),
            store: store.map(str::to_owned),
            east_m,
            north_m,
        };
        let plan = vec![
            point("магацин \"1\"", Some("M1"), 0, 0),
            point("the mill", None, -170, 99_999),
        ];
        assert_eq!(read(write(&plan).unwrap().as_bytes()), Ok(plan));
    }

    fn collection(units: &str, features: &str) -> Vec<u8> {
        format!(r#"{{"type": "FeatureCollection", {units} "features": [{features}]}}"#).into_bytes()
    }

    fn point(properties: &str, x: f64, y: f64) -> String {
        format!(
            r#"{{"type": "Feature", "properties": {properties},
                "geometry": {{"type": "Point", "coordinates": [{x}, {y}, 210]}}}}"#
        )
    }

    #[test]
    fn degrees_become_metres_as_a_geodesist_measures_them() {
        // At 42° north one second of latitude is 30.85 m and one of longitude 23.02 m: the lengths
        // of degrees of WGS 84 at this latitude are 111 072 m and 82 853 m.
        let features = [
            point(r#"{"store": "M1"}"#, 21.0, 42.0),
            point(r#"{"name": "the mill"}"#, 21.0, 42.01),
            point(r#"{"name": "the road"}"#, 21.01, 42.0),
        ];
        let plan = read(&collection("", &features.join(","))).unwrap();
        let between =
            |a: &PlanFeature, b: &PlanFeature| (b.east_m - a.east_m, b.north_m - a.north_m);
        // Each place is rounded to a whole metre, so that a distance may be one metre off.
        let (east, north) = between(&plan[0], &plan[1]);
        assert!(
            (1110..=1111).contains(&north) && east == 0,
            "{east} {north}"
        );
        let (east, north) = between(&plan[0], &plan[2]);
        assert!((828..=829).contains(&east) && north == 0, "{east} {north}");
        assert_eq!(plan[0].store.as_deref(), Some("M1"));
        assert_eq!(plan[0].name, "M1");
        assert_eq!(plan[1].store, None);
    }

    #[test]
    fn local_metres_stay_and_outlines_stand_for_their_middle() {
        let outline = r#"{"type": "Feature", "properties": {"name": "М1 магацин", "store": 1},
            "geometry": {"type": "Polygon", "coordinates": [[[0,0],[20,0],[20,9.4],[0,9.4],[0,0]]]}}"#;
        let plan = read(&collection(r#""units": "metres","#, outline)).unwrap();
        assert_eq!(
            plan,
            [PlanFeature {
                name: "М1 магацин".into(),
                store: Some("1".into()),
                east_m: 10,
                north_m: 5
            }]
        );
    }

    #[test]
    fn what_cannot_be_a_site_is_refused_and_no_position_is_told() {
        let far = [
            point(r#"{"name": "a"}"#, 21.123_45, 42.0),
            point(r#"{"name": "b"}"#, 23.0, 42.0),
        ];
        let cases = [
            (b"[21.12345]".to_vec(), "no GeoJSON"),
            (collection("", ""), "1 to 2000"),
            (collection(r#""units": "feet","#, &far[0]), "units"),
            (collection("", &far.join(",")), "apart"),
            (collection("", &point("{}", 21.123_45, 42.0)), "no name"),
            (
                collection("", &point(r#"{"name": "a"}"#, 21.123_45, 142.0)),
                "degrees",
            ),
            (
                collection(r#""units": "m","#, &point(r#"{"name": "a"}"#, 1e12, 0.0)),
                "too far",
            ),
            (
                collection("", r#"{"properties": {"name": "a"}, "geometry": null}"#),
                "no geometry",
            ),
            (
                collection(
                    "",
                    r#"{"properties": {"name": "a"}, "geometry": {"type": "Polygon", "coordinates": [[]]}}"#,
                ),
                "no positions",
            ),
        ];
        for (bytes, expected) in cases {
            let error = read(&bytes).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("12345"), "{error}");
        }
    }
}
