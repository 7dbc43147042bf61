//! Signing in: a challenge, one signature, and the identity bundle opened. Nothing is fetched before the password is
//! used.

use super::{Device, Session, Unlocking, kit_tag, memory::Memory};
use crate::{
    api::Api,
    crypto::{
        identity::{Identity, IdentityError},
        password::Root,
        sealing::Sealed,
        token::TokenKeys,
    },
    error::{Damage, DamagedObject, Error, Fault, from_call, from_plain_call},
    model::SecretText,
    service::ServiceToken,
    surroundings::Surroundings,
    transport::Transport,
};
use sealward_contract::{
    operations::{
        Empty,
        session::{ChallengeFor, CreateChallenge, CreateSession, NewSession, SignInError},
    },
    session::SignIn,
    suite::SUITE,
    text::LoginName,
};

/// Opens a session. `remembered` is what [`Session::memory`] gave on this device before.
///
/// # Errors
/// [`Error`].
pub async fn sign_in<T: Transport>(
    api: Api<T>,
    surroundings: Surroundings,
    device: Device,
    password: &SecretText,
    device_name: &str,
    remembered: Option<&[u8]>,
) -> Result<Session<T>, Error> {
    Unlocking::stretch(device, password)?.sign_in(api, surroundings, device_name, remembered).await
}

/// Opens a session of a service, which is like a person's. `origin` is the server's address as the service was given it;
/// `remembered` is what [`Session::memory`] gave before.
///
/// # Errors
/// [`Error::TokenRefused`] where the server does not know the token, [`Error::TokenExpired`], [`Error::AddressRefused`],
/// [`Error::Suspended`]; others.
pub async fn sign_in_service<T: Transport>(
    api: Api<T>,
    surroundings: Surroundings,
    token: &ServiceToken,
    origin: &str,
    device_name: &str,
    remembered: Option<&[u8]>,
) -> Result<Session<T>, Error> {
    let TokenKeys { root, secret_key } = token.keys();
    let login_name = LoginName::of_service(&token.member());
    let device = Device { team: token.team(), login_name, origin: origin.to_owned(), secret_key };
    let session = sign_in_with(api, surroundings, device, &root, device_name, remembered).await;
    let session = session.map_err(|error| match error {
        Error::WrongKit | Error::WrongPassword => Error::TokenRefused,
        error => error,
    })?;
    // The server could hand out the bundle of another member that the same token opens; there is none.
    if session.member() == token.member() {
        Ok(session)
    } else {
        Err(Damage::of(DamagedObject::Identity, Fault::Substituted).into())
    }
}

pub(super) async fn sign_in_with<T: Transport>(
    api: Api<T>,
    surroundings: Surroundings,
    device: Device,
    root: &Root,
    device_name: &str,
    remembered: Option<&[u8]>,
) -> Result<Session<T>, Error> {
    let team = device.team;
    let challenge_for = ChallengeFor { team, login_name: device.login_name.clone() };
    let challenge =
        api.call::<CreateChallenge>(None, &Empty {}, &Empty {}, &challenge_for, None).await.map_err(from_plain_call)?;
    let answer = root.login_key(&team).sign(SignIn {
        suite: SUITE,
        origin: device.origin.clone(),
        team,
        login_name: device.login_name.clone(),
        nonce: challenge.nonce,
    });
    let body = NewSession {
        sign_in: answer.to_wire(),
        kit_tag: kit_tag(&device.secret_key, &team),
        device: device_name.chars().take(sealward_contract::limits::DEVICE_CHARS).collect(),
    };
    let created = api
        .call::<CreateSession>(None, &Empty {}, &Empty {}, &body, None)
        .await
        .map_err(|error| from_call(error, refusal))?;

    let wrong_bundle = |fault| Error::Damage(Damage::of(DamagedObject::Identity, fault));
    let sealed = Sealed::from_wire(&created.bundle).map_err(|_| wrong_bundle(Fault::Malformed))?;
    let identity =
        Identity::open(&root.lock_key(&team), &team, created.bundle_version, &sealed).map_err(|error| match error {
            IdentityError::DoesNotOpen => wrong_bundle(Fault::Unopenable),
            IdentityError::Malformed => wrong_bundle(Fault::Malformed),
        })?;
    if identity.member != created.member {
        return Err(wrong_bundle(Fault::Substituted));
    }
    let memory = remembered.and_then(|bytes| Memory::open(&identity.personal, &team, bytes)).unwrap_or_default();
    Ok(Session::begin(
        api,
        surroundings,
        device,
        identity,
        (created.session, created.token, created.expires),
        (created.bundle, created.bundle_version),
        memory,
    ))
}

fn refusal(error: SignInError) -> Error {
    match error {
        SignInError::SignInRefused => Error::WrongKit,
        SignInError::WrongPassword => Error::WrongPassword,
        SignInError::OriginRefused => Error::OriginRefused,
        SignInError::Suspended => Error::Suspended,
        SignInError::TokenExpired => Error::TokenExpired,
        SignInError::AddressRefused => Error::AddressRefused,
    }
}
