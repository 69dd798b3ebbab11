//! A person who is looked for: written, shared, matched elsewhere, confirmed, told, recalled.

use anyhow::{Context, bail};
use egnatia_alerts::{Outcome, Reason};
use egnatia_app::CheckRequest;
use egnatia_matching::{Description, Name, Schema};
use egnatia_protocol::RecallReason;
use egnatia_record::RecordId;

use super::{Tour, arrived, at, goes_to, officer, recalled, told_of, verifier};
use crate::commands::demo::invented;
use crate::commands::demo::region::Member;

/// Plays these steps.
pub(super) async fn play(members: &[Member], tour: &mut Tour) -> anyhow::Result<()> {
    let (home, border) = (at(members, "Skopje")?, at(members, "Tirana")?);
    let alert = tour.step("alert", write(members, home)).await?;
    tour.step("share", share(home, alert)).await?;
    let matched = tour.step("match", check(border, alert)).await?;
    tour.step("hit", confirm(border, matched)).await?;
    let telling = async { Ok(((), told_of(home, alert).await?)) };
    tour.step("owner-told", telling).await?;
    tour.step("recall", recall(members, home, alert)).await
}

async fn write(members: &[Member], home: &Member) -> anyhow::Result<(RecordId, String)> {
    let new = invented::alert(WRITTEN, "1989-05-17")?;
    let entered = home.app().enter_alert(&verifier()?, new).await?;
    let told = format!(
        "{} writes an alert on an invented person; it goes to {}",
        home.side.place,
        goes_to(members, &entered.recipients)
    );
    Ok((entered.alert, told))
}

async fn share(home: &Member, alert: RecordId) -> anyhow::Result<((), String)> {
    let count = arrived(home, alert).await?;
    Ok(((), format!("{count} nodes have it, and have signed for it")))
}

async fn check(border: &Member, alert: RecordId) -> anyhow::Result<(RecordId, String)> {
    let answer = border.app().check(&officer()?, question()).await?;
    let mut candidates = answer.candidates.iter();
    let candidate = candidates
        .find(|candidate| candidate.entry.record == alert)
        .context("the border did not find the alert")?;
    let told = format!(
        "an officer at a border of {} checks “{WRITTEN_OTHERWISE}” and gets a match, probability {:.4}",
        border.side.place, candidate.assessment.probability
    );
    Ok((candidate.matched, told))
}

async fn confirm(border: &Member, matched: RecordId) -> anyhow::Result<((), String)> {
    let reason = Reason::try_from("same document, same photograph".to_owned())?;
    let by = verifier()?;
    let decided = border
        .app()
        .decide(&by, matched, Outcome::Confirmed, reason)
        .await?;
    decided.hit.context("no hit came of it")?;
    let told = format!(
        "a named officer in {} confirms: it is a hit",
        border.side.place
    );
    Ok(((), told))
}

async fn recall(
    members: &[Member],
    home: &Member,
    alert: RecordId,
) -> anyhow::Result<((), String)> {
    let reason = Reason::try_from("the person was found".to_owned())?;
    home.app()
        .withdraw_alert(&verifier()?, alert, reason, RecallReason::Withdrawn)
        .await?;
    let count = recalled(home, alert).await?;
    for member in members.iter().skip(1) {
        let answer = member.app().check(&officer()?, question()).await?;
        if answer.candidates.iter().any(|c| c.entry.record == alert) {
            bail!("{} still finds the alert", member.side.place);
        }
    }
    let told = format!(
        "{} withdraws the alert; {count} nodes have erased it, and have signed that they did",
        home.side.place
    );
    Ok(((), told))
}

const WRITTEN: &str = "Ѓорѓи Измислевски";
const WRITTEN_OTHERWISE: &str = "Gjorgji Izmislevski";

fn question() -> CheckRequest {
    CheckRequest {
        query: Description {
            schema: Schema::Person,
            names: vec![Name::new(WRITTEN_OTHERWISE)],
            births: "1989-05-17".parse().ok().into_iter().collect(),
            ..Description::default()
        },
        ..CheckRequest::default()
    }
}
