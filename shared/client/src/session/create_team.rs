//! Making a team: the founder's keys, the genesis, the directory, the first Secret Key.

use super::{Device, kit_tag};
use crate::{
    api::{Api, CallError},
    crypto::{
        commitment::derive_commitment,
        hpke,
        identity::Identity,
        password::{SecretKey, stretch},
        sealing::SealingKey,
    },
    error::{Error, from_call},
    model::{Payload, ProfileDetails, SecretText, TeamDetails},
    surroundings::Surroundings,
    transport::Transport,
    vault::{SealUnder, seal_record},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, Genesis, MemberKeys, Refused, Statement, statement_hash},
    crypto::{
        Hash,
        context::{of_directory_commitment, of_directory_envelope},
    },
    ids::{Epoch, MemberId, Number, ObjectId, TeamId, VaultId, Version},
    operations::{
        Empty,
        team::{CreateTeam, CreateTeamError, NewTeam as NewTeamBody},
    },
    record::{ChainPosition, Record, RecordContext, RecordKind, RecordState, Tier},
    suite::SUITE,
    text::LoginName,
};

/// What a person says when they make a team.
pub struct NewTeam {
    /// The team's name.
    pub name: String,
    /// The founder's name.
    pub full_name: String,
    /// What the founder will sign in with.
    pub login_name: LoginName,
    /// The founder's password.
    pub password: SecretText,
    /// Origin of the server as the person sees it.
    pub origin: String,
    /// The set-up code, where the server asks for one.
    pub setup_code: Option<String>,
}

/// Makes a team and gives what the founder's device needs to sign in.
///
/// # Errors
/// [`Error`].
pub async fn create_team<T: Transport>(
    api: &Api<T>,
    surroundings: &Surroundings,
    new: &NewTeam,
) -> Result<Device, Error> {
    let member = MemberId(surroundings.make_id());
    let now = surroundings.now();
    let (secret_key, mut identity, directory_key) = surroundings.with_randomness(|randomness| {
        (SecretKey::make(randomness), Identity::make(member, Hash::ZERO, randomness), SealingKey::make(randomness))
    });
    let genesis = identity.signing.sign(Statement {
        suite: SUITE,
        team: None,
        sequence: 0,
        previous: Hash::ZERO,
        author: member,
        time: now,
        body: Body::Genesis(Genesis {
            founder: MemberKeys {
                member,
                login_name: new.login_name.clone(),
                signing: identity.signing.public(),
                sealing: identity.wrapping.public(),
            },
            directory: derive_commitment(&directory_key, &of_directory_commitment(&member)),
        }),
    });
    identity.genesis = statement_hash(&genesis);
    let team = TeamId::of_genesis(&identity.genesis);
    let position = ChainPosition { sequence: 0, hash: identity.genesis };

    let seal = |kind, id: ObjectId, number, payload: &[u8]| -> Result<Record, Error> {
        let context = RecordContext {
            suite: SUITE,
            team,
            vault: VaultId::DIRECTORY,
            kind,
            id,
            parent: id,
            number,
            version: Version::FIRST,
            previous: Hash::ZERO,
            epoch: Epoch::FIRST,
            tier: Tier::Directory,
            state: RecordState::Live,
            author: member,
            position,
            time: now,
        };
        let under = SealUnder::Key(&directory_key);
        surroundings
            .with_randomness(|randomness| seal_record(context, payload, &under, &identity.signing, randomness))
            .map_err(|_| Error::Refused)
    };
    let team_record =
        seal(RecordKind::Team, team.object(), Number(0), &TeamDetails { name: new.name.clone() }.to_bytes()?)?;
    let profile = ProfileDetails { full_name: new.full_name.clone(), ..ProfileDetails::default() };
    let profile_record = seal(RecordKind::Profile, member.object(), Number(1), &profile.to_bytes()?)?;

    let root = stretch(new.password.expose(), &secret_key).map_err(|_| Error::OutOfMemory)?;
    let (bundle, directory_envelope) = surroundings.with_randomness(|randomness| {
        let bundle = identity.seal(&root.lock_key(&team), &team, 1, randomness).map_err(|_| Error::Refused)?;
        let envelope = hpke::wrap(
            &identity.wrapping.public(),
            &of_directory_envelope(&team, &member),
            &[],
            directory_key.expose(),
            randomness,
        )
        .map_err(|_| Error::Refused)?;
        Ok::<_, Error>((bundle, envelope))
    })?;

    let body = NewTeamBody {
        genesis: genesis.to_wire(),
        login_key: root.login_key(&team).public(),
        kit_tag: kit_tag(&secret_key, &team),
        bundle: bundle.to_wire(),
        directory_envelope: Bytes(directory_envelope.into_bytes()),
        team_record: team_record.to_wire(),
        profile_record: profile_record.to_wire(),
        setup_code: new.setup_code.clone(),
    };
    let mut created = api.call::<CreateTeam>(None, &Empty {}, &Empty {}, &body, None).await;
    // The answer may have been lost, and not the question: then this very team is there, and its Secret Key only here.
    if matches!(created, Err(CallError::Unreachable(_))) {
        created = api.call::<CreateTeam>(None, &Empty {}, &Empty {}, &body, None).await;
    }
    match created {
        Ok(created) if created.team != team => Err(Error::Unintelligible),
        Ok(_) | Err(CallError::Own(CreateTeamError::AlreadyExists)) => {
            Ok(Device { team, login_name: new.login_name.clone(), origin: new.origin.clone(), secret_key })
        }
        Err(error) => Err(from_call(error, refusal)),
    }
}

fn refusal(error: CreateTeamError) -> Error {
    match error {
        CreateTeamError::CreationClosed | CreateTeamError::TooManyTeams => Error::CreationClosed,
        CreateTeamError::SetupCodeRefused => Error::SetupCode,
        CreateTeamError::StatementRefused { reason: Refused::Time } => Error::Clock,
        CreateTeamError::AlreadyExists
        | CreateTeamError::StatementRefused { .. }
        | CreateTeamError::RecordRefused
        | CreateTeamError::EnvelopesRefused => Error::Refused,
    }
}
