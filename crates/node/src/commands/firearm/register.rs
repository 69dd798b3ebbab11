//! `egnatia firearm register`, `describe`, `label`, `photograph`, `photographs`.

use std::fmt::Write;
use std::fs::File;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::ExitCode;

use egnatia_app::{Caller, Described, LikeFirearm, NewFirearm, PhotographForm};
use egnatia_firearms::{Doubt, Label, Mark, Particulars};
use egnatia_formats::photographs::PHOTOGRAPH_BYTES_MAX;
use egnatia_record::RecordId;
use serde_json::{Value, json};

use crate::cli::{Describe, Photographs, Register};
use crate::commands::print;
use crate::data::Data;
use crate::failure::{InputError, REFUSED};

fn like_json(like: &LikeFirearm) -> Value {
    json!({
        "record": like.record, "list": like.list, "name": like.name,
        "probability": like.assessment.probability, "band": like.assessment.band,
        "evidence": like.assessment.evidence,
    })
}

/// Registers a weapon, after what is like it was shown.
pub async fn register(
    data: &Data,
    caller: &Caller,
    what: Register,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let unique = Mark {
        state: what.state,
        doubts: doubts(&what.doubts)?,
        ..Mark::readable(what.place, &what.serial)
    };
    let new = NewFirearm {
        particulars: Particulars {
            marks: std::iter::once(unique).chain(what.mark).collect(),
            kind: what.kind,
            make: what.make,
            model: what.model,
            calibre: what.calibre,
            category: what.category,
            country: what.country,
            year: what.year,
            distinguished_by: what.distinguished_by,
            photographs: Vec::new(),
        },
        reference: what.reference,
        first: None,
        different_from: what.different_from.into_iter().collect(),
    };
    let like = data.app.like_firearms(caller, &new.particulars).await?;
    let mut text = String::new();
    for like in &like {
        writeln!(
            text,
            "{:>5.1} %  {} {:10} {}",
            like.assessment.probability * 100.0,
            like.record,
            like.list,
            like.name
        )?;
    }
    let matched = data.app.settings().thresholds.matched;
    let seen = |like: &LikeFirearm| {
        like.assessment.probability < matched || new.different_from.contains(&like.record)
    };
    let agrees = !like.iter().all(seen);
    let found: Vec<Value> = like.iter().map(like_json).collect();
    if what.dry_run || agrees {
        text.push_str(match agrees {
            true => {
                "Nothing is registered: this agrees with what is known already. Look at it; where \
                 it is another weapon, say so with --different-from."
            }
            false => "Nothing like it is known. Nothing is registered: this was a dry run.",
        });
        print(json, &json!({ "registered": null, "like": found }), &text);
        let refused = agrees && !what.dry_run;
        return Ok(match refused {
            true => ExitCode::from(REFUSED),
            false => ExitCode::SUCCESS,
        });
    }
    let id = data.app.register_firearm(caller, new).await?;
    write!(text, "Weapon {id} is registered.")?;
    print(json, &json!({ "registered": id, "like": found }), &text);
    Ok(ExitCode::SUCCESS)
}

/// Adds a photograph to a weapon.
pub async fn photograph(
    data: &Data,
    caller: &Caller,
    (id, file, shows): (RecordId, &Path, String),
    json: bool,
) -> anyhow::Result<ExitCode> {
    let unusable = |error: std::io::Error| InputError(format!("`{}`: {error}", file.display()));
    // One byte more than is taken: then it is too large, and is not read to its end.
    let most = u64::try_from(PHOTOGRAPH_BYTES_MAX)?.saturating_add(1);
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(unusable)?;
    opened
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(unusable)?;
    let kept = data.app.add_photograph(caller, id, (bytes, shows)).await?;
    let text = format!("Photograph {kept} is kept.");
    print(json, &json!({ "photograph": kept }), &text);
    Ok(ExitCode::SUCCESS)
}

fn doubts(text: &str) -> Result<Vec<Doubt>, InputError> {
    Doubt::read_all(text).map_err(|error| InputError(error.to_string()))
}

/// Corrects what a weapon is.
pub async fn describe(
    data: &Data,
    caller: &Caller,
    what: Describe,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let view = data.app.view_firearm(caller, what.id).await?;
    let mut now = view.firearm.particulars;
    let unique = now.marks.iter_mut().find(|mark| mark.place.is_unique());
    if let Some(mark) = unique {
        mark.text = what.serial.unwrap_or_else(|| mark.text.clone());
        mark.place = what.place.unwrap_or(mark.place);
        mark.state = what.state.unwrap_or(mark.state);
        if let Some(text) = &what.doubts {
            mark.doubts = doubts(text)?;
        }
    }
    if !what.mark.is_empty() {
        now.marks.retain(|mark| mark.place.is_unique());
        now.marks.extend(what.mark);
    }
    let particulars = Particulars {
        kind: what.kind.unwrap_or(now.kind),
        make: what.make.unwrap_or(now.make),
        model: what.model.unwrap_or(now.model),
        calibre: what.calibre.unwrap_or(now.calibre),
        category: what.category.or(now.category),
        country: what.country.or(now.country),
        year: what.year.or(now.year),
        distinguished_by: what.distinguished_by.or(now.distinguished_by),
        ..now
    };
    let described = Described {
        particulars: particulars.clone(),
        why: what.reason,
        different_from: what.different_from.into_iter().collect(),
    };
    data.app
        .describe_firearm(caller, what.id, described)
        .await?;
    let text = format!("It is now: {}.", particulars.display_name());
    print(
        json,
        &json!({ "firearm": what.id, "particulars": particulars }),
        &text,
    );
    Ok(ExitCode::SUCCESS)
}

/// Writes the label of a weapon into a file.
pub async fn label(
    data: &Data,
    caller: &Caller,
    (id, out): (RecordId, &Path),
    json: bool,
) -> anyhow::Result<ExitCode> {
    let view = data.app.view_firearm(caller, id).await?;
    let label = Label::of(id, &view.firearm.particulars);
    let drawing = egnatia_web::label_svg(&label);
    let drawing = drawing.ok_or_else(|| InputError("the number is too long for a code".into()))?;
    let unusable =
        |error: std::io::Error| InputError(format!("cannot write `{}`: {error}", out.display()));
    let mut file = File::create_new(out).map_err(unusable)?;
    file.write_all(drawing.as_bytes()).map_err(unusable)?;
    let text = format!("The label of {} is in `{}`.", label.number, out.display());
    print(json, &json!({ "firearm": id, "code": label.code() }), &text);
    Ok(ExitCode::SUCCESS)
}

/// Writes a photograph into a file, or takes one away.
pub async fn photographs(
    data: &Data,
    caller: &Caller,
    what: Photographs,
    json: bool,
) -> anyhow::Result<ExitCode> {
    match what {
        Photographs::Show {
            id,
            photograph,
            out,
            ..
        } => {
            let unusable = |error: std::io::Error| {
                InputError(format!("cannot write `{}`: {error}", out.display()))
            };
            let whole = PhotographForm::Whole;
            let bytes = data.app.view_photograph(caller, (id, photograph), whole);
            let bytes = bytes.await?;
            let mut file = File::create_new(&out).map_err(unusable)?;
            file.write_all(&bytes).map_err(unusable)?;
            let text = format!("{} bytes are in `{}`.", bytes.len(), out.display());
            print(
                json,
                &json!({ "photograph": photograph, "bytes": bytes.len() }),
                &text,
            );
        }
        Photographs::Remove { id, photograph, .. } => {
            data.app.remove_photograph(caller, (id, photograph)).await?;
            let value = json!({ "firearm": id, "removed": photograph });
            print(json, &value, "The photograph is erased.");
        }
    }
    Ok(ExitCode::SUCCESS)
}
