//! Webhooks and their calls are of teams, and none is told of more than has happened.

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{AUDIT_HEADS, WEBHOOK_DELIVERIES, WEBHOOKS},
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    each(rows, &WEBHOOKS, &(), report, |report, (team, webhook), row| {
        let at = format_args!("team {team}, webhook {webhook}");
        if !known.is_team(&team) {
            report.find("webhooks", &at, &"of no team");
        } else if row.through > look(rows, &AUDIT_HEADS, &team)?.map_or(0, |head| head.sequence) {
            report.find("webhooks", &at, &"told of what has not happened");
        }
        Ok(())
    })?;
    each(rows, &WEBHOOK_DELIVERIES, &(), report, |report, (team, webhook, count), _| {
        if look(rows, &WEBHOOKS, &(team, webhook))?.is_none() {
            let at = format_args!("team {team}, webhook {webhook}, {count}");
            report.find("webhook_deliveries", &at, &"of no webhook");
        }
        Ok(())
    })
}
