//! Makes a team: its genesis, its founder, the directory's first two records.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    bytes::Bytes,
    chain::{Body, MemberKeys, Refused, SignedStatement, TeamState},
    crypto::{Hash, VerifyingKey},
    ids::{Epoch, MemberId, Number, TeamId, Timestamp, VaultId},
    limits,
    operations::team::{CreateTeam, CreateTeamError, TeamCreated, TeamCreation},
    record::RecordKind,
};

use super::get_server::creation;
use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        answers::Keyed,
        audit::{self, Audited},
        directory,
        session::login_key,
    },
    server::App,
    store::{
        WriteTx,
        tables::{ENVELOPES, EnvelopeRow, LOGINS, MEMBERS, MemberRow, STATEMENTS, TEAM_COUNTER, TEAMS, TeamRow},
    },
};

/// A team that is checked and can be stored.
struct Founding {
    state: TeamState,
    genesis: Bytes,
    founder: MemberKeys,
    login_key: VerifyingKey,
    kit_tag: Hash,
    bundle: Bytes,
    directory_envelope: Bytes,
    team_record: Bytes,
    profile_record: Bytes,
    audited: Audited,
}

impl Handler for CreateTeam {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        use CreateTeamError as Error;
        let refuse = |error| Err(Refusal::Own(error));
        let body = call.body;
        if app.config.needs_setup_code() {
            let matches = match (&app.setup_code, &body.setup_code) {
                (Some(code), Some(typed)) => code.matches(typed),
                _ => false,
            };
            if !matches {
                let teams = app.store.read(|tx| TEAM_COUNTER.get(tx, &()))?;
                return refuse(match creation(&app.config, teams.unwrap_or_default()) {
                    TeamCreation::Closed => Error::CreationClosed,
                    TeamCreation::Open | TeamCreation::SetupCode => Error::SetupCodeRefused,
                });
            }
        }
        let too_large = |bytes: &Bytes, limit: usize| bytes.is_empty() || bytes.len() > limit;
        if too_large(&body.bundle, limits::BUNDLE) || too_large(&body.directory_envelope, limits::ENVELOPE) {
            return refuse(Error::EnvelopesRefused);
        }
        let statement_refused = |reason| Refusal::Own(Error::StatementRefused { reason });
        if body.genesis.len() > limits::STATEMENT {
            return Err(statement_refused(Refused::Limit));
        }
        let signed = SignedStatement::parse(&body.genesis).map_err(|_| statement_refused(Refused::Genesis))?;
        let state = TeamState::found(&signed).map_err(statement_refused)?;
        let time = signed.value().time;
        if time.since(call.now) > limits::CLOCK_SKEW || call.now.since(time) > limits::CLOCK_SKEW {
            return Err(statement_refused(Refused::Time));
        }
        body.login_key.check().map_err(|_| statement_refused(Refused::Key))?;
        let Body::Genesis(genesis) = &signed.value().body else { return Err(statement_refused(Refused::Genesis)) };
        let founder = genesis.founder.clone();
        let team = state.team();
        let records = [
            (RecordKind::Team, team.object(), &body.team_record),
            (RecordKind::Profile, founder.member.object(), &body.profile_record),
        ];
        if records.into_iter().any(|(kind, id, wire)| !directory::first(&state, (kind, id), wire, call.now)) {
            return refuse(Error::RecordRefused);
        }
        let audited = Audited {
            team,
            member: Some(founder.member),
            address: Some(call.address),
            what: AuditedAct::TeamCreated,
            statement: Some(body.genesis.clone()),
        };
        let founding = Founding {
            state,
            genesis: body.genesis,
            founder,
            login_key: body.login_key,
            kit_tag: body.kit_tag,
            bundle: body.bundle,
            directory_envelope: body.directory_envelope,
            team_record: body.team_record,
            profile_record: body.profile_record,
            audited,
        };
        found(app, founding, call.keyed, call.now).await.map(Reply::Value)
    }
}

async fn found(
    app: &Arc<App>,
    founding: Founding,
    keyed: Option<Keyed>,
    now: Timestamp,
) -> Result<TeamCreated, Refusal<CreateTeamError>> {
    let config = app.config.clone();
    let state = Arc::new(founding.state.clone());
    let made = app
        .write(keyed, now, move |tx| {
            let teams = TEAM_COUNTER.get(tx, &())?.unwrap_or_default();
            // The very same team again is told apart from another one, even when the door has closed behind it.
            if TEAMS.contains(tx, &founding.state.team())? {
                return Err(Refusal::Own(CreateTeamError::AlreadyExists));
            }
            if creation(&config, teams) == TeamCreation::Closed {
                return Err(Refusal::Own(CreateTeamError::CreationClosed));
            }
            if teams >= limits::TEAMS {
                return Err(Refusal::Own(CreateTeamError::TooManyTeams));
            }
            store(tx, founding, Number(teams + 1), now)
        })
        .await?;
    app.teams.keep(made.team, state);
    if let Some(code) = &app.setup_code {
        code.spend();
    }
    Ok(made)
}

fn store(
    tx: &mut WriteTx<'_, '_>,
    founding: Founding,
    number: Number,
    now: Timestamp,
) -> Result<TeamCreated, Refusal<CreateTeamError>> {
    let Founding { state, founder, .. } = founding;
    let (team, position): (TeamId, _) = (state.team(), state.position());
    let member: MemberId = founder.member;
    TEAM_COUNTER.put(tx, &(), &number.0)?;
    TEAMS.put(tx, &team, &TeamRow { number, sequence: position.sequence, hash: position.hash })?;
    STATEMENTS.put(tx, &(team, position.sequence), &founding.genesis)?;
    LOGINS.put(tx, &(team, login_key(&founder.login_name)), &member)?;
    let row = MemberRow {
        login_key: founding.login_key,
        bundle: founding.bundle,
        bundle_version: 1,
        kit_tag: founding.kit_tag,
    };
    MEMBERS.put(tx, &(team, member), &row)?;
    let envelope = EnvelopeRow { epoch: Epoch::FIRST, sealed: founding.directory_envelope };
    ENVELOPES.put(tx, &(team, member, position.sequence, VaultId::DIRECTORY), &envelope)?;
    directory::put(tx, team, (RecordKind::Team, team.object()), &founding.team_record)?;
    directory::put(tx, team, (RecordKind::Profile, member.object()), &founding.profile_record)?;
    audit::append(tx, now, founding.audited)?;
    Ok(TeamCreated { team, number, founder: member })
}
